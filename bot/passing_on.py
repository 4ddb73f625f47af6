"""Messages of tickets on their way to the other side: files go by the id that Telegram knows them by."""

from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from domain.tickets import MESSAGE_LIMIT, FileKind, Side
from keyboards import support as keyboards
from keyboards import tickets as staff_keyboards
from services.outbox import Parcel
from services.portal import Services
from services.ticket_views import Saying, TicketView
from texts import support as texts
from texts import tickets as staff_texts

CAPTION_LIMIT: Final = 1024

log: Final = structlog.get_logger()


async def said(bot: Bot, services: Services, parcel: Parcel) -> None:
    """A message of a ticket, to the other side; nothing, where it is not that person's business any more."""
    assert parcel.user_id is not None
    view = await services.tickets.saying(parcel.payloads[0]["message_id"], parcel.user_id)
    if view is not None:
        await _pass_on(bot, parcel, view)


async def closed(bot: Bot, services: Services, parcel: Parcel) -> None:
    """A ticket is over: its owner is asked what the answer was worth, staff hears that it helped."""
    view = await _news(services, parcel)
    if view is None or not view.may_reopen:
        return
    if view.side is Side.OWNER:
        await _send(bot, parcel, texts.closed(view), keyboards.closed(view))
    else:
        await _send(bot, parcel, staff_texts.closed_by_owner(view), staff_keyboards.opens(view.id))


async def taken_over(bot: Bot, services: Services, parcel: Parcel) -> None:
    """A colleague has the ticket now."""
    view = await _news(services, parcel)
    if view is not None and view.taken_by_id not in (None, parcel.user_id):
        await _send(bot, parcel, staff_texts.taken_over(view), staff_keyboards.opens(view.id))


async def _news(services: Services, parcel: Parcel) -> TicketView | None:
    assert parcel.user_id is not None
    return await services.tickets.news(parcel.payloads[0]["ticket_id"], parcel.user_id)


async def _pass_on(bot: Bot, parcel: Parcel, view: Saying) -> None:
    """In one message where it fits: what is too long for the heading, or for a caption, comes as a second one."""
    heading = texts.heading(view) if view.side is Side.OWNER else staff_texts.heading(view)
    keyboard = keyboards.pushed(view.ticket_id)
    whole = Text(heading, "\n\n", view.text) if view.text else heading
    room = CAPTION_LIMIT if view.file_id else MESSAGE_LIMIT
    if len(whole.as_kwargs()["text"]) <= room:
        await _send(bot, parcel, whole, keyboard, view)
        return
    await _send(bot, parcel, heading, None, view)
    await _send(bot, parcel, Text(view.text), keyboard)


async def _send(
    bot: Bot, parcel: Parcel, text: Text, keyboard: InlineKeyboardMarkup | None, view: Saying | None = None
) -> None:
    """A text, or the file of a message with the text as its caption; a file that Telegram has forgotten is said so."""
    assert parcel.chat_id is not None
    shared: dict[str, Any] = {"reply_markup": keyboard, "disable_notification": parcel.silent}
    if view is None or view.file_id is None:
        await bot.send_message(parcel.chat_id, **text.as_kwargs(), **shared)
        return
    try:
        if view.file_kind is FileKind.PHOTO:
            await bot.send_photo(parcel.chat_id, view.file_id, **text.as_caption_kwargs(), **shared)
        else:
            await bot.send_document(parcel.chat_id, view.file_id, **text.as_caption_kwargs(), **shared)
    except TelegramBadRequest as refusal:
        if "file" not in refusal.message:
            raise
        log.warning("file_not_passed_on", fault=refusal.message)
        await bot.send_message(parcel.chat_id, **Text(text, f"\n\n{texts.FILE_GONE}").as_kwargs(), **shared)
