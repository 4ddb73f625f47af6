"""How long an update took and what became of it: the outermost of the middlewares."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from aiogram import BaseMiddleware
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import TelegramObject, Update

from bot.metrics import Outcome, meter
from domain.errors import DomainError
from services.intake import AlreadyHandled, in_hand


class Measuring(BaseMiddleware):
    """Sees faults before the error handlers make sentences of them."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Counts, and hands on whatever comes of it."""
        assert isinstance(event, Update)
        outcome, begun = Outcome.FAILED, perf_counter()
        try:
            result = await handler(event, data)
            outcome = Outcome.HANDLED
        except (DomainError, TelegramForbiddenError):
            outcome = Outcome.REFUSED
            raise
        except AlreadyHandled:
            outcome = Outcome.REPLAYED
            raise
        finally:
            counts, hand = meter(event.event_type), in_hand.get()
            counts.count(outcome)
            counts.took(perf_counter() - begun, hand.in_database if hand else 0.0)
        return result
