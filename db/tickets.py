"""Statements about what people ask support: tickets and what was said in them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.applications import has_other_approver, is_support
from db.tables import Application, Course, PortalStaff, School, Ticket, TicketMessage, User
from db.types import AnyRow, AnySelect
from domain.person import Role
from domain.tickets import Words

_owner = aliased(User, name="owner")
_taker = aliased(User, name="taker")
_author = aliased(User, name="author")

_waits: ColumnElement[bool] = and_(
    Ticket.closed_at.is_(None), or_(Ticket.answered_at.is_(None), Ticket.asked_at > Ticket.answered_at)
)


async def add(
    tx: AsyncConnection, user_id: int, subject: str, application_id: int | None, now: datetime, words: Words
) -> tuple[int, int]:
    """A new ticket with its first message: both ids."""
    values = {"user_id": user_id, "subject": subject, "application_id": application_id}
    statement = insert(Ticket).values(created_at=now, asked_at=now, **values).returning(Ticket.id)
    ticket_id = (await tx.execute(statement)).scalar_one()
    return ticket_id, await say(tx, ticket_id, user_id, now, words)


async def say(tx: AsyncConnection, ticket_id: int, user_id: int, now: datetime, words: Words) -> int:
    """A message of a ticket: its id."""
    statement = insert(TicketMessage).values(
        ticket_id=ticket_id,
        user_id=user_id,
        at=now,
        text=words.text,
        file_kind=words.file_kind,
        file_id=words.file_id,
    )
    return (await tx.execute(statement.returning(TicketMessage.id))).scalar_one()


async def facts(connection: AsyncConnection, ticket_id: int, by: int, today: date) -> AnyRow | None:
    """One ticket with its people and its application, and whether `by` is support today."""
    taker_is_support = select(PortalStaff.user_id).where(
        PortalStaff.user_id == Ticket.taken_by, PortalStaff.role == Role.SUPPORT, ~PortalStaff.held
    )
    statement = (
        select(
            Ticket.id,
            Ticket.user_id,
            Ticket.subject,
            Ticket.created_at,
            Ticket.asked_at,
            Ticket.answered_at,
            Ticket.closed_at,
            Ticket.rating,
            Ticket.taken_by,
            Ticket.application_id,
            _owner.full_name.label("owner"),
            _owner.position,
            School.name.label("school"),
            _taker.full_name.label("taker"),
            taker_is_support.exists().label("taker_is_support"),
            is_support(by).label("by_is_support"),
            Application.version,
            Application.status,
            Application.course_id,
            Course.code,
            Course.title,
            has_other_approver(today).label("has_other_approver"),
        )
        .join(_owner, _owner.id == Ticket.user_id)
        .outerjoin(School, School.id == _owner.school_id)
        .outerjoin(_taker, _taker.id == Ticket.taken_by)
        .outerjoin(Application, Application.id == Ticket.application_id)
        .outerjoin(Course, Course.id == Application.course_id)
        .where(Ticket.id == ticket_id)
    )
    return (await connection.execute(statement)).one_or_none()


async def asked(tx: AsyncConnection, ticket_id: int, now: datetime, *, reopening: bool) -> bool:
    """The person has written: False, where the ticket is closed and is not to be opened again."""
    is_open = Ticket.closed_at.is_(None)
    values = {"asked_at": now, "closed_at": None, "rating": None}
    statement = update(Ticket).where(Ticket.id == ticket_id, *([] if reopening else [is_open])).values(values)
    return (await tx.execute(statement)).rowcount == 1


async def answered(tx: AsyncConnection, ticket_id: int, by: int, now: datetime) -> bool:
    """Staff has written, and has the ticket from now on: False, where it is closed or a colleague's."""
    free = or_(Ticket.taken_by.is_(None), Ticket.taken_by == by)
    statement = update(Ticket).where(Ticket.id == ticket_id, Ticket.closed_at.is_(None), free)
    return (await tx.execute(statement.values(answered_at=now, taken_by=by))).rowcount == 1


async def take(tx: AsyncConnection, ticket_id: int, by: int, taken_from: int | None) -> bool:
    """Make an open ticket somebody's: False, where it is not `taken_from`'s (None: nobody's) any more."""
    as_drawn = Ticket.taken_by.is_(None) if taken_from is None else Ticket.taken_by == taken_from
    statement = update(Ticket).where(Ticket.id == ticket_id, Ticket.closed_at.is_(None), as_drawn)
    return (await tx.execute(statement.values(taken_by=by))).rowcount == 1


async def close(tx: AsyncConnection, ticket_id: int, now: datetime) -> bool:
    """End an open ticket: False, where it is closed already."""
    statement = update(Ticket).where(Ticket.id == ticket_id, Ticket.closed_at.is_(None)).values(closed_at=now)
    return (await tx.execute(statement)).rowcount == 1


async def reopen(tx: AsyncConnection, ticket_id: int) -> None:
    """Open a closed ticket again; what was said of its end is forgotten."""
    await tx.execute(update(Ticket).where(Ticket.id == ticket_id).values(closed_at=None, rating=None))


async def rate(tx: AsyncConnection, ticket_id: int, stars: int) -> bool:
    """What the person thinks of a closed ticket: False, where it is open."""
    statement = update(Ticket).where(Ticket.id == ticket_id, Ticket.closed_at.is_not(None)).values(rating=stars)
    return (await tx.execute(statement)).rowcount == 1


