"""Deciding on applications: prompts, reasons, the queue, undoing."""

from datetime import UTC, datetime

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.person import Person
from handlers.filters import Answer, FromMenu, Registered
from handlers.replies import redraw, reply, screen
from keyboards import approvals as keyboards
from keyboards.approvals import (
    ApproveAll,
    AskApproveAll,
    AskNotOurs,
    Decide,
    Look,
    NotOurs,
    OpenApproved,
    OpenNext,
    Reject,
    RejectBecause,
    RejectInOwnWords,
    ShowApproved,
    ShowQueue,
    Undo,
)
from services.approvals import AT_ONCE
from services.portal import Services
from texts import approvals as texts
from texts import labels

router = Router(name="approvals")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Deciding(StatesGroup):
    """What the bot may be waiting for."""

    own_reason = State()


@router.callback_query(Decide.filter())
async def approve(tap: CallbackQuery, callback_data: Decide, person: Person, services: Services) -> None:
    """«Согласовать»."""
    drawn = callback_data
    view = await services.approvals.approve(drawn.application, drawn.version, person, screen(tap))
    await redraw(tap, texts.decided(view), keyboards.decided(view))


@router.callback_query(Reject.filter())
async def ask_reason(tap: CallbackQuery, callback_data: Reject, person: Person, services: Services) -> None:
    """«Отклонить»: for which reason?"""
    view, ready = await services.approvals.to_reject(callback_data.application, callback_data.version, person)
    await redraw(tap, texts.reasons(view), keyboards.reasons(view, ready))


@router.callback_query(RejectBecause.filter())
async def reject(tap: CallbackQuery, callback_data: RejectBecause, person: Person, services: Services) -> None:
    """A ready reason, or none."""
    drawn, reason = callback_data, callback_data.reason
    chosen = reason if reason >= 0 else None
    view = await services.approvals.reject_because(drawn.application, drawn.version, chosen, person, screen(tap))
    await redraw(tap, texts.decided(view), keyboards.decided(view))


@router.callback_query(RejectInOwnWords.filter())
async def ask_own_reason(
    tap: CallbackQuery, callback_data: RejectInOwnWords, state: FSMContext, person: Person, services: Services
) -> None:
    """«Своя причина»: the next text is the reason."""
    view = await services.approvals.to_decide(callback_data.application, callback_data.version, person)
    await state.set_state(Deciding.own_reason)
    await state.set_data({"application": view.id, "version": view.version})
    await redraw(tap, texts.own_reason(view), keyboards.own_reason(view))


@router.message(Deciding.own_reason, Answer())
async def reject_in_own_words(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The reason, as written."""
    asked = await state.get_data()
    await state.clear()
    view = await services.approvals.reject(asked["application"], asked["version"], message.text, person, None)
    await reply(message, texts.decided(view), keyboards.decided(view))


@router.callback_query(AskNotOurs.filter())
async def ask_not_ours(tap: CallbackQuery, callback_data: AskNotOurs, person: Person, services: Services) -> None:
    """The first tap on «Не наш сотрудник»."""
    view = await services.approvals.to_decide(callback_data.application, callback_data.version, person)
    await redraw(tap, texts.confirm_not_ours(view), keyboards.confirm_not_ours(view))


@router.callback_query(NotOurs.filter())
async def not_ours(tap: CallbackQuery, callback_data: NotOurs, person: Person, services: Services) -> None:
    """The second tap."""
    drawn, note = callback_data, texts.NOT_OURS_REASON
    report = await services.approvals.not_ours(drawn.application, drawn.version, note, person, screen(tap))
    await redraw(tap, texts.not_ours_done(report), keyboards.not_ours_done(report))


@router.callback_query(Undo.filter())
async def undo(tap: CallbackQuery, callback_data: Undo, person: Person, services: Services) -> None:
    """«Отменить решение»: the question comes back."""
    view = await services.approvals.undo(callback_data.application, callback_data.version, person, screen(tap))
    await redraw(tap, texts.present(view), keyboards.present(view))


@router.callback_query(Look.filter())
async def look(tap: CallbackQuery, callback_data: Look, state: FSMContext, person: Person, services: Services) -> None:
    """«Назад» to the application as it is now."""
    await state.clear()
    view = await services.approvals.look(callback_data.application, person)
    await redraw(tap, texts.present(view), keyboards.present(view))


@router.message(FromMenu("queue", labels.QUEUE))
async def queue(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """How many wait, and the first of them."""
    await state.clear()
    view = await services.approvals.queue(person)
    await reply(message, texts.queue(view), keyboards.queue(view))


@router.callback_query(ShowQueue.filter())
async def back_to_queue(tap: CallbackQuery, person: Person, services: Services) -> None:
    """The queue, in place."""
    view = await services.approvals.queue(person)
    await redraw(tap, texts.queue(view), keyboards.queue(view))


@router.callback_query(OpenNext.filter())
async def open_next(tap: CallbackQuery, callback_data: OpenNext, person: Person, services: Services) -> None:
    """Through the queue one by one."""
    view = await services.approvals.open_next(callback_data.after, person, screen(tap))
    await redraw(tap, texts.prompt(view), keyboards.prompt(view))


@router.callback_query(AskApproveAll.filter())
async def ask_all(tap: CallbackQuery, person: Person, services: Services) -> None:
    """The first tap on «Согласовать все»."""
    view = await services.approvals.queue(person)
    await redraw(tap, texts.confirm_all(view, AT_ONCE), keyboards.confirm_all(view))


@router.callback_query(ApproveAll.filter())
async def approve_all(tap: CallbackQuery, callback_data: ApproveAll, person: Person, services: Services) -> None:
    """The second tap: a report of what was done and what was skipped."""
    since = datetime.fromtimestamp(callback_data.since, UTC)
    report = await services.approvals.approve_all(callback_data.up_to, since, person)
    await redraw(tap, texts.bulk(report), keyboards.bulk(report))


@router.callback_query(ShowApproved.filter())
async def approved(tap: CallbackQuery, callback_data: ShowApproved, person: Person, services: Services) -> None:
    """Approvals that can be taken back."""
    page = await services.approvals.approved(callback_data.page, person)
    await redraw(tap, texts.approved(page), keyboards.approved(page))


@router.callback_query(OpenApproved.filter())
async def open_approved(tap: CallbackQuery, callback_data: OpenApproved, person: Person, services: Services) -> None:
    """One of them."""
    view = await services.approvals.open(callback_data.application, person, screen(tap))
    await redraw(tap, texts.present(view), keyboards.taken_back(view))
