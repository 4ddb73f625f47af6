"""How well and how fast courses are found.

    python -m benchmarks.search [--misses]          quality on the judged queries, against what databases have ready
    python -m benchmarks.search --large [100000]    time of a search among so many invented courses

PostgreSQL is measured where it answers (TEST_POSTGRES_URL).
"""

import argparse
import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import make_url, text

from benchmarks.judged import ALL, HELD_OUT, Finder, Score, judged, scores
from benchmarks.large_catalogue import large_catalogue, mistyped
from benchmarks.stage import on_server
from db import vocabulary
from db.engine import Database
from db.migrate import upgrade
from db.search_index import stems_of
from domain.clock import Calendar
from domain.person import Person
from domain.spelling import plain_words
from services.catalogue import Catalogue
from services.demo_catalogue import COURSES, dated_courses
from services.imports import Imports
from services.portal import open_portal
from services.synonym_file import kept_synonyms
from services.views import CourseCard
from services.vocabulary import Vocabulary
from tests.city import City

DAY: Final = datetime(2027, 2, 28, 9, tzinfo=UTC)
TOP: Final = 10
QUERIES: Final = 300
OVER_ALL: Final = 0.98
OF_EACH_KIND: Final = 0.95
"""Success among the first five, at least."""
TIMES_BARE: Final = 2.0
A_CORRECTION: Final = 3.0
"""Of the processor's time at p95 a search may take so many times the bare query's, and so many milliseconds more a
corrected word."""

Row = tuple[str, ...]
"""Of a course: the code, the title, what is said about it, the annotation."""


@asynccontextmanager
async def opened(url: str, name: str, content: bytes) -> AsyncIterator[tuple[Database, Calendar, Person]]:
    """A database with these courses, and somebody who looks for them."""
    database = Database(url)
    await upgrade(database)
    calendar = Calendar(ZoneInfo("Europe/Moscow"), lambda: DAY)
    await Imports(database, calendar).courses(name, content)
    person = await City(database, open_portal(database, calendar)).person()
    yield database, calendar, person
    await database.close()


def catalogue_of(database: Database, calendar: Calendar) -> Catalogue:
    """The search with the portal's own synonyms."""
    return Catalogue(database, calendar, kept_synonyms())


def ours(catalogue: Catalogue, person: Person) -> Finder:
    """The bot's own search."""

    async def find(query: str) -> list[str]:
        view = await catalogue.search(query, person)
        if isinstance(view, CourseCard):
            return [view.code]
        return [] if view.is_nearest else [line.code for line in view.page.lines]

    return find


async def rows_of(database: Database) -> list[Row]:
    """The courses as the yardsticks get them."""
    about = "coalesce(p.name, '') || ' ' || coalesce(audience, '') || ' ' || coalesce(direction, '')"
    statement = (
        f"SELECT code, title, {about}, coalesce(annotation, '') FROM courses c JOIN providers p ON p.id = provider_id"
    )
    async with database.read() as connection:
        return [tuple(row) for row in await connection.execute(text(statement))]


def of_sqlite(rows: Sequence[Row], tokenizer: str, shortest: int) -> Finder:
    """FTS5 as it comes: every word of the query, bm25 with the title first."""
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE VIRTUAL TABLE ix USING fts5(code, title, about, annotation, tokenize = '{tokenizer}')")
    connection.executemany("INSERT INTO ix VALUES (?, ?, ?, ?)", rows)

    async def find(query: str) -> list[str]:
        words = [word.replace('"', "") for word in query.split()]
        match = " ".join(f'"{word}"' for word in words if len(word) >= shortest)
        statement = "SELECT code FROM ix WHERE ix MATCH ? ORDER BY bm25(ix, 10, 10, 4, 1) LIMIT ?"
        return [row[0] for row in connection.execute(statement, (match, TOP))] if match else []

    return find


def of_like(rows: Sequence[Row]) -> Finder:
    """LIKE '%word%' for every word, in lower case, which SQLite itself does for Latin letters alone."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE courses (code, everything)")
    connection.executemany("INSERT INTO courses VALUES (?, ?)", [(row[0], " ".join(row).lower()) for row in rows])

    async def find(query: str) -> list[str]:
        words = query.lower().split()
        where = " AND ".join(["everything LIKE ?"] * len(words)) or "1"
        statement = f"SELECT code FROM courses WHERE {where} ORDER BY code LIMIT {TOP}"
        return [row[0] for row in connection.execute(statement, [f"%{word}%" for word in words])]

    return find


_WEIGHTED: Final = """
    setweight(to_tsvector('russian', code || ' ' || title), 'A') || setweight(to_tsvector('russian', about), 'B')
    || setweight(to_tsvector('russian', annotation), 'C')
