"""Spreadsheets that people take along, made in a thread; no program evaluates what somebody has written into a cell."""

import asyncio
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from xlsxwriter import Workbook

Value: TypeAlias = str | int | date | None

FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet program may take for a formula, once it is typed or goes through a csv."""
MOST_ROWS: Final = 1_000_000
"""A sheet has little more."""
LONGEST: Final = 16_000
"""Code points of a cell: a spreadsheet program holds 32,767 UTF-16 units."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its name, headings, widths of the columns in characters, and rows."""

    name: str
    headings: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Value]]


async def workbook(*sheets: Sheet) -> bytes:
    """An xlsx file of these tables."""
    return await asyncio.to_thread(_written, sheets)


def _written(sheets: Sequence[Sheet]) -> bytes:
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True, "constant_memory": len(sheets) == 1}) as book:
        styles = {
            "heading": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "quoted": book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True}),
            "day": book.add_format({"num_format": "dd.mm.yyyy", "valign": "top", "align": "left"}),
            "moment": book.add_format({"num_format": "dd.mm.yyyy hh:mm", "valign": "top", "align": "left"}),
        }
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, styles)
    return stream.getvalue()


def _fill(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, heading, styles["heading"])
    for number, row in enumerate(sheet.rows, 1):
        if number > MOST_ROWS:
            break
        for column, value in enumerate(row):
            _put(page, number, column, value, styles)


def _put(page: Any, row: int, column: int, value: Value, styles: dict[str, Any]) -> None:
    """A text is typed as one, whatever it says; one that looks like a formula is marked as text for good."""
    if isinstance(value, str):
        style = styles["quoted" if value.startswith(FORMULAS) else "text"]
        page.write_string(row, column, value[:LONGEST], style)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, value.replace(tzinfo=None), styles["moment"])
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), styles["day"])  # noqa: DTZ001
    elif value is not None:
        page.write_number(row, column, value, styles["text"])
