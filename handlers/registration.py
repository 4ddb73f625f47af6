"""Registration: consent, name, school, position, a last look. Left and taken up again at any step."""

from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from domain.audience import POSITIONS
from domain.errors import EmailTaken
from domain.person import POSITION_LIMIT, Purpose, full_name, within
from domain.settings import BUILT_IN_CONSENT
from handlers.addresses import chosen, read
from handlers.filters import NotCommand, Registered
from handlers.replies import answer, below, redraw, reply
from keyboards import catalogue as course_keyboards
from keyboards import preferences as preference_keyboards
from keyboards import registration as keyboards
from keyboards.links import LETTERS, course_id, provider_id, token
from keyboards.menu import menu
from keyboards.registration import (
    Change,
    ChooseEmail,
    ChooseSchool,
    Confirm,
    Consent,
    NewCode,
    NotWorking,
    OtherEmail,
    Position,
    ReadConsent,
)
from services.people import Registered as Newcomer
from services.portal import Services
from texts import catalogue as course_texts
from texts import errors, preferences
from texts import registration as texts

router = Router(name="registration")
router.message.filter(~Registered())
router.callback_query.filter(~Registered())


class Registration(StatesGroup):
    """The questions, and the last look."""

    consent = State()
    name = State()
    email = State()
    code = State()
    school = State()
    position = State()
    summary = State()


_OF_EMAIL: Final = frozenset({"email", "offered", "code_id", "proved"})
Screen = tuple[State, Text, InlineKeyboardMarkup | None]
_ASKED: Final[dict[str, Screen]] = {
    "consent": (Registration.consent, texts.WELCOME, keyboards.consent()),
    "name": (Registration.name, texts.NAME, None),
    "email": (Registration.email, texts.EMAIL, keyboards.email()),
    "school": (Registration.school, texts.SCHOOL, keyboards.school()),
    "position": (Registration.position, texts.POSITION, keyboards.positions()),
}


def _next(answers: dict[str, Any]) -> Screen:
    """The first question that has no answer yet, else the last look."""
    for question, asked in _ASKED.items():
        if question not in answers:
            return asked
        if question == "email" and "code_id" in answers and not answers.get("proved"):
            return Registration.code, texts.code_sent(answers["email"]), keyboards.code()
    return Registration.summary, texts.summary(answers), keyboards.summary()


async def ask(event: Message | CallbackQuery, state: FSMContext, **answers: Any) -> None:
    """Keep the answers and ask on: a tap turns its message into the next question, a text gets it below."""
    next_state, text, keyboard = _next(await state.update_data(answers))
    await state.set_state(next_state)
    if isinstance(event, CallbackQuery):
        await redraw(event, text, keyboard)
    else:
        await reply(event, text, keyboard)


@router.message(CommandStart())
async def start(message: Message, state: FSMContext, command: CommandObject) -> None:
    """A stranger, or somebody who left halfway: the question that is open. A link is kept until the end."""
    await ask(message, state, **({"link": command.args} if command.args else {}))


@router.callback_query(Registration.consent, ReadConsent.filter())
async def read_consent(tap: CallbackQuery, services: Services) -> None:
    """«Подробнее»."""
    given = await services.settings.consent()
    await redraw(tap, texts.consent(given.text), keyboards.consent(explained=True))


@router.callback_query(Registration.consent, Consent.filter())
async def consent(tap: CallbackQuery, state: FSMContext, services: Services) -> None:
    """«Согласен(на)»: with the text that is in force now."""
    given = await services.settings.consent()
    await ask(tap, state, consent=True, agreed_to=given.version)


@router.message(Registration.name, NotCommand())
async def name(message: Message, state: FSMContext) -> None:
    """The full name; a bad one is refused with what to do."""
    await ask(message, state, name=full_name(message.text or ""))


async def _take_email(event: Message | CallbackQuery, state: FSMContext, services: Services, email: str) -> None:
    """Send a code where addresses are proved, and ask on."""
    sent = await services.emails.begin(state.key.chat_id, email, Purpose.REGISTER)
    await ask(event, state, email=email, **({} if sent is None else {"code_id": sent, "proved": False}))


@router.message(Registration.email, NotCommand())
async def email(message: Message, state: FSMContext, services: Services) -> None:
    """An address; a slip in a usual domain is offered corrected."""
    written = await read(message, state)
    if written is not None:
        await _take_email(message, state, services, written)


@router.callback_query(Registration.email, ChooseEmail.filter())
async def choose_email(tap: CallbackQuery, callback_data: ChooseEmail, state: FSMContext, services: Services) -> None:
    """As it was typed, or corrected."""
    wanted = await chosen(callback_data, state)
    if wanted is None:
        await old_button(tap, state)
    else:
        await _take_email(tap, state, services, wanted)


