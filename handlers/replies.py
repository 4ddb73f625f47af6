"""How a handler replies: one edit and one answer for a tap, one new message for a text."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InlineQueryResultUnion,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.formatting import Text

from handlers.speech import content
from services.prompting import Screen

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove

OFFER_KEPT: Final = 10
"""Seconds for which Telegram may answer the same words of the same person by itself."""
_ALREADY_SO: Final = "message is not modified"
_TOO_LATE: Final = "query is too old"
_OUT_OF_REACH: Final = (
    "message to edit not found",
    "message identifier is not specified",
    "message can't be edited",
    "there is no text in the message",
    "MESSAGE_ID_INVALID",
)


async def reply(
    message: Message, text: Text | str, keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None
) -> None:
    """A new message below."""
    await message.answer(**content(text), reply_markup=keyboard)


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
    try:
        await tap.answer(toast, show_alert=alert)
    except TelegramBadRequest as refusal:
        if _TOO_LATE not in refusal.message:
            raise


async def offer(
    query: InlineQuery,
    cards: list[InlineQueryResultArticle],
    button: InlineQueryResultsButton | None = None,
    next_offset: str = "",
) -> None:
    """Answer what is typed after `@bot`; whoever has typed on since then needs no answer any more."""
    results: list[InlineQueryResultUnion] = [*cards]
    try:
        await query.answer(results, OFFER_KEPT, is_personal=True, next_offset=next_offset, button=button)
    except TelegramBadRequest as refusal:
        if _TOO_LATE not in refusal.message:
            raise


async def below(tap: CallbackQuery, text: Text | str, keyboard: Keyboard | None = None) -> None:
    """A new message under a tapped one; only a new one can carry the menu, or take it away."""
    assert tap.bot is not None
    await tap.bot.send_message(tap.from_user.id, **content(text), reply_markup=keyboard)


async def hand_over(tap: CallbackQuery, name: str, content: bytes) -> None:
    """A file in a new message under a tapped one, and the tap is answered."""
    assert tap.bot is not None
    file = BufferedInputFile(content, name)
    await asyncio.gather(tap.bot.send_document(tap.from_user.id, file), answer(tap))


async def files_below(
    tap: CallbackQuery, files: Sequence[tuple[str, bytes]], caption: str, keyboard: InlineKeyboardMarkup | None = None
) -> None:
    """Files, by name, under a tapped message; the last one carries the caption and the buttons."""
    assert tap.bot is not None
    *first, (last_name, last) = files
    for name, file in first:
        await tap.bot.send_document(tap.from_user.id, BufferedInputFile(file, name))
    await tap.bot.send_document(
        tap.from_user.id, BufferedInputFile(last, last_name), caption=caption, reply_markup=keyboard
    )


def screen(tap: CallbackQuery) -> Screen:
    """The message a tap was on."""
    return Screen(tap.from_user.id, tap.message.message_id if tap.message else 0)


async def shows(
    bot: Bot, chat_id: int, message_id: int, text: Text | str, keyboard: InlineKeyboardMarkup | None
) -> bool:
    """Edit a message in place: whether it shows this now; False, where it is out of reach."""
    try:
        await bot.edit_message_text(**content(text), chat_id=chat_id, message_id=message_id, reply_markup=keyboard)
    except TelegramBadRequest as refusal:
        if any(reason in refusal.message for reason in _OUT_OF_REACH):
            return False
        if _ALREADY_SO not in refusal.message:
            raise
    return True


async def _edit(tap: CallbackQuery, text: Text | str, keyboard: InlineKeyboardMarkup | None) -> None:
    message = tap.message
    assert tap.bot is not None
    if not isinstance(message, Message) or not await shows(
        tap.bot, message.chat.id, message.message_id, text, keyboard
    ):
        await below(tap, text, keyboard)
