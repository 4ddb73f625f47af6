"""What providers read fits a message, whatever the names and titles are; what changes is said in words."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from domain.catalogue import COURSE_LENGTHS
from domain.groups import DOCUMENT_NUMBER_LIMIT, MESSAGE_LIMIT, NUMBER_LIMIT, VENUE_LIMIT
from domain.person import NAME_LIMIT, POSITION_LIMIT, REASON_LIMIT
from domain.status import Move, Status
from keyboards.rows import page_of
from services.group_views import (
    ApplicantLine,
    ApplicantView,
    Audience,
    Cancellation,
    CompletionReport,
    CourseDesk,
    CourseOfProvider,
    EnrolReport,
    GroupLine,
    GroupView,
    LeftOut,
    Roll,
    WaitingList,
)
from services.histories import HistoryView
from services.views import CourseLine, HistoryLine, Page
from tests.texts.test_texts import DAY, MESSAGE, MOMENT, plain
from texts import applications, cancelling, circulars, completion, enrolment, groups, pushes

MOSCOW = ZoneInfo("Europe/Moscow")
CODE, TITLE, SCHOOL = "я" * COURSE_LENGTHS["code"], "я" * COURSE_LENGTHS["title"], "я" * 300
NAME, POSITION = "я" * NAME_LIMIT, "я" * POSITION_LIMIT
GROUP = GroupLine(1, "я" * NUMBER_LIMIT, DAY, DAY, "я" * VENUE_LIMIT, 99_999, 99_999, 0, 0, closed=False, ended=True)
SOMEBODY = ApplicantLine(1, 1, NAME, POSITION, SCHOOL, MOMENT)
PAGE = Page((SOMEBODY,) * 8, 0, 8, 1000)
ROLL = Roll(GROUP, 1, CODE, TITLE, (SOMEBODY,) * 300)
EVERYBODY = [SOMEBODY.id]


def applicant(status):
    return ApplicantView(
        id=1,
        version=1,
        status=status,
        teacher=NAME,
        position=POSITION,
        school=SCHOOL,
        course_id=1,
        code=CODE,
        title=TITLE,
        created_at=MOMENT,
        group_id=1,
        group_number=GROUP.number,
        place=1000,
        groups=(),
        cancelled=False,
        may_complete=True,
        next_in_line=SOMEBODY,
    )


SCREENS = {
    "courses": groups.courses(
        Page((CourseOfProvider(1, CODE, TITLE, False, True, 1000, 1000, 1000),) * 7, 0, 7, 100_000)
    ),
    "desk": groups.desk(
        CourseDesk(1, CODE, TITLE, DAY, DAY, 9, 9, False, False, 1000, 1000, (GROUP,) * 60, SOMEBODY),
        Page((GROUP,) * 10, 0, 10, 60),
    ),
    "group": groups.group(GroupView(GROUP, 1, CODE, TITLE, False, 1000, PAGE, SOMEBODY)),
    "waiting": enrolment.waiting(WaitingList(1, CODE, TITLE, 0, (GROUP,), PAGE), 300),
    "choose": enrolment.choose_group(WaitingList(1, CODE, TITLE, 0, (GROUP,) * 60, PAGE), 300),
    "report": enrolment.report(EnrolReport(1, CODE, GROUP, 300, (LeftOut(NAME, Status.EXPIRED),) * 300, 1000)),
    "freed": enrolment.freed(applicant(Status.UNENROLLED), MOSCOW),
    "reason": enrolment.reason(applicant(Status.ENROLLED), enrolment.UNENROL_QUESTION),
    "ticking": completion.ticking(ROLL, 300),
    "number": completion.question(ROLL, EVERYBODY, completion.NUMBER_QUESTION),
    "confirm": completion.confirm(ROLL, 300, ["я" * DOCUMENT_NUMBER_LIMIT] * 300, DAY),
    "completed": completion.report(CompletionReport(GROUP, 1, CODE, 9, (LeftOut(NAME, Status.WITHDRAWN),) * 300)),
    "written": circulars.confirm(Audience(1, GROUP.number, CODE, TITLE, SCHOOL, 9), "я" * MESSAGE_LIMIT),
    "received": circulars.received(
        {"code": CODE, "title": TITLE, "group": GROUP.number, "provider": SCHOOL, "text": "я" * MESSAGE_LIMIT}
    ),
    "cancel": cancelling.confirm(Cancellation(1, CODE, TITLE, 1000, True)),
    "cancelled": cancelling.told_teacher(
        {"move": "cancel_course", "code": CODE, "title": TITLE, "reason": None},
        [CourseLine(1, CODE, TITLE, DAY, True)] * 3,
    ),
    "history": applications.history(
        HistoryView(
            1, NAME, CODE, TITLE, (HistoryLine(MOMENT, Move.REJECT, Status.REJECTED, NAME, "я" * REASON_LIMIT),) * 60
        ),
        MOSCOW,
    ),
}


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_fits_a_message(screen):
    assert len(plain(SCREENS[screen])) <= MESSAGE


def test_a_change_says_old_and_new():
    told = {
        "code": "ГМЦ-1",
        "title": "Уроки",
        "group": "2",
        "changes": [["starts_on", None, "2027-02-05"], ["venue", "Ауд. 5", "Онлайн"], ["price", 1000, 2000]],
    }
    said = plain(pushes.changed(told))
    assert "группа 2" in said
    assert "Начало: не указано → 05.02.2027" in said
    assert "Место: Ауд. 5 → Онлайн" in said
    assert "Стоимость: 1\u202f000 ₽ → 2\u202f000 ₽" in said


def test_an_enrolment_says_where_and_when():
    told = {
        "move": "enrol",
        "code": "ГМЦ-1",
        "title": "Уроки",
        "reason": None,
        "group": "2",
        "starts_on": date(2027, 2, 5).isoformat(),
        "ends_on": None,
        "venue": "Ауд. 5",
    }
    said = plain(pushes.moved(told))
    assert "Зачислен(а): ГМЦ-1, группа 2" in said
    assert "Даты: 05.02.2027" in said
    assert "Место: Ауд. 5" in said
    moved = plain(pushes.moved(told | {"move": "change_group", "earlier_group": "1"}))
    assert "группа 1 → группа 2" in moved


def test_pages_of_what_is_at_hand_begin_anew_past_the_end():
    pages = [page_of(range(25), number, 10) for number in (0, 2, 3)]
    assert [(page.number, len(page.lines), page.has_next) for page in pages] == [
        (0, 10, True),
        (2, 5, False),
        (0, 10, True),
    ]
    assert page_of((), 0, 10).lines == ()


@pytest.mark.parametrize("ticked", [None, 3])
def test_where_the_last_group_has_closed_meanwhile_the_question_says_so(ticked):
    assert "создайте группу" in plain(enrolment.choose_group(WaitingList(1, CODE, TITLE, 0, (), PAGE), ticked))
