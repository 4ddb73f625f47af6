"""What the clock does to applications: row 14."""

from typing import Final

from db import applications
from db.engine import Database
from domain import policy
from domain.clock import Calendar
from domain.status import Move
from services.moves import LostRace, Moving, move
from services.settings import Settings

AT_ONCE: Final = 50
CLOCK: Final = 0


class Expiry:
    """The use case of the clock; it may run late, twice or on another machine without harm."""

    def __init__(self, database: Database, calendar: Calendar, settings: Settings) -> None:
        self._database = database
        self._calendar = calendar
        self._settings = settings

    async def expire(self) -> int:
        """End what is overdue, a bounded number in a transaction: how many ended."""
        ended = 0
        while batch := await self._expire_some():
            ended += batch
        return ended

    async def _expire_some(self) -> int:
        today = self._calendar.today()
        before = policy.approved_before(today, (await self._settings.current()).approved_days)
        ended = 0
        async with self._database.write() as tx:
            for row in await applications.overdue(tx, today, before, AT_ONCE):
                facts = await applications.facts(tx, row.id, CLOCK, today)
                assert facts is not None
                try:
                    await move(tx, facts, Moving(Move.EXPIRE, None), self._calendar)
                except LostRace:
                    continue
                ended += 1
        return ended
