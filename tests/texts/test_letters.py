"""Every letter has its words, says what happens next, and holds whatever people call their courses."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import Funding
from domain.person import Change, Purpose, Role
from domain.status import LETTERS, TRANSITIONS, Letter, LetterKind, Move, sends_letter
from services.emails import CodeLetter
from services.letters import LetterCourse, Security
from texts import letters

LINKS = letters.Links("https://t.me/course_bot", "https://t.me/course_bot?start=letters")
MOMENT = datetime(2027, 2, 1, 9, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


def course(**changes: object) -> LetterCourse:
    usual: dict[str, object] = {
        "code": "ГМЦ-0417-Д",
        "title": "Уроки географии",
        "provider": "Городской методический центр",
        "hours": 36,
        "form": "очная",
        "funding": Funding.PAID,
        "price": 12500,
        "starts_on": date(2027, 2, 1),
        "ends_on": date(2027, 3, 1),
        "venue": "онлайн",
        "document": "удостоверение",
        "group_number": "3",
    }
    return LetterCourse(**(usual | changes))  # type: ignore[arg-type]


def moved(move: Move, reason: str | None = None, **changes: object) -> letters.Letter:
    return letters.moved({"move": move.value, "reason": reason}, course(**changes), MOSCOW)


@pytest.mark.parametrize("move", Move)
def test_every_move_has_a_letter_of_its_own_that_says_what_is_next(move: Move) -> None:
    letter = moved(move)
    assert "ГМЦ-0417-Д" in letter.subject
    assert len(letter.subject) < 80
    assert letter.lines[-1].endswith(".")
    assert letter.optional
    others = {moved(other).lines for other in Move if other is not move and other is not Move.WITHDRAW_ENROLLED}
    assert move is Move.WITHDRAW_ENROLLED or letter.lines not in others


@pytest.mark.parametrize("move", [move for move in Move if TRANSITIONS[move].letter is not Letter.NEVER])
def test_every_letter_can_be_switched_off_by_exactly_one_kind(move: Move) -> None:
    assert [kind for kind in LetterKind if move in LETTERS[kind]] == [
        kind for kind in LetterKind if not sends_letter(move, [kind])
    ]
    assert sum(move in moves for moves in LETTERS.values()) == 1


@given(before=st.none() | st.text(min_size=1, max_size=300), price=st.none() | st.integers(0, 10**6))
def test_what_has_changed_on_a_course_stands_line_by_line(before: str | None, price: int | None) -> None:
    changes = [["starts_on", "2027-02-01", None], ["venue", before, "онлайн"], ["price", price, 5000]]
    letter = letters.changed({"application_id": 1, "changes": changes}, course(), MOSCOW)
    assert letter.subject == "Изменения на вашем курсе: ГМЦ-0417-Д"
    assert letter.lines[0] == "Начало: 01.02.2027 → не указано"
    assert letter.lines[1] == f"Место: {before or 'не указано'} → онлайн"
    assert letter.lines[2].endswith(" → 5\u202f000 ₽")
    assert letter.optional
    letters.as_html(letter, LINKS)


def test_applying_is_confirmed_in_the_portals_own_words_with_the_courses_facts() -> None:
    letter = moved(Move.APPLY)
    assert letter.subject == "Вы успешно зарегистрировались на курс ГМЦ-0417-Д"
    assert letter.heading == "Вы успешно зарегистрировались на курс ГМЦ-0417-Д «Уроки географии»"
    text = letters.as_plain(letter, LINKS)
    facts = ("Городской методический центр", "36 часов", "01.02.2027 — 01.03.2027", "12\u202f500 ₽", "онлайн")
    assert all(fact in text for fact in facts)


def test_an_enrolment_is_told_in_the_portals_own_words() -> None:
    assert moved(Move.ENROL).heading == "Зачислен(а): ГМЦ-0417-Д, группа 3"


def test_a_rejection_carries_its_reason_and_what_is_no_reason_is_not_called_one() -> None:
    assert "Причина: Нет замены" in moved(Move.REJECT, "Нет замены").lines
    assert not any("Причина" in line for line in moved(Move.CHANGE_GROUP, "1 → 2").lines)


@pytest.mark.parametrize("change", sorted(letters.SECURITY_LETTERS))
def test_letters_about_safety_say_what_to_do_and_cannot_be_switched_off(change: Change) -> None:
    letter = letters.security(Security(change, MOMENT, Role.HEAD, "Школа № 5"), MOSCOW)
    assert letter.lines
    assert not letter.optional
    assert ("Когда", "01.02.2027, 12:00") in letter.facts


def test_these_changes_of_a_profile_have_a_letter_about_safety() -> None:
    told_on_screen = {Change.NAME, Change.SCHOOL, Change.POSITION, Change.PREFERENCES, Change.CONSENT}
    silent = told_on_screen | {Change.REGISTERED, Change.DATA_SENT}
    assert set(Change) - silent == letters.SECURITY_LETTERS


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("is_known", [True, False])
def test_a_code_stands_in_the_subject_and_both_parts(purpose: Purpose, is_known: bool) -> None:
    letter = letters.email_code(CodeLetter("anna@example.org", "012345", purpose, is_known))
    assert "012 345" in letter.subject
    assert "012 345" in letters.as_plain(letter, LINKS)
    assert "012 345" in letters.as_html(letter, LINKS)
    assert not letter.optional


def test_only_whoever_has_the_mailbox_learns_whether_the_address_is_known() -> None:
    known, unknown = (
        letters.email_code(CodeLetter("anna@example.org", "012345", Purpose.REGISTER, is_known))
        for is_known in (True, False)
    )
    assert any("уже есть профиль" in line for line in known.lines)
    assert not any("уже есть профиль" in line for line in unknown.lines)


@given(title=st.text(min_size=1, max_size=600), reason=st.text(min_size=1, max_size=500))
def test_no_title_or_reason_breaks_a_letter(title: str, reason: str) -> None:
    harmless = letters.as_html(moved(Move.REJECT, "x", title="x", venue="x"), LINKS)
    letter = moved(Move.REJECT, reason, title=title, venue=reason)
    assert letters.as_html(letter, LINKS).count("<") == harmless.count("<")
    letters.as_plain(letter, LINKS)
