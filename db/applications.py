"""Statements about applications and their history."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.groups import is_staff, last_start
from db.people import in_office
from db.tables import (
    LIVE_ONLY,
    Application,
    ApplicationEvent,
    Course,
    Group,
    PortalStaff,
    School,
    SchoolRole,
    User,
)
from db.types import AnyRow, AnySelect
from domain.catalogue import Funding
from domain.person import Role
from domain.status import LIVE, Move, Status


async def add(
    tx: AsyncConnection,
    *,
    user_id: int,
    course_id: int,
    school_id: int | None,
    status: Status,
    previous_id: int | None,
    now: datetime,
) -> int | None:
    """A new application; None, where a live one for this teacher and course exists."""
    statement = (
        upsert(Application)
        .values(
            user_id=user_id,
            course_id=course_id,
            school_id=school_id,
            status=status,
            version=1,
            previous_id=previous_id,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Application.user_id, Application.course_id], index_where=LIVE_ONLY)
        .returning(Application.id)
    )
    return (await tx.execute(statement)).scalar()


async def count_since(connection: AsyncConnection, user_id: int, since: datetime) -> int:
    """How many applications, whatever became of them, a person has made since a moment."""
    statement = select(func.count()).where(Application.user_id == user_id, Application.created_at > since)
    return (await connection.execute(statement)).scalar_one()


async def advance(
    tx: AsyncConnection, application_id: int, version: int, source: Status, values: dict[str, Any]
) -> bool:
    """The guarded update behind every move: False, where somebody else was first."""
    statement = (
        update(Application)
        .where(Application.id == application_id, Application.status == source, Application.version == version)
        .values(version=Application.version + 1, **values)
    )
    return (await tx.execute(statement)).rowcount == 1


async def nudge(
    tx: AsyncConnection, application_id: int, now: datetime, created_before: datetime, nudged_before: datetime
) -> bool:
    """Its teacher reminds the approvers: False, where it waits no more, or where one moment or the other is later."""
    statement = (
        update(Application)
        .where(
            Application.id == application_id,
            Application.status == Status.PENDING,
            Application.created_at <= created_before,
            or_(Application.nudged_at.is_(None), Application.nudged_at <= nudged_before),
        )
        .values(nudged_at=now)
    )
    return (await tx.execute(statement)).rowcount == 1


async def record(
    tx: AsyncConnection,
    application_id: int,
    move: Move,
    *,
    source: Status | None,
    target: Status,
    by: int | None,
    note: str | None,
    now: datetime,
) -> None:
    """A line of history."""
    await tx.execute(
        insert(ApplicationEvent).values(
            application_id=application_id,
            at=now,
            user_id=by,
            move=move,
            from_status=source,
            to_status=target,
            note=note,
        )
    )


_teacher = aliased(User, name="teacher")
_decider = aliased(User, name="decider")
_previous = aliased(Application, name="previous")


def is_approver(user_id: int, today: date) -> ColumnElement[bool]:
    """Whether somebody is an approver of the application's school today."""
    return exists().where(
        SchoolRole.school_id == Application.school_id, SchoolRole.user_id == user_id, in_office(today)
    )


def has_other_approver(today: date) -> ColumnElement[bool]:
    """Whether the application's school has an approver who is not its teacher."""
    return exists().where(
        SchoolRole.school_id == Application.school_id,
        SchoolRole.user_id != Application.user_id,
        in_office(today),
    )


def is_support(user_id: int) -> ColumnElement[bool]:
    """Whether somebody is support."""
    return exists().where(PortalStaff.user_id == user_id, PortalStaff.role == Role.SUPPORT, ~PortalStaff.held)


def may_decide(user_id: int, today: date) -> ColumnElement[bool]:
    """Row 3 of the table, as SQL for lists; one application is judged by domain.policy.require_approver."""
    stands_in = and_(is_support(user_id), ~has_other_approver(today))
    return and_(or_(is_approver(user_id, today), stands_in), Application.user_id != user_id)


def known_to_provider() -> ColumnElement[bool]:
    """Approvers know an application while it waits, providers from its approval on."""
    return exists().where(
        ApplicationEvent.application_id == Application.id, ApplicationEvent.to_status == Status.APPROVED
    )


