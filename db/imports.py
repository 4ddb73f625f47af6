"""Statements that bring courses and schools in from files: many rows in few statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, Course, Provider, School
from domain.catalogue import CourseRow, SchoolRow
from domain.status import Status

CHUNK: Final = 1000
"""Rows a statement: SQLite and PostgreSQL bind some 32,000 values at most."""

COURSE_FIELDS: Final = tuple(field.name for field in fields(CourseRow) if field.name not in {"row", "provider"})
SCHOOL_FIELDS: Final = tuple(field.name for field in fields(SchoolRow) if field.name != "row")
"""What a file states and a table keeps as it is."""
COURSE_COLUMNS: Final = (*COURSE_FIELDS, "provider_key", "closes_on")
SCHOOL_COLUMNS: Final = (*SCHOOL_FIELDS, "search_key")
"""The same with what follows from it."""

SchoolKey: TypeAlias = tuple[str, str]
"""The keys of the name and of the district."""
Values: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A row as the database has it: `values` are those of COURSE_COLUMNS or SCHOOL_COLUMNS."""

    id: int
    values: Values


_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(20260418)")


async def one_at_a_time(tx: AsyncConnection) -> None:
    """Wait for whoever imports in another transaction; SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        await tx.execute(_ONE_AT_A_TIME)


async def courses(connection: AsyncConnection, keys: Collection[str]) -> dict[str, Standing]:
    """Courses by code_key."""
    statement = (
        select(
            Course.id,
            Course.code_key,
            *(getattr(Course, field) for field in COURSE_FIELDS),
            Provider.name_key,
            Course.closes_on,
        )
        .join(Provider, Provider.id == Course.provider_id)
        .where(Course.code_key.in_(keys))
    )
    return {row[1]: Standing(row[0], row[2:]) for row in await connection.execute(statement)}


async def schools(connection: AsyncConnection, keys: Collection[SchoolKey]) -> dict[SchoolKey, Standing]:
    """Schools by name_key and district_key; their namesakes in other districts come too."""
    statement = select(
        School.id,
        School.name_key,
        School.district_key,
        *(getattr(School, field) for field in SCHOOL_FIELDS),
        School.search_key,
    ).where(School.name_key.in_({name_key for name_key, _ in keys}))
    return {(row[1], row[2]): Standing(row[0], row[3:]) for row in await connection.execute(statement)}


async def provider_ids(tx: AsyncConnection, names: Mapping[str, str]) -> dict[str, int]:
    """The ids of providers by their keys; those that are missing are made, with the name their key stands for."""
    if not names:
        return {}
    new = [{"name_key": key, "name": name} for key, name in names.items()]
    await tx.execute(insert(Provider).on_conflict_do_nothing(index_elements=[Provider.name_key]), new)
    statement = select(Provider.name_key, Provider.id).where(Provider.name_key.in_(names))
    return {row[0]: row[1] for row in await tx.execute(statement)}


async def add(tx: AsyncConnection, table: type[Course] | type[School], rows: Sequence[Mapping[str, Any]]) -> None:
    """New rows, given as columns and values."""
    if rows:
        await tx.execute(insert(table), list(rows))


async def change(tx: AsyncConnection, table: type[Course] | type[School], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows with other values, given as the same columns of each and `row_id`."""
    if not rows:
        return
    columns: dict[str, Any] = {column: bindparam(column) for column in rows[0] if column != "row_id"}
    await tx.execute(update(table).where(table.id == bindparam("row_id")).values(columns), list(rows))


async def course_ids(tx: AsyncConnection, keys: Collection[str]) -> dict[str, int]:
    """The ids of courses by code_key."""
    statement = select(Course.code_key, Course.id).where(Course.code_key.in_(keys))
    return dict((await tx.execute(statement)).all())


async def published(tx: AsyncConnection, ids: Collection[int]) -> set[int]:
    """Those of these courses, written in this transaction already, that stand in the catalogue."""
    statement = select(Course.id).where(Course.id.in_(ids), Course.published)
    return set((await tx.execute(statement)).scalars())


async def waiting_for_courses(tx: AsyncConnection, ids: Collection[int]) -> Sequence[int]:
    """The applications for these courses that wait, kept from moving until this transaction ends."""
    statement = (
        select(Application.id)
        .where(Application.course_id.in_(ids), Application.status == Status.PENDING)
        .order_by(Application.id)
        .with_for_update()
    )
    return (await tx.execute(statement)).scalars().all()
