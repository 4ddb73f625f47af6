"""What benchmarks of the running bot share: a database, a stand-in for Telegram, the bot's own process, people."""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import func, insert, make_url, select

from benchmarks.hurried import FastClock
from db import outbox
from db.engine import Database
from db.migrate import bring_up_to_date
from db.outbox import Note
from db.tables import Chat, Notification, User
from domain.clock import Calendar, utc_now
from domain.person import Person
from playground.person import Person as Phone
from playground.stand_in import StandIn
from services.portal import open_portal
from tests.city import City
from tests.forked import Forked
from tests.running import COMES_WITHIN, STOPS_WITHIN, start_bot

POSTGRES: Final = os.environ.get("TEST_POSTGRES_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"
ROWS_AT_ONCE: Final = 1_000
_chats: Final = count(7_000_000_001)


def noon() -> str:
    """The name of a time zone in which it is about noon: quiet hours would hold back what nobody waits for."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@dataclass
class Stage:
    """A city on a database, the stand-in, and the bot when it has been started."""

    url: str
    log: Path
    city: City
    stand_in: StandIn
    zone: str
    clock: FastClock | None = None
    """The city's and the bot's; None: real time."""

    @property
    def database(self) -> Database:
        """The city's own way to the database."""
        return self.city.database

    async def start(self) -> Forked:
        """Start the bot's process."""
        given = {"TIME_ZONE": self.zone, "LOG_LEVEL": "WARNING", **(self.clock.as_setting() if self.clock else {})}
        entry = "benchmarks.hurried" if self.clock else "bot.cli"
        return await start_bot(self.stand_in, self.url, self.log, entry, **given)

    async def start_and_wait(self) -> Forked:
        """Start it and wait until it takes updates. Raises: AssertionError."""
        bot = await self.start()
        await self.stand_in.bot_is_up(COMES_WITHIN)
        return bot

    async def crowd(self, people: int, school_id: int | None = None) -> list[tuple[int, Phone]]:
        """So many teachers at once, with phones on which the bot is known: their ids and phones."""
        sample = await self.city.person(school_id)
        self.phone(sample)
        async with self.database.read() as connection:
            columns = select(User.__table__).where(User.id == sample.id)
            row = dict((await connection.execute(columns)).mappings().one())
        del row["id"]
        phones = [self.phone_at(next(_chats)) for _ in range(people)]
        found: list[tuple[int, Phone]] = []
        async with self.database.write() as tx:
            for some in _chunks(phones):
                rows = [row | {"email": f"person{phone.id}@example.org", "email_key": None} for phone in some]
                ids = sorted((await tx.execute(insert(User).values(rows).returning(User.id))).scalars())
                met = list(zip(ids, some, strict=True))
                await tx.execute(insert(Chat).values([{"user_id": user, "chat_id": phone.id} for user, phone in met]))
                found += met
        return found

    def phone(self, person: Person) -> Phone:
        """A registered person's phone, on which the bot is known."""
        return self.phone_at(person.chat_id)

    def phone_at(self, chat_id: int) -> Phone:
        """A phone with that chat, on which the bot is known."""
        phone = self.stand_in.person("Анна", id=chat_id)
        phone.chat.bot_status = "member"
        return phone

    async def tell(self, notes: Sequence[Note]) -> None:
        """Write notes into the outbox, all at once."""
        async with self.database.write() as tx:
            await outbox.add(tx, notes, self.city.services.calendar.now())

    async def unsettled(self, keys: str) -> int:
        """How many notes, whose keys begin so, are neither said nor given up."""
        waiting = (Notification.sent_at.is_(None), Notification.failed_at.is_(None), Notification.key.startswith(keys))
        return int(await self.city.one(select(func.count()).select_from(Notification).where(*waiting)))

    async def until_settled(self, keys: str, within: float) -> None:
        """Wait until every such note is said or given up, or until so many seconds have passed."""
        ends = time.monotonic() + within
        while await self.unsettled(keys) and time.monotonic() < ends:  # noqa: ASYNC110 - rows tell nobody
            await asyncio.sleep(0.5)


def _chunks(items: list[Phone]) -> Iterable[list[Phone]]:
    return (items[start : start + ROWS_AT_ONCE] for start in range(0, len(items), ROWS_AT_ONCE))


@asynccontextmanager
async def staged(url: str, log: Path, *, speed: float = 1.0, jump: float = 0.0) -> AsyncIterator[Stage]:
    """A stage on a database, on a clock that is so fast and jumps so far; whoever starts a bot ends it."""
    zone = noon()
    clock = FastClock(time.time(), speed, jump) if (speed, jump) != (1.0, 0.0) else None
    now = clock.now if clock else utc_now
    database = Database(url, now)
    await bring_up_to_date(database)
    try:
        async with await StandIn.start() as stand_in:
            city = City(database, open_portal(database, Calendar(ZoneInfo(zone), now)))
            yield Stage(url, log, city, stand_in, zone, clock)
    finally:
        await database.close()


@asynccontextmanager
async def on_server(server: str = POSTGRES, name: str = "benchmark") -> AsyncIterator[str]:
    """The URL of a new database on a PostgreSQL server, dropped afterwards. Raises: OSError, where none answers."""
    name = f"{name}_{os.getpid()}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()


@asynccontextmanager
async def in_folder() -> AsyncIterator[Path]:
    """A folder for a database and a log, gone afterwards."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def running(module: str, environment: Mapping[str, str], log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m MODULE`, with nothing loaded that it does not load itself, until the context ends."""
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, env=dict(environment), stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), STOPS_WITHIN)


