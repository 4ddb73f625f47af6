"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Date, DateTime, Dialect, Integer, Select, bindparam, literal
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator

AnyRow: TypeAlias = Any
"""A row read by the names of its columns."""
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
Id: TypeAlias = int | ColumnElement[int]
Day: TypeAlias = date | ColumnElement[date]
"""Known now, or given when a statement that was built beforehand is executed."""

BY: Final = bindparam("by", type_=Integer())
"""Who asks, in statements that are built once: building one anew costs more than the database takes to answer it."""
TODAY: Final = bindparam("today", type_=Date())


def among(kept: ColumnElement[Any] | InstrumentedAttribute[Any], known: Iterable[Any]) -> ColumnElement[bool]:
    """One of some values that never change: where SQLAlchemy is given a list, it writes the statement anew each time
    it is executed."""
    return kept.in_([literal(value, kept.type) for value in known])


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. SQLite would drop the offset of any other without converting it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive moments with ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Every moment that comes out is aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
