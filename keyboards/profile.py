"""The profile and the questions that change it."""

from enum import StrEnum
from typing import Annotated, Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from domain.audience import POSITIONS
from keyboards.registration import ChooseSchool, NewCode, NotWorking, OtherEmail, Position
from keyboards.rows import APPROVING, LEADING, Id, Row, button, keyboard
from services.views import ProfileView, SchoolLine, SchoolPlan
from texts import labels
from texts.registration import school_button

Count = Annotated[int, Field(ge=0, le=100_000)]


class Asked(StrEnum):
    """What can be said anew."""

    NAME = "name"
    POSITION = "pos"
    EMAIL = "email"


class ShowProfile(CallbackData, prefix="me"):
    """The profile, out of whatever question was open."""


class ShowPreferences(CallbackData, prefix="prefs"):
    """«Настройки»."""


class SayAnew(CallbackData, prefix="me?"):
    """Start to change something."""

    what: Asked


class NameSchool(CallbackData, prefix="school?"):
    """Start naming one's school."""


class ConfirmSchool(CallbackData, prefix="school!"):
    """The second tap: this school (0: none), after a plan that said all this."""

    school: Id
    leaves: Id
    waiting: Count
    approved: Count


class ProveEmail(CallbackData, prefix="me@"):
    """«Подтвердить почту»."""


class SendMyData(CallbackData, prefix="mydata"):
    """«Мои данные»."""


class AskRemoval(CallbackData, prefix="gone?"):
    """The first tap on «Удалить профиль»."""


ROWS: Final[tuple[tuple[tuple[str, CallbackData], ...], ...]] = (
    ((labels.CHANGE_MY_NAME, SayAnew(what=Asked.NAME)), (labels.CHANGE_MY_EMAIL, SayAnew(what=Asked.EMAIL))),
    ((labels.CHANGE_MY_SCHOOL, NameSchool()), (labels.CHANGE_MY_POSITION, SayAnew(what=Asked.POSITION))),
    ((labels.PREFERENCES, ShowPreferences()),),
    ((labels.MY_DATA, SendMyData()), (labels.REMOVE_PROFILE, AskRemoval())),
)
"""What stands under every profile, row by row."""


def profile(view: ProfileView) -> InlineKeyboardMarkup | None:
    """What is missing first, then what can be changed."""
    person = view.person
    unproved = view.can_prove and person.email is not None and not person.email_proved
    return keyboard(
        [button(labels.NAME_SCHOOL, NameSchool(), LEADING)] if person.school_id is None else [],
        [button(labels.PROVE_EMAIL, ProveEmail(), LEADING)] if unproved else [],
        *([button(label, leads_to) for label, leads_to in row if _fits(label, view)] for row in ROWS),
    )


def _fits(label: str, view: ProfileView) -> bool:
    """One has to have a school to change it."""
    return label != labels.CHANGE_MY_SCHOOL or view.person.school_id is not None


def back() -> InlineKeyboardMarkup | None:
    """Out of a question."""
    return keyboard(_BACK)


def to_profile() -> InlineKeyboardMarkup | None:
    """On from what was done."""
    return keyboard([button(labels.TO_PROFILE, ShowProfile())])


def name_school() -> InlineKeyboardMarkup | None:
    """For those who have no school any more."""
    return keyboard([button(labels.NAME_SCHOOL, NameSchool(), LEADING)])


def positions() -> InlineKeyboardMarkup | None:
    """The usual positions."""
    buttons = [button(title, Position(number=number)) for number, title in enumerate(POSITIONS)]
    return keyboard(*(buttons[start : start + 2] for start in range(0, len(buttons), 2)), _BACK)


def code() -> InlineKeyboardMarkup | None:
    """For those who have no letter."""
    return keyboard([button(labels.NEW_CODE, NewCode())], [button(labels.OTHER_EMAIL, OtherEmail())], _BACK)


def school() -> InlineKeyboardMarkup | None:
    """Another school, or none."""
    return keyboard([button(labels.NOT_WORKING, NotWorking())], _BACK)


def schools(found: list[SchoolLine]) -> InlineKeyboardMarkup | None:
    """The schools that fit what was typed."""
    return keyboard(*([button(school_button(line), ChooseSchool(school=line.id))] for line in found), _BACK)


def plan(view: SchoolPlan) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    confirm = ConfirmSchool(
        school=view.school_id or 0, leaves=view.leaves_id or 0, waiting=view.waiting, approved=view.approved
    )
    label = labels.CHANGE_SCHOOL_YES if view.school_id else labels.LEAVE_SCHOOL_YES
    return keyboard([button(label, confirm, APPROVING)], _BACK)


_BACK: Final[Row] = [button(labels.BACK, ShowProfile())]
