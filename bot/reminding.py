"""Reminders as they are said: what there is to say is asked at this moment, and nothing is said of what is past."""

from typing import Final

from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from handlers.replies import shows
from keyboards import applications as application_keyboards
from keyboards import approvals as approval_keyboards
from keyboards import reminders as keyboards
from services.outbox import Parcel
from services.portal import Services
from services.prompting import Screen
from texts import approvals
from texts import reminders as texts

NOWHERE: Final = "the sender gives up what has no chat before it is drawn"


async def waiting(bot: Bot, services: Services, parcel: Parcel) -> None:
    """The morning's digest of what waits for an approver."""
    (told,) = parcel.payloads
    view = await services.reminders.waiting(_reader(parcel), told["day"])
    if view is not None:
        await _send(bot, parcel, texts.waiting(view), keyboards.waiting())


async def favourites(bot: Bot, services: Services, parcel: Parcel) -> None:
    """News of favourite courses, all in one message."""
    news = await services.reminders.favourites(_reader(parcel), parcel.payloads)
    if news:
        await _send(bot, parcel, texts.favourites(news), keyboards.favourites(news))


async def starts(bot: Bot, services: Services, parcel: Parcel) -> None:
    """A course starts soon."""
    (told,) = parcel.payloads
    view = await services.reminders.start(told)
    if view is not None:
        await _send(bot, parcel, texts.start(view), application_keyboards.pushed(view.application_id))


async def without_group(bot: Bot, services: Services, parcel: Parcel) -> None:
    """Courses that start soon, or whose applicants expire soon, have some without a group."""
    lines = await services.reminders.without_group(_reader(parcel), parcel.payloads)
    if lines:
        await _send(bot, parcel, texts.without_group(lines), keyboards.without_group(lines))


async def expiring(bot: Bot, services: Services, parcel: Parcel) -> None:
    """An application waits still, or has no group yet, and expires soon."""
    (told,) = parcel.payloads
    view = await services.reminders.expiring(told)
    if view is not None:
        await _send(bot, parcel, texts.expiring(view), application_keyboards.pushed(view.application_id))


async def nudged(bot: Bot, services: Services, parcel: Parcel) -> None:
    """An application comes again at an approver's bottom; where it stood before, a line points down to it."""
    (told,) = parcel.payloads
    view = await services.prompts.again(told["application_id"], _reader(parcel))
    if view is None:
        return
    message_id = await _send(bot, parcel, approvals.prompt(view), approval_keyboards.prompt(view))
    assert parcel.chat_id is not None, NOWHERE
    replaced = await services.prompts.renewed(view, _reader(parcel), Screen(parcel.chat_id, message_id))
    for earlier in replaced:
        await shows(bot, parcel.chat_id, earlier.message_id, texts.BELOW, None)
    await services.prompts.forget(replaced)


def _reader(parcel: Parcel) -> int:
    assert parcel.user_id is not None, "reminders are for registered people"
    return parcel.user_id


async def _send(bot: Bot, parcel: Parcel, text: Text, keyboard: InlineKeyboardMarkup | None) -> int:
    assert parcel.chat_id is not None, NOWHERE
    sent = await bot.send_message(
        parcel.chat_id, **text.as_kwargs(), reply_markup=keyboard, disable_notification=parcel.silent
    )
    return sent.message_id
