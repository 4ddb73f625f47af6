"""A message to a group."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from keyboards.groups import ShowGroup, WriteToGroup
from keyboards.rows import APPROVING, Id, button, keyboard
from services.group_views import Audience
from texts import labels


class SendCircular(CallbackData, prefix="gsend"):
    """The second tap."""

    group: Id


def question(view: Audience) -> InlineKeyboardMarkup | None:
    """Back, without a word."""
    return keyboard([button(labels.BACK, ShowGroup(group=view.group_id))])


def confirm(view: Audience) -> InlineKeyboardMarkup | None:
    """The second tap, other words, or back."""
    return keyboard(
        [button(labels.SEND, SendCircular(group=view.group_id), APPROVING)],
        [button(labels.CHANGE, WriteToGroup(group=view.group_id))],
        [button(labels.BACK, ShowGroup(group=view.group_id))],
    )


def sent(view: Audience) -> InlineKeyboardMarkup | None:
    """Back to the group."""
    return keyboard([button(labels.TO_GROUP, ShowGroup(group=view.group_id))])
