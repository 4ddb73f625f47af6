"""Statements about people, their chats, roles and schools."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Row, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.ready import Ready
from db.tables import (
    AccountEvent,
    Chat,
    Conversation,
    PortalStaff,
    ProviderStaff,
    School,
    SchoolRefusal,
    SchoolRole,
    User,
)
from db.types import BY, TODAY, AnyRow, Day
from domain.person import BARRED_AFTER, Change, Person, Role

TELEGRAM = "telegram"


def in_office(today: Day, role: type[SchoolRole] = SchoolRole) -> ColumnElement[bool]:
    """A school role that holds today."""
    return and_(or_(role.until.is_(None), role.until >= today), ~role.held)


def _portal(role: Role) -> ColumnElement[bool]:
    return exists().where(PortalStaff.user_id == User.id, PortalStaff.role == role, ~PortalStaff.held)


def _who() -> list[ColumnElement[Any]]:
    return [
        User.id.expression,
        User.full_name.expression,
        User.position.expression,
        User.school_id.expression,
        select(School.name).where(School.id == User.school_id).scalar_subquery(),
        exists().where(SchoolRole.user_id == User.id, in_office(TODAY)),
        exists().where(ProviderStaff.user_id == User.id, ~ProviderStaff.held),
        _portal(Role.SUPPORT),
        _portal(Role.OPERATOR),
        exists().where(SchoolRole.user_id == User.id, SchoolRole.role == Role.HEAD, in_office(TODAY)),
        User.email.expression,
        User.email_proved_at.expression,
        User.letters_off.expression,
        User.quiet_from.expression,
        User.quiet_to.expression,
        User.plain.expression,
        User.reminders_paused.expression,
        User.consent_version.expression,
        User.news_since.expression,
        User.news_direction.expression,
        User.filters.expression,
    ]


_writing_chat: Final = select(bindparam("chat", type_=BigInteger).label("chat_id")).subquery()
_ARRIVING: Final = Ready(
    select(Conversation.state, Conversation.answers, Chat.blocked_since, *_who())
    .select_from(_writing_chat)
    .outerjoin(Conversation, Conversation.chat_id == _writing_chat.c.chat_id)
    .outerjoin(Chat, and_(Chat.messenger == TELEGRAM, Chat.chat_id == _writing_chat.c.chat_id))
    .outerjoin(User, User.id == Chat.user_id)
)
"""Every tap begins with it."""


async def arriving(
    connection: AsyncConnection, chat_id: int, today: date
) -> tuple[Person | None, str | None, dict[str, Any], bool]:
    """Who writes from this chat, with the state and answers of the conversation, and whether the chat was held to be
    out of reach: one statement."""
    [(state, answers, blocked_since, *who)] = await _ARRIVING.all(connection, {"chat": chat_id, "today": today})
    return _person(chat_id, *who), state, answers or {}, blocked_since is not None


def _person(
    chat_id: int,
    user_id: int | None,
    full_name: str,
    position: str,
    school_id: int | None,
    school: str | None,
    approver: bool,
    provider_staff: bool,
    support: bool,
    operator: bool,
    head: bool,
    email: str | None,
    email_proved_at: datetime | None,
    letters_off: list[str],
    quiet_from: int | None,
    quiet_to: int | None,
    plain: bool,
    reminders_paused: bool,
    consent: str,
    news_since: datetime | None,
    news_direction: str | None,
    filters: dict[str, Any],
) -> Person | None:
    if user_id is None:
        return None
    return Person(
        id=user_id,
        chat_id=chat_id,
        full_name=full_name,
        position=position,
        school_id=school_id,
        school=school,
        approver=bool(approver),
        provider_staff=bool(provider_staff),
        support=bool(support),
        operator=bool(operator),
        head=bool(head),
        email=email,
        email_proved=email_proved_at is not None,
        letters_off=tuple(letters_off),
        quiet=None if quiet_from is None or quiet_to is None else (quiet_from, quiet_to),
        plain=bool(plain),
        reminders_paused=bool(reminders_paused),
        consent=consent,
        news=news_since is not None,
        news_direction=news_direction,
        filters=filters,
    )


async def add(
    tx: AsyncConnection,
    chat_id: int,
    *,
    full_name: str,
    school_id: int | None,
    position: str,
    consent_version: str,
    now: datetime,
    email: str | None = None,
    email_key: str | None = None,
) -> int | None:
    """A new person and the chat to reach them in; None, where the chat or the address has its person already."""
    taken = await tx.execute(select(Chat.id).where(Chat.messenger == TELEGRAM, Chat.chat_id == chat_id))
    if taken.first() is not None:
        return None
    user_id = await tx.scalar(
        insert(User)
        .values(
            full_name=full_name,
            school_id=school_id,
            position=position,
            email=email,
            email_key=email_key,
            email_proved_at=now if email_key else None,
            consent_version=consent_version,
            consent_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[User.email_key])
        .returning(User.id)
    )
    if user_id is None:
        return None
    chat = insert(Chat).values(messenger=TELEGRAM, chat_id=chat_id, user_id=user_id)
    added = await tx.execute(chat.on_conflict_do_nothing().returning(Chat.id))
    return user_id if added.first() is not None else None


async def hold(tx: AsyncConnection, user_id: int) -> bool:
    """Keep a profile as it is until the transaction ends: whether it is there, and not removed.

    Rows that only refer to the person may be written meanwhile.
    """
    statement = select(User.id).where(User.id == user_id, User.removed_at.is_(None)).with_for_update(key_share=True)
    return (await tx.execute(statement)).first() is not None


def _has_another_approver(today: Day) -> ColumnElement[bool]:
    return exists().where(SchoolRole.school_id == User.school_id, SchoolRole.user_id != User.id, in_office(today))


_HOLD_APPLICANT: Final = (
    select(
        User.full_name,
        User.school_id,
        User.email_proved_at,
        User.letters_off,
        _has_another_approver(TODAY).label("has_other_approver"),
    )
    .where(User.id == BY, User.removed_at.is_(None))
    .with_for_update(key_share=True, of=User)
)


async def hold_applicant(tx: AsyncConnection, user_id: int, today: date) -> AnyRow | None:
    """A profile, kept as it is until the transaction ends, with what is told of its applications: full_name, school_id,
    email_proved_at, letters_off, has_other_approver (of the school, beside the person). None: it is removed."""
    return (await tx.execute(_HOLD_APPLICANT, {"by": user_id, "today": today})).one_or_none()


async def count_changes(connection: AsyncConnection, user_id: int, change: Change, since: datetime) -> int:
    """How often something has happened to a profile since a moment."""
    statement = select(func.count()).where(
        AccountEvent.user_id == user_id, AccountEvent.change == change, AccountEvent.at > since
    )
    return (await connection.execute(statement)).scalar_one()


async def leave_school(tx: AsyncConnection, user_id: int, school_id: int) -> None:
    """Clear this school, and no other, from the profile."""
    await tx.execute(update(User).where(User.id == user_id, User.school_id == school_id).values(school_id=None))


async def count_refusal(tx: AsyncConnection, user_id: int, school_id: int) -> int:
    """One more «Не наш сотрудник»: how many there are now."""
    statement = (
        insert(SchoolRefusal)
        .values(user_id=user_id, school_id=school_id, times=1)
        .on_conflict_do_update(
            index_elements=[SchoolRefusal.user_id, SchoolRefusal.school_id],
            set_={"times": SchoolRefusal.times + 1},
        )
        .returning(SchoolRefusal.times)
    )
    return (await tx.execute(statement)).scalar_one()


async def is_barred(connection: AsyncConnection, user_id: int, school_id: int) -> bool:
    """Whether the school has refused the person for good."""
    statement = select(SchoolRefusal.times).where(
        SchoolRefusal.user_id == user_id, SchoolRefusal.school_id == school_id
    )
    return ((await connection.execute(statement)).scalar() or 0) >= BARRED_AFTER


async def school(connection: AsyncConnection, school_id: int) -> Row[int, str, str | None] | None:
    """A school by its id."""
    statement = select(School.id, School.name, School.district).where(School.id == school_id)
    return (await connection.execute(statement)).one_or_none()


async def schools_like(
    connection: AsyncConnection, words: Sequence[str], limit: int
) -> Sequence[Row[int, str, str | None]]:
    """Schools whose name, short name or district holds every word, shortest names first."""
    statement = (
        select(School.id, School.name, School.district)
        .where(*(School.search_key.contains(word, autoescape=True) for word in words))
        .order_by(func.length(School.name), School.name, School.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


_approvers: Final = select(SchoolRole.user_id).where(
    SchoolRole.school_id == bindparam("school"), SchoolRole.user_id != bindparam("teacher"), in_office(TODAY)
)
_support: Final = select(PortalStaff.user_id).where(
    PortalStaff.role == Role.SUPPORT,
    ~PortalStaff.held,
    PortalStaff.user_id != bindparam("teacher"),
    ~_approvers.exists(),
)
DECIDING: Final = (
    select(Chat.user_id, Chat.chat_id, (~_approvers.exists()).label("by_support"))
    .where(Chat.user_id.in_(_approvers.union_all(_support)))
    .order_by(Chat.user_id)
)
"""Who decides on the application of a `teacher` of a `school`, `today`: the school's approvers, else support.

