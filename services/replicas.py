"""The processes that share one database: who is alive, what each does alone, and how much of the pace is its."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from db import leases
from db.engine import Database
from db.outbox import Share
from domain.clock import Calendar

__all__ = ["ALONE", "BEAT_SECONDS", "CLOCK", "LEASE", "Replicas", "Share", "Standing"]

LEASE: Final = timedelta(seconds=7)
BEAT_SECONDS: Final = 2.0
"""What a dead process held is with another within the lease and one beat, ten seconds in all."""
KEPT_FOR: Final = timedelta(hours=1)
CLOCK: Final = "clock"
"""The duty of doing what is due by the clock."""
WEBHOOK: Final = "webhook"
_ALIVE: Final = "replica/"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a process stands among those that are alive."""

    share: Share
    has_clock: bool


ALONE: Final = Standing(Share(0, 1), has_clock=True)


class Replicas:
    """Use cases of a process that may not be the only one. Each instance lives under a name of its own."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar
        self.name = database.process

    async def beat(self, *, first: bool = False) -> Standing:
        """A sign of life, and the clock for whoever comes first; at the `first` the others are told."""
        now = self._calendar.now()
        own = _ALIVE + self.name
        async with self._database.write(apart=True) as tx:
            held = await leases.take(tx, (CLOCK, own), self.name, now + LEASE, now)
            if first:
                await leases.announce(tx, self.name)
            alive = await leases.living(tx, _ALIVE, now)
        return Standing(Share(alive.index(self.name), len(alive)), CLOCK in held)

    async def leave(self) -> None:
        """Hand everything on."""
        async with self._database.write(apart=True) as tx:
            await leases.give_back(tx, self.name, self._calendar.now())

    async def may_register(self) -> bool:
        """Whether it is this process that sees to the webhook's registration now; then call `registered` in the end."""
        now = self._calendar.now()
        async with self._database.write(apart=True) as tx:
            return WEBHOOK in await leases.take(tx, (WEBHOOK,), self.name, now + LEASE, now)

    async def registration(self) -> str | None:
        """What `registered` was told at last."""
        async with self._database.read() as connection:
            return await leases.settled(connection, WEBHOOK)

    async def registered(self, registration: str) -> None:
        """The webhook is registered like this."""
        async with self._database.write(apart=True) as tx:
            await leases.settle(tx, WEBHOOK, registration)
            await leases.give_back(tx, self.name, self._calendar.now(), (WEBHOOK,))

    async def forget(self) -> int:
        """Clear what dead processes left: how many."""
        async with self._database.write() as tx:
            return await leases.forget(tx, _ALIVE, self._calendar.now() - KEPT_FOR)
