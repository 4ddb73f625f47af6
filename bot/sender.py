"""The sender: takes what is due by chat and says it on Telegram."""

from collections.abc import Mapping
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.delivery import Delivery
from bot.limiter import Lane, lane
from bot.metrics import Said, said
from bot.pushes import Push
from bot.session import limiter_of
from handlers.speech import reads_plain
from services.outbox import CHAT, NO_CHAT, UNKNOWN_KIND, Parcel
from services.portal import Services

_PASSING: Final = (
    ClientDecodeError,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramServerError,
    TelegramUnauthorizedError,
)

log: Final = structlog.get_logger()


class Sender(Delivery):
    """Says what is due. `pushes`: how each kind of notification is said."""

    def __init__(self, bot: Bot, services: Services, pushes: Mapping[str, Push]) -> None:
        super().__init__(services.outbox, CHAT, self._push)
        self._bot = bot
        self._limiter = limiter_of(bot)
        self._services = services
        self._pushes = pushes

    def _rest(self, parcel: Parcel) -> float:
        return 0.0 if parcel.chat_id is None else self._limiter.rest(parcel.chat_id, _lane_of(parcel))

    async def _push(self, parcel: Parcel) -> None:
        lane.set(_lane_of(parcel))
        reads_plain.set(parcel.plain)
        push = self._pushes.get(parcel.kind)
        try:
            if push is None:
                # While one replica after the other is brought to a new version, its kinds meet the old code, too.
                await self._outbox.retry(parcel, UNKNOWN_KIND)
                said(CHAT, parcel.kind, Said.PUT_OFF)
            elif parcel.chat_id is None:
                await self._outbox.blocked(parcel, NO_CHAT)
                said(CHAT, parcel.kind, Said.BLOCKED)
            else:
                await push(self._bot, self._services, parcel)
                await self._note_said(parcel)
                said(CHAT, parcel.kind, Said.SENT)
        except Exception as fault:
            await self._failed(parcel, fault)

    async def _failed(self, parcel: Parcel, fault: Exception) -> None:
        failure = type(fault).__name__
        if isinstance(fault, TelegramAPIError):
            failure = fault.message
        outcome = Said.PUT_OFF
        match fault:
            case TelegramRetryAfter():
                await self._outbox.wait(parcel.ids, fault.retry_after)
            case TelegramForbiddenError():
                outcome = Said.BLOCKED
                await self._outbox.blocked(parcel, failure)
            case ClientDecodeError(data={"ok": True}):
                outcome = Said.SENT
                log.error("answer_unreadable", kind=parcel.kind)  # it has been said: once more would be twice
                await self._note_said(parcel)
            case _ if isinstance(fault, _PASSING) and not isinstance(fault, TelegramEntityTooLarge):
                log.warning("push_put_off", kind=parcel.kind, fault=type(fault).__name__, attempts=parcel.attempts)
                await self._outbox.retry(parcel, failure)
            case AiogramError():
                outcome = Said.FAILED
                log.error("push_given_up", kind=parcel.kind, fault=failure)
                await self._outbox.give_up(parcel.ids, failure)
            case _:
                log.error("push_failed", kind=parcel.kind, exc_info=fault)
                await self._outbox.retry(parcel, failure)
        said(CHAT, parcel.kind, outcome)


def _lane_of(parcel: Parcel) -> Lane:
    return Lane.PUSH if parcel.is_urgent else Lane.BULK
