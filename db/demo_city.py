"""Statements of the demo's first day, for what no journey reaches yet."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, Chat, Course, Group, Notification, Prompt
from domain.status import Status


async def group(tx: AsyncConnection, course_id: int, number: str) -> int:
    """The id of a course's group, which runs on the course's days; made where it is missing."""
    days = (await tx.execute(select(Course.starts_on, Course.ends_on).where(Course.id == course_id))).one()
    statement = (
        insert(Group)
        .values(course_id=course_id, number=number, starts_on=days.starts_on, ends_on=days.ends_on)
        .on_conflict_do_update(index_elements=[Group.course_id, Group.number], set_={"number": number})
        .returning(Group.id)
    )
    return (await tx.execute(statement)).scalar_one()


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
