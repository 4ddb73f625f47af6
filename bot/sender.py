"""The sender: takes notifications that are due and says them, some side by side, each person's in order."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.lanes import Lanes
from bot.limiter import Lane, lane
from bot.pushes import Push
from services.outbox import AT_ONCE, Parcel
from services.portal import Services

LOOKS_EVERY: Final = 2.0
"""Seconds: the command line and other replicas commit in other processes, and due times come."""
_PASSING: Final = (
    ClientDecodeError,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramServerError,
    TelegramUnauthorizedError,
)

log: Final = structlog.get_logger()


class Sender:
    """Says what is due. `pushes`: how each kind of notification is said."""

    def __init__(self, bot: Bot, services: Services, pushes: Mapping[str, Push]) -> None:
        self._bot = bot
        self._services = services
        self._outbox = services.outbox
        self._pushes = pushes
        self._lanes = Lanes(self._say, AT_ONCE)
        self._woken = asyncio.Event()
        self._passed_over = False
        self._looking: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something may be due: look now."""
        self._woken.set()

    def open(self) -> None:
        """Begin to look for what is due."""
        self._looking = asyncio.create_task(self._look())

    async def close(self, within: float) -> None:
        """Let messages under way arrive, for so many seconds; what was not begun is left to whoever is next."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._lanes.close(within)
        await self._outbox.release([note for parcel in self._lanes.waiting() for note in parcel.ids])

    async def _look(self) -> None:
        while True:
            try:
                found = await self._claim()
            except Exception as fault:
                log.warning("outbox_not_read", fault=type(fault).__name__)
                found = False
            if not found:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LOOKS_EVERY)

    async def _claim(self) -> bool:
        """Whoever is being written to is passed over: many messages to one keep nobody else waiting."""
        await self._lanes.fewer_than(AT_ONCE)
        self._woken.clear()
        busy = self._lanes.busy
        self._passed_over = bool(busy)
        parcels = await self._outbox.claim(but=busy)
        for parcel in parcels:
            self._lanes.put(parcel.user_id, parcel)
        return bool(parcels)

    async def _say(self, parcel: Parcel) -> None:
        lane.set(Lane.PUSH)
        push = self._pushes.get(parcel.kind)
        try:
            if push is None:
                await self._outbox.give_up(parcel.ids, "unknown kind")
            elif parcel.chat_id is None:
                await self._outbox.give_up(parcel.ids, "no chat to reach")
            else:
                await push(self._bot, self._services, parcel)
                await self._outbox.sent(parcel.ids)
        except Exception as fault:
            await self._failed(parcel, fault)
        finally:
            if self._passed_over:
                self._woken.set()

    async def _failed(self, parcel: Parcel, fault: Exception) -> None:
        failure = type(fault).__name__
        if isinstance(fault, TelegramAPIError):
            failure = fault.message
        match fault:
            case TelegramRetryAfter():
                await self._outbox.wait(parcel.ids, fault.retry_after)
            case TelegramForbiddenError():
                await self._outbox.blocked(parcel, failure)
            case _ if isinstance(fault, _PASSING):
                log.warning("push_put_off", kind=parcel.kind, fault=type(fault).__name__, attempts=parcel.attempts)
                await self._outbox.retry(parcel, failure)
            case AiogramError():
                log.error("push_given_up", kind=parcel.kind, fault=failure)
                await self._outbox.give_up(parcel.ids, failure)
            case _:
                log.error("push_failed", kind=parcel.kind, exc_info=fault)
                await self._outbox.retry(parcel, failure)
