"""How one wants to be told of things: letters, quiet hours, plain texts, reminders."""

from typing import Annotated, Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field

from domain.clock import Hours
from domain.person import Person
from domain.status import LetterKind
from keyboards.profile import ShowPreferences, ShowProfile
from keyboards.rows import PageNumber, button, keyboard, pages
from services.views import NewsChoice, ProfileView
from texts import labels
from texts import preferences as texts
from texts.wording import TICKED, UNTICKED, clipped

Hour = Annotated[int, Field(ge=0, le=23)]
DirectionKey = Annotated[str, Field(pattern=r"^[0-9a-f]{0,12}$")]
BUTTON_TITLE: Final = 40


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


class ShowNews(CallbackData, prefix="news"):
    """New courses once a week: a page of what may be chosen."""

    page: PageNumber = 0


class WantNews(CallbackData, prefix="news+"):
    """New courses of a direction; without one, for one's position."""

    direction: DirectionKey = ""
    page: PageNumber = 0


class StopNews(CallbackData, prefix="news-"):
    """No new courses any more, said on the preferences or on the message that brought them."""

    pushed: bool = False


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
        [button(labels.NEWS, ShowNews())],
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


def news(view: NewsChoice) -> InlineKeyboardMarkup | None:
    """For one's position or of a direction; what comes now is ticked."""
    person, page = view.person, view.page
    rows = [
        [
            button(
                _ticked(clipped(line.name, BUTTON_TITLE), person.news_direction == line.name),
                WantNews(direction=line.key, page=page.number),
            )
        ]
        for line in page.lines
    ]
    by_position = person.news and person.news_direction is None
    return keyboard(
        [button(_ticked(labels.NEWS_BY_POSITION, by_position), WantNews(page=page.number))],
        *rows,
        pages(page, lambda number: ShowNews(page=number)),
        [button(labels.NO_NEWS, StopNews())] if person.news else [],
        [button(labels.BACK, ShowPreferences())],
    )


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
