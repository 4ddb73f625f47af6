"""The invariants of domain.md that rows can show, asked of a whole database."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.tables import Application, ApplicationEvent, Group, Prompt, Record
from domain.status import LIVE, Status

_later: Final = aliased(ApplicationEvent, name="later")
_last: Final = (
    select(func.max(ApplicationEvent.id))
    .where(ApplicationEvent.application_id == Application.id)
    .correlate(Application)
    .scalar_subquery()
)
_before: Final = (
    select(func.max(_later.id))
    .where(_later.application_id == ApplicationEvent.application_id, _later.id < ApplicationEvent.id)
    .correlate(ApplicationEvent)
    .scalar_subquery()
)
_seated: Final = (
    select(func.count())
    .where(Application.group_id == Group.id, Application.status == Status.ENROLLED)
    .correlate(Group)
    .scalar_subquery()
)
_moves: Final = (
    select(func.count())
    .where(ApplicationEvent.application_id == Application.id)
    .correlate(Application)
    .scalar_subquery()
)


def _count(table: Any, *where: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(table).where(*where)


_twice_live: Final = (
    select(Application.user_id)
    .where(Application.status.in_(LIVE))
    .group_by(Application.user_id, Application.course_id)
    .having(func.count() > 1)
    .subquery()
)

BREACHES: Final = {
    "teachers with two live applications for a course": select(func.count()).select_from(_twice_live),
    "applications whose history does not end in their state": _count(
        Application,
        ~exists().where(ApplicationEvent.id == _last, ApplicationEvent.to_status == Application.status),
    ),
    "lines of a history that do not begin where the one before ended": _count(
        ApplicationEvent,
        or_(
            and_(_before.is_(None), ApplicationEvent.from_status.is_not(None)),
            and_(
                _before.is_not(None),
                ~exists().where(_later.id == _before, _later.to_status == ApplicationEvent.from_status),
            ),
        ),
    ),
    "applications with more moves than versions": _count(Application, Application.version < _moves),
    "copies that ask for a decision that is made": _count(
        Prompt,
        Prompt.open.expression,
        ~exists().where(Application.id == Prompt.application_id, Application.status == Status.PENDING),
    ),
    "applications of schools that ask nobody": _count(
        Application,
        Application.status == Status.PENDING,
        ~exists().where(Prompt.application_id == Application.id, Prompt.open.expression),
    ),
    "people enrolled into another course's group": _count(
        Application,
        Application.status == Status.ENROLLED,
        ~exists().where(Group.id == Application.group_id, Group.course_id == Application.course_id),
    ),
    "groups with more people than seats": _count(Group, Group.seats.is_not(None), _seated > Group.seats),
    "completions without a line in the record book": _count(
        Application, Application.status == Status.COMPLETED, ~exists().where(Record.application_id == Application.id)
    ),
    "lines in the record book without a completion": _count(
        Record, ~exists().where(Application.id == Record.application_id, Application.status == Status.COMPLETED)
    ),
}
"""What must never be, and how often it is."""


async def broken(connection: AsyncConnection) -> Sequence[str]:
    """A line for each invariant that does not hold."""
    counts = {name: await connection.scalar(statement) for name, statement in BREACHES.items()}
    return [f"{count} {name}" for name, count in counts.items() if count]
