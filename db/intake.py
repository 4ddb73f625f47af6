"""Statements about stored updates: kept before they are confirmed, claimed by a lease, marked when handled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Row, and_, bindparam, exists, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db import wakes
from db.in_hand import is_open
from db.tables import Update
from db.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class Incoming:
    """An update as Telegram brought it: `payload` is its JSON, `chat_id` the chat whose order it keeps.

    `passing`: it is worth nothing once the next such of its chat has come.
    """

    update_id: int
    chat_id: int
    payload: str
    passing: bool = False


_other: Final = aliased(Update, name="other")
_CHAT_IS_ELSEWHERE: Final = literal_column(
    """
    EXISTS (
        SELECT 1 FROM updates AS other WHERE other.chat_id = updates.chat_id
        AND (other.handled_at IS NULL OR other.claimed_until IS NOT NULL)
        AND (other.handled_at IS NULL OR other.claimed_until > updates.received_at)
        AND (other.claimed_by IS NULL OR other.claimed_by <> updates.claimed_by)
    )
    """,
    Boolean,
)
"""Of a row just written, which carries the owner and the moment. In words, since SQLAlchemy names no table here."""
_STORE: Final = (
    insert(Update)
    .on_conflict_do_nothing(index_elements=[Update.update_id])
    .returning(Update.update_id, _CHAT_IS_ELSEWHERE.label("waits"))
)
_FREE: Final[dict[str, Any]] = {"claimed_by": None, "claimed_until": None}


async def store(
    tx: AsyncConnection, incoming: Sequence[Incoming], owner: str, until: datetime, now: datetime
) -> dict[int, bool]:
    """Keep updates, claimed for `owner`: the ids that were not kept before, and whether such an update has to wait,
    because another process holds updates of its chat or some wait already."""
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
    return {row.update_id: row.waits for row in await tx.execute(_STORE, rows)}


def _abandoned(owner: str, now: datetime) -> ColumnElement[bool]:
    """Nobody holds it, and it is the chat's first that the owner does not hold: so a chat is never divided."""
    before = or_(_other.claimed_until > now, and_(_other.handled_at.is_(None), _other.update_id < Update.update_id))
    others = exists().where(
        _other.chat_id == Update.chat_id, is_open(_other), _other.claimed_by.is_distinct_from(owner), before
    )
    free = or_(Update.claimed_until.is_(None), Update.claimed_until <= now)
    return and_(is_open(), Update.handled_at.is_(None), free, ~others)


async def is_any_abandoned(connection: AsyncConnection, owner: str, now: datetime) -> bool:
    """Whether there is an unhandled update that nobody holds and this owner may take."""
    return bool(await connection.scalar(select(exists().where(_abandoned(owner, now)))))


async def is_any_held_by_others(connection: AsyncConnection, owner: str, now: datetime) -> bool:
    """Whether another owner holds an unhandled update."""
    held = and_(is_open(), Update.handled_at.is_(None), Update.claimed_until > now, Update.claimed_by != owner)
    return bool(await connection.scalar(select(exists().where(held))))


async def claim_abandoned(
    tx: AsyncConnection, owner: str, until: datetime, now: datetime, limit: int
) -> Sequence[Row[int, int, str | None]]:
    """Take over unhandled updates that nobody holds: id, chat and payload, oldest first.

    One whose effect is being written right now is locked, and passed over. It would be the first of its chat, so the
    first ones are claimed before those behind them.
    """
    first = list(await _claim(tx, _abandoned(owner, now), owner, until, limit))
    chats = {row.chat_id for row in first}
    free = or_(Update.claimed_until.is_(None), Update.claimed_until <= now)
    behind = and_(is_open(), Update.handled_at.is_(None), free, Update.chat_id.in_(chats))
    return first + list(await _claim(tx, behind, owner, until, limit)) if chats else first


async def _claim(
    tx: AsyncConnection, wanted: ColumnElement[bool], owner: str, until: datetime, limit: int
) -> Sequence[Row[int, int, str | None]]:
    numbers = (
        select(Update.update_id)
        .where(wanted)
        .order_by(Update.update_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        update(Update)
        .where(Update.update_id.in_(numbers))
        .values(claimed_by=owner, claimed_until=until)
        .returning(Update.update_id, Update.chat_id, Update.payload)
    )
    return sorted((await tx.execute(statement)).all(), key=lambda row: row.update_id)


async def renew(tx: AsyncConnection, owner: str, update_ids: Collection[int], until: datetime) -> None:
    """Hold on to those of these updates that are still this owner's.

    One whose effect is being written right now is locked: waiting for it would let go of all the others.
    """
    mine = (
        select(Update.update_id)
        .where(Update.claimed_by == owner, Update.claimed_until.is_not(None), Update.update_id.in_(update_ids))
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    await tx.execute(update(Update).where(Update.update_id.in_(mine)).values(claimed_until=until))


async def let_go(tx: AsyncConnection, owner: str, update_ids: Collection[int]) -> None:
    """Leave those of these updates that are this owner's and not handled to whoever may take them."""
    mine = and_(Update.update_id.in_(update_ids), Update.claimed_by == owner, Update.handled_at.is_(None))
    await tx.execute(wakes.telling(tx, update(Update).where(mine).values(_FREE), wakes.INTAKE))


async def let_all_go(tx: AsyncConnection, owner: str) -> None:
    """Leave everything this owner holds to whoever may take it."""
    mine = and_(is_open(), Update.claimed_by == owner)
    await tx.execute(wakes.telling(tx, update(Update).where(mine).values(_FREE), wakes.INTAKE))


_FINISH: Final = (
    update(Update)
    .where(Update.update_id == bindparam("number"), Update.claimed_by == bindparam("owner"))
    .values(
        handled_at=func.coalesce(Update.handled_at, bindparam("now", type_=UtcDateTime())),
        payload=None,
        claimed_until=None,
    )
)


async def finish(tx: AsyncConnection, owner: str, update_ids: Sequence[int], now: datetime) -> None:
    """The handlers of these have ended: what was not marked with an effect left no trace and needs no replay."""
    await tx.execute(_FINISH, [{"number": number, "owner": owner, "now": now} for number in update_ids])


async def set_aside(tx: AsyncConnection, update_id: int, failure: str, now: datetime) -> None:
    """An update that cannot be handled blocks nobody; its type and id stay for operators, its text does not."""
    done = {"handled_at": now, "failure": failure, "payload": None, "claimed_until": None}
    await tx.execute(update(Update).where(Update.update_id == update_id).values(done))
