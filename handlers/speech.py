"""How the bot speaks to whoever it writes to now: as it is drawn, or plainly for phones that read aloud.

One place for everything that goes out, so that no handler and no push has to think of it.
"""

from contextvars import ContextVar
from typing import Any, Final, TypeVar

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, ReplyKeyboardMarkup
from pydantic import BaseModel

from texts import plain

reads_plain: Final[ContextVar[bool]] = ContextVar("reads_plain", default=False)
"""Whether the person of the update or the note in hand wants plain texts."""

Spoken = TypeVar("Spoken", bound=BaseModel)
Result = TypeVar("Result")
_WRITTEN: Final = (("text", "entities"), ("caption", "caption_entities"))


def spoken(method: TelegramMethod[Result]) -> TelegramMethod[Result]:
    """A call of the Bot API as it goes out: in its plain form where that is wanted."""
    return _plainly(method) if reads_plain.get() else method


def _plainly(said: Spoken) -> Spoken:
    changes: dict[str, Any] = {}
    for name, formatting in _WRITTEN:
        text = getattr(said, name, None)
        if isinstance(text, str) and text:
            changes[name], entities = plain.message(text, getattr(said, formatting, None))
            if hasattr(said, formatting):
                changes[formatting] = entities
    markup = getattr(said, "reply_markup", None)
    if isinstance(markup, InlineKeyboardMarkup | ReplyKeyboardMarkup):
        changes["reply_markup"] = plain.keyboard(markup)
    return said.model_copy(update=changes) if changes else said
