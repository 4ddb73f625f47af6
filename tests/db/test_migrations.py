"""Every revision climbs up and down on both databases, and ends at the tables the code knows."""

import ast
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, update

from db.engine import Database
from db.migrate import bring_up_to_date, downgrade, is_current, newest, upgrade
from db.search_index import FORM
from db.tables import Base, SearchState

BEFORE_ROLL_OUTS = 4
"""Revisions of before there were replicas."""
ADDS = {"add_column", "batch_alter_table", "bulk_insert", "create_index", "create_table", "execute", "f", "get_bind"}
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


@pytest.mark.parametrize(
    "script", list(ScriptDirectory("db/migrations").walk_revisions()), ids=lambda each: each.revision
)
def test_old_code_can_work_on_while_a_new_version_is_rolled_out(script: Any) -> None:
    """A revision only adds, and what it adds to a table may be left out by whoever does not know it."""
    if int(script.revision) <= BEFORE_ROLL_OUTS:
        return
    module = ast.parse(Path(script.path).read_text("utf-8"))
    (climb,) = [each for each in module.body if getattr(each, "name", "") == "upgrade"]
    calls = [each for each in ast.walk(climb) if isinstance(each, ast.Call)]
    made = {ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "op.create_index"}
    for call in calls:
        if ast.unparse(call.func) == "op.drop_index" and ast.unparse(call.args[0]) in made:
            continue  # an index that is made anew in another order makes the old code slower and no more
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in {"op", "batch_op"}:
            assert name in ADDS, ast.unparse(call)
        if name == "add_column":
            column = ast.unparse(call)
            assert "nullable=True" in column or "server_default=" in column, column


async def test_an_index_of_older_rules_is_made_anew_at_the_next_start_and_a_newer_ones_is_left_alone(
    database: Database,
) -> None:
    for found, left in ((FORM - 1, FORM), (FORM + 1, FORM + 1)):
        async with database.write() as tx:
            await tx.execute(update(SearchState).values(form=found))
        await bring_up_to_date(database)
        async with database.read() as connection:
            assert await connection.scalar(select(SearchState.form)) == left
