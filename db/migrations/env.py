"""Alembic's entry. Inside the bot the connection comes from db/migrate.py; from the shell it is opened here."""

import asyncio
import os
from typing import Any

from alembic import context
from sqlalchemy import Connection

from db.engine import Database
from db.tables import Base

INDEX_TABLES = "course_index"
"""The search index differs from database to database and is written by hand."""


def include_object(_: Any, name: str | None, kind: str, *__: Any) -> bool:
    """Leave the search index and FTS5's shadow tables out of autogenerate."""
    return not (kind == "table" and name is not None and name.startswith(INDEX_TABLES))


def migrate(connection: Connection) -> None:
    """Run what Alembic was asked for on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def from_shell() -> None:
    """Open what DATABASE_URL names."""
    database = Database(os.environ.get("DATABASE_URL", "sqlite:///data/bot.db"))
    async with database.migrator.begin() as tx:
        await tx.run_sync(migrate)
    await database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is None:
    asyncio.run(from_shell())
else:
    migrate(given)
