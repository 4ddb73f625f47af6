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
STEP: Final = 2.0
"""Seconds between two jumps."""
OFTEN_ENOUGH: Final = 1.0
"""Seconds between two ticks of a kind, however fast the clock is."""


@dataclass(frozen=True)
class FastClock:
    """Real time until `began`, in seconds since the epoch; from then on `speed` times as fast, and every two seconds
    another `jump` seconds have passed. A jump ends every lease, as a night does in which the machine slept."""

    began: float
    speed: float = 1.0
    jump: float = 0.0

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        real = time.time() - self.began
        passed = real * self.speed + real // STEP * self.jump
        return datetime.fromtimestamp(self.began, UTC) + timedelta(seconds=passed)

    @property
    def pace(self) -> float:
        """Seconds that pass in one, all in all."""
        return self.speed + self.jump / STEP

    def as_setting(self) -> dict[str, str]:
        """The clock as another process reads it."""
        return {VARIABLE: f"{self.began} {self.speed} {self.jump}"}

    @classmethod
    def of_environment(cls) -> Self:
        """The clock that was given."""
        return cls(*map(float, os.environ[VARIABLE].split()))


def main() -> None:
    """What `python -m bot` does, on that clock."""
    settings = read_settings()
    logs.set_up(settings.log_level, settings.log_format, settings.secrets)
    clock = FastClock.of_environment()
    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        runner.run(_live(build(settings, clock.now), clock.pace))


async def _live(application: Application, pace: float) -> None:
    await application.start()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(application.stop)
        for event, (work, every) in ticks_of(application.services).items():
            ticking = asyncio.create_task(_again_and_again(event, work, every.total_seconds() / pace))
            stack.callback(ticking.cancel)
        await application.run()


async def _again_and_again(event: str, work: Work, every: float) -> None:
    while True:
        await asyncio.sleep(max(every, OFTEN_ENOUGH))
        await tick(event, work)
