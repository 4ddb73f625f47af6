"""Statements about who holds which role where: looked at, taken away, ended by the day."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.people import in_office
from db.tables import AccountEvent, PortalStaff, Provider, ProviderStaff, School, SchoolRole, User
from db.types import AnyRow, AnySelect
from domain.person import Change, Role
from domain.roles import ROLES_AT, Held, RolePlace, Standing

_ORDER = case({role: number for number, role in enumerate(Role)}, value=SchoolRole.role)


async def standing(connection: AsyncConnection, user_id: int, school_id: int | None, today: date) -> Standing:
    """What somebody is to a school today, or without one: whether an operator."""
    operator = exists().where(PortalStaff.user_id == user_id, PortalStaff.role == Role.OPERATOR, ~PortalStaff.held)
    head = exists().where(
        SchoolRole.user_id == user_id,
        SchoolRole.school_id == school_id,
        SchoolRole.role == Role.HEAD,
        in_office(today),
    )
    row = (await connection.execute(select(operator, head))).one()
    return Standing(bool(row[0]), bool(row[1]))


async def schools_headed(connection: AsyncConnection, user_id: int, today: date) -> Sequence[AnyRow]:
    """The schools somebody is a head of today: id, name, district."""
    statement = (
        select(School.id, School.name, School.district)
        .join(SchoolRole, SchoolRole.school_id == School.id)
        .where(SchoolRole.user_id == user_id, SchoolRole.role == Role.HEAD, in_office(today))
        .order_by(School.name, School.id)
    )
    return (await connection.execute(statement)).all()


async def heads(connection: AsyncConnection, school_id: int, today: date) -> Sequence[int]:
    """The heads of a school today."""
    statement = select(SchoolRole.user_id).where(
        SchoolRole.school_id == school_id, SchoolRole.role == Role.HEAD, in_office(today)
    )
    return (await connection.execute(statement)).scalars().all()


async def place_name(connection: AsyncConnection, place: RolePlace, place_id: int) -> str | None:
    """The name of a school or provider; None, where there is none."""
    if place is RolePlace.SCHOOL:
        return await connection.scalar(select(School.name).where(School.id == place_id))
    return await connection.scalar(select(Provider.name).where(Provider.id == place_id))


async def places_like(
    connection: AsyncConnection, words: Sequence[str], places: Collection[RolePlace], limit: int
) -> Sequence[AnyRow]:
    """Schools and providers whose name holds every word, the shortest names first: place, id, name, district."""
    found: list[AnySelect] = []
    if RolePlace.SCHOOL in places:
        in_school = (School.search_key.contains(word, autoescape=True) for word in words)
        found.append(
            select(literal(RolePlace.SCHOOL.value).label("place"), School.id, School.name, School.district).where(
                *in_school
            )
        )
    if RolePlace.PROVIDER in places:
        in_provider = (Provider.name_key.contains(word, autoescape=True) for word in words)
        no_district = literal("").label("district")
        found.append(
            select(literal(RolePlace.PROVIDER.value).label("place"), Provider.id, Provider.name, no_district).where(
                *in_provider
            )
        )
    every = union_all(*found).subquery()
    statement = select(every).order_by(func.length(every.c.name), every.c.name, every.c.id).limit(limit)
    return (await connection.execute(statement)).all()


def _members(place: RolePlace, place_id: int, today: date) -> AnySelect:
    """Those with a role at a place, also one that is held back: user_id, full_name, role, until, held."""
    endless = cast(null(), Date).label("until")
    who = (User.id.label("user_id"), User.full_name)
    if place is RolePlace.SCHOOL:
        in_time = or_(SchoolRole.until.is_(None), SchoolRole.until >= today)
        return (
            select(*who, SchoolRole.role, SchoolRole.until, SchoolRole.held, _ORDER.label("rank"))
            .join(SchoolRole, SchoolRole.user_id == User.id)
            .where(SchoolRole.school_id == place_id, in_time)
        )
    if place is RolePlace.PROVIDER:
        role = literal(Role.PROVIDER.value).label("role")
        return (
            select(*who, role, endless, ProviderStaff.held, literal(0).label("rank"))
            .join(ProviderStaff, ProviderStaff.user_id == User.id)
            .where(ProviderStaff.provider_id == place_id)
        )
    rank = case((PortalStaff.role == Role.OPERATOR, 0), else_=1)
    return select(*who, PortalStaff.role, endless, PortalStaff.held, rank.label("rank")).join(
        PortalStaff, PortalStaff.user_id == User.id
    )


async def members(
    connection: AsyncConnection, place: RolePlace, place_id: int, today: date, limit: int, offset: int
) -> Sequence[AnyRow]:
    """A page of those with a role at a place, the strongest first: user_id, full_name, role, until, held, total."""
    every = _members(place, place_id, today).subquery()
    statement = (
        select(every, func.count().over().label("total"))
        .order_by(every.c.rank, every.c.full_name, every.c.user_id)
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def member(
    connection: AsyncConnection, place: RolePlace, place_id: int, user_id: int, role: Role, today: date
) -> AnyRow | None:
    """One of them, with this role."""
    every = _members(place, place_id, today).subquery()
    statement = select(every).where(every.c.user_id == user_id, every.c.role == role)
    return (await connection.execute(statement)).one_or_none()


async def held(connection: AsyncConnection, user_id: int, role: Role, place_id: int | None) -> Held | None:
    """What somebody holds at the place of a role: at a school the one role there, else this very role."""
    if role in ROLES_AT[RolePlace.SCHOOL]:
        statement = select(SchoolRole.role, SchoolRole.until).where(
            SchoolRole.user_id == user_id, SchoolRole.school_id == place_id
        )
        row = (await connection.execute(statement)).one_or_none()
        return None if row is None else Held(*row)
    return Held(role, None) if await connection.scalar(select(exists().where(_row(user_id, role, place_id)))) else None


async def waits(connection: AsyncConnection, user_id: int, role: Role, place_id: int | None) -> bool:
    """Whether this very role of somebody is out of force, since their profile has moved to another chat."""
    table = (
        SchoolRole if role in ROLES_AT[RolePlace.SCHOOL] else ProviderStaff if role is Role.PROVIDER else PortalStaff
    )
    return bool(await connection.scalar(select(exists().where(_row(user_id, role, place_id), table.held))))


def _row(user_id: int, role: Role, place_id: int | None) -> ColumnElement[bool]:
    """The row that holds a role."""
    if role in ROLES_AT[RolePlace.SCHOOL]:
        at_school = and_(SchoolRole.user_id == user_id, SchoolRole.school_id == place_id)
        return and_(at_school, SchoolRole.role == role)
    if role is Role.PROVIDER:
        return and_(ProviderStaff.user_id == user_id, ProviderStaff.provider_id == place_id)
    return and_(PortalStaff.user_id == user_id, PortalStaff.role == role)


async def hold_person(tx: AsyncConnection, user_id: int) -> None:
    """Nobody else gives this person a role until the transaction's end."""
    await tx.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


