"""Statements that count: a school's applications and hours, a provider's courses, the whole portal.

What is of a school, a provider or a person is found by its index. The portal's own look through all applications and
their history, within a period; services.overview asks them once a minute at most.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, case, cast, exists, extract, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.groups import is_operator
from db.people import in_office
from db.tables import (
    Application,
    ApplicationEvent,
    Course,
    Group,
    Provider,
    ProviderStaff,
    Record,
    School,
    SchoolRole,
    User,
)
from db.types import AnyRow, AnySelect
from domain.catalogue import Funding
from domain.status import Move, Status

UNDOES: Final = {
    Move.TAKE_BACK: (Move.APPROVE,),
    Move.CHANGE_SCHOOL: (Move.APPROVE,),
    Move.RECONSIDER: (Move.REJECT,),
    Move.UNDO_ENROLMENT: (Move.ENROL,),
}
"""What was taken back counts as if it had never been."""
OFFERED: Final = 40
"""Schools, and providers, that somebody is offered at most: no keyboard holds more than a hundred buttons."""
_SECONDS_AN_HOUR: Final = 3600


async def schools_of(connection: AsyncConnection, by: int, today: date, school_id: int | None) -> Sequence[AnyRow]:
    """The schools somebody is an approver of today, or that one of them: id, name, district."""
    statement = (
        select(School.id, School.name, School.district)
        .join(SchoolRole, SchoolRole.school_id == School.id)
        .where(SchoolRole.user_id == by, in_office(today))
        .order_by(School.name, School.id)
        .limit(OFFERED)
    )
    if school_id is not None:
        statement = statement.where(School.id == school_id)
    return (await connection.execute(statement)).all()


async def providers_of(connection: AsyncConnection, by: int, provider_id: int | None) -> Sequence[AnyRow]:
    """The providers somebody is staff of today, or that one of them: id, name."""
    statement = (
        select(Provider.id, Provider.name)
        .join(ProviderStaff, ProviderStaff.provider_id == Provider.id)
        .where(ProviderStaff.user_id == by, ~ProviderStaff.held)
        .order_by(Provider.name, Provider.id)
        .limit(OFFERED)
    )
    if provider_id is not None:
        statement = statement.where(Provider.id == provider_id)
    return (await connection.execute(statement)).all()


async def may_see_portal(connection: AsyncConnection, by: int) -> bool:
    """Whether somebody is an operator today."""
    return bool(await connection.scalar(select(is_operator(by))))


def _of_school(school_id: int) -> ColumnElement[bool]:
    """Approvers see budget applications only."""
    budget = exists().where(Course.id == Application.course_id, Course.funding == Funding.BUDGET)
    return and_(Application.school_id == school_id, budget)


async def states_at(connection: AsyncConnection, school_id: int) -> Sequence[AnyRow]:
    """A school's budget applications by what they are today: status, tally."""
    statement = (
        select(Application.status, func.count().label("tally"))
        .where(_of_school(school_id))
        .group_by(Application.status)
    )
    return (await connection.execute(statement)).all()


async def states_since(connection: AsyncConnection, since: datetime) -> Sequence[AnyRow]:
    """All applications made since a moment by what they are today: status, tally."""
    statement = (
        select(Application.status, func.count().label("tally"))
        .where(Application.created_at >= since)
        .group_by(Application.status)
    )
    return (await connection.execute(statement)).all()


async def moves_by_month(
    connection: AsyncConnection, begins: Sequence[datetime], moves: Sequence[Move], school_id: int | None = None
) -> Sequence[AnyRow]:
    """How many applications made which of these moves in the months that begin then: month (its place), move, tally.

    Of a school's budget applications, or of all. What was undone since is not counted.
    """
    month = case(
        *((ApplicationEvent.at >= begin, number) for number, begin in reversed(list(enumerate(begins)))), else_=-1
    )
    made: AnySelect = select(month.label("month"), ApplicationEvent.move).where(
        ApplicationEvent.at >= begins[0],
        ApplicationEvent.move.in_(moves),
        _is_none_of_the_undone(begins[0]) if school_id is None else _is_not_undone(),
    )
    if school_id is not None:
        made = made.join(Application, Application.id == ApplicationEvent.application_id).where(_of_school(school_id))
    each = made.subquery()
    statement = select(each.c.month, each.c.move, func.count().label("tally")).group_by(each.c.month, each.c.move)
    return (await connection.execute(statement)).all()


_undoing = aliased(ApplicationEvent)
_undone = aliased(ApplicationEvent)


def _undoes(done: type[ApplicationEvent]) -> ColumnElement[bool]:
    """Whether the one takes the other back."""
    return and_(
        _undoing.application_id == done.application_id,
        _undoing.id > done.id,
        or_(*(and_(_undoing.move == move, done.move.in_(moves)) for move, moves in UNDOES.items())),
    )


def _is_not_undone() -> ColumnElement[bool]:
    """Asked of each event: for the few of a school."""
    return ~exists().where(_undoes(ApplicationEvent))


def _is_none_of_the_undone(since: datetime) -> ColumnElement[bool]:
    """What was undone in a period is found once, since it is little: for the many of the portal."""
    undone = select(_undone.id).join(_undoing, _undoes(_undone))
    return ApplicationEvent.id.not_in(undone.where(_undoing.at >= since, _undoing.move.in_(list(UNDOES))))


