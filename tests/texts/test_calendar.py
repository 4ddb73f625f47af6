"""A calendar file says the same when it is read again, whatever a course is called."""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from domain.agenda import CalendarEntry
from texts.calendar_files import calendar_file

MOSCOW = ZoneInfo("Europe/Moscow")
ENTRY = CalendarEntry(
    uid="application-17-20261124T090000@course-bot",
    sequence=3,
    cancelled=False,
    stamp=datetime(2026, 11, 24, 9, tzinfo=UTC),
    code="ГМЦ-0417-Д",
    title="Уроки географии; карты, схемы и «живые» контурные карты",
    provider="Городской методический центр «Ступени»",
    group_number="2",
    starts_on=date(2027, 2, 1),
    ends_on=date(2027, 2, 12),
    venue="ул. Школьная, д. 5; каб. 12",
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def reread(entry):
    """The file, and its only event as another program finds it."""
    file = calendar_file(entry, MOSCOW)
    calendar = Calendar.from_ical(file.content)
    [event] = calendar.walk("VEVENT")
    assert not calendar.errors
    assert not event.errors
    return calendar, event, file


def test_a_course_stands_in_the_calendar_on_all_its_days_without_making_them_busy():
    calendar, event, file = reread(ENTRY)
    assert (str(calendar["method"]), file.method, file.name) == ("PUBLISH", "PUBLISH", "ГМЦ-0417-Д.ics")
    assert str(calendar["x-wr-timezone"]) == "Europe/Moscow"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2027, 2, 1), date(2027, 2, 13))
    assert b"DTSTART;VALUE=DATE:20270201\r\n" in file.content
    assert event.decoded("dtstamp") == ENTRY.stamp
    assert (str(event["uid"]), event["sequence"], str(event["status"])) == (ENTRY.uid, 3, "CONFIRMED")
    assert str(event["summary"]) == f"{ENTRY.code} «{ENTRY.title}»"
    assert str(event["location"]) == ENTRY.venue
    assert "Группа: 2\n" in str(event["description"])
    assert str(event["transp"]) == "TRANSPARENT"


def test_on_the_way_out_the_same_event_is_cancelled():
    calendar, event, file = reread(replace(ENTRY, cancelled=True, sequence=4))
    assert (str(calendar["method"]), str(event["status"]), event["sequence"]) == ("CANCEL", "CANCELLED", 4)
    assert (str(event["uid"]), file.name) == (ENTRY.uid, "ГМЦ-0417-Д-отмена.ics")


def test_what_lost_its_dates_is_cancelled_without_any():
    _, event, _ = reread(replace(ENTRY, cancelled=True, starts_on=None, ends_on=None))
    assert "dtstart" not in event


@pytest.mark.parametrize(
    ("venue", "url"),
    [
        ("https://video.example.org/room?id=5&k=a,b;c", "https://video.example.org/room?id=5&k=a,b;c"),
        ("онлайн: https://video.example.org", None),
        (None, None),
    ],
)
def test_a_place_that_is_a_link_can_be_opened(venue, url):
    _, event, _ = reread(replace(ENTRY, venue=venue))
    assert event.get("url") == url


def test_long_lines_are_folded_between_letters():
    _, event, file = reread(replace(ENTRY, title="Ё" * 300, venue="длинный адрес " * 14))
    assert all(len(line) <= 75 for line in file.content.split(b"\r\n"))
    for line in file.content.split(b"\r\n"):
        line.decode()  # no letter is cut in two
    assert str(event["summary"]) == f"{ENTRY.code} «{'Ё' * 300}»"


@pytest.mark.parametrize(
    "hostile",
    [
        "конец\r\nEND:VEVENT\r\nBEGIN:VALARM",
        "a\nATTACH:https://example.org",
        "a\rATTENDEE:mailto:a@example.org",
        "запятая, точка; с запятой \\ и \\n «перевод»",
        "\x00\x1b[31m\u2028\u0085BEGIN:VEVENT",
        'кавычки " и : двоеточие',
    ],
)
def test_no_title_breaks_out_of_its_line(hostile):
    calendar, event, file = reread(replace(ENTRY, title=hostile, provider=hostile, venue=hostile, group_number=hostile))
    assert sum(line.startswith(b"BEGIN:") for line in file.content.split(b"\r\n")) == 2
    assert not {"attach", "attendee"} & {name.lower() for name in event}
    assert len(calendar.subcomponents) == 1
    assert b"\x00" not in file.content


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_whatever_people_call_things_the_file_is_read_again(code, title, provider, venue):
    _, event, file = reread(replace(ENTRY, code=code, title=title, provider=provider, venue=venue))
    in_one_line = " ".join(f"{code} «{title}»".split())
    assert str(event["summary"]) == "".join(sign for sign in in_one_line if unicodedata.category(sign) != "Cc")
    assert "/" not in file.name
    assert file.name.endswith(".ics")
