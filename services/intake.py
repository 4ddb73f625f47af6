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

LEASE: Final = timedelta(seconds=7)
RENEW_SECONDS: Final = 2.0
"""What a dead process held is with another within the lease and one look of the other's, ten seconds in all."""
TAKEN_OVER: Final = 100
PAST_64_BITS: Final = 2**63
"""What no database keeps as a number of Telegram's."""


class Intake:
    """What stands between Telegram and the handlers. Each instance holds its updates under a name of its own.

    Within a chat updates are handled in the order of their ids, one at a time, however many processes take them in:
    the open updates of a chat are held by one process, and what comes to another waits for that one to take it.
    `alone`: no other process takes updates in now, so a chat need not be held beyond its update's effect.
    """

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar
        self.owner = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.alone = True

    def hand(self, update: Incoming) -> UpdateInHand:
        """The update on its way through the handlers."""
        held_until = None if self.alone else self._calendar.now() + LEASE
        return UpdateInHand(update.update_id, update.chat_id, self.owner, held_until)

    async def store(self, incoming: Sequence[Incoming]) -> tuple[list[Incoming], bool]:
        """Keep updates: those that are new and this process's to begin, in their order; and whether others wait for
        whoever holds their chat."""
        if not incoming:
            return [], False
        now = self._calendar.now()
        async with self._database.write(brief=True) as tx:
            kept = await intake.store(tx, incoming, self.owner, now + LEASE, now)
            waiting = [update_id for update_id, waits in kept.items() if waits]
            if waiting:
                await intake.let_go(tx, self.owner, waiting)
        return [update for update in incoming if kept.get(update.update_id) is False], bool(waiting)

    async def take_over(self) -> list[Incoming]:
        """Unhandled updates that nobody holds any more, in the order of each chat: now this process does."""
        now = self._calendar.now()
        async with self._database.read(brief=True) as connection:
            if not await intake.is_any_abandoned(connection, self.owner, now):
                return []
        async with self._database.write() as tx:
            rows = await intake.claim_abandoned(tx, self.owner, now + LEASE, now, TAKEN_OVER)
        return [Incoming(update_id, chat_id, payload or "") for update_id, chat_id, payload in rows]

    async def others_hold_some(self) -> bool:
        """Whether updates that came earlier are still held by another process, or by one that died just now."""
        async with self._database.read() as connection:
            return await intake.is_any_held_by_others(connection, self.owner, self._calendar.now())

    async def hold(self, update_ids: Collection[int]) -> None:
        """Hold on to updates that this process has in hand."""
        if not update_ids:
            return
        async with self._database.write() as tx:
            await intake.renew(tx, self.owner, update_ids, self._calendar.now() + LEASE)

    async def let_go(self, update_id: int) -> None:
        """It is not this process's turn: let others take an update, if it is not handled."""
        async with self._database.write() as tx:
            await intake.let_go(tx, self.owner, [update_id])

    async def close(self) -> None:
        """Let others take all that this process holds."""
        async with self._database.write() as tx:
            await intake.let_all_go(tx, self.owner)

    async def finish(self, update_ids: Sequence[int]) -> None:
        """Mark updates whose handling wrote nothing, and let go of the chats of those that did."""
        async with self._database.write(brief=True) as tx:
            await intake.finish(tx, self.owner, update_ids, self._calendar.now())

    async def finish_talk(self) -> None:
        """Mark the update in hand and keep its conversation: for handlers that wrote nothing else."""
        async with self._database.write(brief=True):
            pass

    async def set_aside(self, update_id: int, failure: str) -> None:
        """An update that cannot be handled blocks nobody. `failure` names the kind of fault, never its text."""
        async with self._database.write() as tx:
            await intake.set_aside(tx, update_id, failure, self._calendar.now())
