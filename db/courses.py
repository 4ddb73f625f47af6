"""Statements about courses and the searches for them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Integer, bindparam, delete, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db import search
from db.groups import is_operator, is_staff
from db.ready import Ready
from db.tables import Application, Course, Favourite, Group, Provider, Search, SearchState, User
from db.types import BY, AnyRow, AnySelect, UtcDateTime, among
from domain.status import ACTIVE, LIVE, Status


def takes_applications(today: date) -> ColumnElement[bool]:
    """Courses whose last day for applications is not over."""
    return or_(Course.closes_on.is_(None), Course.closes_on >= today)


def _another(but: int, user_id: int, today: date, limit: int) -> AnySelect:
    """Courses that take applications, this one and those that a person has applied for left out."""
    applied = exists().where(
        Application.course_id == Course.id, Application.user_id == user_id, among(Application.status, LIVE)
    )
    return (
        select(Course.id, Course.code, Course.title, Course.starts_on)
        .where(Course.published, takes_applications(today), Course.id != but, ~applied)
        .limit(limit)
    )


async def of_direction(
    connection: AsyncConnection, direction: str | None, but: int, user_id: int, today: date, limit: int
) -> Sequence[AnyRow]:
    """Other open courses of a direction, nearest start first."""
    if direction is None:
        return []
    statement = (
        _another(but, user_id, today, limit)
        .where(Course.direction == direction)
        .order_by(Course.starts_on.is_(None), Course.starts_on, Course.code)
    )
    return (await connection.execute(statement)).all()


async def with_word(
    connection: AsyncConnection, word: str, but: int, user_id: int, today: date, limit: int
) -> Sequence[AnyRow]:
    """Other open courses with a word in the title, nearest start first."""
    hits = search.with_word(connection.dialect.name, word)
    if hits is None:
        return []
    statement = _another(but, user_id, today, limit).join(hits, hits.c.id == Course.id)
    return (
        await connection.execute(statement.order_by(Course.starts_on.is_(None), Course.starts_on, Course.code))
    ).all()


async def by_code(connection: AsyncConnection, code_key: str) -> int | None:
    """The published course with this code."""
    statement = select(Course.id).where(Course.code_key == code_key, Course.published)
    return (await connection.execute(statement)).scalar()


_COURSE: Final = bindparam("course", type_=Integer())


def _card() -> AnySelect:
    """All of COURSE, and what BY is to it."""
    counted = (
        select(
            func.count().filter(among(Application.status, [Status.PENDING, Status.APPROVED])).label("waiting"),
            func.count().filter(Application.status == Status.ENROLLED).label("enrolled"),
        )
        .where(Application.course_id == _COURSE)
        .subquery()
    )
    newest = select(func.max(Application.id)).where(Application.course_id == _COURSE, Application.user_id == BY)
    active = newest.where(among(Application.status, ACTIVE)).scalar_subquery()
    school_id = select(User.school_id).where(User.id == BY).scalar_subquery()
    return (
        select(
            *Course.__table__.c,
            Provider.name.label("provider"),
            counted.c.waiting,
            counted.c.enrolled,
            Application.id.label("application_id"),
            Application.status,
            Application.version,
            Application.created_at.label("applied_at"),
            Group.number.label("group_number"),
            newest.scalar_subquery().label("previous_id"),
            school_id.label("teacher_school_id"),
            is_staff(BY).label("by_is_staff"),
            is_operator(BY).label("by_is_operator"),
            exists().where(Favourite.course_id == Course.id, Favourite.user_id == BY).label("favourite"),
        )
        .select_from(Course)
        .join(Provider, Provider.id == Course.provider_id)
        .join(counted, true())
        .outerjoin(Application, Application.id == active)
        .outerjoin(Group, Group.id == Application.group_id)
        .where(Course.id == _COURSE)
    )


_CARD: Final = Ready(_card())
_made = aliased(Application, name="made")
_MADE: Final = select(func.count()).where(
    _made.user_id == BY, _made.created_at > bindparam("since", type_=UtcDateTime())
)
_CARD_TO_APPLY: Final = Ready(
    _card().add_columns(_MADE.scalar_subquery().label("made")).with_for_update(read=True, of=Course)
)


async def card(connection: AsyncConnection, course_id: int, user_id: int) -> AnyRow | None:
    """All of a course, with how many wait and are enrolled, and this person's newest active application for it."""
    return await _CARD.first(connection, {"course": course_id, "by": user_id})


async def card_to_apply(tx: AsyncConnection, course_id: int, user_id: int, since: datetime) -> AnyRow | None:
    """The same, and how many applications this person has `made` since a moment, whatever became of them.

    The course stays as it is until the transaction ends: an import must not turn it off-budget meanwhile.
    """
    return await _CARD_TO_APPLY.first(tx, {"course": course_id, "by": user_id, "since": since})


_adding = insert(Search)
_KEEP_SEARCH: Final = Ready(
    _adding.on_conflict_do_update(
        index_elements=[Search.user_id, Search.query], set_={"searched_at": _adding.excluded.searched_at}
    ).returning(Search.id)
)


async def keep_search(tx: AsyncConnection, user_id: int, query: str, now: datetime) -> int:
    """Remember a query; the same one again is the same search."""
    [kept] = await _KEEP_SEARCH.all(tx, {"user_id": user_id, "query": query, "searched_at": now})
    return int(kept.id)


async def search_text(connection: AsyncConnection, search_id: int, user_id: int) -> AnyRow | None:
    """What this person searched for, as `query`, and how new the words of the catalogue are."""
    version = select(SearchState.version).scalar_subquery()
    statement = select(Search.query, version.label("version")).where(Search.id == search_id, Search.user_id == user_id)
    return (await connection.execute(statement)).one_or_none()


async def latest_searches(connection: AsyncConnection, user_id: int, limit: int) -> Sequence[AnyRow]:
    """What somebody searched for, the latest first: id, query."""
    statement = (
        select(Search.id, Search.query)
        .where(Search.user_id == user_id)
        .order_by(Search.searched_at.desc(), Search.id.desc())
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def forget_searches(tx: AsyncConnection, user_id: int) -> None:
    """Keep nothing of what somebody searched for."""
    await tx.execute(delete(Search).where(Search.user_id == user_id))
