"""«Профиль»: what the portal knows of a person, and the questions that change it."""

from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from domain.audience import POSITIONS
from domain.errors import EmailTaken
from domain.person import Person
from handlers.addresses import chosen, read
from handlers.filters import Answer, FromMenu, Registered
from handlers.replies import redraw, reply
from keyboards import profile as keyboards
from keyboards.profile import Asked, ConfirmSchool, NameSchool, ProveEmail, SayAnew, ShowProfile
from keyboards.registration import ChooseEmail, ChooseSchool, NewCode, NotWorking, OtherEmail, Position
from services.portal import Services
from services.views import ProfileView, SchoolChosen, SchoolPlan
from texts import errors, labels, registration
from texts import profile as texts

menu_router = Router(name="profile_menu")
router = Router(name="profile")
for each in (menu_router, router):
    each.message.filter(Registered())
    each.callback_query.filter(Registered())


class Profile(StatesGroup):
    """What the bot may be waiting for."""

    name = State()
    position = State()
    email = State()
    code = State()
    school = State()


Question = tuple[State, Text, InlineKeyboardMarkup | None]
_QUESTIONS: Final[dict[Asked, Question]] = {
    Asked.NAME: (Profile.name, texts.NAME, keyboards.back()),
    Asked.POSITION: (Profile.position, registration.POSITION, keyboards.positions()),
    Asked.EMAIL: (Profile.email, texts.EMAIL, keyboards.back()),
}


