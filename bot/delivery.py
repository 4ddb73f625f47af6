"""Taking from the outbox what is due by one channel: some side by side, each person's in order."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Final

import structlog

from bot.gathering import Gathering
from bot.lanes import Lanes
from services.outbox import AT_ONCE, RENEW_SECONDS, Outbox, Parcel

LOOKS_EVERY: Final = 2.0
"""Seconds: due times come; and other processes commit, of which SQLite says nothing."""
AFTER_A_FAULT: Final = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries to note that something has been said."""
RESTING: Final = 8
"""For each message under way so many people may wait for their own chat's pace, and keep nobody else waiting."""

log: Final = structlog.get_logger()


class Delivery:
    """Hands every parcel that is due to `say`, which settles it in the outbox."""

    def __init__(
        self, outbox: Outbox, channel: str, say: Callable[[Parcel], Awaitable[None]], at_once: int = AT_ONCE
    ) -> None:
        self._outbox = outbox
        self._channel = channel
        self._say = say
        self._at_once = at_once
        self._lanes = Lanes(self._work, at_once, rests=self._rest)
        self._noting = Gathering(outbox.sent)
        self._held: dict[int, datetime] = {}
        self._woken = asyncio.Event()
        self._passed_over = False
        self._looking: asyncio.Task[None] | None = None
        self._holding: asyncio.Task[None] | None = None
        self._claiming = False
        self._closing = False
        self.looks_every = LOOKS_EVERY

    def wake(self) -> None:
        """Something may be due: look now."""
        self._woken.set()

    def open(self) -> None:
        """Begin to look for what is due."""
        self._looking = asyncio.create_task(self._look())
        self._holding = asyncio.create_task(self._keep_hold())

    def claim_no_more(self) -> None:
        """It is going to be closed."""
        self._closing = True  # a cancellation alone can be lost to what ends in the same instant

    async def close(self, within: float) -> None:
        """Let messages under way arrive, for so many seconds; what was not begun is left to whoever is next."""
        self.claim_no_more()
        await (_ended if self._claiming else _cancelled)(self._looking)  # whoever is cut off knows not what it holds
        await self._lanes.close(within)
        await _cancelled(self._holding)
        await self._release(self._lanes.waiting())

    async def _release(self, parcels: Iterable[Parcel]) -> None:
        await self._outbox.release([note for parcel in parcels for note in parcel.ids])

    async def _note_said(self, parcel: Parcel) -> None:
        """It has been said. Where the database cannot keep that now, it is told again: the message would come twice."""
        for pause in AFTER_A_FAULT:
            try:
                return await self._noting.add(parcel.ids)
            except Exception as fault:
                log.warning("outbox_not_written", fault=type(fault).__name__, seconds=pause)
                await asyncio.sleep(pause)
        return await self._noting.add(parcel.ids)

    def _rest(self, _: Parcel) -> float:
        """Seconds that a parcel has to wait for its own person's sake."""
        return 0.0

    async def _look(self) -> None:
        while not self._closing:
            try:
                found = await self._claim()
            except Exception as fault:
                log.warning("outbox_not_read", fault=type(fault).__name__)
                found = False
            if not found and not self._closing:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self.looks_every):
                        await self._woken.wait()

    async def _claim(self) -> bool:
        """Whoever is being written to is passed over: many messages to one keep nobody else waiting."""
        await self._lanes.fewer_than(self._at_once, self._at_once * RESTING)
        self._woken.clear()
        busy = self._lanes.busy
        self._passed_over = bool(busy)
        self._claiming = True
        try:
            parcels = await self._outbox.claim(but=busy, channel=self._channel, limit=self._at_once)
            if self._closing:
                await self._release(parcels)
                return False
        finally:
            self._claiming = False
        for parcel in parcels:
            if not self._held.keys() & parcel.ids:  # a lease that ran out while its message is still under way
                self._take(parcel)
        return bool(parcels)

    def _take(self, parcel: Parcel) -> None:
        """What follows from a tap goes before what nobody waits for."""
        self._held |= dict.fromkeys(parcel.ids, parcel.held_until)
        # Somebody who is not registered has a lane of a chat's, or of the one note's.
        place = parcel.user_id or parcel.chat_id or -parcel.ids[0]
        self._lanes.put(place, parcel, first=parcel.is_urgent)

    async def _work(self, parcel: Parcel) -> None:
        try:
            if not self._outbox.is_free(self._held[parcel.ids[0]]):
                await self._say(parcel)
        finally:
            for number in parcel.ids:
                del self._held[number]
            if self._passed_over:
                self._woken.set()

    async def _keep_hold(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                held = await self._outbox.hold(self._held)
            except Exception as fault:
                log.warning("lease_not_renewed", fault=type(fault).__name__)
            else:
                self._held.update((number, until) for number, until in held.items() if number in self._held)


async def _cancelled(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
    await _ended(task)


async def _ended(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        await asyncio.gather(task, return_exceptions=True)
