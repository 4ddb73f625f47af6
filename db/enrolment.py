"""Statements about those who wait for a group, and those in it."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.applications import known_to_provider
from db.tables import Application, Course, Group, School, User
from db.types import AnyRow, AnySelect, among
from domain.status import Status


def _people(*columns: ColumnElement[int]) -> AnySelect:
    return (
        select(
            Application.id,
            Application.version,
            User.full_name.label("teacher"),
            User.position,
            School.name.label("school"),
            Application.created_at,
            *columns,
        )
        .join(User, User.id == Application.user_id)
        .outerjoin(School, School.id == Application.school_id)
    )


async def waiting(connection: AsyncConnection, course_id: int, limit: int, offset: int = 0) -> Sequence[AnyRow]:
    """Approved applicants of a course in order of arrival."""
    statement = (
        _people(func.count().over().label("total"))
        .where(Application.course_id == course_id, Application.status == Status.APPROVED)
        .order_by(Application.id)
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def waiting_ids(
    connection: AsyncConnection, course_id: int, *, limit: int, after: int = 0, up_to: int | None = None
) -> Sequence[int]:
    """Approved applications of a course in order of arrival, after an id and up to another."""
    statement = (
        select(Application.id)
        .where(Application.course_id == course_id, Application.status == Status.APPROVED, Application.id > after)
        .order_by(Application.id)
        .limit(limit)
    )
    if up_to is not None:
        statement = statement.where(Application.id <= up_to)
    return (await connection.execute(statement)).scalars().all()


async def members(
    connection: AsyncConnection, course_id: int, group_id: int, limit: int, offset: int = 0
) -> Sequence[AnyRow]:
    """Those enrolled in a group, by name."""
    statement = (
        _people(func.count().over().label("total"))
        .where(
            Application.course_id == course_id,
            Application.status == Status.ENROLLED,
            Application.group_id == group_id,
        )
        .order_by(User.full_name, Application.id)
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def place_in_line(connection: AsyncConnection, course_id: int, application_id: int) -> int:
    """Which in order of arrival an application is among those that have no seat yet."""
    statement = select(func.count()).where(
        Application.course_id == course_id,
        among(Application.status, [Status.PENDING, Status.APPROVED]),
        Application.id <= application_id,
    )
    return (await connection.execute(statement)).scalar_one()


async def seats_of(connection: AsyncConnection, course_id: int) -> Row[int | None, int]:
    """A course's seats, and how many of them are taken."""
    enrolled = select(func.count()).where(Application.course_id == course_id, Application.status == Status.ENROLLED)
    statement = select(Course.seats, enrolled.scalar_subquery()).where(Course.id == course_id)
    return (await connection.execute(statement)).one()


async def concerned(
    connection: AsyncConnection, course_ids: Collection[int], group_id: int | None = None
) -> Sequence[AnyRow]:
    """Those approved for the courses or enrolled in them, or in one group.

    Rows of id, course_id, user_id, email_proved_at, letters_off, group_number, own_days and own_venue: whether their
    group has days and a place of its own.
    """
    statement = (
        select(
            Application.id,
            Application.course_id,
            Application.user_id,
            User.email_proved_at,
            User.letters_off,
            Group.number.label("group_number"),
            func.coalesce(or_(Group.starts_on.is_not(None), Group.ends_on.is_not(None)), false()).label("own_days"),
            func.coalesce(Group.venue.is_not(None), false()).label("own_venue"),
        )
        .join(User, User.id == Application.user_id)
        .outerjoin(Group, Group.id == Application.group_id)
        .where(Application.course_id.in_(course_ids), among(Application.status, [Status.APPROVED, Status.ENROLLED]))
        .order_by(Application.id)
    )
    if group_id is not None:
        statement = statement.where(Application.status == Status.ENROLLED, Application.group_id == group_id)
    return (await connection.execute(statement)).all()


async def for_file(connection: AsyncConnection, course_id: int) -> Sequence[AnyRow]:
    """Those approved for a course or enrolled in it, in order of arrival: id, teacher, position, school, created_at,
    status, group."""
    statement = (
        select(
            Application.id,
            User.full_name,
            User.position,
            School.name,
            Application.created_at,
            Application.status,
            Group.number,
        )
        .join(User, User.id == Application.user_id)
        .outerjoin(School, School.id == Application.school_id)
        .outerjoin(Group, Group.id == Application.group_id)
        .where(Application.course_id == course_id, among(Application.status, [Status.APPROVED, Status.ENROLLED]))
        .order_by(Application.id)
    )
    return (await connection.execute(statement)).all()


async def known(connection: AsyncConnection, course_id: int, by: int) -> Sequence[AnyRow]:
    """A course's applications that have come as far as its provider: id, name, status, group_id, own (`by`'s)."""
    statement = (
        select(
            Application.id,
            User.full_name,
            Application.status,
            Application.group_id,
            (Application.user_id == by).label("own"),
        )
        .join(User, User.id == Application.user_id)
        .where(Application.course_id == course_id, known_to_provider())
    )
    return (await connection.execute(statement)).all()