@menu_router.message(FromMenu("profile", labels.PROFILE))
async def open_profile(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """What the portal knows of the person."""
    await state.clear()
    view = await services.profiles.view(person)
    await reply(message, texts.profile(view), keyboards.profile(view))


@router.callback_query(ShowProfile.filter())
async def show(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """«К профилю», and «Назад» out of a question."""
    await state.clear()
    view = await services.profiles.view(person)
    await redraw(tap, texts.profile(view), keyboards.profile(view))


@router.callback_query(SayAnew.filter())
async def ask(tap: CallbackQuery, callback_data: SayAnew, state: FSMContext, services: Services) -> None:
    """«Изменить имя», «Изменить должность», «Изменить почту»: the next text is the answer."""
    await state.clear()
    waits, text, keyboard = _QUESTIONS[callback_data.what]
    if waits is Profile.email and not services.emails.can_prove:
        text = texts.EMAIL_UNPROVED
    await state.set_state(waits)
    await redraw(tap, text, keyboard)


@router.message(Profile.name, Answer())
async def rename(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The full name; a bad one is refused with what to do."""
    await state.clear()
    view = await services.profiles.rename(message.text or "", person)
    await reply(message, texts.profile(view, texts.RENAMED), keyboards.profile(view))


@router.message(Profile.position, Answer())
async def write_position(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """A position in own words."""
    await state.clear()
    view = await services.profiles.change_position(message.text or "", person)
    await reply(message, texts.profile(view, texts.POSITION_CHANGED), keyboards.profile(view))


@router.callback_query(Profile.position, Position.filter())
async def choose_position(
    tap: CallbackQuery, callback_data: Position, state: FSMContext, person: Person, services: Services
) -> None:
    """One of the usual positions."""
    await state.clear()
    view = await services.profiles.change_position(POSITIONS[callback_data.number], person)
    await redraw(tap, texts.profile(view, texts.POSITION_CHANGED), keyboards.profile(view))


# The address


@router.message(Profile.email, Answer())
async def write_email(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """An address; a slip in a usual domain is offered corrected."""
    written = await read(message, state)
    if written is not None:
        asked = await services.profiles.ask_email(written, person)
        await reply(message, *await _asked(asked, state, written))


@router.callback_query(Profile.email, ChooseEmail.filter())
async def choose_email(
    tap: CallbackQuery, callback_data: ChooseEmail, state: FSMContext, person: Person, services: Services
) -> None:
    """As it was typed, or corrected."""
    wanted = await chosen(callback_data, state)
    if wanted is None:
        await show(tap, state, person, services)
    else:
        await redraw(tap, *await _asked(await services.profiles.ask_email(wanted, person), state, wanted))


@router.callback_query(ProveEmail.filter())
async def prove_own(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """«Подтвердить почту»: a code goes to the address of the profile."""
    asked = await services.profiles.prove_own_email(person)
    await redraw(tap, *await _asked(asked, state, person.email or ""))


@router.callback_query(Profile.code, NewCode.filter())
async def new_code(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """«Отправить новый код»."""
    email = (await state.get_data())["email"]
    await redraw(tap, *await _asked(await services.profiles.ask_email(email, person), state, email))


@router.callback_query(Profile.code, OtherEmail.filter())
async def other_email(tap: CallbackQuery, state: FSMContext, services: Services) -> None:
    """«Указать другой адрес»."""
    await ask(tap, SayAnew(what=Asked.EMAIL), state, services)


async def _asked(asked: int | ProfileView, state: FSMContext, email: str) -> tuple[Text, InlineKeyboardMarkup | None]:
    """The question for the code, or the profile with an address that is not proved here."""
    await state.clear()
    if isinstance(asked, ProfileView):
        return texts.profile(asked, texts.EMAIL_KEPT), keyboards.profile(asked)
    await state.set_state(Profile.code)
    await state.set_data({"email": email, "code_id": asked})
    return registration.code_sent(email), keyboards.code()


@router.message(Profile.code, Answer())
async def prove(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The code of the letter; an address that is somebody's already is asked for again."""
    try:
        view = await services.profiles.prove_email((await state.get_data())["code_id"], message.text or "", person)
    except EmailTaken as taken:
        await state.set_state(Profile.email)
        await reply(message, errors.said(taken), keyboards.back())
        return
    await state.clear()  # not before: a wrong code is counted in a transaction that would keep the question closed
    await reply(message, texts.profile(view, texts.EMAIL_PROVED), keyboards.profile(view))


# The school


@router.callback_query(NameSchool.filter())
async def ask_school(tap: CallbackQuery, state: FSMContext, person: Person) -> None:
    """«Указать школу», «Изменить школу»."""
    await state.clear()
    await state.set_state(Profile.school)
    keyboard = keyboards.back() if person.school_id is None else keyboards.school()
    await redraw(tap, registration.SCHOOL_ONLY if person.school_id is None else texts.SCHOOL, keyboard)


@router.message(Profile.school, Answer())
async def find_school(message: Message, services: Services) -> None:
    """A number or part of the name."""
    found, more = await services.people.schools(message.text or "")
    await reply(message, registration.schools(found, more), keyboards.schools(found))


@router.callback_query(ChooseSchool.filter())
async def propose_school(
    tap: CallbackQuery, callback_data: ChooseSchool, state: FSMContext, person: Person, services: Services
) -> None:
    """One of the schools offered: what follows is stated first."""
    await state.clear()
    await _proposed(tap, await services.profiles.propose_school(callback_data.school, person))


@router.callback_query(NotWorking.filter())
async def propose_leaving(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """«Временно не работаю»."""
    await state.clear()
    await _proposed(tap, await services.profiles.propose_school(None, person))


async def _proposed(tap: CallbackQuery, proposed: SchoolPlan | SchoolChosen) -> None:
    if isinstance(proposed, SchoolPlan):
        await redraw(tap, texts.plan(proposed), keyboards.plan(proposed))
    else:
        await redraw(tap, texts.school_chosen(proposed), keyboards.to_profile())


@router.callback_query(ConfirmSchool.filter())
async def choose_school(
    tap: CallbackQuery, callback_data: ConfirmSchool, state: FSMContext, person: Person, services: Services
) -> None:
    """The second tap, for what was stated."""
    await state.clear()
    drawn = callback_data
    stated = (drawn.leaves or None, drawn.waiting, drawn.approved)
    done = await services.profiles.choose_school(drawn.school or None, person, stated)
    await redraw(tap, texts.school_chosen(done), keyboards.to_profile())


@router.callback_query(ChooseEmail.filter())
@router.callback_query(NewCode.filter())
@router.callback_query(OtherEmail.filter())
@router.callback_query(Position.filter())
async def old_question(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """A button of a question that is not open any more: the profile as it is now."""
    await state.clear()
    view = await services.profiles.view(person)
    await redraw(tap, texts.profile(view), keyboards.profile(view), errors.OLD_BUTTON)
