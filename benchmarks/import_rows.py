"""How fast a catalogue is imported: rows a second, and as ratios to reading the file, which needs no database.

`python -m benchmarks.import_rows [--rows N]`, on SQLite, and on PostgreSQL where it answers (TEST_POSTGRES_URL).
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.large_catalogue import courses_csv
from benchmarks.stage import on_server
from db.engine import Database
from db.migrate import upgrade
from domain.clock import Calendar
from services.catalogue_files import read_courses
from services.imports import Imports

WORDS: Final = (
    "математика литература физика чтение урок ученик класс школа развитие методика практика анализ проект задача "
    "оценивание мотивация игра речь музыка история география биология программирование воспитание поддержка семья "
    "педагог подготовка экзамен исследование цифровой современный инклюзивный начальный дошкольный творческий"
)


def invented(rows: int, seats: int = 25) -> bytes:
    """A csv of courses in a few words."""
    return courses_csv(rows, WORDS.split(), seats=seats)[0]


class TimedDatabase(Database):
    """Knows how long its transactions lasted, in seconds."""

    held = 0.0

    @asynccontextmanager
    async def write(self, *, apart: bool = False, brief: bool = False) -> AsyncIterator[AsyncConnection]:
        """The same transaction."""
        since = time.perf_counter()
        async with super().write(apart=apart, brief=brief) as tx:
            yield tx
        self.held += time.perf_counter() - since

    def look(self) -> float:
        """The seconds since the last look."""
        held, self.held = self.held, 0.0
        return held


async def measure(url: str, rows: int) -> None:
    """Print the table of one database."""
    database = TimedDatabase(url)
    await upgrade(database)
    imports = Imports(database, Calendar(ZoneInfo("Europe/Moscow")))
    content, fuller = invented(rows), invented(rows, seats=30)

    since = time.perf_counter()
    read_courses("courses.csv", content)
    reading = time.perf_counter() - since

    def show(phase: str, seconds: float) -> None:
        print(f"  {phase:<42}{seconds:8.2f} s {rows / seconds:10,.0f} rows/s {seconds / reading:8.2f}")

    async def bring(file: bytes) -> float:
        since = time.perf_counter()
        await imports.courses("courses.csv", file)
        return time.perf_counter() - since

    print(f"{make_url(url).get_backend_name()}, {rows:,} rows{'ratio to reading':>54}")
    show("reading", reading)
    show("first import, reading included", await bring(content))
    show("  of it the transaction", database.look())
    again = await bring(content)
    show("comparing, nothing differs", again - reading)
    show("the same file again, reading included", again)
    show("seats differ in all rows, reading included", await bring(fuller))
    show("  of it the transaction", database.look())
    await database.close()


async def main() -> None:
    """SQLite in a temporary file, then PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        await measure(f"sqlite:///{folder}/bot.db", rows)
    try:
        async with on_server() as url:
            await measure(url, rows)
    except OSError:
        print("postgresql: does not answer")


if __name__ == "__main__":
    asyncio.run(main())
