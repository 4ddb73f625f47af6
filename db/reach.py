"""Whether the database answers at all, as one named error whatever its driver says."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from db.engine import Database, parse_url
from domain.clock import utc_now


class Unreachable(Exception):
    """The database does not answer, or does not let us in. Its text names the place, without a password."""


def opened(url: str, now: Callable[[], datetime] = utc_now) -> Database:
    """The engines on a database. A SQLite file is looked at first, before any thread of its driver's runs.

    Raises: Unreachable, where there is no such file and can be none, or it is no database or may not be written.
    """
    try:
        database = Database(url, now)
        if database.is_sqlite:
            with closing(sqlite3.connect(database.url.database or "")) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
    except (OSError, sqlite3.Error):
        raise Unreachable(parse_url(url).database) from None
    return database


async def reach(database: Database) -> None:
    """Ask the database for nothing.

    Raises: Unreachable.
    """
    try:
        async with database.read() as connection:
            await connection.execute(select(1))
    except (SQLAlchemyError, OSError):
        url = database.url
        raise Unreachable(
            url.database if database.is_sqlite else f"{url.host}:{url.port or 5432}/{url.database}"
        ) from None
