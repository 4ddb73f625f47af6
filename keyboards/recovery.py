"""Buttons of a profile that moves."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from keyboards.rows import APPROVING, REFUSING, Id, Row, button, keyboard
from texts import labels


class Known(CallbackData, prefix="known"):
    """«Я уже зарегистрирован(а)»."""


class NoMailbox(CallbackData, prefix="nomail"):
    """«Нет доступа к почте»."""


class LeaveRecovery(CallbackData, prefix="known-"):
    """«Назад» to the registration."""


class NewRecoveryCode(CallbackData, prefix="rcode"):
    """«Отправить новый код»."""


class ItWasMe(CallbackData, prefix="itsme"):
    """«Это я», said of one move."""

    recovery: Id


class ItWasNotMe(CallbackData, prefix="notme"):
    """«Это не я»."""

    recovery: Id


_WAYS_OUT: list[Row] = [
    [button(labels.NO_MAILBOX, NoMailbox())],
    [button(labels.BACK, LeaveRecovery())],
]


def email() -> InlineKeyboardMarkup | None:
    """Without the mailbox, or back."""
    return keyboard(*_WAYS_OUT)


def code() -> InlineKeyboardMarkup | None:
    """For those who have no letter."""
    return keyboard([button(labels.NEW_CODE, NewRecoveryCode())], [button(labels.OTHER_EMAIL, Known())], *_WAYS_OUT)


def claim() -> InlineKeyboardMarkup | None:
    """Back to the address."""
    return keyboard([button(labels.BACK, Known())])


def moved_away(recovery_id: int) -> InlineKeyboardMarkup | None:
    """The old chat's word."""
    return keyboard(
        [
            button(labels.IT_WAS_ME, ItWasMe(recovery=recovery_id), APPROVING),
            button(labels.IT_WAS_NOT_ME, ItWasNotMe(recovery=recovery_id), REFUSING),
        ]
    )
