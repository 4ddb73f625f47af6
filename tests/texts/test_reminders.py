"""What reminders say: short, true to the day, and readable in plain texts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.catalogue import COURSE_LENGTHS
from domain.person import NAME_LIMIT
from domain.reminding import Watched
from domain.status import Status
from services.views import ApplicationView, CourseNews, CourseToGroup, ExpiringView, StartView, WaitingDigest
from services.views import WaitingSince as Since
from texts import applications, plain, reminders

PENDING, APPROVED = Status.PENDING, Status.APPROVED
DAY = date(2027, 2, 1)
MESSAGE = 4096
LONG = "я" * COURSE_LENGTHS["title"]
NAME, CODE, VENUE = "я" * NAME_LIMIT, "я" * 40, "я" * COURSE_LENGTHS["venue"]


def words(text):
    return str(text.as_kwargs()["text"])


def longest():
    news = [CourseNews(number, CODE, LONG, kind, DAY, 30, 900) for number in range(40) for kind in Watched]
    return [
        reminders.waiting(WaitingDigest(10_000, (Since(NAME, CODE, LONG, 400),) * 5)),
        reminders.favourites(news),
        reminders.start(StartView(1, CODE, LONG, "я" * 20, DAY, 3, VENUE)),
        reminders.without_group([CourseToGroup(1, CODE, LONG, DAY, 1000, may_run=True)] * 40),
        reminders.without_group([CourseToGroup(1, CODE, LONG, DAY, 1000, may_run=True, expires_after=DAY)] * 40),
        *(reminders.expiring(ExpiringView(1, status, CODE, LONG, DAY, DAY)) for status in (PENDING, APPROVED)),
    ]


def test_the_longest_fits_a_message_and_stays_readable_in_plain_text():
    for text in longest():
        drawn = text.as_kwargs()
        assert len(drawn["text"]) <= MESSAGE
        said, _ = plain.message(drawn["text"], drawn["entities"])
        assert said.strip()
        assert not set(said) & set("🗂🔓🪑⏳❤📅👥⌛⏰•")


def test_what_expires_says_until_when_and_what_to_do():
    view = ExpiringView(1, APPROVED, "ГМЦ-1", "Вулканы", DAY, DAY + timedelta(14))
    said = words(reminders.expiring(view))
    assert "до 15.02.2027 включительно" in said
    assert "не зачислили" in said
    assert "напомнить руководителю" in words(reminders.expiring(replace(view, status=PENDING)))
    line = CourseToGroup(1, "ГМЦ-1", "Вулканы", DAY, 2, may_run=True, expires_after=view.expires_after)
    assert "без группы 2 человека; после 15.02.2027 заявки закроются" in words(reminders.without_group([line]))
    assert "скоро начнутся" in words(reminders.without_group([line, replace(line, expires_after=None)]))


@pytest.mark.parametrize(("days", "said"), [(0, "сегодня"), (1, "завтра"), (2, "через 2 дня"), (3, "через 3 дня")])
def test_a_start_says_in_how_many_days(days, said):
    view = StartView(1, "ГМЦ-1", "Вулканы", "2", DAY, days, "https://example.org/room")
    assert f"Курс начинается {said}" in words(reminders.start(view))
    assert "Место: https://example.org/room" in words(reminders.start(view))
    assert "Место" not in words(reminders.start(replace(view, venue=None)))


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (Watched.OPENED, "открылась запись, заявки принимают до 01.02.2027"),
        (Watched.SEATS, "появились места, свободно 2, в очереди уже 3 человека"),
        (Watched.CLOSING, "заявки принимают только до 01.02.2027"),
    ],
)
def test_every_news_of_a_favourite_has_its_words(news, said):
    assert said in words(reminders.favourites([CourseNews(1, "ГМЦ-1", "Вулканы", news, DAY, 2, 3)]))


def test_what_has_no_deadline_and_no_limit_is_said_without():
    opened = CourseNews(1, "ГМЦ-1", "Вулканы", Watched.OPENED, None, None, 0)
    assert words(reminders.favourites([opened])).endswith("открылась запись")
    assert words(reminders.favourites([replace(opened, news=Watched.SEATS)])).endswith("появились места")


@pytest.mark.parametrize(
    ("nudged", "may", "said"),
    [
        (None, False, "Если решения не будет, с 01.02.2027, 12:00 можно напомнить руководителю."),
        (None, True, None),
        (datetime(2027, 1, 30, 9, tzinfo=UTC), False, "Снова напомнить можно с 01.02.2027, 12:00."),
        (datetime(2027, 1, 30, 9, tzinfo=UTC), True, "Вы напомнили руководителю 30.01.2027, 12:00."),
    ],
)
def test_an_application_says_when_the_approvers_can_be_reminded(nudged, may, said):
    view = ApplicationView(
        id=1,
        version=1,
        course_id=1,
        status=Status.PENDING,
        code="ГМЦ-1",
        title="Вулканы",
        reason=None,
        group_number=None,
        starts_on=None,
        ends_on=None,
        school="Школа",
        created_at=datetime(2027, 1, 31, 9, tzinfo=UTC),
        may_withdraw=True,
        history=(),
        nudged_at=nudged,
        nudge_from=datetime(2027, 2, 1, 9, tzinfo=UTC),
        may_nudge=may,
    )
    text = words(applications.one(view, ZoneInfo("Europe/Moscow")))
    assert said in text if said else "напомнить" not in text.casefold()
