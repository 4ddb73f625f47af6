"""What services return: frozen, complete for a screen, free of rows and sessions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from domain.catalogue import Funding
from domain.filtering import Chosen
from domain.person import Change, Person, Role
from domain.policy import Obstacle
from domain.reminding import Watched
from domain.roles import RolePlace
from domain.status import Move, Status

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """A page of a list; `number` counts from 0, `total` lines over all pages."""

    lines: tuple[Line, ...]
    number: int
    size: int
    total: int

    @property
    def has_next(self) -> bool:
        """Whether there is a page after this one."""
        return (self.number + 1) * self.size < self.total

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


def page_within(number: int, size: int, total: int) -> int:
    """The page's number; one past the end is the first."""
    return number if number * size < total else 0


def page_of(lines: Sequence[Line], number: int, size: int) -> Page[Line]:
    """A page of lines that are all there; one past the end is the first."""
    number = page_within(number, size, len(lines))
    return Page(tuple(lines[number * size : (number + 1) * size]), number, size, len(lines))


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course in a list."""

    id: int
    code: str
    title: str
    starts_on: date | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class EarlierSearch:
    """What somebody searched for before."""

    id: int
    query: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the catalogue; `query` None: the courses that take applications now."""

    search_id: int
    query: str | None
    page: Page[CourseLine]
    shown_for: str | None = None
    """The text that was searched in place of the query, where that was mistyped."""
    literal: bool = False
    """Searched as it was typed, without corrections."""
    complete: int | None = None
    """How many courses hold every word; the others of `page.total` hold some. None: nothing was asked for."""
    more: bool = False
    """There are more courses than `page.total`: so many are never ranked."""
    is_nearest: bool = False
    """Nothing was found: these are the open courses that start next."""
    chosen: Chosen = field(default_factory=Chosen)
    """What courses had to be."""
    earlier: tuple[EarlierSearch, ...] = ()


