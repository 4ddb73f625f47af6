"""Courses and schools as a catalogue file states them, and what can be wrong with such a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from domain.errors import DomainError

MAX_FILE_BYTES: Final = 128 * 1024 * 1024
"""A file of 100,000 courses with annotations fits."""

COURSE_LENGTHS: Final = MappingProxyType(
    {
        "code": 40,
        "title": 300,
        "provider": 200,
        "form": 60,
        "audience": 200,
        "annotation": 2500,
        "direction": 100,
        "document": 100,
        "venue": 200,
    }
)
"""The longest texts, in code points: together they leave 396 of a message's 4096 for the card's labels."""

SCHOOL_LENGTHS: Final = MappingProxyType({"name": 300, "short_name": 100, "district": 100})

MAX_NUMBERS: Final = MappingProxyType({"hours": 10_000, "seats": 100_000, "price": 100_000_000})
"""More is a slip of the hand, such as a telephone number in the column of seats."""

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099


class Funding(StrEnum):
    """Who pays for a course: the city, or the school or the teacher."""

    BUDGET = "budget"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course as its row states it. `row` counts from 1; `price` is in whole roubles; None: not stated."""

    row: int
    code: str
    title: str
    provider: str
    funding: Funding
    hours: int | None = None
    form: str | None = None
    audience: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    apply_until: date | None = None
    seats: int | None = None
    price: int | None = None
    annotation: str | None = None
    direction: str | None = None
    document: str | None = None
    venue: str | None = None


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school as its row states it; the name and the district together tell schools apart."""

    row: int
    name: str
    district: str
    short_name: str | None = None


class Problem(StrEnum):
    """What is wrong with a row."""

    NO_CODE = "no_code"
    NO_TITLE = "no_title"
    NO_PROVIDER = "no_provider"
    NO_FUNDING = "no_funding"
    NO_NAME = "no_name"
    NO_DISTRICT = "no_district"
    UNKNOWN_FUNDING = "unknown_funding"
    NOT_A_DATE = "not_a_date"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    NEGATIVE = "negative"
    TOO_GREAT = "too_great"
    TOO_LONG = "too_long"
    ENDS_BEFORE_START = "ends_before_start"
    CLOSES_AFTER_END = "closes_after_end"
    CODE_TWICE = "code_twice"
    SCHOOL_TWICE = "school_twice"
    NO_APPLICATION = "no_application"
    UNKNOWN_APPLICATION = "unknown_application"
    APPLICATION_TWICE = "application_twice"
    OTHER_NAME = "other_name"
    OWN_APPLICATION = "own_application"
    UNKNOWN_GROUP = "unknown_group"
    GROUP_CLOSED = "group_closed"
    NO_SEATS = "no_seats"
    NOT_WAITING = "not_waiting"
    NOT_ENROLLED = "not_enrolled"
    GROUP_GOES_ON = "group_goes_on"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_MARKED = "not_marked"
    IN_FUTURE = "in_future"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row of a file.

    `row` counts from 1, as spreadsheet programs do; `column` is the heading as it stands in the file;
    `value` is the cell as it stands there, cut to `SHOWN_VALUE` code points. `limit` comes with TOO_LONG
    (in code points) and TOO_GREAT, `first_row` with CODE_TWICE, SCHOOL_TWICE and
    APPLICATION_TWICE.
    """

    row: int
    column: str | None
    problem: Problem
    value: str | None = None
    limit: int | None = None
    first_row: int | None = None


SHOWN_VALUE: Final = 100

Row = TypeVar("Row", CourseRow, SchoolRow)


@dataclass(frozen=True, slots=True)
class ReadFile(Generic[Row]):
    """A file that was read: its good rows and the faults of the others, both in the file's order."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


class Unreadable(StrEnum):
    """Why a file cannot be read at all."""

    UNKNOWN_KIND = "unknown_kind"
    DAMAGED = "damaged"
    PROTECTED = "protected"
    TOO_LARGE = "too_large"


class UnreadableFile(DomainError):
    """The file is not a table that can be read; `reason` says why."""

    def __init__(self, name: str, reason: Unreadable) -> None:
        super().__init__()
        self.name = name
        self.reason = reason


class NoHeader(DomainError):
    """No row of the file has the needed headings; `missing` names those that the closest row lacks."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__()
        self.missing = missing


def dates_out_of_order(
    starts_on: date | None, ends_on: date | None, apply_until: date | None
) -> Iterator[tuple[str, Problem]]:
    """The fields whose dates cannot be: an end before the start, a deadline after the end."""
    if starts_on and ends_on and ends_on < starts_on:
        yield "ends_on", Problem.ENDS_BEFORE_START
    elif ends_on and apply_until and apply_until > ends_on:
        yield "apply_until", Problem.CLOSES_AFTER_END
