"""Statements that find whom the clock has to remind, and what there is to say when a reminder is drawn.

Those that find give each row the key of its note, and leave out what has its note already: whoever asks again, after
a month or on another machine, gets the rest.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    String,
    Subquery,
    and_,
    case,
    cast,
    exists,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.applications import count_waiting_for, waits
from db.groups import BEGINS, PLACE, count_of, is_operator, is_staff, last_start
from db.people import in_office
from db.tables import (
    Application,
    Chat,
    Course,
    Favourite,
    Group,
    Notification,
    PortalStaff,
    Provider,
    ProviderStaff,
    School,
    SchoolRole,
    User,
    stands_at,
)
from db.types import AnyRow, AnySelect, among
from domain import policy
from domain.person import Role
from domain.reminding import SOON, Stage
from domain.status import LIVE, Status

_DAY: Final = timedelta(days=1)


def _key(kind: str, *parts: Any) -> ColumnElement[str]:
    """«kind:part:part», as the database puts it together."""
    key: ColumnElement[str] = literal(kind, String)
    for part in parts:
        key = key + literal(":", String) + cast(part, String)
    return key


def _owed(due: AnySelect, limit: int) -> AnySelect:
    """Of what is due (user_id, key and more), what has no note yet, for people who can be reached by chat.

    What is due is worked out before its notes are looked for: else PostgreSQL reads all notes there ever were.
    """
    found = due.cte("due").prefix_with("MATERIALIZED")
    within_reach = exists().where(Chat.user_id == found.c.user_id, Chat.blocked_since.is_(None))
    has_note = exists().where(Notification.key == found.c.key)
    return select(found).where(within_reach, ~has_note).limit(limit)


async def approvers(
    connection: AsyncConnection, kind: str, today: date, since: datetime, limit: int
) -> Sequence[AnyRow]:
    """Approvers for whom applications have waited since before a moment, their own left out: key, user_id."""
    waits = exists().where(
        Application.school_id == SchoolRole.school_id,
        Application.status == Status.PENDING,
        Application.user_id != SchoolRole.user_id,
        Application.created_at < since,
    )
    user_id = SchoolRole.user_id.expression
    key = _key(kind, user_id, literal(today.isoformat()))
    statement = select(user_id, key.label("key")).distinct().where(in_office(today), waits)
    return (await connection.execute(_owed(statement, limit))).all()


def _unattended(today: date, since: datetime) -> ColumnElement[bool]:
    """Whether anything has waited since before a moment where no approver but perhaps the teacher is.

    Asked school by school and approver by approver: there are more applications than of both together.
    """
    waits = and_(Application.status == Status.PENDING, Application.created_at < since)
    attended = exists().where(SchoolRole.school_id == School.id, in_office(today))
    other = aliased(SchoolRole, name="other")
    alone = ~exists().where(
        other.school_id == SchoolRole.school_id, other.user_id != SchoolRole.user_id, in_office(today, other)
    )
    own = exists().where(
        Application.user_id == SchoolRole.user_id, Application.school_id == SchoolRole.school_id, waits
    )
    return or_(
        exists().where(Application.school_id.is_(None), waits),
        select(School.id).where(~attended, exists().where(Application.school_id == School.id, waits)).exists(),
        select(SchoolRole.id).where(in_office(today), alone, own).exists(),
    )


async def stand_ins(
    connection: AsyncConnection, kind: str, today: date, since: datetime, limit: int
) -> Sequence[AnyRow]:
    """Support, where such applications have waited: key, user_id. One's own may be among them."""
    user_id = PortalStaff.user_id.expression
    key = _key(kind, user_id, literal(today.isoformat()))
    statement = select(user_id, key.label("key")).where(
        PortalStaff.role == Role.SUPPORT, ~PortalStaff.held, _unattended(today, since)
    )
    return (await connection.execute(_owed(statement, limit))).all()


