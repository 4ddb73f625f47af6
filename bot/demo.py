"""`python -m bot demo`: the whole bot in a browser. The stand-in for Telegram is here, the bot its own process."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
import webbrowser
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.settings import KEY_LENGTH, ROOT, Settings
from db.engine import Database
from db.migrate import bring_up_to_date
from domain.clock import Calendar
from playground.stand_in import StandIn
from services.demo_city import DemoPeople, found
from texts import demo as texts

HOST: Final = "127.0.0.1"
PORT: Final = 8417
PORTS_TRIED: Final = 20
STOPS_WITHIN: Final = 20.0
MAIL_FROM: Final = "portal@example.org"
FOLDER: Final = ROOT / "data"
ZONE: Final = ZoneInfo(Settings.model_fields["time_zone"].default)

Say = Callable[[str], None]


class NoPort(Exception):
    """Every port that was tried is taken. Its text is the line to show."""


class Demo:
    """The first day, lived on one stand-in with the bot beside it. `died` is set when the bot ends by itself."""

    def __init__(self, stand_in: StandIn, file: Path) -> None:
        self._stand_in = stand_in
        self._file = file
        self._url = f"sqlite:///{quote(file.as_posix())}"
        self._bot: Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._key = secrets.token_urlsafe(KEY_LENGTH)
        self.died = asyncio.Event()

    async def begin(self) -> None:
        """An empty database is filled, its people open their chats, the bot starts."""
        self._forget()
        database = Database(self._url)
        try:
            await bring_up_to_date(database)
            people = await found(database, Calendar(ZONE))
        finally:
            await database.close()
        await self._hand_out_phones(people)
        await self._start_bot()

    async def end(self) -> None:
        """The bot stops and its database is gone."""
        bot, self._bot = self._bot, None
        if bot is not None and bot.returncode is None:
            bot.terminate()
            try:
                await asyncio.wait_for(bot.wait(), STOPS_WITHIN)
            except TimeoutError:
                bot.kill()
        if self._watching is not None:
            await self._watching
        self._forget()

    async def again(self) -> None:
        """Back to the first day; returns when the bot answers again."""
        await self.end()
        self._stand_in.clear()
        await self.begin()
        await self.is_ready()

    async def is_ready(self) -> None:
        """Wait until the bot answers, or is dead."""
        ready = asyncio.create_task(self._stand_in.bot_is_up())
        dead = asyncio.create_task(self.died.wait())
        await asyncio.wait({ready, dead}, return_when=asyncio.FIRST_COMPLETED)
        for task in (ready, dead):
            task.cancel()

    async def _hand_out_phones(self, people: DemoPeople) -> None:
        """Residents have opened the bot, so that it may write to them; the newcomer has not yet."""
        for key, caption in texts.CAPTIONS.items():
            resident = getattr(people, key)
            last, first, *_ = resident.full_name.split()
            await self._stand_in.person(first, last, id=resident.chat_id, caption=caption).starts()
        first, last, caption = texts.NEWCOMER
        self._stand_in.person(first, last, caption=caption)

    async def _start_bot(self) -> None:
        self._bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", stdin=DEVNULL, cwd=ROOT, env=self._environment()
        )
        self._watching = asyncio.create_task(self._watch(self._bot))

    def _environment(self) -> dict[str, str]:
        """What the bot is started with: none of the settings that stand around here but how much it logs."""
        settings = {name.upper() for name in Settings.model_fields}
        around = {name: value for name, value in os.environ.items() if name.upper() not in settings}
        return around | {
            "ENV_FILE": os.devnull,
            "BOT_TOKEN": self._stand_in.token,
            "BOT_API_URL": self._stand_in.url,
            "DATABASE_URL": self._url,
            "TIME_ZONE": ZONE.key,
            "SMTP_URL": self._stand_in.mail.url if self._stand_in.mail else "",
            "MAIL_FROM": MAIL_FROM,
            "SECRET_KEY": self._key,
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        }

    async def _watch(self, bot: Process) -> None:
        await bot.wait()
        if bot is self._bot:
            self.died.set()

    def _forget(self) -> None:
        for file in self._file.parent.glob(f"{self._file.name}*"):
            file.unlink(missing_ok=True)


async def serve(port: int, *, browser: bool, say: Say) -> bool:
    """Live through the demo until SIGINT or SIGTERM; False, where the bot ended by itself.

    `port` 0 takes any free one. Raises: NoPort.
    """
    stop = _on_signals()
    demos: list[Demo] = []

    async def on_reset() -> None:
        await demos[0].again()

    async with await StandIn.start(host=HOST, port=free_port(port), on_reset=on_reset, with_mail=True) as stand_in:
        demo = Demo(stand_in, _file_for(stand_in.url))
        demos.append(demo)
        try:
            await _live(demo, stand_in.url, stop, browser=browser, say=say)
        finally:
            await demo.end()
    return not demo.died.is_set()


async def _live(demo: Demo, url: str, stop: asyncio.Event, *, browser: bool, say: Say) -> None:
    say(texts.FOUNDING)
    await demo.begin()
    say(texts.page(url))
    if browser:
        await asyncio.to_thread(open_browser, url)
    await demo.is_ready()
    ends = [asyncio.create_task(event.wait()) for event in (stop, demo.died)]
    if not demo.died.is_set():
        say(texts.READY.format(env_file=ROOT / ".env"))
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
    say(texts.BOT_DIED if demo.died.is_set() else texts.STOPPED)


def free_port(first: int) -> int:
    """The port itself or the next free one on this machine; 0 stays 0.

    Raises: NoPort.
    """
    for port in range(first, min(first + PORTS_TRIED, 2**16)) if first else [0]:
        with contextlib.suppress(OSError), socket.create_server((HOST, port)):
            return port
    raise NoPort(texts.no_port(first))


def open_browser(url: str) -> None:
    """Open the page where there is a window to open it in: a browser in the terminal would take the terminal."""
    has_windows = os.name == "nt" or sys.platform == "darwin"
    if has_windows or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(url)


def _file_for(url: str) -> Path:
    """Two demos at once have two ports and two databases."""
    port = int(url.rpartition(":")[2])
    return FOLDER / ("demo.db" if port == PORT else f"demo-{port}.db")


def _on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop
