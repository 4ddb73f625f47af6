"""A course in a teacher's own calendar: when a file says that it stands there, and when it says to take it out."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.status import Move, Status


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What a calendar file says of one application at one moment.

    `uid` names the application for good; of two files with the same uid the one with the higher `sequence` is true.
    """

    uid: str
    sequence: int
    cancelled: bool
    stamp: datetime
    code: str
    title: str
    provider: str
    group_number: str | None
    starts_on: date | None
    ends_on: date | None
    venue: str | None


def concerns_calendar(move: Move, source: Status, target: Status) -> bool:
    """Whether a move changes what a calendar should show: every way into a group and out of it but the good end."""
    return Status.ENROLLED in {source, target} and move is not Move.COMPLETE


def next_sequence(sent: int, *, stands: bool) -> int | None:
    """The SEQUENCE of a new file after the one that was `sent` (0: none was); None: there is nothing to send.

    What does not stand (any more) is taken out of the calendar, unless it was never put in.
    """
    return sent + 1 if stands or sent else None


def days_of(
    group: tuple[date | None, date | None], course: tuple[date | None, date | None]
) -> tuple[date | None, date | None]:
    """First and last day: the group's where it has any, else the course's; a single known day is both."""
    first, last = group if any(group) else course
    return first or last, last or first
