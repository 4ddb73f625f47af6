"""What people read while a profile moves: whatever was written fits a message, and nothing is promised wrongly."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.person import CLAIM_LIMIT, NAME_LIMIT, POSITION_LIMIT, REASON_LIMIT, Person, Role
from keyboards import desk as desk_keyboards
from services.access import FOUND_SHOWN, PAGE_SIZE, Hold, HoldLine, ProfileLine, RequestLine, ToMove
from services.desk import Work, WorkLine
from services.recovery import Agreed, Moved, Stopped
from services.views import Page
from texts import desk, recovery

MOSCOW = ZoneInfo("Europe/Moscow")
MOMENT = datetime(2027, 2, 1, 9, tzinfo=UTC)
MESSAGE = 4096
ROLES = tuple(Role)
PROFILE = ProfileLine(1, "я" * NAME_LIMIT, "я" * POSITION_LIMIT, "я" * 300)
REQUEST = RequestLine(1, "я" * CLAIM_LIMIT, MOMENT)
PERSON = Person(1, 1, "Соколова Анна Петровна", "Учитель", None, None)


def plain(text):
    return text.as_kwargs()["text"]


def test_full_screens_of_support_fit_a_message():
    view = ToMove(REQUEST, PROFILE, ROLES, True)
    hold = Hold(1, PROFILE, ROLES, MOMENT, MOMENT, True, True)
    screens = [
        desk.requests(Page((REQUEST,) * PAGE_SIZE, 0, PAGE_SIZE, 100)),
        desk.request(REQUEST),
        desk.found([PROFILE] * FOUND_SHOWN, True),
        desk.confirm_move(view, "я" * REASON_LIMIT),
        desk.holds(Page((HoldLine(1, PROFILE.name, PROFILE.school),) * PAGE_SIZE, 0, PAGE_SIZE, 100)),
        desk.hold(hold),
    ]
    for screen in screens:
        assert len(plain(screen)) <= MESSAGE


@pytest.mark.parametrize("work", Work)
def test_every_kind_of_work_has_its_words_and_its_button(work):
    lines = [WorkLine(work, 3)]
    assert desk.WORKS[work] in plain(desk.desk(lines))
    keyboard = desk_keyboards.desk(lines)
    assert keyboard is not None
    [[button]] = keyboard.inline_keyboard
    assert button.text == f"{desk.WORKS[work]} (3)"


def test_an_empty_desk_says_so():
    assert "никто не ждёт" in plain(desk.desk([WorkLine(work, 0) for work in Work]))


def test_whoever_has_no_roles_reads_of_none_and_whoever_has_no_old_chat_waits_for_the_clock_alone():
    bare = plain(recovery.moved(Moved(PERSON, (), MOMENT, True), MOSCOW))
    assert "Придержаны" not in bare
    alone = plain(recovery.moved(Moved(PERSON, (Role.HEAD,), MOMENT, False), MOSCOW))
    assert "Это я" not in alone
    assert "01.02.2027, 12:00" in alone
    asked = plain(recovery.moved(Moved(PERSON, (Role.HEAD,), MOMENT, True), MOSCOW))
    assert "«Это я»" in asked


@pytest.mark.parametrize("by_support", [True, False])
@pytest.mark.parametrize("roles", [True, False])
def test_the_old_chat_reads_who_moved_the_profile_and_until_when_it_has_a_word(by_support, roles):
    told = {"until": MOMENT.isoformat(), "by_support": by_support, "roles": roles, "reason": "Позвонили"}
    words = plain(recovery.moved_away(told, MOSCOW))
    assert "01.02.2027, 12:00" in words
    assert ("Позвонили" in words) is by_support
    assert ("роли" in words) is roles


def test_the_words_of_the_old_chat_are_answered():
    assert "роли" not in plain(recovery.agreed(Agreed(()))).lower()
    assert "Роли уже начали действовать" in plain(recovery.agreed(Agreed((Role.HEAD,))))
    assert "снова в этом чате" in plain(recovery.stopped(Stopped(PERSON)))
    assert "поддержки" in plain(recovery.stopped(Stopped(None)))
