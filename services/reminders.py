"""What the clock reminds people of, and what there is to say when a reminder is said.

A reminder is written as who and of what; its words are worked out when it is sent. So what was decided, moved or is
past by then is not said at all, whether it waited for a morning or for a bot that was off for a month.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any, Final, TypeAlias

from db import favourites, outbox, reminders
from db.engine import Database
from db.outbox import Note, Priority
from db.types import AnyRow
from domain import policy, reminding
from domain.clock import Calendar
from domain.groups import free
from domain.reminding import Watched
from domain.status import Status
from services.settings import Settings
from services.views import CourseNews, CourseToGroup, ExpiringView, StartView, WaitingDigest, WaitingSince
from services.watching import FAVOURITE, favourite_note

WAITING: Final = "waiting"
"""The morning's digest of what waits for an approver."""
STARTS: Final = "starts"
"""A course starts in some days."""
WITHOUT_GROUP: Final = "without_group"
"""Applicants have no group shortly before a start, or before they expire: all that is due for a person comes in one
message."""
EXPIRING: Final = "expiring"
"""An application waits still, or has no group yet, and expires soon."""

AT_ONCE: Final = 200
OLDEST: Final = 5

Payloads: TypeAlias = Sequence[Mapping[str, Any]]
Find: TypeAlias = Callable[..., Awaitable[Sequence[AnyRow]]]


@dataclass(frozen=True, slots=True)
class _Occasion:
    """Whom to remind (a statement of db.reminders, and the kind its keys begin with), and the note that does it."""

    kind: str
    find: Find
    note: Callable[[AnyRow, date], Note]


def _reminder(kind: str, payload: Callable[[AnyRow, date], dict[str, Any]]) -> Callable[[AnyRow, date], Note]:
    return lambda row, today: Note(row.key, row.user_id, kind, payload(row, today), Priority.REMINDER)


_of_the_day: Final = _reminder(WAITING, lambda _, today: {"day": today.isoformat()})

OCCASIONS: Final = (
    _Occasion(WAITING, reminders.approvers, _of_the_day),
    _Occasion(WAITING, reminders.stand_ins, _of_the_day),
    _Occasion(
        f"{FAVOURITE}:{Watched.CLOSING.value}",
        reminders.closing,
        lambda row, _: favourite_note(row.key, row.user_id, row.course_id, Watched.CLOSING),
    ),
    _Occasion(
        STARTS,
        reminders.starting,
        _reminder(
            STARTS,
            lambda row, _: {
                "application_id": row.application_id,
                "starts_on": row.starts_on.isoformat(),
                "stage": row.stage,
            },
        ),
    ),
)


def _before_expiry(approved_days: int) -> tuple[_Occasion, ...]:
    """What is said before row 14 comes, to those who can still do something about it."""
    return (
        _Occasion(
            WITHOUT_GROUP,
            partial(reminders.without_group, approved_days=approved_days),
            _reminder(WITHOUT_GROUP, lambda row, _: {"course_id": row.course_id}),
        ),
        _Occasion(
            EXPIRING,
            partial(reminders.expiring, approved_days=approved_days),
            _reminder(
                EXPIRING,
                lambda row, _: {
                    "application_id": row.application_id,
                    "status": row.status.value,
                    "last_start": row.last_start.isoformat(),
                },
            ),
        ),
    )


