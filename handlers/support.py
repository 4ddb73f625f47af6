"""«Поддержка»: one's own tickets, and talking in a ticket from either side."""

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from domain.errors import NotAllowed
from domain.person import Person
from domain.tickets import FileKind, Side, Stage, Words, words
from domain.tickets import subject as checked_subject
from handlers.filters import Answer, FromMenu, PassedOn, Registered
from handlers.replies import answer, below, redraw, reply
from keyboards import support as keyboards
from keyboards import tickets as staff_keyboards
from keyboards.applications import AskSupport
from keyboards.support import (
    AskClose,
    ChooseSubject,
    CloseTicket,
    NewTicket,
    PleaseWithdraw,
    Rate,
    ShowTicket,
    ShowTickets,
    ShowWhole,
    StopWriting,
    WriteInto,
)
from services.portal import Services
from services.ticket_views import Passed, TicketView
from texts import labels
from texts import support as texts
from texts import tickets as staff_texts

router = Router(name="support")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Talking(StatesGroup):
    """What the bot may be waiting for."""

    subject = State()
    first = State()
    more = State()


Drawn = tuple[Text, InlineKeyboardMarkup | None]


def drawn(view: TicketView, services: Services) -> Drawn:
    """A ticket in the eyes of whoever looks."""
    zone = services.calendar.zone
    if view.side is Side.OWNER:
        return texts.one(view, zone), keyboards.one(view)
    return staff_texts.one(view, zone), staff_keyboards.one(view)


def _closing(view: TicketView) -> Drawn:
    if view.side is Side.OWNER:
        return texts.confirm_close(view), keyboards.confirm_close(view)
    return staff_texts.confirm_close(view), staff_keyboards.confirm_close(view)


def _passed(view: Passed) -> Drawn:
    if view.ticket.side is Side.OWNER:
        return texts.passed(view), keyboards.passed(view)
    return staff_texts.passed(view), staff_keyboards.passed(view)


def _words(message: Message) -> Words:
    if message.photo:
        return words(message.caption, FileKind.PHOTO, message.photo[-1].file_id)
    if message.document:
        return words(message.caption, FileKind.DOCUMENT, message.document.file_id)
    return words(message.text)


