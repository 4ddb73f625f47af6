"""«Закончили обучение»: who, with which document, and the second tap."""

from datetime import date

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.errors import DraftGone, NobodyChosen
from domain.groups import document_day, document_numbers
from domain.person import Person
from handlers.filters import Answer, Registered
from handlers.replies import redraw, reply
from keyboards import completion as keyboards
from keyboards.completion import AskNumber, Complete, GivenToday, NoDocument, TickCompleted, TurnCompletion
from keyboards.enrolment import CompleteOne
from keyboards.groups import AskCompletion
from services.portal import Services
from texts import completion as texts

router = Router(name="completion")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Completing(StatesGroup):
    """What the bot waits for."""

    number = State()
    given_on = State()


async def _chosen(state: FSMContext, group: int) -> list[int]:
    """Who is ticked. Raises: DraftGone, where it was another group, or is not kept."""
    answers = await state.get_data()
    if answers.get("completing") != group:
        raise DraftGone
    return list(answers["ticked"])


@router.callback_query(AskCompletion.filter())
async def ask(
    tap: CallbackQuery, callback_data: AskCompletion, state: FSMContext, person: Person, services: Services
) -> None:
    """Who has completed the course? All, until somebody is ticked off."""
    roll = await services.completion.roll(callback_data.group, person)
    ticked = [member.id for member in roll.members]
    await state.set_state(None)
    await state.set_data({"completing": roll.group.id, "ticked": ticked})
    await redraw(tap, texts.ticking(roll, len(ticked)), keyboards.ticking(roll, keyboards.page_of(roll, 0), ticked))


@router.callback_query(TickCompleted.filter())
async def tick(
    tap: CallbackQuery, callback_data: TickCompleted, state: FSMContext, person: Person, services: Services
) -> None:
    """Somebody is ticked, or ticked off."""
    roll = await services.completion.roll(callback_data.group, person)
    ticked = set(await _chosen(state, roll.group.id)) ^ {callback_data.application}
    await state.update_data(ticked=sorted(ticked))
    page = keyboards.page_of(roll, callback_data.page)
    await redraw(tap, texts.ticking(roll, len(ticked)), keyboards.ticking(roll, page, ticked))


@router.callback_query(TurnCompletion.filter())
async def turn(
    tap: CallbackQuery, callback_data: TurnCompletion, state: FSMContext, person: Person, services: Services
) -> None:
    """Another page; the ticks stay."""
    roll = await services.completion.roll(callback_data.group, person)
    ticked = await _chosen(state, roll.group.id)
    page = keyboards.page_of(roll, callback_data.page)
    await redraw(tap, texts.ticking(roll, len(ticked)), keyboards.ticking(roll, page, ticked))


@router.callback_query(CompleteOne.filter())
async def one(
    tap: CallbackQuery, callback_data: CompleteOne, state: FSMContext, person: Person, services: Services
) -> None:
    """«Закончил(а)»: this person alone; on to the document."""
    view = await services.enrolment.to_end(callback_data.application, callback_data.version, person)
    roll = await services.completion.roll(view.group_id or 0, person)
    await state.set_state(Completing.number)
    await state.set_data({"completing": roll.group.id, "ticked": [view.id]})
    await redraw(tap, texts.question(roll, [view.id], texts.NUMBER_QUESTION), keyboards.number(roll))


@router.callback_query(AskNumber.filter())
async def ask_number(
    tap: CallbackQuery, callback_data: AskNumber, state: FSMContext, person: Person, services: Services
) -> None:
    """The next text is the number of the document."""
    ticked = await _chosen(state, callback_data.group)
    if not ticked:
        raise NobodyChosen
    roll = await services.completion.roll(callback_data.group, person)
    await state.set_state(Completing.number)
    await redraw(tap, texts.question(roll, ticked, texts.NUMBER_QUESTION), keyboards.number(roll))


@router.message(Completing.number, Answer())
async def take_number(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """One number for all, or a line for each; the next text is the date."""
    answers = await state.get_data()
    numbers = document_numbers(message.text or "", len(answers["ticked"]))
    roll = await services.completion.roll(answers["completing"], person)
    await state.set_state(Completing.given_on)
    await state.update_data(numbers=list(numbers))
    text = texts.question(roll, answers["ticked"], texts.DATE_QUESTION)
    await reply(message, text, keyboards.given_on(roll, services.calendar.today()))


@router.message(Completing.given_on, Answer())
async def take_date(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The date of the document; then the question before the second tap."""
    given_on = document_day(message.text or "", services.calendar.today())
    answers = await state.update_data(given_on=given_on.isoformat())
    roll = await services.completion.roll(answers["completing"], person)
    await state.set_state(None)
    text = texts.confirm(roll, len(answers["ticked"]), answers["numbers"], given_on)
    await reply(message, text, keyboards.confirm(roll))


@router.callback_query(GivenToday.filter())
async def given_today(
    tap: CallbackQuery, callback_data: GivenToday, state: FSMContext, person: Person, services: Services
) -> None:
    """«Сегодня»."""
    ticked, today = await _chosen(state, callback_data.group), services.calendar.today()
    answers = await state.update_data(given_on=today.isoformat())
    roll = await services.completion.roll(callback_data.group, person)
    await state.set_state(None)
    text = texts.confirm(roll, len(ticked), answers.get("numbers", ()), today)
    await redraw(tap, text, keyboards.confirm(roll))


@router.callback_query(NoDocument.filter())
async def no_document(
    tap: CallbackQuery, callback_data: NoDocument, state: FSMContext, person: Person, services: Services
) -> None:
    """«Без документа»."""
    ticked = await _chosen(state, callback_data.group)
    roll = await services.completion.roll(callback_data.group, person)
    await state.set_state(None)
    await state.update_data(numbers=[], given_on=None)
    await redraw(tap, texts.confirm(roll, len(ticked), (), None), keyboards.confirm(roll))


@router.callback_query(Complete.filter())
async def complete(
    tap: CallbackQuery, callback_data: Complete, state: FSMContext, person: Person, services: Services
) -> None:
    """The second tap: a report."""
    ticked, answers = await _chosen(state, callback_data.group), await state.get_data()
    given_on = date.fromisoformat(answers["given_on"]) if answers.get("given_on") else None
    await state.clear()
    view = await services.completion.complete(callback_data.group, ticked, answers.get("numbers", ()), given_on, person)
    await redraw(tap, texts.report(view), keyboards.report(view))
