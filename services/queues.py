"""What waits to be sent and handled: asked by whoever watches the bot, and shown to operators."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import queues
from db.engine import Database
from db.outbox import CHAT, MAIL
from domain.clock import Calendar

UPDATES: Final = queues.UPDATES
NAMES: Final = (CHAT, MAIL, UPDATES)


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: what waits in it, due or not; what of it has failed and is tried again; how long the oldest waits."""

    name: str
    waiting: int = 0
    retrying: int = 0
    oldest_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """All queues, and how many notifications were given up."""

    queues: tuple[Queue, ...]
    given_up: int


class Queues:
    """Use cases of whoever watches the bot."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def standing(self) -> Standing:
        """How things stand, in one statement."""
        async with self._database.read() as connection:
            return await standing_of(connection, self._calendar.now())


async def standing_of(connection: AsyncConnection, now: datetime) -> Standing:
    """The same on an open connection."""
    known = {row.name: row for row in await queues.standing(connection, now)}
    lines = [
        Queue(name, row.waiting, row.retrying, _waited(row.since, now)) if (row := known.get(name)) else Queue(name)
        for name in NAMES
    ]
    return Standing(tuple(lines), known[queues.GIVEN_UP].waiting)


def _waited(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
