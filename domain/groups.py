"""Groups: what their fields may say, how many still fit, when a group is over."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from domain.catalogue import COURSE_LENGTHS, MAX_NUMBERS, Problem
from domain.cells import one_line, read_day, read_number
from domain.errors import BadDay, BadSeats, DatesOutOfOrder, DocumentNumbers
from domain.person import within

NUMBER_LIMIT: Final = 20
VENUE_LIMIT: Final = COURSE_LENGTHS["venue"]
MESSAGE_LIMIT: Final = 3000
"""What an organisation may write to a group, in code points: it fits one message with its heading."""
DOCUMENT_NUMBER_LIMIT: Final = 60


class Field(StrEnum):
    """What is asked about a group."""

    NUMBER = "number"
    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    SEATS = "seats"
    VENUE = "venue"


Value: TypeAlias = str | int | date | None


def _day(text: str) -> date:
    day = read_day(text)
    if not isinstance(day, date):
        raise BadDay
    return day


def _seats(text: str) -> int:
    seats = read_number(MAX_NUMBERS["seats"], text)
    if isinstance(seats, Problem) or not isinstance(seats, int) or seats < 1:
        raise BadSeats
    return seats


def read_field(field: Field, text: str) -> Value:
    """What somebody wrote for a field.

    Raises: BadDay, BadSeats, TooLong, TooShort.
    """
    if field in {Field.STARTS_ON, Field.ENDS_ON}:
        return _day(text)
    if field is Field.SEATS:
        return _seats(text)
    return within(one_line(text), NUMBER_LIMIT if field is Field.NUMBER else VENUE_LIMIT)


def document_day(text: str, today: date) -> date:
    """The day a document was given, today at the latest.

    Raises: BadDay.
    """
    day = _day(text)
    if day > today:
        raise BadDay
    return day


def document_numbers(text: str, people: int) -> tuple[str, ...]:
    """The numbers of documents: one that is everybody's, or one a line for each, in their order.

    Raises: DocumentNumbers (as many lines as nobody asked for), TooLong, TooShort.
    """
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    if len(lines) not in {1, people}:
        raise DocumentNumbers(len(lines), people)
    return tuple(within(one_line(line), DOCUMENT_NUMBER_LIMIT) for line in lines)


def require_order(starts_on: date | None, ends_on: date | None) -> None:
    """A group does not end before it begins.

    Raises: DatesOutOfOrder.
    """
    if starts_on and ends_on and ends_on < starts_on:
        raise DatesOutOfOrder


def next_number(numbers: Collection[str]) -> str:
    """The number after the greatest that is one."""
    return str(max((int(number) for number in numbers if number.isdecimal()), default=0) + 1)


def free(seats: int | None, taken: int) -> int | None:
    """Seats less those taken, never below 0; None: unlimited."""
    return None if seats is None else max(0, seats - taken)


def fits(course_free: int | None, group_free: int | None) -> int | None:
    """How many more a group takes: the course's seats bound all its groups together. None: unlimited."""
    bounds = [bound for bound in (course_free, group_free) if bound is not None]
    return min(bounds, default=None)


def has_ended(starts_on: date | None, ends_on: date | None, today: date) -> bool | None:
    """Row 11: whether a group's last known day is over; None, where no day is known."""
    last_day = ends_on or starts_on
    return None if last_day is None else last_day < today


def completed_on(starts_on: date | None, ends_on: date | None, today: date) -> date:
    """The day that counts as the one of completion: the group's last, where it is known."""
    return min(ends_on or starts_on or today, today)
