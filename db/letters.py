"""What letters say beside the note that caused them."""

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Application, Course, Group, Provider
from db.types import AnyRow


async def course_of(connection: AsyncConnection, application_id: int) -> AnyRow | None:
    """The course of an application as it is now, with its provider and group; a group's days and place go first."""
    has_days = or_(Group.starts_on.is_not(None), Group.ends_on.is_not(None))
    statement = (
        select(
            Course.code,
            Course.title,
            Provider.name.label("provider"),
            Course.hours,
            Course.form,
            Course.funding,
            Course.price,
            case((has_days, Group.starts_on), else_=Course.starts_on),
            case((has_days, Group.ends_on), else_=Course.ends_on),
            func.coalesce(Group.venue, Course.venue),
            Course.document,
            Group.number.label("group_number"),
        )
        .select_from(Application)
        .join(Course, Course.id == Application.course_id)
        .join(Provider, Provider.id == Course.provider_id)
        .outerjoin(Group, Group.id == Application.group_id)
        .where(Application.id == application_id)
    )
    return (await connection.execute(statement)).one_or_none()
