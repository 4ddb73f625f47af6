"""Statements about what waits and what went wrong: the outbox's queue, its failures, updates set aside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, and_, case, func, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Notification, Update
from db.types import AnyRow, UtcDateTime

UPDATES: Final = "updates"
GIVEN_UP: Final = "given_up"


async def standing(connection: AsyncConnection, now: datetime) -> Sequence[AnyRow]:
    """How long each queue is: name, waiting, retrying, since. One statement over what is unsent, unhandled, given up.

    `since`: from when on the oldest has waited; what is due at a later time and was not tried does not wait yet.
    """
    tried = and_(Notification.attempts > 0, Notification.leased_until.is_(None))
    since = case((tried, Notification.created_at), (Notification.due_at <= now, Notification.due_at), else_=null())
    unsent = (
        select(
            Notification.channel.label("name"),
            func.count().label("waiting"),
            func.sum(case((tried, 1), else_=0)).cast(Integer).label("retrying"),
            func.min(since, type_=UtcDateTime).label("since"),
        )
        .where(Notification.sent_at.is_(None), Notification.failed_at.is_(None))
        .group_by(Notification.channel)
    )
    unhandled = select(literal(UPDATES), func.count(), literal(0), func.min(Update.received_at)).where(
        Update.handled_at.is_(None)
    )
    given_up = select(literal(GIVEN_UP), func.count(), literal(0), func.min(Notification.failed_at)).where(
        Notification.failed_at.is_not(None)
    )
    return (await connection.execute(union_all(unsent, unhandled, given_up))).all()
