"""Statements about invitations."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, insert, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.people import in_office
from db.tables import Invitation, PortalStaff, Provider, School, SchoolRole, User
from db.types import AnyRow, AnySelect
from domain.person import Role
from domain.roles import APPOINTED_BY_HEADS

_Inviter = aliased(User)
_Bearer = aliased(User)


async def add(
    tx: AsyncConnection,
    *,
    token_hash: str,
    role: Role,
    school_id: int | None,
    provider_id: int | None,
    until: date | None,
    invited_by: int | None,
    expires_at: datetime,
    now: datetime,
) -> int:
    """A role that waits for whoever brings the token; `invited_by` None: given from the command line. Its id."""
    statement = insert(Invitation).values(
        token_hash=token_hash,
        role=role,
        school_id=school_id,
        provider_id=provider_id,
        until=until,
        invited_by=invited_by,
        expires_at=expires_at,
        created_at=now,
    )
    return (await tx.execute(statement.returning(Invitation.id))).scalar_one()


def inviter_may(today: date) -> ColumnElement[bool]:
    """Whether whoever gave the invitation may give it today: the command line, an operator, the school's head."""
    is_operator = exists().where(
        PortalStaff.user_id == Invitation.invited_by, PortalStaff.role == Role.OPERATOR, ~PortalStaff.held
    )
    is_head = exists().where(
        SchoolRole.user_id == Invitation.invited_by,
        SchoolRole.school_id == Invitation.school_id,
        SchoolRole.role == Role.HEAD,
        in_office(today),
    )
    by_head = and_(Invitation.role.in_(APPOINTED_BY_HEADS), is_head)
    return or_(Invitation.invited_by.is_(None), is_operator, by_head)


def _invitations(today: date) -> AnySelect:
    return (
        select(
            Invitation.id,
            Invitation.role,
            Invitation.school_id,
            Invitation.provider_id,
            Invitation.until,
            Invitation.created_at,
            Invitation.expires_at,
            Invitation.invited_by,
            Invitation.used_by,
            Invitation.used_at,
            Invitation.revoked_at,
            func.coalesce(School.name, Provider.name).label("place"),
            School.name.label("school"),
            Provider.name.label("provider"),
            _Inviter.full_name.label("inviter"),
            _Bearer.full_name.label("bearer"),
            inviter_may(today).label("inviter_may"),
        )
        .select_from(Invitation)
        .outerjoin(School, School.id == Invitation.school_id)
        .outerjoin(Provider, Provider.id == Invitation.provider_id)
        .outerjoin(_Inviter, _Inviter.id == Invitation.invited_by)
        .outerjoin(_Bearer, _Bearer.id == Invitation.used_by)
    )


async def find(connection: AsyncConnection, token_hash: str, today: date) -> AnyRow | None:
    """An invitation by its token's hash: `one`'s columns."""
    statement = _invitations(today).where(Invitation.token_hash == token_hash)
    return (await connection.execute(statement)).one_or_none()


async def one(connection: AsyncConnection, invitation_id: int, today: date) -> AnyRow | None:
    """An invitation with the names of its place, of who gave it and of who used it."""
    statement = _invitations(today).where(Invitation.id == invitation_id)
    return (await connection.execute(statement)).one_or_none()


_UNSETTLED: Final = and_(Invitation.used_by.is_(None), Invitation.revoked_at.is_(None))


def _open(now: datetime, today: date) -> ColumnElement[bool]:
    """Can still be used: what `domain.roles` and `services.invitations.accept` ask of it."""
    in_time = and_(Invitation.expires_at > now, or_(Invitation.until.is_(None), Invitation.until >= today))
    return and_(_UNSETTLED, in_time, inviter_may(today))


async def listed(
    connection: AsyncConnection,
    *,
    settled: bool,
    school_id: int | None,
    roles: Collection[Role],
    now: datetime,
    today: date,
    limit: int,
    offset: int,
) -> Sequence[AnyRow]:
    """Invitations to these roles, at one school or anywhere, the newest first: `one`'s columns and `total`.

    Those that can be used, or (`settled`) those that cannot any more.
    """
    is_open = _open(now, today)
    statement = (
        _invitations(today)
        .add_columns(func.count().over().label("total"))
        .where(not_(is_open) if settled else is_open, Invitation.role.in_(roles))
        .order_by(Invitation.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if school_id is not None:
        statement = statement.where(Invitation.school_id == school_id)
    return (await connection.execute(statement)).all()


async def use(tx: AsyncConnection, invitation_id: int, user_id: int, now: datetime) -> bool:
    """False, where somebody else was first, or it was revoked in the same instant."""
    statement = (
        update(Invitation).where(Invitation.id == invitation_id, _UNSETTLED).values(used_by=user_id, used_at=now)
    )
    return (await tx.execute(statement)).rowcount == 1


async def revoke(tx: AsyncConnection, invitation_id: int, now: datetime) -> bool:
    """False, where it has been used or revoked."""
    statement = update(Invitation).where(Invitation.id == invitation_id, _UNSETTLED).values(revoked_at=now)
    return (await tx.execute(statement)).rowcount == 1


async def schools_named(connection: AsyncConnection, name_key: str) -> list[int]:
    """Schools by their normalised name, or by «name, district» where names repeat."""
    with_district = School.name_key + ", " + School.district_key
    statement = select(School.id).where(or_(School.name_key == name_key, with_district == name_key))
    return list((await connection.execute(statement)).scalars())


async def provider_named(connection: AsyncConnection, name_key: str) -> int | None:
    """A provider by its normalised name."""
    return (await connection.execute(select(Provider.id).where(Provider.name_key == name_key))).scalar()
