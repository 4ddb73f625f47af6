"""What providers see: their courses, groups and people; frozen, free of rows and sessions."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from domain.status import Status
from services.views import Page


@dataclass(frozen=True, slots=True)
class CourseOfProvider:
    """A course in a provider's list."""

    id: int
    code: str
    title: str
    published: bool
    cancelled: bool
    waiting: int
    enrolled: int
    free_seats: int | None
    """None: unlimited."""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group of a course; dates and place are the course's where the group has none."""

    id: int
    number: str
    starts_on: date | None
    ends_on: date | None
    venue: str | None
    seats: int | None
    enrolled: int
    fits: int | None
    """How many more can be enrolled, the course's seats minded; None: unlimited."""
    free: int | None
    """Its own free seats, for those who are enrolled in another group of the course; None: unlimited."""
    closed: bool
    ended: bool | None
    """None: no day is known."""

    @property
    def takes_people(self) -> bool:
        """Whether somebody can be enrolled into it now."""
        return not self.closed and self.fits != 0

    @property
    def takes_movers(self) -> bool:
        """Whether somebody of another group of the course can be moved into it now."""
        return not self.closed and self.free != 0


@dataclass(frozen=True, slots=True)
class ApplicantLine:
    """Somebody who waits for a group, or is in one."""

    id: int
    version: int
    teacher: str
    position: str
    school: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CourseDesk:
    """A course as its provider runs it."""

    id: int
    code: str
    title: str
    starts_on: date | None
    ends_on: date | None
    seats: int | None
    free_seats: int | None
    published: bool
    cancelled: bool
    waiting: int
    enrolled: int
    groups: tuple[GroupLine, ...]
    next_in_line: ApplicantLine | None
    """Whose turn it is, where somebody waits."""

    @property
    def open_groups(self) -> tuple[GroupLine, ...]:
        """The groups that somebody can be enrolled into now."""
        return tuple(group for group in self.groups if group.takes_people)


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with a page of its people."""

    group: GroupLine
    course_id: int
    code: str
    title: str
    cancelled: bool
    waiting: int
    members: Page[ApplicantLine]
    next_in_line: ApplicantLine | None
    """Whose turn it is, where the group takes people and somebody waits."""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A group as it is being entered; `group_id` None: a new one."""

    course_id: int
    group_id: int | None
    code: str
    title: str
    number: str
    starts_on: date | None
    ends_on: date | None
    seats: int | None
    venue: str | None

    def answers(self) -> dict[str, Any]:
        """The draft as a conversation keeps it."""
        kept = asdict(self)
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in kept.items()}

    @classmethod
    def of(cls, answers: dict[str, Any]) -> "GroupDraft":
        """The draft that a conversation has kept. Raises: KeyError, where it has kept none."""
        kept = {name: answers[name] for name in cls.__slots__}
        for name in ("starts_on", "ends_on"):
            kept[name] = None if kept[name] is None else date.fromisoformat(kept[name])
        return cls(**kept)


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A page of those who wait for a group of a course, and where they fit."""

    course_id: int
    code: str
    title: str
    free_seats: int | None
    groups: tuple[GroupLine, ...]
    """Those that take people."""
    page: Page[ApplicantLine]


@dataclass(frozen=True, slots=True)
class ApplicantView:
    """An application as the course's provider sees it."""

    id: int
    version: int
    status: Status
    teacher: str
    position: str
    school: str | None
    course_id: int
    code: str
    title: str
    created_at: datetime
    group_id: int | None
    group_number: str | None
    place: int | None
    """Which in line, while it waits for a group."""
    groups: tuple[GroupLine, ...]
    """Where it can go now, its own group left out."""
    cancelled: bool
    may_complete: bool
    """Whether the group it is in has ended, or may have."""
    next_in_line: ApplicantLine | None
    """Whose turn it is, where a group takes people and somebody waits."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An application that an enrolment or completion of several left alone.

    `own`: it is of the very person who tapped; else `status` says why, APPROVED: no seat was left.
    """

    teacher: str
    status: Status
    own: bool = False


@dataclass(frozen=True, slots=True)
class EnrolReport:
    """What an enrolment of several did."""

    course_id: int
    code: str
    group: GroupLine
    enrolled: int
    left_out: tuple[LeftOut, ...]
    waiting: int
    """How many still wait."""


@dataclass(frozen=True, slots=True)
class EnrolOffer:
    """The question before all who fit are enrolled into a group: so many, those up to this id."""

    course_id: int
    code: str
    title: str
    group: GroupLine
    count: int
    waiting: int
    up_to: int


@dataclass(frozen=True, slots=True)
class Roll:
    """A group whose people may have completed the course."""

    group: GroupLine
    course_id: int
    code: str
    title: str
    members: tuple[ApplicantLine, ...]
    """All of them, by name."""


@dataclass(frozen=True, slots=True)
class CompletionReport:
    """What «Закончили обучение» did."""

    group: GroupLine
    course_id: int
    code: str
    completed: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """Those whom a message to a group reaches."""

    group_id: int
    group_number: str
    code: str
    title: str
    provider: str
    people: int


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A course that is to be cancelled, or is: `live` applications are still to end."""

    course_id: int
    code: str
    title: str
    live: int
    runs_it: bool
    """Whether the person is staff of the course's provider; else an operator."""
