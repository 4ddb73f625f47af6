"""What goes wrong in the bot itself is told to operators: each kind once an hour at most, whatever is restarted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from db import faults, outbox, people
from db.engine import Database
from db.outbox import Note
from domain.clock import Calendar
from domain.person import Role

FAULT: Final = "fault"
"""Tells an operator of a kind of fault, and how often it has happened."""
TOLD_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SeenFault:
    """So many faults of a kind, which is an error's name and a place in the code: nothing of anybody's."""

    name: str
    place: str
    times: int


class Faults:
    """Use case of every process of the bot."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def report(self, seen: Collection[SeenFault]) -> int:
        """Count what was seen, and write to operators of what they have not been told of for an hour: how many kinds.

        Without operators it is counted on. It stands apart from whatever update failed.
        """
        now = self._calendar.now()
        told_before = now - TOLD_EVERY
        if not seen:
            async with self._database.read() as connection:
                if not await faults.is_any_due(connection, told_before):
                    return 0
        async with self._database.write(apart=True) as tx:
            if seen:
                await faults.count(tx, [(one.name, one.place, one.times) for one in seen], now)
            operators = await people.portal_staff(tx, Role.OPERATOR)
            due = await faults.take_due(tx, told_before, now) if operators else []
            notes = [
                Note(
                    f"{FAULT}:{row.id}:{now.timestamp()}:{user_id}",
                    user_id,
                    FAULT,
                    {"name": row.name, "place": row.place, "times": row.count, "since": row.since.isoformat()},
                )
                for row in due
                for user_id in operators
            ]
            await outbox.add(tx, notes, now)
        return len(due)
