"""One's own data: to have them, to have them gone."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from keyboards.profile import ShowProfile
from keyboards.rows import REFUSING, button, keyboard
from services.privacy import Removal
from texts import labels


class ReadMyConsent(CallbackData, prefix="agreed"):
    """«Моё согласие»."""


class RemoveProfile(CallbackData, prefix="gone"):
    """The second tap."""


def my_data() -> InlineKeyboardMarkup | None:
    """Under the files."""
    return keyboard([button(labels.MY_CONSENT, ReadMyConsent())])


def confirm_removal(removal: Removal) -> InlineKeyboardMarkup | None:
    """Remove it or keep it."""
    return keyboard(
        [button(labels.REMOVE_YES, RemoveProfile(), REFUSING)] if removal.is_possible else [],
        [button(labels.REMOVE_NO if removal.is_possible else labels.BACK, ShowProfile())],
    )
