"""The clock's own work. Every tick asks for what is due, so it may run late, twice or elsewhere."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.logs import told
from services.portal import Services

log: Final = structlog.get_logger()


Work = Callable[[], Awaitable[int]]


_running: Final[set["asyncio.Task[None]"]] = set()


async def tick(event: str, work: Work) -> None:
    """Do what is due; a fault is a line in the log, and the next tick does it."""
    task = asyncio.current_task()
    assert task is not None
    _running.add(task)
    task.add_done_callback(_running.discard)
    with contextlib.suppress(asyncio.CancelledError):  # the bot stops: APScheduler would log that as a failure
        try:
            count = await work()
        except Exception as fault:
            log.warning("tick_failed", tick=event, fault=told(fault))
        else:
            if count:
                log.info(event, count=count)


def _scheduled(ticks: Mapping[str, tuple[Work, timedelta]]) -> AsyncIOScheduler:
    """A scheduler at work; each of it is done at the start, too."""
    # A job more than a second late would be dropped without misfire_grace_time=None.
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    now = datetime.now(UTC)
    for event, (work, every) in ticks.items():
        trigger = IntervalTrigger(seconds=int(every.total_seconds()), timezone=UTC)
        scheduler.add_job(tick, trigger, (event, work), next_run_time=now)
    scheduler.start()
    return scheduler


def ticks_of(services: Services) -> dict[str, tuple[Work, timedelta]]:
    """What one process does by the clock, and how often."""
    return {
        "applications_expired": (services.expiry.expire, timedelta(hours=1)),
        "news_written": (services.news.write, timedelta(minutes=10)),
        "reminders_written": (services.reminders.remind, timedelta(minutes=10)),
        "recoveries_settled": (services.recovery.follow_due, timedelta(minutes=1)),
        "course_cancelled": (services.cancelling.carry_on, timedelta(seconds=30)),
        "deputies_ended": (services.staffing.end_deputies, timedelta(hours=1)),
        "rows_cleared": (services.keeping.clear, timedelta(hours=6)),
        "replicas_forgotten": (services.replicas.forget, timedelta(days=1)),
    }


def _everybodys(services: Services) -> dict[str, tuple[Work, timedelta]]:
    """What every process does: each has its own memory."""
    return {"settings_read": (services.settings.refresh, timedelta(seconds=15))}


class Clockwork:
    """Everything that is done by the clock: some of it by every process, most of it by the one that has the clock."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.has_clock = True
        self._own: AsyncIOScheduler | None = None
        self._clock: AsyncIOScheduler | None = None

    def open(self) -> None:
        """Begin."""
        self._own = _scheduled(_everybodys(self._services))
        self.keep(self.has_clock)

    def keep(self, has_clock: bool) -> None:
        """Whoever gets the clock does at once what is due; whoever loses it stops."""
        self.has_clock = has_clock
        if has_clock and self._clock is None and self._own is not None:
            self._clock = _scheduled(ticks_of(self._services))
        elif not has_clock and self._clock is not None:
            self._clock.shutdown(wait=False)
            self._clock = None

    async def close(self) -> None:
        """Stop, and wait for the ticks that this cuts off: what they have in hand is rolled back."""
        for scheduler in filter(None, (self._own, self._clock)):
            scheduler.shutdown(wait=False)
        self._own = self._clock = None
        await asyncio.gather(*_running, return_exceptions=True)
