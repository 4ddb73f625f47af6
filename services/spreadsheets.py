"""A spreadsheet's cells, read in a process of its own: `python -I spreadsheets.py < file > rows.jsonl`.

The parser lays a sheet out as one dense grid before it can be asked for its size: two cells far apart make a
file of 2 KB ask for half a terabyte, and that aborts the process (tafia/calamine#693). Let it be this one.
"""

import io
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import orjson

TOO_LARGE: Final = 3
PROTECTED: Final = 4
"""Exit codes; 0: the rows are on stdout, a line each; any other: the file is damaged."""

MAX_ROWS: Final = 200_000
"""Rows that hold anything, over all sheets."""
MAX_COLUMNS: Final = 256
"""Cells further to the right are left out: formats often reach to a sheet's edge."""
MAX_UNPACKED_BYTES: Final = 512 * 1024 * 1024
MAX_WRITTEN_BYTES: Final = 192 * 1024 * 1024
"""100,000 courses with annotations of fifty words take half of it; one long text in every cell takes any amount."""
MAX_MEMORY_BYTES: Final = 1024 * 1024 * 1024
ENCRYPTED_MEMBER: Final = 0x1
ENCRYPTED_WORKBOOK: Final = "EncryptedPackage".encode("utf-16-le")
"""The stream that holds an xlsx saved with a password. The parser says of it only that it knows no such format."""


def bound_memory() -> None:
    """Keep a hostile file from taking the machine's memory. Windows has no such bound: there, time is one."""
    if sys.platform != "win32":
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
        with suppress(OSError):  # Linux: where the machine has less than that, this process goes and not the bot
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def refuse_locked_and_bombs(content: bytes) -> None:
    """Exits before anything is unpacked, where a password is needed or a zip's members are too large together."""
    if ENCRYPTED_WORKBOOK in content:
        sys.exit(PROTECTED)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        sys.exit(TOO_LARGE)
    if any(member.flag_bits & ENCRYPTED_MEMBER for member in members):
        sys.exit(PROTECTED)


def cell(value: Any) -> Any:
    """The value as JSON has it; dates and times stay for the encoder, which writes them in ISO."""
    if isinstance(value, bool):
        return str(value).upper()
    return None if value == "" else value


def filled_rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """The rows that hold anything, with the numbers that spreadsheet programs show, without trailing blanks."""
    left_out = [None] * (sheet.start[1] if sheet.start else 0)
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = left_out + [cell(value) for value in values[: MAX_COLUMNS - len(left_out)]]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield number, cells


def rows(content: bytes) -> Iterator[tuple[int, int, list[Any]]]:
    """The filled rows of every work sheet, in the workbook's order: the sheet, the row's number, its cells."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for index, sheet in enumerate(workbook.sheets_metadata):
            if sheet.typ == SheetTypeEnum.WorkSheet:
                for number, cells in filled_rows(workbook.get_sheet_by_index(index)):
                    yield index, number, cells


def main() -> None:
    """Read stdin, write stdout; the exit code says how it went."""
    bound_memory()
    content = sys.stdin.buffer.read()
    refuse_locked_and_bombs(content)
    written = 0
    try:
        for count, row in enumerate(rows(content), 1):
            line = orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE)
            written += len(line)
            if count > MAX_ROWS or written > MAX_WRITTEN_BYTES:
                sys.exit(TOO_LARGE)
            sys.stdout.buffer.write(line)
    except MemoryError:
        sys.exit(TOO_LARGE)


if __name__ == "__main__":
    main()
