"""SQLite's statements, with as few trips to the connection's thread as they need.

aiosqlite makes four for each: a cursor, the statement, its rows, the end. A trip takes longer than a statement that
finds its rows by an index; and a thread that comes back waits for Python's lock, the longer the more there is to do.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, Final

import aiosqlite

brief: Final[ContextVar[bool]] = ContextVar("brief", default=False)
"""Whether each statement of now finds few rows, by an index."""
_ABOUT_ROWS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
"""How statements begin that wait for nobody: BEGIN may wait for another process, COMMIT for the disk."""
BEGIN: Final = "BEGIN IMMEDIATE"
"""A transaction that begins as a reader and then writes fails in a way no timeout cures."""
BUSY_TIMEOUT_MS: Final = 30_000
"""Longer than the import of 100,000 courses by another process holds the writer."""
COMPILED: Final = 512
"""Statements that a connection keeps compiled: a search has a few hundred shapes, and each takes half as long again."""


class Connection(aiosqlite.Connection):
    """Runs brief statements where they stand, and others in its thread."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        place = getattr(fn, "__self__", None)
        if self._connection is not None and _is_at_once(fn.__name__, place, args):
            return fn(*args, **kwargs)
        try:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            if isinstance(place, sqlite3.Cursor):  # nobody else knows of it, and it would hold the file open
                self._tx.put_nowait((None, place.close))
            raise

    def transaction(self) -> "Transaction":
        """One that writes, yet to be started: as asyncpg has it."""
        return Transaction(self)

    def is_closed(self) -> bool:
        """As asyncpg has it."""
        return self._connection is None

    def is_in_transaction(self) -> bool:
        """As asyncpg has it."""
        return self._connection is not None and self._connection.in_transaction

    def has_begun_at_once(self) -> bool:
        """Begin a transaction, if nobody has to be waited for. Raises: sqlite3.Error."""
        self._conn.execute("PRAGMA busy_timeout = 0")
        try:
            self._conn.execute(BEGIN)
        except sqlite3.OperationalError as refusal:
            if refusal.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            self._conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        return True

    async def in_thread(self, do: Callable[[sqlite3.Connection], object]) -> None:
        """Do something with the connection in its thread. Raises: sqlite3.Error."""
        await super()._execute(do, self._conn)  # type: ignore[no-untyped-call]

    async def rows(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run a statement to its end: in one trip, if not where it stands. Raises: sqlite3.Error."""

        def fetched() -> list[tuple[Any, ...]]:
            return self._conn.execute(statement, values).fetchall()

        if brief.get():
            return fetched()
        rows: list[tuple[Any, ...]] = await super()._execute(fetched)  # type: ignore[no-untyped-call]
        return rows


class Transaction:
    """Its turn and the disk are waited for in the connection's thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def start(self) -> None:
        """Begin to write. Raises: sqlite3.Error."""
        if self._connection.has_begun_at_once():
            return
        try:
            await self._connection.in_thread(lambda connection: connection.execute(BEGIN))
        except asyncio.CancelledError:  # it begins all the same, some time
            await self.rollback()
            raise

    async def commit(self) -> None:
        """Keep what was written. Raises: sqlite3.Error."""
        await self._connection.in_thread(sqlite3.Connection.commit)

    async def rollback(self) -> None:
        """Take back what was written; what nobody waits for any more comes to its end before. Raises: sqlite3.Error."""
        await self._connection.in_thread(sqlite3.Connection.rollback)


def _is_at_once(name: str, place: object, args: tuple[Any, ...]) -> bool:
    if name == "cursor" or (name == "close" and isinstance(place, sqlite3.Cursor)):
        return True
    about_rows = name in {"execute", "executemany"} and args[0].lstrip().startswith(_ABOUT_ROWS)
    return brief.get() and (name == "fetchall" or about_rows)


def connect(database: str, **given: Any) -> Connection:
    """In aiosqlite's place, for SQLAlchemy: an awaitable connection to a file."""
    given |= {"check_same_thread": False, "cached_statements": COMPILED}
    connection = Connection(lambda: sqlite3.connect(database, **given), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
