"""New courses for somebody, once a week in the morning, for those who asked for it.

As with reminders, a note says who and since when; what is new is worked out when it is said.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import filtering, news, outbox
from db.engine import Database
from db.outbox import Note, Priority
from domain import reminding
from domain.choices import key_of
from domain.clock import Calendar
from domain.person import Person
from services.audiences import fitting
from services.views import CourseLine, Direction, NewCourses, NewsChoice, page_of

NEW_COURSES: Final = "new_courses"
AT_ONCE: Final = 200
LISTED: Final = 10
DIRECTIONS_SHOWN: Final = 8


class News:
    """Use cases of the clock, of the sender when it draws what the clock has written, and of whoever chooses."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def write(self) -> int:
        """Write this week's notes, a bounded number in a transaction: how many.

        It may run late, twice or on several machines: the key makes one note of each person and week, and whoever was
        written to has nothing more coming before the next Monday. At night nothing is due.
        """
        if not reminding.is_time(self._calendar, self._calendar.now()):
            return 0
        written = 0
        while True:
            now = self._calendar.now()
            async with self._database.read() as connection:
                readers = await news.readers(connection, self._monday(), AT_ONCE)
            if readers:
                notes = [self._note(reader.id, reader.news_since, now) for reader in readers]
                async with self._database.write() as tx:
                    await outbox.add(tx, notes, now)
                    await news.heard(tx, [reader.id for reader in readers], now)
            written += len(readers)
            if len(readers) < AT_ONCE:
                return written

    def _monday(self) -> datetime:
        today = self._calendar.today()
        monday = today - timedelta(days=today.weekday())
        return datetime.combine(monday, time(0), self._calendar.zone).astimezone(UTC)

    def _note(self, user_id: int, since: datetime, now: datetime) -> Note:
        year, week, _ = self._calendar.today().isocalendar()
        told = {"since": since.isoformat(), "until": now.isoformat()}
        return Note(f"{NEW_COURSES}:{user_id}:{year}-{week}", user_id, NEW_COURSES, told, Priority.REMINDER)

    async def digest(self, user_id: int, told: Mapping[str, Any]) -> NewCourses | None:
        """What is new for somebody and takes applications now; None, where nothing is, or where it is not wanted any
        more."""
        since, until = (datetime.fromisoformat(told[name]) for name in ("since", "until"))
        today = self._calendar.today()
        async with self._database.read() as connection:
            wish = await news.wish(connection, user_id)
            if wish is None or wish.news_since is None:
                return None
            audiences: list[str] = []
            if wish.news_direction is None:
                named = await news.audiences(connection, user_id, since, until, today)
                audiences = fitting(wish.position, named)
            rows = await news.courses(
                connection, user_id, since, until, today, direction=wish.news_direction, audiences=audiences
            )
        if not rows:
            return None
        lines = tuple(CourseLine(row.id, row.code, row.title, row.starts_on, is_open=True) for row in rows[:LISTED])
        return NewCourses(lines, len(rows))

    async def choice(self, page: int, by: Person) -> NewsChoice:
        """What somebody hears of now, and what they may choose: a page of directions; one past the end is the first."""
        async with self._database.read() as connection:
            known = await directions(connection)
        return NewsChoice(by, page_of(known, page, DIRECTIONS_SHOWN))


async def directions(connection: AsyncConnection) -> list[Direction]:
    """What can be chosen to hear of, by letters."""
    return [Direction(key_of(text), text) for text in await filtering.values(connection, "direction")]
