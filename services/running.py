"""A course in the hands of its provider: rights and views that the use cases of staff share."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, enrolment, groups
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import NotAllowed, OwnApplication
from domain.groups import fits, free, has_ended
from domain.status import Status
from services.group_views import ApplicantLine, ApplicantView, CourseDesk, GroupLine


async def course_of_staff(connection: AsyncConnection, course_id: int, by: int) -> AnyRow:
    """The course, if this person is staff of its provider today.

    Raises: NotAllowed (also where it does not exist).
    """
    row = await groups.course(connection, course_id, by)
    if row is None or not row.by_is_staff:
        raise NotAllowed
    return row


async def group_of_staff(connection: AsyncConnection, group_id: int, by: int) -> AnyRow:
    """The group, if this person is staff of its provider today.

    Raises: NotAllowed (also where it does not exist).
    """
    row = await groups.group(connection, group_id, by)
    if row is None or not row.by_is_staff:
        raise NotAllowed
    return row


async def held_group(tx: AsyncConnection, group_id: int, by: int) -> AnyRow:
    """The group, with its course held: its seats stay counted until the transaction ends.

    Raises: NotAllowed.
    """
    course_id = await groups.course_of(tx, group_id)
    if course_id is not None:
        await groups.hold_course(tx, course_id)
    return await group_of_staff(tx, group_id, by)


async def application_of_staff(connection: AsyncConnection, application_id: int, by: int, today: date) -> AnyRow:
    """The application, if this person is staff of its provider today and it has come as far as the provider.

    Raises: NotAllowed (also where it does not exist).
    """
    facts = await applications.facts(connection, application_id, by, today)
    if facts is None or not facts.by_is_staff:
        raise NotAllowed
    return facts


async def application_to_move(tx: AsyncConnection, application_id: int, by: int, today: date) -> AnyRow:
    """The same, to be moved: nobody decides on their own application, whoever runs the course.

    Raises: NotAllowed, OwnApplication.
    """
    facts = await application_of_staff(tx, application_id, by, today)
    if facts.teacher_id == by:
        raise OwnApplication
    return facts


def group_line(row: AnyRow, course_free: int | None, today: date) -> GroupLine:
    """A group from db.groups' row."""
    own_free = free(row.seats, row.enrolled)
    return GroupLine(
        id=row.id,
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        venue=row.venue,
        seats=row.seats,
        enrolled=row.enrolled,
        fits=fits(course_free, own_free),
        free=own_free,
        closed=row.closed_at is not None,
        ended=has_ended(row.starts_on, row.ends_on, today),
    )


def applicant_lines(rows: Sequence[AnyRow]) -> tuple[ApplicantLine, ...]:
    """People from db.enrolment's rows."""
    return tuple(
        ApplicantLine(row.id, row.version, row.teacher, row.position, row.school, row.created_at) for row in rows
    )


async def next_in_line(connection: AsyncConnection, course_id: int) -> ApplicantLine | None:
    """Who came first of those who wait for a group."""
    lines = applicant_lines(await enrolment.waiting(connection, course_id, 1))
    return lines[0] if lines else None


async def desk(connection: AsyncConnection, course_id: int, by: int, today: date) -> CourseDesk:
    """A course as its provider runs it.

    Raises: NotAllowed.
    """
    row = await course_of_staff(connection, course_id, by)
    free_seats = free(row.seats, row.enrolled)
    lines = [group_line(group, free_seats, today) for group in await groups.groups_of(connection, course_id)]
    return CourseDesk(
        id=row.id,
        code=row.code,
        title=row.title,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        seats=row.seats,
        free_seats=free_seats,
        published=row.published,
        cancelled=row.cancelled_at is not None,
        waiting=row.waiting,
        enrolled=row.enrolled,
        groups=tuple(lines),
        next_in_line=await next_in_line(connection, course_id) if row.waiting else None,
    )


async def applicant(connection: AsyncConnection, application_id: int, by: int, calendar: Calendar) -> ApplicantView:
    """An application as the course's provider sees it.

    Raises: NotAllowed.
    """
    facts = await application_of_staff(connection, application_id, by, calendar.today())
    course = await desk(connection, facts.course_id, by, calendar.today())
    waits = facts.status is Status.APPROVED
    places = course.open_groups if waits else tuple(group for group in course.groups if group.takes_movers)
    place = await enrolment.place_in_line(connection, facts.course_id, facts.id) if waits else None
    return ApplicantView(
        id=facts.id,
        version=facts.version,
        status=facts.status,
        teacher=facts.teacher,
        position=facts.position,
        school=facts.school,
        course_id=facts.course_id,
        code=facts.code,
        title=facts.title,
        created_at=facts.created_at,
        group_id=facts.group_id,
        group_number=facts.group_number,
        place=place,
        groups=tuple(group for group in places if group.id != facts.group_id),
        cancelled=course.cancelled,
        next_in_line=course.next_in_line if course.open_groups else None,
        may_complete=facts.status is Status.ENROLLED
        and any(group.id == facts.group_id and group.ended is not False for group in course.groups),
    )
