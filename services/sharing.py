"""Courses shown to others, in any chat: what somebody may pass on, and nothing of who passes it on."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import courses, sharing
from db.engine import Database
from db.types import AnyRow
from domain.clock import Calendar
from domain.codes import normalise_code
from domain.errors import NotAllowed
from domain.person import Person, printable
from services.catalogue import QUERY_LIMIT
from services.views import Offered, SharedCourse

OFFERED_AT_ONCE: Final = 20
"""Cards in one answer; as somebody scrolls, more are asked for."""
OFFERED_FIRST: Final = 20
"""Cards before anything is typed."""


class Sharing:
    """Use cases of whoever shows a course to others."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def offered(self, text: str, offset: int, by: Person) -> Offered:
        """Cards for what is typed so far; for nothing: own favourites, then what closes soonest.

        The course with exactly this code is the only one. Typing is not kept as a search.
        """
        query = " ".join(printable(text).split())[:QUERY_LIMIT].strip()
        async with self._database.read() as connection:
            if not query:
                return Offered(await self._first(connection, by), None)
            return await self._found(connection, query, offset)

    async def course(self, course_id: int, by: Person) -> SharedCourse:
        """A course for others, such as on a poster.

        Raises: NotAllowed, where it is not published: a code on a wall must lead to something.
        """
        async with self._database.read() as connection:
            rows = await sharing.cards(connection, [course_id], self._calendar.today())
        if not rows:
            raise NotAllowed
        return shared(rows[0])

    async def _first(self, connection: AsyncConnection, by: Person) -> tuple[SharedCourse, ...]:
        today = self._calendar.today()
        rows = list(await sharing.favourites(connection, by.id, today, OFFERED_FIRST))
        own = {row.id for row in rows}
        rows += [row for row in await sharing.closing(connection, today, OFFERED_FIRST) if row.id not in own]
        return tuple(shared(row) for row in rows[:OFFERED_FIRST])

    async def _found(self, connection: AsyncConnection, query: str, offset: int) -> Offered:
        today, code_key = self._calendar.today(), normalise_code(query)
        course_id = await courses.by_code(connection, code_key) if code_key else None
        if course_id is not None:
            return Offered(tuple(map(shared, await sharing.cards(connection, [course_id], today))), None)
        lines = await courses.found(connection, query, code_key, today, OFFERED_AT_ONCE, offset)
        rows = {row.id: row for row in await sharing.cards(connection, [line.id for line in lines], today)}
        total = lines[0].total if lines else 0
        further = offset + OFFERED_AT_ONCE
        found = tuple(shared(rows[line.id]) for line in lines if line.id in rows)
        return Offered(found, further if further < total else None)


def shared(row: AnyRow) -> SharedCourse:
    """A course for others from db.sharing's row."""
    return SharedCourse(
        id=row.id,
        code=row.code,
        title=row.title,
        provider=row.provider,
        funding=row.funding,
        price=row.price,
        hours=row.hours,
        form=row.form,
        audience=row.audience,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        apply_until=row.apply_until,
        is_open=bool(row.is_open),
    )
