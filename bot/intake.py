"""Where updates come in: stored before they are confirmed, handled in order within a chat, marked when done."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog
from structlog.contextvars import bind_contextvars

from bot.dispatching import Unparsable, kind_of
from bot.gathering import Gathering
from bot.lanes import Lanes
from bot.session import dumps, loads
from services.intake import PAST_64_BITS, RENEW_SECONDS, AlreadyHandled, Incoming, Intake, UpdateInHand, in_hand

CHATS_AT_ONCE: Final = 32
MANY: Final = 1_000
"""Chats with work in memory; past that, what came waits in the database or with Telegram."""
MARK_EVERY: Final = 0.05
"""Seconds over which updates that wrote nothing are gathered, to be marked in one statement."""
AFTER_A_FAULT: Final = 1.0
WAIT_FOR_OTHERS: Final = 0.25

log: Final = structlog.get_logger()


def chat_of(update: dict[str, Any]) -> int:
    """The chat whose order an update keeps: its chat, else its person, else 0. Takes anything Telegram may send."""
    event = next((value for value in update.values() if isinstance(value, dict)), {})
    places = [place for place in (event, event.get("message")) if isinstance(place, dict)]
    parties = [place.get(key) for key in ("chat", "from") for place in places]
    ids = [party.get("id") for party in parties if isinstance(party, dict)]
    return next((number for number in ids if isinstance(number, int) and abs(number) < PAST_64_BITS), 0)


class Reception:
    """Takes updates in and hands each to `feed` (its JSON, parsed), which may raise Unparsable."""

    def __init__(self, intake: Intake, feed: Callable[[Any], Awaitable[None]]) -> None:
        self._intake = intake
        self._feed = feed
        self._lanes = Lanes(self._handle, CHATS_AT_ONCE, order=lambda update: update.update_id)
        self._storing = Gathering(self._store)
        self._mine: set[int] = set()
        self._newest: dict[int, int] = {}
        """Of passing updates that wait or are in hand, the newest of each chat."""
        self._done: list[int] = []
        self._some_done = asyncio.Event()
        self._some_abandoned = asyncio.Event()
        self._chores: list[asyncio.Task[None]] = []

    async def accept(self, updates: Sequence[dict[str, Any]]) -> None:
        """Store updates, and begin with those that are new. When this returns they may be confirmed.

        It waits while the chats with work are too many.
        """
        incoming = [
            Incoming(update["update_id"], chat_of(update), dumps(update), passing="inline_query" in update)
            for update in updates
        ]
        await self._lanes.fewer_than(MANY)
        await self._storing.add(incoming)

    def look(self) -> None:
        """There may be updates that nobody holds: take them over."""
        self._some_abandoned.set()

    async def open(self, *, alone: bool) -> None:
        """Take over what was stored and never handled. `alone`: no other process may handle updates now, so what
        one holds was left by a crash or is being finished; what comes later waits for it, to keep the order."""
        await self._take_over()
        while alone and await self._intake.others_hold_some():
            await asyncio.sleep(WAIT_FOR_OTHERS)
            await self._take_over()
        self._chores = [asyncio.create_task(chore()) for chore in (self._keep_hold, self._look, self._mark)]

    async def close(self, within: float) -> None:
        """Let handlers come to their end, for so many seconds; what was not begun is left to whoever is next."""
        await self._lanes.close(within)
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        await self._mark_done()
        await self._intake.close()

    async def _store(self, incoming: Sequence[Incoming]) -> None:
        mine, some_wait = await self._intake.store(incoming)
        self._begin(mine)
        if some_wait:
            self.look()

    def _begin(self, incoming: Sequence[Incoming]) -> None:
        for update in incoming:
            if update.update_id not in self._mine:
                self._mine.add(update.update_id)
                if update.passing:
                    self._newest[update.chat_id] = max(update.update_id, self._newest.get(update.chat_id, 0))
                self._lanes.put(update.chat_id, update)

    async def _take_over(self) -> None:
        while abandoned := await self._intake.take_over():
            log.info("updates_taken_over", count=len(abandoned))
            self._begin(abandoned)
            await self._lanes.fewer_than(MANY)

    async def _handle(self, incoming: Incoming) -> None:
        hand = self._intake.hand(incoming)
        in_hand.set(hand)
        bind_contextvars(update_id=incoming.update_id)
        try:
            failure = await self._fed(incoming, hand)
            in_hand.set(None)
            await self._settle(hand, failure)
        except BaseException:  # the database is away, or we are told to stop: it is taken over and tried again
            self._mine.discard(incoming.update_id)
            raise
        finally:
            if self._newest.get(incoming.chat_id) == incoming.update_id:
                del self._newest[incoming.chat_id]

    async def _settle(self, hand: UpdateInHand, failure: str | None) -> None:
        if failure and not hand.handled:
            await self._intake.set_aside(hand.update_id, failure)
        elif hand.refused:
            await self._intake.let_go(hand.update_id)
        elif not hand.handled or hand.held_until is not None:
            self._done.append(hand.update_id)
            self._some_done.set()
            return
        self._mine.discard(hand.update_id)

    async def _fed(self, incoming: Incoming, hand: UpdateInHand) -> str | None:
        """What kept the update from being handled, in a word; None: nothing did, or nobody waits for it any more."""
        if incoming.passing and self._newest.get(incoming.chat_id) != incoming.update_id:
            return None
        payload = loads(incoming.payload)
        try:
            await self._feed(payload)
            if hand.talk.changed:
                await self._intake.finish_talk()
        except AlreadyHandled:
            return None
        except Unparsable as unparsable:
            log.error("update_unparsable", kind=str(unparsable))
            return f"unparsable: {unparsable}"
        except Exception as fault:
            log.exception("update_failed", fault=type(fault).__name__)
            return f"{type(fault).__name__}: {kind_of(payload)}"
        return None

    async def _keep_hold(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._intake.hold(self._mine)
            except Exception as fault:
                log.warning("lease_not_renewed", fault=type(fault).__name__)

    async def _look(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RENEW_SECONDS):
                    await self._some_abandoned.wait()
            self._some_abandoned.clear()
            try:
                await self._take_over()
            except Exception as fault:
                log.warning("updates_not_taken_over", fault=type(fault).__name__)

    async def _mark(self) -> None:
        while True:
            await self._some_done.wait()
            await asyncio.sleep(MARK_EVERY)
            try:
                await self._mark_done()
            except Exception as fault:
                log.warning("updates_not_marked", fault=type(fault).__name__)
                await asyncio.sleep(AFTER_A_FAULT)

    async def _mark_done(self) -> None:
        self._some_done.clear()
        done = list(self._done)
        if done:
            try:
                await self._intake.finish(done)
            except BaseException:
                self._some_done.set()
                raise
            del self._done[: len(done)]
            self._mine.difference_update(done)
