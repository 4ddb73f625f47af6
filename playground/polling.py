"""getUpdates: long polling, one poller at a time."""

import time
from typing import Final

from playground.arguments import Arguments
from playground.refusals import OTHER_POLLER, TERMINATED_BY_WEBHOOK, WEBHOOK_ACTIVE, Conflict
from playground.updates import JsonObject
from playground.webhooks import note_allowed
from playground.world import World

LONGEST_POLL: Final = 50


class Poller:
    """Knows whose turn it is: a new call ends the one that still waits."""

    def __init__(self) -> None:
        self.turn = 0
        """How often updates have been asked for."""
        self.is_waiting = False

    async def get_updates(self, world: World, arguments: Arguments) -> list[JsonObject]:
        """Wait up to `timeout` seconds for updates from `offset` on. Raises: Conflict."""
        queue = world.updates
        if queue.webhook is not None:
            raise Conflict(WEBHOOK_ACTIVE)
        offset = arguments.integer("offset")
        limit = arguments.integer("limit", 100, 1, 100)
        deadline = time.monotonic() + arguments.integer("timeout", 0, 0, LONGEST_POLL)
        note_allowed(queue, arguments)
        self.turn += 1
        turn = self.turn
        queue.pulse.beat()
        found = queue.take(offset, limit)
        try:
            while not found and (left := deadline - time.monotonic()) > 0:
                self._note_waiting(world, True)
                await queue.pulse.wait(left)
                if queue.webhook is not None:
                    raise Conflict(TERMINATED_BY_WEBHOOK)
                if self.turn != turn:
                    raise Conflict(OTHER_POLLER)
                found = queue.waiting()[:limit]
        finally:
            if self.turn == turn:
                self._note_waiting(world, False)
        return [update.as_json() for update in found]

    def _note_waiting(self, world: World, is_waiting: bool) -> None:
        if self.is_waiting != is_waiting:
            self.is_waiting = is_waiting
            world.pulse.beat()
