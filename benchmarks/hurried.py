"""The bot with a clock that runs fast: days go by in minutes, and what is done by the clock is done as often."""

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from bot import logs
from bot.cli import quick_loop
from bot.settings import read_settings
from bot.startup import Application, build
from bot.ticks import Work, tick, ticks_of

VARIABLE: Final = "HURRIED_CLOCK"
OFTEN_ENOUGH: Final = 1.0
"""Seconds between two ticks of a kind, however fast the clock is."""


@dataclass(frozen=True)
class FastClock:
    """Real time until `began`, in seconds since the epoch; `speed` times as fast from then on."""

    began: float
    speed: float

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.fromtimestamp(self.began, UTC) + timedelta(seconds=(time.time() - self.began) * self.speed)

    def as_setting(self) -> dict[str, str]:
        """The clock as another process reads it."""
        return {VARIABLE: f"{self.began} {self.speed}"}

    @classmethod
    def of_environment(cls) -> Self:
        """The clock that was given."""
        began, speed = os.environ[VARIABLE].split()
        return cls(float(began), float(speed))


def main() -> None:
    """What `python -m bot` does, on that clock."""
    settings = read_settings()
    logs.set_up(settings.log_level, settings.log_format, settings.secrets)
    clock = FastClock.of_environment()
    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        runner.run(_live(build(settings, clock.now), clock.speed))


async def _live(application: Application, speed: float) -> None:
    await application.start()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(application.stop)
        for event, (work, every) in ticks_of(application.services).items():
            ticking = asyncio.create_task(_again_and_again(event, work, every.total_seconds() / speed))
            stack.callback(ticking.cancel)
        await application.run()


async def _again_and_again(event: str, work: Work, every: float) -> None:
    while True:
        await asyncio.sleep(max(every, OFTEN_ENOUGH))
        await tick(event, work)
