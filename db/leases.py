"""Statements about leases: what only one process does at a time, and who is alive."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db import wakes
from db.tables import Lease


async def take(tx: AsyncConnection, names: Collection[str], owner: str, until: datetime, now: datetime) -> set[str]:
    """Take these leases, or hold on to them: those that are the owner's now."""
    rows = [{"name": name, "owner": owner, "until": until} for name in sorted(names)]
    added = insert(Lease).values(rows)
    statement = added.on_conflict_do_update(
        index_elements=[Lease.name],
        set_={"owner": added.excluded.owner, "until": added.excluded.until},
        where=or_(Lease.owner == owner, Lease.until <= now),
    ).returning(Lease.name)
    return set((await tx.execute(statement)).scalars())


async def living(connection: AsyncConnection, prefix: str, now: datetime) -> Sequence[str]:
    """The owners whose leases of this kind have not run out, in order."""
    alive = select(Lease.owner).where(Lease.name.startswith(prefix, autoescape=True), Lease.until > now)
    return (await connection.execute(alive.order_by(Lease.owner))).scalars().all()


async def settled(connection: AsyncConnection, name: str) -> str | None:
    """What the last owner of a lease has done for good."""
    return await connection.scalar(select(Lease.settled).where(Lease.name == name))


async def settle(tx: AsyncConnection, name: str, done: str) -> None:
    """This is done for good."""
    await tx.execute(update(Lease).where(Lease.name == name).values(settled=done))


async def give_back(tx: AsyncConnection, owner: str, now: datetime, names: Collection[str] | None = None) -> None:
    """Leave what this owner holds, or these leases of it, to the others; they are told."""
    held = update(Lease).where(Lease.owner == owner, true() if names is None else Lease.name.in_(names))
    await tx.execute(wakes.telling(tx, held.values(until=now), wakes.REPLICAS))


async def forget(tx: AsyncConnection, prefix: str, before: datetime) -> int:
    """Clear leases of this kind that ran out before a moment: how many."""
    gone = await tx.execute(delete(Lease).where(Lease.name.startswith(prefix, autoescape=True), Lease.until < before))
    return gone.rowcount


async def announce(tx: AsyncConnection, owner: str) -> None:
    """Tell the others that this owner has come."""
    await tx.execute(wakes.telling(tx, update(Lease).where(Lease.owner == owner).values(owner=owner), wakes.REPLICAS))
