"""Prompts, reasons, the queue."""

from collections.abc import Sequence
from typing import Annotated, Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from domain.roles import RolePlace
from domain.settings import Reason
from domain.status import Status
from keyboards.applications import ShowHistory
from keyboards.groups import ShowApplicant
from keyboards.overview import ShowOverview
from keyboards.rows import APPROVING, LEADING, REFUSING, Id, PageNumber, Row, Seconds, button, keyboard, pages
from services.views import BulkReport, DecisionView, NotOursReport, Page, Queue, WaitingLine
from texts import labels
from texts.wording import clipped

BUTTON_TITLE: Final = 44


class Decide(CallbackData, prefix="ok"):
    """Approve, as drawn for this version."""

    application: Id
    version: Id


class Reject(CallbackData, prefix="no?"):
    """Ask for the reason."""

    application: Id
    version: Id


class RejectBecause(CallbackData, prefix="no"):
    """Reject for a ready reason, by its id, which never comes to mean another; -1: for none."""

    application: Id
    version: Id
    reason: Annotated[int, Field(ge=-1, le=2**31 - 1)]


class RejectInOwnWords(CallbackData, prefix="no!"):
    """Reject for a reason to be written."""

    application: Id
    version: Id


class AskNotOurs(CallbackData, prefix="not?"):
    """The first tap on «Не наш сотрудник»."""

    application: Id
    version: Id


class NotOurs(CallbackData, prefix="not"):
    """The second."""

    application: Id
    version: Id


class Undo(CallbackData, prefix="undo"):
    """Take a decision back."""

    application: Id
    version: Id


class Look(CallbackData, prefix="look"):
    """An application as it is now, on this very message."""

    application: Id


class ShowQueue(CallbackData, prefix="queue"):
    """How many wait."""


class OpenNext(CallbackData, prefix="next"):
    """The waiting application after this one."""

    after: Id = 0


class AskApproveAll(CallbackData, prefix="all?"):
    """The first tap on «Согласовать все»."""


class ApproveAll(CallbackData, prefix="all"):
    """The second: what waited at that moment (seconds since 1970), up to this id."""

    up_to: Id
    since: Seconds


class ShowApproved(CallbackData, prefix="taken"):
    """Approvals that can be taken back."""

    page: PageNumber = 0


class ShowHeaded(CallbackData, prefix="approvers"):
    """Who else decides at one's own school."""


class OpenApproved(CallbackData, prefix="appr"):
    """An approval, to take it back."""

    application: Id


def prompt(view: DecisionView) -> InlineKeyboardMarkup | None:
    """The decision."""
    drawn = {"application": view.id, "version": view.version}
    return keyboard(
        [
            button(labels.APPROVE, Decide(**drawn), APPROVING),
            button(labels.REJECT, Reject(**drawn), REFUSING),
        ],
        [button(labels.NOT_OURS, AskNotOurs(**drawn))] if view.school else [],
        _history(view),
        _next(view.waiting, view.id),
    )


def decided(view: DecisionView) -> InlineKeyboardMarkup | None:
    """«Отменить решение» while its time lasts, and the way on."""
    undo = Undo(application=view.id, version=view.version)
    return keyboard([button(labels.UNDO, undo)] if view.may_undo else [], _history(view), _next(view.waiting, view.id))


def taken_back(view: DecisionView) -> InlineKeyboardMarkup | None:
    """An approval out of the list of those that can be taken back; one that waits again is asked about."""
    if view.status is Status.PENDING:
        return prompt(view)
    undo = Undo(application=view.id, version=view.version)
    return keyboard(
        [button(labels.TAKE_BACK, undo, REFUSING)] if view.may_take_back else [],
        _history(view),
        [button(labels.BACK, ShowApproved())],
    )


def present(view: DecisionView) -> InlineKeyboardMarkup | None:
    """The keyboard of the application's present state."""
    return prompt(view) if view.status is Status.PENDING else decided(view)


def _history(view: DecisionView) -> Row:
    return [button(labels.HISTORY, ShowHistory(application=view.id))]


def history(application_id: int, *, provider: bool) -> InlineKeyboardMarkup | None:
    """Back to the application, as whoever looks sees it."""
    back = ShowApplicant(application=application_id) if provider else Look(application=application_id)
    return keyboard([button(labels.BACK, back)])


def _next(waiting: int, after: int) -> Row:
    return [button(f"{labels.NEXT_APPLICATION} ({waiting})", OpenNext(after=after))] if waiting else []


def reasons(view: DecisionView, known: Sequence[Reason]) -> InlineKeyboardMarkup | None:
    """Ready reasons, one's own words, none, or back."""
    drawn = {"application": view.id, "version": view.version}
    ready: list[Row] = [[button(reason.text, RejectBecause(**drawn, reason=reason.id))] for reason in known]
    return keyboard(
        *ready,
        [
            button(labels.OWN_REASON, RejectInOwnWords(**drawn)),
            button(labels.NO_REASON, RejectBecause(**drawn, reason=-1)),
        ],
        [button(labels.BACK, Look(application=view.id))],
    )


def own_reason(view: DecisionView) -> InlineKeyboardMarkup | None:
    """Back, without a word."""
    return keyboard([button(labels.BACK, Look(application=view.id))])


def confirm_not_ours(view: DecisionView) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    drawn = {"application": view.id, "version": view.version}
    return keyboard(
        [button(labels.NOT_OURS_YES, NotOurs(**drawn), REFUSING)],
        [button(labels.BACK, Look(application=view.id))],
    )


def not_ours_done(report: NotOursReport) -> InlineKeyboardMarkup | None:
    """On to what still waits."""
    return keyboard(_next(report.waiting, 0))


def queue(view: Queue) -> InlineKeyboardMarkup | None:
    """Through the queue one by one, or all at once."""
    approve_all = view.total > 1
    return keyboard(
        [button(labels.ONE_BY_ONE, OpenNext(), LEADING)] if view.total else [],
        [button(labels.APPROVE_ALL, AskApproveAll(), APPROVING)] if approve_all else [],
        [button(f"{labels.APPROVED} ({view.approved})", ShowApproved())] if view.approved else [],
        [button(labels.OVERVIEW, ShowOverview(place=RolePlace.SCHOOL))] if view.is_approver else [],
        [button(labels.APPROVERS, ShowHeaded())] if view.is_head else [],
    )


def confirm_all(view: Queue) -> InlineKeyboardMarkup | None:
    """The second tap, or back to the queue."""
    return keyboard(
        [button(labels.APPROVE_ALL, ApproveAll(up_to=view.up_to, since=view.counted_at), APPROVING)],
        [button(labels.BACK, ShowQueue())],
    )


def bulk(report: BulkReport) -> InlineKeyboardMarkup | None:
    """Back to what is left."""
    return keyboard([button(labels.TO_QUEUE, ShowQueue())] if report.left else [])


def approved(page: Page[WaitingLine]) -> InlineKeyboardMarkup | None:
    """A button an approval."""
    rows: list[Row] = [
        [button(clipped(f"{line.teacher} · {line.code}", BUTTON_TITLE), OpenApproved(application=line.id))]
        for line in page.lines
    ]
    return keyboard(
        *rows,
        pages(page, lambda number: ShowApproved(page=number)),
        [button(labels.TO_QUEUE, ShowQueue())],
    )
