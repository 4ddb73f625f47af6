"""Who did what with an application, and when: for its teacher, its approvers and the course's provider."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications
from db.engine import Database
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import DomainError, NotAllowed
from domain.person import Person
from services.deciding import facts_for_decision
from services.views import HistoryLine


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The timeline of an application."""

    id: int
    teacher: str
    code: str
    title: str
    history: tuple[HistoryLine, ...]


class Histories:
    """The use case of whoever may see an application."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def of(self, application_id: int, by: Person) -> HistoryView:
        """The whole timeline.

        Raises: NotAllowed (also where it does not exist).
        """
        async with self._database.read() as connection:
            facts = await self._visible(connection, application_id, by)
            lines = await applications.history(connection, application_id)
        return HistoryView(
            facts.id, facts.teacher, facts.code, facts.title, tuple(HistoryLine(*line) for line in lines)
        )

    async def _visible(self, connection: AsyncConnection, application_id: int, by: Person) -> AnyRow:
        facts = await applications.facts(connection, application_id, by.id, self._calendar.today())
        if facts is not None and (facts.by_is_staff or facts.teacher_id == by.id):
            return facts
        try:
            return await facts_for_decision(connection, application_id, by.id, self._calendar)
        except DomainError:
            raise NotAllowed from None
