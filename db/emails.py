"""Statements about proofs of addresses."""

from datetime import datetime

from sqlalchemy import exists, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import EmailCode, User
from db.types import AnyRow
from domain.person import Purpose


async def in_turn(tx: AsyncConnection, email_key: str) -> None:
    """One request for an address at a time, until this transaction ends: many chats that ask in the same instant must
    not pass its limit together. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(email_key, 0))))


async def asked(
    connection: AsyncConnection, chat_id: int, user_id: int | None, email_key: str, since: datetime
) -> AnyRow:
    """How many codes a person and an address have been sent since then, and when the person's last one was."""
    mine = or_(EmailCode.chat_id == chat_id, EmailCode.user_id == user_id) if user_id else EmailCode.chat_id == chat_id
    statement = select(
        select(func.count()).where(mine, EmailCode.created_at > since).scalar_subquery().label("by_person"),
        select(func.max(EmailCode.created_at)).where(mine).scalar_subquery().label("last"),
        select(func.count())
        .where(EmailCode.email_key == email_key, EmailCode.created_at > since)
        .scalar_subquery()
        .label("by_address"),
    )
    return (await connection.execute(statement)).one()


async def add(
    tx: AsyncConnection,
    *,
    chat_id: int,
    user_id: int | None,
    purpose: Purpose,
    email: str,
    email_key: str,
    now: datetime,
    expires_at: datetime,
) -> int:
    """A request for a proof: its id. The codes sent to this chat before are no good any more."""
    earlier = update(EmailCode).where(
        EmailCode.chat_id == chat_id, EmailCode.proved_at.is_(None), EmailCode.expires_at > now
    )
    await tx.execute(earlier.values(expires_at=now))
    statement = (
        insert(EmailCode)
        .values(
            chat_id=chat_id,
            user_id=user_id,
            purpose=purpose,
            email=email,
            email_key=email_key,
            created_at=now,
            expires_at=expires_at,
            attempts=0,
        )
        .returning(EmailCode.id)
    )
    return (await tx.execute(statement)).scalar_one()


async def one(connection: AsyncConnection, code_id: int) -> AnyRow | None:
    """A request."""
    columns = (
        EmailCode.id,
        EmailCode.chat_id,
        EmailCode.purpose,
        EmailCode.email,
        EmailCode.email_key,
        EmailCode.created_at,
        EmailCode.expires_at,
    )
    return (await connection.execute(select(*columns).where(EmailCode.id == code_id))).one_or_none()


async def count_try(tx: AsyncConnection, code_id: int, chat_id: int, tries: int, now: datetime) -> AnyRow | None:
    """One more try at a request that is still open in this chat; None, where it is not."""
    statement = (
        update(EmailCode)
        .where(
            EmailCode.id == code_id,
            EmailCode.chat_id == chat_id,
            EmailCode.proved_at.is_(None),
            EmailCode.expires_at > now,
            EmailCode.attempts < tries,
        )
        .values(attempts=EmailCode.attempts + 1)
        .returning(EmailCode.id, EmailCode.email, EmailCode.email_key, EmailCode.created_at, EmailCode.attempts)
    )
    return (await tx.execute(statement)).one_or_none()


async def prove(tx: AsyncConnection, code_id: int, now: datetime) -> None:
    """The right code was typed."""
    await tx.execute(update(EmailCode).where(EmailCode.id == code_id).values(proved_at=now))


async def spend(
    tx: AsyncConnection, code_id: int, chat_id: int, purpose: Purpose, now: datetime, user_id: int | None = None
) -> AnyRow | None:
    """Use a proof, once, in its own chat and by its own person: its address; None, where there is none to use."""
    statement = (
        update(EmailCode)
        .where(
            EmailCode.id == code_id,
            EmailCode.chat_id == chat_id,
            EmailCode.purpose == purpose,
            EmailCode.proved_at.is_not(None),
            EmailCode.spent_at.is_(None),
            true() if user_id is None else EmailCode.user_id == user_id,
        )
        .values(spent_at=now)
        .returning(EmailCode.email, EmailCode.email_key)
    )
    return (await tx.execute(statement)).one_or_none()


async def is_taken(connection: AsyncConnection, email_key: str) -> bool:
    """Whether the address is somebody's proved one."""
    return bool(await connection.scalar(select(exists().where(User.email_key == email_key))))


async def replaced(connection: AsyncConnection, code_id: int) -> str | None:
    """The address that a proof took the place of."""
    return await connection.scalar(select(EmailCode.replaced).where(EmailCode.id == code_id))
