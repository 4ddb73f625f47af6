"""Counting over time: which months a summary shows, and what is in the middle."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MONTHS_SHOWN: Final = 12
DECISION_WITHIN: Final = timedelta(days=3)
"""How long an application may wait for a decision before operators see it as overdue. The portal names no term: three
days leave a weekend, and are a quarter of what is usual between a deadline and a start."""


def months_until(today: date, count: int = MONTHS_SHOWN) -> tuple[date, ...]:
    """The first days of so many months, the earliest first, the present one last."""
    last = today.year * 12 + today.month - 1
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1))


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins on the wall clock of the city."""
    return datetime.combine(day, time(), zone)


def median(counted: Sequence[tuple[int, int]]) -> int | None:
    """The value in the middle, given values in order with how often each occurs; the lower of two. None: of nothing."""
    total = sum(count for _, count in counted)
    seen = 0
    for value, count in counted:
        seen += count
        if seen * 2 >= total:
            return value
    return None
