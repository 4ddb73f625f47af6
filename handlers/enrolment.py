"""Who waits for a group, and who is in one: enrolling, moving, undoing, un-enrolling."""

from collections.abc import Collection
from typing import Final

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.errors import NobodyChosen
from domain.person import Person
from handlers.filters import Answer, Registered
from handlers.replies import hand_over, redraw, reply
from keyboards import enrolment as keyboards
from keyboards.enrolment import (
    AskMove,
    AskUndo,
    AskUnenrol,
    ChooseForAll,
    ChooseForTicked,
    Enrol,
    EnrolAll,
    EnrolTicked,
    MoveTo,
    OfferAll,
    StartTicking,
    Tick,
    TurnTicking,
)
from keyboards.groups import ExportApplicants, ShowApplicant, ShowWaiting
from services.portal import Services
from texts import enrolment as texts
from texts import enrolment_files

router = Router(name="enrolment")
router.message.filter(Registered())
router.callback_query.filter(Registered())

MOST_TICKS: Final = 300


class Ending(StatesGroup):
    """The reason that is waited for."""

    undo = State()
    unenrol = State()


@router.callback_query(ShowWaiting.filter())
async def waiting(
    tap: CallbackQuery, callback_data: ShowWaiting, state: FSMContext, person: Person, services: Services
) -> None:
    """«Ожидают зачисления»."""
    await state.clear()
    view = await services.enrolment.waiting(callback_data.course, callback_data.page, person)
    await redraw(tap, texts.waiting(view), keyboards.waiting(view))


@router.callback_query(ShowApplicant.filter())
async def applicant(
    tap: CallbackQuery, callback_data: ShowApplicant, state: FSMContext, person: Person, services: Services
) -> None:
    """One of them, or somebody enrolled."""
    await state.clear()
    view = await services.enrolment.applicant(callback_data.application, person)
    await redraw(tap, texts.applicant(view, services.calendar.zone), keyboards.applicant(view))


@router.callback_query(Enrol.filter())
async def enrol(tap: CallbackQuery, callback_data: Enrol, person: Person, services: Services) -> None:
    """«Зачислить в группу»."""
    drawn = callback_data
    view = await services.enrolment.enrol(drawn.application, drawn.version, drawn.group, person)
    await redraw(tap, texts.applicant(view, services.calendar.zone), keyboards.applicant(view))


@router.callback_query(AskMove.filter())
async def ask_move(tap: CallbackQuery, callback_data: AskMove, person: Person, services: Services) -> None:
    """«Перевести в группу»: into which?"""
    view = await services.enrolment.to_end(callback_data.application, callback_data.version, person)
    await redraw(tap, texts.applicant(view, services.calendar.zone), keyboards.moves(view))


@router.callback_query(MoveTo.filter())
async def change_group(tap: CallbackQuery, callback_data: MoveTo, person: Person, services: Services) -> None:
    """Into this one."""
    drawn = callback_data
    view = await services.enrolment.change_group(drawn.application, drawn.version, drawn.group, person)
    await redraw(tap, texts.applicant(view, services.calendar.zone), keyboards.applicant(view))


@router.callback_query(AskUndo.filter())
@router.callback_query(AskUnenrol.filter())
async def ask_reason(
    tap: CallbackQuery, callback_data: AskUndo | AskUnenrol, state: FSMContext, person: Person, services: Services
) -> None:
    """«Отменить зачисление» or «Отчислить»: the next text is the reason."""
    undoing = isinstance(callback_data, AskUndo)
    view = await services.enrolment.to_end(callback_data.application, callback_data.version, person)
    await state.set_state(Ending.undo if undoing else Ending.unenrol)
    await state.set_data({"application": view.id, "version": view.version})
    question = texts.UNDO_QUESTION if undoing else texts.UNENROL_QUESTION
    await redraw(tap, texts.reason(view, question), keyboards.reason(view))


@router.message(StateFilter(Ending.undo, Ending.unenrol), Answer())
async def end(message: Message, state: FSMContext, raw_state: str, person: Person, services: Services) -> None:
    """The reason, as written."""
    asked = await state.get_data()
    await state.clear()
    way_out = services.enrolment.undo if raw_state == Ending.undo.state else services.enrolment.unenrol
    view = await way_out(asked["application"], asked["version"], message.text or "", person)
    await reply(message, texts.freed(view, services.calendar.zone), keyboards.freed(view))


