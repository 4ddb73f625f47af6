"""Statements of the demo's first day."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, Chat, Notification, Prompt, User
from domain.status import Status


async def prove(tx: AsyncConnection, emails: Mapping[int, str], now: datetime) -> None:
    """These people proved their addresses at a past moment."""
    for user_id, email in emails.items():
        proved = {"email": email, "email_key": email, "email_proved_at": now}
        await tx.execute(update(User).where(User.id == user_id).values(proved))


async def leave_past_unsaid(tx: AsyncConnection, now: datetime, *, still: Collection[str], prompts: str) -> None:
    """Count everything as said but notes of the `still` kinds to those within reach, and `prompts` that wait."""
    waiting = (
        select(Prompt.id)
        .join(Application, Application.id == Prompt.application_id)
        .where(Prompt.open, Application.status == Status.PENDING)
    )
    asks = and_(Notification.kind == prompts, Notification.payload["prompt_id"].as_integer().in_(waiting))
    reachable = select(Chat.user_id).where(Chat.blocked_since.is_(None))
    said = ~and_(or_(Notification.kind.in_(still), asks), Notification.user_id.in_(reachable))
    await tx.execute(update(Notification).where(Notification.sent_at.is_(None), said).values(sent_at=now))
