"""The clock's own work. Every tick asks for what is due, so it may run late, twice or elsewhere."""

from datetime import UTC, datetime
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from services.portal import Services

log: Final = structlog.get_logger()


def ticking(services: Services) -> AsyncIOScheduler:
    """A scheduler that ends overdue applications hourly and forgets old updates daily, both at the start, too."""

    async def expire() -> None:
        ended = await services.expiry.expire()
        if ended:
            log.info("applications_expired", count=ended)

    async def forget() -> None:
        forgotten = await services.intake.forget()
        if forgotten:
            log.info("updates_forgotten", count=forgotten)

    # A job more than a second late would be dropped without misfire_grace_time=None.
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    now = datetime.now(UTC)
    scheduler.add_job(expire, IntervalTrigger(hours=1, timezone=UTC), next_run_time=now)
    scheduler.add_job(forget, IntervalTrigger(days=1, timezone=UTC), next_run_time=now)
    return scheduler
