"""«Группы и зачисление»: a provider's courses and their groups."""

from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import enrolment, groups, vocabulary
from db.engine import Database
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import CourseCancelled, GroupNumberTaken, NotAllowed, SeatsTaken
from domain.groups import free, next_number, require_order
from domain.person import Person
from services.changes import tell_of_group
from services.group_views import CourseDesk, CourseOfProvider, GroupDraft, GroupView
from services.running import applicant_lines, course_of_staff, desk, group_line, group_of_staff, held_group
from services.running import next_in_line as first_waiting
from services.views import Page
from services.watching import tell_of_opening

PAGE_SIZE: Final = 7
MEMBERS_SHOWN: Final = 8


class Groups:
    """Use cases of a provider's staff: courses, groups, what is published."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def courses(self, page: int, by: Person) -> Page[CourseOfProvider]:
        """The courses of one's providers, those with something to do first. A page past the end is the first one.

        Raises: NotAllowed, for those who are nobody's staff.
        """
        if not by.provider_staff:
            raise NotAllowed
        async with self._database.read() as connection:
            rows = await groups.courses_of(connection, by.id, self._calendar.today(), PAGE_SIZE, page * PAGE_SIZE)
        if not rows and page > 0:
            return await self.courses(0, by)
        return Page(tuple(_course_line(row) for row in rows), page, PAGE_SIZE, rows[0].total if rows else 0)

    async def desk(self, course_id: int, by: Person) -> CourseDesk:
        """One of these courses with its groups.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            return await desk(connection, course_id, by.id, self._calendar.today())

    async def publish(self, course_id: int, by: Person, *, published: bool) -> CourseDesk:
        """Show the course in the catalogue, or take it out; those with an application see it all the same.

        Raises: NotAllowed, CourseCancelled.
        """
        async with self._database.write() as tx:
            await groups.hold_course(tx, course_id)
            was = await course_of_staff(tx, course_id, by.id)
            if was.cancelled_at is not None:
                raise CourseCancelled
            await groups.publish(tx, course_id, published=published)
            if published and not was.published:
                await tell_of_opening(tx, [course_id], self._calendar)
            if published != was.published:
                await vocabulary.count_course(tx, course_id, 1 if published else -1)
            return await desk(tx, course_id, by.id, self._calendar.today())

    async def group(self, group_id: int, page: int, by: Person) -> GroupView:
        """A group with a page of its people.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            return await group_view(connection, group_id, page, by.id, self._calendar.today())

    async def new(self, course_id: int, by: Person) -> GroupDraft:
        """A new group as the course suggests it.

        Raises: NotAllowed, CourseCancelled.
        """
        async with self._database.read() as connection:
            course = await course_of_staff(connection, course_id, by.id)
            if course.cancelled_at is not None:
                raise CourseCancelled
            number = next_number(await groups.numbers(connection, course_id))
        return GroupDraft(
            course_id=course.id,
            group_id=None,
            code=course.code,
            title=course.title,
            number=number,
            starts_on=course.starts_on,
            ends_on=course.ends_on,
            seats=free(course.seats, course.enrolled) or course.seats,
            venue=course.venue,
        )

    async def to_change(self, group_id: int, by: Person) -> GroupDraft:
        """A group as it is, to be changed.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            row = await group_of_staff(connection, group_id, by.id)
        return GroupDraft(
            course_id=row.course_id,
            group_id=row.id,
            code=row.code,
            title=row.title,
            number=row.number,
            starts_on=row.own_starts_on,
            ends_on=row.own_ends_on,
            seats=row.seats,
            venue=row.own_venue,
        )

    async def save(self, draft: GroupDraft, by: Person) -> GroupView:
        """Create the group, or change it; a change of dates or place is told to its people, once.

        Raises: NotAllowed, CourseCancelled, GroupNumberTaken, SeatsTaken, DatesOutOfOrder.
        """
        require_order(draft.starts_on, draft.ends_on)
        values = {
            "number": draft.number,
            "starts_on": draft.starts_on,
            "ends_on": draft.ends_on,
            "seats": draft.seats,
            "venue": draft.venue,
        }
        async with self._database.write() as tx:
            if draft.group_id is None:
                group_id = await self._create(tx, draft, values, by)
            else:
                group_id = await self._change(tx, draft.group_id, values, by)
            return await group_view(tx, group_id, 0, by.id, self._calendar.today())

    async def _create(self, tx: AsyncConnection, draft: GroupDraft, values: dict[str, Any], by: Person) -> int:
        await groups.hold_course(tx, draft.course_id)
        if (await course_of_staff(tx, draft.course_id, by.id)).cancelled_at is not None:
            raise CourseCancelled
        group_id = await groups.add(tx, draft.course_id, values)
        if group_id is None:
            raise GroupNumberTaken
        return group_id

    async def _change(self, tx: AsyncConnection, group_id: int, values: dict[str, Any], by: Person) -> int:
        was = await held_group(tx, group_id, by.id)
        if await groups.is_number_taken(tx, was.course_id, values["number"], group_id):
            raise GroupNumberTaken
        if values["seats"] is not None and values["seats"] < was.enrolled:
            raise SeatsTaken(was.enrolled)
        await groups.change(tx, group_id, values)
        await tell_of_group(tx, was, await group_of_staff(tx, group_id, by.id), self._calendar)
        return group_id

    async def close(self, group_id: int, by: Person, *, closed: bool) -> GroupView:
        """Close a group: nobody is enrolled into it any more; or open it again.

        Raises: NotAllowed.
        """
        async with self._database.write() as tx:
            await held_group(tx, group_id, by.id)
            await groups.close(tx, group_id, self._calendar.now() if closed else None)
            return await group_view(tx, group_id, 0, by.id, self._calendar.today())


def _course_line(row: AnyRow) -> CourseOfProvider:
    return CourseOfProvider(
        id=row.id,
        code=row.code,
        title=row.title,
        published=row.published,
        cancelled=row.cancelled_at is not None,
        waiting=row.waiting,
        enrolled=row.enrolled,
        free_seats=free(row.seats, row.enrolled),
    )


async def group_view(connection: AsyncConnection, group_id: int, page: int, by: int, today: date) -> GroupView:
    """A group with a page of its people; a page past the end is the first one.

    Raises: NotAllowed.
    """
    row = await group_of_staff(connection, group_id, by)
    rows = await enrolment.members(connection, row.course_id, group_id, MEMBERS_SHOWN, page * MEMBERS_SHOWN)
    if not rows and page > 0:
        return await group_view(connection, group_id, 0, by, today)
    line = group_line(row, free(row.course_seats, row.course_enrolled), today)
    asked = line.takes_people and row.waiting > 0
    return GroupView(
        group=line,
        course_id=row.course_id,
        code=row.code,
        title=row.title,
        cancelled=row.cancelled_at is not None,
        waiting=row.waiting,
        members=Page(applicant_lines(rows), page, MEMBERS_SHOWN, row.enrolled),
        next_in_line=await first_waiting(connection, row.course_id) if asked else None,
    )
