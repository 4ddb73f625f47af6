"""«Зачётная книжка»: what a teacher has completed, for good."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import records
from db.engine import Database
from db.types import AnyRow
from domain import policy
from domain.clock import Calendar
from domain.errors import NotAllowed, NothingCompleted
from domain.person import Person
from services.settings import Settings
from services.views import Page

CHECK_BYTES: Final = 16
"""128 random bits: nobody comes upon somebody's record by guessing."""
PAGE_SIZE: Final = 5
EXTRACT_LIMIT: Final = 200
"""Records on paper at most, the newest: more than a working life holds."""


@dataclass(frozen=True, slots=True)
class RecordView:
    """A completed course as its own teacher sees it."""

    id: int
    full_name: str
    """As it was when the course was completed."""
    code: str
    title: str
    provider: str
    hours: int | None
    starts_on: date | None
    completed_on: date
    document: str | None
    document_number: str | None
    document_date: date | None
    check_token: str


@dataclass(frozen=True, slots=True)
class Book:
    """A page of the record book; hours are those of all its records, and of the last three years."""

    page: Page[RecordView]
    total_hours: int
    recent_hours: int
    norm: int


@dataclass(frozen=True, slots=True)
class Extract:
    """The whole record book for paper. `total` counts what is left out past the limit, too."""

    full_name: str
    position: str
    school: str | None
    issued_at: datetime
    """On the wall clock of the city."""
    recent_since: date
    records: tuple[RecordView, ...]
    total: int
    total_hours: int
    recent_hours: int
    norm: int


@dataclass(frozen=True, slots=True)
class GenuineRecord:
    """What anybody who has a record's token may see."""

    full_name: str
    code: str
    title: str
    hours: int | None
    starts_on: date | None
    completed_on: date


async def add_record(
    tx: AsyncConnection,
    facts: AnyRow,
    *,
    document_number: str | None,
    document_date: date | None,
    completed_on: date,
) -> bool:
    """A line of the record book for an application that is completed in this transaction (row 11).

    `facts` is the application's row, of which its id is taken. What the record says stays as it is now, whatever
    becomes of the course or the profile. False, where the application has its record already: there is never a second.
    """
    return await records.add(
        tx,
        facts.id,
        completed_on=completed_on,
        document_number=document_number,
        document_date=document_date,
        check_token=secrets.token_urlsafe(CHECK_BYTES),
    )


class RecordBook:
    """Use cases of a teacher who looks back, and of anybody who checks a record."""

    def __init__(self, database: Database, calendar: Calendar, settings: Settings) -> None:
        self._database = database
        self._calendar = calendar
        self._settings = settings

    async def look(self, page: int, by: Person) -> Book:
        """A page of one's own record book, the newest record first; a page past the last is the first."""
        since = policy.hours_since(self._calendar.today())
        norm = (await self._settings.current()).hours_norm
        async with self._database.read() as connection:
            rows = await records.of_person(connection, by.id, since, PAGE_SIZE, page * PAGE_SIZE)
            if not rows and page > 0:
                page, rows = 0, await records.of_person(connection, by.id, since, PAGE_SIZE)
        total, total_hours, recent_hours = _sums(rows)
        lines = tuple(_view(row) for row in rows)
        return Book(Page(lines, page, PAGE_SIZE, total), total_hours, recent_hours, norm)

    async def one(self, record_id: int, by: Person) -> RecordView:
        """One's own record.

        Raises: NotAllowed (also where it does not exist).
        """
        async with self._database.read() as connection:
            row = await records.one(connection, record_id, by.id)
        if row is None:
            raise NotAllowed
        return RecordView(*row)

    async def extract(self, by: Person) -> Extract:
        """One's whole record book, for paper.

        Raises: NothingCompleted.
        """
        now = self._calendar.now()
        since = policy.hours_since(self._calendar.today())
        norm = (await self._settings.current()).hours_norm
        async with self._database.read() as connection:
            rows = await records.of_person(connection, by.id, since, EXTRACT_LIMIT)
        if not rows:
            raise NothingCompleted
        total, total_hours, recent_hours = _sums(rows)
        return Extract(
            full_name=by.full_name,
            position=by.position,
            school=by.school,
            issued_at=self._calendar.local(now),
            recent_since=since,
            records=tuple(_view(row) for row in rows),
            total=total,
            total_hours=total_hours,
            recent_hours=recent_hours,
            norm=norm,
        )

    async def check(self, token: str) -> GenuineRecord | None:
        """What a record says, to whoever has its token, known to the portal or not; None: there is no such record."""
        async with self._database.read() as connection:
            row = await records.with_token(connection, token)
        return None if row is None else GenuineRecord(*row)


def _view(row: AnyRow) -> RecordView:
    return RecordView(*row[: len(fields(RecordView))])


def _sums(rows: Sequence[AnyRow]) -> tuple[int, int, int]:
    return (rows[0].total, int(rows[0].total_hours), int(rows[0].recent_hours)) if rows else (0, 0, 0)
