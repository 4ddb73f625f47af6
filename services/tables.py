"""The tables in a file of unknown origin: xlsx, xls, ods or csv, recognised by what is in it."""

import csv
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Final, TypeAlias

import orjson

from domain.catalogue import MAX_FILE_BYTES, Unreadable, UnreadableFile
from domain.cells import Cell
from services import spreadsheets

Table: TypeAlias = Iterable[tuple[int, list[Cell]]]
"""Filled rows with the numbers that spreadsheet programs show; rows may differ in length."""

SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How zip (xlsx, ods) and OLE (xls) files begin."""
SEPARATORS: Final = ";,"
ENCODINGS: Final = ("utf-8-sig", "cp1251")
READING_TAKES_AT_MOST: Final = 180
"""Seconds, for a spreadsheet; 100,000 rows of sixteen columns take about a tenth of that."""
REASONS: Final = {
    spreadsheets.TOO_LARGE: Unreadable.TOO_LARGE,
    spreadsheets.PROTECTED: Unreadable.PROTECTED,
}


def read_tables(name: str, content: bytes) -> Iterator[Table]:
    """What may be the file's table: every sheet with any rows in turn, or the text split by each separator in turn.

    Raises, also while a table is read: UnreadableFile.
    """
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFile(name, Unreadable.TOO_LARGE)
    if content.startswith(SPREADSHEETS):
        return _sheets(name, content)
    return _split(name, _decoded(name, content))


def _sheets(name: str, content: bytes) -> Iterator[Table]:
    """The rows wait on the disk and come one by one, so that no file takes the bot's own memory."""
    for _, rows in groupby(_rows_of_sheets(name, content), key=itemgetter(0)):
        yield ((number, cells) for _, number, cells in rows)


def _rows_of_sheets(name: str, content: bytes) -> Iterator[tuple[int, int, list[Cell]]]:
    with tempfile.TemporaryFile() as written:
        _write_rows(name, content, written)
        written.seek(0)
        for line in written:
            yield orjson.loads(line)


def _write_rows(name: str, content: bytes, place: IO[bytes]) -> None:
    reader = [sys.executable, "-I", str(Path(spreadsheets.__file__))]
    try:
        done = subprocess.run(  # noqa: S603 (our own file runs; what is not trusted goes to its stdin)
            reader,
            input=content,
            stdout=place,
            stderr=subprocess.DEVNULL,
            timeout=READING_TAKES_AT_MOST,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise UnreadableFile(name, Unreadable.TOO_LARGE) from late
    if done.returncode < 0:  # aborted or killed: it asked for more memory than there is
        raise UnreadableFile(name, Unreadable.TOO_LARGE)
    if done.returncode > 0:
        raise UnreadableFile(name, REASONS.get(done.returncode, Unreadable.DAMAGED))


def _decoded(name: str, content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and not text.lstrip().startswith("<"):
            return text
    raise UnreadableFile(name, Unreadable.UNKNOWN_KIND)


def _split(name: str, text: str) -> Iterator[Table]:
    for separator in SEPARATORS:
        yield _records(name, text, separator)


def _records(name: str, text: str, separator: str) -> Iterator[tuple[int, list[Cell]]]:
    """A record is a row however many lines its quoted cells take, as spreadsheet programs show it."""
    filled = 0
    try:
        for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1):
            if not any(record):
                continue
            filled += 1
            if filled > spreadsheets.MAX_ROWS:
                raise UnreadableFile(name, Unreadable.TOO_LARGE)
            yield number, [cell or None for cell in record[: spreadsheets.MAX_COLUMNS]]
    except csv.Error as broken:
        raise UnreadableFile(name, Unreadable.DAMAGED) from broken
