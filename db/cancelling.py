"""Statements about courses that are cancelled while people wait for them or study."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, ApplicationEvent, Course
from db.types import among
from domain.status import LIVE, Move


async def cancel(tx: AsyncConnection, course_id: int, now: datetime) -> bool:
    """Cancel a course for good: False, where it is cancelled already."""
    statement = (
        update(Course)
        .where(Course.id == course_id, Course.cancelled_at.is_(None))
        .values(cancelled_at=now, published=False)
    )
    return (await tx.execute(statement)).rowcount == 1


async def unfinished(connection: AsyncConnection) -> int | None:
    """A cancelled course that has live applications still."""
    live = exists().where(Application.course_id == Course.id, among(Application.status, LIVE))
    statement = select(Course.id).where(Course.cancelled_at.is_not(None), live).order_by(Course.id).limit(1)
    return await connection.scalar(statement)


async def live(connection: AsyncConnection, course_id: int, limit: int) -> Sequence[int]:
    """The first of a course's live applications."""
    statement = (
        select(Application.id)
        .where(Application.course_id == course_id, among(Application.status, LIVE))
        .order_by(Application.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).scalars().all()


async def by_whom(connection: AsyncConnection, course_id: int) -> int | None:
    """Who cancelled the course, as the histories of the applications that have ended with it say."""
    statement = (
        select(ApplicationEvent.user_id)
        .join(Application, Application.id == ApplicationEvent.application_id)
        .where(Application.course_id == course_id, ApplicationEvent.move == Move.CANCEL_COURSE)
        .limit(1)
    )
    return await connection.scalar(statement)
