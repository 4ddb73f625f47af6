"""An address is proved by whoever has its mailbox, and by nobody who guesses."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.engine import Database
from db.tables import EmailCode, Notification
from domain import proof
from domain.clock import Calendar
from domain.errors import BadEmail, CodeTooSoon, CodeUnknown, EmailTaken, TooManyCodes, WrongCode
from domain.person import Purpose
from services.emails import address
from services.portal import Services, open_portal
from tests.city import City
from tests.conftest import Clock

CHAT = 7_000_000_001
KEY = b"k" * 32


@pytest.fixture
def services(database: Database, clock: Clock) -> Services:
    """A portal that sends letters."""
    return open_portal(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now), KEY)


@pytest.fixture
def city(database: Database, services: Services) -> City:
    """What became of it."""
    return City(database, services)


async def begin(services: Services, chat_id: int = CHAT, email: str = "anna@example.org") -> int:
    code_id = await services.emails.begin(chat_id, email, Purpose.REGISTER)
    assert code_id is not None
    return code_id


async def code_of(services: Services, code_id: int) -> str:
    letter = await services.emails.code_letter(code_id)
    assert letter is not None
    return letter.code


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def register(services: Services, chat_id: int, code_id: int | None) -> None:
    await services.people.register(
        chat_id, "Анна Ким", None, "Учитель", None, email="anna@example.org", code_id=code_id
    )


async def test_the_code_of_the_letter_proves_the_address_once(services: Services, city: City) -> None:
    code_id = await begin(services)
    code = await code_of(services, code_id)
    assert not (await services.emails.prove(code_id, CHAT, f" {code[:3]}-{code[3:]} ")).taken
    with pytest.raises(CodeUnknown):
        await services.emails.prove(code_id, CHAT, code)
    await register(services, CHAT, code_id)
    person = (await services.people.arrive(CHAT)).person
    assert person is not None
    assert (person.email, person.email_proved) == ("anna@example.org", True)


async def test_nobody_registers_without_a_proof_or_with_one_of_another_chat(services: Services) -> None:
    code_id = await begin(services)
    await services.emails.prove(code_id, CHAT, await code_of(services, code_id))
    for chat_id, proof_id in ((CHAT, None), (CHAT + 1, code_id), (CHAT, code_id + 1)):
        with pytest.raises(CodeUnknown):
            await register(services, chat_id, proof_id)


async def test_the_code_is_stored_nowhere(services: Services, city: City, database: Database) -> None:
    code_id = await begin(services)
    code = await code_of(services, code_id)
    async with database.read() as connection:
        for table in (EmailCode, Notification):
            rows = (await connection.execute(table.__table__.select())).all()
            assert code not in str(rows)
            assert table is EmailCode or "anna@example.org" not in str(rows)


async def test_five_wrong_tries_are_all_there_are_however_they_come(services: Services) -> None:
    code_id = await begin(services)
    code = await code_of(services, code_id)
    tries = [services.emails.prove(code_id, CHAT, another(code)) for _ in range(12)]
    refusals = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(refusal.left for refusal in refusals if isinstance(refusal, WrongCode)) == [0, 1, 2, 3, 4]
    assert sum(isinstance(refusal, CodeUnknown) for refusal in refusals) == 7
    with pytest.raises(CodeUnknown):
        await services.emails.prove(code_id, CHAT, code)


async def test_the_right_code_is_no_good_in_another_chat_or_after_fifteen_minutes(
    services: Services, clock: Clock
) -> None:
    code_id = await begin(services)
    code = await code_of(services, code_id)
    with pytest.raises(CodeUnknown):
        await services.emails.prove(code_id, CHAT + 1, code)
    clock.advance(timedelta(minutes=15))
    with pytest.raises(CodeUnknown):
        await services.emails.prove(code_id, CHAT, code)
    assert await services.emails.code_letter(code_id) is None


async def test_a_new_code_puts_the_earlier_one_out_of_force(services: Services, clock: Clock) -> None:
    first = await begin(services)
    code = await code_of(services, first)
    with pytest.raises(CodeTooSoon) as refusal:
        await begin(services)
    assert 0 < refusal.value.seconds <= 61
    clock.advance(timedelta(minutes=1))
    await begin(services)
    with pytest.raises(CodeUnknown):
        await services.emails.prove(first, CHAT, code)


async def test_five_codes_a_day_for_a_person_and_for_an_address_over_all_chats(
    services: Services, clock: Clock
) -> None:
    for number in range(5):
        await begin(services, CHAT, f"anna{number}@example.org")
        clock.advance(timedelta(minutes=2))
    with pytest.raises(TooManyCodes):
        await begin(services, CHAT, "other@example.org")
    for number in range(5):
        await begin(services, CHAT + 1 + number, "Boris@example.org")
    with pytest.raises(TooManyCodes):
        await begin(services, CHAT + 9, "boris@EXAMPLE.org")
    clock.advance(timedelta(days=1))
    await begin(services, CHAT, "other@example.org")


async def test_an_address_is_one_persons_also_in_a_race(services: Services, city: City) -> None:
    proofs = []
    for chat_id in (CHAT, CHAT + 1):
        code_id = await begin(services, chat_id)
        assert not (await services.emails.prove(code_id, chat_id, await code_of(services, code_id))).taken
        proofs.append((chat_id, code_id))
    ends = await asyncio.gather(*(register(services, *proof) for proof in proofs), return_exceptions=True)
    assert [type(end) for end in ends if end is not None] == [EmailTaken]
    late = await begin(services, CHAT + 2)
    assert (await services.emails.prove(late, CHAT + 2, await code_of(services, late))).taken


async def test_one_proof_makes_one_person_in_a_race(services: Services, city: City) -> None:
    code_id = await begin(services)
    await services.emails.prove(code_id, CHAT, await code_of(services, code_id))
    ends = await asyncio.gather(*(register(services, CHAT, code_id) for _ in range(4)), return_exceptions=True)
    assert ends.count(None) == 1


async def test_where_no_letters_are_sent_an_address_is_kept_as_unproved(database: Database, clock: Clock) -> None:
    services = open_portal(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now))
    assert await services.emails.begin(CHAT, "anna@example.org", Purpose.REGISTER) is None
    await register(services, CHAT, None)
    person = (await services.people.arrive(CHAT)).person
    assert person is not None
    assert (person.email, person.email_proved) == ("anna@example.org", False)


@pytest.mark.parametrize(
    "text", ["anna", "anna@", "@example.org", "a b@example.org", "a@b@example.org", "a@\r\nexample.org"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadEmail):
        address(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anna@yandx.ru", "anna@yandex.ru"),
        ("anna@gmial.com", "anna@gmail.com"),
        ("anna@mail.ry", "anna@mail.ru"),
        ("anna@yandex.ru", None),
        ("anna@school1417.example.org", None),
    ],
)
def test_a_slip_in_a_usual_domain_is_offered_corrected(typed: str, meant: str | None) -> None:
    assert address(typed).corrected == meant


@given(st.binary(min_size=32, max_size=64), st.integers(1, 2**31), st.datetimes())
def test_a_code_has_six_digits_and_is_the_same_each_time(key, number, moment) -> None:
    code = proof.code(key, number, "a@example.org", moment)
    assert len(code) == 6
    assert code.isdecimal()
    assert code == proof.code(key, number, "a@example.org", moment)
    assert proof.is_right(code, code)


@given(st.text())
def test_whatever_is_typed_is_right_or_wrong_and_never_a_fault(typed: str) -> None:
    proof.is_right(typed, "123456")
