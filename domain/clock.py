"""The portal's time: an injected clock and the time zone people live in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

QUIET_FROM: Final = time(21)
QUIET_UNTIL: Final = time(8)
"""Quiet hours in the portal's time zone: pushes are silent, reminders and digests wait for their end."""
DIGEST_AT: Final = time(9)


def utc_now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Moments in UTC and days as the city's people count them."""

    zone: ZoneInfo
    now: Callable[[], datetime] = utc_now

    def today(self) -> date:
        """The day in the portal's time zone."""
        return self.local(self.now()).date()

    def local(self, moment: datetime) -> datetime:
        """The same moment on the wall clock of the city."""
        return moment.astimezone(self.zone)

    def is_quiet(self, moment: datetime) -> bool:
        """Whether the moment falls into the quiet hours."""
        wall = self.local(moment).time()
        return wall >= QUIET_FROM or wall < QUIET_UNTIL

    def out_of_quiet(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours it falls into."""
        return self._next(moment, QUIET_UNTIL) if self.is_quiet(moment) else moment

    def next_digest(self, moment: datetime) -> datetime:
        """The next time digests go out, strictly after the moment."""
        return self._next(moment, DIGEST_AT)

    def _next(self, moment: datetime, wall: time) -> datetime:
        local = self.local(moment)
        day = local.date() if local.time() < wall else local.date() + timedelta(days=1)
        return datetime.combine(day, wall, self.zone).astimezone(UTC)
