"""Statements that are written once for each database and handed to its driver as they are.

SQLAlchemy writes them, and says what its types make of a value; to run one it would take some 0.3 ms of the processor,
more than the databases take to answer.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from db import in_place
from db.types import AnyRow

Process = Callable[[Any], Any]


class _Value(NamedTuple):
    """One that the driver is given: the name under which it comes, or (None) what it always is."""

    name: str | None
    always: Any
    process: Process | None


class _Written:
    """A statement in the words of one database."""

    def __init__(self, statement: Any, given: Mapping[str, Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(given))
        self.text: Final[str] = compiled.string
        self._values: Final = [_value(compiled.binds[name], dialect) for name in compiled.positiontup]
        columns = statement.exported_columns.items()
        self._row: Final[Any] = namedtuple("Row", [name for name, _ in columns], rename=True)  # type: ignore[misc]
        processes = [column.type.dialect_impl(dialect).result_processor(dialect, None) for _, column in columns]
        self._processed: Final = [(place, process) for place, process in enumerate(processes) if process is not None]

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """In the driver's order."""
        return tuple(
            [
                always if name is None else process(given[name]) if process else given[name]
                for name, always, process in self._values
            ]
        )

    def row(self, read: Sequence[Any]) -> AnyRow:
        """What the driver has read, in Python's types, by the names of the columns."""
        if self._processed:
            read = list(read)
            for place, process in self._processed:
                read[place] = process(read[place])
        return self._row._make(read)


def _value(bound: Any, dialect: Dialect) -> _Value:
    assert not bound.expanding, "a list: SQLAlchemy writes such a statement anew for each length"
    process = bound.type.dialect_impl(dialect).bind_processor(dialect)
    if bound.required:
        return _Value(bound.key, None, process)
    return _Value(None, process(bound.value) if process else bound.value, None)


class Ready:
    """A statement that returns rows, and always has the same parameters; `given` to it are their values by name.

    SQLAlchemy's defaults of columns are not filled in.
    """

    def __init__(self, statement: Any) -> None:
        self._statement: Final = statement
        self._written: Final[dict[str, _Written]] = {}

    async def all(self, connection: AsyncConnection, given: Mapping[str, Any]) -> list[AnyRow]:
        """Run it: the rows. Raises: the driver's own errors."""
        dialect = connection.dialect
        written = self._written.get(dialect.name)
        if written is None:
            written = self._written[dialect.name] = _Written(self._statement, given, dialect)
        return [written.row(read) for read in await run(connection, written.text, written.values(given))]

    async def first(self, connection: AsyncConnection, given: Mapping[str, Any]) -> AnyRow:
        """Run it: the first row; None, where there is none. Raises: the driver's own errors."""
        rows = await self.all(connection, given)
        return rows[0] if rows else None


async def run(connection: AsyncConnection, statement: str, values: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
    """Run a statement in the driver's own words: the rows as it reads them. Raises: the driver's own errors."""
    driver, below = driver_of(connection), connection.sync_connection
    assert below is not None
    for hears in below.dispatch.before_cursor_execute:  # whoever counts the engine's statements counts these, too
        hears(below, None, statement, values, None, False)
    if isinstance(driver, in_place.Connection):
        return await driver.rows(statement, values)
    try:
        return await driver.fetch(statement, *values)  # type: ignore[no-any-return]
    except BaseException:
        if driver.is_closed():  # nobody else would tell the pool
            await connection.invalidate()
        raise


def driver_of(connection: AsyncConnection) -> Any:
    """aiosqlite's connection or asyncpg's."""
    assert connection.sync_connection is not None
    return connection.sync_connection.connection.driver_connection