async def _keep(state: FSMContext, course: int, ticked: Collection[int]) -> None:
    """Keep the ticks of a course; no other question is open any more."""
    await state.set_state(None)
    await state.set_data({"course": course, "ticked": sorted(ticked)[:MOST_TICKS]})


async def _ticked(state: FSMContext, course: int) -> list[int]:
    """Who is ticked of a course; another course's ticks are not kept."""
    answers = await state.get_data()
    return list(answers.get("ticked", ())) if answers.get("course") == course else []


@router.callback_query(StartTicking.filter())
async def start_ticking(
    tap: CallbackQuery, callback_data: StartTicking, state: FSMContext, person: Person, services: Services
) -> None:
    """«Отметить несколько»."""
    view = await services.enrolment.waiting(callback_data.course, 0, person)
    await _keep(state, view.course_id, ())
    await redraw(tap, texts.waiting(view, 0), keyboards.ticking(view, ()))


@router.callback_query(Tick.filter())
async def tick(tap: CallbackQuery, callback_data: Tick, state: FSMContext, person: Person, services: Services) -> None:
    """☐ becomes ☑, and the other way round."""
    view = await services.enrolment.waiting(callback_data.course, callback_data.page, person)
    ticked = set(await _ticked(state, view.course_id)) ^ {callback_data.application}
    await _keep(state, view.course_id, ticked)
    await redraw(tap, texts.waiting(view, len(ticked)), keyboards.ticking(view, ticked))


@router.callback_query(TurnTicking.filter())
async def turn_ticking(
    tap: CallbackQuery, callback_data: TurnTicking, state: FSMContext, person: Person, services: Services
) -> None:
    """Another page; the ticks stay."""
    view = await services.enrolment.waiting(callback_data.course, callback_data.page, person)
    ticked = await _ticked(state, view.course_id)
    await redraw(tap, texts.waiting(view, len(ticked)), keyboards.ticking(view, ticked))


@router.callback_query(ChooseForTicked.filter())
async def choose_for_ticked(
    tap: CallbackQuery, callback_data: ChooseForTicked, state: FSMContext, person: Person, services: Services
) -> None:
    """«Зачислить отмеченных»: into which group?"""
    ticked = await _ticked(state, callback_data.course)
    if not ticked:
        raise NobodyChosen
    view = await services.enrolment.waiting(callback_data.course, 0, person)
    await redraw(tap, texts.choose_group(view, len(ticked)), keyboards.for_ticked(view))


@router.callback_query(EnrolTicked.filter())
async def enrol_ticked(
    tap: CallbackQuery, callback_data: EnrolTicked, state: FSMContext, person: Person, services: Services
) -> None:
    """Into this one."""
    ticked = (await state.get_data()).get("ticked", ())
    await state.clear()
    view = await services.enrolment.enrol_many(callback_data.group, ticked, person)
    await redraw(tap, texts.report(view), keyboards.report(view))


@router.callback_query(ChooseForAll.filter())
async def choose_for_all(tap: CallbackQuery, callback_data: ChooseForAll, person: Person, services: Services) -> None:
    """«Зачислить всех, кто помещается»: into which group?"""
    view = await services.enrolment.waiting(callback_data.course, 0, person)
    await redraw(tap, texts.choose_group(view, None), keyboards.for_all(view))


@router.callback_query(OfferAll.filter())
async def offer(tap: CallbackQuery, callback_data: OfferAll, person: Person, services: Services) -> None:
    """How many fit, before the second tap."""
    view = await services.enrolment.offer(callback_data.group, person)
    await redraw(tap, texts.offer(view), keyboards.offer(view))


@router.callback_query(EnrolAll.filter())
async def enrol_all(tap: CallbackQuery, callback_data: EnrolAll, person: Person, services: Services) -> None:
    """The second tap: a report."""
    view = await services.enrolment.enrol_all(callback_data.group, callback_data.up_to, person)
    await redraw(tap, texts.report(view), keyboards.report(view))


@router.callback_query(ExportApplicants.filter())
async def export(tap: CallbackQuery, callback_data: ExportApplicants, person: Person, services: Services) -> None:
    """«Выгрузить заявки (xlsx)»."""
    view = await services.enrolment_files.applicants(callback_data.course, person)
    file = await enrolment_files.applicants(view, services.calendar.today(), services.calendar.zone)
    await hand_over(tap, *file)
