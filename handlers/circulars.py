"""«Написать группе»."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.errors import DraftGone
from domain.groups import MESSAGE_LIMIT
from domain.person import Person, within
from handlers.filters import Answer, Registered
from handlers.replies import redraw, reply
from keyboards import circulars as keyboards
from keyboards.circulars import SendCircular
from keyboards.groups import WriteToGroup
from services.portal import Services
from texts import circulars as texts

router = Router(name="circulars")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Writing(StatesGroup):
    """The text that is waited for."""

    text = State()


@router.callback_query(WriteToGroup.filter())
async def ask(
    tap: CallbackQuery, callback_data: WriteToGroup, state: FSMContext, person: Person, services: Services
) -> None:
    """The next text is for the group."""
    view = await services.circulars.audience(callback_data.group, person)
    await state.set_state(Writing.text)
    await state.set_data({"writing_to": view.group_id})
    await redraw(tap, texts.question(view), keyboards.question(view))


@router.message(Writing.text, Answer())
async def take(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The text, shown once more before it goes."""
    text = within(message.text or "", MESSAGE_LIMIT)
    answers = await state.update_data(text=text)
    view = await services.circulars.audience(answers["writing_to"], person)
    await state.set_state(None)
    await reply(message, texts.confirm(view, text), keyboards.confirm(view))


@router.callback_query(SendCircular.filter())
async def send(
    tap: CallbackQuery, callback_data: SendCircular, state: FSMContext, person: Person, services: Services
) -> None:
    """The second tap."""
    answers = await state.get_data()
    if answers.get("writing_to") != callback_data.group or "text" not in answers:
        raise DraftGone
    await state.clear()
    view = await services.circulars.send(callback_data.group, answers["text"], person)
    await redraw(tap, texts.sent(view), keyboards.sent(view))
