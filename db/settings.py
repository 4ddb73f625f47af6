"""Statements about what operators change while the portal runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Setting, User
from db.types import AnyRow


async def stored(connection: AsyncConnection) -> dict[str, Any]:
    """What was changed, by name."""
    return {row.name: row.value for row in await connection.execute(select(Setting.name, Setting.value))}


async def changes(connection: AsyncConnection) -> Sequence[AnyRow]:
    """When each was changed last, and by whom: name, changed_at, changed_by (a person's name)."""
    statement = select(Setting.name, Setting.changed_at, User.full_name.label("changed_by")).outerjoin(
        User, User.id == Setting.changed_by
    )
    return (await connection.execute(statement)).all()


async def hold(tx: AsyncConnection, name: str) -> datetime | None:
    """When a setting was changed last, None: never; nobody else changes it until the transaction ends.

    One that was never changed has no row to hold: of two who change it first, `change` lets one.
    """
    return await tx.scalar(select(Setting.changed_at).where(Setting.name == name).with_for_update())


async def change(tx: AsyncConnection, name: str, value: Any, was_at: datetime | None, by: int, now: datetime) -> bool:
    """Another value, where nobody has changed it since `was_at` (None: ever); False, where somebody has."""
    values = {"value": value, "changed_at": now, "changed_by": by}
    if was_at is None:
        fresh = insert(Setting).values(name=name, **values).on_conflict_do_nothing().returning(Setting.name)
        return (await tx.execute(fresh)).scalar() is not None
    statement = update(Setting).where(Setting.name == name, Setting.changed_at == was_at).values(values)
    return (await tx.execute(statement)).rowcount == 1
