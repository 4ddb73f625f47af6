"""Named errors become sentences; what carries a view also shows the present state on the tapped message."""

from collections.abc import Callable
from typing import Any, Final

import structlog
from aiogram import Router
from aiogram.exceptions import TelegramForbiddenError
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import CallbackQuery, ErrorEvent, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from domain.errors import (
    AlreadyDecided,
    CannotApply,
    CannotNudge,
    CannotWithdraw,
    DomainError,
    InvitationSettled,
    MovedOn,
    NewerApplication,
    SchoolPlanChanged,
    TakenByOther,
    TeacherLeft,
    TicketMoved,
    UndoTooLate,
    WithView,
)
from handlers import support
from handlers.replies import answer, redraw, reply
from keyboards import applications as application_keyboards
from keyboards import approvals as approval_keyboards
from keyboards import catalogue as catalogue_keyboards
from keyboards import enrolment as enrolment_keyboards
from keyboards import management as management_keyboards
from keyboards import profile as profile_keyboards
from services.intake import AlreadyHandled
from services.portal import Services
from texts import applications, approvals, catalogue, enrolment, errors, management, profile

router = Router(name="errors")
log = structlog.get_logger()

Drawn = tuple[Text, InlineKeyboardMarkup | None]


def _decision(view: Any, _: Services) -> Drawn:
    return approvals.present(view), approval_keyboards.present(view)


def _card(view: Any, _: Services) -> Drawn:
    return catalogue.card(view), catalogue_keyboards.card(view, catalogue_keyboards.ShowPage())


def _own(view: Any, services: Services) -> Drawn:
    return applications.one(view, services.calendar.zone), application_keyboards.one(view)


def _applicant(view: Any, services: Services) -> Drawn:
    return enrolment.applicant(view, services.calendar.zone), enrolment_keyboards.applicant(view)


def _school_plan(view: Any, _: Services) -> Drawn:
    return profile.plan(view), profile_keyboards.plan(view)


def _invitation(view: Any, services: Services) -> Drawn:
    return management.invitation(view, services.calendar.zone), management_keyboards.invitation(
        view, view.school_id or 0
    )


def _ticket(view: Any, services: Services) -> Drawn:
    return support.drawn(view, services)


_PRESENT: Final[dict[type[WithView], Callable[[Any, Services], Drawn]]] = {
    AlreadyDecided: _decision,
    UndoTooLate: _decision,
    NewerApplication: _decision,
    TeacherLeft: _decision,
    CannotApply: _card,
    CannotWithdraw: _own,
    CannotNudge: _own,
    MovedOn: _applicant,
    SchoolPlanChanged: _school_plan,
    InvitationSettled: _invitation,
    TakenByOther: _ticket,
    TicketMoved: _ticket,
}


@router.error(ExceptionTypeFilter(AlreadyHandled, TelegramForbiddenError))
async def nothing_to_say(_: ErrorEvent) -> None:
    """A replayed update has had its effect; who blocked the bot hears nothing."""


@router.error(ExceptionTypeFilter(WithView))
async def show_present(event: ErrorEvent, services: Services) -> None:
    """The state has moved on: say so and show it."""
    refusal = event.exception
    assert isinstance(refusal, WithView)
    text, keyboard = _PRESENT[type(refusal)](refusal.view, services)
    said = errors.said(refusal)
    if event.update.callback_query is not None:
        await redraw(event.update.callback_query, text, keyboard, said)
    elif event.update.message is not None:
        await reply(event.update.message, said)
        await reply(event.update.message, text, keyboard)


@router.error(ExceptionTypeFilter(DomainError))
async def say(event: ErrorEvent) -> None:
    """A refusal in a sentence: an alert for a tap, a message for a text."""
    assert isinstance(event.exception, DomainError)
    await _tell(event, errors.said(event.exception))


@router.error()
async def unexpected(event: ErrorEvent) -> None:
    """A fault of ours: nothing of it in the chat, its kind in the log."""
    log.error("handler_failed", fault=type(event.exception).__name__, exc_info=event.exception)
    await _tell(event, errors.UNEXPECTED)


async def _tell(event: ErrorEvent, said: str) -> None:
    source: CallbackQuery | Message | None = event.update.callback_query or event.update.message
    if isinstance(source, CallbackQuery):
        await answer(source, said, alert=True)
    elif source is not None:
        await reply(source, said)
