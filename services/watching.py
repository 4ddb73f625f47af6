"""Telling those who keep an eye on a course that it takes applications again or has free seats again."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import enrolment, favourites, outbox
from db.outbox import Note, Priority
from db.types import AnyRow
from domain.clock import Calendar
from domain.reminding import Watched, frees, takes_again
from domain.status import Status

FAVOURITE: Final = "favourite"
"""News of favourite courses: all that is due for a person comes in one message."""


def favourite_note(key: str, user_id: int, course_id: int, news: Watched) -> Note:
    """What it says is worked out when it is said."""
    return Note(key, user_id, FAVOURITE, {"course_id": course_id, "news": news.value}, Priority.REMINDER)


async def tell_of_opening(tx: AsyncConnection, course_ids: Collection[int], calendar: Calendar) -> None:
    """These courses took no applications, and those of them that do now are told of; once a day and deadline."""
    await _tell(tx, course_ids, Watched.OPENED, calendar)


async def tell_of_free_seats(tx: AsyncConnection, course_ids: Collection[int], calendar: Calendar) -> None:
    """These courses were full and are not any more; however often that happens, it is told once a day."""
    await _tell(tx, course_ids, Watched.SEATS, calendar)


async def _tell(tx: AsyncConnection, course_ids: Collection[int], news: Watched, calendar: Calendar) -> None:
    if not course_ids:
        return
    today = calendar.today()
    rows = await favourites.watchers(tx, course_ids, today)
    await outbox.add(tx, [_note(row, news, f"{row.closes_on}:{today}") for row in rows], calendar.now())


def _note(row: AnyRow, news: Watched, change: str) -> Note:
    key = f"{FAVOURITE}:{news.value}:{row.course_id}:{row.user_id}:{change}"
    return favourite_note(key, row.user_id, row.course_id, news)


async def tell_of_departure(
    tx: AsyncConnection, course_id: int, source: Status, target: Status, calendar: Calendar
) -> None:
    """An application for the course has moved: where its seat is free now and was the last, that is told."""
    if source is not Status.ENROLLED or target in {Status.ENROLLED, Status.COMPLETED, Status.CANCELLED}:
        return
    seats, enrolled = await enrolment.seats_of(tx, course_id)
    if frees(seats, seats, enrolled + 1, enrolled):
        await tell_of_free_seats(tx, [course_id], calendar)


async def tell_of_courses(
    tx: AsyncConnection, changed: Mapping[int, tuple[Mapping[str, Any], Mapping[str, Any]]], calendar: Calendar
) -> None:
    """Courses have changed, given by their ids with what they said and what they say (closes_on and seats)."""
    today = calendar.today()
    opened = [
        course_id for course_id, (was, now) in changed.items() if takes_again(was["closes_on"], now["closes_on"], today)
    ]
    await tell_of_opening(tx, opened, calendar)
    larger = [course_id for course_id, (was, now) in changed.items() if was["seats"] != now["seats"]]
    await tell_of_free_seats(tx, await _freed(tx, larger, changed), calendar)


async def _freed(
    tx: AsyncConnection, course_ids: Iterable[int], changed: Mapping[int, tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> list[int]:
    ids = list(course_ids)
    enrolled = await favourites.enrolled_in(tx, ids) if ids else {}
    freed = []
    for course_id in ids:
        was, now = changed[course_id]
        count = enrolled.get(course_id, 0)
        if frees(was["seats"], now["seats"], count, count):
            freed.append(course_id)
    return freed
