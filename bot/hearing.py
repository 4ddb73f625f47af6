"""Hearing from the other processes on a PostgreSQL database. Whoever hears nothing looks by the clock, as ever."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from bot.logs import told
from db.engine import Database
from db.wakes import listen

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 15.0

log: Final = structlog.get_logger()


async def hear(database: Database, wake: Mapping[str, Callable[[], None]]) -> None:
    """Call what stands for a channel whenever there was word on it, for ever; a lost connection is opened again."""
    pause = FIRST_PAUSE

    def heard(channel: str) -> None:
        nonlocal pause
        pause = FIRST_PAUSE
        wake[channel]()

    while True:
        try:
            await listen(database, heard)
        except Exception as fault:
            log.warning("others_not_heard", fault=told(fault), seconds=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
