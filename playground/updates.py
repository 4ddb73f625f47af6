"""The queue of updates, and the two ways they leave it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from playground.clock import Clock
from playground.pulse import Pulse

JsonObject = dict[str, Any]

DAY: Final = 24 * 3600.0
LIVES: Final = {"callback_query": 150.0, "inline_query": 30.0}
ONLY_WHEN_ASKED_FOR: Final = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True)
class Update:
    """One update as it waits: `lane` keeps the order within a chat when a webhook takes many at once."""

    id: int
    kind: str
    payload: JsonObject
    lane: str
    expires: float

    def as_json(self) -> JsonObject:
        """The update as a bot receives it."""
        return {"update_id": self.id, self.kind: self.payload}


@dataclass
class Webhook:
    """Where updates are pushed to, and what became of it so far."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass
class UpdateQueue:
    """Updates that no bot has confirmed yet, oldest first."""

    clock: Clock
    allowed: Sequence[str] = ()
    webhook: Webhook | None = None
    pulse: Pulse = field(default_factory=Pulse)
    answers_to_lose: int = 0
    _waiting: dict[int, Update] = field(default_factory=dict)
    next_id: int = field(default_factory=lambda: random.randint(10**8, 9 * 10**8))

    def put(self, kind: str, payload: JsonObject, lane: str) -> None:
        """Queue an update, unless the bot asked not to get its kind."""
        if not self._wanted(kind):
            return
        expires = self.clock.now() + LIVES.get(kind, DAY)
        self._waiting[self.next_id] = Update(self.next_id, kind, payload, lane, expires)
        self.next_id += 1
        self.pulse.beat()

    @property
    def newest_id(self) -> int:
        """The id of the update that was queued last."""
        return self.next_id - 1

    def waiting(self) -> list[Update]:
        """What is still alive and unconfirmed, oldest first."""
        now = self.clock.now()
        for update in [update for update in self._waiting.values() if update.expires <= now]:
            del self._waiting[update.id]
        return list(self._waiting.values())

    def take(self, offset: int, limit: int) -> list[Update]:
        """Forget what stands before `offset` (negative: counted from the end) and return the next ones."""
        waiting = self.waiting()
        if offset < 0:
            offset = waiting[max(0, len(waiting) + offset)].id if waiting else 0
        for update in waiting:
            if update.id < offset:
                self.confirm(update)
        return self.waiting()[:limit]

    def confirm(self, update: Update) -> None:
        """Forget one delivered update."""
        self._waiting.pop(update.id, None)
        if not self._waiting:
            self.pulse.beat()

    def drop_all(self) -> None:
        """Forget everything that waits."""
        self._waiting.clear()

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in ONLY_WHEN_ASKED_FOR
