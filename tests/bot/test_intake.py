"""What came in is handled: in order within a chat, once, whatever else happens."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiogram import F, Router
from aiogram.types import ErrorEvent, InlineQuery, Message
from sqlalchemy import select

from bot.intake import chat_of
from db.engine import Database
from db.tables import Update
from playground.stand_in import StandIn
from services.intake import LEASE, Incoming, Intake, in_hand
from services.portal import Services
from tests.bot.conftest import Open
from tests.conftest import Clock


async def _until_handled(database: Database, count: int = 1) -> list[Any]:
    """Wait until so many updates are kept and all are marked; returns their rows."""
    async with asyncio.timeout(10):
        while True:
            async with database.read() as connection:
                rows = (await connection.execute(select(Update.__table__).order_by(Update.update_id))).all()
            if len(rows) >= count and all(row.handled_at for row in rows):
                return list(rows)
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("application")
async def test_order_is_kept_within_a_chat_while_chats_go_side_by_side(router: Router, stand_in: StandIn) -> None:
    release, seen = asyncio.Event(), []

    @router.message(F.text == "держи")
    async def hold(message: Message) -> None:
        await release.wait()
        seen.append(message.text)

    @router.message()
    async def note(message: Message) -> None:
        seen.append(message.text)
        await message.answer("записано")

    slow, quick = stand_in.person("Анна"), stand_in.person("Борис")
    await slow.starts("a")
    await slow.hears("записано")
    await slow.sends("держи")
    await slow.sends("раз")
    await slow.sends("два")
    await quick.starts("b")
    await quick.hears("записано")
    assert seen == ["/start a", "/start b"]
    release.set()
    await slow.hears("записано")
    await slow.hears("записано")
    assert seen == ["/start a", "/start b", "держи", "раз", "два"]


@pytest.mark.usefixtures("application")
async def test_of_what_is_typed_after_the_bots_name_the_last_is_read_and_order_is_kept(
    router: Router, stand_in: StandIn, database: Database
) -> None:
    release, seen = asyncio.Event(), []

    @router.message()
    async def hold(message: Message) -> None:
        seen.append(message.text)
        await release.wait()

    @router.inline_query()
    async def note(query: InlineQuery) -> None:
        seen.append(query.query)

    person, other = stand_in.person("Анна"), stand_in.person("Борис")
    await person.starts()
    for text in ("р", "ро", "роб"):
        person.begins_inline(text)
    await person.sends("потом")
    other.begins_inline("п")
    await stand_in.updates_are_taken()
    release.set()
    await _until_handled(database, 6)
    assert [text for text in seen if text != "п"] == ["/start", "роб", "потом"]
    assert "п" in seen


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("message", {"date": 1, "chat": {"id": 77, "type": "private"}, "text": "тайна"}),
        ("message", {"message_id": "?", "from": {"id": 2**63}, "chat": [], "text": "тайна"}),
        ("callback_query", {"id": 5, "message": "тайна"}),
        ("my_chat_member", {"chat": {"id": 77, "type": "private"}, "new_chat_member": {"status": "тайна"}}),
        ("message", {"message_id": 1, "date": 1, "chat": {"id": 77, "type": "private"}, "text": "тайна\x00"}),
    ],
)
async def test_an_update_that_cannot_be_read_blocks_nobody_and_leaves_its_kind_and_no_text(
    router: Router, stand_in: StandIn, database: Database, kind: str, payload: dict[str, Any]
) -> None:
    @router.message()
    async def greet(message: Message) -> None:
        if message.chat.id == 77:
            raise ValueError(message.text)
        await message.answer("привет")

    stand_in.world.updates.put(kind, payload, "77")
    person = stand_in.person()
    await person.starts()
    await person.hears("привет")
    (bad,) = (row for row in await _until_handled(database, 2) if row.failure)
    assert bad.failure in {f"unparsable: {kind}", f"ValueError: {kind}"}
    assert bad.payload is None


@pytest.mark.usefixtures("application")
async def test_a_chat_whose_number_no_database_keeps_is_nobodys_and_no_fault(
    router: Router, stand_in: StandIn, database: Database
) -> None:
    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("привет")

    for number in (2**63, 2**64 - 1):
        chat = {"id": number, "type": "private"}
        sender = {"id": number, "is_bot": False, "first_name": "Анна"}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": "привет"}
        stand_in.world.updates.put("message", message, "77")
    person = stand_in.person()
    await person.starts()
    await person.hears("привет")
    assert not [row for row in await _until_handled(database, 3) if row.failure]


@pytest.mark.usefixtures("application")
async def test_a_handler_that_fails_is_noted_and_the_next_message_is_answered(
    router: Router, stand_in: StandIn, database: Database
) -> None:
    @router.message(F.text == "беда")
    async def fail(_: Message) -> None:
        raise KeyError("тайна")

    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("привет")

    person = stand_in.person()
    await person.starts()
    await person.hears("привет")
    await person.sends("беда")
    await person.sends("ещё")
    await person.hears("привет")
    rows = await _until_handled(database, 3)
    assert [row.failure for row in rows] == [None, "KeyError: message", None]


@pytest.mark.usefixtures("application")
async def test_what_an_error_handler_took_is_no_failure(router: Router, stand_in: StandIn, database: Database) -> None:
    @router.message()
    async def fail(_: Message) -> None:
        raise ValueError

    @router.error()
    async def sorry(event: ErrorEvent) -> None:
        assert event.update.message
        await event.update.message.answer("извините")

    person = stand_in.person()
    await person.starts()
    await person.hears("извините")
    assert [row.failure for row in await _until_handled(database)] == [None]


async def test_a_stop_lets_the_handler_in_flight_finish_and_leaves_the_rest_to_the_next_start(
    router: Router, stand_in: StandIn, open_application: Open, database: Database
) -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    @router.message(F.text.startswith("/start"))
    async def slow(message: Message) -> None:
        begun.set()
        await release.wait()
        await message.answer("готово")

    @router.message()
    async def quick(message: Message) -> None:
        await message.answer("и это")

    first = await open_application()
    person = stand_in.person()
    await person.starts()
    await begun.wait()
    await person.sends("потом")
    await stand_in.updates_are_taken()
    stopping = asyncio.create_task(first.stop())
    await asyncio.sleep(0.5)  # until it has got as far as waiting for the handler
    release.set()
    await stopping
    await person.sees("готово")
    assert not any("и это" in message.text for message in person.messages)
    await open_application()
    await person.sees("и это")
    await _until_handled(database, 2)
    assert sum("готово" in message.text for message in person.messages) == 1


async def test_what_a_dead_process_held_is_taken_over_once_and_only_after_its_lease(
    services: Services, database: Database, clock: Clock
) -> None:
    dead, living, other = (Intake(database, services.calendar) for _ in range(3))
    await dead.store([Incoming(number, 7, "{}") for number in (2, 1)])
    await dead.finish([1])
    assert await living.others_hold_some()
    assert await living.take_over() == []
    clock.advance(LEASE)
    assert not await living.others_hold_some()
    first, second = await asyncio.gather(living.take_over(), other.take_over())
    assert [update.update_id for update in first + second] == [2]


async def test_a_living_process_holds_on_to_what_it_has_in_hand(
    services: Services, database: Database, clock: Clock
) -> None:
    busy, other = (Intake(database, services.calendar) for _ in range(2))
    await busy.store([Incoming(1, 7, "{}"), Incoming(2, 8, "{}")])
    for _ in range(3):
        clock.advance(LEASE / 2)
        await busy.hold([1])
    assert [update.update_id for update in await other.take_over()] == [2]
    await busy.close()
    assert [update.update_id for update in await other.take_over()] == [1]


async def test_a_long_transaction_of_one_chat_costs_no_other_chat_its_hold(
    services: Services, database: Database, clock: Clock
) -> None:
    busy, other = (Intake(database, services.calendar) for _ in range(2))
    await busy.store([Incoming(1, 7, "{}"), Incoming(2, 8, "{}")])
    begun, release = asyncio.Event(), asyncio.Event()

    async def long() -> None:
        in_hand.set(busy.hand(Incoming(1, 7, "{}")))
        async with database.write():
            begun.set()
            await release.wait()

    if not database.is_sqlite:  # there, nobody writes beside a transaction
        writing = asyncio.create_task(long())
        await begun.wait()
        clock.advance(LEASE - timedelta(seconds=1))
        async with asyncio.timeout(5):
            await busy.hold([1, 2])
        clock.advance(timedelta(seconds=2))
        assert await other.take_over() == []
        release.set()
        await writing


async def test_a_chat_that_was_handled_is_free_for_everybody(services: Services, database: Database) -> None:
    one, other = (Intake(database, services.calendar) for _ in range(2))
    for number, intake in enumerate((one, other, one), 1):
        update = Incoming(number, 7, "{}")
        assert await intake.store([update]) == ([update], False)
        await intake.finish([number])


async def test_an_update_is_stored_once_however_often_it_is_brought(services: Services) -> None:
    one, two = Incoming(1, 7, "{}"), Incoming(2, 7, "{}")
    assert await services.intake.store([one]) == ([one], False)
    assert await services.intake.store([one, two]) == ([two], False)


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        ({"update_id": 1, "message": {"chat": {"id": -5}, "from": {"id": 6}}}, -5),
        ({"update_id": 1, "callback_query": {"from": {"id": 6}, "message": {"chat": {"id": 7}}}}, 7),
        ({"update_id": 1, "callback_query": {"from": {"id": 6}}}, 6),
        ({"update_id": 1, "message": {"chat": {"id": 2**63}}}, 0),
        ({"update_id": 1, "message": {"chat": None, "from": []}}, 0),
        ({"update_id": 1, "message": "?"}, 0),
        ({"update_id": 1}, 0),
    ],
)
def test_every_update_has_a_place_in_some_order(update: dict[str, Any], chat: int) -> None:
    assert chat_of(update) == chat
