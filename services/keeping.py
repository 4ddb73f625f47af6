"""What the clock clears away: how long everything is kept says domain.keeping."""

from typing import Final

from db import keeping
from db.engine import Database
from domain.clock import Calendar

AT_ONCE: Final = 500
"""Rows in a transaction: people wait for the writer meanwhile."""


class Keeping:
    """The use case of the clock; it may run late, twice or on another machine without harm."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def clear(self) -> int:
        """Clear what nobody needs any more, a bounded number in a transaction: how many rows."""
        return sum([await self._clear(rows) for rows in keeping.CLEARED])

    async def _clear(self, rows: keeping.Rows) -> int:
        now, cleared = self._calendar.now(), 0
        while True:
            async with self._database.read() as connection:
                keys = await keeping.found(connection, rows, now, AT_ONCE)
            if keys:
                async with self._database.write() as tx:
                    cleared += await keeping.clear(tx, rows, keys, now)
            if len(keys) < AT_ONCE:
                return cleared
