"""Statements about the record book: its lines say for ever what was true when the course was completed."""

from datetime import date

from sqlalchemy import Date, Text, func, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, Course, Group, Provider, Record, User


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
