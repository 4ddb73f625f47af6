"""What letters say beside the note that caused them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, Course, Group, Provider
from db.types import AnyRow


async def course_of(connection: AsyncConnection, application_id: int) -> AnyRow | None:
    """The course of an application as it is now, with the provider and the group."""
    statement = (
        select(
            Course.code,
            Course.title,
            Provider.name.label("provider"),
            Course.hours,
            Course.starts_on,
            Course.ends_on,
            Course.venue,
            Group.number.label("group_number"),
        )
        .select_from(Application)
        .join(Course, Course.id == Application.course_id)
        .join(Provider, Provider.id == Course.provider_id)
        .outerjoin(Group, Group.id == Application.group_id)
        .where(Application.id == application_id)
    )
    return (await connection.execute(statement)).one_or_none()
