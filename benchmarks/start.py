"""From the start of the process to the first answer, and the memory at rest, beside those of a bare echo bot.

    python -m benchmarks.start [--starts 7] [--courses 100000]

Each start is a new process on long polling, with the disk's cache warm; the echo bot and ours take turns. What is
answered waits in the stand-in already. The memory is the resident set five seconds after the answer. The large
catalogue has as many courses, in words as unevenly common as in a real one, and has been searched with a mistyped word,
so that its words are in memory. Bounds: 1.3 times the echo's, with a large catalogue 1.5 times its memory.
"""

import asyncio
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from benchmarks.large_catalogue import large_catalogue
from benchmarks.stage import Report, chosen, in_folder, on_server, resident, running, table, verdict
from db.engine import Database
from db.migrate import bring_up_to_date
from domain.clock import Calendar
from playground.stand_in import StandIn
from services.portal import open_portal
from tests.city import City
from tests.running import COMES_WITHIN, environment

AT_REST_AFTER: Final = 5.0
MOST: Final = 1.3
MOST_AT_LARGE: Final = 1.5
"""Of the memory, with a large catalogue."""
ECHO: Final = "echo"
MIB: Final = 1024


@dataclass(frozen=True, slots=True)
class Place:
    """A database that is up to date, and a teacher who knows the bot there."""

    url: str
    chat_id: int
    searched: bool = False
    """Whether a word is searched for before the memory is looked at."""


@dataclass
class Starts:
    """Of one bot: seconds to the first answer, MiB at rest."""

    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every start, by the bot."""

    starts: Mapping[str, Starts]

    def reports(self) -> list[Report]:
        """A column for each bot."""
        echo, columns = self.starts[ECHO], []
        for name, found in self.starts.items():
            seconds, memory = statistics.median(found.seconds), statistics.median(found.memory)
            to_echo, in_memory = seconds / statistics.median(echo.seconds), memory / statistics.median(echo.memory)
            most = MOST_AT_LARGE if "courses" in name else MOST
            broken = [f"{name}: {to_echo:.2f} times the echo's start"] if to_echo > MOST and most == MOST else []
            broken += [f"{name}: {in_memory:.2f} times the echo's memory"] if in_memory > most else []
            rows = {
                "start to the first answer, median": f"{seconds:.2f} s",
                "quickest, slowest": f"{min(found.seconds):.2f}, {max(found.seconds):.2f} s",
                "to the echo's": f"{to_echo:.2f}",
                "memory at rest": f"{memory:.0f} MiB",
                "to the echo's memory": f"{in_memory:.2f}",
            }
            columns.append(Report(name, rows, broken))
        return columns


async def run(folder: Path, *, starts: int, courses: int, rest: float = AT_REST_AFTER, warmed: bool = False) -> Outcome:
    """Start each bot as many times, in turns; where the cache is not `warmed`, after a turn that does not count."""
    found: dict[str, Starts] = defaultdict(Starts)
    async with AsyncExitStack() as stack:
        places: dict[str, Place | None] = {ECHO: None}
        places["ours, SQLite"] = await _prepared(f"sqlite:///{folder}/small.db", 0)
        try:
            places["ours, PostgreSQL"] = await _prepared(await stack.enter_async_context(on_server()), 0)
        except OSError:
            print("PostgreSQL does not answer", file=sys.stderr)
        places[f"ours, {courses:,} courses"] = await _prepared(f"sqlite:///{folder}/large.db", courses)
        for turn in range(1 if warmed else 0, starts + 1):
            for name, place in places.items():
                seconds, memory = await _started(place, folder / "bot.log", rest)
                if turn:
                    found[name].seconds.append(seconds)
                    found[name].memory.append(memory)
    return Outcome(found)


async def _prepared(url: str, courses: int) -> Place:
    database = Database(url)
    await bring_up_to_date(database)
    services = open_portal(database, Calendar(ZoneInfo("Europe/Moscow")))
    city = City(database, services)
    person = await city.person()
    if courses:
        await services.imports.courses("large.csv", large_catalogue(courses)[0])
    await database.close()
    return Place(url, person.chat_id, searched=courses > 0)


async def _started(place: Place | None, log: Path, rest: float) -> tuple[float, float]:
    """Seconds from the process's start to its first answer, and MiB after a rest."""
    async with await StandIn.start() as stand_in:
        phone = stand_in.person("Анна", id=place.chat_id if place else 7_000_000_001)
        await phone.starts()
        settings = {"BOT_TOKEN": stand_in.token, "BOT_API_URL": stand_in.url, "LOG_LEVEL": "WARNING"}
        given = settings | ({"DATABASE_URL": place.url} if place else {})
        began = time.perf_counter()
        module = "bot" if place else "benchmarks.speed.echo"
        async with running(module, environment(**given), log) as process:
            await phone.hears(timeout=COMES_WITHIN)
            seconds = time.perf_counter() - began
            if place and place.searched:
                await phone.sends("педогог")
                await phone.hears(timeout=COMES_WITHIN)
            await asyncio.sleep(rest)
            return seconds, resident(process.pid)


async def main(starts: int, courses: int) -> int:
    """Print the table: the exit code, 1 where a bound is broken."""
    async with in_folder() as folder:
        reports: Sequence[Report] = (await run(folder, starts=starts, courses=courses)).reports()
    print(table(reports))
    return verdict(line for report in reports for line in report.broken)


if __name__ == "__main__":
    os.environ["ENV_FILE"] = os.devnull
    sys.exit(asyncio.run(main(**chosen(__doc__, starts=7, courses=100_000))))
