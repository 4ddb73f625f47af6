"""How one wants to be told of things: letters, quiet hours, plain texts, reminders."""

from typing import Annotated, Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from domain.clock import Hours
from domain.person import Person
from domain.status import LetterKind
from keyboards.profile import ShowPreferences, ShowProfile
from keyboards.rows import button, keyboard
from services.views import ProfileView
from texts import labels
from texts import preferences as texts
from texts.wording import TICKED, UNTICKED

Hour = Annotated[int, Field(ge=0, le=23)]


class ShowLetters(CallbackData, prefix="prefs@"):
    """Which letters come."""


class ShowQuiet(CallbackData, prefix="prefs~"):
    """When it is quiet."""


class SwitchLetters(CallbackData, prefix="letters"):
    """A kind of letters, on or off."""

    kind: LetterKind
    on: bool


class KeepQuiet(CallbackData, prefix="quiet"):
    """Own hours; the same hour twice: never."""

    first: Hour
    last: Hour


class KeepPortalsQuiet(CallbackData, prefix="quiet0"):
    """The portal's hours."""


class ReadPlainly(CallbackData, prefix="plain"):
    """Plain texts, on or off."""

    on: bool


class PauseReminders(CallbackData, prefix="pause"):
    """Reminders paused, or not any more."""

    on: bool


CHOICES: Final[tuple[Hours, ...]] = ((20, 8), (22, 7), (23, 9), (18, 10))
NEVER: Final[Hours] = (0, 0)


def preferences(person: Person) -> InlineKeyboardMarkup | None:
    """What can be set; what is put on or off says what the tap does."""
    plain, paused = person.plain, person.reminders_paused
    return keyboard(
        [button(labels.LETTERS, ShowLetters()), button(labels.QUIET, ShowQuiet())],
        [button(labels.PLAIN_OFF if plain else labels.PLAIN_ON, ReadPlainly(on=not plain))],
        [button(labels.REMINDERS_ON if paused else labels.REMINDERS_OFF, PauseReminders(on=not paused))],
        [button(labels.TO_PROFILE, ShowProfile())],
    )


def letters(view: ProfileView) -> InlineKeyboardMarkup | None:
    """A tick for each kind that comes."""
    off = view.person.letters_off
    rows = [
        [button(f"{UNTICKED if kind in off else TICKED} {title}", SwitchLetters(kind=kind, on=kind in off))]
        for kind, title in texts.LETTERS.items()
    ]
    return keyboard(*rows, [button(labels.BACK, ShowPreferences())])


def quiet(person: Person, portal: Hours) -> InlineKeyboardMarkup | None:
    """The portal's hours, a few others, none; the present ones are ticked."""
    chosen = person.quiet
    rows = [
        [button(_ticked(texts.hours(hours), chosen == hours), KeepQuiet(first=hours[0], last=hours[1]))]
        for hours in (*CHOICES, NEVER)
    ]
    portals = button(_ticked(texts.portals_hours(portal), chosen is None), KeepPortalsQuiet())
    return keyboard([portals], *rows, [button(labels.BACK, ShowPreferences())])


def _ticked(title: str, on: bool) -> str:
    return f"{TICKED} {title}" if on else title
