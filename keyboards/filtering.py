"""«Фильтры»: the kinds, and the choices of each."""

from typing import Annotated, Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from domain.filtering import Kind
from keyboards.catalogue import ShowPage
from keyboards.rows import LEADING, Id, PageNumber, button, keyboard, pages
from keyboards.ways import ClearFilters, ShowFilters
from services.catalogue import OPEN_NOW
from services.filtering import Choices, FiltersView
from texts import filtering as texts
from texts import labels
from texts.wording import TICKED, UNTICKED, clipped

BUTTON_TITLE: Final = 44
HALF_TITLE: Final = 30
Key = Annotated[str, Field(pattern=r"^[0-9a-z-]{0,16}$")]


class ShowChoices(CallbackData, prefix="flt?"):
    """What can be chosen of a kind."""

    kind: Kind
    search: Id
    page: PageNumber = 0


class Choose(CallbackData, prefix="flt!"):
    """A choice by its key; none: whatever it is."""

    kind: Kind
    search: Id
    key: Key = ""


_PAIRS: Final = (
    (Kind.FUNDING, Kind.FORM),
    (Kind.HOURS, Kind.MONTH),
    (Kind.DIRECTION, Kind.CATEGORY),
    (Kind.PROVIDER, Kind.SORT),
)


def filters(view: FiltersView) -> InlineKeyboardMarkup | None:
    """A button a kind, two in a row; back to the list, which stays what it was."""
    rows = [[_kind(view, kind) for kind in pair] for pair in _PAIRS]
    return keyboard(
        *rows,
        [] if view.search_id == OPEN_NOW else [_open(view)],
        [button(f"{labels.SHOW}: {texts.how_many(view.count)}", ShowPage(search=view.search_id), LEADING)],
        [button(labels.CLEAR_FILTERS, ClearFilters(search=view.search_id))] if view.chosen.is_any else [],
    )


def _kind(view: FiltersView, kind: Kind) -> InlineKeyboardButton:
    chosen = texts.said(view.chosen, kind)
    label = f"{TICKED} {chosen[:1].upper()}{chosen[1:]}" if chosen else texts.KINDS[kind]
    return button(clipped(label, HALF_TITLE), ShowChoices(kind=kind, search=view.search_id))


def _open(view: FiltersView) -> InlineKeyboardButton:
    is_on = view.chosen.open_only
    label = f"{TICKED if is_on else UNTICKED} {labels.OPEN_ONLY}"
    return button(label, Choose(kind=Kind.OPEN, search=view.search_id, key="" if is_on else "1"))


def choices(view: Choices) -> InlineKeyboardMarkup | None:
    """A button a choice; what is chosen now is ticked."""
    search, kind = view.search_id, view.kind
    rows = (
        [
            button(
                clipped(f"{TICKED} {label}" if line.chosen else label, BUTTON_TITLE),
                Choose(kind=kind, search=search, key=line.key),
            )
        ]
        for line, label in ((line, texts.choice(view, line)) for line in view.page.lines)
    )
    anything = [] if kind is Kind.SORT else [button(texts.anything(kind), Choose(kind=kind, search=search))]
    return keyboard(
        *rows,
        pages(view.page, lambda number: ShowChoices(kind=kind, search=search, page=number)),
        anything,
        [button(labels.TO_FILTERS, ShowFilters(search=search))],
    )
