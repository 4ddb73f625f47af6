"""Long polling: a batch is confirmed only after it is stored."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiogram import Bot

from bot.dispatching import ALLOWED_UPDATES
from bot.logs import told
from bot.session import GetRawUpdates

POLL_SECONDS: Final = 25
PATIENCE_SECONDS: Final = POLL_SECONDS + 15
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 15.0

log: Final = structlog.get_logger()


async def poll(bot: Bot, accept: Callable[[list[dict[str, Any]]], Awaitable[None]]) -> None:
    """Ask for updates for ever; faults of the network, of Telegram or of the database make a pause, no more."""
    offset: int | None = None
    pause = 0.0
    while True:
        try:
            asking = GetRawUpdates(offset=offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED_UPDATES)
            updates = await bot(asking, request_timeout=PATIENCE_SECONDS)
            await accept(updates)
            offset = max((update["update_id"] + 1 for update in updates), default=offset)
        except Exception as fault:
            pause = min(pause * 2 or FIRST_PAUSE, LONGEST_PAUSE)
            log.warning("polling_paused", fault=told(fault), seconds=pause)
            await asyncio.sleep(pause)
            continue
        if pause:
            log.info("polling_goes_on")
            pause = 0.0
