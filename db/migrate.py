"""Bringing a database up to date, on whatever connection it lives."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import Database

_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(20260417)")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


async def _one_at_a_time(tx: AsyncConnection, database: Database) -> None:
    """Two replicas may start at once; SQLite's BEGIN IMMEDIATE already keeps the second waiting."""
    if not database.is_sqlite:
        await tx.execute(_ONE_AT_A_TIME)


async def upgrade(database: Database, revision: str = "head") -> None:
    """Climb to the revision, in one transaction."""
    async with database.writer.begin() as tx:
        await _one_at_a_time(tx, database)
        await tx.run_sync(lambda connection: command.upgrade(_config(connection), revision))


async def downgrade(database: Database, revision: str) -> None:
    """Climb down to the revision, in one transaction."""
    async with database.writer.begin() as tx:
        await _one_at_a_time(tx, database)
        await tx.run_sync(lambda connection: command.downgrade(_config(connection), revision))


async def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision this code knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    async with database.read() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return current == head


def is_known(revision: str) -> bool:
    """Whether this code has a migration of that name: a later version's it has not."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())
