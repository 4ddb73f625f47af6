"""What `python -m bot` does, but at nobody's pace: Telegram's thirty messages a second are not what is measured."""

import asyncio
import time
from typing import Final

from bot import logs
from bot.cli import quick_loop
from bot.limiter import Limiter
from bot.session import BotSession
from bot.settings import read_settings
from bot.startup import build

HURRY: Final = 100_000


def main() -> None:
    """Live until the process is told to stop."""
    settings = read_settings()
    logs.set_up(settings.log_level, settings.log_format, settings.secrets)
    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        runner.run(_live())


async def _live() -> None:
    settings = read_settings()
    application = build(settings)
    application.bot.session = BotSession(settings.bot_api_url, Limiter(lambda: time.monotonic() * HURRY))
    await application.start()
    await application.run()