class Reminders:
    """Use cases of the clock, and of the sender when it draws what the clock has written."""

    def __init__(self, database: Database, calendar: Calendar, settings: Settings) -> None:
        self._database = database
        self._calendar = calendar
        self._settings = settings

    async def remind(self) -> int:
        """Write what is due today, a bounded number in a transaction: how many notes were due.

        It may run late, twice or on several machines: the key of a note makes it one. At night nothing is due.
        """
        if not reminding.is_time(self._calendar, self._calendar.now()):
            return 0
        occasions = (*OCCASIONS, *_before_expiry(await self._approved_days()))
        return sum([await self._remind(occasion) for occasion in occasions])

    async def _approved_days(self) -> int:
        return (await self._settings.current()).approved_days

    async def _remind(self, occasion: _Occasion) -> int:
        """What began today has been told today; a reminder of it can wait until tomorrow."""
        today = self._calendar.today()
        since = datetime.combine(today, time(0), self._calendar.zone).astimezone(UTC)
        written = 0
        while True:
            async with self._database.read() as connection:
                rows = await occasion.find(connection, occasion.kind, today, since, AT_ONCE)
            if rows:
                async with self._database.write() as tx:
                    await outbox.add(tx, [occasion.note(row, today) for row in rows], self._calendar.now())
            written += len(rows)
            if len(rows) < AT_ONCE:
                return written

    async def waiting(self, user_id: int, day: str) -> WaitingDigest | None:
        """What waits for an approver now; None, where nothing does, or where the day it was to be said on is over."""
        today = self._calendar.today()
        if day != today.isoformat():
            return None
        async with self._database.read() as connection:
            total, rows = await reminders.waiting_for(connection, user_id, today, OLDEST)
        if not total:
            return None
        oldest = tuple(
            WaitingSince(row.teacher, row.code, row.title, reminding.waits_days(row.created_at, self._calendar))
            for row in rows
        )
        return WaitingDigest(total, oldest)

    async def favourites(self, user_id: int, told: Payloads) -> tuple[CourseNews, ...]:
        """What is true still of favourite courses, in the order in which it happened; each course once."""
        news = {payload["course_id"]: Watched(payload["news"]) for payload in told}
        today = self._calendar.today()
        async with self._database.read() as connection:
            rows = await favourites.told_of(connection, user_id, list(news), today)
        known = {row.id: row for row in rows}
        lines = [_course_news(known[course_id], said, today) for course_id, said in news.items() if course_id in known]
        return tuple(line for line in lines if line is not None)

    async def start(self, told: Mapping[str, Any]) -> StartView | None:
        """When and where a course starts; None, where it has started, was moved, or its second reminder is due."""
        async with self._database.read() as connection:
            row = await reminders.start(connection, told["application_id"])
        today = self._calendar.today()
        if row is None or row.starts_on is None or row.starts_on.isoformat() != told["starts_on"]:
            return None
        if row.starts_on < today or (told["stage"] == reminding.Stage.SOON and (row.starts_on - today).days <= 1):
            return None
        days = (row.starts_on - today).days
        return StartView(told["application_id"], row.code, row.title, row.group_number, row.starts_on, days, row.venue)

    async def without_group(self, user_id: int, told: Payloads) -> tuple[CourseToGroup, ...]:
        """Courses of somebody's that start, or whose applicants expire, soon: with how many still wait for a group."""
        today, days = self._calendar.today(), await self._approved_days()
        course_ids = [payload["course_id"] for payload in told]
        async with self._database.read() as connection:
            rows = await reminders.courses_without_group(connection, user_id, course_ids, today, days)
        return tuple(_to_group(row, today, days) for row in rows)

    async def expiring(self, told: Mapping[str, Any]) -> ExpiringView | None:
        """An application shortly before it expires; None, where it has moved on, its course has, or it is over."""
        days = await self._approved_days()
        async with self._database.read() as connection:
            row = await reminders.may_expire(connection, told["application_id"])
        if row is None or row.last_start is None:
            return None
        last = policy.last_day(row.status, row.last_start, days)
        as_told = (row.status.value, row.last_start.isoformat()) == (told["status"], told["last_start"])
        if not as_told or not 0 <= (last - self._calendar.today()).days <= reminding.SOON.days:
            return None
        return ExpiringView(told["application_id"], row.status, row.code, row.title, row.starts_on, last)


def _to_group(row: AnyRow, today: date, approved_days: int) -> CourseToGroup:
    started = row.starts_on < today
    ends = policy.last_day(Status.APPROVED, row.last_start, approved_days) if started else None
    return CourseToGroup(row.id, row.code, row.title, row.starts_on, row.waiting, bool(row.by_is_staff), ends)


def _course_news(row: AnyRow, news: Watched, today: date) -> CourseNews | None:
    free_seats = free(row.seats, row.enrolled)
    is_last = row.closes_on is not None and row.closes_on <= today + reminding.SOON
    if (news is Watched.SEATS and free_seats == 0) or (news is Watched.CLOSING and not is_last):
        return None
    return CourseNews(row.id, row.code, row.title, news, row.closes_on, free_seats, row.waiting)
