"""Support's side of tickets beside talking: the queue, taking, ending an enrolment."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.errors import NotAllowed
from domain.person import REASON_LIMIT, Person, within
from handlers.filters import Answer, Registered
from handlers.replies import redraw, reply
from handlers.support import drawn
from keyboards import tickets as keyboards
from keyboards.desk import ShowClosedTickets, ShowTicketQueue
from keyboards.tickets import NOBODY, AskWithdrawEnrolled, BecauseAsked, Take, WithdrawEnrolled
from services.portal import Services
from texts import labels
from texts import tickets as texts

router = Router(name="tickets")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Ending(StatesGroup):
    """What the bot may be waiting for before an enrolment ends."""

    reason = State()
    second_tap = State()


@router.callback_query(ShowTicketQueue.filter())
async def queue(
    tap: CallbackQuery, callback_data: ShowTicketQueue, state: FSMContext, person: Person, services: Services
) -> None:
    """The open tickets, those that wait first."""
    await state.clear()
    page = await services.ticket_desk.queue(callback_data.page, person)
    await redraw(tap, texts.queue(page, services.calendar.zone), keyboards.queue(page))


@router.callback_query(ShowClosedTickets.filter())
async def closed(
    tap: CallbackQuery, callback_data: ShowClosedTickets, state: FSMContext, person: Person, services: Services
) -> None:
    """The closed tickets, those closed last first."""
    await state.clear()
    page = await services.ticket_desk.closed(callback_data.page, person)
    await redraw(tap, texts.closed(page, services.calendar.zone), keyboards.closed(page))


@router.callback_query(Take.filter())
async def take(tap: CallbackQuery, callback_data: Take, person: Person, services: Services) -> None:
    """«Взять», «Взять себе»."""
    taken_from = None if callback_data.taken_from == NOBODY else callback_data.taken_from
    view = await services.ticket_desk.take(callback_data.ticket, taken_from, person)
    await redraw(tap, *drawn(view, services))


@router.callback_query(AskWithdrawEnrolled.filter())
async def ask_reason(
    tap: CallbackQuery, callback_data: AskWithdrawEnrolled, state: FSMContext, person: Person, services: Services
) -> None:
    """«Отозвать зачисление»: why?"""
    view = await services.ticket_desk.to_withdraw(callback_data.ticket, callback_data.version, person)
    await state.set_state(Ending.reason)
    await state.set_data({"ticket": view.id, "version": callback_data.version})
    await redraw(tap, texts.ask_reason(view), keyboards.reasons(view))


@router.callback_query(Ending.reason, BecauseAsked.filter())
async def because_asked(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """The ready reason."""
    asked = await state.update_data(reason=labels.AS_ASKED)
    view = await services.ticket_desk.to_withdraw(asked["ticket"], asked["version"], person)
    await state.set_state(Ending.second_tap)
    await redraw(tap, texts.confirm_withdrawal(view, labels.AS_ASKED), keyboards.confirm_withdrawal(view))


@router.message(Ending.reason, Answer())
async def own_reason(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The reason, as written."""
    reason = within(message.text or "", REASON_LIMIT)
    asked = await state.update_data(reason=reason)
    view = await services.ticket_desk.to_withdraw(asked["ticket"], asked["version"], person)
    await state.set_state(Ending.second_tap)
    await reply(message, texts.confirm_withdrawal(view, reason), keyboards.confirm_withdrawal(view))


@router.callback_query(Ending.second_tap, WithdrawEnrolled.filter())
async def withdraw(
    tap: CallbackQuery, callback_data: WithdrawEnrolled, state: FSMContext, person: Person, services: Services
) -> None:
    """The second tap: row 10, for the reason that was given for this very ticket."""
    asked = await state.get_data()
    await state.clear()
    if asked["ticket"] != callback_data.ticket:
        raise NotAllowed
    view = await services.ticket_desk.withdraw(asked["ticket"], callback_data.version, asked["reason"], person)
    await redraw(tap, *drawn(view, services))
