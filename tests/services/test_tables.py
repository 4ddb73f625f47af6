"""Files of unknown origin: what is in them is read, and hostile ones are refused by name."""

import io
import zipfile
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalogue import MAX_FILE_BYTES, Unreadable, UnreadableFile
from services.spreadsheets import MAX_ROWS
from services.tables import read_tables
from tests.files import FORMATS, Rows, csv_file, ods, xls, xlsx

ROWS: Rows = [
    ["Каталог, 2027 год"],
    [],
    [None, "Шифр", "Часы; всего", None, "Начало"],
    [None, "ГМЦ-1", 36, None, date(2027, 1, 15)],
    [None, "ГМЦ-2", 7.5],
]


def tables_of(content: bytes, name: str = "courses") -> list[list[tuple[int, list[Any]]]]:
    return [[(number, cells) for number, cells in table] for table in read_tables(name, content)]


def refusal(content: bytes) -> Unreadable:
    with pytest.raises(UnreadableFile) as refused:
        tables_of(content, "courses.xlsx")
    assert refused.value.name == "courses.xlsx"
    return refused.value.reason


@pytest.mark.parametrize("build", [xlsx, xls, ods])
def test_rows_keep_the_numbers_that_people_see(build: Any) -> None:
    (rows,) = tables_of(build(ROWS))
    assert [number for number, _ in rows] == [1, 3, 4, 5]
    assert rows[2][1][:4] == [None, "ГМЦ-1", 36, None]
    assert rows[2][1][4].startswith("2027-01-15")
    assert rows[3][1] == [None, "ГМЦ-2", 7.5]


@pytest.mark.parametrize("name", [name for name in FORMATS if name.startswith("csv")])
def test_a_text_is_split_by_either_separator_in_either_encoding(name: str) -> None:
    expected = (4, [None, "ГМЦ-1", "36", None, "15.01.2027"])
    assert expected in [row for table in tables_of(FORMATS[name](ROWS)) for row in table]


def test_a_cell_of_several_lines_is_one_row() -> None:
    rows = tables_of(csv_file([["а", "б\nв\r\nг"], [], ["д"]]))[0]
    assert [number for number, _ in rows] == [1, 3]


@pytest.mark.parametrize("build", [xlsx, xls, ods])
def test_every_sheet_with_rows_is_offered_in_order(build: Any) -> None:
    content = build([["а"]], [], [["б"], ["в"]])
    assert [len(table) for table in tables_of(content)] == [1, 2]
    assert [next(iter(table)) for table in read_tables("a", content)] == [(1, ["а"]), (1, ["б"])]


def test_one_long_text_in_every_cell_is_refused() -> None:
    content = xlsx([["ё" * 30_000] * 10] * 400)
    assert len(content) < 1024 * 1024
    assert refusal(content) is Unreadable.TOO_LARGE


def test_the_name_of_a_file_does_not_decide() -> None:
    assert tables_of(xlsx([["Шифр"]]), "courses.csv") == [[(1, ["Шифр"])]]
    assert tables_of(csv_file([["Шифр"]]), "courses.xls")[0] == [(1, ["Шифр"])]


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n\0\xff",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        "<html><table><tr><td>Шифр</td></tr></table></html>".encode(),
        "Шифр;Название".encode("utf-16"),
    ],
)
def test_a_file_of_another_kind_is_refused(content: bytes) -> None:
    assert refusal(content) is Unreadable.UNKNOWN_KIND


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("content", [zipped({"letter.txt": b"hello"}), zipped({"xl/workbook.xml": b"<a"})])
def test_another_zip_is_refused(content: bytes) -> None:
    assert refusal(content) is Unreadable.DAMAGED


