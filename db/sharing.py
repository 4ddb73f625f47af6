"""Statements about courses as they are shown to others: published ones alone, and nothing of any person."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.courses import takes_applications
from db.groups import is_operator
from db.tables import Course, Favourite, Provider, ProviderStaff
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


async def providers(connection: AsyncConnection, by: int, provider_id: int | None, limit: int) -> Sequence[AnyRow]:
    """The providers somebody is staff of today, as id and name; or that one, if they are, or are an operator."""
    staff = exists().where(ProviderStaff.provider_id == Provider.id, ProviderStaff.user_id == by, ~ProviderStaff.held)
    mine = staff if provider_id is None else or_(staff, is_operator(by)) & (Provider.id == provider_id)
    statement = select(Provider.id, Provider.name).where(mine).order_by(Provider.name, Provider.id).limit(limit)
    return (await connection.execute(statement)).all()


async def directions(connection: AsyncConnection, provider_id: int) -> list[str]:
    """The directions of a provider's published courses, by letters."""
    statement = (
        select(Course.direction)
        .where(Course.provider_id == provider_id, Course.published, Course.direction.is_not(None))
        .distinct()
    )
    return sorted(filter(None, (await connection.execute(statement)).scalars()))
