"""A word from one process to the others that share a PostgreSQL database, in the moment of its commit."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, NoReturn

from sqlalchemy import Insert, Update, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.dml import UpdateBase

from db.engine import Database
from db.ready import driver_of

OUTBOX: Final = "outbox"
"""Something is to be said."""
INTAKE: Final = "intake"
"""An update waits to be taken over."""
REPLICAS: Final = "replicas"
"""A process has come or gone."""
CHANNELS: Final = (OUTBOX, INTAKE, REPLICAS)
KEPT: Final = 16
"""Of statements that are built once, what they are with a word is built once, too."""
ALIVE_EVERY: Final = 10.0
ALIVE_WITHIN: Final = 5.0


def telling(tx: AsyncConnection, statement: Insert | Update, channel: str) -> UpdateBase:
    """The statement, which tells the others on this channel, once it is committed, if it writes any row."""
    return _telling(statement, channel) if tx.dialect.name == "postgresql" else statement


@lru_cache(maxsize=KEPT)
def _telling(statement: Insert | Update, channel: str) -> UpdateBase:
    # Told by the statement itself, it costs no trip of its own; PostgreSQL tells the same thing once a transaction.
    return statement.returning(func.pg_notify(channel, func.current_setting("application_name")))


async def listen(database: Database, heard: Callable[[str], None]) -> NoReturn:
    """Call `heard` with the channel of every word of another process, on a connection of its own.

    At first it is called for every channel: what was said before was not heard. Raises: whatever breaks the
    connection; ConnectionResetError, where it just ends.
    """
    gone = asyncio.Event()

    def hear(_: Any, __: int, channel: str, process: str) -> None:
        if process != database.process:
            heard(channel)

    engine = create_async_engine(
        database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=database.connect_args
    )
    try:
        async with engine.connect() as connection:
            driver = driver_of(connection)
            driver.add_termination_listener(lambda _: gone.set())
            for channel in CHANNELS:
                await driver.add_listener(channel, hear)
            for channel in CHANNELS:
                heard(channel)
            while not gone.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(ALIVE_EVERY):
                        await gone.wait()
                async with asyncio.timeout(ALIVE_WITHIN):  # a cut line says nothing by itself
                    await connection.execute(select(1))
    finally:
        await engine.dispose()
    raise ConnectionResetError
