"""From an update's JSON to the handlers."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from aiogram import Bot, Dispatcher, Router
from aiogram.types import Update
from pydantic import ValidationError

from bot.limits import Limiting
from bot.measuring import Measuring
from bot.metrics import Outcome, meter
from bot.middlewares import Arriving, AskingAgain
from bot.switchboard import Switchboard
from handlers import routers

ALLOWED_UPDATES: Final = ["message", "edited_message", "callback_query", "my_chat_member", "inline_query"]
_KIND: Final = re.compile(r"[a-z_]{1,40}")


class Unparsable(Exception):
    """An update that aiogram cannot read. Its text is the kind of update, nothing of its content."""


def dispatch_to(given: Iterable[Router]) -> Switchboard:
    """A dispatcher over these routers; what differs from bot to bot comes with each update."""
    dispatcher = Switchboard()
    dispatcher.update.outer_middleware(Measuring())
    dispatcher.update.outer_middleware(Limiting())
    dispatcher.update.outer_middleware(Arriving())
    dispatcher.update.outer_middleware(AskingAgain())
    dispatcher.include_routers(*given)
    return dispatcher


@cache
def portal_dispatcher() -> Switchboard:
    """The dispatcher over the portal's own routers; a router can have only one parent in a process."""
    return dispatch_to(routers())


async def feed(dispatcher: Dispatcher, bot: Bot, payload: Any, **context: Any) -> None:
    """Hand an update (its JSON, parsed) to the handlers.

    Raises: Unparsable, and what no error handler took.
    """
    try:
        update = Update.model_validate(payload, context={"bot": bot})
        known = update.event_type
    except (ValidationError, LookupError):
        meter(kind_of(payload)).count(Outcome.UNREADABLE)
        raise Unparsable(kind_of(payload)) from None
    assert known
    await dispatcher.feed_update(bot, update, **context)


def kind_of(payload: Any) -> str:
    """The name of the field that carries the event."""
    names = [name for name in payload if name != "update_id"] if isinstance(payload, dict) else []
    return names[0] if names and _KIND.fullmatch(names[0]) else "unknown"
