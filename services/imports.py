"""Bringing the portal's files into the database: one transaction, only differences, all or nothing."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, search_index, vocabulary
from db import imports as statements
from db.engine import Database
from db.imports import CHUNK, COURSE_COLUMNS, COURSE_FIELDS, SCHOOL_COLUMNS, SCHOOL_FIELDS, SchoolKey, Standing, Values
from db.search_index import CourseText, Words
from db.tables import Course, School
from domain.catalogue import CourseRow, Fault, Funding, SchoolRow
from domain.clock import Calendar
from domain.codes import normalise_code, normalise_name
from domain.policy import closes_on
from domain.status import Move
from services import watching
from services.catalogue_files import read_courses, read_schools
from services.changes import TOLD, tell_of_courses
from services.moves import Moving, move

Progress = Callable[[int, int], None]
"""Called with how much is done of how much: a row counts once when it is compared and once when it is kept."""
First = Callable[[AsyncConnection], Awaitable[None]]
"""What the transaction of an import does before it writes; where it raises, nothing is written."""
Key = TypeVar("Key", str, SchoolKey)

INDEXED: Final = [
    COURSE_COLUMNS.index(column)
    for column in ("code", "title", "provider_key", "audience", "direction", "form", "annotation")
]
"""What the search index is made of: the fields of CourseText."""
MANY: Final = 100
"""Courses with new words, after which the index is settled: it takes a second where there are 20,000."""
NOBODY: Final = 0
"""A file is nobody's tap."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found and did. `written` is False for a dry run, or where faults held it back.

    `new`, `changed` and `unchanged` count good rows: those written, or those that would be. `skipped` counts the
    rows with faults.
    """

    new: int
    changed: int
    unchanged: int
    faults: tuple[Fault, ...]
    skipped: int
    dry_run: bool
    written: bool


@dataclass(frozen=True, slots=True)
class Difference(Generic[Key]):
    """A row of the file that the database has otherwise, or (`was` None) not at all."""

    key: Key
    was: Standing | None


class Kind(Protocol[Key]):
    """What a file is about: its good rows by key, and how they are compared and written."""

    stated: dict[Key, Values]

    async def standing(self, connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, Standing]:
        """Those of the keys that the database has, as they stand there."""

    def prepare(self, differences: Sequence[Difference[Key]]) -> None:
        """What takes long and needs no transaction."""

    async def write(self, tx: AsyncConnection, differences: Sequence[Difference[Key]]) -> None:
        """Write a chunk of differences."""

    async def finish(self, tx: AsyncConnection) -> None:
        """What comes last in the transaction."""


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


class Imports:
    """Use cases of operators: files of courses and schools.

    Reading and comparing happen before the transaction. Inside it the differences alone are looked at again, in case
    somebody else imports at this moment, and written: two imports at once are written one after the other, and a row
    of both files ends as one of them has it, in full.

    An import is one transaction however many rows it writes; on SQLite other writers wait for its end, and give up
    after BUSY_TIMEOUT_MS where they are another process. On a slow two-core machine it takes half a second for 5,000
    new rows, and for 100,000, such as the first import of everything, 13 s (PostgreSQL: 18 s, where nobody waits).
    """

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def courses(
        self,
        name: str,
        content: bytes,
        *,
        dry_run: bool = False,
        skip_invalid: bool = False,
        progress: Progress = silent,
        first: First | None = None,
    ) -> ImportReport:
        """Bring in a file of courses; a new one is published, one that the file lacks stays as it is.

        A row with faults keeps the whole file out, unless `skip_invalid`. Row 17: where a course turns off-budget,
        its waiting applications are approved. Raises: UnreadableFile, NoHeader, and what `first` raises.
        """
        file = await asyncio.to_thread(read_courses, name, content)
        kind = await asyncio.to_thread(_Courses, file.rows, self._calendar)
        return await self._bring(kind, file.faults, dry_run, skip_invalid, progress, first)

    async def schools(
        self,
        name: str,
        content: bytes,
        *,
        dry_run: bool = False,
        skip_invalid: bool = False,
        progress: Progress = silent,
        first: First | None = None,
    ) -> ImportReport:
        """Bring in a file of schools; one that the file lacks stays as it is.

        A row with faults keeps the whole file out, unless `skip_invalid`. Raises: UnreadableFile, NoHeader, and what
        `first` raises.
        """
        file = await asyncio.to_thread(read_schools, name, content)
        kind = await asyncio.to_thread(_Schools, file.rows)
        return await self._bring(kind, file.faults, dry_run, skip_invalid, progress, first)

    async def _bring(
        self,
        kind: Kind[Key],
        faults: tuple[Fault, ...],
        dry_run: bool,
        skip_invalid: bool,
        progress: Progress,
        first: First | None,
    ) -> ImportReport:
        written = not dry_run and (skip_invalid or not faults)
        total = 2 * len(kind.stated)
        async with self._database.read() as connection:
            differences = await _compare(connection, kind, list(kind.stated), lambda done: progress(done, total))
        if written and (differences or first):
            await asyncio.to_thread(kind.prepare, differences)
            async with self._database.write() as tx:
                if first is not None:
                    await first(tx)
                differences = await _write(
                    tx, kind, [difference.key for difference in differences], lambda left: progress(total - left, total)
                )
        progress(total, total)
        new = sum(difference.was is None for difference in differences)
        return ImportReport(
            new=new,
            changed=len(differences) - new,
            unchanged=len(kind.stated) - len(differences),
            faults=faults,
            skipped=len({fault.row for fault in faults}),
            dry_run=dry_run,
            written=written,
        )


async def _compare(
    connection: AsyncConnection, kind: Kind[Key], keys: Sequence[Key], progress: Callable[[int], None]
) -> list[Difference[Key]]:
    differences: list[Difference[Key]] = []
    done = 0
    for chunk in _chunks(keys):
        standing = await kind.standing(connection, chunk)
        for key in chunk:
            was = standing.get(key)
            if was is None or was.values != kind.stated[key]:
                differences.append(Difference(key, was))
        done += len(chunk)
        progress(done)
    return differences


async def _write(
    tx: AsyncConnection, kind: Kind[Key], keys: Sequence[Key], progress: Callable[[int], None]
) -> list[Difference[Key]]:
    """Write what differs still; `progress` is told how many rows are left."""
    await statements.one_at_a_time(tx)
    differences = await _compare(tx, kind, keys, lambda _: None)
    left = len(differences)
    for chunk in _chunks(differences):
        await kind.write(tx, chunk)
        left -= len(chunk)
        progress(left)
    await kind.finish(tx)
    return differences


class _Courses:
    def __init__(self, rows: Sequence[CourseRow], calendar: Calendar) -> None:
        self._calendar = calendar
        self._providers: dict[str, str] = {}
        self._provider_ids: dict[str, int] = {}
        self._words: dict[str, Words] = {}
        self._spoken: Counter[str] = Counter()
        """By how many courses more each word is held."""
        self._indexed = 0
        """How many courses have come with new words."""
        self.stated: dict[str, Values] = {}
        as_stated = attrgetter(*COURSE_FIELDS)
        for row in rows:
            provider_key = normalise_name(row.provider)
            self._providers.setdefault(provider_key, row.provider)
            last_day = closes_on(row.apply_until, row.starts_on)
            self.stated[normalise_code(row.code)] = (*as_stated(row), provider_key, last_day)

    async def standing(self, connection: AsyncConnection, keys: Collection[str]) -> dict[str, Standing]:
        return await statements.courses(connection, keys)

    def prepare(self, differences: Sequence[Difference[str]]) -> None:
        for difference in differences:
            if difference.was is None or self._is_reworded(difference.key, difference.was):
                self._words_of(difference.key)

    async def write(self, tx: AsyncConnection, differences: Sequence[Difference[str]]) -> None:
        keys = {self._column(difference.key, "provider_key") for difference in differences} - self._provider_ids.keys()
        self._provider_ids |= await statements.provider_ids(tx, {key: self._providers[key] for key in keys})
        await self._add(tx, [difference.key for difference in differences if difference.was is None])
        await self._change(tx, {difference.key: difference.was for difference in differences if difference.was})

    async def finish(self, tx: AsyncConnection) -> None:
        await vocabulary.count(tx, self._spoken)
        if self._indexed >= MANY:
            await search_index.settle(tx)

    async def _add(self, tx: AsyncConnection, keys: Sequence[str]) -> None:
        rows = [
            {"code_key": key, "published": True, "listed_at": self._calendar.now(), **self._row(key)} for key in keys
        ]
        await statements.add(tx, Course, rows)
        ids = await statements.course_ids(tx, keys)
        await search_index.index(tx, [(ids[key], self._words_of(key)) for key in keys], fresh=True)
        self._indexed += len(keys)
        for key in keys:
            self._spoken.update(self._words_of(key).spoken)

    async def _change(self, tx: AsyncConnection, standing: Mapping[str, Standing]) -> None:
        await statements.change(tx, Course, [{"row_id": was.id, **self._row(key)} for key, was in standing.items()])
        reworded = [key for key, was in standing.items() if self._is_reworded(key, was)]
        await search_index.index(tx, [(standing[key].id, self._words_of(key)) for key in reworded], fresh=False)
        self._indexed += len(reworded)
        published = await statements.published(tx, [standing[key].id for key in reworded])
        for key in reworded:
            if standing[key].id in published:
                self._spoken.update(self._words_of(key).spoken)
                self._spoken.subtract(_words(standing[key].values).spoken)
        changed = {was.id: (self._told(was.values), self._told(self.stated[key])) for key, was in standing.items()}
        await tell_of_courses(tx, changed, self._calendar)
        await watching.tell_of_courses(tx, changed, self._calendar)
        await self._turn_paid(tx, [was.id for key, was in standing.items() if self._turns_paid(key, was)])

    async def _turn_paid(self, tx: AsyncConnection, course_ids: Sequence[int]) -> None:
        """Row 17: nobody needs to approve what waits for these courses."""
        for application_id in await statements.waiting_for_courses(tx, course_ids):
            facts = await applications.facts(tx, application_id, NOBODY, self._calendar.today())
            assert facts is not None
            await move(tx, facts, Moving(Move.TURN_PAID, None), self._calendar)

    def _told(self, values: Values) -> dict[str, Any]:
        """What those who have applied, or keep an eye on the course, are told of."""
        return {name: values[COURSE_COLUMNS.index(name)] for name in (*TOLD, "code", "title", "closes_on", "seats")}

    def _turns_paid(self, key: str, was: Standing) -> bool:
        before = was.values[COURSE_COLUMNS.index("funding")]
        return before is Funding.BUDGET and self._column(key, "funding") is Funding.PAID

    def _is_reworded(self, key: str, was: Standing) -> bool:
        return any(was.values[index] != self.stated[key][index] for index in INDEXED)

    def _words_of(self, key: str) -> Words:
        if key not in self._words:
            self._words[key] = _words(self.stated[key])
        return self._words[key]

    def _column(self, key: str, column: str) -> Any:
        return self.stated[key][COURSE_COLUMNS.index(column)]

    def _row(self, key: str) -> dict[str, Any]:
        row = dict(zip(COURSE_COLUMNS, self.stated[key], strict=True))
        return {"provider_id": self._provider_ids[row.pop("provider_key")], **row}


def _words(values: Values) -> Words:
    return search_index.words(CourseText(*(values[index] for index in INDEXED)))


class _Schools:
    def __init__(self, rows: Sequence[SchoolRow]) -> None:
        self.stated: dict[SchoolKey, Values] = {}
        as_stated = attrgetter(*SCHOOL_FIELDS)
        for row in rows:
            search_key = normalise_name(" ".join(filter(None, (row.name, row.short_name, row.district))))
            self.stated[normalise_name(row.name), normalise_name(row.district)] = (*as_stated(row), search_key)

    async def standing(self, connection: AsyncConnection, keys: Collection[SchoolKey]) -> dict[SchoolKey, Standing]:
        return await statements.schools(connection, keys)

    def prepare(self, differences: Sequence[Difference[SchoolKey]]) -> None:
        pass

    async def write(self, tx: AsyncConnection, differences: Sequence[Difference[SchoolKey]]) -> None:
        new = [
            {"name_key": key[0], "district_key": key[1], **self._row(key)}
            for key in (difference.key for difference in differences if difference.was is None)
        ]
        changed = [
            {"row_id": difference.was.id, **self._row(difference.key)} for difference in differences if difference.was
        ]
        await statements.add(tx, School, new)
        await statements.change(tx, School, changed)

    async def finish(self, tx: AsyncConnection) -> None:
        pass

    def _row(self, key: SchoolKey) -> dict[str, Any]:
        return dict(zip(SCHOOL_COLUMNS, self.stated[key], strict=True))