@router.message(Registration.code, NotCommand())
async def code(message: Message, state: FSMContext, services: Services) -> None:
    """The code of the letter; an address that is somebody's already is asked for again."""
    proof = await services.emails.prove((await state.get_data())["code_id"], message.chat.id, message.text or "")
    if proof.taken:
        await _forget_email(state)
        await reply(message, errors.said(EmailTaken()))
    await ask(message, state, **({} if proof.taken else {"proved": True}))


@router.callback_query(Registration.code, NewCode.filter())
async def new_code(tap: CallbackQuery, state: FSMContext, services: Services) -> None:
    """«Отправить новый код»."""
    await _take_email(tap, state, services, (await state.get_data())["email"])


@router.callback_query(Registration.code, OtherEmail.filter())
async def other_email(tap: CallbackQuery, state: FSMContext) -> None:
    """«Указать другой адрес»."""
    await _forget_email(state)
    await ask(tap, state)


async def _forget_email(state: FSMContext) -> None:
    answers = await state.get_data()
    await state.set_data({key: value for key, value in answers.items() if key not in _OF_EMAIL})


@router.message(Registration.school, NotCommand())
async def find_school(message: Message, services: Services) -> None:
    """A number or part of the name."""
    found, more = await services.people.schools(message.text or "")
    await reply(message, texts.schools(found, more), keyboards.schools(found))


@router.callback_query(Registration.school, ChooseSchool.filter())
async def choose_school(tap: CallbackQuery, callback_data: ChooseSchool, state: FSMContext, services: Services) -> None:
    """One of the schools offered."""
    school = await services.people.school(callback_data.school)
    await ask(tap, state, school=texts.school_button(school), school_id=school.id)


@router.callback_query(Registration.school, NotWorking.filter())
async def no_school(tap: CallbackQuery, state: FSMContext) -> None:
    """«Временно не работаю»."""
    await ask(tap, state, school=None, school_id=None)


@router.callback_query(Registration.position, Position.filter())
async def choose_position(tap: CallbackQuery, callback_data: Position, state: FSMContext) -> None:
    """One of the usual positions."""
    await ask(tap, state, position=POSITIONS[callback_data.number])


@router.message(Registration.position, NotCommand())
async def write_position(message: Message, state: FSMContext) -> None:
    """A position in own words."""
    await ask(message, state, position=within(message.text or "", POSITION_LIMIT))


@router.callback_query(Registration.summary, Change.filter(F.question == ""))
async def change(tap: CallbackQuery) -> None:
    """«Изменить»: what?"""
    await redraw(tap, texts.CHANGE_WHAT, keyboards.change())


@router.callback_query(Registration.summary, Change.filter())
async def change_answer(tap: CallbackQuery, callback_data: Change, state: FSMContext) -> None:
    """A question is asked again; the other answers stay."""
    answers = await state.get_data()
    answers.pop(callback_data.question, None)
    await state.set_data(answers)
    if callback_data.question == "email":
        await _forget_email(state)
    await ask(tap, state)


@router.callback_query(Registration.summary, Confirm.filter())
async def register(tap: CallbackQuery, state: FSMContext, services: Services) -> None:
    """«Всё верно»: a person from now on, with the role and the course that the link promised."""
    answers = await state.get_data()
    await state.clear()
    done = await services.people.register(
        tap.from_user.id,
        answers["name"],
        answers["school_id"],
        answers["position"],
        token(answers.get("link")),
        email=answers["email"],
        code_id=answers.get("code_id"),
        agreed_to=answers.get("agreed_to", BUILT_IN_CONSENT),
    )
    await redraw(tap, texts.summary(answers))
    await _welcome(tap, services, done, answers.get("link"))


async def _welcome(tap: CallbackQuery, services: Services, done: Newcomer, link: str | None) -> None:
    await below(tap, texts.done(done.person.full_name, done.given), menu(done.person))
    if done.refusal is not None:
        await below(tap, errors.said(done.refusal))
    course = course_id(link)
    if course is not None:
        view = await services.catalogue.card(course, done.person)
        await below(tap, course_texts.card(view), course_keyboards.card(view, course_keyboards.ShowPage()))
    provider = provider_id(link)
    if provider is not None:
        found = await services.filtering.of_provider(provider, done.person)
        await below(tap, course_texts.found(found), course_keyboards.found(found))
    if link == LETTERS:
        profile = await services.profiles.view(done.person)
        await below(tap, preferences.letters(profile), preference_keyboards.letters(profile))


@router.message(F.text)
async def anything_else(message: Message, state: FSMContext) -> None:
    """Text where a button is asked for, a command before its time, the first word of a stranger."""
    await ask(message, state)


@router.callback_query()
async def old_button(tap: CallbackQuery, state: FSMContext) -> None:
    """A button of another question: the open one comes again."""
    _, text, keyboard = _next(await state.get_data())
    await answer(tap, errors.OLD_BUTTON)
    await below(tap, text, keyboard)
