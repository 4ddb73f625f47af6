"""How a database means to answer a statement: which tables it would read from one end to the other."""

import re
from collections.abc import Iterator
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import Database
from db.tables import Base

GROWING: Final = frozenset(
    {
        "account_events",
        "application_events",
        "applications",
        "chats",
        "courses",
        "email_codes",
        "favourites",
        "fsm",
        "groups",
        "notifications",
        "prompts",
        "records",
        "searches",
        "ticket_messages",
        "tickets",
        "updates",
        "users",
    }
)
"""Tables that grow with people, courses and time; schools, providers and those who work for them are few."""
OF_A_PART: Final = frozenset(
    str(index.name)
    for table in Base.metadata.sorted_tables
    for index in table.indexes
    if index.dialect_options["postgresql"]["where"] is not None
)
"""Indexes of what waits, is live or is not sent: few rows of all there ever were, so they may be read whole."""

_SCAN: Final = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
_MADE: Final = re.compile(r"(?:CO-ROUTINE|MATERIALIZE) (\w+)")
"""What a part of the statement makes: read whole, though it may be called as a table is."""
_ALIAS: Final = re.compile(r"\b(\w+) AS (\w+)\b")


class Plans:
    """What a database says of its ways."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read_whole(self, statement: str, parameters: Any) -> list[str]:
        """The growing tables that a statement would read whole, with the step that does."""
        async with self._database.migrator.connect() as connection:
            steps = _on_sqlite if self._database.is_sqlite else _on_postgresql
            found = [
                f"{table}: {step}"
                for table, index, step in await steps(connection, statement, parameters)
                if table in GROWING and index not in OF_A_PART
            ]
            await connection.rollback()
        return found


Step = tuple[str, str | None, str]
"""A table that is read whole, by which index, in the database's words."""


async def _on_sqlite(connection: AsyncConnection, statement: str, parameters: Any) -> list[Step]:
    if statement.startswith("INSERT") and " VALUES " in statement:
        return []  # nothing is read: what is planned are looks for referring rows, skipped where none is amiss
    aliases = {alias: table for table, alias in _ALIAS.findall(statement)}
    plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    made = {(row.parent, found[1]) for row in plan if (found := _MADE.match(row.detail))}
    scans = [
        (row.detail, found) for row in plan if (found := _SCAN.match(row.detail)) and (row.parent, found[1]) not in made
    ]
    return [(aliases.get(str(found[1]), str(found[1])), found[2], detail) for detail, found in scans]


async def _on_postgresql(connection: AsyncConnection, statement: str, parameters: Any) -> list[Step]:
    for way in ("seqscan", "hashjoin", "mergejoin"):  # cheaper while a table is small: is there another?
        await connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    plan = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)).scalar_one()
    parsed = orjson.loads(plan) if isinstance(plan, str) else plan
    return list(_whole(parsed[0]["Plan"]))


def _whole(node: dict[str, Any]) -> Iterator[Step]:
    kind, index = node["Node Type"], node.get("Index Name")
    by_index = kind in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"} and "Index Cond" not in node
    if kind == "Seq Scan" or by_index:
        yield node.get("Relation Name", ""), index, f"{kind} {index or ''} {node.get('Filter', '')}".strip()
    for below in node.get("Plans", ()):
        yield from _whole(below)
