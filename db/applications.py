"""Statements about applications and their history."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)
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
    stands_at,
)
from db.types import BY, TODAY, AnyRow, AnySelect, Day, Id, among
from domain.catalogue import Funding
from domain.person import Role
from domain.status import LIVE, Move, Status

_PENDING: Final = stands_at(Status.PENDING)
_APPROVED: Final = stands_at(Status.APPROVED)

_ADD: Final = (
    upsert(Application)
    .on_conflict_do_nothing(index_elements=[Application.user_id, Application.course_id], index_where=LIVE_ONLY)
    .returning(Application.id)
)


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
    row = {
        "user_id": user_id,
        "course_id": course_id,
        "school_id": school_id,
        "status": status,
        "version": 1,
        "previous_id": previous_id,
        "created_at": now,
        "updated_at": now,
    }
    return (await tx.execute(_ADD, row)).scalar()


@cache
def _advance(columns: frozenset[str]) -> Update:
    given = {name: bindparam(f"new_{name}", type_=Application.__table__.c[name].type) for name in columns}
    return (
        update(Application)
        .where(
            Application.id == bindparam("application", type_=Integer()),
            Application.status == bindparam("source", type_=Application.status.type),
            Application.version == bindparam("seen", type_=Integer()),
        )
        .values(version=Application.version + 1, **given)
    )


async def advance(
    tx: AsyncConnection, application_id: int, version: int, source: Status, values: dict[str, Any]
) -> bool:
    """The guarded update behind every move: False, where somebody else was first."""
    given = {"application": application_id, "source": source, "seen": version}
    given |= {f"new_{name}": value for name, value in values.items()}
    return (await tx.execute(_advance(frozenset(values)), given)).rowcount == 1


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


_RECORD: Final = insert(ApplicationEvent)


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
    line = {
        "application_id": application_id,
        "at": now,
        "user_id": by,
        "move": move,
        "from_status": source,
        "to_status": target,
        "note": note,
    }
    await tx.execute(_RECORD, line)


_teacher = aliased(User, name="teacher")
_decider = aliased(User, name="decider")
_previous = aliased(Application, name="previous")
_support = aliased(PortalStaff, name="support")


def is_approver(user_id: Id, today: Day) -> ColumnElement[bool]:
    """Whether somebody is an approver of the application's school today."""
    return exists().where(
        SchoolRole.school_id == Application.school_id, SchoolRole.user_id == user_id, in_office(today)
    )


def has_other_approver(today: Day) -> ColumnElement[bool]:
    """Whether the application's school has an approver who is not its teacher."""
    return exists().where(
        SchoolRole.school_id == Application.school_id,
        SchoolRole.user_id != Application.user_id,
        in_office(today),
    )


def is_support(user_id: Id) -> ColumnElement[bool]:
    """Whether somebody is support."""
    return exists().where(PortalStaff.user_id == user_id, PortalStaff.role == Role.SUPPORT, ~PortalStaff.held)


def decidable(by: Id, today: Day, *also: ColumnElement[bool]) -> CompoundSelect[int]:
    """Ids of applications that somebody may decide on: row 3 of the table, as SQL for lists. Each comes once.

    `also` narrows them down. Those of one's schools are found by the schools; support alone looks through the rest.
    One application is judged by domain.policy.require_approver.
    """
    # No join: SQLite would begin with everything that waits anywhere. Whether it is support is asked twice: SQLite is
    # done where a join has no row to begin with, PostgreSQL where a condition on no row does not hold.
    schools = select(SchoolRole.school_id).where(SchoolRole.user_id == by, in_office(today))
    at_schools = select(Application.id).where(Application.school_id.in_(schools), Application.user_id != by, *also)
    in_their_stead = (
        select(Application.id)
        .join(_support, and_(_support.user_id == by, _support.role == Role.SUPPORT, ~_support.held))
        .where(is_support(by), ~has_other_approver(today), Application.user_id != by, *also)
    )
    return union_all(at_schools, in_their_stead)


def waits(by: Id, today: Day) -> CompoundSelect[int]:
    """Ids of applications that wait for somebody's decision."""
    return decidable(by, today, _PENDING)


_WAITING: Final = select(func.count()).select_from(waits(BY, TODAY).subquery())


def known_to_provider() -> ColumnElement[bool]:
    """Approvers know an application while it waits, providers from its approval on."""
    return exists().where(
        ApplicationEvent.application_id == Application.id, ApplicationEvent.to_status == Status.APPROVED
    )


def _facts(*also: ColumnElement[Any]) -> AnySelect:
    """What the rules ask and the screens show of applications, and what BY is to them on the day TODAY."""
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
            and_(is_staff(BY), known_to_provider()).label("by_is_staff"),
            is_approver(BY, TODAY).label("by_is_approver"),
            is_support(BY).label("by_is_support"),
            has_other_approver(TODAY).label("has_other_approver"),
            *also,
        )
        .select_from(Application)
        .join(Course, Course.id == Application.course_id)
        .join(_teacher, _teacher.id == Application.user_id)
        .outerjoin(School, School.id == Application.school_id)
        .outerjoin(_decider, _decider.id == Application.decided_by)
        .outerjoin(_previous, _previous.id == Application.previous_id)
        .outerjoin(Group, Group.id == Application.group_id)
    )


