"""Statements about what goes wrong in the bot itself: counted, and taken for a report."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Fault
from db.types import AnyRow


async def count(tx: AsyncConnection, seen: Collection[tuple[str, str, int]], now: datetime) -> None:
    """So many more of each: name, place, how often. In one order, so that no two transactions wait for each other."""
    rows = [
        {"name": name, "place": place, "count": times, "since": now, "last_at": now}
        for name, place, times in sorted(seen)
    ]
    statement = insert(Fault).values(rows)
    new = statement.excluded
    more: dict[str, Any] = {
        "count": Fault.count + new.count,
        "since": case((Fault.count == 0, new.since), else_=Fault.since),
        "last_at": new.last_at,
    }
    await tx.execute(statement.on_conflict_do_update(index_elements=[Fault.name, Fault.place], set_=more))


def _due(told_before: datetime) -> ColumnElement[bool]:
    return and_(Fault.count > 0, or_(Fault.reported_at.is_(None), Fault.reported_at <= told_before))


async def is_any_due(connection: AsyncConnection, told_before: datetime) -> bool:
    """Whether something has happened that was last told of before a moment."""
    return bool(await connection.scalar(select(exists().where(_due(told_before)))))


async def take_due(tx: AsyncConnection, told_before: datetime, now: datetime) -> Sequence[AnyRow]:
    """What is to be told of now, and by nobody else: id, name, place, count, since."""
    due = select(Fault.id, Fault.name, Fault.place, Fault.count, Fault.since).where(_due(told_before))
    rows = (await tx.execute(due.order_by(Fault.id).with_for_update(skip_locked=True))).all()
    told = update(Fault).where(Fault.id.in_([row.id for row in rows]))
    await tx.execute(told.values(count=0, reported_at=now))
    return rows