def _facts(by: int, today: date) -> AnySelect:
    return (
        select(
            Application.id,
            Application.user_id.label("teacher_id"),
            Application.course_id,
            Application.school_id,
            Application.status,
            Application.version,
            Application.reason,
            Application.decided_by,
            Application.decided_at,
            Application.created_at,
            Application.nudged_at,
            Course.code,
            Course.title,
            Course.funding,
            Course.hours,
            Course.starts_on,
            Course.ends_on,
            Course.provider_id,
            _teacher.full_name.label("teacher"),
            _teacher.position,
            _teacher.school_id.label("teacher_school_id"),
            _teacher.email_proved_at.label("teacher_email_proved_at"),
            _teacher.letters_off.label("teacher_letters_off"),
            School.name.label("school"),
            _decider.full_name.label("decided_by_name"),
            _previous.reason.label("earlier_reason"),
            Application.group_id,
            Group.number.label("group_number"),
            and_(is_staff(by), known_to_provider()).label("by_is_staff"),
            is_approver(by, today).label("by_is_approver"),
            is_support(by).label("by_is_support"),
            has_other_approver(today).label("has_other_approver"),
        )
        .select_from(Application)
        .join(Course, Course.id == Application.course_id)
        .join(_teacher, _teacher.id == Application.user_id)
        .outerjoin(School, School.id == Application.school_id)
        .outerjoin(_decider, _decider.id == Application.decided_by)
        .outerjoin(_previous, _previous.id == Application.previous_id)
        .outerjoin(Group, Group.id == Application.group_id)
    )


async def facts(connection: AsyncConnection, application_id: int, by: int, today: date) -> AnyRow | None:
    """One application with what the rules ask and the screens show, and what `by` is to it today."""
    statement = _facts(by, today).where(Application.id == application_id)
    return (await connection.execute(statement)).one_or_none()


async def waiting_for(
    connection: AsyncConnection, by: int, today: date, *, after: int = 0, up_to: int | None = None, limit: int
) -> Sequence[AnyRow]:
    """Applications that wait for this person's decision, in order of arrival."""
    statement = (
        _facts(by, today)
        .where(Application.status == Status.PENDING, Application.id > after, may_decide(by, today))
        .order_by(Application.id)
        .limit(limit)
    )
    if up_to is not None:
        statement = statement.where(Application.id <= up_to)
    return (await connection.execute(statement)).all()


async def count_waiting_for(connection: AsyncConnection, by: int, today: date) -> int:
    """How many applications wait for this person's decision."""
    statement = select(func.count(Application.id)).where(Application.status == Status.PENDING, may_decide(by, today))
    return (await connection.execute(statement)).scalar_one()


async def moved_since(
    connection: AsyncConnection,
    by: int,
    today: date,
    *,
    up_to: int,
    since: datetime,
    also: Collection[int],
) -> Sequence[Row[str, str, Status]]:
    """Applications of this person's that left the queue since a moment by another hand: teacher, code, status."""
    by_another = and_(
        Application.id <= up_to,
        Application.status != Status.PENDING,
        Application.updated_at >= since,
        or_(Application.decided_by.is_(None), Application.decided_by != by),
    )
    statement = (
        select(_teacher.full_name.label("teacher"), Course.code, Application.status)
        .join(Application, Application.user_id == _teacher.id)
        .join(Course, Course.id == Application.course_id)
        .where(may_decide(by, today), or_(by_another, Application.id.in_(also)))
        .order_by(Application.id)
    )
    return (await connection.execute(statement)).all()


async def waiting_at(
    connection: AsyncConnection, *, school_id: int | None = None, unattended_on: date | None = None
) -> Sequence[Row[int, int, int, int | None]]:
    """Applications that wait at a school; or, `unattended_on` a day, where no approver but the teacher is.

    Rows of id, version, user_id, school_id.
    """
    statement = (
        select(Application.id, Application.version, Application.user_id, Application.school_id)
        .where(Application.status == Status.PENDING)
        .order_by(Application.id)
    )
    if school_id is not None:
        statement = statement.where(Application.school_id == school_id)
    if unattended_on is not None:
        statement = statement.where(~has_other_approver(unattended_on))
    return (await connection.execute(statement)).all()