async def hours_of_teachers(connection: AsyncConnection, school_id: int, since: date, limit: int) -> Sequence[AnyRow]:
    """A school's people who have applied for a budget course there or completed any, with the hours and courses
    completed since a day: full_name, position, hours, courses; most hours first, with how many people there are."""
    applied = User.id.in_(select(Application.user_id).where(_of_school(school_id)))
    completed = exists().where(Record.user_id == User.id)
    recent = and_(Record.user_id == User.id, Record.completed_on >= since)
    hours = select(func.coalesce(func.sum(Record.hours), 0)).where(recent).correlate(User).scalar_subquery()
    courses = select(func.count()).where(recent).correlate(User).scalar_subquery()
    each = (
        select(User.id, User.full_name, User.position, hours.label("hours"), courses.label("courses"))
        .where(User.school_id == school_id, User.removed_at.is_(None), or_(applied, completed))
        .subquery()
    )
    statement = (
        select(each, func.count().over().label("total"))
        .order_by(each.c.hours.desc(), each.c.full_name, each.c.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def courses_of(connection: AsyncConnection, provider_id: int, since: date, limit: int) -> Sequence[AnyRow]:
    """A provider's courses that had not ended by a day, in the order in which they start, those without dates last."""
    groups = select(func.count()).where(Group.course_id == Course.id).correlate(Course).scalar_subquery()
    statement = (
        select(
            Course.id,
            Course.code,
            Course.title,
            Course.starts_on,
            Course.ends_on,
            Course.seats,
            Course.published,
            Course.cancelled_at,
            groups.label("groups"),
            func.count().over().label("total"),
        )
        .where(Course.provider_id == provider_id, _lasts(since))
        .order_by(Course.starts_on.is_(None), Course.starts_on, Course.code)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


def _lasts(since: date) -> ColumnElement[bool]:
    last_day = func.coalesce(Course.ends_on, Course.starts_on)
    return or_(last_day.is_(None), last_day >= since)


async def states_by_course(connection: AsyncConnection, course_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Applications for these courses: course_id, status, tally."""
    statement = (
        select(Application.course_id, Application.status, func.count().label("tally"))
        .where(Application.course_id.in_(course_ids))
        .group_by(Application.course_id, Application.status)
    )
    return (await connection.execute(statement)).all()


async def busiest_providers(connection: AsyncConnection, since: datetime, limit: int) -> Sequence[AnyRow]:
    """Providers by the applications made since a moment: name, applications, enrolled, completed, and how many such
    providers there are."""
    each = (
        select(
            Application.course_id,
            func.count().label("applications"),
            func.sum(case((Application.status == Status.ENROLLED, 1), else_=0)).label("enrolled"),
            func.sum(case((Application.status == Status.COMPLETED, 1), else_=0)).label("completed"),
        )
        .where(Application.created_at >= since)
        .group_by(Application.course_id)
        .subquery()
    )
    count: ColumnElement[int] = func.sum(each.c.applications)
    statement: AnySelect = (
        select(
            Provider.name,
            count.label("applications"),
            func.sum(each.c.enrolled).label("enrolled"),
            func.sum(each.c.completed).label("completed"),
            func.count().over().label("total"),
        )
        .select_from(each)
        .join(Course, Course.id == each.c.course_id)
        .join(Provider, Provider.id == Course.provider_id)
        .group_by(Provider.id, Provider.name)
        .order_by(count.desc(), Provider.name)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def schools_without_approver(connection: AsyncConnection, today: date, limit: int) -> Sequence[AnyRow]:
    """Schools where nobody decides today, those where applications wait first: name, district, waiting, and how many
    such schools there are."""
    waiting = (
        select(func.count())
        .where(Application.school_id == School.id, Application.status == Status.PENDING)
        .correlate(School)
        .scalar_subquery()
    )
    statement = (
        select(School.name, School.district, waiting.label("waiting"), func.count().over().label("total"))
        .where(~exists().where(SchoolRole.school_id == School.id, in_office(today)))
        .order_by(waiting.desc(), School.name, School.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def count_schools(connection: AsyncConnection) -> int:
    """How many schools there are."""
    return (await connection.execute(select(func.count(School.id)))).scalar_one()


async def overdue_decisions(
    connection: AsyncConnection, since: datetime, before: datetime, limit: int
) -> Sequence[AnyRow]:
    """Schools whose applications of a period have waited for a decision since before a moment: name, district, tally,
    the oldest one's moment, and how many such applications there are in all; the most first."""
    count = func.count()
    statement = (
        select(
            School.name,
            School.district,
            count.label("tally"),
            func.min(Application.updated_at, type_=Application.updated_at.type).label("oldest"),
            func.sum(count).over().label("total"),
        )
        .select_from(Application)
        .outerjoin(School, School.id == Application.school_id)
        .where(Application.status == Status.PENDING, Application.created_at >= since, Application.updated_at < before)
        .group_by(School.id, School.name, School.district)
        .order_by(count.desc(), School.name)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def hours_to_decision(connection: AsyncConnection, since: datetime) -> Sequence[AnyRow]:
    """How long the decisions of a period took after applying: hours (whole), tally; in order of hours."""
    taken = cast((_epoch(Application.decided_at) - _epoch(Application.created_at)) // _SECONDS_AN_HOUR, Integer).label(
        "hours"
    )
    each = select(taken).where(Application.created_at >= since, Application.decided_at.is_not(None)).subquery()
    statement = select(each.c.hours, func.count().label("tally")).group_by(each.c.hours).order_by(each.c.hours)
    return (await connection.execute(statement)).all()


def _epoch(moment: Any) -> ColumnElement[int]:
    return cast(extract("epoch", moment), BigInteger)
