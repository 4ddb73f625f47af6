"""The profile, and the choice of a school."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from domain.person import Person
from keyboards.rows import LEADING, Id, button, keyboard
from services.views import SchoolLine
from texts import labels
from texts.registration import school_button


class NameSchool(CallbackData, prefix="school?"):
    """Start naming one's school."""


class ChooseSchool(CallbackData, prefix="school"):
    """A school out of those offered."""

    school: Id


def profile(person: Person) -> InlineKeyboardMarkup | None:
    """A school can be named where there is none."""
    if person.school_id is not None:
        return None
    return keyboard([button(labels.NAME_SCHOOL, NameSchool(), LEADING)])


def schools(found: list[SchoolLine]) -> InlineKeyboardMarkup | None:
    """The schools that fit what was typed."""
    return keyboard(*([button(school_button(school), ChooseSchool(school=school.id))] for school in found))
