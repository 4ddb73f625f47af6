"""Two processes take in the updates of one bot: within a chat they are handled in order, once, whoever brings them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.intake import Reception
from db import intake as statements
from db.engine import Database
from db.tables import Update
from domain.clock import Calendar
from services.intake import LEASE, RENEW_SECONDS, AlreadyHandled, Incoming, Intake, in_hand
from tests.conftest import Clock

CHATS = range(101, 121)
Feed = Callable[["Replica", int], Awaitable[None]]


class Replica:
    """A process of the bot, as far as its intake goes. What its handlers did stands in `done`, shared by all."""

    def __init__(self, name: str, database: Database, clock: Clock, done: list[tuple[str, int]], feed: Feed) -> None:
        self.name = name
        self.database = database
        self.done = done
        self.intake = Intake(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now))
        self.intake.alone = False
        self.reception = Reception(self.intake, lambda payload: feed(self, payload["update_id"]))

    async def brings(self, *updates: tuple[int, int]) -> None:
        """Telegram delivers updates (id and chat) to this one."""
        await self.reception.accept([message(number, chat) for number, chat in updates])

    def dies(self) -> None:
        """It is gone without a word."""
        for task in (*self.reception._chores, *self.reception._lanes._tasks):
            task.cancel()
        self.reception._lanes._at_once = 0


def message(number: int, chat: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": chat}}}


async def writes(replica: Replica, number: int) -> None:
    """Most handlers write; every third only reads. Both go on for a moment after it."""
    await asyncio.sleep(0.001 * (number % 4))
    if number % 3:
        async with replica.database.write():
            pass
    replica.done.append((replica.name, number))
    await asyncio.sleep(0.001 * (number % 2))


@pytest.fixture
async def replicas(database_url: str, clock: Clock) -> AsyncIterator[Callable[..., Awaitable[list[Replica]]]]:
    """Opens so many replicas."""
    async with AsyncExitStack() as stack:

        async def opened(count: int = 2, feed: Feed = writes) -> list[Replica]:
            done: list[tuple[str, int]] = []
            made = []
            for name in "ABC"[:count]:
                database = Database(database_url, clock.now)
                stack.push_async_callback(database.close)
                made.append(Replica(name, database, clock, done, feed))
            for replica in made:
                await replica.reception.open(alone=False)
                stack.push_async_callback(replica.reception.close, 5)
            return made

        yield opened


async def _until_all_are_handled(database: Database, *awake: Replica) -> None:
    held = Update.claimed_until > awake[0].intake._calendar.now()
    open_ones = select(Update.update_id).where(Update.handled_at.is_(None) | held)
    async with asyncio.timeout(20):
        while True:
            for replica in awake:
                replica.reception.look()  # as the word of another replica does
            async with database.read() as connection:
                if not (await connection.execute(open_ones)).all():
                    return
            await asyncio.sleep(0.01)


def _by_chat(done: list[tuple[str, int]], chat_of: dict[int, int]) -> dict[int, list[int]]:
    found = defaultdict(list)
    for _, number in done:
        found[chat_of[number]].append(number)
    return found


async def test_each_chats_updates_are_handled_in_order_and_once_whichever_replica_they_come_to(replicas, database):
    first, second = await replicas()
    chat_of = {number: CHATS[number % len(CHATS)] for number in range(1, 201)}

    async def delivered(chat: int) -> None:
        numbers = [number for number, of in chat_of.items() if of == chat]
        for place, number in enumerate(numbers):
            await (first, second)[(place + chat) % 2].brings((number, chat))

    await asyncio.gather(*map(delivered, CHATS))
    await _until_all_are_handled(database, first, second)
    assert {name for name, _ in first.done} == {"A", "B"}
    for numbers in _by_chat(first.done, chat_of).values():
        assert numbers == sorted(set(numbers))
    assert len(first.done) == len(chat_of)


async def test_a_chats_next_update_waits_for_the_end_of_the_handler_not_of_its_transaction(replicas, database):
    answered, written = asyncio.Event(), asyncio.Event()

    async def slow_to_answer(replica: Replica, number: int) -> None:
        async with replica.database.write():
            pass
        if number == 1:
            written.set()
            await answered.wait()
        replica.done.append((replica.name, number))

    first, second = await replicas(feed=slow_to_answer)
    await first.brings((1, 7))
    await written.wait()
    await second.brings((2, 7))
    await second.brings((3, 7), (4, 8))
    await _until_handled_by(second, ("B", 4))
    assert first.done == [("B", 4)]
    answered.set()
    await _until_all_are_handled(database, first, second)
    assert [number for _, number in first.done] == [4, 1, 2, 3]


async def _until_handled_by(replica: Replica, what: tuple[str, int]) -> None:
    async with asyncio.timeout(10):
        while what not in replica.done:  # noqa: ASYNC110 - handlers tell nobody
            await asyncio.sleep(0.005)


async def test_what_a_dead_replica_held_is_taken_over_in_order_within_ten_seconds(replicas, database, clock):
    assert LEASE + timedelta(seconds=RENEW_SECONDS) < timedelta(seconds=10)
    never = asyncio.Event()

    async def stuck_in_the_first(replica: Replica, number: int) -> None:
        if replica.name == "A" and number > 2:
            await never.wait()
        await writes(replica, number)

    first, second = await replicas(feed=stuck_in_the_first)
    chat_of = dict.fromkeys((1, 3, 4, 5, 6), 7) | dict.fromkeys((2, 8), 9)
    await first.brings((1, 7), (2, 9), (3, 7), (4, 7))
    await _until_handled_by(first, ("A", 1))
    await _until_handled_by(first, ("A", 2))
    await second.brings((5, 7))
    first.dies()
    await second.brings((6, 7))
    await second.brings((8, 9))
    assert [number for _, number in second.done if chat_of[number] == 7] == [1]
    clock.advance(LEASE)
    await _until_all_are_handled(database, second)
    assert _by_chat(first.done, chat_of)[7] == [1, 3, 4, 5, 6]
    assert sorted(number for _, number in first.done) == sorted(chat_of)


async def test_an_earlier_update_that_comes_late_goes_before_those_that_wait(replicas, database):
    release, begun = asyncio.Event(), asyncio.Event()

    async def slow(replica: Replica, number: int) -> None:
        begun.set()
        await release.wait()
        await writes(replica, number)

    first, second = await replicas(feed=slow)
    await first.brings((1, 7))
    await begun.wait()
    await first.brings((5, 7))
    await second.brings((4, 7))
    await first.brings((3, 7))
    first.reception.look()
    await asyncio.sleep(0.1)
    release.set()
    await _until_all_are_handled(database, first, second)
    assert [number for _, number in first.done] == [1, 3, 4, 5]


async def test_of_two_updates_stored_in_one_instant_the_later_has_no_effect_before_the_earlier(
    database_url: str, clock: Clock
) -> None:
    """Neither transaction sees the other's, so each replica holds one: the effect is where it is settled."""
    calendar = Calendar(ZoneInfo("Europe/Moscow"), clock.now)
    database = Database(database_url, clock.now)
    one, two = Intake(database, calendar), Intake(database, calendar)
    if not database.is_sqlite:  # there, one transaction comes after the other
        async with database.migrator.begin() as tx, database.migrator.begin() as beside:
            for own, intake, number in ((tx, one, 1), (beside, two, 2)):
                update = Incoming(number, 7, "{}")
                kept = await statements.store(own, [update], intake.owner, clock.now() + LEASE, clock.now())
                assert kept == {number: False}
        later = two.hand(Incoming(2, 7, "{}"))
        in_hand.set(later)
        with pytest.raises(AlreadyHandled):
            async with database.write():
                pytest.fail("it has an effect")
        in_hand.set(one.hand(Incoming(1, 7, "{}")))
        async with database.write():
            pass
        in_hand.set(later)
        async with database.write():
            pass
        in_hand.set(None)
    await database.close()


async def test_whoever_lost_an_update_to_another_has_no_effect_any_more(
    database: Database, services, clock: Clock
) -> None:
    slow, quick = Intake(database, services.calendar), Intake(database, services.calendar)
    update = Incoming(1, 7, "{}")
    await slow.store([update])
    clock.advance(LEASE)
    assert await quick.take_over() == [update]
    for intake, allowed in ((slow, False), (quick, True), (quick, False)):
        in_hand.set(intake.hand(update))
        if allowed:
            async with database.write():
                pass
        else:
            with pytest.raises(AlreadyHandled):
                async with database.write():
                    pytest.fail("it has an effect")
    in_hand.set(None)
