"""The bot as its own process: `python -m bot` with no settings but those given."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from bot.settings import ROOT, Settings
from playground.stand_in import StandIn
from tests.forked import Forked

STOPS_WITHIN: Final = 20.0
COMES_WITHIN: Final = 120.0
COMMAND_WITHIN: Final = 120.0


def environment(**settings: str) -> dict[str, str]:
    """These settings, and none of the machine's or the developer's own."""
    names = {name.upper() for name in Settings.model_fields}
    around = {name: value for name, value in os.environ.items() if name.upper() not in names}
    return around | {"ENV_FILE": os.devnull, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "120"} | settings


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def start_bot(stand_in: StandIn, database_url: str, log: Path, entry: str = "bot.cli", **settings: str) -> Forked:
    """Start `python -m bot` against a stand-in, logging as JSON lines to the end of `log`."""
    given = {
        "BOT_TOKEN": stand_in.token,
        "BOT_API_URL": stand_in.url,
        "DATABASE_URL": database_url,
        "LOG_FORMAT": "json",
        "TAP_LIMIT": "0",  # the phones of tests are quicker than people
        **settings,
    }
    return Forked((), environment(**given), log, log, entry)


@asynccontextmanager
async def running_bot(stand_in: StandIn, database_url: str, log: Path, **settings: str) -> AsyncIterator[Forked]:
    """The bot, up and answering, until the context ends.

    Raises: AssertionError with the log, where it does not come up or does not stop when told.
    """
    bot = await start_bot(stand_in, database_url, log, **settings)
    try:
        up = asyncio.create_task(stand_in.bot_is_up(COMES_WITHIN))
        gone = asyncio.create_task(bot.wait())
        await asyncio.wait({up, gone}, return_when=asyncio.FIRST_COMPLETED)
        assert bot.returncode is None, written(log)
        await up
        yield bot
    finally:
        await stop(bot)
        gone.cancel()


async def stop(bot: Forked) -> int:
    """Ask the bot to stop, kill it where it does not: its exit code."""
    if bot.returncode is None:
        bot.terminate()
    try:
        return await asyncio.wait_for(bot.wait(), STOPS_WITHIN)
    except TimeoutError:
        bot.kill()
        return await bot.wait()


def written(log: Path) -> str:
    """What the bot has logged so far."""
    return log.read_text(encoding="utf-8", errors="replace")


def faults(log: Path) -> list[str]:
    """The events that were logged as errors."""
    lines = [line for line in log.read_bytes().splitlines() if line.startswith(b"{")]
    events = [orjson.loads(line) for line in lines]
    return [f"{event['event']}: {event}" for event in events if event.get("level") in {"error", "critical"}]


@dataclass(frozen=True)
class Finished:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


async def command(*arguments: str | Path, **settings: str) -> Finished:
    """Run `python -m bot ARGUMENTS` to its end.

    Raises: TimeoutError, where it does not come to one.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = Forked([str(argument) for argument in arguments], environment(**settings), out, err)
        try:
            code = await asyncio.wait_for(process.wait(), COMMAND_WITHIN)
        except TimeoutError:
            process.kill()
            raise
        return Finished(code, written(out), written(err))
