"""Who may do what, when: questions with a plain answer or a named error. Rules follow the table of transitions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.catalogue import Funding
from domain.errors import MovedByYou, NotAllowed, OwnApplication, OwnProfile, PortalProfile
from domain.status import LIVE, TRANSITIONS, Move, Status

UNDO_WINDOW: Final = timedelta(minutes=5)
APPROVED_EXPIRES_AFTER: Final = timedelta(days=14)
"""As the portal came; operators may set another number of days."""
HOURS_WINDOW_YEARS: Final = 3
HOURS_NORM: Final = 144
"""Hours that a teacher should complete in those years. The law (273-ФЗ, article 47, part 5) gives the right to a course
once in three years and names no hours: this is the portal's default, two courses of 72 hours."""
APPLICATIONS_A_DAY: Final = 60
"""In any 24 hours, withdrawn ones included."""
ROLES_FOLLOW_AFTER: Final = timedelta(hours=24)
"""How long the old chat's silence holds the roles of a profile that moved."""


class Obstacle(StrEnum):
    """Why somebody cannot apply for a course now."""

    CANCELLED = "cancelled"
    UNPUBLISHED = "unpublished"
    DEADLINE_PASSED = "deadline_passed"
    SCHOOL_NEEDED = "school_needed"
    ALREADY_APPLIED = "already_applied"


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What the rules ask about a course."""

    published: bool
    funding: Funding
    starts_on: date | None
    apply_until: date | None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What the rules ask about an application somebody wants to decide on."""

    teacher_id: int
    by_id: int
    by_is_approver: bool
    by_is_support: bool
    has_other_approver: bool
    """Whether the application's school has an approver who is not its teacher."""


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """What the rules ask about a profile that support wants to move, or to give its roles back."""

    owner_id: int
    by_id: int
    by_is_support: bool
    has_portal_role: bool
    """Whether its owner is support or an operator, in force or held."""
    moved_by: int | None = None
    """Who of support moved it last; None: its owner, by a code."""


def closes_on(apply_until: date | None, starts_on: date | None) -> date | None:
    """The last day on which applications are taken; None: always."""
    return apply_until or starts_on


def obstacle(course: CourseFacts, has_school: bool, live: Status | None, today: date) -> Obstacle | None:
    """The first reason why not, or None. Rows 1 and 2: a school is asked of budget courses only."""
    if live in LIVE:
        return Obstacle.ALREADY_APPLIED
    if course.cancelled:
        return Obstacle.CANCELLED
    if not course.published:
        return Obstacle.UNPUBLISHED
    last_day = closes_on(course.apply_until, course.starts_on)
    if last_day is not None and today > last_day:
        return Obstacle.DEADLINE_PASSED
    if course.funding is Funding.BUDGET and not has_school:
        return Obstacle.SCHOOL_NEEDED
    return None


def applying(funding: Funding) -> Move:
    """Row 1 for budget courses, row 2 for the others."""
    return Move.APPLY if funding is Funding.BUDGET else Move.APPLY_PAID


def require_approver(facts: DecisionFacts) -> None:
    """Row 3: an approver of the application's school, or support where it has no other; never one's own.

    Raises: NotAllowed, OwnApplication.
    """
    stands_in = facts.by_is_support and not facts.has_other_approver
    if not (facts.by_is_approver or stands_in):
        raise NotAllowed
    if facts.teacher_id == facts.by_id:
        raise OwnApplication


def require_mover(facts: ProfileFacts) -> None:
    """Support moves the profile of somebody who has neither the old chat nor the mailbox.

    Never one's own, and never one with a role of the portal: whoever talks one person of support round must not
    become support or an operator. Such people get a new invitation, from an operator or the command line. The roles
    of a school or a provider stay held for the old chat's word or its 24 hours of silence, as after any move.
    Raises: NotAllowed, OwnProfile, PortalProfile.
    """
    if not facts.by_is_support:
        raise NotAllowed
    if facts.owner_id == facts.by_id:
        raise OwnProfile
    if facts.has_portal_role:
        raise PortalProfile


def require_releaser(facts: ProfileFacts) -> None:
    """Support gives held roles back before the 24 hours are over: what `require_mover` asks, and another pair of
    eyes: not those who moved the profile themselves.

    Raises: NotAllowed, OwnProfile, PortalProfile, MovedByYou.
    """
    require_mover(facts)
    if facts.moved_by == facts.by_id:
        raise MovedByYou


def require_stopper(facts: ProfileFacts) -> None:
    """Support takes a move back: anybody of support may, since nobody gains a right by it.

    Raises: NotAllowed, OwnProfile.
    """
    if not facts.by_is_support:
        raise NotAllowed
    if facts.owner_id == facts.by_id:
        raise OwnProfile


def may_reconsider(decided_by: int | None, decided_at: datetime | None, by: int, now: datetime) -> bool:
    """Row 13: the one who rejected, within five minutes."""
    return decided_by == by and decided_at is not None and now - decided_at <= UNDO_WINDOW


def hours_since(today: date) -> date:
    """The day from which completed hours count as those of the last three years."""
    try:
        return today.replace(year=today.year - HOURS_WINDOW_YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year - HOURS_WINDOW_YEARS, day=28)


def approved_before(today: date, days: int) -> date:
    """Row 14: approved applications expire when the course and its last group began before this day, `days` ago."""
    return today - timedelta(days)


def last_day(status: Status, last_start: date, approved_days: int) -> date:
    """Row 14: the last day of a waiting or approved application, given the start that it depends on."""
    return last_start + timedelta(approved_days) if status is Status.APPROVED else last_start


def overlaps(
    first_start: date | None, first_end: date | None, second_start: date | None, second_end: date | None
) -> bool:
    """Whether two courses share a day; a course without an end lasts its first day, one without dates clashes never."""
    if first_start is None or second_start is None:
        return False
    return first_start <= (second_end or second_start) and second_start <= (first_end or first_start)


def may_withdraw(status: Status) -> bool:
    """Row 5: until enrolled."""
    return status in TRANSITIONS[Move.WITHDRAW].sources
