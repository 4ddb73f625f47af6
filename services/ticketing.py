"""What both sides of a ticket share: who may see it, how it looks, who is told of a message."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import people, tickets
from db.outbox import Note
from db.types import AnyRow
from domain import policy
from domain.clock import Calendar
from domain.errors import DomainError, NotAllowed
from domain.person import Role
from domain.policy import DecisionFacts
from domain.status import TRANSITIONS, Move, Status
from domain.tickets import FileKind, Side, may_reopen, stage
from services.desk import unattended
from services.ticket_views import About, Said, TicketLine, TicketView

TICKET_SAID: Final = "ticket_said"
"""Brings a message of a ticket to somebody, as it is their business when it is sent."""
TICKET_CLOSED: Final = "ticket_closed"
"""Tells the other side that a ticket was closed."""
TICKET_TAKEN: Final = "ticket_taken"
"""Tells staff that a colleague has taken a ticket over from them."""

SHOWN: Final = 6
"""How many messages of a conversation one screen holds."""


async def facts_for(
    connection: AsyncConnection, ticket_id: int, by: int, calendar: Calendar, side: Side | None = None
) -> tuple[AnyRow, Side]:
    """The ticket, and what this person is to it today: its owner, or support. One's own ticket is for the others.

    `side` None: either will do. Raises: NotAllowed (also where it does not exist).
    """
    facts = await tickets.facts(connection, ticket_id, by, calendar.today())
    if facts is None:
        raise NotAllowed
    if facts.user_id == by:
        found = Side.OWNER
    elif facts.by_is_support:
        found = Side.STAFF
    else:
        raise NotAllowed
    if side not in (None, found):
        raise NotAllowed
    return facts, found


async def ticket_view(
    connection: AsyncConnection, ticket_id: int, by: int, calendar: Calendar, *, before: int = 0
) -> TicketView:
    """A ticket as this person sees it today, with what was said last, or before a message.

    Raises: NotAllowed (also where it does not exist).
    """
    facts, side = await facts_for(connection, ticket_id, by, calendar)
    rows = await tickets.conversation(connection, ticket_id, before=before, limit=SHOWN + 1)
    shown = rows[-SHOWN:]
    return TicketView(
        id=facts.id,
        side=side,
        subject=facts.subject,
        stage=stage(facts.asked_at, facts.answered_at, facts.closed_at),
        owner=facts.owner,
        position=facts.position,
        school=facts.school,
        created_at=facts.created_at,
        taken_by=facts.taker,
        taken_by_id=facts.taken_by,
        is_taker=facts.taken_by == by,
        may_reopen=may_reopen(facts.closed_at, calendar.now()),
        rating=facts.rating,
        about=_about(facts, by, side),
        lines=tuple(_said(row, facts.user_id) for row in shown),
        has_earlier=len(rows) > SHOWN,
        is_past=bool(before),
        newest=await tickets.newest(connection, ticket_id, facts.user_id, by_owner=side is Side.STAFF),
    )


def _said(row: AnyRow, owner_id: int) -> Said:
    side = Side.OWNER if row.user_id == owner_id else Side.STAFF
    kind = FileKind(row.file_kind) if row.file_kind else None
    return Said(row.id, row.at, side, row.author, row.text, kind)


def _about(facts: AnyRow, by: int, side: Side) -> About | None:
    if facts.application_id is None:
        return None
    enrolled = facts.status in TRANSITIONS[Move.WITHDRAW_ENROLLED].sources
    return About(
        id=facts.application_id,
        version=facts.version,
        course_id=facts.course_id,
        code=facts.code,
        title=facts.title,
        status=facts.status,
        may_withdraw=side is Side.STAFF and enrolled,
        may_decide=side is Side.STAFF and facts.status is Status.PENDING and _stands_in(facts, by),
    )


def _stands_in(facts: AnyRow, by: int) -> bool:
    asked = DecisionFacts(
        teacher_id=facts.user_id,
        by_id=by,
        by_is_approver=False,
        by_is_support=facts.by_is_support,
        has_other_approver=facts.has_other_approver,
    )
    try:
        policy.require_approver(asked)
    except DomainError:
        return False
    return True


def ticket_line(row: AnyRow) -> TicketLine:
    """A ticket in a list, of a row that db.tickets made for one."""
    turn = stage(row.asked_at, row.answered_at, row.closed_at)
    return TicketLine(row.id, row.subject, turn, row.owner, row.asked_at, row.taker)


async def staff_to_tell(connection: AsyncConnection, facts: AnyRow) -> list[int]:
    """Who hears the person: whoever has the ticket and is support today, else all of support."""
    if facts.taken_by is not None and facts.taker_is_support and facts.taken_by != facts.user_id:
        return [facts.taken_by]
    return await support_but(connection, facts.user_id)


async def support_but(connection: AsyncConnection, owner_id: int) -> list[int]:
    """All of support but the owner of a ticket."""
    return [user_id for user_id in await people.portal_staff(connection, Role.SUPPORT) if user_id != owner_id]


async def telling(
    tx: AsyncConnection, ticket_id: int, message_id: int, owner_id: int, listeners: Sequence[int]
) -> list[Note]:
    """The notes of the person's message to staff; where nobody is there, to operators, once for the ticket."""
    notes = [saying(message_id, user_id) for user_id in listeners]
    return notes or await unattended(tx, f"ticket:{ticket_id}", but=owner_id)


def saying(message_id: int, user_id: int, occasion: str = "") -> Note:
    """The note that brings a message to somebody, once (or once an occasion)."""
    key = f"ticket_said:{message_id}:{user_id}{occasion}"
    return Note(key, user_id, TICKET_SAID, {"message_id": message_id})