@pytest.mark.parametrize("build", [xlsx, xls, ods])
def test_half_a_file_is_refused(build: Any) -> None:
    whole = build(ROWS)
    assert refusal(whole[: len(whole) // 2]) is Unreadable.DAMAGED


def test_an_unclosed_quote_over_a_long_file_is_refused() -> None:
    assert refusal(b'"' + b"x" * 200_000) is Unreadable.DAMAGED


def test_a_huge_file_is_refused_unread() -> None:
    assert refusal(b"\xff" * (MAX_FILE_BYTES + 1)) is Unreadable.TOO_LARGE


def test_too_many_rows_are_refused() -> None:
    assert refusal("а\n".encode() * (MAX_ROWS + 1)) is Unreadable.TOO_LARGE


def test_blank_lines_do_not_count_as_rows() -> None:
    assert tables_of(b"\n" * (MAX_ROWS + 1) + b"x") == [[(MAX_ROWS + 2, ["x"])]] * 2


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b" " * (513 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    assert refusal(bomb) is Unreadable.TOO_LARGE


def test_two_cells_at_the_ends_of_a_sheet_do_not_end_the_bot() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "Шифр")
        sheet.write(1_048_575, 16_383, "x")
    assert refusal(stream.getvalue()) is Unreadable.TOO_LARGE


def test_repeated_cells_of_an_ods_do_not_end_the_bot() -> None:
    with zipfile.ZipFile(io.BytesIO(ods([["ГМЦ"]]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    repeated = b'<table:table-row table:number-rows-repeated="1000000">'
    cell = b'<table:table-cell table:number-columns-repeated="16000" '
    content = members["content.xml"].replace(b"<table:table-row>", repeated).replace(b"<table:table-cell ", cell)
    assert content != members["content.xml"]
    assert refusal(zipped({**members, "content.xml": content})) in {Unreadable.DAMAGED, Unreadable.TOO_LARGE}


def test_an_entity_that_grows_is_not_expanded() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx([["ГМЦ", "&"]]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + depth, b"&%c;" % (97 + depth) * 10) for depth in range(12)
    )
    head, body = members["xl/sharedStrings.xml"].split(b"?>\n", 1)
    members["xl/sharedStrings.xml"] = head + b"?>\n" + laughs + b"]>" + body.replace(b"&amp;", b"&m;")
    try:
        (rows,) = tables_of(zipped(members))
    except UnreadableFile:
        return
    assert all(len(str(value)) < 100 for _, cells in rows for value in cells)


def test_a_workbook_saved_with_a_password_is_called_protected() -> None:
    saved = bytearray(xls([["Шифр"]]))
    entry, stream = saved.index("Workbook".encode("utf-16-le")), "EncryptedPackage".encode("utf-16-le")
    saved[entry : entry + len(stream)] = stream
    assert refusal(bytes(saved)) is Unreadable.PROTECTED


def test_a_locked_zip_is_called_protected() -> None:
    locked = bytearray(xlsx([["Шифр"]]))
    directory = locked.index(b"PK\x01\x02")
    locked[directory + 8] |= 1
    assert refusal(bytes(locked)) is Unreadable.PROTECTED


def readable_or_refused(content: bytes, name: str) -> None:
    with suppress(UnreadableFile):
        tables_of(content, name)


@given(st.binary(max_size=400), st.text(max_size=20))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    readable_or_refused(content, name)


@given(st.text(max_size=400), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_text_is_read_or_refused(text: str, encoding: str) -> None:
    readable_or_refused(text.encode(encoding), "courses.csv")


@cache
def whole(build: Any) -> bytes:
    """A spreadsheet that is built once: each carries its moment, and so is as long as that packs."""
    return bytes(build([["Шифр", "Название"], ["ГМЦ-1", 5]]))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([xlsx, xls, ods]), st.data())
def test_any_damage_to_a_spreadsheet_is_read_or_refused(build: Any, draw: st.DataObject) -> None:
    content = bytearray(whole(build))
    for _ in range(draw.draw(st.integers(1, 20))):
        content[draw.draw(st.integers(0, len(content) - 1))] = draw.draw(st.integers(0, 255))
    readable_or_refused(bytes(content), "courses")
