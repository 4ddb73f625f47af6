"""Naming one's school."""

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import redraw, reply
from keyboards import profile as keyboards
from keyboards.profile import ChooseSchool, NameSchool
from services.portal import Services
from texts import menu as texts
from texts import registration

router = Router(name="profile")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Profile(StatesGroup):
    """What the bot may be waiting for."""

    school = State()


@router.callback_query(NameSchool.filter())
async def ask_school(tap: CallbackQuery, state: FSMContext) -> None:
    """«Указать школу»."""
    await state.set_state(Profile.school)
    await redraw(tap, registration.SCHOOL_ONLY)


@router.message(Profile.school, F.text, ~F.text.startswith("/"))
async def find_school(message: Message, services: Services) -> None:
    """A number or part of the name."""
    found, more = await services.people.schools(message.text or "")
    await reply(message, registration.schools(found, more), keyboards.schools(found))


@router.callback_query(Profile.school, ChooseSchool.filter())
async def choose_school(
    tap: CallbackQuery, callback_data: ChooseSchool, state: FSMContext, person: Person, services: Services
) -> None:
    """One of the schools offered; applications follow it."""
    await state.clear()
    chosen = await services.people.choose_school(callback_data.school, person)
    await redraw(tap, texts.school_chosen(chosen))