async def closing(connection: AsyncConnection, kind: str, today: date, since: datetime, limit: int) -> Sequence[AnyRow]:
    """Favourites, put there before a moment, that soon take no applications any more: key, user_id, course_id."""
    applied = exists().where(
        Application.course_id == Course.id, Application.user_id == Favourite.user_id, among(Application.status, LIVE)
    )
    user_id = Favourite.user_id.expression
    key = _key(kind, Course.id, user_id, Course.closes_on)
    statement = (
        select(user_id, key.label("key"), Favourite.course_id)
        .join(Course, Course.id == Favourite.course_id)
        .where(
            Course.published,
            Course.cancelled_at.is_(None),
            Course.closes_on.between(today, today + SOON),
            Favourite.created_at < since,
            ~applied,
        )
    )
    return (await connection.execute(_owed(statement, limit))).all()


async def starting(
    connection: AsyncConnection, kind: str, today: date, since: datetime, limit: int
) -> Sequence[AnyRow]:
    """Those enrolled before a moment in what starts in 3 days or tomorrow.

    Rows of key, user_id, application_id, starts_on and stage.
    """
    is_soon = and_(literal(today) < BEGINS, literal(today + SOON) >= BEGINS)
    days = (today + _DAY, today + SOON)
    of_groups = select(Group.course_id).where(Group.starts_on.between(*days))
    courses = of_groups.union(select(Course.id).where(Course.starts_on.between(*days)))
    stage = case((literal(today + _DAY) == BEGINS, Stage.TOMORROW.value), else_=Stage.SOON.value)
    user_id = Application.user_id.expression
    key = _key(kind, stage, Application.id, BEGINS)
    statement = (
        select(
            user_id,
            key.label("key"),
            Application.id.label("application_id"),
            BEGINS.label("starts_on"),
            stage.label("stage"),
        )
        .select_from(Application)
        .join(Group, Group.id == Application.group_id)
        .join(Course, Course.id == Group.course_id)
        .where(
            Application.course_id.in_(courses),
            Application.status == Status.ENROLLED,
            Application.updated_at < since,
            is_soon,
        )
    )
    return (await connection.execute(_owed(statement, limit))).all()


def _starts_soon(today: date) -> ColumnElement[bool]:
    return and_(Course.starts_on >= today, Course.starts_on <= today + SOON, Course.cancelled_at.is_(None))


def _staff() -> Subquery:
    """Who runs the courses of each provider: its staff; where it has nobody, the operators."""
    staff = select(ProviderStaff.provider_id, ProviderStaff.user_id).where(~ProviderStaff.held)
    has_staff = exists().where(ProviderStaff.provider_id == Provider.id, ~ProviderStaff.held)
    operators = (
        select(Provider.id, PortalStaff.user_id)
        .select_from(Provider)
        .join(PortalStaff, true())
        .where(PortalStaff.role == Role.OPERATOR, ~PortalStaff.held, ~has_staff)
    )
    return union(staff, operators).subquery("staff")


def _approved_end_soon(today: date, approved_days: int) -> ColumnElement[bool]:
    """Whether a course's approved applications stand for another 3 days at the most: so row 14 has it.

    Only courses that have any are looked at closer.
    """
    first = policy.approved_before(today, approved_days)
    have_any = select(Application.course_id).where(stands_at(Status.APPROVED))
    return and_(
        Course.id.in_(have_any),
        Course.starts_on <= first + SOON,
        last_start().between(first, first + SOON),
        Course.cancelled_at.is_(None),
    )


def _near(today: date, approved_days: int) -> CompoundSelect[int]:
    """Courses of both kinds; asked for together, the database would look at every course."""
    starting = select(Course.id).where(_starts_soon(today))
    return starting.union(select(Course.id).where(_approved_end_soon(today, approved_days)))


async def without_group(
    connection: AsyncConnection, kind: str, today: date, _: datetime, limit: int, *, approved_days: int
) -> Sequence[AnyRow]:
    """Providers' people with applicants without a group: their course starts, or they expire, within 3 days.

    Rows of key, user_id, course_id.
    """
    staff = _staff()
    waits = exists().where(Application.course_id == Course.id, Application.status == Status.APPROVED)
    starts_soon = _starts_soon(today)
    key = case(
        (starts_soon, _key(kind, Course.id, staff.c.user_id, Course.starts_on)),
        else_=_key(kind, Course.id, staff.c.user_id, last_start(), "expiry"),
    )
    statement = (
        select(staff.c.user_id, key.label("key"), Course.id.label("course_id"))
        .select_from(Course)
        .join(staff, staff.c.provider_id == Course.provider_id)
        .where(waits, Course.id.in_(_near(today, approved_days)))
    )
    return (await connection.execute(_owed(statement, limit))).all()


