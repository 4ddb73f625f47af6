"""A SQLite database carried over to PostgreSQL: every row of every table, and each read again and compared."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import String, Table, false, func, insert, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from db import vocabulary
from db.backup import held_alone
from db.engine import Database, parse_url
from db.migrate import bring_up_to_date
from db.reach import opened, reach
from db.tables import Base
from db.types import AnyRow
from domain.moving import MoveRefused, Obstacle

AT_ONCE: Final = 2_000
"""Rows in memory."""
SEEDED: Final = frozenset({"search_state"})
"""What a new database holds."""
_TABLES: Final = Base.metadata.sorted_tables
"""Each after those that it refers to; what refers to its own table refers to a lower id."""

Progress = Callable[[int, int], None]


async def move(from_url: str, to_url: str, progress: Progress) -> dict[str, int]:
    """Carry everything over; how many rows of each table there are now.

    Both climb to this version's tables first. It is one transaction of the target, so it ends with everything there or
    with no row; nobody writes into the source meanwhile, and nothing in it changes. `progress` hears how many rows of
    how many are done, each counted when it is written and when it is compared. Raises: MoveRefused, TooNew,
    Unreachable.
    """
    _nobody_uses(_place(from_url, to_url))
    source, target = opened(from_url), opened(to_url)
    try:
        await reach(target)
        await bring_up_to_date(source)
        await bring_up_to_date(target)
        return await _carry(source, target, progress)
    finally:
        await source.close()
        await target.close()


async def _carry(source: Database, target: Database, progress: Progress) -> dict[str, int]:
    async with source.migrator.begin() as taken, target.write(apart=True) as tx:
        await _clear(tx)
        counts = {table.name: await _count(taken, table) for table in _TABLES}
        steps = _Steps(progress, 2 * sum(counts.values()))
        for table in _TABLES:
            await _copy(taken, tx, table, steps)
        for table in _TABLES:
            await _compare(taken, tx, table, steps)
            await _number_on(tx, table)
        # The index is PostgreSQL's own: it is made anew from the courses.
        await vocabulary.make_anew(tx)
    return counts


class _Steps:
    """How much is done of all."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def add(self, rows: int) -> None:
        self._done += rows
        self._progress(self._done, self._total)


def _place(from_url: str, to_url: str) -> Path:
    """Where the database is that is moved. Raises: MoveRefused, where a URL is of the wrong kind."""
    source = parse_url(from_url)
    if source.get_backend_name() != "sqlite":
        raise MoveRefused(Obstacle.NOT_SQLITE)
    try:
        target = parse_url(to_url).get_backend_name()
    except ValueError:
        target = ""
    if target != "postgresql":
        raise MoveRefused(Obstacle.NOT_POSTGRESQL)
    return Path(source.database or "")


def _nobody_uses(place: Path) -> None:
    if not place.is_file():
        raise MoveRefused(Obstacle.NO_DATABASE)
    try:
        held_alone(place).close()
    except sqlite3.DatabaseError as fault:
        raise MoveRefused(Obstacle.IN_USE) from fault


async def _clear(tx: AsyncConnection) -> None:
    """Nothing stands there but what a new database holds, and now not even that. Raises: MoveRefused."""
    for table in _TABLES:
        if table.name not in SEEDED and await tx.scalar(select(literal(1)).select_from(table).limit(1)):
            raise MoveRefused(Obstacle.NOT_EMPTY, table.name)
        await tx.execute(table.delete())


async def _count(connection: AsyncConnection, table: Table) -> int:
    return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def _copy(taken: AsyncConnection, tx: AsyncConnection, table: Table, steps: _Steps) -> None:
    async for rows in _rows(taken, table):
        try:
            await tx.execute(insert(table), [dict(row._mapping) for row in rows])
        except DBAPIError as refusal:
            raise MoveRefused(Obstacle.REFUSED, table.name) from refusal
        steps.add(len(rows))


async def _compare(taken: AsyncConnection, tx: AsyncConnection, table: Table, steps: _Steps) -> None:
    there = _rows(tx, table)
    async for rows in _rows(taken, table):
        if [tuple(row) for row in rows] != [tuple(row) for row in await anext(there, [])]:
            raise MoveRefused(Obstacle.DIFFERS, table.name)
        steps.add(len(rows))
    async for _ in there:
        raise MoveRefused(Obstacle.DIFFERS, table.name)


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[AnyRow]]:
    """All rows, some at a time, in the order of their keys: letters by their numbers, as SQLite has them, whatever
    language the server speaks."""
    by_letters = connection.dialect.name == "postgresql"
    statement = select(table).order_by(
        *(key.collate("C") if by_letters and isinstance(key.type, String) else key for key in table.primary_key)
    )
    async with connection.stream(statement, execution_options={"yield_per": AT_ONCE}) as found:
        async for rows in found.partitions(AT_ONCE):
            yield rows


async def _number_on(tx: AsyncConnection, table: Table) -> None:
    """New rows get ids after the highest that came over."""
    if "id" not in table.c:
        return
    sequence = await tx.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
    if sequence is not None:
        await tx.execute(select(func.setval(sequence, func.coalesce(func.max(table.c.id), 0) + 1, false())))
