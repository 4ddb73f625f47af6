"""Statements about calendar files: what they say, and which of two is the newer."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, Course, Group, Provider
from db.types import AnyRow


async def entries(tx: AsyncConnection, ids: Collection[int], group_id: int | None = None) -> Sequence[AnyRow]:
    """What a file about these applications would say, each held until the transaction ends.

    `group_id`: the group they are about to be in, instead of the one they are in.
    """
    group = func.coalesce(literal(group_id, Application.group_id.type), Application.group_id)
    statement = (
        select(
            Application.id,
            Application.status,
            Application.created_at,
            Application.calendar_sequence,
            Course.code,
            Course.title,
            Provider.name.label("provider"),
            Course.starts_on,
            Course.ends_on,
            Course.venue,
            Group.number.label("group_number"),
            Group.starts_on.label("group_starts_on"),
            Group.ends_on.label("group_ends_on"),
            Group.venue.label("group_venue"),
        )
        .select_from(Application)
        .join(Course, Course.id == Application.course_id)
        .join(Provider, Provider.id == Course.provider_id)
        .outerjoin(Group, Group.id == group)
        .where(Application.id.in_(ids))
        .order_by(Application.id)
        .with_for_update(of=Application)
    )
    return (await tx.execute(statement)).all()


async def raise_sequence(tx: AsyncConnection, ids: Collection[int]) -> None:
    """The next file about each of these is written."""
    await tx.execute(
        update(Application).where(Application.id.in_(ids)).values(calendar_sequence=Application.calendar_sequence + 1)
    )
