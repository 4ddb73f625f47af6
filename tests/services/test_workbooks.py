"""Workbooks that people take along: what is written is read again, and no text becomes a formula."""

import io
import re
import zipfile
from datetime import date, datetime

import pytest
from python_calamine import CalamineWorkbook

from services.workbooks import LONGEST_CELL, Column, Sheet, workbook

COLUMNS = (Column("Кто", 30), Column("Часы", is_summed=True), Column("Когда"))


def read(content, name):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def part(content, name="xl/worksheets/sheet1.xml"):
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


async def test_rows_come_back_as_they_were_with_a_sum_below():
    rows = [("Анна", 36, date(2027, 2, 1)), ("Ольга", 72, None), ("Мария", None, datetime(2027, 2, 1, 9, 30))]
    content = await workbook(Sheet("Часы", COLUMNS, rows, total="Итого"), Sheet("Пусто", COLUMNS, []))
    found = read(content, "Часы")
    assert found[0] == ["Кто", "Часы", "Когда"]
    assert found[1] == ["Анна", 36, date(2027, 2, 1)]
    assert found[3][2] == datetime(2027, 2, 1, 9, 30)
    assert found[5][:2] == ["Итого", 108]
    assert read(content, "Пусто") == [["Кто", "Часы", "Когда"]]


async def test_headings_stay_in_sight_and_filter():
    content = await workbook(Sheet("Часы", COLUMNS, [("Анна", 1, date(2027, 2, 1))]))
    sheet = part(content)
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:C2"' in sheet
    assert 'formatCode="dd.mm.yyyy"' in part(content, "xl/styles.xml")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "=HYPERLINK("])
async def test_a_text_that_begins_as_a_formula_stays_a_text(sign):
    hostile = f'{sign}cmd|"/c calc"!A1'
    content = await workbook(Sheet("Лист", (Column(hostile),), [(hostile,)]))
    assert "<f>" not in part(content)
    assert [row[0].strip() for row in read(content, "Лист")] == [hostile.strip()] * 2
    assert re.search(r'quotePrefix="1"', part(content, "xl/styles.xml"))


async def test_more_text_than_a_cell_holds_is_cut():
    content = await workbook(Sheet("Лист", (Column("Текст"),), [("ж" * 40_000,)]))
    assert len(read(content, "Лист")[1][0]) == LONGEST_CELL