Rows of user_id, chat_id and by_support.
"""


async def deciders(
    connection: AsyncConnection, school_id: int | None, teacher_id: int, today: date
) -> Sequence[AnyRow]:
    """The rows of DECIDING."""
    given = {"school": school_id, "teacher": teacher_id, "today": today}
    return (await connection.execute(DECIDING, given)).all()


async def staff_of(connection: AsyncConnection, provider_id: int) -> Sequence[int]:
    """The people of a provider; where it has nobody, the operators."""
    staff = select(ProviderStaff.user_id).where(ProviderStaff.provider_id == provider_id, ~ProviderStaff.held)
    operators = select(PortalStaff.user_id).where(PortalStaff.role == Role.OPERATOR, ~PortalStaff.held, ~staff.exists())
    return (await connection.execute(staff.union(operators))).scalars().all()


async def portal_staff(connection: AsyncConnection, role: Role) -> Sequence[int]:
    """Everybody who is support, or an operator, in force."""
    statement = select(PortalStaff.user_id).where(PortalStaff.role == role, ~PortalStaff.held)
    return (await connection.execute(statement)).scalars().all()


async def give_school_role(
    tx: AsyncConnection, user_id: int, school_id: int, role: Role, until: date | None = None
) -> None:
    """Make somebody an approver of a school; a second role at the same school takes the first one's place.

    A role that is given anew is in force, though the one before was held.
    """
    statement = insert(SchoolRole).values(user_id=user_id, school_id=school_id, role=role, until=until)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[SchoolRole.school_id, SchoolRole.user_id],
            set_={"role": role, "until": until, "held": False},
        )
    )


async def give_provider_role(tx: AsyncConnection, user_id: int, provider_id: int) -> None:
    """Make somebody staff of a provider, in force."""
    statement = insert(ProviderStaff).values(user_id=user_id, provider_id=provider_id)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[ProviderStaff.provider_id, ProviderStaff.user_id], set_={"held": False}
        )
    )


async def give_portal_role(tx: AsyncConnection, user_id: int, role: Role) -> None:
    """Make somebody support or an operator, in force."""
    statement = insert(PortalStaff).values(user_id=user_id, role=role)
    await tx.execute(
        statement.on_conflict_do_update(index_elements=[PortalStaff.user_id, PortalStaff.role], set_={"held": False})
    )


def _chat(chat_id: int) -> ColumnElement[bool]:
    """In the words of the index."""
    return and_(Chat.messenger == TELEGRAM, Chat.chat_id == chat_id)


async def set_blocked(tx: AsyncConnection, chat_id: int, since: datetime) -> None:
    """A chat cannot be reached; the first moment of a block stays."""
    statement = update(Chat).where(_chat(chat_id), Chat.blocked_since.is_(None))
    await tx.execute(statement.values(blocked_since=since))


async def set_reachable(tx: AsyncConnection, chat_id: int) -> bool:
    """A chat can be reached: whether it could not be before."""
    statement = update(Chat).where(_chat(chat_id), Chat.blocked_since.is_not(None))
    return (await tx.execute(statement.values(blocked_since=None))).rowcount > 0


async def write_down(
    tx: AsyncConnection, user_id: int, change: Change, now: datetime, by: int | None = None, note: str | None = None
) -> None:
    """A line in the history of a profile; `by` None: the clock or the command line."""
    await tx.execute(insert(AccountEvent).values(user_id=user_id, by_id=by, at=now, change=change, note=note))
