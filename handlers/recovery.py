"""Bringing one's profile into a new chat, and the old chat's word on it."""

from typing import Any, Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.person import Person, Purpose
from handlers import registration
from handlers.filters import Answer, Registered
from handlers.replies import below, redraw, reply
from keyboards import catalogue as course_keyboards
from keyboards import recovery as keyboards
from keyboards import registration as email_keyboards
from keyboards.links import course_id, token
from keyboards.menu import menu
from keyboards.recovery import ItWasMe, ItWasNotMe, Known, LeaveRecovery, NewRecoveryCode, NoMailbox
from keyboards.registration import ChooseEmail
from services.emails import address
from services.portal import Services
from texts import catalogue as course_texts
from texts import menu as menu_texts
from texts import recovery as texts
from texts import registration as email_texts
from texts import roles

old_chat_router = Router(name="old_chat")
"""Whoever has lost a profile to another chat is a stranger here, or somebody else by now."""
router = Router(name="recovery")
router.message.filter(~Registered())
router.callback_query.filter(~Registered())

KEPT: Final = "recovery"
"""Answers of the registration that was begun stay beside these."""


class Recovering(StatesGroup):
    """The questions."""

    email = State()
    code = State()
    claim = State()


async def _keep(state: FSMContext, **answers: Any) -> None:
    await state.update_data({KEPT: answers})


async def _kept(state: FSMContext) -> dict[str, Any]:
    answers: dict[str, Any] = (await state.get_data()).get(KEPT, {})
    return answers


@router.callback_query(Known.filter())
async def ask_email(tap: CallbackQuery, state: FSMContext, services: Services) -> None:
    """«Я уже зарегистрирован(а)»: with which address?"""
    can_prove = services.emails.can_prove
    await state.set_state(Recovering.email if can_prove else None)
    await redraw(tap, texts.EMAIL if can_prove else texts.NO_LETTERS, keyboards.email())


@router.callback_query(LeaveRecovery.filter())
async def leave(tap: CallbackQuery, state: FSMContext) -> None:
    """«Назад»: the registration's open question."""
    await registration.ask(tap, state)


async def _send_code(event: Message | CallbackQuery, state: FSMContext, services: Services, email: str) -> None:
    code_id = await services.emails.begin(state.key.chat_id, email, Purpose.RECOVER)
    await _keep(state, email=email, code_id=code_id)
    await state.set_state(Recovering.code)
    if isinstance(event, CallbackQuery):
        await redraw(event, texts.code_sent(email), keyboards.code())
    else:
        await reply(event, texts.code_sent(email), keyboards.code())


@router.message(Recovering.email, Answer())
async def take_email(message: Message, state: FSMContext, services: Services) -> None:
    """An address; a slip in a usual domain is offered corrected."""
    found = address(message.text or "")
    if found.corrected is None:
        await _send_code(message, state, services, found.email)
        return
    await _keep(state, offered=[found.email, found.corrected])
    await reply(message, email_texts.corrected(found.email), email_keyboards.corrected(found.email, found.corrected))


@router.callback_query(Recovering.email, ChooseEmail.filter())
async def choose_email(tap: CallbackQuery, callback_data: ChooseEmail, state: FSMContext, services: Services) -> None:
    """As it was typed, or corrected."""
    offered = (await _kept(state)).get("offered")
    if offered is None:
        await ask_email(tap, state, services)
        return
    await _send_code(tap, state, services, offered[callback_data.corrected])


@router.callback_query(Recovering.code, NewRecoveryCode.filter())
async def new_code(tap: CallbackQuery, state: FSMContext, services: Services) -> None:
    """«Отправить новый код»."""
    await _send_code(tap, state, services, (await _kept(state))["email"])


@router.message(Recovering.code, Answer())
async def take_code(message: Message, state: FSMContext, services: Services) -> None:
    """The code of the letter: the profile is here from now on."""
    link, code_id = (await state.get_data()).get("link"), (await _kept(state))["code_id"]
    done = await services.recovery.recover(code_id, message.chat.id, message.text or "")
    if done is None:
        await state.set_state(Recovering.email)
        await reply(message, texts.NO_PROFILE, keyboards.email())
        return
    await state.clear()
    await reply(message, texts.moved(done, services.calendar.zone), menu(done.person))
    await _follow(message, services, done.person, link)


async def _follow(message: Message, services: Services, person: Person, link: str | None) -> None:
    """The role or the course that the link promised which brought the person to this chat."""
    if (invitation := token(link)) is not None:
        given, today = await services.people.accept_invitation(invitation, person)
        await reply(message, roles.given(given), menu(today))
    elif (course := course_id(link)) is not None:
        view = await services.catalogue.card(course, person)
        await reply(message, course_texts.card(view), course_keyboards.card(view, course_keyboards.ShowPage()))


@router.callback_query(NoMailbox.filter())
async def ask_claim(tap: CallbackQuery, state: FSMContext) -> None:
    """«Нет доступа к почте»: who are you?"""
    await state.set_state(Recovering.claim)
    await redraw(tap, texts.CLAIM, keyboards.claim())


@router.message(Recovering.claim, Answer())
async def take_claim(message: Message, state: FSMContext, services: Services) -> None:
    """In own words; support hears of it."""
    await state.set_state(None)
    await services.access.ask(message.chat.id, message.text or "")
    await reply(message, texts.ASKED)


@old_chat_router.callback_query(ItWasMe.filter())
async def agree(tap: CallbackQuery, callback_data: ItWasMe, services: Services) -> None:
    """«Это я»."""
    done = await services.recovery.agree(callback_data.recovery, tap.from_user.id)
    await redraw(tap, texts.agreed(done))


@old_chat_router.callback_query(ItWasNotMe.filter())
async def stop(tap: CallbackQuery, callback_data: ItWasNotMe, state: FSMContext, services: Services) -> None:
    """«Это не я»: the profile is back, with its menu."""
    done = await services.recovery.stop(callback_data.recovery, tap.from_user.id)
    await redraw(tap, texts.stopped(done))
    if done.person is not None:
        await state.clear()
        await below(tap, menu_texts.MENU, menu(done.person))
