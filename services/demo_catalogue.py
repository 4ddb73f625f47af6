"""The demo catalogue, dated from the day it is first loaded, so that some courses are always open."""

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Final

DEMO: Final = Path(__file__).resolve().parent.parent / "demo"
COURSES: Final = DEMO / "courses.csv"
"""Its days are offsets from the first start, such as +30 or -5: see `dated_courses`."""
SCHOOLS: Final = DEMO / "schools.csv"

ENCODING: Final = "utf-8-sig"
SEPARATOR: Final = ";"
OFFSET: Final = re.compile(r"[+-]\d{1,3}")


def dated_courses(content: bytes, today: date) -> bytes:
    """The demo courses with days written as dd.mm.yyyy: a file for the import like any other."""
    written = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(content.decode(ENCODING), newline=""), delimiter=SEPARATOR)
    csv.writer(written, delimiter=SEPARATOR).writerows([_dated(cell, today) for cell in row] for row in rows)
    return written.getvalue().encode(ENCODING)


def _dated(cell: str, today: date) -> str:
    if not OFFSET.fullmatch(cell):
        return cell
    return (today + timedelta(days=int(cell))).strftime("%d.%m.%Y")
