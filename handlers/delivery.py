"""«Доставка»: operators see what waits, say after all what was not said, clear what could not be handled."""

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import redraw
from keyboards import delivery as keyboards
from keyboards.delivery import (
    AskClearing,
    AskRetryAll,
    ClearSetAside,
    RetryAll,
    RetryFailure,
    ShowDelivery,
    ShowSetAside,
)
from services.portal import Services
from texts import delivery as texts

router = Router(name="delivery")
router.callback_query.filter(Registered())


@router.callback_query(ShowDelivery.filter())
async def show(tap: CallbackQuery, callback_data: ShowDelivery, person: Person, services: Services) -> None:
    """The queue and a page of failures."""
    view = await services.delivery_desk.look(callback_data.page, person)
    await redraw(tap, texts.delivery(view, services.calendar.zone), keyboards.delivery(view))


@router.callback_query(RetryFailure.filter())
async def retry(tap: CallbackQuery, callback_data: RetryFailure, person: Person, services: Services) -> None:
    """«Повторить»."""
    asked = callback_data
    done, view = await services.delivery_desk.retry(asked.note, asked.failed_at, asked.page, person)
    toast = texts.DONE if done else texts.NOTHING_TO_REPEAT
    await redraw(tap, texts.delivery(view, services.calendar.zone), keyboards.delivery(view), toast)


@router.callback_query(AskRetryAll.filter())
async def ask_retry_all(tap: CallbackQuery, person: Person, services: Services) -> None:
    """The first tap on «Повторить все»."""
    batch = await services.delivery_desk.to_retry_all(person)
    await redraw(tap, texts.confirm_all(batch), keyboards.confirm_all(batch))


@router.callback_query(RetryAll.filter())
async def retry_all(tap: CallbackQuery, callback_data: RetryAll, person: Person, services: Services) -> None:
    """The second."""
    count, view = await services.delivery_desk.retry_all(callback_data.until, person)
    zone = services.calendar.zone
    await redraw(tap, texts.delivery(view, zone), keyboards.delivery(view), texts.repeated(count))


@router.callback_query(ShowSetAside.filter())
async def set_aside(tap: CallbackQuery, callback_data: ShowSetAside, person: Person, services: Services) -> None:
    """A page of updates that could not be handled."""
    page = await services.delivery_desk.set_aside(callback_data.page, person)
    await redraw(tap, texts.set_aside(page, services.calendar.zone), keyboards.set_aside(page))


@router.callback_query(AskClearing.filter())
async def ask_clearing(tap: CallbackQuery, person: Person, services: Services) -> None:
    """The first tap on «Убрать»."""
    batch = await services.delivery_desk.to_clear(person)
    await redraw(tap, texts.confirm_clearing(batch), keyboards.confirm_clearing(batch))


@router.callback_query(ClearSetAside.filter())
async def clear(tap: CallbackQuery, callback_data: ClearSetAside, person: Person, services: Services) -> None:
    """The second."""
    count, page = await services.delivery_desk.clear(callback_data.until, person)
    await redraw(tap, texts.set_aside(page, services.calendar.zone), keyboards.set_aside(page), texts.cleared(count))
