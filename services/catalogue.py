"""The catalogue as people see it: what is open, what answers a query, a course's card."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import courses, favourites, filtering, search
from db.engine import Database
from db.filtering import Source
from db.types import AnyRow
from domain import policy
from domain.clock import Calendar
from domain.errors import CannotApply, NotAllowed, SearchGone
from domain.filtering import Chosen, chosen
from domain.finding import SearchRequest
from domain.person import Person, within
from domain.policy import CourseFacts
from domain.status import LIVE, Status
from domain.synonyms import SynonymTable
from services.criteria import Criteria
from services.finding import Finding
from services.understanding import literally, without_quotes
from services.views import CourseCard, CourseLine, EarlierSearch, Found, MyApplication, Page

PAGE_SIZE: Final = 7
QUERY_LIMIT: Final = 200
SIMILAR: Final = 3
WORDS_TRIED: Final = 4
SHORTEST_WORD: Final = 5
EARLIER_SHOWN: Final = 5
EARLIER_READ: Final = 15
"""Latest searches, among which the different ones are found."""
OPEN_NOW: Final = 0
"""The search id of the list without a query."""
FAVOURITES: Final = 2**31 - 1
"""The search id of one's own favourites: the largest that a button can carry, and no search ever has."""


class Catalogue:
    """Use cases of whoever looks for a course."""

    def __init__(self, database: Database, calendar: Calendar, synonyms: SynonymTable | None = None) -> None:
        self._database = database
        self._calendar = calendar
        self.criteria = Criteria(calendar)
        self._finding = Finding(synonyms)

    async def search(self, text: str, by: Person) -> Found | CourseCard:
        """The first page of what answers a text, or the card of the course that has this code, or its digits, alone.

        Raises: TooLong, TooShort.
        """
        return await self._search(within(" ".join(text.split()), QUERY_LIMIT), by)

    async def search_again(self, search_id: int, by: Person, *, literal: bool) -> Found:
        """The first page of an earlier search, by the letter or (not `literal`) with all that is forgiven.

        Raises: SearchGone.
        """
        async with self._database.read() as connection:
            kept = await self._kept(connection, search_id, by.id)
            text = literally(kept.query) if literal else without_quotes(kept.query)
            view, _ = await self._found(connection, text, 0, by)
        return await self._keep(view, text, by)

    async def page(self, search_id: int, number: int, by: Person) -> Found:
        """A page of an earlier search, of the courses that take applications now, or of one's own favourites.

        A page past the end is the first one. Raises: SearchGone.
        """
        async with self._database.read() as connection:
            view = await self._turn(connection, search_id, number, by)
            return view if view.page.lines or number == 0 else await self._turn(connection, search_id, 0, by)

    async def _search(self, text: str, by: Person) -> Found | CourseCard:
        async with self._database.read(brief=True) as connection:
            view, course_id = await self._found(connection, text, 0, by)
            if course_id is not None:
                return card_view(await courses.card(connection, course_id, by.id), self._calendar.today())
        return await self._keep(view, text, by)

    async def _keep(self, view: Found, text: str, by: Person) -> Found:
        async with self._database.write(brief=True) as tx:
            search_id = await courses.keep_search(tx, by.id, text, self._calendar.now())
        return replace(view, search_id=search_id)

    async def _kept(self, connection: AsyncConnection, search_id: int, user_id: int) -> AnyRow:
        kept = await courses.search_text(connection, search_id, user_id)
        if kept is None:
            raise SearchGone
        return kept

    async def _turn(self, connection: AsyncConnection, search_id: int, number: int, by: Person) -> Found:
        today, offset = self._calendar.today(), number * PAGE_SIZE
        if search_id == FAVOURITES:
            rows = await favourites.of(connection, by.id, today, PAGE_SIZE, offset)
        elif search_id == OPEN_NOW:
            return await self._open_now(connection, number, by)
        else:
            kept = await self._kept(connection, search_id, by.id)
            view, _ = await self._found(connection, kept.query, number, by)
            return replace(view, search_id=search_id)
        return Found(search_id, None, self._page(rows, number))

    async def _open_now(self, connection: AsyncConnection, number: int, by: Person) -> Found:
        """The list without a query; its first page has one's latest searches."""
        now, today = self._chosen(by), self._calendar.today()
        filters = await self.criteria.of(connection, now, by.position)
        rows = await filtering.open_now(connection, filters, now.sort, today, PAGE_SIZE, number * PAGE_SIZE)
        earlier = () if number else _different(await courses.latest_searches(connection, by.id, EARLIER_READ))
        page = self._page(rows, number)
        return Found(OPEN_NOW, None, page, more=page.total == filtering.TOLD, chosen=now, earlier=earlier)

    def _chosen(self, by: Person) -> Chosen:
        return chosen(by.filters, self._calendar.today())

    async def _found(self, connection: AsyncConnection, text: str, number: int, by: Person) -> tuple[Found, int | None]:
        """What answers and is as it must be, without an id yet; and the one course whose code was typed, or its
        digits."""
        now = self._chosen(by)
        filters = await self.criteria.of(connection, now, by.position)
        asked = SearchRequest(text, filters, now.sort, number)
        finds = await self._finding.find(connection, asked, self._calendar.today(), PAGE_SIZE)
        view = Found(
            0,
            without_quotes(text),
            Page(_lines(finds.page), number, PAGE_SIZE, finds.total),
            shown_for=None if finds.is_nearest else finds.wanted.shown_for,
            literal=finds.wanted.literal,
            complete=finds.complete,
            more=finds.more,
            is_nearest=finds.is_nearest,
            chosen=now,
        )
        return view, finds.course_of_code if number == 0 else None

    async def source(self, connection: AsyncConnection, search_id: int, user_id: int) -> tuple[str | None, Source]:
        """What somebody searched for, and where the courses of a list are looked for, whatever they must be.

        Raises: SearchGone.
        """
        if search_id == OPEN_NOW:
            return None, Source()
        kept = await self._kept(connection, search_id, user_id)
        wanted = await self._finding.understood(connection, kept.query, kept.version)
        return without_quotes(kept.query), search.source(connection.dialect.name, wanted)

    async def answers(self, connection: AsyncConnection, text: str, limit: int, offset: int) -> tuple[list[int], int]:
        """Some of the courses that answer a text, by id, the best first, and how many do; whoever has chosen what.

        The course with this code is the only one. `offset` is a multiple of `limit`.
        """
        finds = await self._finding.find(
            connection, SearchRequest(text, page=offset // limit), self._calendar.today(), limit
        )
        if finds.course_of_code is not None:
            return [finds.course_of_code], 1
        return ([], 0) if finds.is_nearest else ([answer.id for answer in finds.page], finds.total)

    async def forget_searches(self, by: Person) -> Found:
        """«Очистить»: what somebody searched for is gone, and lists of it cannot be turned any more."""
        async with self._database.write() as tx:
            await courses.forget_searches(tx, by.id)
        return await self.page(OPEN_NOW, 0, by)

    async def card(self, course_id: int, by: Person) -> CourseCard:
        """A course's card.

        Raises: NotAllowed, where there is no such course for this person.
        """
        async with self._database.read(brief=True) as connection:
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
        return Page(_lines(rows), number, PAGE_SIZE, rows[0].total if rows else 0)


def _lines(rows: Iterable[Any]) -> tuple[CourseLine, ...]:
    return tuple(CourseLine(row.id, row.code, row.title, row.starts_on, row.is_open) for row in rows)


def _different(rows: Sequence[AnyRow]) -> tuple[EarlierSearch, ...]:
    """Those that look different on a button."""
    by_text: dict[str, EarlierSearch] = {}
    for row in rows:
        query = without_quotes(row.query)
        by_text.setdefault(query.casefold(), EarlierSearch(row.id, query))
    return tuple(by_text.values())[:EARLIER_SHOWN]


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