def _depends_on() -> ColumnElement[date]:
    """The start after which row 14 ends an application."""
    return case((Application.status == Status.APPROVED, last_start()), else_=Course.starts_on)


async def expiring(
    connection: AsyncConnection, kind: str, today: date, since: datetime, limit: int, *, approved_days: int
) -> Sequence[AnyRow]:
    """Teachers whose application, as it has been since before a moment, has 3 days left at the most (row 14).

    Rows of key, user_id, application_id, status and last_start, the start that it depends on.
    """
    user_id, status = Application.user_id.expression, Application.status.expression
    key = _key(kind, Application.id, status, _depends_on())
    waiting = and_(Application.status == Status.PENDING, _starts_soon(today))
    approved = and_(Application.status == Status.APPROVED, _approved_end_soon(today, approved_days))
    near = _near(today, approved_days)
    statement = (
        select(
            user_id,
            key.label("key"),
            Application.id.label("application_id"),
            status,
            _depends_on().label("last_start"),
        )
        .join(Course, Course.id == Application.course_id)
        .where(Application.course_id.in_(near), or_(waiting, approved), Application.updated_at < since)
    )
    return (await connection.execute(_owed(statement, limit))).all()


async def waiting_for(
    connection: AsyncConnection, user_id: int, today: date, limit: int
) -> tuple[int, Sequence[AnyRow]]:
    """How many applications wait for somebody's decision, and the oldest: teacher, code, title, created_at."""
    total = await count_waiting_for(connection, user_id, today)
    oldest = (
        select(User.full_name.label("teacher"), Course.code, Course.title, Application.created_at)
        .select_from(Application)
        .join(User, User.id == Application.user_id)
        .join(Course, Course.id == Application.course_id)
        .where(Application.id.in_(waits(user_id, today)))
        .order_by(Application.id)
        .limit(limit)
    )
    return total, (await connection.execute(oldest)).all()


async def start(connection: AsyncConnection, application_id: int) -> AnyRow | None:
    """When and where somebody enrolled begins: user_id, code, title, group_number, starts_on, venue."""
    statement = (
        select(
            Application.user_id,
            Course.code,
            Course.title,
            Group.number.label("group_number"),
            BEGINS.label("starts_on"),
            PLACE.label("venue"),
        )
        .join(Course, Course.id == Application.course_id)
        .join(Group, Group.id == Application.group_id)
        .where(Application.id == application_id, Application.status == Status.ENROLLED)
    )
    return (await connection.execute(statement)).one_or_none()


async def courses_without_group(
    connection: AsyncConnection, user_id: int, course_ids: Collection[int], today: date, approved_days: int
) -> Sequence[AnyRow]:
    """Those of the courses that somebody runs and that have applicants without a group, near a start or an expiry.

    Rows of id, code, title, starts_on, last_start, waiting and by_is_staff.
    """
    has_staff = exists().where(ProviderStaff.provider_id == Course.provider_id, ~ProviderStaff.held)
    by_operator = and_(is_operator(user_id), ~has_staff)
    waiting = count_of(Status.APPROVED)
    statement = (
        select(
            Course.id,
            Course.code,
            Course.title,
            Course.starts_on,
            last_start().label("last_start"),
            waiting.label("waiting"),
            is_staff(user_id).label("by_is_staff"),
        )
        .where(
            Course.id.in_(course_ids),
            or_(_starts_soon(today), _approved_end_soon(today, approved_days)),
            waiting > 0,
            or_(is_staff(user_id), by_operator),
        )
        .order_by(Course.starts_on, Course.code)
    )
    return (await connection.execute(statement)).all()


async def may_expire(connection: AsyncConnection, application_id: int) -> AnyRow | None:
    """An application that is not enrolled yet: status, code, title, starts_on, last_start."""
    statement = (
        select(Application.status, Course.code, Course.title, Course.starts_on, _depends_on().label("last_start"))
        .join(Course, Course.id == Application.course_id)
        .where(Application.id == application_id, among(Application.status, [Status.PENDING, Status.APPROVED]))
    )
    return (await connection.execute(statement)).one_or_none()
