"""The portal's time: an injected clock and the time zone people live in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

Hours = tuple[int, int]
"""From and to, as hours of the day in the portal's time zone; the same hour twice: never."""
QUIET: Final[Hours] = (21, 8)
"""The portal's quiet hours as it came, for whoever has no own: pushes are silent, reminders and digests wait for their
end. Operators may set others."""
DIGEST_AT: Final = time(9)


def utc_now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


def usual_quiet() -> Hours:
    """The portal's quiet hours until somebody sets others."""
    return QUIET


@dataclass(frozen=True, slots=True)
class Calendar:
    """Moments in UTC and days as the city's people count them; `quiet` gives the portal's quiet hours of today."""

    zone: ZoneInfo
    now: Callable[[], datetime] = utc_now
    quiet: Callable[[], Hours] = usual_quiet

    def today(self) -> date:
        """The day in the portal's time zone."""
        return self.local(self.now()).date()

    def local(self, moment: datetime) -> datetime:
        """The same moment on the wall clock of the city."""
        return moment.astimezone(self.zone)

    def is_quiet(self, moment: datetime, own: Hours | None = None) -> bool:
        """Whether the moment falls into somebody's own quiet hours, or the portal's."""
        first, last = own or self.quiet()
        hour = self.local(moment).hour
        return first <= hour < last if first <= last else hour >= first or hour < last

    def out_of_quiet(self, moment: datetime, own: Hours | None = None) -> datetime:
        """The moment itself, or the end of the quiet hours it falls into."""
        _, last = own or self.quiet()
        return self._next(moment, time(last)) if self.is_quiet(moment, own) else moment

    def next_digest(self, moment: datetime) -> datetime:
        """The next time digests go out, strictly after the moment."""
        return self._next(moment, DIGEST_AT)

    def _next(self, moment: datetime, wall: time) -> datetime:
        local = self.local(moment)
        day = local.date() if local.time() < wall else local.date() + timedelta(days=1)
        return datetime.combine(day, wall, self.zone).astimezone(UTC)
