"""Whether the database answers at all, as one named error whatever its driver says."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from db.engine import Database


class Unreachable(Exception):
    """The database does not answer, or does not let us in. Its text names the place, without a password."""


async def reach(database: Database) -> None:
    """Ask the database for nothing.

    Raises: Unreachable.
    """
    try:
        async with database.read() as connection:
            await connection.execute(select(1))
    except (SQLAlchemyError, OSError):
        raise Unreachable(place_of(database)) from None


def place_of(database: Database) -> str:
    """Where it is: a file, or server and name."""
    url = database.url
    return url.database or "" if database.is_sqlite else f"{url.host}:{url.port or 5432}/{url.database}"
