"""What every keyboard is built of."""

from collections.abc import Callable
from typing import Any

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from services.views import Page
from texts import labels

Row = list[InlineKeyboardButton]

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
