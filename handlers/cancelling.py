"""«Отменить курс»: with a second tap."""

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import redraw
from keyboards import cancelling as keyboards
from keyboards.groups import AskCancel, Cancel
from services.portal import Services
from texts import cancelling as texts

router = Router(name="cancelling")
router.callback_query.filter(Registered())


@router.callback_query(AskCancel.filter())
async def ask(tap: CallbackQuery, callback_data: AskCancel, person: Person, services: Services) -> None:
    """How many people it touches."""
    view = await services.cancelling.ask(callback_data.course, person)
    await redraw(tap, texts.confirm(view), keyboards.confirm(view))


@router.callback_query(Cancel.filter())
async def cancel(tap: CallbackQuery, callback_data: Cancel, person: Person, services: Services) -> None:
    """The second tap."""
    view = await services.cancelling.cancel(callback_data.course, person)
    await redraw(tap, texts.done(view), keyboards.done(view))
