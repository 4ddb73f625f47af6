"""Workbooks that people take along: tables out as xlsx, whatever texts they hold."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias

Value: TypeAlias = str | int | float | date | datetime | None
"""A moment stands on the wall clock it carries; None is an empty cell."""

WIDTH: Final = 14
LONGEST_NAME: Final = 31
"""Letters that a sheet's name may have."""
LONGEST_CELL: Final = 32_767
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What begins with one of these is a formula to some programs."""

_DAY: Final = "dd.mm.yyyy"
_MOMENT: Final = "dd.mm.yyyy hh:mm"
_TOP: Final = {"valign": "top", "text_wrap": True}
_HEADING: Final = {"bold": True, "valign": "vcenter", "text_wrap": True, "bg_color": "#E4ECE8", "bottom": 1}
_SUM: Final = {"bold": True, "top": 1}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in letters, and whether its numbers are summed up below."""

    heading: str
    width: float = WIDTH
    is_summed: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on a sheet of its own. `total` is said before the sums."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]
    total: str = ""


async def workbook(*sheets: Sheet) -> bytes:
    """The sheets as an xlsx file, written beside the loop.

    Headings are frozen and filter; sums leave out what a filter hides. A text is a text, whatever it begins with.
    """
    return await asyncio.to_thread(_written, sheets)


def _written(sheets: Sequence[Sheet]) -> bytes:
    import xlsxwriter  # for the first workbook only

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": _DAY}) as book:
        formats = {
            "text": book.add_format(_TOP),
            "quoted": book.add_format({**_TOP, "quote_prefix": True}),
            "number": book.add_format({"valign": "top"}),
            "day": book.add_format({"valign": "top", "align": "left", "num_format": _DAY}),
            "moment": book.add_format({"valign": "top", "align": "left", "num_format": _MOMENT}),
            "heading": book.add_format(_HEADING),
            "sum": book.add_format(_SUM),
        }
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name[:LONGEST_NAME]), sheet, formats)
    return stream.getvalue()


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    last = len(sheet.columns) - 1
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for x, column in enumerate(sheet.columns):
        page.set_column(x, x, column.width)
        page.write_string(0, x, column.heading, formats["heading"])
    for y, row in enumerate(sheet.rows, 1):
        for x, value in enumerate(row):
            _write(page, y, x, value, formats)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), last)
    if sheet.rows and any(column.is_summed for column in sheet.columns):
        _write_sums(page, sheet, formats["sum"])


def _write(page: Any, y: int, x: int, value: Value, formats: dict[str, Any]) -> None:
    if isinstance(value, str):
        text = value[:LONGEST_CELL]
        page.write_string(y, x, text, formats["quoted" if text.startswith(FORMULA_SIGNS) else "text"])
    elif isinstance(value, datetime):
        page.write_datetime(y, x, value.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        page.write_datetime(y, x, value, formats["day"])
    elif value is not None:
        page.write_number(y, x, value, formats["number"])


def _write_sums(page: Any, sheet: Sheet, drawn: Any) -> None:
    """Below a free row, so that filters leave them where they are."""
    y = len(sheet.rows) + 2
    page.write_string(y, 0, sheet.total, drawn)
    for x, column in enumerate(sheet.columns):
        if column.is_summed:
            letter, known = _letters(x), [row[x] for row in sheet.rows]
            total = sum(value for value in known if isinstance(value, int | float))
            page.write_formula(y, x, f"=SUBTOTAL(109,{letter}2:{letter}{len(sheet.rows) + 1})", drawn, total)


def _letters(column: int) -> str:
    """«A», «B» … «AA»: how a column is called."""
    name = ""
    while column >= 0:
        name = chr(ord("A") + column % 26) + name
        column = column // 26 - 1
    return name
