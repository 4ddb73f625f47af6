"""SQLite's statements: brief ones run where they stand, whatever may take long waits in a thread."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.backup import held_alone
from db.engine import Database

ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE thread()")
WHERE = text("SELECT thread()")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The database's file."""
    return tmp_path / "a.db"


@pytest.fixture
async def database(place: Path) -> AsyncIterator[Database]:
    """An empty one."""
    database = Database(f"sqlite:///{place}")
    yield database
    await database.close()


async def _telling(connection: AsyncConnection) -> None:
    """From now on `thread()` is the thread in which a statement runs."""
    driver = (await connection.get_raw_connection()).driver_connection
    await driver.create_function("thread", 0, threading.get_ident)  # type: ignore[union-attr]


async def test_a_brief_statement_runs_where_it_stands(database: Database) -> None:
    for brief in (True, False):
        for opened in (database.read(brief=brief), database.write(brief=brief)):
            async with opened as connection:
                await _telling(connection)
                is_here = await connection.scalar(WHERE) == threading.get_ident()
                assert is_here is brief


async def test_a_brief_transaction_that_waits_for_another_process_holds_nobody_up(
    database: Database, place: Path
) -> None:
    async with database.write(brief=True) as tx:
        await tx.execute(text("CREATE TABLE a (b)"))
    entered = asyncio.Event()

    async def writes() -> None:
        async with database.write(brief=True) as tx:
            entered.set()
            await tx.execute(text("INSERT INTO a VALUES (1)"))

    with contextlib.closing(sqlite3.connect(place, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(writes())
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert not entered.is_set()
        another.execute("ROLLBACK")
    await waiting
    async with database.read(brief=True) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM a")) == 1


async def test_a_statement_that_was_given_up_does_not_hold_the_file_open(database: Database, place: Path) -> None:
    began, given_up = threading.Event(), threading.Event()

    def waits() -> int:
        began.set()
        given_up.wait()
        raise InterruptedError

    async def asks() -> None:
        async with database.read() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            await driver.create_function("thread", 0, waits)  # type: ignore[union-attr]
            await connection.execute(ENDLESS)

    asking = asyncio.create_task(asks())
    await asyncio.to_thread(began.wait)
    asking.cancel()
    await asyncio.sleep(0)
    given_up.set()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    await database.close()
    held_alone(place).close()


async def test_who_gives_up_waiting_for_another_process_leaves_no_transaction_behind(
    database: Database, place: Path
) -> None:
    async with database.write() as tx:
        await tx.execute(text("CREATE TABLE a (b)"))

    async def writes(value: int) -> None:
        async with database.write() as tx:
            await tx.execute(text("INSERT INTO a VALUES (:value)"), {"value": value})

    with contextlib.closing(sqlite3.connect(place, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(writes(1))
        await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.sleep(0.1)
        another.execute("ROLLBACK")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await writes(2)
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT b FROM a"))).scalars().all() == [2]
