"""Statements about one's own profile: what it says, its roles, its wishes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, String, cast, exists, null, select, type_coerce, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.people import in_office
from db.tables import EmailCode, PortalStaff, Provider, ProviderStaff, School, SchoolRole, User
from db.types import AnyRow
from domain.person import Role

_other = aliased(User, name="other")


async def held(tx: AsyncConnection, user_id: int) -> AnyRow | None:
    """What a profile says now; nobody else changes it before this transaction ends."""
    columns = (
        User.full_name,
        User.position,
        User.school_id,
        User.email,
        User.email_key,
        User.email_proved_at,
        User.letters_off,
        User.quiet_from,
        User.quiet_to,
        User.plain,
        User.reminders_paused,
        User.news_since,
        User.news_direction,
    )
    statement = select(*columns).where(User.id == user_id, User.removed_at.is_(None)).with_for_update()
    return (await tx.execute(statement)).one_or_none()


async def put(tx: AsyncConnection, user_id: int, **columns: Any) -> None:
    """Change a profile that is held."""
    await tx.execute(update(User).where(User.id == user_id).values(**columns))


async def put_address(tx: AsyncConnection, user_id: int, email: str, email_key: str, now: datetime) -> bool:
    """A proved address for a profile; False, where it is another person's."""
    taken = exists().where(_other.email_key == email_key, _other.id != user_id)
    statement = update(User).where(User.id == user_id, ~taken)
    changed = await tx.execute(statement.values(email=email, email_key=email_key, email_proved_at=now))
    return changed.rowcount == 1


async def replaces(tx: AsyncConnection, code_id: int, email: str) -> None:
    """The proof took the place of this address."""
    await tx.execute(update(EmailCode).where(EmailCode.id == code_id).values(replaced=email))


async def roles(
    connection: AsyncConnection, user_id: int, today: date
) -> Sequence[tuple[Role, str | None, date | None]]:
    """The roles somebody holds today: which, where, until when."""
    at_schools = (
        select(SchoolRole.role.label("role"), School.name.label("place"), SchoolRole.until.label("until"))
        .join(School, School.id == SchoolRole.school_id)
        .where(SchoolRole.user_id == user_id, in_office(today))
    )
    provider = type_coerce(Role.PROVIDER, SchoolRole.role.type)
    at_providers = (
        select(provider.label("role"), Provider.name, cast(null(), Date))
        .join(ProviderStaff, ProviderStaff.provider_id == Provider.id)
        .where(ProviderStaff.user_id == user_id, ~ProviderStaff.held)
    )
    at_portal = select(PortalStaff.role, cast(null(), String), cast(null(), Date)).where(
        PortalStaff.user_id == user_id, ~PortalStaff.held
    )
    rows = await connection.execute(union_all(at_schools, at_providers, at_portal))
    return sorted(((row[0], row[1], row[2]) for row in rows), key=lambda row: (list(Role).index(row[0]), row[1] or ""))
