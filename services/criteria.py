"""From what somebody has chosen to what courses must be."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import filtering
from domain.clock import Calendar
from domain.filtering import FOR_ME, Chosen, days_of, length
from domain.finding import Filters
from services.audiences import fitting

KEPT_FOR: Final = timedelta(minutes=1)
"""How long the audiences of the catalogue are taken from memory: a search has no statement to spare for them."""


class Criteria:
    """Knows which audiences the catalogue names, since a category means some of them."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._audiences: list[str] = []
        self._until: datetime | None = None

    async def of(self, connection: AsyncConnection, chosen: Chosen, position: str) -> Filters:
        """What courses must be; `position` is what «для меня» means."""
        meant = None
        if chosen.category is not None:
            meant = position if chosen.category == FOR_ME else chosen.category
        return Filters(
            funding=chosen.funding,
            form=chosen.form,
            hours=None if chosen.hours is None else length(chosen.hours),
            starts=None if chosen.month is None else days_of(chosen.month),
            direction=chosen.direction,
            audiences=None if meant is None else tuple(fitting(meant, await self._named(connection))),
            provider_id=chosen.provider,
            open_only=chosen.open_only,
        )

    async def _named(self, connection: AsyncConnection) -> list[str]:
        now = self._calendar.now()
        if self._until is None or now >= self._until:
            self._audiences = await filtering.values(connection, "audience")
            self._until = now + KEPT_FOR
        return self._audiences
