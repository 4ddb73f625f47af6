"""Statements that clear what nobody needs any more, some rows at a time."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import (
    AccessRequest,
    Application,
    Conversation,
    EmailCode,
    Fault,
    Invitation,
    Notification,
    Prompt,
    Recovery,
    Search,
    Update,
    Upload,
)
from domain import keeping
from domain.status import LIVE


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table, by its key, for how long they are kept, and which are done with since before a moment."""

    key: Any
    kept: timedelta
    done_with: Callable[[datetime], ColumnElement[bool]]


def _ended(before: datetime) -> ColumnElement[bool]:
    application = and_(
        Application.id == Prompt.application_id, Application.status.not_in(LIVE), Application.updated_at < before
    )
    return and_(~Prompt.open, exists().where(application))


CLEARED: Final = (
    Rows(
        Update.update_id,
        keeping.HANDLED_UPDATES,
        lambda before: and_(Update.handled_at < before, Update.failure.is_(None), Update.claimed_until.is_(None)),
    ),
    Rows(Update.update_id, keeping.FAILED_UPDATES, lambda before: Update.handled_at < before),
    Rows(
        Notification.id,
        keeping.NOTIFICATIONS,
        lambda before: or_(Notification.sent_at < before, Notification.failed_at < before),
    ),
    Rows(Fault.id, keeping.FAULTS, lambda before: Fault.last_at < before),
    Rows(EmailCode.id, keeping.CODES, lambda before: EmailCode.created_at < before),
    Rows(Conversation.chat_id, keeping.CONVERSATIONS, lambda before: Conversation.updated_at < before),
    Rows(Upload.id, keeping.UPLOADS, lambda before: Upload.created_at < before),
    Rows(Search.id, keeping.SEARCHES, lambda before: Search.searched_at < before),
    Rows(Prompt.id, keeping.COPIES, _ended),
    Rows(
        Invitation.id,
        keeping.INVITATIONS,
        lambda before: or_(Invitation.used_at < before, Invitation.revoked_at < before, Invitation.expires_at < before),
    ),
    Rows(Recovery.id, keeping.ACCESS, lambda before: Recovery.settled_at < before),
    Rows(AccessRequest.id, keeping.ACCESS, lambda before: AccessRequest.settled_at < before),
)


async def found(connection: AsyncConnection, rows: Rows, now: datetime, limit: int) -> Sequence[int]:
    """Some rows that are kept no longer, by their keys: asked for without holding the writer."""
    statement = select(rows.key).where(rows.done_with(now - rows.kept)).order_by(rows.key).limit(limit)
    return (await connection.execute(statement)).scalars().all()


async def clear(tx: AsyncConnection, rows: Rows, keys: Collection[int], now: datetime) -> int:
    """Clear those of these rows of which that is true still: how many."""
    statement = delete(rows.key.class_).where(rows.key.in_(keys), rows.done_with(now - rows.kept))
    return (await tx.execute(statement)).rowcount
