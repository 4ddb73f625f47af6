"""What a kind of notification says, whichever way it goes: as a message in a chat, or as a letter in its place."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiogram import Bot
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.formatting import Text

from handlers.speech import content
from services.outbox import Parcel
from services.portal import Services
from texts.calendar_files import CalendarFile

CAPTION_LIMIT: Final = 1024
"""In UTF-16 units, which are never fewer than what Telegram counts."""

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with what comes with it: the keyboard stays in the chat, the file goes by letter too."""

    text: Text
    keyboard: Keyboard | None = None
    file: CalendarFile | None = None


Compose = Callable[[Services, Parcel], Awaitable[Wording | None]]
"""None: there is nothing to say any more."""


def reached(parcel: Parcel) -> int:
    """The chat that a message goes to."""
    assert parcel.chat_id is not None, "the sender gives up what has no chat before it is drawn"
    return parcel.chat_id


def reader(parcel: Parcel) -> int:
    """Whoever reads what is for registered people."""
    assert parcel.user_id is not None, "this is for registered people"
    return parcel.user_id


async def send(bot: Bot, parcel: Parcel, wording: Wording) -> Message:
    """One message: a text, or a file with the text under it where it fits there."""
    chat_id, silent, file, text = reached(parcel), parcel.silent, wording.file, wording.text
    under_it = file is not None and len(text) <= CAPTION_LIMIT
    if file is None or not under_it:
        sent = await bot.send_message(
            chat_id, **content(text), reply_markup=wording.keyboard, disable_notification=silent
        )
        if file is None:
            return sent
    caption = text.as_caption_kwargs() if under_it else {}
    return await bot.send_document(
        chat_id,
        BufferedInputFile(file.content, file.name),
        **caption,
        reply_markup=wording.keyboard if under_it else None,
        disable_notification=silent,
    )