@dataclass(frozen=True, slots=True)
class NewCourses:
    """Courses that are new to somebody: the first of them, and how many there are."""

    lines: tuple[CourseLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Direction:
    """A direction to choose; `key` is what a button carries of it."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class NewsChoice:
    """What somebody hears of new courses now, and a page of what they may choose."""

    person: Person
    page: Page[Direction]


@dataclass(frozen=True, slots=True)
class MyApplication:
    """A person's own application, in a line."""

    id: int
    status: Status
    code: str
    title: str
    reason: str | None = None
    group_number: str | None = None


@dataclass(frozen=True, slots=True)
class CourseCard:
    """All of a course, and what this person can do with it."""

    id: int
    code: str
    title: str
    provider: str
    funding: Funding
    hours: int | None
    form: str | None
    audience: str | None
    starts_on: date | None
    ends_on: date | None
    apply_until: date | None
    seats: int | None
    price: int | None
    annotation: str | None
    direction: str | None
    document: str | None
    venue: str | None
    free_seats: int | None
    """Seats less those enrolled, never below 0; None: unlimited."""
    waiting: int
    """Applications that wait for a seat, one's own included."""
    obstacle: Obstacle | None
    mine: MyApplication | None
    may_withdraw: bool
    version: int | None
    """The version of one's own application."""
    completed_before: bool
    may_run: bool = False
    """Whether this person is staff of the course's provider."""
    may_cancel: bool = False
    """Whether this person is an operator, and the course is not cancelled."""
    favourite: bool = False
    """Whether this person keeps an eye on it."""
    published: bool = True
    """Whether everybody may see it, so that it can be shown to others."""

    @property
    def queue_place(self) -> int | None:
        """The place a new application would take, where there is a queue: no free seat."""
        return self.waiting + 1 if self.free_seats == 0 else None


@dataclass(frozen=True, slots=True)
class SharedCourse:
    """A course as it is shown to others."""

    id: int
    code: str
    title: str
    provider: str
    funding: Funding
    price: int | None
    hours: int | None
    form: str | None
    audience: str | None
    starts_on: date | None
    ends_on: date | None
    apply_until: date | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class SharedProvider:
    """A provider as its catalogue is shown to others."""

    id: int
    name: str
    directions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """Courses to pass on; `next_offset`: where more of them begin, None: there are no more."""

    courses: tuple[SharedCourse, ...]
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A new application, or the one that exists."""

    application: MyApplication
    school: str | None
    decided_by_support: bool
    """The school has no (other) approver: support decides."""
    queue_place: int | None
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Who moved an application, when; `by` None: the clock."""

    at: datetime
    move: Move
    status: Status
    by: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """A person's own application, whole."""

    id: int
    version: int
    course_id: int
    status: Status
    code: str
    title: str
    reason: str | None
    group_number: str | None
    starts_on: date | None
    ends_on: date | None
    school: str | None
    created_at: datetime
    may_withdraw: bool
    history: tuple[HistoryLine, ...]
    queue_place: int | None = None
    """Which in order of arrival it is, while more wait than there are seats."""
    free_seats: int | None = None
    nudged_at: datetime | None = None
    """When its teacher last reminded the approvers."""
    nudge_from: datetime | None = None
    """From when they may be reminded (again); None: it does not wait for them."""
    may_nudge: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """Another live course of the teacher that shares days with this one."""

    code: str
    title: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """An application as its approver sees it."""

    id: int
    version: int
    status: Status
    teacher: str
    position: str
    school: str | None
    code: str
    title: str
    hours: int | None
    starts_on: date | None
    ends_on: date | None
    reason: str | None
    decided_by: str | None
    group_number: str | None
    may_undo: bool
    """Whether «Отменить решение» is shown: within five minutes, to the one who decided."""
    may_take_back: bool
    """Whether row 12 is open to this person: an approval, at any time before enrolment."""
    waiting: int = 0
    """How many other applications wait for this person."""
    completed_hours: int = 0
    """Hours completed in the last three years; filled while the application waits."""
    clashes: tuple[Clash, ...] = ()
    earlier_reason: str | None = None
    waits_days: int = 0
    nudged: bool = False
    """Whether its teacher has reminded the approvers."""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An application in the queue's list."""

    id: int
    teacher: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a person's decision: how many, the first few, and the last that was counted."""

    total: int
    first: tuple[WaitingLine, ...]
    up_to: int
    approved: int
    """Approvals that may still be taken back."""
    counted_at: int
    """When, in seconds since 1970."""
    is_head: bool = False
    """Whether this person appoints approvers."""
    is_approver: bool = False
    """Whether this person decides at a school, and not only where support stands in."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An application that «Согласовать все» left alone, with its present state."""

    teacher: str
    code: str
    status: Status


@dataclass(frozen=True, slots=True)
class BulkReport:
    """What «Согласовать все» did."""

    approved: int
    skipped: tuple[Skipped, ...]
    left: int
    """How many still wait."""


@dataclass(frozen=True, slots=True)
class NotOursReport:
    """What «Не наш сотрудник» did."""

    teacher: str
    school: str
    rejected: int
    barred: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school to choose."""

    id: int
    name: str
    district: str | None


@dataclass(frozen=True, slots=True)
class Given:
    """A role that an invitation gave."""

    role: Role
    school: str | None
    provider: str | None
    until: date | None = None
    """The last day of a deputy's role."""


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """What follows, if somebody says that they work there from now on; `school_id` None: nowhere."""

    school_id: int | None
    school: str | None
    leaves_id: int | None
    leaves: str | None
    waiting: int
    """Waiting applications that go to the new school."""
    approved: int
    """Approved ones that wait again (row 16)."""
    enrolled: int
    """Enrolments, which stay."""
    by_support: bool
    """Nobody but support would decide there."""


@dataclass(frozen=True, slots=True)
class SchoolChosen:
    """A new school in the profile, or none, and what happened to the applications."""

    school: str | None
    moved: int
    """Waiting applications that went to the new school."""
    returned: int
    """Approved ones that wait again."""


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role that somebody holds today."""

    role: Role
    place: str | None
    until: date | None


@dataclass(frozen=True, slots=True)
class ProfileView:
    """Somebody's own profile."""

    person: Person
    roles: tuple[RoleLine, ...]
    can_prove: bool
    """Whether letters are sent here, so that an address can be proved."""


class InvitationState(StrEnum):
    """What an invitation is worth."""

    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    VOID = "void"
    """Whoever gave it may not give this role any more."""


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation; `inviter` None: the command line."""

    id: int
    role: Role
    place: str | None
    """The school or provider it is for."""
    school_id: int | None
    until: date | None
    """The last day of a deputy's role."""
    state: InvitationState
    created_at: datetime
    expires_at: datetime
    inviter: str | None
    bearer: str | None
    """Who used it."""
    settled_at: datetime | None
    """When it was used or revoked."""


@dataclass(frozen=True, slots=True)
class InvitationList:
    """A page of invitations, of the portal or of one school."""

    school_id: int | None
    school: str | None
    settled: bool
    page: Page[InvitationView]


@dataclass(frozen=True, slots=True)
class Issued:
    """A new invitation with its token, which is nowhere else."""

    token: str
    invitation: InvitationView


@dataclass(frozen=True, slots=True)
class Draft:
    """An invitation in the making; what is None is not chosen yet, or `place` is the portal itself."""

    role: Role | None
    place: str | None


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A school or provider to choose."""

    place: RolePlace
    id: int
    name: str
    district: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role; `held`: out of force while their profile moves to another chat."""

    user_id: int
    name: str
    role: Role
    until: date | None
    held: bool


@dataclass(frozen=True, slots=True)
class Staff:
    """Those with a role at a place, and which roles whoever looks may give and take there."""

    place: RolePlace
    id: int
    name: str | None
    page: Page[Member]
    appoints: tuple[Role, ...]
    by_operator: bool


@dataclass(frozen=True, slots=True)
class RoleEvent:
    """How a role came or went; `by` None: the clock, or the command line."""

    at: datetime
    change: Change
    note: str
    by: str | None


@dataclass(frozen=True, slots=True)
class MemberCard:
    """Somebody's role at a place, and how it came."""

    member: Member
    place: RolePlace
    place_id: int
    name: str | None
    may_take: bool
    history: tuple[RoleEvent, ...]


@dataclass(frozen=True, slots=True)
class WaitingSince:
    """An application in the morning's digest, with the days it has waited."""

    teacher: str
    code: str
    title: str
    days: int


@dataclass(frozen=True, slots=True)
class WaitingDigest:
    """What waits for a person's decision in the morning: how many, and the oldest."""

    total: int
    oldest: tuple[WaitingSince, ...]


@dataclass(frozen=True, slots=True)
class CourseNews:
    """What has become of a favourite course."""

    course_id: int
    code: str
    title: str
    news: Watched
    closes_on: date | None
    free_seats: int | None
    """None: unlimited."""
    waiting: int


@dataclass(frozen=True, slots=True)
class StartView:
    """A course that somebody is enrolled in starts in so many days; 0: today."""

    application_id: int
    code: str
    title: str
    group_number: str
    starts_on: date
    days: int
    venue: str | None


@dataclass(frozen=True, slots=True)
class CourseToGroup:
    """A course that starts soon, or whose applications expire soon, with how many wait for a group."""

    course_id: int
    code: str
    title: str
    starts_on: date
    waiting: int
    may_run: bool
    """Whether whoever reads it is staff of its provider; else an operator, since the provider has nobody."""
    expires_after: date | None = None
    """The last day of those who wait, where it is near; else the start is."""


@dataclass(frozen=True, slots=True)
class ExpiringView:
    """An application that nobody has decided on, or that has no group yet, shortly before it expires."""

    application_id: int
    status: Status
    code: str
    title: str
    starts_on: date
    expires_after: date
    """The last day on which it stands."""
