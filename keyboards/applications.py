"""A teacher's own applications."""

from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from domain.status import Status
from keyboards.rows import REFUSING, Id, PageNumber, Row, button, keyboard, pages
from services.views import ApplicationView, MyApplication, Page
from texts import labels
from texts.wording import MARKS, clipped

BUTTON_TITLE: Final = 44


class ShowApplications(CallbackData, prefix="mine"):
    """A page of the active applications, or of the archive."""

    archive: bool = False
    page: PageNumber = 0


class ShowApplication(CallbackData, prefix="my"):
    """One's own application."""

    application: Id


class ShowHistory(CallbackData, prefix="hist"):
    """An application's timeline, as its approver or (`provider`) the course's provider opens it."""

    application: Id
    provider: bool = False


class AskWithdrawal(CallbackData, prefix="wd"):
    """The first tap on «Отозвать заявку»."""

    application: Id
    version: Id


class Withdraw(CallbackData, prefix="wd2"):
    """The second."""

    application: Id
    version: Id


class AskSupport(CallbackData, prefix="help"):
    """«Обратиться в поддержку» about an application."""

    application: Id


class Nudge(CallbackData, prefix="nudge"):
    """«Напомнить руководителю»."""

    application: Id


class CourseOf(CallbackData, prefix="cof"):
    """The card of an application's course."""

    course: Id


def _lines(page: Page[MyApplication]) -> list[Row]:
    return [
        [
            button(
                clipped(f"{MARKS[line.status]} {line.code} · {line.title}", BUTTON_TITLE),
                ShowApplication(application=line.id),
            )
        ]
        for line in page.lines
    ]


def mine(page: Page[MyApplication]) -> InlineKeyboardMarkup | None:
    """A button an application, and the archive."""
    return keyboard(
        *_lines(page),
        pages(page, lambda number: ShowApplications(page=number)),
        [button(labels.ARCHIVE, ShowApplications(archive=True))],
    )


def archive(page: Page[MyApplication]) -> InlineKeyboardMarkup | None:
    """A button an application, and the way back to the active ones."""
    return keyboard(
        *_lines(page),
        pages(page, lambda number: ShowApplications(archive=True, page=number)),
        [button(labels.TO_APPLICATIONS, ShowApplications())],
    )


def one(view: ApplicationView) -> InlineKeyboardMarkup | None:
    """What its teacher can do with an application."""
    withdraw = AskWithdrawal(application=view.id, version=view.version)
    enrolled = view.status is Status.ENROLLED
    return keyboard(
        [button(labels.NUDGE, Nudge(application=view.id))] if view.may_nudge else [],
        [button(labels.WITHDRAW, withdraw, REFUSING)] if view.may_withdraw else [],
        [button(labels.ASK_SUPPORT, AskSupport(application=view.id))] if enrolled else [],
        [button(labels.TO_COURSE, CourseOf(course=view.course_id))],
        [button(labels.TO_APPLICATIONS, ShowApplications())],
    )


def confirm_withdrawal(view: ApplicationView) -> InlineKeyboardMarkup | None:
    """The second tap, or leave it."""
    withdraw = Withdraw(application=view.id, version=view.version)
    leave = ShowApplication(application=view.id)
    return keyboard([button(labels.WITHDRAW_YES, withdraw, REFUSING), button(labels.WITHDRAW_NO, leave)])


def withdrawn(view: ApplicationView) -> InlineKeyboardMarkup | None:
    """On from a withdrawn application."""
    return keyboard(
        [button(labels.TO_COURSE, CourseOf(course=view.course_id))],
        [button(labels.TO_APPLICATIONS, ShowApplications())],
    )


def pushed(application_id: int) -> InlineKeyboardMarkup | None:
    """From a push to its application."""
    return keyboard([button(labels.OPEN_APPLICATION, ShowApplication(application=application_id))])
