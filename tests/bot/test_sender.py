"""Notifications reach people: once, in order, through whatever Telegram and the network do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import BufferedInputFile
from sqlalchemy import column, delete, func, select, text, update

from bot.limiter import Limiter
from bot.pushes import Push
from bot.sender import Sender
from bot.session import BotSession
from db import outbox
from db.engine import Database
from db.outbox import Note, Priority
from db.tables import Notification
from domain.person import Person
from playground.faults import Fault, Trouble
from playground.person import Person as Phone
from playground.stand_in import StandIn
from services.outbox import AT_ONCE, CHAT, LEASE, PATIENCE, Parcel
from services.portal import Services
from tests.city import City
from tests.conftest import Clock

Tell = Callable[..., Awaitable[None]]


async def _say(bot: Bot, _: Services, parcel: Parcel) -> None:
    assert parcel.chat_id is not None
    await bot.send_message(parcel.chat_id, parcel.payloads[0]["text"], disable_notification=parcel.silent)


@pytest.fixture
def pushes() -> dict[str, Push]:
    """How each kind is said: texts as they are."""
    return {"text": _say}


@pytest.fixture
async def bot(stand_in: StandIn) -> AsyncIterator[Bot]:
    """The bot that says it."""
    bot = Bot(stand_in.token, session=BotSession(stand_in.url, Limiter()))
    yield bot
    await bot.session.close()


@pytest.fixture
async def sender(bot: Bot, services: Services, pushes: dict[str, Push]) -> AsyncIterator[Sender]:
    """A sender at work."""
    sender = Sender(bot, services, pushes)
    sender.open()
    yield sender
    await sender.close(1)


@pytest.fixture
def city(database: Database, services: Services) -> City:
    """An invented city."""
    return City(database, services)


@pytest.fixture
async def anna(city: City, stand_in: StandIn, database: Database) -> Phone:
    """Somebody with the bot's chat open and nothing to be told yet."""
    return await _phone(city, stand_in, await city.person())


async def _phone(city: City, stand_in: StandIn, person: Person) -> Phone:
    phone = stand_in.person("Анна", id=person.chat_id)
    await phone.starts()
    async with city.database.write() as tx:
        await tx.execute(delete(Notification))
    return phone


@pytest.fixture
def tell(database: Database, services: Services, sender: Sender) -> Tell:
    """Writes notes to somebody, as a use case does, and wakes the sender."""
    told = 0

    async def written(phone: Phone, *texts: str, kind: str = "text", priority: Priority = Priority.CONSEQUENCE) -> None:
        nonlocal told
        arrival = await services.people.arrive(phone.id)
        assert arrival.person is not None
        notes = [
            Note(f"{told + number}", arrival.person.id, kind, {"text": text}, priority)
            for number, text in enumerate(texts)
        ]
        told += len(texts)
        async with database.write() as tx:
            await outbox.add(tx, notes, services.calendar.now())
        sender.wake()

    return written


async def _kept(database: Database) -> list[Any]:
    async with database.read() as connection:
        return list((await connection.execute(select(Notification.__table__).order_by(Notification.id))).all())


async def test_everybody_is_told_each_in_the_order_of_what_happened(
    anna: Phone, city: City, stand_in: StandIn, tell: Tell
) -> None:
    boris = await _phone(city, stand_in, await city.person())
    await tell(anna, "раз", "два", "три")
    await tell(boris, "четыре")
    await boris.hears("четыре")
    await anna.hears("три")
    assert [message.text for message in anna.messages] == ["раз", "два", "три"]


async def test_a_pause_that_telegram_asks_for_delays_and_loses_nothing(
    anna: Phone, stand_in: StandIn, tell: Tell, clock: Clock, sender: Sender, database: Database
) -> None:
    stand_in.fails("sendMessage", Trouble.TOO_MANY_REQUESTS, retry_after=6)
    await tell(anna, "раз")
    await _until(database, lambda note: note.leased_until is None and note.due_at > clock.now())
    (note,) = await _kept(database)
    assert (note.due_at - clock.now(), note.attempts) == (timedelta(seconds=6), 0)
    assert anna.messages == []


@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.BAD_GATEWAY, Trouble.CUT])
async def test_a_passing_fault_is_tried_again(
    anna: Phone, stand_in: StandIn, tell: Tell, clock: Clock, sender: Sender, database: Database, trouble: Trouble
) -> None:
    stand_in.fails("sendMessage", trouble, times=2)
    await tell(anna, "раз")
    for attempts in (1, 2):
        await _until(database, partial(_put_off, attempts))
        clock.advance(timedelta(minutes=1))
        sender.wake()
    await anna.hears_once("раз")
    await _until(database, lambda note: note.sent_at is not None)


