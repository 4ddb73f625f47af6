"""The catalogue as people see it: what is open, what answers a query, a course's card."""

import re
from datetime import date
from typing import Any, Final

from db import courses, favourites
from db.engine import Database
from domain import policy
from domain.clock import Calendar
from domain.codes import normalise_code
from domain.errors import CannotApply, NotAllowed, SearchGone
from domain.person import Person, within
from domain.policy import CourseFacts
from domain.status import LIVE, Status
from services.views import CourseCard, CourseLine, Found, MyApplication, Page

PAGE_SIZE: Final = 7
QUERY_LIMIT: Final = 200
SIMILAR: Final = 3
WORDS_TRIED: Final = 4
SHORTEST_WORD: Final = 5
OPEN_NOW: Final = 0
"""The search id of the list without a query."""
FAVOURITES: Final = 2**31 - 1
"""The search id of one's own favourites: the largest that a button can carry, and no search ever has."""


class Catalogue:
    """Use cases of whoever looks for a course."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def search(self, text: str, by: Person) -> Found | CourseCard:
        """The first page of what answers a text, or the card of the course with exactly this code.

        Raises: TooLong, TooShort.
        """
        query = within(" ".join(text.split()), QUERY_LIMIT)
        code_key = normalise_code(query)
        async with self._database.write() as tx:
            course_id = await courses.by_code(tx, code_key) if code_key else None
            if course_id is not None:
                row = await courses.card(tx, course_id, by.id)
                return card_view(row, self._calendar.today())
            search_id = await courses.keep_search(tx, by.id, query, self._calendar.now())
            rows = await courses.found(tx, query, code_key, self._calendar.today(), PAGE_SIZE, 0)
        return Found(search_id, query, self._page(rows, 0))

    async def page(self, search_id: int, number: int, by: Person) -> Found:
        """A page of an earlier search, of the courses that take applications now, or of one's own favourites.

        A page past the end is the first one. Raises: SearchGone.
        """
        async with self._database.read() as connection:
            query = None
            if search_id not in {OPEN_NOW, FAVOURITES}:
                query = await courses.search_text(connection, search_id, by.id)
                if query is None:
                    raise SearchGone
            today, offset = self._calendar.today(), number * PAGE_SIZE
            if search_id == FAVOURITES:
                rows = await favourites.of(connection, by.id, today, PAGE_SIZE, offset)
            elif query is None:
                rows = await courses.open_now(connection, today, PAGE_SIZE, offset)
            else:
                key = normalise_code(query)
                rows = await courses.found(connection, query, key, today, PAGE_SIZE, offset)
        if not rows and number > 0:
            return await self.page(search_id, 0, by)
        return Found(search_id, query, self._page(rows, number))

    async def card(self, course_id: int, by: Person) -> CourseCard:
        """A course's card.

        Raises: NotAllowed, where there is no such course for this person.
        """
        async with self._database.read() as connection:
            row = await courses.card(connection, course_id, by.id)
        return card_view(row, self._calendar.today())

    async def card_to_apply(self, course_id: int, by: Person) -> CourseCard:
        """A card, before the question whether to apply.

        Raises: NotAllowed, CannotApply (carries the card, which says why not).
        """
        view = await self.card(course_id, by)
        if view.obstacle is not None:
            raise CannotApply(view)
        return view

    async def instead_of(self, course_id: int, user_id: int) -> list[CourseLine]:
        """Up to three open courses for somebody whose course is cancelled: of the same direction, else with a word
        of its title; none that the person has a live application for."""
        today = self._calendar.today()
        async with self._database.read() as connection:
            row = await courses.card(connection, course_id, user_id)
            if row is None:
                return []
            rows = list(await courses.of_direction(connection, row.direction, course_id, user_id, today, SIMILAR))
            for word in _telling_words(row.title):
                if rows:
                    break
                rows += await courses.with_word(connection, word, course_id, user_id, today, SIMILAR)
        return [CourseLine(found.id, found.code, found.title, found.starts_on, is_open=True) for found in rows]

    def _page(self, rows: Any, number: int) -> Page[CourseLine]:
        lines = tuple(CourseLine(row.id, row.code, row.title, row.starts_on, row.is_open) for row in rows)
        return Page(lines, number, PAGE_SIZE, rows[0].total if rows else 0)


def _telling_words(title: str) -> list[str]:
    """The longest words of a title: those that say the most."""
    words = {word for word in re.findall(r"[^\W\d_]+", title) if len(word) >= SHORTEST_WORD}
    return sorted(words, key=lambda word: (-len(word), word))[:WORDS_TRIED]


def card_view(row: Any | None, today: date) -> CourseCard:
    """The card from db.courses.card's row.

    Raises: NotAllowed: an unpublished course is shown to those alone who have an application for it, keep
    an eye on it or run it.
    """
    if row is None or not (
        row.published or row.application_id or row.favourite or row.by_is_staff or row.by_is_operator
    ):
        raise NotAllowed
    live = row.status if row.status in LIVE else None
    facts = CourseFacts(
        row.published, row.funding, row.starts_on, row.apply_until, cancelled=row.cancelled_at is not None
    )
    mine = None
    if row.application_id is not None:
        mine = MyApplication(row.application_id, row.status, row.code, row.title, group_number=row.group_number)
    return CourseCard(
        id=row.id,
        code=row.code,
        title=row.title,
        provider=row.provider,
        funding=row.funding,
        hours=row.hours,
        form=row.form,
        audience=row.audience,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        apply_until=row.apply_until,
        seats=row.seats,
        price=row.price,
        annotation=row.annotation,
        direction=row.direction,
        document=row.document,
        venue=row.venue,
        free_seats=None if row.seats is None else max(0, row.seats - row.enrolled),
        waiting=row.waiting,
        obstacle=policy.obstacle(facts, row.teacher_school_id is not None, live, today),
        mine=mine,
        may_withdraw=live is not None and policy.may_withdraw(live),
        version=row.version,
        completed_before=row.status is Status.COMPLETED,
        may_run=bool(row.by_is_staff),
        may_cancel=bool(row.by_is_operator) and row.cancelled_at is None,
        favourite=bool(row.favourite),
        published=bool(row.published),
    )
