"""Courses shown to others, in any chat: what somebody may pass on, and nothing of who passes it on."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import sharing
from db.engine import Database
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import NotAllowed
from domain.person import Person, printable
from services.catalogue import QUERY_LIMIT, Catalogue
from services.views import Offered, SharedCourse, SharedProvider

OFFERED_AT_ONCE: Final = 20
"""Cards in one answer; as somebody scrolls, more are asked for."""
PROVIDERS_AT_ONCE: Final = 3
OFFERED_FIRST: Final = 20
"""Cards before anything is typed."""


class Sharing:
    """Use cases of whoever shows a course to others."""

    def __init__(self, database: Database, calendar: Calendar, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue
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

    async def providers(self, provider_id: int | None, by: Person) -> tuple[SharedProvider, ...]:
        """One's own providers, or (for its staff and for operators) that one, for the poster of a catalogue.

        Raises: NotAllowed, whether it exists or not.
        """
        async with self._database.read() as connection:
            rows = await sharing.providers(connection, by.id, provider_id, PROVIDERS_AT_ONCE)
            found = [
                SharedProvider(row.id, row.name, tuple(await sharing.directions(connection, row.id))) for row in rows
            ]
        if not found:
            raise NotAllowed
        return tuple(found)

    async def _first(self, connection: AsyncConnection, by: Person) -> tuple[SharedCourse, ...]:
        today = self._calendar.today()
        rows = list(await sharing.favourites(connection, by.id, today, OFFERED_FIRST))
        own = {row.id for row in rows}
        rows += [row for row in await sharing.closing(connection, today, OFFERED_FIRST) if row.id not in own]
        return tuple(shared(row) for row in rows[:OFFERED_FIRST])

    async def _found(self, connection: AsyncConnection, query: str, offset: int) -> Offered:
        ids, total = await self._catalogue.answers(connection, query, OFFERED_AT_ONCE, offset)
        rows = {row.id: row for row in await sharing.cards(connection, ids, self._calendar.today())}
        further = offset + OFFERED_AT_ONCE
        found = tuple(shared(rows[course_id]) for course_id in ids if course_id in rows)
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
