"""Talking with support: one's own tickets, and the buttons that both sides of a conversation share."""

from typing import Annotated, Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from domain.status import Status
from domain.tickets import STARS, Stage
from keyboards.applications import ShowApplication
from keyboards.rows import LEADING, Id, PageNumber, Row, button, keyboard, pages
from services.ticket_views import AskingAbout, Passed, TicketLine, TicketView
from services.views import Page
from texts import labels
from texts.support import CLIPPED, MARKS
from texts.wording import TICKED, clipped

BUTTON_SUBJECT: Final = 40


class ShowTickets(CallbackData, prefix="sup"):
    """A page of one's own tickets."""

    page: PageNumber = 0


class NewTicket(CallbackData, prefix="sup+"):
    """«Новое обращение»."""


class ChooseSubject(CallbackData, prefix="subj"):
    """A ready subject by its place in the list; -1: in own words."""

    number: Annotated[int, Field(ge=-1, le=99)]


class PleaseWithdraw(CallbackData, prefix="plswd"):
    """The ready first message about an enrolment."""

    application: Id


class ShowTicket(CallbackData, prefix="tkt"):
    """A ticket with what was said last, or before a message."""

    ticket: Id
    before: Id = 0


class ShowWhole(CallbackData, prefix="tktw"):
    """The files and long texts of one screen of a conversation."""

    ticket: Id
    before: Id = 0


class WriteInto(CallbackData, prefix="tktr"):
    """What is written next goes into this ticket; `closing`: and closes it."""

    ticket: Id
    closing: bool = False


class StopWriting(CallbackData, prefix="tktx"):
    """«Закончить»."""

    ticket: Id


class AskClose(CallbackData, prefix="tktc?"):
    """The first tap on «Закрыть» or «Вопрос решён»; `seen`: the other side's newest message on the screen."""

    ticket: Id
    seen: Id


class CloseTicket(CallbackData, prefix="tktc"):
    """The second."""

    ticket: Id
    seen: Id


class Rate(CallbackData, prefix="stars"):
    """What the answer was worth."""

    ticket: Id
    stars: Annotated[int, Field(ge=STARS[0], le=STARS[-1])]


def mine(page: Page[TicketLine]) -> InlineKeyboardMarkup | None:
    """A button a ticket, and a new one."""
    rows: list[Row] = [[listed(line)] for line in page.lines]
    return keyboard(
        *rows,
        pages(page, lambda number: ShowTickets(page=number)),
        [button(labels.NEW_TICKET, NewTicket(), LEADING)],
    )


def listed(line: TicketLine) -> InlineKeyboardButton:
    """The button of a ticket in a list."""
    return button(
        f"{MARKS[line.stage]} № {line.id} · {clipped(line.subject, BUTTON_SUBJECT)}", ShowTicket(ticket=line.id)
    )


def subjects() -> InlineKeyboardMarkup | None:
    """Ready subjects, own words, or back."""
    ready: list[Row] = [
        [button(subject, ChooseSubject(number=number))] for number, subject in enumerate(labels.TICKET_SUBJECTS)
    ]
    return keyboard(
        *ready, [button(labels.OWN_SUBJECT, ChooseSubject(number=-1))], [button(labels.BACK, ShowTickets())]
    )


def back_to_subjects() -> InlineKeyboardMarkup | None:
    """Back, without a word."""
    return keyboard([button(labels.BACK, NewTicket())])


def asking_about(view: AskingAbout) -> InlineKeyboardMarkup | None:
    """The ready request, or back to the application."""
    ready = [button(labels.PLEASE_WITHDRAW, PleaseWithdraw(application=view.id), LEADING)]
    return keyboard(
        ready if view.status is Status.ENROLLED else [],
        [button(labels.BACK, ShowApplication(application=view.id))],
    )


def writing(ticket_id: int) -> InlineKeyboardMarkup | None:
    """The way out of a conversation."""
    return keyboard([button(labels.FINISH, StopWriting(ticket=ticket_id))])


def one(view: TicketView) -> InlineKeyboardMarkup | None:
    """What its owner can do with a ticket."""
    solved = AskClose(ticket=view.id, seen=view.newest)
    write = button(labels.WRITE_MORE, WriteInto(ticket=view.id), LEADING)
    is_open = view.stage is not Stage.CLOSED
    return keyboard(
        reading(view),
        stars(view) if view.may_reopen else [],
        [write] if is_open or view.may_reopen else [button(labels.NEW_TICKET, NewTicket())],
        [button(labels.SOLVED, solved)] if is_open else [],
        [button(labels.OPEN_APPLICATION, ShowApplication(application=view.about.id))] if view.about else [],
        [button(labels.TO_TICKETS, ShowTickets())],
    )


def reading(view: TicketView) -> Row:
    """Earlier messages, the latest ones, what is too long or a file."""
    row: Row = []
    first = view.lines[0].id if view.lines else 0
    upto = view.lines[-1].id + 1 if view.lines else 0
    if view.has_earlier:
        row.append(button(labels.EARLIER, ShowTicket(ticket=view.id, before=first)))
    if view.is_past:
        row.append(button(labels.LATEST, ShowTicket(ticket=view.id)))
    whole = sum(1 for line in view.lines if line.file_kind or len(line.text or "") > CLIPPED)
    if whole:
        row.append(button(f"{labels.SHOW_WHOLE} ({whole})", ShowWhole(ticket=view.id, before=upto)))
    return row


def stars(view: TicketView) -> Row:
    """One to five; the present rating is marked."""
    return [
        button(f"{TICKED} {number}" if number == view.rating else f"{number} ⭐", Rate(ticket=view.id, stars=number))
        for number in STARS
    ]


def confirm_close(view: TicketView) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    return keyboard(
        [button(labels.SOLVED, CloseTicket(ticket=view.id, seen=view.newest), LEADING)],
        [button(labels.BACK, ShowTicket(ticket=view.id))],
    )


def closed(view: TicketView) -> InlineKeyboardMarkup | None:
    """What was the answer worth; or the question is still there."""
    return keyboard(
        stars(view),
        [button(labels.REOPEN, WriteInto(ticket=view.id)), button(labels.OPEN_TICKET, ShowTicket(ticket=view.id))],
    )


def passed(view: Passed) -> InlineKeyboardMarkup | None:
    """Out of the conversation; or into it again, where it was over."""
    if view.passed_on:
        return writing(view.ticket.id)
    return keyboard([button(labels.WRITE_MORE, WriteInto(ticket=view.ticket.id))])


def pushed(ticket_id: int) -> InlineKeyboardMarkup | None:
    """From a message to an answer, or to the whole ticket."""
    return keyboard(
        [
            button(labels.ANSWER, WriteInto(ticket=ticket_id), LEADING),
            button(labels.OPEN_TICKET, ShowTicket(ticket=ticket_id)),
        ]
    )