"""


async def of_postgresql(connection: Any, rows: Sequence[Row]) -> Finder:
    """The `russian` configuration, and pg_trgm where it finds nothing."""
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    await connection.execute("CREATE TABLE yardstick (code text, title text, about text, annotation text, v tsvector)")
    await connection.executemany("INSERT INTO yardstick VALUES ($1, $2, $3, $4)", rows)
    await connection.execute(f"UPDATE yardstick SET v = {_WEIGHTED}")
    by_words = """
        SELECT code FROM yardstick, plainto_tsquery('russian', $1) AS q WHERE v @@ q
        ORDER BY ts_rank(v, q) DESC, code LIMIT $2
    """
    by_likeness = """
        SELECT code FROM yardstick, concat_ws(' ', code, title, about) AS said WHERE word_similarity($1, said) > 0.3
        ORDER BY word_similarity($1, said) DESC, code LIMIT $2
    """

    async def find(query: str) -> list[str]:
        found = await connection.fetch(by_words, query, TOP) or await connection.fetch(by_likeness, query, TOP)
        return [row["code"] for row in found]

    return find


def is_good(by_kind: dict[str, Score]) -> bool:
    """Whether the right courses stand among the first five as often as they should."""
    return all(score.within(5) >= (OVER_ALL if kind == ALL else OF_EACH_KIND) for kind, score in by_kind.items())


async def quality(*, misses: bool) -> bool:
    """The table of all searches by kind; whether ours is as good as it should be."""
    content = dated_courses(COURSES.read_bytes(), DAY.date())
    table: dict[str, dict[str, Score]] = {}
    queries = judged()

    async def measure(name: str, find: Finder) -> None:
        table[name] = await scores(find, queries)

    with tempfile.TemporaryDirectory() as folder:
        async with opened(f"sqlite:///{folder}/bot.db", COURSES.name, content) as (database, calendar, person):
            find = ours(catalogue_of(database, calendar), person)
            await measure("ours, SQLite", find)
            held_out = await scores(find, judged(HELD_OUT))
            rows = await rows_of(database)
    await measure("FTS5", of_sqlite(rows, "unicode61", 1))
    await measure("FTS5, trigrams", of_sqlite(rows, "trigram", 3))
    await measure("LIKE", of_like(rows))
    try:
        async with on_server() as url:
            async with opened(url, COURSES.name, content) as (database, calendar, person):
                await measure("ours, PostgreSQL", ours(catalogue_of(database, calendar), person))
            connection = await asyncpg.connect(url)
            try:
                await measure("PostgreSQL's russian, pg_trgm", await of_postgresql(connection, rows))
            except asyncpg.PostgresError as refusal:
                print(f"pg_trgm: {refusal}")
            await connection.close()
    except OSError:
        print("postgresql: does not answer")
    print(f"{len(queries)} judged queries over {len(rows)} courses: success@1, success@5, MRR")
    for name, by_kind in table.items():
        show(name, by_kind, misses=misses)
    show("ours, SQLite, on the queries held out", held_out, misses=misses)
    return all(is_good(by_kind) for name, by_kind in table.items() if name.startswith("ours"))


def show(name: str, by_kind: dict[str, Score], *, misses: bool) -> None:
    """One search's lines."""
    print(f"\n{name}")
    for kind, score in by_kind.items():
        print(
            f"  {kind:<16}{len(score.places):>4}{score.within(1):8.3f}{score.within(5):8.3f}{score.reciprocal:8.3f}"
            f"{'   ' + ' · '.join(score.missed) if misses and kind != 'all' else ''}"
        )


# At large


@dataclass(frozen=True)
class Taken:
    """How long something took, in milliseconds: on the wall, and of the processor, which other work leaves alone."""

    wall: float
    processor: float