_ONE: Final = Application.id == bindparam("application", type_=Integer())
_ONES_FACTS: Final = _facts().where(_ONE)
_TO_DECIDE: Final = _facts(_WAITING.scalar_subquery().label("waiting"))


async def facts(connection: AsyncConnection, application_id: int, by: int, today: date) -> AnyRow | None:
    """One application with what the rules ask and the screens show, and what `by` is to it today."""
    given = {"application": application_id, "by": by, "today": today}
    return (await connection.execute(_ONES_FACTS, given)).one_or_none()


_ONE_TO_DECIDE: Final = _TO_DECIDE.where(_ONE)


async def facts_to_decide(connection: AsyncConnection, application_id: int, by: int, today: date) -> AnyRow | None:
    """The same, and how many applications are `waiting` for this person's decision, this one included."""
    given = {"application": application_id, "by": by, "today": today}
    return (await connection.execute(_ONE_TO_DECIDE, given)).one_or_none()


async def waiting_for(
    connection: AsyncConnection, by: int, today: date, *, after: int = 0, up_to: int | None = None, limit: int
) -> Sequence[AnyRow]:
    """Applications that wait for this person's decision, in order of arrival, as facts_to_decide has them."""
    statement = (
        _TO_DECIDE.where(Application.id.in_(waits(BY, TODAY)), Application.id > after)
        .order_by(Application.id)
        .limit(limit)
    )
    if up_to is not None:
        statement = statement.where(Application.id <= up_to)
    return (await connection.execute(statement, {"by": by, "today": today})).all()


async def count_waiting_for(connection: AsyncConnection, by: int, today: date) -> int:
    """How many applications wait for this person's decision."""
    return (await connection.execute(_WAITING, {"by": by, "today": today})).scalar_one()


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
    moved = select(ApplicationEvent.application_id).where(ApplicationEvent.at >= since)
    by_another = select(Application.id).where(
        Application.id.in_(moved),
        Application.id <= up_to,
        Application.status != Status.PENDING,
        Application.updated_at >= since,
        or_(Application.decided_by.is_(None), Application.decided_by != by),
    )
    lost = select(Application.id).where(Application.id.in_(also))
    these = Application.id.in_(by_another.union(lost))
    statement = (
        select(_teacher.full_name.label("teacher"), Course.code, Application.status)
        .join(Application, Application.user_id == _teacher.id)
        .join(Course, Course.id == Application.course_id)
        .where(Application.id.in_(decidable(by, today, these)))
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
        .where(_PENDING)
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
        .where(Application.user_id == user_id, among(Application.status, LIVE))
        .order_by(Application.id)
    )
    if school_id is not None:
        statement = statement.where(Application.school_id == school_id)
    if funding is not None:
        statement = statement.where(Course.funding == funding)
    return (await connection.execute(statement)).all()


_OTHER_DATES: Final = (
    select(
        Course.code,
        Course.title,
        func.coalesce(Group.starts_on, Course.starts_on),
        func.coalesce(Group.ends_on, Course.ends_on),
    )
    .join(Application, Application.course_id == Course.id)
    .outerjoin(Group, Group.id == Application.group_id)
    .where(
        Application.user_id == BY,
        among(Application.status, LIVE),
        Application.id != bindparam("application", type_=Integer()),
    )
    .order_by(Course.starts_on, Course.code)
)


async def other_dates(connection: AsyncConnection, user_id: int, but: int) -> Sequence[Row[str, str, date, date]]:
    """Code, title and dates of a teacher's other live applications; a group's dates before its course's."""
    return (await connection.execute(_OTHER_DATES, {"by": user_id, "application": but})).all()


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
        .where(Application.id.in_(decidable(by, today, _APPROVED)), Course.funding == Funding.BUDGET)
        .order_by(Application.decided_at.desc(), Application.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all()


async def overdue(
    connection: AsyncConnection, today: date, approved_before: date, limit: int
) -> Sequence[Row[int, int, Status]]:
    """Row 14: PENDING past its course's start; APPROVED whose course and last group began before a day."""
    whose = select(Application.id, Application.version, Application.status).join(
        Course, Course.id == Application.course_id
    )
    waiting = whose.where(_PENDING, Course.starts_on < today)
    approved = whose.where(_APPROVED, Course.starts_on < approved_before, last_start() < approved_before)
    both = waiting.union_all(approved).subquery()
    return (await connection.execute(select(both).order_by(both.c.id).limit(limit))).all()


async def newer_live(connection: AsyncConnection, application_id: int, user_id: int, course_id: int) -> bool:
    """Whether the teacher has applied for the course again since."""
    statement = select(
        exists().where(
            Application.user_id == user_id,
            Application.course_id == course_id,
            Application.id > application_id,
            among(Application.status, LIVE),
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
