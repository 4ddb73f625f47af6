"""What support does with tickets beside talking: the queue, taking, ending an enrolment (row 10)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, outbox, tickets
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import IllegalMove, NotAllowed, TakenByOther, TicketMoved
from domain.person import REASON_LIMIT, Person, within
from domain.status import Move
from domain.tickets import Side
from services.moves import LostRace, Moving, move
from services.ticket_views import TicketLine, TicketView
from services.ticketing import TICKET_TAKEN, facts_for, ticket_line, ticket_view
from services.views import Page

PAGE_SIZE: Final = 7

Find: TypeAlias = Callable[[AsyncConnection, int, int, int], Awaitable[Sequence[AnyRow]]]
"""A list of db.tickets: for whom, how many, after how many."""


class TicketDesk:
    """Use cases of support. Nobody here acts on a ticket of their own."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def queue(self, page: int, by: Person) -> Page[TicketLine]:
        """Open tickets: those that wait first, the longest ago first.

        Raises: NotAllowed, for whoever is not support.
        """
        return await self._listed(tickets.queue, page, by)

    async def closed(self, page: int, by: Person) -> Page[TicketLine]:
        """Closed tickets, those closed last first.

        Raises: NotAllowed, for whoever is not support.
        """
        return await self._listed(tickets.closed, page, by)

    async def _listed(self, find: Find, page: int, by: Person) -> Page[TicketLine]:
        if not by.support:
            raise NotAllowed
        async with self._database.read() as connection:
            rows = await find(connection, by.id, PAGE_SIZE, page * PAGE_SIZE)
        if not rows and page > 0:
            return await self._listed(find, 0, by)
        return Page(tuple(map(ticket_line, rows)), page, PAGE_SIZE, rows[0].total if rows else 0)

    async def take(self, ticket_id: int, taken_from: int | None, by: Person) -> TicketView:
        """Make a ticket one's own, drawn as nobody's or as that of a colleague, who is told.

        Raises: NotAllowed, TakenByOther (somebody was quicker), TicketMoved (closed; both carry the view).
        """
        now = self._calendar.now()
        async with self._database.write() as tx:
            facts, _ = await facts_for(tx, ticket_id, by.id, self._calendar, Side.STAFF)
            taken = facts.taken_by == by.id or await tickets.take(tx, ticket_id, by.id, taken_from)
            view = await ticket_view(tx, ticket_id, by.id, self._calendar)
            if taken and taken_from not in (None, by.id):
                key = f"ticket_taken:{ticket_id}:{taken_from}:{now.timestamp()}"
                await outbox.add(tx, [Note(key, taken_from, TICKET_TAKEN, {"ticket_id": ticket_id})], now)
        if taken:
            return view
        raise (TakenByOther if view.taken_by_id not in (None, by.id) else TicketMoved)(view)

    async def to_withdraw(self, ticket_id: int, version: int, by: Person) -> TicketView:
        """A ticket about an enrolment, before the question why it is to end.

        Raises: NotAllowed, TakenByOther, TicketMoved (the application has moved on; both carry the view).
        """
        async with self._database.read() as connection:
            await facts_for(connection, ticket_id, by.id, self._calendar, Side.STAFF)
            view = await ticket_view(connection, ticket_id, by.id, self._calendar)
        if view.taken_by_id not in (None, by.id):
            raise TakenByOther(view)
        if view.about is None or not view.about.may_withdraw or view.about.version != version:
            raise TicketMoved(view)
        return view

    async def withdraw(self, ticket_id: int, version: int, reason: str, by: Person) -> TicketView:
        """Row 10: end the enrolment that the ticket is about, for a reason of up to 500 characters.

        Raises: NotAllowed, TooShort, TooLong, TakenByOther, TicketMoved (the application has moved on; both carry the
        view).
        """
        note = within(reason, REASON_LIMIT)
        try:
            async with self._database.write() as tx:
                facts, _ = await facts_for(tx, ticket_id, by.id, self._calendar, Side.STAFF)
                if facts.application_id is None:
                    raise NotAllowed
                if facts.taken_by not in (None, by.id):
                    raise TakenByOther(await ticket_view(tx, ticket_id, by.id, self._calendar))
                application = await applications.facts(tx, facts.application_id, by.id, self._calendar.today())
                if application is None or application.version != version:
                    raise LostRace
                await move(tx, application, Moving(Move.WITHDRAW_ENROLLED, by.id, note), self._calendar)
                return await ticket_view(tx, ticket_id, by.id, self._calendar)
        except (LostRace, IllegalMove):
            async with self._database.read() as connection:
                raise TicketMoved(await ticket_view(connection, ticket_id, by.id, self._calendar)) from None
