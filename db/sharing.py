"""Statements about courses as they are shown to others: published ones alone, and nothing of any person."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.courses import takes_applications
from db.tables import Course, Favourite, Provider
from db.types import AnyRow, AnySelect


def _cards(today: date) -> AnySelect:
    return (
        select(
            Course.id,
            Course.code,
            Course.title,
            Course.funding,
            Course.price,
            Course.hours,
            Course.form,
            Course.audience,
            Course.starts_on,
            Course.ends_on,
            Course.apply_until,
            Provider.name.label("provider"),
            takes_applications(today).label("is_open"),
        )
        .join(Provider, Provider.id == Course.provider_id)
        .where(Course.published)
    )


async def cards(connection: AsyncConnection, course_ids: Collection[int], today: date) -> Sequence[AnyRow]:
    """Those of the courses that are published, in any order."""
    return (await connection.execute(_cards(today).where(Course.id.in_(course_ids)))).all()


async def favourites(connection: AsyncConnection, user_id: int, today: date, limit: int) -> Sequence[AnyRow]:
    """Somebody's favourites that take applications, the first to close first."""
    statement = (
        _cards(today)
        .join(Favourite, Favourite.course_id == Course.id)
        .where(Favourite.user_id == user_id, takes_applications(today))
        .order_by(Course.closes_on.is_(None), Course.closes_on, Course.starts_on, Course.code)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def closing(connection: AsyncConnection, today: date, limit: int) -> Sequence[AnyRow]:
    """Courses that take applications for a limited time, the first to close first."""
    statement = (
        _cards(today)
        .where(Course.closes_on >= today)
        .order_by(Course.closes_on, Course.starts_on, Course.code)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()
