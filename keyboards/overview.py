"""«Сводка»: of what, for those who may see more than one."""

from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from domain.roles import RolePlace
from keyboards.rows import Id, button, keyboard
from services.overview import Choice
from texts import overview as texts
from texts.wording import clipped

BUTTON_TITLE: Final = 44


class ShowOverview(CallbackData, prefix="sum"):
    """The summary of a school, a provider or the portal; without an id, of whichever one may see there."""

    place: RolePlace
    id: Id = 0


def choose(view: Choice) -> InlineKeyboardMarkup | None:
    """A button each."""
    return keyboard(
        *(
            [button(clipped(texts.scope_button(scope), BUTTON_TITLE), ShowOverview(place=scope.place, id=scope.id))]
            for scope in view.scopes
        )
    )
