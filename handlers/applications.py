"""«Все регистрации на курсы»: looking and withdrawing."""

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from domain.person import Person
from handlers.filters import FromMenu, Registered
from handlers.replies import redraw, reply
from keyboards import applications as keyboards
from keyboards import approvals as approval_keyboards
from keyboards.applications import AskWithdrawal, Nudge, ShowApplication, ShowApplications, ShowHistory, Withdraw
from services.portal import Services
from texts import applications as texts
from texts import labels

router = Router(name="applications")
router.message.filter(Registered())
router.callback_query.filter(Registered())


@router.message(FromMenu("applications", labels.APPLICATIONS))
async def mine(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """Live and completed applications."""
    await state.clear()
    page = await services.applications.mine(0, person)
    await reply(message, texts.mine(page), keyboards.mine(page))


@router.callback_query(ShowApplications.filter(F.archive))
async def archive(tap: CallbackQuery, callback_data: ShowApplications, person: Person, services: Services) -> None:
    """A page of the ended ones."""
    page = await services.applications.archive(callback_data.page, person)
    await redraw(tap, texts.archive(page), keyboards.archive(page))


@router.callback_query(ShowApplications.filter())
async def turn(tap: CallbackQuery, callback_data: ShowApplications, person: Person, services: Services) -> None:
    """A page of the active ones."""
    page = await services.applications.mine(callback_data.page, person)
    await redraw(tap, texts.mine(page), keyboards.mine(page))


@router.callback_query(ShowApplication.filter())
async def one(tap: CallbackQuery, callback_data: ShowApplication, person: Person, services: Services) -> None:
    """An application with its history."""
    view = await services.applications.one(callback_data.application, person)
    await redraw(tap, texts.one(view, services.calendar.zone), keyboards.one(view))


@router.callback_query(Nudge.filter())
async def nudge(tap: CallbackQuery, callback_data: Nudge, person: Person, services: Services) -> None:
    """«Напомнить руководителю»."""
    view = await services.applications.nudge(callback_data.application, person)
    await redraw(tap, texts.one(view, services.calendar.zone), keyboards.one(view), texts.NUDGED)


@router.callback_query(ShowHistory.filter())
async def history(tap: CallbackQuery, callback_data: ShowHistory, person: Person, services: Services) -> None:
    """«История», for those who decide on an application or run its course."""
    view = await services.histories.of(callback_data.application, person)
    shown = approval_keyboards.history(view.id, provider=callback_data.provider)
    await redraw(tap, texts.history(view, services.calendar.zone), shown)


@router.callback_query(AskWithdrawal.filter())
async def ask(tap: CallbackQuery, callback_data: AskWithdrawal, person: Person, services: Services) -> None:
    """The first tap on «Отозвать заявку»."""
    view = await services.applications.to_withdraw(callback_data.application, callback_data.version, person)
    await redraw(tap, texts.confirm_withdrawal(view), keyboards.confirm_withdrawal(view))


@router.callback_query(Withdraw.filter())
async def withdraw(tap: CallbackQuery, callback_data: Withdraw, person: Person, services: Services) -> None:
    """The second tap."""
    view = await services.applications.withdraw(callback_data.application, callback_data.version, person)
    await redraw(tap, texts.withdrawn(view), keyboards.withdrawn(view))
