"""Statements about profiles that move to another chat, and about roles that are held meanwhile.

Every use case locks the person's row first: whatever two of them touch afterwards, neither waits for the other
(`account_at` here, or db.people.hold).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.people import TELEGRAM
from db.tables import (
    AccountEvent,
    Chat,
    Conversation,
    EmailCode,
    PortalStaff,
    ProviderStaff,
    Recovery,
    School,
    SchoolRole,
    User,
)
from db.types import AnyRow
from domain.person import Change, Role
from domain.proof import TRIES


@dataclass(frozen=True, slots=True)
class HeldRoles:
    """The roles that were held or given back: the kinds, and the schools whose approver the person is."""

    kinds: tuple[Role, ...]
    schools: tuple[int, ...]


async def account_at(tx: AsyncConnection, email_key: str) -> int | None:
    """Whose proved address it is, locked for this transaction."""
    statement = (
        select(User.id).where(User.email_key == email_key, User.removed_at.is_(None)).with_for_update(key_share=True)
    )
    return (await tx.execute(statement)).scalar()


async def leave(tx: AsyncConnection, user_id: int) -> int | None:
    """The person is in no chat any more: the one they were in."""
    statement = delete(Chat).where(Chat.user_id == user_id, Chat.messenger == TELEGRAM).returning(Chat.chat_id)
    return (await tx.execute(statement)).scalar()


async def has_chat(connection: AsyncConnection, user_id: int) -> bool:
    """Whether the person is in a chat."""
    return bool(await connection.scalar(select(exists().where(Chat.user_id == user_id))))


async def enter(tx: AsyncConnection, user_id: int, chat_id: int) -> bool:
    """The chat is the person's; False, where it is somebody's already."""
    statement = insert(Chat).values(messenger=TELEGRAM, chat_id=chat_id, user_id=user_id)
    return (await tx.execute(statement.on_conflict_do_nothing().returning(Chat.id))).first() is not None


async def forget_talks(tx: AsyncConnection, chat_ids: Collection[int]) -> None:
    """Whatever was asked in these chats is not asked any more."""
    await tx.execute(delete(Conversation).where(Conversation.chat_id.in_(chat_ids)))


async def void_codes(tx: AsyncConnection, user_id: int, chat_ids: Collection[int], now: datetime) -> None:
    """No code of the person, their address or these chats is good any more, nor a proof that is still unused.

    The tries are used up, too: a clock that steps back revives nothing.
    """
    address = select(User.email_key).where(User.id == user_id).scalar_subquery()
    theirs = or_(EmailCode.user_id == user_id, EmailCode.email_key == address, EmailCode.chat_id.in_(chat_ids))
    unproved = update(EmailCode).where(theirs, EmailCode.proved_at.is_(None), EmailCode.expires_at > now)
    await tx.execute(unproved.values(attempts=TRIES, expires_at=now))
    await tx.execute(
        update(EmailCode)
        .where(theirs, EmailCode.proved_at.is_not(None), EmailCode.spent_at.is_(None))
        .values(spent_at=now)
    )


async def begin(
    tx: AsyncConnection,
    user_id: int,
    *,
    old_chat_id: int | None,
    new_chat_id: int,
    now: datetime,
    roles_at: datetime,
) -> int | None:
    """A move that waits for the old chat's word: its id; None, where another one of this person does."""
    statement = (
        insert(Recovery)
        .values(user_id=user_id, old_chat_id=old_chat_id, new_chat_id=new_chat_id, started_at=now, roles_at=roles_at)
        .on_conflict_do_nothing()
        .returning(Recovery.id)
    )
    return (await tx.execute(statement)).scalar()


async def settle(tx: AsyncConnection, recovery_id: int, now: datetime) -> bool:
    """The move is decided on; False, where it was already."""
    statement = update(Recovery).where(Recovery.id == recovery_id, Recovery.settled_at.is_(None))
    return (await tx.execute(statement.values(settled_at=now))).rowcount == 1


async def one(connection: AsyncConnection, recovery_id: int) -> AnyRow | None:
    """A move: id, user_id, old_chat_id, new_chat_id, settled_at."""
    columns = (Recovery.id, Recovery.user_id, Recovery.old_chat_id, Recovery.new_chat_id, Recovery.settled_at)
    return (await connection.execute(select(*columns).where(Recovery.id == recovery_id))).one_or_none()


async def unsettled(connection: AsyncConnection, user_id: int) -> AnyRow | None:
    """The move of a person that waits for a word: id, old_chat_id."""
    statement = select(Recovery.id, Recovery.old_chat_id).where(
        Recovery.user_id == user_id, Recovery.settled_at.is_(None)
    )
    return (await connection.execute(statement)).one_or_none()


