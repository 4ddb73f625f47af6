"""How the bot speaks to whoever it writes to now: as it is drawn, or plainly for phones that read aloud.

One place for everything that goes out, so that no handler and no push has to think of it.
"""

from contextvars import ContextVar
from typing import Any, Final, TypeVar

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, MessageEntity, ReplyKeyboardMarkup
from aiogram.utils.formatting import Text
from pydantic import BaseModel

from texts import plain

reads_plain: Final[ContextVar[bool]] = ContextVar("reads_plain", default=False)
"""Whether the person of the update or the note in hand wants plain texts."""

Spoken = TypeVar("Spoken", bound=BaseModel)
Result = TypeVar("Result")
_WRITTEN: Final = (("text", "entities"), ("caption", "caption_entities"))


def content(text: Text | str) -> dict[str, Any]:
    """A text and its formatting, as calls of the Bot API are given them."""
    if isinstance(text, str):
        return {"text": text, "entities": None, "parse_mode": None}
    pieces: list[str] = []
    entities: list[MessageEntity] = []
    _write(text, 0, pieces, entities)
    entities.sort(key=lambda entity: entity.offset)
    return {"text": "".join(pieces), "entities": entities, "parse_mode": None}


def _write(text: Text, begin: int, pieces: list[str], entities: list[MessageEntity]) -> int:
    """Add what a text says, from this place on, and return where it ends, counted as Telegram counts: in UTF-16.

    As aiogram's Text.render, which measures each word once for every text that it stands in.
    """
    end = begin
    for part in text:
        if not isinstance(part, str) and isinstance(part, Text):
            end = _write(part, end, pieces, entities)
        else:
            pieces.append(str(part))
            end += len(pieces[-1].encode("utf-16-le", "surrogatepass")) // 2
    if text.type:
        entities.append(text._render_entity(offset=begin, length=end - begin))
    return end


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
