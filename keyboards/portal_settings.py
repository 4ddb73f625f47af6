"""«Настройки портала»: one of them, its change, the ready reasons."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from domain.settings import Name, Reason
from keyboards.rows import APPROVING, REFUSING, Id, Row, button, keyboard
from keyboards.ways import ShowDesk
from services.settings import SettingsView
from texts import labels
from texts import portal_settings as texts
from texts.wording import clipped

BUTTON_TITLE = 44


class ShowSettings(CallbackData, prefix="sets"):
    """All of them."""


class ShowSetting(CallbackData, prefix="set"):
    """One of them, with its effect."""

    name: Name


class AskSetting(CallbackData, prefix="set?"):
    """Another value: the next text is it."""

    name: Name


class SaveSetting(CallbackData, prefix="set+"):
    """The second tap: what was written is in force."""

    name: Name


class ShowReason(CallbackData, prefix="rsn"):
    """One ready reason."""

    reason: Id


class RaiseReason(CallbackData, prefix="rsn^"):
    """A place earlier."""

    reason: Id


class AskRemoving(CallbackData, prefix="rsn-?"):
    """The first tap on «Убрать причину»."""

    reason: Id


class RemoveReason(CallbackData, prefix="rsn-"):
    """The second."""

    reason: Id


def all_of_them() -> InlineKeyboardMarkup | None:
    """A button a setting."""
    return keyboard(
        *([button(title, ShowSetting(name=name))] for name, title in texts.TITLES.items()),
        [button(labels.BACK, ShowDesk())],
    )


def one(name: Name, view: SettingsView) -> InlineKeyboardMarkup | None:
    """Change it, or go back; of the reasons, each."""
    back = [button(labels.TO_SETTINGS, ShowSettings())]
    if name is not Name.REASONS:
        return keyboard([button(labels.SET_OTHER, AskSetting(name=name))], back)
    each: list[Row] = [
        [button(clipped(reason.text, BUTTON_TITLE), ShowReason(reason=reason.id))]
        for reason in view.values.reasons.ready
    ]
    return keyboard(*each, [button(labels.ADD_REASON, AskSetting(name=name))], back)


def asked(name: Name) -> InlineKeyboardMarkup | None:
    """The answer is a text; or out."""
    return keyboard([button(labels.BACK, ShowSetting(name=name))])


def confirm(name: Name) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    return keyboard(
        [button(labels.SET, SaveSetting(name=name), APPROVING)], [button(labels.BACK, ShowSetting(name=name))]
    )


def reason(which: Reason, view: SettingsView) -> InlineKeyboardMarkup | None:
    """What can be done with a ready reason."""
    is_first = view.values.reasons.ready[0] == which
    return keyboard(
        [] if is_first else [button(labels.RAISE_REASON, RaiseReason(reason=which.id))],
        [button(labels.REMOVE_REASON, AskRemoving(reason=which.id))],
        [button(labels.BACK, ShowSetting(name=Name.REASONS))],
    )


def confirm_removing(which: Reason) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    return keyboard(
        [button(labels.REMOVE_REASON_YES, RemoveReason(reason=which.id), REFUSING)],
        [button(labels.BACK, ShowReason(reason=which.id))],
    )
