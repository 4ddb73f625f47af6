"""Statements asked before a profile is removed: what it would leave behind."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.people import in_office
from db.tables import Application, Course, PortalStaff, Prompt, ProviderStaff, Record, School, SchoolRole
from db.types import AnyRow
from domain.person import Role
from domain.status import Status


async def enrolled_codes(connection: AsyncConnection, user_id: int) -> Sequence[str]:
    """The codes of the courses that somebody is enrolled in."""
    statement = (
        select(Course.code)
        .join(Application, Application.course_id == Course.id)
        .where(Application.user_id == user_id, Application.status == Status.ENROLLED)
        .order_by(Course.code)
    )
    return (await connection.execute(statement)).scalars().all()


async def application_ids(connection: AsyncConnection, user_id: int) -> frozenset[int]:
    """All that somebody has ever applied for."""
    found = await connection.execute(select(Application.id).where(Application.user_id == user_id))
    return frozenset(found.scalars())


async def count_records(connection: AsyncConnection, user_id: int) -> int:
    """The lines of somebody's record book."""
    statement = select(func.count()).select_from(Record).where(Record.user_id == user_id)
    return (await connection.execute(statement)).scalar_one()


async def is_last_operator(connection: AsyncConnection, user_id: int) -> bool:
    """Whether the portal would have no operator without this person."""
    operators = select(PortalStaff.user_id).where(PortalStaff.role == Role.OPERATOR)
    mine = operators.where(PortalStaff.user_id == user_id)
    others = operators.where(PortalStaff.user_id != user_id, ~PortalStaff.held)
    return bool(await connection.scalar(select(mine.exists() & ~others.exists())))


async def has_roles(connection: AsyncConnection, user_id: int) -> bool:
    """Whether somebody is more than a teacher."""
    tables = (SchoolRole, ProviderStaff, PortalStaff)
    return bool(await connection.scalar(select(or_(*(exists().where(table.user_id == user_id) for table in tables)))))


async def schools_left_alone(connection: AsyncConnection, user_id: int, today: date) -> Sequence[str]:
    """The names of the schools that have no approver but this person."""
    other = aliased(SchoolRole)
    in_time = or_(other.until.is_(None), other.until >= today)
    another = exists().where(other.school_id == SchoolRole.school_id, other.user_id != user_id, in_time, ~other.held)
    statement = (
        select(School.name)
        .join(SchoolRole, SchoolRole.school_id == School.id)
        .where(SchoolRole.user_id == user_id, in_office(today), ~another)
        .order_by(School.name)
    )
    return (await connection.execute(statement)).scalars().all()


async def decides_at(connection: AsyncConnection, user_id: int) -> tuple[Sequence[int], bool]:
    """The schools where somebody is an approver, and whether they are support."""
    schools = select(SchoolRole.school_id).where(SchoolRole.user_id == user_id)
    support = exists().where(PortalStaff.user_id == user_id, PortalStaff.role == Role.SUPPORT)
    found = (await connection.execute(schools)).scalars().all()
    return found, bool(await connection.scalar(select(support)))


async def open_prompts(connection: AsyncConnection, user_id: int) -> Sequence[AnyRow]:
    """The messages that ask somebody for a decision: chat_id, message_id."""
    statement = select(Prompt.chat_id, Prompt.message_id).where(
        Prompt.user_id == user_id, Prompt.open, Prompt.message_id.is_not(None)
    )
    return (await connection.execute(statement)).all()
