"""What people are reminded of, and when: the portal's own rules for what the clock says and what «♥» is worth."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.clock import DIGEST_AT, Calendar
from domain.groups import free

NUDGE_AFTER: Final = timedelta(hours=24)
"""How long approvers have for an application before its teacher may remind them: they were asked when it arrived."""
NUDGE_EVERY: Final = timedelta(hours=48)
SOON: Final = timedelta(days=3)
"""How long before a start, a deadline or an end people are told of it."""


class Stage(StrEnum):
    """Which of the two reminders of a start it is."""

    SOON = "soon"
    TOMORROW = "tomorrow"


class Watched(StrEnum):
    """What has become of a favourite course."""

    OPENED = "opened"
    """It takes applications again."""
    SEATS = "seats"
    """It was full and is not any more."""
    CLOSING = "closing"
    """Its last days for applications."""


def nudge_from(created_at: datetime, nudged_at: datetime | None) -> datetime:
    """The moment from which a teacher may remind the approvers: once in 48 hours, and never in the first 24."""
    return created_at + NUDGE_AFTER if nudged_at is None else nudged_at + NUDGE_EVERY


def is_time(calendar: Calendar, moment: datetime) -> bool:
    """Whether the clock reminds at all now: from the hour of digests until the portal's quiet hours begin.

    What is due at night is left to the morning, when it may not be due any more.
    """
    return calendar.local(moment).time() >= DIGEST_AT and not calendar.is_quiet(moment)


def stage(starts_on: date, today: date) -> Stage | None:
    """The reminder of a start that is due: 3 days before, and on the day before; none on the day itself."""
    left = starts_on - today
    if not timedelta(0) < left <= SOON:
        return None
    return Stage.TOMORROW if left == timedelta(1) else Stage.SOON


def takes_again(was: date | None, now: date | None, today: date) -> bool:
    """Whether another last day for applications (None: there is none) opens a course that was closed."""
    return was is not None and was < today and (now is None or now >= today)


def frees(seats_before: int | None, seats_now: int | None, enrolled_before: int, enrolled_now: int) -> bool:
    """Whether a course that was full has free seats."""
    return free(seats_before, enrolled_before) == 0 and free(seats_now, enrolled_now) != 0


def waits_days(since: datetime, calendar: Calendar) -> int:
    """For how many days something has waited, as people count days."""
    return (calendar.today() - calendar.local(since).date()).days
