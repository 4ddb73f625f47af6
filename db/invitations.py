"""Statements about invitations."""

from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Invitation, Provider, School
from db.types import AnyRow
from domain.person import Role


async def add(
    tx: AsyncConnection,
    *,
    token_hash: str,
    role: Role,
    school_id: int | None,
    provider_id: int | None,
    expires_at: datetime,
    now: datetime,
) -> None:
    """A role that waits for whoever brings the token."""
    await tx.execute(
        insert(Invitation).values(
            token_hash=token_hash,
            role=role,
            school_id=school_id,
            provider_id=provider_id,
            expires_at=expires_at,
            created_at=now,
        )
    )


async def find(connection: AsyncConnection, token_hash: str) -> AnyRow | None:
    """An invitation with the names of its school and provider."""
    statement = (
        select(
            Invitation.id,
            Invitation.role,
            Invitation.school_id,
            Invitation.provider_id,
            Invitation.expires_at,
            Invitation.used_by,
            School.name.label("school"),
            Provider.name.label("provider"),
        )
        .outerjoin(School, School.id == Invitation.school_id)
        .outerjoin(Provider, Provider.id == Invitation.provider_id)
        .where(Invitation.token_hash == token_hash)
    )
    return (await connection.execute(statement)).one_or_none()


async def use(tx: AsyncConnection, invitation_id: int, user_id: int, now: datetime) -> bool:
    """False, where somebody else was first."""
    statement = (
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.used_by.is_(None))
        .values(used_by=user_id, used_at=now)
    )
    return (await tx.execute(statement)).rowcount == 1


async def schools_named(connection: AsyncConnection, name_key: str) -> list[int]:
    """Schools by their normalised name, or by «name, district» where names repeat."""
    with_district = School.name_key + ", " + School.district_key
    statement = select(School.id).where(or_(School.name_key == name_key, with_district == name_key))
    return list((await connection.execute(statement)).scalars())


async def provider_named(connection: AsyncConnection, name_key: str) -> int | None:
    """A provider by its normalised name."""
    return (await connection.execute(select(Provider.id).where(Provider.name_key == name_key))).scalar()
