"""Statements about the courses of providers and their groups."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, Course, Group, PortalStaff, Provider, ProviderStaff
from db.types import AnyRow, AnySelect, Id
from domain.person import Role
from domain.status import LIVE, Status


def is_staff(user_id: Id) -> ColumnElement[bool]:
    """Whether somebody is staff of the course's provider today."""
    return exists().where(
        ProviderStaff.provider_id == Course.provider_id, ProviderStaff.user_id == user_id, ~ProviderStaff.held
    )


def is_operator(user_id: Id) -> ColumnElement[bool]:
    """Whether somebody is an operator."""
    return exists().where(PortalStaff.user_id == user_id, PortalStaff.role == Role.OPERATOR, ~PortalStaff.held)


def count_of(*statuses: Status) -> ScalarSelect[int]:
    """How many applications for the course are in these states."""
    return (
        select(func.count())
        .where(Application.course_id == Course.id, Application.status.in_(statuses))
        .correlate(Course)
        .scalar_subquery()
    )


def _is_any(status: Status) -> ColumnElement[bool]:
    return exists().where(Application.course_id == Course.id, Application.status == status)


def _enrolled_in() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(
            Application.course_id == Group.course_id,
            Application.status == Status.ENROLLED,
            Application.group_id == Group.id,
        )
        .correlate(Group)
        .scalar_subquery()
    )