async def newest(connection: AsyncConnection, ticket_id: int, owner_id: int, *, by_owner: bool) -> int:
    """The id of the latest message by the owner, or by staff; 0: there is none."""
    author = TicketMessage.user_id == owner_id if by_owner else TicketMessage.user_id != owner_id
    statement = select(func.max(TicketMessage.id)).where(TicketMessage.ticket_id == ticket_id, author)
    return (await connection.execute(statement)).scalar() or 0


async def conversation(connection: AsyncConnection, ticket_id: int, *, before: int = 0, limit: int) -> Sequence[AnyRow]:
    """The latest messages of a ticket before one of them (0: before none), the oldest first."""
    statement = (
        select(
            TicketMessage.id,
            TicketMessage.user_id,
            TicketMessage.at,
            TicketMessage.text,
            TicketMessage.file_kind,
            TicketMessage.file_id,
            _author.full_name.label("author"),
        )
        .join(_author, _author.id == TicketMessage.user_id)
        .where(TicketMessage.ticket_id == ticket_id)
        .order_by(TicketMessage.id.desc())
        .limit(limit)
    )
    if before:
        statement = statement.where(TicketMessage.id < before)
    return list(reversed((await connection.execute(statement)).all()))


async def message(connection: AsyncConnection, message_id: int) -> AnyRow | None:
    """One message: ticket_id, user_id, text, file_kind, file_id, author, and whether it opened its ticket."""
    first = select(func.min(TicketMessage.id)).where(TicketMessage.ticket_id == Ticket.id).correlate(Ticket)
    statement = (
        select(
            TicketMessage.ticket_id,
            TicketMessage.user_id,
            TicketMessage.text,
            TicketMessage.file_kind,
            TicketMessage.file_id,
            _author.full_name.label("author"),
            (first.scalar_subquery() == TicketMessage.id).label("is_first"),
        )
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .join(_author, _author.id == TicketMessage.user_id)
        .where(TicketMessage.id == message_id)
    )
    return (await connection.execute(statement)).one_or_none()


async def count_messages(connection: AsyncConnection, ticket_id: int, user_id: int, since: datetime) -> int:
    """How many messages somebody has written into a ticket since a moment."""
    statement = select(func.count()).where(
        TicketMessage.ticket_id == ticket_id, TicketMessage.user_id == user_id, TicketMessage.at > since
    )
    return (await connection.execute(statement)).scalar_one()


async def count_tickets(connection: AsyncConnection, user_id: int, since: datetime) -> int:
    """How many tickets somebody has opened since a moment."""
    statement = select(func.count()).where(Ticket.user_id == user_id, Ticket.created_at > since)
    return (await connection.execute(statement)).scalar_one()


def _lines() -> AnySelect:
    return (
        select(
            Ticket.id,
            Ticket.subject,
            Ticket.asked_at,
            Ticket.answered_at,
            Ticket.closed_at,
            _owner.full_name.label("owner"),
            _taker.full_name.label("taker"),
            func.count().over().label("total"),
        )
        .join(_owner, _owner.id == Ticket.user_id)
        .outerjoin(_taker, _taker.id == Ticket.taken_by)
    )


async def of_person(connection: AsyncConnection, user_id: int, limit: int, offset: int) -> Sequence[AnyRow]:
    """A person's tickets: the open ones first, then the newest."""
    statement = (
        _lines()
        .where(Ticket.user_id == user_id)
        .order_by(case((Ticket.closed_at.is_(None), 0), else_=1), Ticket.id.desc())
    )
    return (await connection.execute(statement.limit(limit).offset(offset))).all()


async def open_about(connection: AsyncConnection, user_id: int, application_id: int) -> int | None:
    """The person's open ticket about an application, where there is one."""
    statement = select(Ticket.id).where(
        Ticket.user_id == user_id, Ticket.application_id == application_id, Ticket.closed_at.is_(None)
    )
    return (await connection.execute(statement.order_by(Ticket.id.desc()).limit(1))).scalar()


async def queue(connection: AsyncConnection, by: int, limit: int, offset: int) -> Sequence[AnyRow]:
    """Open tickets of everybody else: those that wait first, whoever wrote the longest ago first."""
    statement = (
        _lines()
        .where(Ticket.closed_at.is_(None), Ticket.user_id != by)
        .order_by(case((_waits, 0), else_=1), Ticket.asked_at, Ticket.id)
    )
    return (await connection.execute(statement.limit(limit).offset(offset))).all()


async def closed(connection: AsyncConnection, by: int, limit: int, offset: int) -> Sequence[AnyRow]:
    """Closed tickets of everybody else, those closed last first."""
    statement = (
        _lines()
        .where(Ticket.closed_at.is_not(None), Ticket.user_id != by)
        .order_by(Ticket.closed_at.desc(), Ticket.id.desc())
    )
    return (await connection.execute(statement.limit(limit).offset(offset))).all()


async def count_waiting(connection: AsyncConnection, by: int) -> int:
    """How many tickets of everybody else wait for staff."""
    statement = select(func.count()).where(_waits, Ticket.user_id != by)
    return (await connection.execute(statement)).scalar_one()
