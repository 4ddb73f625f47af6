"""How a handler replies: one edit and one answer for a tap, one new message for a text."""

import asyncio
from collections.abc import Awaitable
from typing import Any, Final

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, ReplyKeyboardMarkup
from aiogram.utils.formatting import Text

from services.prompting import Screen

_ALREADY_SO: Final = "message is not modified"
_TOO_LATE: Final = "query is too old"
_OUT_OF_REACH: Final = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message",
)


async def reply(
    message: Message, text: Text | str, keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None
) -> None:
    """A new message below."""
    await message.answer(**_content(text), reply_markup=keyboard)


async def redraw(
    tap: CallbackQuery,
    text: Text | str,
    keyboard: InlineKeyboardMarkup | None = None,
    toast: str | None = None,
) -> None:
    """The tapped message becomes this one, and the tap is answered; out of reach, a new message comes instead."""
    await asyncio.gather(_edit(tap, text, keyboard), answer(tap, toast))


async def answer(tap: CallbackQuery, toast: str | None = None, *, alert: bool = False) -> None:
    """Answer a tap, with a passing line or an alert; one that came too late needs none any more."""
    await _tolerating(tap.answer(toast, show_alert=alert), _TOO_LATE)


async def below(
    tap: CallbackQuery, text: Text | str, keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None
) -> None:
    """A new message under a tapped one; only a new one can carry the menu."""
    assert tap.bot is not None
    await tap.bot.send_message(tap.from_user.id, **_content(text), reply_markup=keyboard)


def screen(tap: CallbackQuery) -> Screen:
    """The message a tap was on."""
    return Screen(tap.from_user.id, tap.message.message_id if tap.message else 0)


def _content(text: Text | str) -> dict[str, Any]:
    return (text if isinstance(text, Text) else Text(text)).as_kwargs()


async def _edit(tap: CallbackQuery, text: Text | str, keyboard: InlineKeyboardMarkup | None) -> None:
    if not isinstance(tap.message, Message):
        await below(tap, text, keyboard)
        return
    try:
        await _tolerating(tap.message.edit_text(**_content(text), reply_markup=keyboard), _ALREADY_SO)
    except TelegramBadRequest as refusal:
        if not any(reason in refusal.message for reason in _OUT_OF_REACH):
            raise
        await below(tap, text, keyboard)


async def _tolerating(call: Awaitable[object], refusal: str) -> None:
    try:
        await call
    except TelegramBadRequest as error:
        if refusal not in error.message:
            raise