@router.message(FromMenu("support", labels.SUPPORT))
async def mine(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """One's own tickets."""
    await state.clear()
    page = await services.tickets.mine(0, person)
    await reply(message, texts.mine(page), keyboards.mine(page))


@router.callback_query(ShowTickets.filter())
async def turn(
    tap: CallbackQuery, callback_data: ShowTickets, state: FSMContext, person: Person, services: Services
) -> None:
    """A page of them, in place."""
    await state.clear()
    page = await services.tickets.mine(callback_data.page, person)
    await redraw(tap, texts.mine(page), keyboards.mine(page))


@router.callback_query(NewTicket.filter())
async def ask_subject(tap: CallbackQuery, state: FSMContext) -> None:
    """«Новое обращение»: about what?"""
    await state.clear()
    await redraw(tap, texts.SUBJECT_QUESTION, keyboards.subjects())


@router.callback_query(ChooseSubject.filter(F.number < 0))
async def ask_own_subject(tap: CallbackQuery, state: FSMContext) -> None:
    """«Другая тема»: the next text is the subject."""
    await state.set_state(Talking.subject)
    await redraw(tap, texts.OWN_SUBJECT_QUESTION, keyboards.back_to_subjects())


@router.callback_query(ChooseSubject.filter())
async def choose_subject(tap: CallbackQuery, callback_data: ChooseSubject, state: FSMContext) -> None:
    """A ready subject."""
    chosen = texts.ready_subject(callback_data.number)
    if chosen is None:
        raise NotAllowed
    await state.set_state(Talking.first)
    await state.set_data({"subject": chosen})
    await redraw(tap, texts.first_question(chosen), keyboards.back_to_subjects())


@router.message(Talking.subject, Answer())
async def own_subject(message: Message, state: FSMContext) -> None:
    """The subject, as written."""
    chosen = checked_subject(message.text or "")
    await state.set_state(Talking.first)
    await state.set_data({"subject": chosen})
    await reply(message, texts.first_question(chosen), keyboards.back_to_subjects())


@router.callback_query(AskSupport.filter())
async def ask_about(
    tap: CallbackQuery, callback_data: AskSupport, state: FSMContext, person: Person, services: Services
) -> None:
    """«Обратиться в поддержку»: the subject is the application; the ticket that is open, if there is one."""
    view = await services.tickets.asking_about(callback_data.application, person)
    if view.open_ticket is not None:
        await redraw(tap, *drawn(view.open_ticket, services))
        return
    await state.set_state(Talking.first)
    await state.set_data({"subject": texts.subject_about(view), "application": view.id})
    await redraw(tap, texts.question_about(view), keyboards.asking_about(view))


@router.callback_query(Talking.first, PleaseWithdraw.filter())
async def please_withdraw(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """The ready first message, by a tap."""
    asked = await state.get_data()
    view = await services.tickets.open(asked["subject"], asked.get("application"), texts.please_withdraw(), person)
    await state.set_state(Talking.more)
    await state.set_data({"ticket": view.id})
    await redraw(tap, texts.receipt(view), keyboards.writing(view.id))


@router.message(Talking.first, PassedOn())
async def open_ticket(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The first message opens the ticket; what comes after it is added."""
    asked = await state.get_data()
    view = await services.tickets.open(asked["subject"], asked.get("application"), _words(message), person)
    await state.set_state(Talking.more)
    await state.set_data({"ticket": view.id, "album": message.media_group_id})
    await reply(message, texts.receipt(view), keyboards.writing(view.id))


@router.callback_query(WriteInto.filter())
async def write(
    tap: CallbackQuery, callback_data: WriteInto, state: FSMContext, person: Person, services: Services
) -> None:
    """«Ответить», «Написать ещё»: below, so that what is answered stays on screen."""
    view, closing = await services.tickets.to_write(callback_data.ticket, person), callback_data.closing
    await state.set_state(Talking.more)
    await state.set_data({"ticket": view.id, "reopening": view.stage is Stage.CLOSED, "closing": closing})
    own = view.side is Side.OWNER
    text = texts.to_write(view) if own else staff_texts.to_write(view, closing=closing)
    await answer(tap)
    await below(tap, text, keyboards.writing(view.id))


@router.message(Talking.more, PassedOn())
async def say(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """Another message of the conversation; an album is acknowledged once."""
    talk, album = await state.get_data(), message.media_group_id
    await state.update_data(reopening=False, album=album)
    reopening, closing = talk.get("reopening", False), talk.get("closing", False) and album is None
    view = await services.tickets.say(talk["ticket"], _words(message), person, reopening=reopening, closing=closing)
    if view.closed or not view.passed_on:
        await state.clear()
    if album is None or album != talk.get("album"):
        await reply(message, *_passed(view))


@router.message(StateFilter(Talking.first, Talking.more), ~F.text)
async def unsupported(message: Message) -> None:
    """Video, voice, stickers and what is yet to be invented."""
    await reply(message, texts.UNSUPPORTED)


@router.callback_query(StopWriting.filter())
@router.callback_query(ShowTicket.filter())
async def one(
    tap: CallbackQuery, callback_data: ShowTicket | StopWriting, state: FSMContext, person: Person, services: Services
) -> None:
    """A ticket; whatever is written from now on goes into none."""
    await state.clear()
    before = callback_data.before if isinstance(callback_data, ShowTicket) else 0
    view = await services.tickets.look(callback_data.ticket, person, before)
    await redraw(tap, *drawn(view, services))


@router.callback_query(ShowWhole.filter())
async def show_whole(tap: CallbackQuery, callback_data: ShowWhole, person: Person, services: Services) -> None:
    """«Показать целиком»: files and long texts come once more, below."""
    before, limit = callback_data.before, texts.CLIPPED
    count = await services.tickets.show_whole(callback_data.ticket, before, person, limit)
    await answer(tap, texts.SHOWN_WHOLE if count else texts.NOTHING_TO_SHOW)


@router.callback_query(AskClose.filter())
async def ask_close(tap: CallbackQuery, callback_data: AskClose, person: Person, services: Services) -> None:
    """The first tap on «Закрыть» or «Вопрос решён»."""
    view = await services.tickets.to_close(callback_data.ticket, callback_data.seen, person)
    await redraw(tap, *_closing(view))


@router.callback_query(CloseTicket.filter())
async def close(
    tap: CallbackQuery, callback_data: CloseTicket, state: FSMContext, person: Person, services: Services
) -> None:
    """The second."""
    await state.clear()
    view = await services.tickets.close(callback_data.ticket, callback_data.seen, person)
    own = view.side is Side.OWNER
    await redraw(tap, *((texts.closed(view), keyboards.closed(view)) if own else drawn(view, services)))


@router.callback_query(Rate.filter())
async def rate(tap: CallbackQuery, callback_data: Rate, person: Person, services: Services) -> None:
    """One to five."""
    view = await services.tickets.rate(callback_data.ticket, callback_data.stars, person)
    await redraw(tap, texts.closed(view), keyboards.closed(view))
