"""What «Фильтры» cost: the screen of each kind with its counts, and lists that filters narrow.

    python -m benchmarks.filters [--courses 100000] [--database URL]

Use cases alone, medians of several calls, over all of the catalogue and over a search for one of its commonest words.
Statements are counted, `BEGIN` and `COMMIT` left out.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import event

from benchmarks.large_catalogue import large_catalogue
from db.engine import Database
from db.migrate import upgrade
from domain.clock import Calendar
from domain.filtering import Kind
from domain.person import Person
from services.catalogue import OPEN_NOW
from services.portal import Services, open_portal
from services.views import Found
from tests.city import City

CALLS: Final = 9
COUNTED: Final = (Kind.FUNDING, Kind.FORM, Kind.HOURS, Kind.MONTH, Kind.CATEGORY, Kind.PROVIDER)


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of some calls, in milliseconds, and the statements of one."""

    name: str
    milliseconds: float
    statements: int


async def measure(database: Database, services: Services, by: Person) -> list[Figure]:
    """Every screen, over both kinds of lists."""
    found = await services.catalogue.search("учителя", by)
    assert isinstance(found, Found)
    figures: list[Figure] = []
    for place, search_id in (("catalogue", OPEN_NOW), ("a common word", found.search_id)):
        screens: dict[str, Callable[[], Awaitable[Any]]] = {"kinds": partial(services.filtering.look, search_id, by)}
        for kind in COUNTED:
            screens[kind.name.lower()] = partial(services.filtering.choices, kind, search_id, 0, by)
        screens["page"] = partial(services.catalogue.page, search_id, 0, by)
        figures += [await _figure(database, f"{place}: {name}", call) for name, call in screens.items()]
    return figures


async def _figure(database: Database, name: str, call: Callable[[], Awaitable[Any]]) -> Figure:
    await call()
    asked: Counter[str] = Counter()

    def note(*_: Any) -> None:
        asked["statements"] += 1

    # On PostgreSQL both are one engine, and a statement would be noted twice.
    engines = [database.writer.sync_engine, *([database.reader.sync_engine] if database.is_sqlite else [])]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    times = []
    for _ in range(CALLS):
        began = time.perf_counter()
        await call()
        times.append(time.perf_counter() - began)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return Figure(name, statistics.median(times) * 1000, asked["statements"] // CALLS)


def report(figures: list[Figure]) -> str:
    """A line each."""
    return "\n".join(f"{each.name:28} {each.milliseconds:8.1f} ms {each.statements:3} statements" for each in figures)


async def _run(courses: int, url: str) -> None:
    database = Database(url)
    await upgrade(database)
    services = open_portal(database, Calendar(ZoneInfo("Europe/Moscow")))
    content, _ = large_catalogue(courses)
    await services.imports.courses("courses.csv", content)
    by = await City(database, services).person()
    print(database.url.get_backend_name(), f"{courses} courses")
    print(report(await measure(database, services, by)))
    await database.close()


def main() -> None:
    """As the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=100_000)
    parser.add_argument("--database", help="an empty one; without it, a SQLite file that is gone afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(arguments.courses, arguments.database or f"sqlite:///{Path(folder) / 'courses.db'}"))


if __name__ == "__main__":
    main()
