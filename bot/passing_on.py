"""Messages of tickets on their way to the other side: files go by the id that Telegram knows them by."""

from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text, as_list

from bot.wording import CAPTION_LIMIT, Wording, reached, reader
from domain.tickets import MESSAGE_LIMIT, FileKind, Side
from handlers.speech import content
from keyboards import support as keyboards
from keyboards import tickets as staff_keyboards
from services.outbox import Parcel
from services.portal import Services
from services.ticket_views import Saying, TicketView
from texts import support as texts
from texts import tickets as staff_texts

log: Final = structlog.get_logger()


async def said(bot: Bot, services: Services, parcel: Parcel) -> None:
    """A message of a ticket, to the other side; nothing, where it is not that person's business any more."""
    view = await services.tickets.saying(parcel.payloads[0]["message_id"], reader(parcel))
    if view is not None:
        await _pass_on(bot, parcel, view)


async def written(services: Services, parcel: Parcel) -> Wording | None:
    """The same for a letter, which says that there is a file and does not bring it."""
    view = await services.tickets.saying(parcel.payloads[0]["message_id"], reader(parcel))
    if view is None:
        return None
    file = texts.FILES[view.file_kind] if view.file_kind else None
    return Wording(as_list(*filter(None, (_heading(view), view.text, file)), sep="\n\n"))


async def closed(services: Services, parcel: Parcel) -> Wording | None:
    """A ticket is over: its owner is asked what the answer was worth, staff hears that it helped."""
    view = await _news(services, parcel)
    if view is None or not view.may_reopen:
        return None
    if view.side is Side.OWNER:
        return Wording(texts.closed(view), keyboards.closed(view))
    return Wording(staff_texts.closed_by_owner(view), staff_keyboards.opens(view.id))


async def taken_over(services: Services, parcel: Parcel) -> Wording | None:
    """A colleague has the ticket now."""
    view = await _news(services, parcel)
    if view is None or view.taken_by_id in (None, parcel.user_id):
        return None
    return Wording(staff_texts.taken_over(view), staff_keyboards.opens(view.id))


async def _news(services: Services, parcel: Parcel) -> TicketView | None:
    return await services.tickets.news(parcel.payloads[0]["ticket_id"], reader(parcel))


def _heading(view: Saying) -> Text:
    return texts.heading(view) if view.side is Side.OWNER else staff_texts.heading(view)


async def _pass_on(bot: Bot, parcel: Parcel, view: Saying) -> None:
    """In one message where it fits: what is too long for the heading, or for a caption, comes as a second one."""
    heading = _heading(view)
    keyboard = keyboards.pushed(view.ticket_id)
    whole = Text(heading, "\n\n", view.text) if view.text else heading
    room = CAPTION_LIMIT if view.file_id else MESSAGE_LIMIT
    if len(content(whole)["text"]) <= room:
        await _send(bot, parcel, whole, keyboard, view)
        return
    await _send(bot, parcel, heading, None, view)
    await _send(bot, parcel, Text(view.text), keyboard)


async def _send(
    bot: Bot, parcel: Parcel, text: Text, keyboard: InlineKeyboardMarkup | None, view: Saying | None = None
) -> None:
    """A text, or the file of a message with the text as its caption; a file that Telegram has forgotten is said so."""
    chat_id = reached(parcel)
    shared: dict[str, Any] = {"reply_markup": keyboard, "disable_notification": parcel.silent}
    if view is None or view.file_id is None:
        await bot.send_message(chat_id, **content(text), **shared)
        return
    try:
        if view.file_kind is FileKind.PHOTO:
            await bot.send_photo(chat_id, view.file_id, **text.as_caption_kwargs(), **shared)
        else:
            await bot.send_document(chat_id, view.file_id, **text.as_caption_kwargs(), **shared)
    except TelegramBadRequest as refusal:
        if "file" not in refusal.message:
            raise
        log.warning("file_not_passed_on", fault=refusal.message)
        await bot.send_message(chat_id, **content(Text(text, f"\n\n{texts.FILE_GONE}")), **shared)
