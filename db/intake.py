"""Statements about stored updates: kept before they are confirmed, claimed by a lease, marked when handled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.in_hand import done_with
from db.tables import Update


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update as Telegram brought it: `payload` is its JSON, `chat_id` the chat whose order it keeps."""

    update_id: int
    chat_id: int
    payload: str


async def store(
    tx: AsyncConnection, incoming: Sequence[Incoming], owner: str, until: datetime, now: datetime
) -> set[int]:
    """Keep updates, claimed for `owner`: the ids that were not kept before."""
    rows = [
        {
            "update_id": update.update_id,
            "chat_id": update.chat_id,
            "payload": update.payload,
            "received_at": now,
            "claimed_by": owner,
            "claimed_until": until,
        }
        for update in incoming
    ]
    statement = (
        insert(Update)
        .values(rows)
        .on_conflict_do_nothing(index_elements=[Update.update_id])
        .returning(Update.update_id)
    )
    return set((await tx.execute(statement)).scalars())


def _abandoned(now: datetime) -> ColumnElement[bool]:
    return and_(Update.handled_at.is_(None), or_(Update.claimed_until.is_(None), Update.claimed_until <= now))


async def is_any_abandoned(connection: AsyncConnection, now: datetime) -> bool:
    """Whether there is an unhandled update that nobody holds."""
    return bool(await connection.scalar(select(exists().where(_abandoned(now)))))


async def is_any_held_by_others(connection: AsyncConnection, owner: str, now: datetime) -> bool:
    """Whether another owner holds an unhandled update."""
    held = and_(Update.handled_at.is_(None), Update.claimed_until > now, Update.claimed_by != owner)
    return bool(await connection.scalar(select(exists().where(held))))


async def claim_abandoned(
    tx: AsyncConnection, owner: str, until: datetime, now: datetime, limit: int
) -> Sequence[Row[int, int, str | None]]:
    """Take over unhandled updates that nobody holds: id, chat and payload, oldest first."""
    abandoned = (
        select(Update.update_id)
        .where(_abandoned(now))
        .order_by(Update.update_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        update(Update)
        .where(Update.update_id.in_(abandoned))
        .values(claimed_by=owner, claimed_until=until)
        .returning(Update.update_id, Update.chat_id, Update.payload)
    )
    return sorted((await tx.execute(statement)).all(), key=lambda row: row[0])


async def renew(tx: AsyncConnection, owner: str, update_ids: Collection[int], until: datetime) -> None:
    """Hold on to those of these updates that are this owner's and not handled yet."""
    mine = and_(Update.claimed_by == owner, Update.handled_at.is_(None))
    await tx.execute(update(Update).where(mine, Update.update_id.in_(update_ids)).values(claimed_until=until))


async def release(tx: AsyncConnection, owner: str) -> None:
    """Let others take what this owner has not handled."""
    await tx.execute(
        update(Update).where(Update.claimed_by == owner, Update.handled_at.is_(None)).values(claimed_until=None)
    )


async def mark_handled(tx: AsyncConnection, update_ids: Sequence[int], now: datetime) -> None:
    """These left no trace of their own in the database and need no replay."""
    await tx.execute(
        update(Update).where(Update.update_id.in_(update_ids), Update.handled_at.is_(None)).values(done_with(now))
    )


async def set_aside(tx: AsyncConnection, update_id: int, failure: str, now: datetime) -> None:
    """An update that cannot be handled blocks nobody; its type and id stay for operators, its text does not."""
    await tx.execute(
        update(Update).where(Update.update_id == update_id).values(handled_at=now, failure=failure, payload=None)
    )


async def forget_handled(tx: AsyncConnection, before: datetime) -> int:
    """Clear updates handled before a moment: how many."""
    forgotten = await tx.execute(delete(Update).where(Update.handled_at < before, Update.failure.is_(None)))
    return forgotten.rowcount
