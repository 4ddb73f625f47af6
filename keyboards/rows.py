"""What every keyboard is built of."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from services.views import Page
from texts import labels

Id = Annotated[int, Field(ge=0, le=2**31 - 1)]
Seconds = Annotated[int, Field(ge=0, le=2**32)]
PageNumber = Annotated[int, Field(ge=0, le=100_000)]
"""Buttons can be forged: a number no column could hold never gets further than here."""

Row = list[InlineKeyboardButton]
Line = TypeVar("Line")

APPROVING = "success"
REFUSING = "danger"
LEADING = "primary"


def button(text: str, data: CallbackData, style: str | None = None) -> InlineKeyboardButton:
    """A button that carries callback data; `style` colours it."""
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)


def keyboard(*rows: Row) -> InlineKeyboardMarkup | None:
    """The rows that have buttons; None, where none has."""
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=filled) if filled else None


def pages(page: Page[Any], turn: Callable[[int], CallbackData]) -> Row:
    """«Назад» and «Дальше», where there are such pages."""
    row = []
    if page.number > 0:
        row.append(button(f"‹ {labels.BACK}", turn(page.number - 1)))
    if page.has_next:
        row.append(button(f"{labels.NEXT} ›", turn(page.number + 1)))
    return row


def page_of(lines: Sequence[Line], number: int, size: int) -> Page[Line]:
    """A page of lines that are all at hand; one past the end is the first."""
    if number * size >= len(lines):
        number = 0
    return Page(tuple(lines[number * size : (number + 1) * size]), number, size, len(lines))
