"""Statements about courses that people keep an eye on."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.courses import takes_applications
from db.groups import count_of
from db.tables import Application, Course, Favourite
from db.types import AnyRow, among
from domain.status import LIVE, Status


async def add(tx: AsyncConnection, user_id: int, course_id: int, now: datetime) -> None:
    """Keep an eye on a course; the second time changes nothing."""
    row = insert(Favourite).values(user_id=user_id, course_id=course_id, created_at=now)
    await tx.execute(row.on_conflict_do_nothing())


async def remove(tx: AsyncConnection, user_id: int, course_id: int) -> None:
    """Keep it no more."""
    await tx.execute(delete(Favourite).where(Favourite.user_id == user_id, Favourite.course_id == course_id))


def takes(today: date) -> ColumnElement[bool]:
    """Whether a course takes applications."""
    return and_(Course.published, Course.cancelled_at.is_(None), takes_applications(today))


async def of(connection: AsyncConnection, user_id: int, today: date, limit: int, offset: int) -> Sequence[AnyRow]:
    """Somebody's favourites, those that take applications first, then as lists of courses are."""
    statement = (
        select(
            Course.id,
            Course.code,
            Course.title,
            Course.starts_on,
            takes(today).label("is_open"),
            func.count().over().label("total"),
        )
        .join(Favourite, Favourite.course_id == Course.id)
        .where(Favourite.user_id == user_id)
        .order_by(
            case((takes(today), 0), else_=1),
            Course.starts_on.is_(None),
            Course.starts_on,
            Course.code,
        )
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def watchers(connection: AsyncConnection, course_ids: Collection[int], today: date) -> Sequence[AnyRow]:
    """Who keeps an eye on those of the courses that take applications: course_id, user_id, closes_on."""
    statement = (
        select(Favourite.course_id, Favourite.user_id, Course.closes_on)
        .join(Course, Course.id == Favourite.course_id)
        .where(Favourite.course_id.in_(course_ids), takes(today))
        .order_by(Favourite.course_id, Favourite.user_id)
    )
    return (await connection.execute(statement)).all()


async def enrolled_in(connection: AsyncConnection, course_ids: Collection[int]) -> dict[int, int]:
    """How many are enrolled in each of these courses; one without anybody is missing."""
    statement = (
        select(Application.course_id, func.count())
        .where(Application.course_id.in_(course_ids), Application.status == Status.ENROLLED)
        .group_by(Application.course_id)
    )
    return {row[0]: row[1] for row in await connection.execute(statement)}


async def told_of(
    connection: AsyncConnection, user_id: int, course_ids: Collection[int], today: date
) -> Sequence[AnyRow]:
    """Those of the courses that are somebody's favourites still, take applications and have none of theirs."""
    applied = exists().where(
        Application.course_id == Course.id, Application.user_id == user_id, among(Application.status, LIVE)
    )
    statement = (
        select(
            Course.id,
            Course.code,
            Course.title,
            Course.closes_on,
            Course.seats,
            count_of(Status.ENROLLED).label("enrolled"),
            count_of(Status.PENDING, Status.APPROVED).label("waiting"),
        )
        .join(Favourite, and_(Favourite.course_id == Course.id, Favourite.user_id == user_id))
        .where(Course.id.in_(course_ids), takes(today), ~applied)
    )
    return (await connection.execute(statement)).all()