async def courses_of(connection: AsyncConnection, by: int, today: date, limit: int, offset: int) -> Sequence[AnyRow]:
    """The courses of somebody's providers: those with something to do first, then by their start.

    Only those of the page are counted.
    """
    over = Course.ends_on < today
    to_do = or_(_is_any(Status.APPROVED), and_(over, _is_any(Status.ENROLLED)))
    in_order: list[ColumnElement[Any]] = [
        case((to_do, 0), else_=1),
        case((over, 1), else_=0),
        Course.starts_on.is_(None),
        Course.starts_on.expression,
        Course.code.expression,
    ]
    page = (
        select(Course.id, func.count().over().label("total"))
        .join(ProviderStaff, ProviderStaff.provider_id == Course.provider_id)
        .where(ProviderStaff.user_id == by, ~ProviderStaff.held)
        .order_by(*in_order)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    statement = (
        select(
            Course.id,
            Course.code,
            Course.title,
            Course.seats,
            Course.published,
            Course.cancelled_at,
            count_of(Status.APPROVED).label("waiting"),
            count_of(Status.ENROLLED).label("enrolled"),
            page.c.total,
        )
        .join(page, page.c.id == Course.id)
        .order_by(*in_order)
    )
    return (await connection.execute(statement)).all()


async def hold_course(tx: AsyncConnection, course_id: int) -> None:
    """Nobody else counts this course's seats, changes its groups or cancels it until the transaction ends.

    SQLite has one writer anyway.
    """
    statement = select(Course.id).where(Course.id == course_id).with_for_update(key_share=True)
    await tx.execute(statement)


async def course(connection: AsyncConnection, course_id: int, by: int) -> AnyRow | None:
    """A course with its counts, and what `by` is to it today."""
    statement = (
        select(
            Course.id,
            Course.code,
            Course.title,
            Course.provider_id,
            Provider.name.label("provider"),
            Course.starts_on,
            Course.ends_on,
            Course.seats,
            Course.venue,
            Course.published,
            Course.cancelled_at,
            count_of(Status.APPROVED).label("waiting"),
            count_of(Status.ENROLLED).label("enrolled"),
            count_of(*LIVE).label("live"),
            is_staff(by).label("by_is_staff"),
            is_operator(by).label("by_is_operator"),
        )
        .join(Provider, Provider.id == Course.provider_id)
        .where(Course.id == course_id)
    )
    return (await connection.execute(statement)).one_or_none()


_HAS_DAYS: Final = or_(Group.starts_on.is_not(None), Group.ends_on.is_not(None))
BEGINS: Final = case((_HAS_DAYS, Group.starts_on), else_=Course.starts_on)
ENDS: Final = case((_HAS_DAYS, Group.ends_on), else_=Course.ends_on)
PLACE: Final = func.coalesce(Group.venue, Course.venue)
"""A group's own days and place, or its course's."""


def last_start() -> ColumnElement[date]:
    """The later of a course's start and its last group's; null for a course without a start of its own."""
    last_group = (
        select(func.max(Group.starts_on)).where(Group.course_id == Course.id).correlate(Course).scalar_subquery()
    )
    return case((last_group > Course.starts_on, last_group), else_=Course.starts_on)


def _groups() -> AnySelect:
    return select(
        Group.id,
        Group.number,
        BEGINS.label("starts_on"),
        ENDS.label("ends_on"),
        PLACE.label("venue"),
        Group.seats,
        Group.closed_at,
        _enrolled_in().label("enrolled"),
    ).join(Course, Course.id == Group.course_id)


async def groups_of(connection: AsyncConnection, course_id: int) -> Sequence[AnyRow]:
    """A course's groups, the open ones first; what a group does not say, its course does."""
    statement = (
        _groups()
        .where(Group.course_id == course_id)
        .order_by(Group.closed_at.is_not(None), func.length(Group.number), Group.number)
    )
    return (await connection.execute(statement)).all()


async def group(connection: AsyncConnection, group_id: int, by: int) -> AnyRow | None:
    """A group with its own values, its course, the counts of both, and whether `by` is its provider's staff."""
    statement = (
        _groups()
        .add_columns(
            Group.course_id,
            Group.starts_on.label("own_starts_on"),
            Group.ends_on.label("own_ends_on"),
            Group.venue.label("own_venue"),
            Course.code,
            Course.title,
            Course.seats.label("course_seats"),
            Course.cancelled_at,
            Provider.name.label("provider"),
            count_of(Status.APPROVED).label("waiting"),
            count_of(Status.ENROLLED).label("course_enrolled"),
            is_staff(by).label("by_is_staff"),
        )
        .join(Provider, Provider.id == Course.provider_id)
        .where(Group.id == group_id)
    )
    return (await connection.execute(statement)).one_or_none()


async def course_of(connection: AsyncConnection, group_id: int) -> int | None:
    """The id of a group's course."""
    return await connection.scalar(select(Group.course_id).where(Group.id == group_id))


async def numbers(connection: AsyncConnection, course_id: int) -> Sequence[str]:
    """The numbers of a course's groups."""
    return (await connection.execute(select(Group.number).where(Group.course_id == course_id))).scalars().all()


async def add(tx: AsyncConnection, course_id: int, values: dict[str, Any]) -> int | None:
    """A new group; None, where the course has one with this number."""
    statement = insert(Group).values(course_id=course_id, **values).on_conflict_do_nothing().returning(Group.id)
    return (await tx.execute(statement)).scalar()


async def is_number_taken(connection: AsyncConnection, course_id: int, number: str, but: int) -> bool:
    """Whether another group of the course has this number."""
    statement = select(exists().where(Group.course_id == course_id, Group.number == number, Group.id != but))
    return bool(await connection.scalar(statement))


async def change(tx: AsyncConnection, group_id: int, values: dict[str, Any]) -> None:
    """Other values for a group; its course is held."""
    await tx.execute(update(Group).where(Group.id == group_id).values(values))


async def close(tx: AsyncConnection, group_id: int, at: datetime | None) -> None:
    """Close a group, or (None) open it again."""
    await tx.execute(update(Group).where(Group.id == group_id).values(closed_at=at))


async def publish(tx: AsyncConnection, course_id: int, *, published: bool) -> None:
    """Show a course in the catalogue, or not; never a cancelled one."""
    statement = update(Course).where(Course.id == course_id, Course.cancelled_at.is_(None))
    await tx.execute(statement.values(published=published))
