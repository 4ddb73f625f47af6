"""Bringing a database up to date, on whatever connection it lives.

Alembic is loaded where there is something to climb: a bot that starts on an up-to-date database does without it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import vocabulary
from db.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(20260417)")
_STANDS_AT: Final = text("SELECT version_num FROM alembic_version")


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def _one_at_a_time(tx: AsyncConnection, database: Database) -> None:
    """Two replicas may start at once; SQLite's BEGIN IMMEDIATE already keeps the second waiting."""
    if not database.is_sqlite:
        await tx.execute(_ONE_AT_A_TIME)


class TooNew(Exception):
    """A later version of the bot has been at the database: this one would not know what it reads."""


async def bring_up_to_date(database: Database) -> None:
    """Climb to the newest revision, where the database does not stand there already, with a search index of today's.

    Raises: TooNew.
    """
    stands_at = await _stands_at(database)
    if stands_at == newest() and await _is_searched_by_todays_rules(database):
        return
    if stands_at is not None and not is_known(stands_at):
        raise TooNew
    await upgrade(database)


async def upgrade(database: Database, revision: str = "head") -> None:
    """Climb to the revision, in one transaction; at the newest, the search index is as today's code wants it."""
    from alembic import command

    async with database.migrator.begin() as tx:
        await _one_at_a_time(tx, database)
        await tx.run_sync(lambda connection: command.upgrade(_config(connection), revision))
        if revision == "head":
            await vocabulary.renew(tx)


async def downgrade(database: Database, revision: str) -> None:
    """Climb down to the revision, in one transaction."""
    from alembic import command

    async with database.migrator.begin() as tx:
        await _one_at_a_time(tx, database)
        await tx.run_sync(lambda connection: command.downgrade(_config(connection), revision))


def newest() -> str:
    """The newest revision this code knows: each file begins with the number that is its name."""
    return max(script.name for script in (_MIGRATIONS / "versions").glob("*.py")).partition("_")[0]


async def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision this code knows."""
    return await _stands_at(database) == newest()


async def _stands_at(database: Database) -> str | None:
    """The database's revision; None: it is empty."""
    async with database.read() as connection:
        if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
            return None
        revision = await connection.scalar(_STANDS_AT)
    return None if revision is None else str(revision)


async def _is_searched_by_todays_rules(database: Database) -> bool:
    async with database.read() as connection:
        return await vocabulary.is_of_today(connection)


def is_known(revision: str) -> bool:
    """Whether this code has a migration of that name: a later version's it has not."""
    from alembic.script import ScriptDirectory

    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())
