"""What waits for support, by kind: the first screen of «Обращения»."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import access, people, recovery, tickets
from db.engine import Database
from db.outbox import Note
from domain.errors import NotAllowed
from domain.person import Person, Role

UNATTENDED: Final = "unattended"
"""Tells an operator that somebody waits for support, where nobody is who could answer."""


class Work(StrEnum):
    """The kinds of work, in the order in which they are listed."""

    TICKETS = "tickets"
    ACCESS = "access"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class WorkLine:
    """How much of one kind waits."""

    work: Work
    waiting: int


_COUNTS: Final[Mapping[Work, Callable[[AsyncConnection, int], Awaitable[int]]]] = {
    Work.TICKETS: tickets.count_waiting,
    Work.ACCESS: lambda connection, _: access.count_open(connection),
    Work.HOLDS: lambda connection, _: recovery.count_holds(connection),
}


async def unattended(tx: AsyncConnection, occasion: str, but: int | None = None) -> list[Note]:
    """The notes to operators, once for an occasion, but for whoever waits: what it is about is not theirs to read."""
    operators = [user_id for user_id in await people.portal_staff(tx, Role.OPERATOR) if user_id != but]
    return [Note(f"{UNATTENDED}:{occasion}:{user_id}", user_id, UNATTENDED) for user_id in operators]


class Desk:
    """The use case of support at the beginning of the day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def work(self, by: Person) -> tuple[WorkLine, ...]:
        """Every kind of work with how much waits. Raises: NotAllowed."""
        async with self._database.read() as connection:
            if not await recovery.is_support(connection, by.id):
                raise NotAllowed
            return tuple([WorkLine(work, await count(connection, by.id)) for work, count in _COUNTS.items()])
