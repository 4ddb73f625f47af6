"""Statements about the text that people agree to."""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Consent, Notification, User
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


async def is_to_be_asked(connection: AsyncConnection, user_id: int, version: str, key: str) -> bool:
    """Whether somebody, who is there still, has agreed to another version and has no note with this key."""
    asked = exists().where(Notification.key == key)
    statement = select(
        exists().where(User.id == user_id, User.removed_at.is_(None), User.consent_version != version, ~asked)
    )
    return bool(await connection.scalar(statement))


async def renew(tx: AsyncConnection, user_id: int, version: str, now: datetime) -> bool:
    """The person agrees to another version: False, where they have already."""
    statement = update(User).where(User.id == user_id, User.consent_version != version)
    return (await tx.execute(statement.values(consent_version=version, consent_at=now))).rowcount == 1


async def text_of(connection: AsyncConnection, version: str) -> str | None:
    """A version's text; None, where it is not kept."""
    return await connection.scalar(select(Consent.text).where(Consent.version == version))


async def versions_like(connection: AsyncConnection, beginning: str) -> set[str]:
    """The versions that begin so."""
    statement = select(Consent.version).where(Consent.version.startswith(beginning, autoescape=True))
    return set((await connection.execute(statement)).scalars())
