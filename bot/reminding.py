"""Reminders as they are said: what there is to say is asked at this moment, and nothing is said of what is past."""

from aiogram import Bot

from bot.wording import Wording, reached, reader, send
from handlers.replies import shows
from keyboards import applications as application_keyboards
from keyboards import approvals as approval_keyboards
from keyboards import reminders as keyboards
from services.outbox import Parcel
from services.portal import Services
from services.prompting import Screen
from texts import approvals
from texts import reminders as texts


async def waiting(services: Services, parcel: Parcel) -> Wording | None:
    """The morning's digest of what waits for an approver."""
    (told,) = parcel.payloads
    view = await services.reminders.waiting(reader(parcel), told["day"])
    return None if view is None else Wording(texts.waiting(view), keyboards.waiting())


async def favourites(services: Services, parcel: Parcel) -> Wording | None:
    """News of favourite courses, all in one message."""
    news = await services.reminders.favourites(reader(parcel), parcel.payloads)
    return Wording(texts.favourites(news), keyboards.favourites(news)) if news else None


async def new_courses(services: Services, parcel: Parcel) -> Wording | None:
    """Courses that came into the catalogue since the last time."""
    (told,) = parcel.payloads
    view = await services.news.digest(reader(parcel), told)
    return None if view is None else Wording(texts.new_courses(view), keyboards.new_courses(view))


async def starts(services: Services, parcel: Parcel) -> Wording | None:
    """A course starts soon."""
    (told,) = parcel.payloads
    view = await services.reminders.start(told)
    return None if view is None else Wording(texts.start(view), application_keyboards.pushed(view.application_id))


async def without_group(services: Services, parcel: Parcel) -> Wording | None:
    """Courses that start soon, or whose applicants expire soon, have some without a group."""
    lines = await services.reminders.without_group(reader(parcel), parcel.payloads)
    return Wording(texts.without_group(lines), keyboards.without_group(lines)) if lines else None


async def expiring(services: Services, parcel: Parcel) -> Wording | None:
    """An application waits still, or has no group yet, and expires soon."""
    (told,) = parcel.payloads
    view = await services.reminders.expiring(told)
    return None if view is None else Wording(texts.expiring(view), application_keyboards.pushed(view.application_id))


async def nudged(bot: Bot, services: Services, parcel: Parcel) -> None:
    """An application comes again at an approver's bottom; where it stood before, a line points down to it."""
    (told,) = parcel.payloads
    view = await services.prompts.again(told["application_id"], reader(parcel))
    if view is None:
        return
    sent = await send(bot, parcel, Wording(approvals.prompt(view), approval_keyboards.prompt(view)))
    chat_id = reached(parcel)
    replaced = await services.prompts.renewed(view, reader(parcel), Screen(chat_id, sent.message_id))
    for earlier in replaced:
        await shows(bot, chat_id, earlier.message_id, texts.BELOW, None)
    await services.prompts.forget(replaced)
