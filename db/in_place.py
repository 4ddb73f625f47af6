"""SQLite's statements, with as few trips to the connection's thread as they need.

aiosqlite makes four for each: a cursor, the statement, its rows, the end. A trip takes longer than a statement that
finds its rows by an index; and a thread that comes back waits for Python's lock, the longer the more there is to do.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

import aiosqlite

brief: Final[ContextVar[bool]] = ContextVar("brief", default=False)
"""Whether each statement of now finds few rows, by an index."""
_ABOUT_ROWS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
"""How statements begin that wait for nobody: BEGIN may wait for another process, COMMIT for the disk."""
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
