"""Every revision climbs up and down on both databases, and ends at the tables the code knows."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from db.engine import Database
from db.migrate import bring_up_to_date, downgrade, is_current, newest, upgrade
from db.tables import Base

SEARCH_INDEX = "course_index"


def _differences(connection: Connection) -> list[Any]:
    def ours(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return not (kind == "table" and name is not None and name.startswith(SEARCH_INDEX))

    context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})
    return list(compare_metadata(context, Base.metadata))


async def _tables(database: Database) -> set[str]:
    async with database.read() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_each_revision_climbs_up_and_down_and_up_again(database: Database):
    revisions = [script.revision for script in ScriptDirectory("db/migrations").walk_revisions()][::-1]
    await downgrade(database, "base")
    assert await _tables(database) <= {"alembic_version"}
    for below, revision in zip(["base", *revisions], revisions, strict=False):
        await upgrade(database, revision)
        await downgrade(database, below)
        await upgrade(database, revision)
    assert await is_current(database)
    assert newest() == revisions[-1]


async def test_an_empty_database_and_one_that_is_behind_are_brought_up_to_date(database: Database):
    for below in ("0002", "base"):
        await downgrade(database, below)
        assert not await is_current(database)
        await bring_up_to_date(database)
        assert await is_current(database)
        async with database.read() as connection:
            assert await connection.run_sync(_differences) == []


async def test_the_newest_revision_is_what_the_tables_say(database: Database):
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_bringing_an_up_to_date_database_up_to_date_changes_nothing(database: Database):
    await bring_up_to_date(database)
    await upgrade(database)
    assert await is_current(database)