async def hold_operators(tx: AsyncConnection) -> set[int]:
    """The operators in force; nobody else takes that role from anybody until the transaction's end."""
    statement = (
        select(PortalStaff.user_id, PortalStaff.held)
        .where(PortalStaff.role == Role.OPERATOR)
        .order_by(PortalStaff.user_id)
        .with_for_update()
    )
    return {row.user_id for row in await tx.execute(statement) if not row.held}


async def take(tx: AsyncConnection, user_id: int, role: Role, place_id: int | None) -> bool:
    """Whether there was such a role to take. The last operator in force keeps it."""
    table: Any = PortalStaff
    if role in ROLES_AT[RolePlace.SCHOOL]:
        table = SchoolRole
    elif role is Role.PROVIDER:
        table = ProviderStaff
    statement = delete(table).where(_row(user_id, role, place_id))
    if role is Role.OPERATOR:
        other = aliased(PortalStaff)
        left = exists().where(other.role == Role.OPERATOR, other.user_id != user_id, ~other.held)
        statement = statement.where(left)
    return (await tx.execute(statement)).rowcount > 0


async def end_overdue(tx: AsyncConnection, today: date, limit: int) -> Sequence[AnyRow]:
    """End roles whose last day is over, each once: user_id, school_id, role, until."""
    overdue = select(SchoolRole.id).where(SchoolRole.until < today).order_by(SchoolRole.id).limit(limit)
    statement = (
        delete(SchoolRole)
        .where(SchoolRole.id.in_(overdue.scalar_subquery()), SchoolRole.until < today)
        .returning(SchoolRole.user_id, SchoolRole.school_id, SchoolRole.role, SchoolRole.until)
    )
    return (await tx.execute(statement)).all()


async def is_any_overdue(connection: AsyncConnection, today: date) -> bool:
    """Whether a role's last day is over."""
    return bool(await connection.scalar(select(exists().where(SchoolRole.until < today))))


async def person_name(connection: AsyncConnection, user_id: int) -> str:
    """Somebody's full name."""
    return (await connection.execute(select(User.full_name).where(User.id == user_id))).scalar_one()


async def role_events(connection: AsyncConnection, user_id: int, limit: int) -> Sequence[AnyRow]:
    """How somebody's roles came and went, the newest first: at, change, note, and who did it."""
    by = aliased(User)
    statement = (
        select(AccountEvent.at, AccountEvent.change, AccountEvent.note, by.full_name.label("by"))
        .outerjoin(by, by.id == AccountEvent.by_id)
        .where(AccountEvent.user_id == user_id, AccountEvent.change.in_([Change.ROLE_GIVEN, Change.ROLE_TAKEN]))
        .order_by(AccountEvent.id.desc())
        .limit(limit)
    )
    return (await connection.execute(statement)).all()
