"""Taking from the outbox what is due by one channel: some side by side, each person's in order."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.lanes import Lanes
from services.outbox import AT_ONCE, Outbox, Parcel

LOOKS_EVERY: Final = 2.0
"""Seconds: the command line and other replicas commit in other processes, and due times come."""

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
        self._lanes = Lanes(self._work, at_once)
        self._woken = asyncio.Event()
        self._passed_over = False
        self._looking: asyncio.Task[None] | None = None
        self._closing = False

    def wake(self) -> None:
        """Something may be due: look now."""
        self._woken.set()

    def open(self) -> None:
        """Begin to look for what is due."""
        self._looking = asyncio.create_task(self._look())

    async def close(self, within: float) -> None:
        """Let messages under way arrive, for so many seconds; what was not begun is left to whoever is next."""
        self._closing = True  # a cancellation alone can be lost to what ends in the same instant
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._lanes.close(within)
        await self._outbox.release([note for parcel in self._lanes.waiting() for note in parcel.ids])

    async def _look(self) -> None:
        while not self._closing:
            try:
                found = await self._claim()
            except Exception as fault:
                log.warning("outbox_not_read", fault=type(fault).__name__)
                found = False
            if not found:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOKS_EVERY):
                        await self._woken.wait()

    async def _claim(self) -> bool:
        """Whoever is being written to is passed over: many messages to one keep nobody else waiting."""
        await self._lanes.fewer_than(self._at_once)
        self._woken.clear()
        busy = self._lanes.busy
        self._passed_over = bool(busy)
        parcels = await self._outbox.claim(but=busy, channel=self._channel, limit=self._at_once)
        for parcel in parcels:
            # Somebody who is not registered has a lane of a chat's, or of the one note's.
            self._lanes.put(parcel.user_id or parcel.chat_id or -parcel.ids[0], parcel)
        return bool(parcels)

    async def _work(self, parcel: Parcel) -> None:
        try:
            await self._say(parcel)
        finally:
            if self._passed_over:
                self._woken.set()
