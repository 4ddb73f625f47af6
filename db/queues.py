"""Statements about what waits and what went wrong: the outbox's queue, its failures, updates set aside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, and_, case, delete, exists, func, literal, null, or_, select, true, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import leaves_something_to_say
from db.in_hand import in_hand
from db.outbox import FAREWELL
from db.tables import Notification, PortalStaff, ProviderStaff, SchoolRole, Update, User
from db.types import AnyRow, UtcDateTime

UPDATES: Final = "updates"
GIVEN_UP: Final = "given_up"


async def standing(connection: AsyncConnection, now: datetime) -> Sequence[AnyRow]:
    """How long each queue is: name, waiting, retrying, since. One statement over what is unsent, unhandled, given up.

    `since`: from when on the oldest has waited; what is due at a later time and was not tried does not wait yet.
    The chat of whoever asks does not wait: what it brought before is handled, if not yet marked so.
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
    hand = in_hand.get()
    unhandled = select(literal(UPDATES), func.count(), literal(0), func.min(Update.received_at)).where(
        Update.handled_at.is_(None), true() if hand is None else Update.chat_id.is_distinct_from(hand.chat_id)
    )
    given_up = select(literal(GIVEN_UP), func.count(), literal(0), func.min(Notification.failed_at)).where(
        Notification.failed_at.is_not(None)
    )
    return (await connection.execute(union_all(unsent, unhandled, given_up))).all()


async def failures(connection: AsyncConnection, limit: int, offset: int) -> Sequence[AnyRow]:
    """Notifications that were given up, the latest first: id, kind, channel, failed_at, failure, user_id, name.

    `name` only of somebody with a role, whom operators know; teachers are their profile's number.
    """
    has_role = or_(
        *(exists().where(role.user_id == Notification.user_id) for role in (SchoolRole, ProviderStaff, PortalStaff))
    )
    statement = (
        select(
            Notification.id,
            Notification.kind,
            Notification.channel,
            Notification.failed_at,
            Notification.failure,
            Notification.user_id,
            case((has_role, User.full_name)).label("name"),
        )
        .outerjoin(User, User.id == Notification.user_id)
        .where(Notification.failed_at.is_not(None))
        .order_by(Notification.failed_at.desc(), Notification.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def again(tx: AsyncConnection, now: datetime, until: datetime, note_id: int | None = None) -> int:
    """Given up before a moment, one or all of them, these are tried anew, but what has lost its address: how many."""
    lost = and_(Notification.failed_at.is_not(None), Notification.failed_at < until, Notification.kind != FAREWELL)
    one = true() if note_id is None else Notification.id == note_id
    anew = {"failed_at": None, "failure": None, "attempts": 0, "due_at": now, "leased_until": None}
    leaves_something_to_say()
    return (await tx.execute(update(Notification).where(lost, one).values(anew))).rowcount


async def count_failures(connection: AsyncConnection) -> int:
    """How many can be tried anew."""
    lost = and_(Notification.failed_at.is_not(None), Notification.kind != FAREWELL)
    return (await connection.execute(select(func.count()).select_from(Notification).where(lost))).scalar_one()


async def set_aside(connection: AsyncConnection, limit: int, offset: int) -> Sequence[AnyRow]:
    """Updates that could not be handled, the latest first: update_id, handled_at, failure."""
    statement = (
        select(Update.update_id, Update.handled_at, Update.failure)
        .where(Update.failure.is_not(None))
        .order_by(Update.handled_at.desc(), Update.update_id.desc())
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def count_set_aside(connection: AsyncConnection) -> int:
    """How many there are."""
    statement = select(func.count()).select_from(Update).where(Update.failure.is_not(None))
    return (await connection.execute(statement)).scalar_one()


async def clear_set_aside(tx: AsyncConnection, until: datetime) -> int:
    """Forget those set aside before a moment: how many."""
    return (await tx.execute(delete(Update).where(Update.failure.is_not(None), Update.handled_at < until))).rowcount
