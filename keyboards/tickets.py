"""Support's side of a ticket: the queue, taking, closing, ending an enrolment."""

from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from domain.tickets import Stage
from keyboards.approvals import OpenApproved
from keyboards.desk import ShowClosedTickets, ShowDesk, ShowTicketQueue
from keyboards.rows import LEADING, REFUSING, Id, Row, button, keyboard, pages
from keyboards.support import AskClose, CloseTicket, ShowTicket, WriteInto, listed, reading, writing
from services.ticket_views import Passed, TicketLine, TicketView
from services.views import Page
from texts import labels

NOBODY: Final = 0


class Take(CallbackData, prefix="take"):
    """«Взять», as drawn while somebody had the ticket (0: nobody)."""

    ticket: Id
    taken_from: Id = NOBODY


class AskWithdrawEnrolled(CallbackData, prefix="wde?"):
    """The first tap on «Отозвать зачисление»."""

    ticket: Id
    version: Id


class BecauseAsked(CallbackData, prefix="wde="):
    """The ready reason."""


class WithdrawEnrolled(CallbackData, prefix="wde"):
    """The second tap; the reason is what was written."""

    ticket: Id
    version: Id


def queue(page: Page[TicketLine]) -> InlineKeyboardMarkup | None:
    """A button a ticket."""
    rows: list[Row] = [[listed(line)] for line in page.lines]
    return keyboard(
        *rows,
        pages(page, lambda number: ShowTicketQueue(page=number)),
        [button(labels.CLOSED_TICKETS, ShowClosedTickets())],
        [button(labels.BACK, ShowDesk())],
    )


def closed(page: Page[TicketLine]) -> InlineKeyboardMarkup | None:
    """A button a closed ticket, and back to those that are open."""
    rows: list[Row] = [[listed(line)] for line in page.lines]
    return keyboard(
        *rows,
        pages(page, lambda number: ShowClosedTickets(page=number)),
        [button(labels.BACK, ShowTicketQueue())],
    )


def one(view: TicketView) -> InlineKeyboardMarkup | None:
    """What staff can do with a ticket."""
    over = view.stage is Stage.CLOSED
    return keyboard(
        reading(view),
        *_doing(view),
        [button(labels.TO_CLOSED_TICKETS, ShowClosedTickets())] if over else [],
        [button(labels.TO_TICKETS, ShowTicketQueue())],
    )


def _doing(view: TicketView) -> list[Row]:
    answer = button(labels.ANSWER, WriteInto(ticket=view.id), LEADING)
    if view.stage is Stage.CLOSED:
        return [[answer]] if view.may_reopen and (view.is_taker or view.taken_by_id is None) else []
    if view.taken_by_id is not None and not view.is_taker:
        return [[button(labels.TAKE_OVER, Take(ticket=view.id, taken_from=view.taken_by_id))]]
    take = [] if view.is_taker else [button(labels.TAKE, Take(ticket=view.id))]
    return [
        [*take, answer],
        [button(labels.CLOSE, AskClose(ticket=view.id, seen=view.newest))],
        *_about(view),
    ]


def _about(view: TicketView) -> list[Row]:
    about = view.about
    if about is not None and about.may_withdraw:
        ask = AskWithdrawEnrolled(ticket=view.id, version=about.version)
        return [[button(labels.WITHDRAW_ENROLLED, ask, REFUSING)]]
    if about is not None and about.may_decide:
        return [[button(labels.OPEN_APPLICATION, OpenApproved(application=about.id))]]
    return []


def confirm_close(view: TicketView) -> InlineKeyboardMarkup | None:
    """The second tap, with an answer or without; or back."""
    return keyboard(
        [button(labels.ANSWER_AND_CLOSE, WriteInto(ticket=view.id, closing=True), LEADING)],
        [button(labels.CLOSE_YES, CloseTicket(ticket=view.id, seen=view.newest))],
        [button(labels.BACK, ShowTicket(ticket=view.id))],
    )


def passed(view: Passed) -> InlineKeyboardMarkup | None:
    """Out of the conversation, or end it; on to the queue, where it is over."""
    ticket = view.ticket
    if ticket.stage is Stage.CLOSED:
        return keyboard(
            [button(labels.OPEN_TICKET, ShowTicket(ticket=ticket.id))], [button(labels.TO_TICKETS, ShowTicketQueue())]
        )
    finish = writing(ticket.id)
    close = button(labels.CLOSE, AskClose(ticket=ticket.id, seen=ticket.newest))
    return keyboard(*(finish.inline_keyboard if finish else []), [close])


def reasons(view: TicketView) -> InlineKeyboardMarkup | None:
    """The ready reason, or back."""
    return keyboard(
        [button(labels.AS_ASKED, BecauseAsked())],
        [button(labels.BACK, ShowTicket(ticket=view.id))],
    )


def confirm_withdrawal(view: TicketView) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    version = view.about.version if view.about else 0
    return keyboard(
        [button(labels.WITHDRAW_ENROLLED, WithdrawEnrolled(ticket=view.id, version=version), REFUSING)],
        [button(labels.BACK, ShowTicket(ticket=view.id))],
    )


def opens(ticket_id: int) -> InlineKeyboardMarkup | None:
    """From a piece of news to the ticket."""
    return keyboard([button(labels.OPEN_TICKET, ShowTicket(ticket=ticket_id))])