async def live_of(
    connection: AsyncConnection, user_id: int, *, school_id: int | None = None, funding: Funding | None = None
) -> Sequence[Row[int, int, Status, int | None, Funding]]:
    """A teacher's live applications: id, version, status, school, funding."""
    statement = (
        select(Application.id, Application.version, Application.status, Application.school_id, Course.funding)
        .join(Course, Course.id == Application.course_id)
        .where(Application.user_id == user_id, Application.status.in_(LIVE))
        .order_by(Application.id)
    )
    if school_id is not None:
        statement = statement.where(Application.school_id == school_id)
    if funding is not None:
        statement = statement.where(Course.funding == funding)
    return (await connection.execute(statement)).all()


async def other_dates(connection: AsyncConnection, user_id: int, but: int) -> Sequence[Row[str, str, date, date]]:
    """Code, title and dates of a teacher's other live applications; a group's dates before its course's."""
    statement = (
        select(
            Course.code,
            Course.title,
            func.coalesce(Group.starts_on, Course.starts_on),
            func.coalesce(Group.ends_on, Course.ends_on),
        )
        .join(Application, Application.course_id == Course.id)
        .outerjoin(Group, Group.id == Application.group_id)
        .where(Application.user_id == user_id, Application.status.in_(LIVE), Application.id != but)
        .order_by(Course.starts_on, Course.code)
    )
    return (await connection.execute(statement)).all()


async def of_teacher(
    connection: AsyncConnection, user_id: int, statuses: Collection[Status], limit: int, offset: int
) -> Sequence[AnyRow]:
    """A teacher's applications in these states, the newest first."""
    statement = (
        select(
            Application.id,
            Application.status,
            Application.reason,
            Course.code,
            Course.title,
            Course.starts_on,
            Group.number.label("group_number"),
            func.count().over().label("total"),
        )
        .join(Course, Course.id == Application.course_id)
        .outerjoin(Group, Group.id == Application.group_id)
        .where(Application.user_id == user_id, Application.status.in_(statuses))
        .order_by(Application.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def decided_for(connection: AsyncConnection, by: int, today: date, limit: int, offset: int) -> Sequence[AnyRow]:
    """Approved budget applications not enrolled yet, whose approval this person may take back."""
    statement = (
        select(
            Application.id,
            Course.code,
            Course.title,
            _teacher.full_name.label("teacher"),
            func.count().over().label("total"),
        )
        .join(Course, Course.id == Application.course_id)
        .join(_teacher, _teacher.id == Application.user_id)
        .where(Application.status == Status.APPROVED, Course.funding == Funding.BUDGET, may_decide(by, today))
        .order_by(Application.decided_at.desc(), Application.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def overdue(
    connection: AsyncConnection, today: date, approved_before: date, limit: int
) -> Sequence[Row[int, int, Status]]:
    """Row 14: PENDING past its course's start; APPROVED whose course and last group began before a day."""
    statement = (
        select(Application.id, Application.version, Application.status)
        .join(Course, Course.id == Application.course_id)
        .where(
            or_(
                and_(Application.status == Status.PENDING, Course.starts_on < today),
                and_(
                    Application.status == Status.APPROVED,
                    Course.starts_on < approved_before,
                    last_start() < approved_before,
                ),
            )
        )
        .order_by(Application.id)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def newer_live(connection: AsyncConnection, application_id: int, user_id: int, course_id: int) -> bool:
    """Whether the teacher has applied for the course again since."""
    statement = select(
        exists().where(
            Application.user_id == user_id,
            Application.course_id == course_id,
            Application.id > application_id,
            Application.status.in_(LIVE),
        )
    )
    return bool((await connection.execute(statement)).scalar())


async def set_school(tx: AsyncConnection, application_id: int, version: int, school_id: int | None) -> bool:
    """A waiting application goes to another school, or to none; its buttons grow old."""
    return await advance(tx, application_id, version, Status.PENDING, {"school_id": school_id})


async def history(
    connection: AsyncConnection, application_id: int
) -> Sequence[Row[datetime, Move, Status, str | None, str | None]]:
    """The lines of an application's history: when, what, into which state, by whom, note."""
    statement = (
        select(
            ApplicationEvent.at,
            ApplicationEvent.move,
            ApplicationEvent.to_status,
            User.full_name,
            ApplicationEvent.note,
        )
        .outerjoin(User, User.id == ApplicationEvent.user_id)
        .where(ApplicationEvent.application_id == application_id)
        .order_by(ApplicationEvent.id)
    )
    return (await connection.execute(statement)).all()