class Watch:
    """Taken since it was made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def read(self) -> Taken:
        """So far."""
        return Taken(1000 * (time.perf_counter() - self._wall), 1000 * (time.process_time() - self._processor))


def percentile(values: Sequence[float]) -> float:
    """The 95th."""
    return statistics.quantiles(values, n=20)[-1]


@contextmanager
def bare(rows: Sequence[Row], file: Path) -> Iterator[Callable[[str], Any]]:
    """FTS5 alone over the same stems: every word, the ten best by its own rank."""
    connection = sqlite3.connect(file)
    connection.execute("CREATE VIRTUAL TABLE ix USING fts5(title, about, annotation, tokenize = 'ascii')")
    stemmed = ([" ".join(stems_of(plain_words(part))) for part in row[1:]] for row in rows)
    connection.executemany("INSERT INTO ix VALUES (?, ?, ?)", stemmed)
    connection.commit()
    statement = "SELECT rowid FROM ix WHERE ix MATCH ? ORDER BY rank LIMIT 10"

    def find(query: str) -> Any:
        stems = stems_of(plain_words(query))
        return connection.execute(statement, (" ".join(f'"{stem}"' for stem in stems),)).fetchall()

    yield find
    connection.close()


async def at_large(count: int, queries: int = QUERIES) -> bool:
    """The time of a search on both databases, beside the bare FTS5 query for the corrected words; whether on SQLite it
    is within bounds."""
    chance = random.Random(count)
    content, titles = large_catalogue(count)
    asked = []
    for number in range(queries):
        words = [word for word in plain_words(chance.choice(titles)) if len(word) >= 4]
        right = chance.sample(words, k=min(len(words), 1 + number % 3))
        slips = number // 3 % 3
        wrong = [mistyped(word, chance) if place < slips else word for place, word in enumerate(right)]
        asked.append((" ".join(wrong), " ".join(right), min(slips, len(right))))
    with tempfile.TemporaryDirectory() as folder:
        async with opened(f"sqlite:///{folder}/bot.db", "large.csv", content) as (database, calendar, person):
            rows = await rows_of(database)
            with bare(rows, Path(folder) / "bare.db") as find:
                within = await _timed(database, calendar, person, asked, find)
    try:
        async with on_server() as url, opened(url, "large.csv", content) as (database, calendar, person):
            await _tidied(url)
            await _timed(database, calendar, person, asked, None)
    except OSError:
        print("postgresql: does not answer")
    return within


async def _tidied(url: str) -> None:
    """What PostgreSQL's autovacuum does by itself within minutes of an import."""
    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def _timed(
    database: Database,
    calendar: Calendar,
    person: Person,
    asked: Sequence[tuple[str, str, int]],
    find: Callable[[str], Any] | None,
) -> bool:
    kind = make_url(str(database.url)).get_backend_name()
    async with database.read() as connection:
        changes = await vocabulary.changed_since(connection, 0)
    tracemalloc.start()
    words = Vocabulary(kept_synonyms())
    words.update(changes)
    words.nearest("математикаа", "математикаа")
    print(f"{kind}: {len(changes):,} words in memory, {tracemalloc.get_traced_memory()[0] / 2**20:.1f} MiB")
    tracemalloc.stop()
    catalogue = catalogue_of(database, calendar)
    await catalogue.search("матиматика", person)
    ours: dict[int, list[Taken]] = defaultdict(list)
    bare: dict[int, list[Taken]] = defaultdict(list)
    for wrong, right, slips in asked:
        watch = Watch()
        await catalogue.search(wrong, person)
        ours[slips].append(watch.read())
        if find is not None:
            watch = Watch()
            find(right)
            bare[slips].append(watch.read())
    within = True
    for slips, taken in sorted(ours.items()):
        print(f"  {slips} corrected: {_said(taken)}")
        if find is not None:
            at_most = TIMES_BARE * _p95(bare[slips]) + A_CORRECTION * slips
            holds = _p95(taken) <= at_most
            print(f"    bare FTS5: {_said(bare[slips])}; at most {at_most:.1f}: {'holds' if holds else 'BROKEN'}")
            within = within and holds
    return within


def _p95(taken: Sequence[Taken]) -> float:
    return percentile([one.processor for one in taken])


def _said(taken: Sequence[Taken]) -> str:
    wall = [one.wall for one in taken]
    middle = statistics.median(one.processor for one in taken)
    return (
        f"of the processor p50 {middle:.1f} ms, p95 {_p95(taken):.1f} ms; "
        f"on the wall p50 {statistics.median(wall):.1f} ms, p95 {percentile(wall):.1f} ms"
    )


async def main() -> None:
    """Quality, or time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--large", type=int, nargs="?", const=100_000)
    options = parser.parse_args()
    sys.exit(0 if await (at_large(options.large) if options.large else quality(misses=options.misses)) else 1)


if __name__ == "__main__":
    asyncio.run(main())
