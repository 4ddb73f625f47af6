"""One way to read and one way to write, on SQLite and on PostgreSQL."""

import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import orjson
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from db import in_place
from db.connections import Connections
from db.in_hand import in_hand, keep_talk, mark_handled
from db.ready import driver_of
from domain.clock import utc_now

SERVER_CONNECTIONS: Final = 10
"""To PostgreSQL, of one process."""
FILE_READERS: Final = 4
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_to_say: ContextVar[bool] = ContextVar("to_say", default=False)


def _nothing() -> None:
    """What happens after a commit until somebody asks to be woken."""


def leaves_something_to_say() -> None:
    """The transaction under way has written what is to be sent."""
    _to_say.set(True)


def _spent(since: float) -> None:
    """The update in hand has been in the database since then."""
    hand = in_hand.get()
    if hand is not None:
        hand.in_database += perf_counter() - since


def parse_url(url: str) -> URL:
    """The URL with the driver this project uses.

    Raises: ValueError (without the URL in its text, which may hold a password) unless SQLite or PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("not a database URL") from None
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    backend = parsed.get_backend_name()
    if backend not in drivers:
        raise ValueError("neither sqlite nor postgresql")
    if backend == "sqlite" and not parsed.database:
        raise ValueError("a database in memory is not supported")
    return parsed.set(drivername=drivers[backend])


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _loads(value: Any) -> Any:
    """SQLite keeps a bare number as a number, whatever the column's type."""
    return value if isinstance(value, int | float) else orjson.loads(value)


def prepare_sqlite(engine: AsyncEngine, *, reads_only: bool) -> None:
    """Give the engine's connections what makes SQLite safe and quick under concurrency."""

    def connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        pragmas = [
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
            f"busy_timeout={in_place.BUSY_TIMEOUT_MS}",
        ]
        for pragma in [*pragmas, "query_only=ON"] if reads_only else pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", connect)


class Database:
    """The engines. `after_commit` is called, with nothing, after a commit that leaves something to say: it wakes the
    sender. `migrator` is for what changes tables or copies all of them: its transactions are SQLAlchemy's."""

    def __init__(
        self, url: str, now: Callable[[], datetime] = utc_now, after_commit: Callable[[], None] = _nothing
    ) -> None:
        self.url = parse_url(url)
        self.after_commit = after_commit
        self._now = now
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.process = f"course-bot-{os.getpid()}-{secrets.token_hex(4)}"
        """By this name PostgreSQL knows these connections, and other processes this one."""
        self.connect_args: dict[str, Any] = {}
        if not self.is_sqlite:
            self.connect_args = {
                "server_settings": {"application_name": self.process},
                "statement_cache_size": in_place.COMPILED,  # the driver's own, for good and of any length
                "max_cached_statement_lifetime": 0,
                "max_cacheable_statement_size": 0,
                "prepared_statement_cache_size": in_place.COMPILED,  # and SQLAlchemy's
            }
        common: dict[str, Any] = {
            "hide_parameters": True,  # names and texts must not reach a log by way of an error
            "json_serializer": _dumps,
            "json_deserializer": _loads,
        }
        at_once: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
        if self.is_sqlite:
            assert self.url.database is not None
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            common["connect_args"] = {"async_creator_fn": in_place.connect}
        else:
            common["connect_args"] = self.connect_args
        self.migrator = create_async_engine(self.url, poolclass=NullPool, **common)
        self.writer = self.reader = create_async_engine(self.url, poolclass=NullPool, **at_once, **common)
        if self.is_sqlite:
            self.reader = create_async_engine(self.url, poolclass=NullPool, **at_once, **common)
            for engine in (self.migrator, self.writer, self.reader):
                prepare_sqlite(engine, reads_only=engine is self.reader)
            event.listen(self.migrator.sync_engine, "begin", lambda tx: tx.exec_driver_sql(in_place.BEGIN))
        self._writers = Connections(self.writer, 1 if self.is_sqlite else SERVER_CONNECTIONS)
        self._readers = Connections(self.reader, FILE_READERS) if self.is_sqlite else self._writers
        self._at_hand: AsyncConnection | None = None
        """Brief statements wait for nothing, so that one connection serves all of them, on SQLite."""

    @asynccontextmanager
    async def write(self, *, apart: bool = False, brief: bool = False) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end, rolled back on any error, never nested.

        Marks the update in hand as handled and keeps its conversation in the same transaction, unless what it writes
        stands `apart` from the update's own effect. `brief`: as for `read`. Raises: AlreadyHandled on a replayed
        update.
        """
        if _writing.get():
            raise RuntimeError("a transaction inside a transaction: share a function that takes the connection")
        token, how = _writing.set(True), in_place.brief.set(brief)
        _to_say.set(False)
        hand = None if apart else in_hand.get()
        begun = perf_counter()
        try:
            async with self._transaction() as tx:
                if hand is not None and not hand.handled:
                    await mark_handled(tx, hand, self._now())
                yield tx
                if hand is not None:
                    await keep_talk(tx, hand, self._now())
        finally:
            _writing.reset(token)
            in_place.brief.reset(how)
            _spent(begun)
        if hand is not None:
            hand.handled = True
            hand.talk.changed = False
        if _to_say.get():
            self.after_commit()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        """The driver's own: SQLAlchemy would begin one with the first statement that it runs itself."""
        async with self._writers.one() as tx:
            transaction = driver_of(tx).transaction()
            await transaction.start()
            try:
                yield tx
                await transaction.commit()
            except BaseException:
                with suppress(Exception):  # SQLAlchemy closes a connection whose statement nobody waits for any more
                    await transaction.rollback()
                raise

    @asynccontextmanager
    async def read(self, *, brief: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; each statement sees what is committed when it runs.

        `brief`: each finds few rows, by an index, however much is kept; SQLite then answers without a thread.
        """
        begun, how = perf_counter(), in_place.brief.set(brief)
        try:
            if brief and self.is_sqlite:
                yield self._at_hand or await self._to_hand()
            else:
                async with self._readers.one() as connection:
                    yield connection
        finally:
            in_place.brief.reset(how)
            _spent(begun)

    async def _to_hand(self) -> AsyncConnection:
        connection = await self.reader.connect()
        if self._at_hand is not None:  # somebody else was quicker
            await connection.close()
            return self._at_hand
        self._at_hand = connection
        return connection

    async def close(self) -> None:
        """Close all connections."""
        if self._at_hand is not None:
            await self._at_hand.close()
            self._at_hand = None
        for connections in {self._writers, self._readers}:
            await connections.close()
