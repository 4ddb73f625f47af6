"""Registration's buttons."""

from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from domain.audience import POSITIONS
from keyboards.recovery import Known
from keyboards.rows import APPROVING, LEADING, Id, button, keyboard
from services.views import SchoolLine
from texts import labels
from texts.registration import school_button


class Consent(CallbackData, prefix="consent"):
    """«Согласен(на)»."""


class ReadConsent(CallbackData, prefix="consent?"):
    """«Подробнее»."""


class ChooseSchool(CallbackData, prefix="school"):
    """A school out of those offered."""

    school: Id


class NotWorking(CallbackData, prefix="nowork"):
    """«Временно не работаю»."""


class Position(CallbackData, prefix="pos"):
    """A position by its place in the list."""

    number: Annotated[int, Field(ge=0, lt=len(POSITIONS))]


class ChooseEmail(CallbackData, prefix="mail"):
    """The address as it was typed, or the one that was probably meant."""

    corrected: bool


class NewCode(CallbackData, prefix="code+"):
    """«Отправить новый код»."""


class OtherEmail(CallbackData, prefix="mail?"):
    """«Указать другой адрес»."""


class Confirm(CallbackData, prefix="reg"):
    """«Всё верно»."""


class Change(CallbackData, prefix="reg?"):
    """«Изменить», and which question."""

    question: Literal["", "name", "email", "school", "position", "summary"] = ""


def consent(*, explained: bool = False) -> InlineKeyboardMarkup | None:
    """The consent, and its text."""
    return keyboard(
        [button(labels.CONSENT, Consent(), APPROVING)],
        [] if explained else [button(labels.MORE, ReadConsent())],
        [button(labels.KNOWN, Known())],
    )


def email() -> InlineKeyboardMarkup | None:
    """Another way in, for those whose address has its profile."""
    return keyboard([button(labels.KNOWN, Known())])


def corrected(typed: str, meant: str) -> InlineKeyboardMarkup | None:
    """Which of the two addresses."""
    return keyboard(
        [button(meant, ChooseEmail(corrected=True), LEADING)], [button(typed, ChooseEmail(corrected=False))]
    )


def code() -> InlineKeyboardMarkup | None:
    """For those who have no letter."""
    return keyboard([button(labels.NEW_CODE, NewCode())], [button(labels.OTHER_EMAIL, OtherEmail())])


def school() -> InlineKeyboardMarkup | None:
    """Without a school."""
    return keyboard([button(labels.NOT_WORKING, NotWorking())])


def schools(found: list[SchoolLine]) -> InlineKeyboardMarkup | None:
    """The schools that fit, or none."""
    return keyboard(
        *([button(school_button(school), ChooseSchool(school=school.id))] for school in found),
        [button(labels.NOT_WORKING, NotWorking())],
    )


def positions() -> InlineKeyboardMarkup | None:
    """The usual positions."""
    buttons = [button(title, Position(number=number)) for number, title in enumerate(POSITIONS)]
    return keyboard(*(buttons[start : start + 2] for start in range(0, len(buttons), 2)))


def summary() -> InlineKeyboardMarkup | None:
    """Keep it or change it."""
    return keyboard([button(labels.ALL_RIGHT, Confirm(), APPROVING)], [button(labels.CHANGE, Change())])


def change() -> InlineKeyboardMarkup | None:
    """Which question to answer again."""
    return keyboard(
        [
            button(labels.CHANGE_NAME, Change(question="name"), LEADING),
            button(labels.CHANGE_EMAIL, Change(question="email"), LEADING),
        ],
        [
            button(labels.CHANGE_SCHOOL, Change(question="school"), LEADING),
            button(labels.CHANGE_POSITION, Change(question="position"), LEADING),
        ],
        [button(labels.BACK, Change(question="summary"))],
    )
