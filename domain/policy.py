"""Who may do what, when: questions with a plain answer or a named error. Rules follow the table of transitions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.catalogue import Funding
from domain.errors import NotAllowed, OwnApplication
from domain.status import LIVE, TRANSITIONS, Move, Status

UNDO_WINDOW: Final = timedelta(minutes=5)
APPROVED_EXPIRES_AFTER: Final = timedelta(days=14)
HOURS_WINDOW_YEARS: Final = 3
APPLICATIONS_A_DAY: Final = 60
"""In any 24 hours, withdrawn ones included."""


class Obstacle(StrEnum):
    """Why somebody cannot apply for a course now."""

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


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What the rules ask about an application somebody wants to decide on."""

    teacher_id: int
    by_id: int
    by_is_approver: bool
    by_is_support: bool
    has_other_approver: bool
    """Whether the application's school has an approver who is not its teacher."""


def closes_on(apply_until: date | None, starts_on: date | None) -> date | None:
    """The last day on which applications are taken; None: always."""
    return apply_until or starts_on


def obstacle(course: CourseFacts, has_school: bool, live: Status | None, today: date) -> Obstacle | None:
    """The first reason why not, or None. Rows 1 and 2: a school is asked of budget courses only."""
    if live in LIVE:
        return Obstacle.ALREADY_APPLIED
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


def may_reconsider(decided_by: int | None, decided_at: datetime | None, by: int, now: datetime) -> bool:
    """Row 13: the one who rejected, within five minutes."""
    return decided_by == by and decided_at is not None and now - decided_at <= UNDO_WINDOW


def hours_since(today: date) -> date:
    """The day from which completed hours count as those of the last three years."""
    try:
        return today.replace(year=today.year - HOURS_WINDOW_YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year - HOURS_WINDOW_YEARS, day=28)


def approved_before(today: date) -> date:
    """Row 14: approved applications expire when the course and its last group began before this day."""
    return today - APPROVED_EXPIRES_AFTER


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