async def due(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[int]:
    """Moves whose old chat has been silent long enough."""
    statement = (
        select(Recovery.id)
        .where(Recovery.settled_at.is_(None), Recovery.roles_at <= now)
        .order_by(Recovery.roles_at, Recovery.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).scalars().all()


async def set_held(tx: AsyncConnection, user_id: int, *, held: bool) -> HeldRoles:
    """Hold all of a person's roles, or put those that are held in force again: which those are."""
    before = (True, False) if held else (True,)
    schools = (
        await tx.execute(
            update(SchoolRole)
            .where(SchoolRole.user_id == user_id, SchoolRole.held.in_(before))
            .values(held=held)
            .returning(SchoolRole.school_id, SchoolRole.role)
        )
    ).all()
    providers = (
        await tx.execute(
            update(ProviderStaff)
            .where(ProviderStaff.user_id == user_id, ProviderStaff.held.in_(before))
            .values(held=held)
            .returning(ProviderStaff.provider_id)
        )
    ).all()
    portal = (
        await tx.execute(
            update(PortalStaff)
            .where(PortalStaff.user_id == user_id, PortalStaff.held.in_(before))
            .values(held=held)
            .returning(PortalStaff.role)
        )
    ).scalars()
    kinds = {*(row.role for row in schools), *(Role.PROVIDER for _ in providers), *portal}
    return HeldRoles(tuple(role for role in Role if role in kinds), tuple(sorted(row.school_id for row in schools)))


async def distrust_address(tx: AsyncConnection, user_id: int) -> None:
    """The address proves nothing until it is proved again."""
    await tx.execute(update(User).where(User.id == user_id).values(email_key=None, email_proved_at=None))


def _is_held() -> ColumnElement[bool]:
    return or_(
        exists().where(SchoolRole.user_id == Recovery.user_id, SchoolRole.held),
        exists().where(ProviderStaff.user_id == Recovery.user_id, ProviderStaff.held),
        exists().where(PortalStaff.user_id == Recovery.user_id, PortalStaff.held),
    )


async def count_holds(connection: AsyncConnection) -> int:
    """How many moves hold roles."""
    statement = select(func.count(Recovery.id)).where(Recovery.settled_at.is_(None), _is_held())
    return (await connection.execute(statement)).scalar_one()


async def holds(connection: AsyncConnection, limit: int, offset: int) -> Sequence[AnyRow]:
    """Moves that hold roles, the oldest first: id, full_name, school, and how many there are."""
    statement = (
        select(Recovery.id, User.full_name, School.name.label("school"), func.count().over().label("total"))
        .join(User, User.id == Recovery.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Recovery.settled_at.is_(None), _is_held())
        .order_by(Recovery.id)
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def hold(connection: AsyncConnection, recovery_id: int) -> AnyRow | None:
    """A move as support sees it."""
    statement = (
        select(
            Recovery.id,
            Recovery.user_id,
            Recovery.old_chat_id,
            Recovery.started_at,
            Recovery.roles_at,
            Recovery.settled_at,
            User.full_name,
            User.position,
            School.name.label("school"),
        )
        .join(User, User.id == Recovery.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Recovery.id == recovery_id)
    )
    return (await connection.execute(statement)).one_or_none()


async def roles_of(connection: AsyncConnection, user_id: int) -> tuple[Role, ...]:
    """The kinds of roles that somebody has, in force or held."""
    kinds = set((await connection.execute(select(SchoolRole.role).where(SchoolRole.user_id == user_id))).scalars())
    kinds |= set((await connection.execute(select(PortalStaff.role).where(PortalStaff.user_id == user_id))).scalars())
    if await connection.scalar(select(exists().where(ProviderStaff.user_id == user_id))):
        kinds.add(Role.PROVIDER)
    return tuple(role for role in Role if role in kinds)


async def is_support(connection: AsyncConnection, user_id: int) -> bool:
    """Whether somebody is of support, in force."""
    theirs = and_(PortalStaff.user_id == user_id, PortalStaff.role == Role.SUPPORT, ~PortalStaff.held)
    return bool(await connection.scalar(select(exists().where(theirs))))


async def moved_by(connection: AsyncConnection, user_id: int) -> int | None:
    """Who of support moved the profile last; None: its owner did, by a code."""
    statement = (
        select(AccountEvent.by_id, AccountEvent.change)
        .where(AccountEvent.user_id == user_id, AccountEvent.change.in_([Change.MOVED, Change.MOVED_BY_SUPPORT]))
        .order_by(AccountEvent.id.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none()
    return row.by_id if row is not None and row.change is Change.MOVED_BY_SUPPORT else None
