"""«Отменить курс»: a course is over for good, and its live applications end with it (row 15)."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, cancelling, groups, outbox, people, vocabulary
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import CourseCancelled, IllegalMove, NotAllowed
from domain.person import Person
from domain.status import Move
from services.group_views import Cancellation
from services.moves import LostRace, Moving, move

AT_ONCE: Final = 50
"""How many applications end in a transaction: a thousand must not hold the others for long."""
COURSE_CANCELLED: Final = "course_cancelled"
"""Tells a provider that an operator has cancelled its course."""
NOBODY: Final = 0


class Cancelling:
    """Use cases of whoever cancels a course, and of the clock, which carries on with what is left of it."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def ask(self, course_id: int, by: Person) -> Cancellation:
        """How many people a cancelled course would touch, before the second tap.

        Raises: NotAllowed (neither its provider's staff nor an operator), CourseCancelled.
        """
        async with self._database.read() as connection:
            row = await _course(connection, course_id, by)
        if row.cancelled_at is not None:
            raise CourseCancelled
        return _view(row)

    async def cancel(self, course_id: int, by: Person) -> Cancellation:
        """Cancel it. The first applications end at once, the others soon, by `carry_on`.

        Raises: NotAllowed, CourseCancelled.
        """
        async with self._database.write() as tx:
            await groups.hold_course(tx, course_id)
            row = await _course(tx, course_id, by)
            if not await cancelling.cancel(tx, course_id, self._calendar.now()):
                raise CourseCancelled
            await self._tell_provider(tx, row, by)
            await self._end_some(tx, course_id, by.id)
            if row.published:
                await vocabulary.count_course(tx, course_id, -1)
        return _view(row)

    async def _tell_provider(self, tx: AsyncConnection, course: AnyRow, by: Person) -> None:
        if course.by_is_staff:
            return
        payload = {"code": course.code, "title": course.title, "people": course.live}
        notes = [
            Note(f"{COURSE_CANCELLED}:{course.id}:{user_id}", user_id, COURSE_CANCELLED, payload)
            for user_id in await people.staff_of(tx, course.provider_id)
            if user_id != by.id
        ]
        await outbox.add(tx, notes, self._calendar.now())

    async def carry_on(self) -> int:
        """End what is left of cancelled courses, a bounded number in a transaction: how many ended."""
        ended = 0
        while some := await self._carry_on_some():
            ended += some
        return ended

    async def _carry_on_some(self) -> int:
        async with self._database.read() as connection:
            course_id = await cancelling.unfinished(connection)
        if course_id is None:
            return 0
        async with self._database.write() as tx:
            await groups.hold_course(tx, course_id)  # another replica's tick waits for its turn
            return await self._end_some(tx, course_id, await cancelling.by_whom(tx, course_id))

    async def _end_some(self, tx: AsyncConnection, course_id: int, by: int | None) -> int:
        ended = 0
        for application_id in await cancelling.live(tx, course_id, AT_ONCE):
            facts = await applications.facts(tx, application_id, NOBODY, self._calendar.today())
            assert facts is not None
            told = {"course_id": course_id}
            try:
                await move(tx, facts, Moving(Move.CANCEL_COURSE, by, told=told), self._calendar)
            except (LostRace, IllegalMove):
                continue  # it is live still, or has ended in another way: the next round sees
            ended += 1
        return ended


async def _course(connection: AsyncConnection, course_id: int, by: Person) -> AnyRow:
    row = await groups.course(connection, course_id, by.id)
    if row is None or not (row.by_is_staff or row.by_is_operator):
        raise NotAllowed
    return row


def _view(row: AnyRow) -> Cancellation:
    return Cancellation(row.id, row.code, row.title, row.live, bool(row.by_is_staff))
