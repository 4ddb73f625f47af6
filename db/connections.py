"""Connections that stay open, lent one at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.ready import driver_of

WAITED_FOR: Final = 60.0
"""Seconds: longer than SQLite's writer is held by anybody. Whoever waits so long waits for itself."""


class Connections:
    """At most so many of an engine's, which commits each statement at once; the last one given back is lent next.

    SQLAlchemy's pool takes 0.15 ms of the processor to lend one. Past the number that it keeps it opened and closed one
    for each tap, which PostgreSQL pays for with more than the tap's statements.
    """

    def __init__(self, engine: AsyncEngine, most: int) -> None:
        self._engine = engine
        self._free: list[AsyncConnection] = []
        self._room = asyncio.Semaphore(most)
        self._closed = False

    @asynccontextmanager
    async def one(self) -> AsyncIterator[AsyncConnection]:
        """Lend one. What breaks meanwhile is not lent again. Raises: TimeoutError, and what the driver raises."""
        if self._room.locked():
            async with asyncio.timeout(WAITED_FOR):
                await self._room.acquire()
        else:
            await self._room.acquire()
        try:
            connection = await self._next()
            try:
                yield connection
            finally:
                if self._closed or not _is_sound(connection):
                    await connection.close()
                else:
                    self._free.append(connection)
        finally:
            self._room.release()

    async def _next(self) -> AsyncConnection:
        while self._free:
            connection = self._free.pop()
            if _is_sound(connection):
                return connection
            await connection.close()
        return await self._engine.connect()

    async def close(self) -> None:
        """Close all; those that are lent, when they are given back."""
        self._closed = True
        while self._free:
            await self._free.pop().close()


def _is_sound(connection: AsyncConnection) -> bool:
    if connection.closed or connection.invalidated:
        return False
    driver = driver_of(connection)
    return not driver.is_closed() and not driver.is_in_transaction()
