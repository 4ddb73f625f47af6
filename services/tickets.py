"""Talking with support: both sides of a conversation. What only staff can do is in services.ticket_desk."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, outbox, tickets
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import NotAllowed, TakenByOther, TicketMoved, TicketOver, TooManyMessages, TooManyTickets
from domain.person import Person
from domain.tickets import (
    DAY,
    MESSAGES_A_DAY,
    STARS,
    TICKETS_A_DAY,
    FileKind,
    Side,
    Stage,
    Words,
    may_reopen,
    subject,
)
from services.ticket_views import AskingAbout, Passed, Saying, TicketLine, TicketView
from services.ticketing import (
    TICKET_CLOSED,
    facts_for,
    saying,
    staff_to_tell,
    support_but,
    telling,
    ticket_line,
    ticket_view,
)
from services.views import Page

PAGE_SIZE: Final = 7


class Tickets:
    """Use cases of whoever has a part in a ticket."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def mine(self, page: int, by: Person) -> Page[TicketLine]:
        """One's own tickets: the open ones first, then the newest."""
        async with self._database.read() as connection:
            rows = await tickets.of_person(connection, by.id, PAGE_SIZE, page * PAGE_SIZE)
        if not rows and page > 0:
            return await self.mine(0, by)
        return Page(tuple(map(ticket_line, rows)), page, PAGE_SIZE, rows[0].total if rows else 0)

    async def asking_about(self, application_id: int, by: Person) -> AskingAbout:
        """One's own application, before the question to support; with the ticket about it that is open.

        Raises: NotAllowed (also where it does not exist).
        """
        async with self._database.read() as connection:
            facts = await self._own_application(connection, application_id, by)
            ticket_id = await tickets.open_about(connection, by.id, application_id)
            there = None if ticket_id is None else await ticket_view(connection, ticket_id, by.id, self._calendar)
        return AskingAbout(facts.id, facts.code, facts.title, facts.status, there)

    async def open(self, about: str, application_id: int | None, words: Words, by: Person) -> TicketView:
        """A new ticket with its first message; support is told, or operators that nobody is there.

        Raises: NotAllowed (somebody else's application), TooShort, TooLong, TooManyTickets.
        """
        now = self._calendar.now()
        async with self._database.write() as tx:
            if application_id is not None:
                await self._own_application(tx, application_id, by)
            if await tickets.count_tickets(tx, by.id, now - DAY) >= TICKETS_A_DAY:
                raise TooManyTickets
            ticket_id, message_id = await tickets.add(tx, by.id, subject(about), application_id, now, words)
            listeners = await support_but(tx, by.id)
            await outbox.add(tx, await telling(tx, ticket_id, message_id, by.id, listeners), now)
            return await ticket_view(tx, ticket_id, by.id, self._calendar)

    async def look(self, ticket_id: int, by: Person, before: int = 0) -> TicketView:
        """A ticket with what was said last, or before a message: for its owner, and for support.

        Raises: NotAllowed (also where it does not exist).
        """
        async with self._database.read() as connection:
            return await ticket_view(connection, ticket_id, by.id, self._calendar, before=before)

    async def to_write(self, ticket_id: int, by: Person) -> TicketView:
        """A ticket, before somebody writes into it.

        Raises: NotAllowed, TicketOver, TakenByOther (carries the view).
        """
        view = await self.look(ticket_id, by)
        if view.stage is Stage.CLOSED and not view.may_reopen:
            raise TicketOver
        if view.side is Side.STAFF and view.taken_by_id is not None and not view.is_taker:
            raise TakenByOther(view)
        return view

    async def say(
        self, ticket_id: int, words: Words, by: Person, *, reopening: bool = False, closing: bool = False
    ) -> Passed:
        """A message of either side. `reopening`: a closed ticket is meant to be opened by it; `closing`: it is the
        last word of staff.

        The person's words go to whoever has the ticket, else to all of support; an answer of staff takes a ticket
        that nobody has. Raises: NotAllowed, TicketOver, TooManyMessages, TakenByOther (carries the view).
        """
        try:
            async with self._database.write() as tx:
                facts, side = await facts_for(tx, ticket_id, by.id, self._calendar)
                if facts.closed_at is not None and not reopening:
                    return await self._passed(tx, ticket_id, by, on=False)
                if facts.closed_at is not None and not may_reopen(facts.closed_at, self._calendar.now()):
                    raise TicketOver
                speak = self._ask if side is Side.OWNER else self._answer
                if not await speak(tx, facts, words, by, reopening):
                    return await self._passed(tx, ticket_id, by, on=False)
                if closing and side is Side.STAFF:
                    await self._end(tx, facts, side, by)
                return await self._passed(tx, ticket_id, by, on=True, closed=closing and side is Side.STAFF)
        except _Lost:
            raise TakenByOther(await self.look(ticket_id, by)) from None

    async def _ask(self, tx: AsyncConnection, facts: AnyRow, words: Words, by: Person, reopening: bool) -> bool:
        now = self._calendar.now()
        if await tickets.count_messages(tx, facts.id, by.id, now - DAY) >= MESSAGES_A_DAY:
            raise TooManyMessages
        if not await tickets.asked(tx, facts.id, now, reopening=reopening):
            return False
        message_id = await tickets.say(tx, facts.id, by.id, now, words)
        listeners = await staff_to_tell(tx, facts)
        await outbox.add(tx, await telling(tx, facts.id, message_id, facts.user_id, listeners), now)
        return True

    async def _answer(self, tx: AsyncConnection, facts: AnyRow, words: Words, by: Person, reopening: bool) -> bool:
        now = self._calendar.now()
        if reopening and facts.closed_at is not None:
            await tickets.reopen(tx, facts.id)
        if facts.taken_by is not None and facts.taken_by != by.id:
            raise _Lost
        if not await tickets.answered(tx, facts.id, by.id, now):
            again, _ = await facts_for(tx, facts.id, by.id, self._calendar)
            if again.closed_at is None:
                raise _Lost
            return False
        message_id = await tickets.say(tx, facts.id, by.id, now, words)
        await outbox.add(tx, [saying(message_id, facts.user_id)], now)
        return True

    async def _passed(
        self, tx: AsyncConnection, ticket_id: int, by: Person, *, on: bool, closed: bool = False
    ) -> Passed:
        return Passed(await ticket_view(tx, ticket_id, by.id, self._calendar), passed_on=on, closed=closed)

    async def to_close(self, ticket_id: int, seen: int, by: Person) -> TicketView:
        """A ticket, before the question whether to close it.

        Raises: NotAllowed, TakenByOther, TicketMoved (closed already, or more was said; both carry the view).
        """
        view = await self.look(ticket_id, by)
        if view.stage is Stage.CLOSED or view.newest > seen:
            raise TicketMoved(view)
        if view.side is Side.STAFF and view.taken_by_id is not None and not view.is_taker:
            raise TakenByOther(view)
        return view

    async def close(self, ticket_id: int, seen: int, by: Person) -> TicketView:
        """End a ticket: its owner, or staff that has it. `seen`: the other side's newest message on the screen.

        Raises: NotAllowed, TakenByOther, TicketMoved (closed already, or more was said; both carry the view).
        """
        try:
            async with self._database.write() as tx:
                facts, side = await facts_for(tx, ticket_id, by.id, self._calendar)
                if side is Side.STAFF and facts.taken_by not in (None, by.id):
                    raise TakenByOther(await ticket_view(tx, ticket_id, by.id, self._calendar))
                await self._end(tx, facts, side, by)
                view = await ticket_view(tx, ticket_id, by.id, self._calendar)
                if view.newest > seen:
                    raise _Lost
                return view
        except _Lost:
            raise TicketMoved(await self.look(ticket_id, by)) from None

    async def _end(self, tx: AsyncConnection, facts: AnyRow, side: Side, by: Person) -> None:
        now = self._calendar.now()
        if not await tickets.close(tx, facts.id, now):
            raise _Lost
        told = [facts.user_id]
        if side is Side.OWNER:
            told = [facts.taken_by] if facts.taken_by is not None and facts.taker_is_support else []
        payload = {"ticket_id": facts.id}
        notes = [
            Note(f"ticket_closed:{facts.id}:{now.timestamp()}", user_id, TICKET_CLOSED, payload) for user_id in told
        ]
        await outbox.add(tx, notes, now)

    async def rate(self, ticket_id: int, stars: int, by: Person) -> TicketView:
        """What the owner thinks of the answer, 1 to 5: while a closed ticket can be opened again, and changed so long.

        Raises: NotAllowed, TicketOver (too late, or it is open again).
        """
        async with self._database.write() as tx:
            facts, _ = await facts_for(tx, ticket_id, by.id, self._calendar, Side.OWNER)
            if stars not in STARS:
                raise NotAllowed
            if not may_reopen(facts.closed_at, self._calendar.now()) or not await tickets.rate(tx, ticket_id, stars):
                raise TicketOver
            return await ticket_view(tx, ticket_id, by.id, self._calendar)

    async def show_whole(self, ticket_id: int, before: int, by: Person, longer_than: int) -> int:
        """Bring the files and the long texts of one screen into the chat once more: how many.

        Raises: NotAllowed (also where it does not exist).
        """
        now = self._calendar.now()
        async with self._database.write() as tx:
            view = await ticket_view(tx, ticket_id, by.id, self._calendar, before=before)
            wanted = [line.id for line in view.lines if line.file_kind or len(line.text or "") > longer_than]
            occasion = f":{now.timestamp():.0f}"
            await outbox.add(tx, [saying(message_id, by.id, occasion) for message_id in wanted], now)
        return len(wanted)

    async def saying(self, message_id: int, user_id: int) -> Saying | None:
        """A message on its way to somebody; None, where it is not that person's business any more."""
        async with self._database.read() as connection:
            row = await tickets.message(connection, message_id)
            if row is None:
                return None
            try:
                facts, side = await facts_for(connection, row.ticket_id, user_id, self._calendar)
            except NotAllowed:
                return None
        return Saying(
            ticket_id=facts.id,
            side=side,
            subject=facts.subject,
            author=row.author,
            is_first=row.is_first,
            is_own=row.user_id == user_id,
            text=row.text,
            file_kind=FileKind(row.file_kind) if row.file_kind else None,
            file_id=row.file_id,
        )

    async def news(self, ticket_id: int, user_id: int) -> TicketView | None:
        """A ticket that somebody is told of; None, where it is not that person's business any more."""
        async with self._database.read() as connection:
            try:
                return await ticket_view(connection, ticket_id, user_id, self._calendar)
            except NotAllowed:
                return None

    async def _own_application(self, connection: AsyncConnection, application_id: int, by: Person) -> AnyRow:
        facts = await applications.facts(connection, application_id, by.id, self._calendar.today())
        if facts is None or facts.teacher_id != by.id:
            raise NotAllowed
        return facts


class _Lost(Exception):
    """Somebody else was first; the transaction is undone and the present state is shown."""
