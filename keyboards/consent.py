"""Agreeing to a new text of the consent."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from keyboards.rows import APPROVING, button, keyboard
from texts import labels


class Agree(CallbackData, prefix="agree"):
    """«Согласен(на)», with the version that was read."""

    version: str


def agree(version: str) -> InlineKeyboardMarkup | None:
    """The consent."""
    return keyboard([button(labels.CONSENT, Agree(version=version), APPROVING)])