async def on_each(measure: Callable[[str, Path], Awaitable["Report"]], url: str | None = None) -> int:
    """Measure on the database of a URL, or on a new SQLite file and then on PostgreSQL, where that answers; print one
    table of all: the exit code, 1 where a bound is broken."""
    reports: list[Report] = []
    async with in_folder() as folder:
        if url is not None:
            reports.append(await measure(url, folder / "bot.log"))
        else:
            reports.append(await measure(f"sqlite:///{folder / 'bot.db'}", folder / "sqlite.log"))
            try:
                async with on_server() as server_url:
                    reports.append(await measure(server_url, folder / "postgresql.log"))
            except OSError:
                print("PostgreSQL does not answer", file=sys.stderr)
    print(table(reports))
    return verdict(line for report in reports for line in report.broken)


def verdict(broken: Iterable[str]) -> int:
    """Say which bounds are broken: the exit code."""
    lines = list(broken)
    print("\n".join(lines), file=sys.stderr)
    return 1 if lines else 0


class Reported(Protocol):
    """What a benchmark found out on one database."""

    def report(self, url: str) -> "Report":
        """The column of the table."""


def chosen(about: str | None, **options: Any) -> dict[str, Any]:
    """What the command line says of these options, which have these defaults."""
    return vars(_parser(about, options).parse_args())


def _parser(about: str | None, options: Mapping[str, Any]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in options.items():
        parser.add_argument(f"--{name}", type=type(default), default=default, help="%(default)s")
    return parser


def resident(pid: int) -> float:
    """The resident memory of a process, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def command(about: str | None, run: Callable[..., Awaitable[Reported]], **options: Any) -> NoReturn:
    """A benchmark's command: its options are those that `run` takes, with their defaults; ends the process with the
    exit code of `on_each`."""
    parser = _parser(about, options)
    parser.add_argument("--database", help="a URL of an empty database; by default a SQLite file, then PostgreSQL")
    given = vars(parser.parse_args())
    database = given.pop("database")

    async def measure(url: str, log: Path) -> Report:
        return (await run(url, log, **given)).report(url)

    sys.exit(asyncio.run(on_each(measure, database)))


@dataclass(frozen=True)
class Report:
    """What was measured: a column of the table, by the rows' names, and the bounds that are broken."""

    title: str
    rows: Mapping[str, Any]
    broken: Sequence[str]


def table(reports: Sequence[Report]) -> str:
    """Columns beside each other, in Markdown."""
    lines = [f"| | {' | '.join(report.title for report in reports)} |", f"| --- |{' --- |' * len(reports)}"]
    for name in reports[0].rows:
        lines.append(f"| {name} | {' | '.join(str(report.rows[name]) for report in reports)} |")
    return "\n".join(lines)


def named(url: str) -> str:
    """A database's name in a table's head."""
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[make_url(url).get_backend_name()]