async def test_what_a_newer_replica_tells_waits_until_this_one_is_brought_to_that_version(
    anna: Phone, tell: Tell, pushes: dict[str, Push], clock: Clock, sender: Sender, database: Database
) -> None:
    await tell(anna, "раз", kind="newer")
    await _until(database, partial(_put_off, 1))
    assert anna.messages == []
    pushes["newer"] = _say
    clock.advance(timedelta(minutes=1))
    sender.wake()
    await anna.hears_once("раз")


async def test_silence_is_a_passing_fault_and_everybodys_next_try_has_a_moment_of_its_own(
    anna: Phone, city: City, stand_in: StandIn, tell: Tell, sender: Sender, bot: Bot, clock: Clock, database: Database
) -> None:
    people = [anna, *[await _phone(city, stand_in, await city.person()) for _ in range(3)]]
    bot.session.timeout = 0.3
    stand_in.fails("sendMessage", Trouble.SILENCE, times=len(people))
    for phone in people:
        await tell(phone, "раз")
    await _until(database, partial(_put_off, 1))
    assert len({note.due_at for note in await _kept(database)}) == len(people)
    clock.advance(timedelta(minutes=1))
    sender.wake()
    for phone in people:
        await phone.hears_once("раз")


async def test_what_is_too_large_is_not_tried_again(
    anna: Phone, pushes: dict[str, Push], tell: Tell, database: Database
) -> None:
    async def say_much(bot: Bot, _: Services, parcel: Parcel) -> None:
        assert parcel.chat_id is not None
        await bot.send_document(parcel.chat_id, BufferedInputFile(bytes(51 * 2**20), "a.bin"))

    pushes["much"] = say_much
    await tell(anna, "раз", kind="much")
    await _until(database, lambda note: note.failed_at is not None)
    assert [note.attempts for note in await _kept(database)] == [1]


async def test_an_answer_that_nobody_can_read_is_no_reason_to_say_it_again(
    anna: Phone, stand_in: StandIn, tell: Tell, database: Database
) -> None:
    stand_in.fails("sendMessage", Trouble.UNREADABLE, after=True)
    await tell(anna, "раз")
    await _until(database, lambda note: note.sent_at is not None)
    await anna.hears_once("раз")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_was_said_while_the_database_went_away_is_not_said_again(
    anna: Phone, pushes: dict[str, Push], tell: Tell, database: Database, database_url: str, sender: Sender
) -> None:
    gone = asyncio.Event()

    async def say_and_cut(bot: Bot, services: Services, parcel: Parcel) -> None:
        await _say(bot, services, parcel)
        others = text("pid <> pg_backend_pid() AND datname = current_database()")
        pids = select(func.pg_terminate_backend(column("pid"))).select_from(text("pg_stat_activity"))
        async with database.read() as connection:
            await connection.execute(pids.where(others))
        gone.set()

    pushes["cut"] = say_and_cut
    await tell(anna, "раз", kind="cut")
    await gone.wait()
    come_back = Database(database_url)
    await _until(come_back, lambda note: note.sent_at is not None)
    await come_back.close()
    await anna.hears_once("раз")


async def test_a_living_sender_holds_on_to_what_it_has_in_hand(
    anna: Phone, services: Services, clock: Clock, sender: Sender, tell: Tell
) -> None:
    await sender.close(1)
    await tell(anna, "раз")
    (parcel,) = await services.outbox.claim()
    held = dict.fromkeys(parcel.ids, parcel.held_until)
    for _ in range(3):
        clock.advance(LEASE / 2)
        held = await services.outbox.hold(held)
    assert await services.outbox.claim() == []
    clock.advance(LEASE)
    assert await services.outbox.hold(held) == {}
    assert len(await services.outbox.claim()) == 1


async def test_what_a_stalled_sender_comes_too_late_for_is_left_to_whoever_took_it_over(
    anna: Phone, stand_in: StandIn, tell: Tell, clock: Clock, database: Database
) -> None:
    stand_in.faults.order("sendMessage", Fault(Trouble.SILENCE, silence=0.5))
    await tell(anna, "раз", "два")
    async with asyncio.timeout(10):
        while not stand_in.calls.of("sendMessage"):  # noqa: ASYNC110 - calls tell nobody
            await asyncio.sleep(0.02)
    clock.advance(LEASE)
    async with database.write() as tx:  # another replica has said both
        await tx.execute(update(Notification).values(leased_until=None, sent_at=clock.now()))
    await anna.hears_nothing(within=1)
    assert len(stand_in.calls.of("sendMessage")) == 1


async def test_many_messages_to_some_leave_the_others_their_places(
    anna: Phone, city: City, stand_in: StandIn, tell: Tell
) -> None:
    """Each of these eight has more to hear than their chat takes at once."""
    crowd = [await _phone(city, stand_in, await city.person()) for _ in range(AT_ONCE)]
    for phone in crowd:
        await tell(phone, *(f"новость {number}" for number in range(8)))
    for phone in crowd:
        await phone.hears("новость 3")
    await tell(anna, "вам")
    await anna.hears("вам")
    assert all(len(phone.messages) < 8 for phone in crowd)


async def test_what_never_goes_through_is_given_up_and_kept_for_operators(
    anna: Phone, stand_in: StandIn, tell: Tell, clock: Clock, sender: Sender, database: Database
) -> None:
    stand_in.fails("sendMessage", Trouble.SERVER_ERROR, times=1000)
    await tell(anna, "раз")
    await _until(database, partial(_put_off, 1))
    async with database.write() as tx:
        await tx.execute(update(Notification).values(attempts=PATIENCE[CHAT].attempts - 1))
    clock.advance(timedelta(hours=1))
    sender.wake()
    await _until(database, lambda note: note.failed_at is not None)
    assert anna.messages == []


async def test_who_blocked_the_bot_is_left_alone_from_then_on(
    anna: Phone, stand_in: StandIn, tell: Tell, database: Database
) -> None:
    await anna.blocks()
    await tell(anna, "раз")
    await _until(database, lambda note: note.failed_at is not None)
    calls = len(stand_in.calls.of("sendMessage"))
    await tell(anna, "два")
    await _until(database, lambda note: note.failed_at is not None)
    assert len(stand_in.calls.of("sendMessage")) == calls
    assert [note.failure for note in await _kept(database)] == [
        "Forbidden: bot was blocked by the user",
        "no chat to reach",
    ]


async def test_what_telegram_refuses_is_given_up_at_once_and_what_follows_arrives(
    anna: Phone, tell: Tell, database: Database
) -> None:
    await tell(anna, "а" * 5000, "после")
    await anna.hears("после")
    first, _ = await _kept(database)
    assert "message is too long" in first.failure


async def test_at_night_messages_come_without_a_sound(anna: Phone, tell: Tell, clock: Clock) -> None:
    clock.advance(timedelta(hours=11))  # eleven at night in Moscow
    await tell(anna, "раз")
    assert (await anna.hears("раз")).silent


async def test_what_a_dead_sender_had_in_hand_is_free_after_its_lease_and_never_before(
    city: City, services: Services, clock: Clock, database: Database
) -> None:
    person = await city.person()  # one note comes with the registration: the menu of commands
    outcomes = await asyncio.gather(services.outbox.claim(), services.outbox.claim())
    assert sorted(len(parcels) for parcels in outcomes) == [0, 1]
    assert await services.outbox.claim() == []
    clock.advance(LEASE)
    assert await services.outbox.claim(but=[person.id]) == []
    (parcel,) = await services.outbox.claim()
    assert (parcel.user_id, parcel.attempts) == (person.id, 2)


async def test_what_somebody_waits_for_goes_before_what_nobody_does(
    anna: Phone, city: City, stand_in: StandIn, tell: Tell
) -> None:
    crowd = [await _phone(city, stand_in, await city.person()) for _ in range(2 * AT_ONCE)]
    for phone in crowd:
        await tell(phone, "раз", "два", "три", priority=Priority.BULK)
    await crowd[0].hears("раз")
    await tell(anna, "вам")
    await anna.hears("вам")
    assert sum(len(phone.messages) for phone in crowd) < 3 * len(crowd)


async def test_many_messages_to_one_keep_nobody_else_waiting(
    anna: Phone, city: City, stand_in: StandIn, tell: Tell
) -> None:
    boris = await _phone(city, stand_in, await city.person())
    await tell(anna, *(f"новость {number}" for number in range(40)))
    await tell(boris, "вам")
    await boris.hears("вам")
    assert len(anna.messages) < 40


async def test_what_a_stopping_sender_has_not_begun_is_left_to_the_next(
    anna: Phone, tell: Tell, sender: Sender, database: Database
) -> None:
    await tell(anna, *(f"новость {number}" for number in range(12)))
    await anna.hears("новость 0")
    await sender.close(1)
    unsent = [note for note in await _kept(database) if note.sent_at is None]
    cut_short = [note for note in unsent if note.leased_until is not None]
    assert len(unsent) > len(cut_short)
    assert len(cut_short) <= 1
    assert all(note.attempts == 0 for note in unsent if note not in cut_short)


def _put_off(attempts: int, note: Any) -> bool:
    return bool(note.attempts == attempts and note.leased_until is None)


async def _until(database: Database, fits: Callable[[Any], bool]) -> None:
    """Until every note is so."""
    async with asyncio.timeout(10):
        while not all(fits(note) for note in await _kept(database)):  # noqa: ASYNC110 - rows tell nobody
            await asyncio.sleep(0.02)
