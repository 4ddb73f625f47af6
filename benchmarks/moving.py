"""How fast a large portal moves from SQLite to PostgreSQL, and what memory it takes.

    python -m benchmarks.moving [--rows 1000000]

Fills a SQLite file with about so many rows, moves it into an empty PostgreSQL database (TEST_POSTGRES_URL), and prints
rows a second, all of it included: both schemas, every row written, read from both sides and compared, and the index.
"""

import asyncio
import resource
import tempfile
import time
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from benchmarks.filled import Size, fill
from benchmarks.stage import chosen, on_server
from db import moving
from db.engine import Database
from db.migrate import upgrade
from domain.clock import Calendar

COURSES_OF: Final = 200
PEOPLE_OF: Final = 30
APPLICATIONS_OF: Final = 7
"""Of so many rows one is a course, a person, an application; the others hang on these."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a move took."""

    rows: int
    courses: int
    copied: float
    """Seconds until every row was written."""
    compared: float
    """Seconds until each was read from both sides and compared, too."""
    seconds: float
    """All of it."""
    grown: float
    """MiB by which the process's largest size grew while it moved."""


async def run(source: str, target: str, rows: int) -> Outcome:
    """Fill a new SQLite database and move it."""
    database = Database(source)
    await upgrade(database)
    size = Size(max(60, rows // COURSES_OF), max(50, rows // PEOPLE_OF), max(100, rows // APPLICATIONS_OF))
    await fill(database, size, Calendar(ZoneInfo("Europe/Moscow")), searchable=False)
    await database.close()
    before, began = _largest(), time.perf_counter()
    marks: list[float] = []

    def progress(done: int, total: int) -> None:
        if (done * 2 >= total and not marks) or done == total:
            marks.append(time.perf_counter() - began)

    moved = await moving.move(source, target, progress)
    seconds = time.perf_counter() - began
    grown = (_largest() - before) / 1024
    return Outcome(sum(moved.values()), moved["courses"], marks[0], marks[-1], seconds, grown)


def _largest() -> int:
    """KiB on Linux."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def shown(outcome: Outcome) -> str:
    """The table."""
    copying, comparing = outcome.copied, outcome.compared - outcome.copied
    index = outcome.seconds - outcome.compared
    rows = {
        f"written: {outcome.rows:,} rows": (copying, outcome.rows / copying),
        "read from both sides and compared": (comparing, outcome.rows / comparing),
        f"the index of {outcome.courses:,} courses, and the commit": (index, outcome.courses / index),
        "all of it": (outcome.seconds, outcome.rows / outcome.seconds),
    }
    lines = ["| | | a second |", "| --- | --- | --- |"]
    lines += [f"| {name} | {seconds:,.0f} s | {rate:,.0f} |" for name, (seconds, rate) in rows.items()]
    return "\n".join([*lines, f"| memory, more than before | {outcome.grown:,.0f} MiB | |"])


async def main(rows: int) -> None:
    """A SQLite file in a folder that goes away, a PostgreSQL database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with on_server() as target:
            print(shown(await run(f"sqlite:///{folder}/bot.db", target, rows)))


if __name__ == "__main__":
    asyncio.run(main(**chosen(__doc__, rows=1_000_000)))
