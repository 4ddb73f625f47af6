"""Statements about requests to support for a profile whose chat and mailbox are lost."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import AccessRequest, School, User
from db.types import AnyRow
from domain.person import SPELLED_ALIKE


async def ask(tx: AsyncConnection, chat_id: int, claim: str, now: datetime) -> int | None:
    """A request: its id; None, where the chat has an open one."""
    statement = (
        insert(AccessRequest)
        .values(chat_id=chat_id, claim=claim, created_at=now)
        .on_conflict_do_nothing()
        .returning(AccessRequest.id)
    )
    return (await tx.execute(statement)).scalar()


async def count_open(connection: AsyncConnection) -> int:
    """How many wait for support."""
    statement = select(func.count(AccessRequest.id)).where(AccessRequest.settled_at.is_(None))
    return (await connection.execute(statement)).scalar_one()


async def waiting(connection: AsyncConnection, limit: int, offset: int) -> Sequence[AnyRow]:
    """Open requests, the oldest first: id, claim, created_at, and how many there are."""
    statement = (
        select(AccessRequest.id, AccessRequest.claim, AccessRequest.created_at, func.count().over().label("total"))
        .where(AccessRequest.settled_at.is_(None))
        .order_by(AccessRequest.id)
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def one(connection: AsyncConnection, request_id: int) -> AnyRow | None:
    """A request."""
    columns = (
        AccessRequest.id,
        AccessRequest.chat_id,
        AccessRequest.claim,
        AccessRequest.created_at,
        AccessRequest.settled_at,
    )
    return (await connection.execute(select(*columns).where(AccessRequest.id == request_id))).one_or_none()


async def settle(tx: AsyncConnection, request_id: int, by: int, user_id: int | None, now: datetime) -> bool:
    """Support has answered, with a profile or without; False, where somebody had before."""
    statement = (
        update(AccessRequest)
        .where(AccessRequest.id == request_id, AccessRequest.settled_at.is_(None))
        .values(settled_at=now, settled_by=by, user_id=user_id)
    )
    return (await tx.execute(statement)).rowcount == 1


async def close_of(tx: AsyncConnection, chat_id: int, user_id: int, now: datetime) -> None:
    """The chat has the profile without support's doing: what it asked is answered."""
    statement = update(AccessRequest).where(AccessRequest.chat_id == chat_id, AccessRequest.settled_at.is_(None))
    await tx.execute(statement.values(settled_at=now, user_id=user_id))


_profile = (User.id, User.full_name, User.position, School.name.label("school"))


async def profiles_at(connection: AsyncConnection, email: str, limit: int) -> Sequence[AnyRow]:
    """Profiles with this address, whole: id, full_name, position, school."""
    statement = (
        select(*_profile)
        .outerjoin(School, School.id == User.school_id)
        .where(User.removed_at.is_(None), or_(User.email_key == email.lower(), User.email == email))
        .order_by(User.full_name, User.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def profiles_like(connection: AsyncConnection, words: Sequence[tuple[str, str]], limit: int) -> Sequence[AnyRow]:
    """Profiles whose name or school holds every word, given as it stands in names and as schools are searched.

    Looks through all people: names have no index of their own, and support asks seldom.
    """
    name: ColumnElement[str] = User.full_name.expression
    for written, read in SPELLED_ALIKE:
        name = func.replace(name, written, read)
    statement = (
        select(*_profile)
        .outerjoin(School, School.id == User.school_id)
        .where(
            User.removed_at.is_(None),
            *(
                or_(name.contains(in_name, autoescape=True), School.search_key.contains(in_school, autoescape=True))
                for in_name, in_school in words
            ),
        )
        .order_by(User.full_name, User.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def profile(connection: AsyncConnection, user_id: int) -> AnyRow | None:
    """A profile: id, full_name, position, school."""
    statement = (
        select(*_profile)
        .outerjoin(School, School.id == User.school_id)
        .where(User.id == user_id, User.removed_at.is_(None))
    )
    return (await connection.execute(statement)).one_or_none()
