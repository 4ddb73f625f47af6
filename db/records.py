"""Statements about the record book: its lines say for ever what was true when the course was completed."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Date, Text, bindparam, case, func, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, Course, Group, Provider, Record, User
from db.types import BY, AnyRow


async def add(
    tx: AsyncConnection,
    application_id: int,
    *,
    completed_on: date,
    document_number: str | None,
    document_date: date | None,
    check_token: str,
) -> bool:
    """Write down a completed application as it is at this moment: False, where it is in the book already."""
    now_true = (
        select(
            Application.id,
            Application.user_id,
            User.full_name,
            Course.code,
            Course.title,
            Provider.name,
            Course.hours,
            func.coalesce(Group.starts_on, Course.starts_on),
            literal(completed_on, Date()),
            Course.document,
            literal(document_number, Text()),
            literal(document_date, Date()),
            literal(check_token, Text()),
        )
        .select_from(Application)
        .join(User, User.id == Application.user_id)
        .join(Course, Course.id == Application.course_id)
        .join(Provider, Provider.id == Course.provider_id)
        .outerjoin(Group, Group.id == Application.group_id)
        .where(Application.id == application_id)
    )
    columns = [column.name for column in Record.__table__.columns if column.name != "id"]
    statement = (
        upsert(Record)
        .from_select(columns, now_true)
        .on_conflict_do_nothing(index_elements=[Record.application_id])
        .returning(Record.id)
    )
    return (await tx.execute(statement)).scalar() is not None


_SAID: Final = (
    Record.id,
    Record.full_name,
    Record.code,
    Record.title,
    Record.provider,
    Record.hours,
    Record.starts_on,
    Record.completed_on,
    Record.document,
    Record.document_number,
    Record.document_date,
    Record.check_token,
)


async def of_person(
    connection: AsyncConnection, user_id: int, since: date, limit: int, offset: int = 0
) -> Sequence[AnyRow]:
    """A person's records, the newest first; beside each: how many there are, all hours, and those since a day."""
    recent = case((Record.completed_on >= since, Record.hours), else_=0)
    statement = (
        select(
            *_SAID,
            func.count().over().label("total"),
            func.coalesce(func.sum(Record.hours).over(), 0).label("total_hours"),
            func.coalesce(func.sum(recent).over(), 0).label("recent_hours"),
        )
        .where(Record.user_id == user_id)
        .order_by(Record.completed_on.desc(), Record.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def one(connection: AsyncConnection, record_id: int, user_id: int) -> AnyRow | None:
    """A person's own record."""
    statement = select(*_SAID).where(Record.id == record_id, Record.user_id == user_id)
    return (await connection.execute(statement)).one_or_none()


async def with_token(connection: AsyncConnection, check_token: str) -> AnyRow | None:
    """What whoever has a record's token may see of it, and nothing more."""
    statement = select(
        Record.full_name, Record.code, Record.title, Record.hours, Record.starts_on, Record.completed_on
    ).where(Record.check_token == check_token)
    return (await connection.execute(statement)).one_or_none()


_HOURS_SINCE: Final = select(func.coalesce(func.sum(Record.hours), 0)).where(
    Record.user_id == BY, Record.completed_on >= bindparam("since", type_=Date())
)


async def hours_since(connection: AsyncConnection, user_id: int, since: date) -> int:
    """Hours of what a person has completed since a day, as they were then."""
    return (await connection.execute(_HOURS_SINCE, {"by": user_id, "since": since})).scalar_one() or 0
