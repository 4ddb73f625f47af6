"""Statements about courses that are new to the catalogue, and about who wants to hear of them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.favourites import takes
from db.tables import Application, Chat, Course, User
from db.types import AnyRow, among
from domain.status import LIVE


async def readers(connection: AsyncConnection, before: datetime, limit: int) -> Sequence[AnyRow]:
    """Who wants to hear of new courses and has heard of none since that moment: id, news_since.

    Those who have paused reminders hear of everything afterwards.
    """
    within_reach = exists().where(Chat.user_id == User.id, Chat.blocked_since.is_(None))
    statement = (
        select(User.id, User.news_since)
        .where(User.news_since < before, User.removed_at.is_(None), ~User.reminders_paused, within_reach)
        .order_by(User.news_since, User.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def heard(tx: AsyncConnection, user_ids: Collection[int], now: datetime) -> None:
    """What came into the catalogue before this moment is news to them no more."""
    await tx.execute(update(User).where(User.id.in_(user_ids), User.news_since < now).values(news_since=now))


async def wish(connection: AsyncConnection, user_id: int) -> AnyRow | None:
    """What somebody wants to hear of: position, news_since, news_direction."""
    statement = select(User.position, User.news_since, User.news_direction).where(User.id == user_id)
    return (await connection.execute(statement)).one_or_none()


def _is_new(user_id: int, since: datetime, until: datetime, today: date) -> ColumnElement[bool]:
    applied = exists().where(
        Application.course_id == Course.id, Application.user_id == user_id, among(Application.status, LIVE)
    )
    return Course.listed_at.between(since, until) & takes(today) & ~applied


async def audiences(
    connection: AsyncConnection, user_id: int, since: datetime, until: datetime, today: date
) -> list[str]:
    """For whom the courses are that are new to somebody and take applications."""
    statement = select(Course.audience).where(_is_new(user_id, since, until, today), Course.audience.is_not(None))
    return list(filter(None, (await connection.execute(statement.distinct())).scalars()))


async def courses(
    connection: AsyncConnection,
    user_id: int,
    since: datetime,
    until: datetime,
    today: date,
    *,
    direction: str | None,
    audiences: Collection[str],
) -> Sequence[AnyRow]:
    """Those of them of a direction; without one, for these audiences or for nobody in particular. Nearest start
    first: id, code, title, starts_on."""
    for_me = (
        Course.direction == direction
        if direction is not None
        else or_(Course.audience.is_(None), Course.audience.in_(audiences))
    )
    statement = (
        select(Course.id, Course.code, Course.title, Course.starts_on)
        .where(_is_new(user_id, since, until, today), for_me)
        .order_by(Course.starts_on.is_(None), Course.starts_on, Course.code)
    )
    return (await connection.execute(statement)).all()
