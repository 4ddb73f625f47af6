"""What `python -m bot` does, but at nobody's pace: Telegram's thirty messages a second are not what is measured."""

import asyncio
import time
from typing import Final

from bot.cli import loading_for_good, quick_loop

HURRY: Final = 100_000


def main() -> None:
    """Live until the process is told to stop."""
    with loading_for_good():
        from bot import logs
        from bot.limiter import Limiter
        from bot.session import BotSession
        from bot.settings import read_settings
        from bot.startup import build

    settings = read_settings()
    logs.set_up(settings.log_level, settings.log_format, settings.secrets)

    async def live() -> None:
        application = build(settings)
        application.bot.session = BotSession(settings.bot_api_url, Limiter(lambda: time.monotonic() * HURRY))
        await application.start()
        await application.run()

    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        runner.run(live())


if __name__ == "__main__":
    main()
