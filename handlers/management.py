"""«Управление» and «Согласующие школы»: invitations, and the people with a role."""

from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from domain.person import Person
from domain.roles import RolePlace, place_of, written_last_day
from handlers.filters import Answer, FromMenu, Registered
from handlers.replies import redraw, reply
from keyboards import management as keyboards
from keyboards.approvals import ShowHeaded
from keyboards.links import invitation_link
from keyboards.management import (
    AskRevoking,
    AskTaking,
    DraftInvitation,
    FindPeople,
    Question,
    Revoke,
    ShowInvitation,
    ShowInvitations,
    ShowMember,
    ShowStaff,
    TakeRole,
)
from keyboards.ways import ShowDesk
from services.portal import Services
from services.views import Draft, Staff
from texts import labels
from texts import management as texts

router = Router(name="management")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Managing(StatesGroup):
    """What the bot may be waiting for."""

    people = State()
    place = State()
    last_day = State()


_ANYWHERE: Final = frozenset({RolePlace.SCHOOL, RolePlace.PROVIDER})
_WAITS_FOR: Final = {Question.PLACE: Managing.place, Question.LAST_DAY: Managing.last_day}


@router.message(FromMenu("manage", labels.MANAGEMENT))
async def desk(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The operators' first screen."""
    await state.clear()
    await services.staffing.desk(person)
    await reply(message, texts.DESK, keyboards.desk())


@router.callback_query(ShowDesk.filter())
async def back_to_desk(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """The same, in place."""
    await state.clear()
    await services.staffing.desk(person)
    await redraw(tap, texts.DESK, keyboards.desk())


@router.callback_query(ShowInvitations.filter())
async def invitations(
    tap: CallbackQuery, callback_data: ShowInvitations, state: FSMContext, person: Person, services: Services
) -> None:
    """A page of invitations, of the portal or of a school."""
    await state.clear()
    asked = callback_data
    view = await services.invitations.listed(asked.school or None, asked.page, person, settled=asked.settled)
    await redraw(tap, texts.invitations(view, services.calendar.zone), keyboards.invitations(view))


@router.callback_query(ShowInvitation.filter())
async def invitation(tap: CallbackQuery, callback_data: ShowInvitation, person: Person, services: Services) -> None:
    """One of them."""
    view = await services.invitations.one(callback_data.invitation, person)
    drawn = keyboards.invitation(view, callback_data.school)
    await redraw(tap, texts.invitation(view, services.calendar.zone), drawn)


@router.callback_query(AskRevoking.filter())
async def ask_revoking(tap: CallbackQuery, callback_data: AskRevoking, person: Person, services: Services) -> None:
    """The first tap on «Отозвать приглашение»."""
    view = await services.invitations.to_revoke(callback_data.invitation, person)
    await redraw(tap, texts.confirm_revoking(view), keyboards.confirm_revoking(view, callback_data.school))


@router.callback_query(Revoke.filter())
async def revoke(tap: CallbackQuery, callback_data: Revoke, person: Person, services: Services) -> None:
    """The second tap."""
    view = await services.invitations.revoke(callback_data.invitation, person)
    drawn = keyboards.invitation(view, callback_data.school)
    await redraw(tap, texts.invitation(view, services.calendar.zone), drawn)


@router.callback_query(DraftInvitation.filter())
async def draft(
    tap: CallbackQuery, callback_data: DraftInvitation, state: FSMContext, person: Person, services: Services
) -> None:
    """An answer by a button: the next question, or the link."""
    await _go_on(tap, callback_data, state, person, services)


@router.message(Managing.place, Answer())
async def find_place(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """A number or part of a name: the school or provider of an invitation."""
    asked = DraftInvitation.unpack((await state.get_data())["draft"])
    assert asked.role is not None
    found, more = await services.staffing.places(message.text or "", frozenset({place_of(asked.role)}), person)
    await reply(message, texts.places(more), keyboards.places_for(asked, found))


@router.message(Managing.last_day, Answer())
async def write_last_day(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """A deputy's last day in figures."""
    asked = DraftInvitation.unpack((await state.get_data())["draft"])
    day = written_last_day(message.text or "", services.calendar.today())
    await _go_on(message, asked.model_copy(update={"until": day.toordinal()}), state, person, services)


async def _go_on(
    event: Message | CallbackQuery, asked: DraftInvitation, state: FSMContext, person: Person, services: Services
) -> None:
    """Ask the question that is open; with all answers, give the invitation."""
    question = keyboards.open_question(asked)
    await state.clear()
    if question is None:
        await _issue(event, asked, person, services)
        return
    view = await services.invitations.draft(asked.role, asked.place, person)
    if question in _WAITS_FOR:
        await state.set_state(_WAITS_FOR[question])
        await state.set_data({"draft": asked.pack()})
    await _show(event, *_asking(question, asked, view, services))


def _asking(
    question: Question, asked: DraftInvitation, view: Draft, services: Services
) -> tuple[Text, InlineKeyboardMarkup | None]:
    if asked.role is None:
        return texts.ROLE_QUESTION, keyboards.roles(asked)
    if question is Question.PLACE:
        return texts.place_question(view, place_of(asked.role)), keyboards.leave(asked)
    if question is Question.LAST_DAY:
        return texts.last_day_question(view), keyboards.last_days(asked, services.calendar.today())
    return texts.days_question(view), keyboards.valid_days(asked)


async def _issue(event: Message | CallbackQuery, asked: DraftInvitation, person: Person, services: Services) -> None:
    assert asked.role is not None
    assert event.bot is not None
    given = await services.invitations.issue(asked.role, asked.place, asked.last_day, asked.days, person)
    link = invitation_link((await event.bot.me()).username, given.token)
    drawn = keyboards.issued(given, link, by_operator=person.operator)
    await _show(event, texts.issued(given, link, services.calendar.zone), drawn)


async def _show(event: Message | CallbackQuery, text: Text, drawn: InlineKeyboardMarkup | None) -> None:
    if isinstance(event, CallbackQuery):
        await redraw(event, text, drawn)
    else:
        await reply(event, text, drawn)


@router.callback_query(FindPeople.filter())
async def ask_whose(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """«Люди школы или организации»: of which?"""
    await services.staffing.desk(person)
    await state.set_state(Managing.people)
    await redraw(tap, texts.PEOPLE_QUESTION, keyboards.find_people())


@router.message(Managing.people, Answer())
async def find_people(message: Message, person: Person, services: Services) -> None:
    """A number or part of a name."""
    found, more = await services.staffing.places(message.text or "", _ANYWHERE, person)
    await reply(message, texts.places(more), keyboards.places(found, by_operator=True))


@router.callback_query(ShowHeaded.filter())
async def approvers(tap: CallbackQuery, person: Person, services: Services) -> None:
    """«Согласующие школы»: of one's own school, or the choice of several."""
    view = await services.staffing.headed(person)
    if isinstance(view, Staff):
        await redraw(tap, texts.staff(view), keyboards.staff(view))
    else:
        await redraw(tap, texts.WHICH_SCHOOL, keyboards.places(view, by_operator=False))


@router.callback_query(ShowStaff.filter())
async def staff(
    tap: CallbackQuery, callback_data: ShowStaff, state: FSMContext, person: Person, services: Services
) -> None:
    """Those with a role at a school, a provider or the portal."""
    await state.clear()
    view = await services.staffing.staff(callback_data.place, callback_data.id, callback_data.page, person)
    await redraw(tap, texts.staff(view), keyboards.staff(view))


@router.callback_query(ShowMember.filter())
async def member(tap: CallbackQuery, callback_data: ShowMember, person: Person, services: Services) -> None:
    """One of them."""
    asked = callback_data
    view = await services.staffing.member(asked.user, asked.role, asked.place, person)
    await redraw(tap, texts.member(view, services.calendar.zone), keyboards.member(view))


@router.callback_query(AskTaking.filter())
async def ask_taking(tap: CallbackQuery, callback_data: AskTaking, person: Person, services: Services) -> None:
    """The first tap on «Снять роль»."""
    asked = callback_data
    view = await services.staffing.to_take(asked.user, asked.role, asked.place, person)
    await redraw(tap, texts.confirm_taking(view), keyboards.confirm_taking(view))


@router.callback_query(TakeRole.filter())
async def take(tap: CallbackQuery, callback_data: TakeRole, person: Person, services: Services) -> None:
    """The second tap."""
    asked = callback_data
    view = await services.staffing.take(asked.user, asked.role, asked.place, person)
    await redraw(tap, texts.taken(view), keyboards.taken(view))
