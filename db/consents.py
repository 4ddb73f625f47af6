"""Statements about the text that people agree to."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Consent, User
from db.types import AnyRow


async def keep(tx: AsyncConnection, version: str, text: str, now: datetime) -> None:
    """A version's text, in force from now on; a version that is kept stays as people have read it."""
    statement = insert(Consent).values(version=version, text=text, since=now)
    await tx.execute(statement.on_conflict_do_nothing(index_elements=[Consent.version]))


async def of(connection: AsyncConnection, user_id: int) -> AnyRow:
    """What a person agreed to, and when: version, text (None, where it was not kept), consent_at."""
    statement = (
        select(User.consent_version.label("version"), Consent.text, User.consent_at)
        .outerjoin(Consent, Consent.version == User.consent_version)
        .where(User.id == user_id)
    )
    return (await connection.execute(statement)).one()


async def renew(tx: AsyncConnection, user_id: int, version: str, now: datetime) -> None:
    """The person agrees to another version."""
    await tx.execute(update(User).where(User.id == user_id).values(consent_version=version, consent_at=now))


async def text_of(connection: AsyncConnection, version: str) -> str | None:
    """A version's text; None, where it is not kept."""
    return await connection.scalar(select(Consent.text).where(Consent.version == version))


async def versions_like(connection: AsyncConnection, beginning: str) -> set[str]:
    """The versions that begin so."""
    statement = select(Consent.version).where(Consent.version.startswith(beginning, autoescape=True))
    return set((await connection.execute(statement)).scalars())
