"""The intake's use cases: keep updates before they are confirmed, take over abandoned ones, mark the rest."""

import os
import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from db import intake
from db.engine import Database
from db.in_hand import AlreadyHandled, Talk, UpdateInHand, in_hand
from db.intake import Incoming
from domain.clock import Calendar

__all__ = ["AlreadyHandled", "Incoming", "Intake", "Talk", "UpdateInHand", "in_hand"]

LEASE: Final = timedelta(seconds=9)
RENEW_SECONDS: Final = 3.0
KEPT_FOR: Final = timedelta(days=3)
"""Longer than Telegram keeps an update for delivery (24 hours), so that a late copy is still known."""
TAKEN_OVER: Final = 100


class Intake:
    """What stands between Telegram and the handlers. Each instance holds its updates under a name of its own."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar
        self._owner = f"{os.getpid()}-{secrets.token_hex(4)}"

    async def store(self, incoming: Sequence[Incoming]) -> list[Incoming]:
        """Keep updates, held by this process: those that are new, in their order."""
        if not incoming:
            return []
        now = self._calendar.now()
        async with self._database.write() as tx:
            kept = await intake.store(tx, incoming, self._owner, now + LEASE, now)
        return [update for update in incoming if update.update_id in kept]

    async def take_over(self) -> list[Incoming]:
        """Unhandled updates that nobody holds any more, oldest first: now this process does."""
        now = self._calendar.now()
        async with self._database.read() as connection:
            if not await intake.is_any_abandoned(connection, now):
                return []
        async with self._database.write() as tx:
            rows = await intake.claim_abandoned(tx, self._owner, now + LEASE, now, TAKEN_OVER)
        return [Incoming(update_id, chat_id, payload or "") for update_id, chat_id, payload in rows]

    async def others_hold_some(self) -> bool:
        """Whether updates that came earlier are still held by another process, or by one that died just now."""
        async with self._database.read() as connection:
            return await intake.is_any_held_by_others(connection, self._owner, self._calendar.now())

    async def hold(self, update_ids: Collection[int]) -> None:
        """Hold on to updates that this process has in hand."""
        if not update_ids:
            return
        async with self._database.write() as tx:
            await intake.renew(tx, self._owner, update_ids, self._calendar.now() + LEASE)

    async def release(self) -> None:
        """Let others take what this process has not handled."""
        async with self._database.write() as tx:
            await intake.release(tx, self._owner)

    async def finish(self, update_ids: Sequence[int]) -> None:
        """Mark updates whose handling wrote nothing."""
        async with self._database.write() as tx:
            await intake.mark_handled(tx, update_ids, self._calendar.now())

    async def finish_talk(self) -> None:
        """Mark the update in hand and keep its conversation: for handlers that wrote nothing else."""
        async with self._database.write():
            pass

    async def set_aside(self, update_id: int, failure: str) -> None:
        """An update that cannot be handled blocks nobody. `failure` names the kind of fault, never its text."""
        async with self._database.write() as tx:
            await intake.set_aside(tx, update_id, failure, self._calendar.now())

    async def forget(self) -> int:
        """Clear what was handled long ago: how many."""
        async with self._database.write() as tx:
            return await intake.forget_handled(tx, self._calendar.now() - KEPT_FOR)
