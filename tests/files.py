"""Builders of the files that people import: one table, written in each of the formats."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final, TypeAlias

import xlsxwriter
import xlwt
from odfdo import Cell, Document, Row, Table

Value: TypeAlias = str | int | float | bool | date | None
Rows: TypeAlias = Sequence[Sequence[Value]]


def xlsx(*sheets: Rows) -> bytes:
    """A workbook with a sheet for each table; dates are dates."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        day = workbook.add_format({"num_format": "dd.mm.yyyy"})
        for rows in sheets:
            sheet = workbook.add_worksheet()
            for y, row in enumerate(rows):
                for x, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(y, x, value, day)
                    elif isinstance(value, str):
                        sheet.write_string(y, x, value)
                    elif value is not None:
                        sheet.write(y, x, value)
    return stream.getvalue()


def xls(*sheets: Rows) -> bytes:
    """The same of Excel 97."""
    workbook = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for number, rows in enumerate(sheets, 1):
        sheet = workbook.add_sheet(f"Лист{number}")
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write(y, x, value, day)
                elif value is not None:
                    sheet.write(y, x, value)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def ods(*sheets: Rows) -> bytes:
    """The same of LibreOffice."""
    document = Document("spreadsheet")
    document.body.clear()
    for number, rows in enumerate(sheets, 1):
        table = Table(f"Лист{number}")
        for values in rows:
            row = Row()
            for value in values:
                row.append_cell(Cell(value))
            table.append_row(row)
        document.body.append(table)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def written(value: Value) -> str:
    """A value as a spreadsheet program writes it into a text file."""
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return "" if value is None else str(value)


def csv_file(rows: Rows, separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """A text file; what the encoding lacks is an error."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows([written(value) for value in row] for row in rows)
    return stream.getvalue().encode(encoding)


FORMATS: Final[dict[str, Callable[[Rows], bytes]]] = {
    "xlsx": xlsx,
    "xls": xls,
    "ods": ods,
    "csv, semicolons, UTF-8 with BOM": csv_file,
    "csv, semicolons, UTF-8": lambda rows: csv_file(rows, encoding="utf-8"),
    "csv, semicolons, Windows-1251": lambda rows: csv_file(rows, encoding="cp1251"),
    "csv, commas, UTF-8 with BOM": lambda rows: csv_file(rows, ","),
    "csv, commas, UTF-8": lambda rows: csv_file(rows, ",", "utf-8"),
    "csv, commas, Windows-1251": lambda rows: csv_file(rows, ",", "cp1251"),
}
"""Every way of writing one table."""
