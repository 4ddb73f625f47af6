"""How fast a bot may write, and where it was told to wait. The limits are off until a test or a person asks."""

import math
from dataclasses import dataclass, field
from typing import Final

from playground.clock import Clock
from playground.refusals import TooManyRequests

EVERYWHERE: Final = ""
HASTE: Final = 1.0
"""Messages a second into one chat."""


@dataclass
class Bucket:
    """Calls that are still allowed, refilled with time."""

    left: float
    filled_at: float


@dataclass(frozen=True)
class Pause:
    """What a 429 has closed: from its answer to the end of its time."""

    since: float
    until: float


@dataclass(frozen=True)
class TooEarly:
    """A call into a scope that a 429 had closed: seconds since that answer, seconds until its time was over.

    A call that came a moment after the answer had crossed it on the way.
    """

    chat_id: str
    everywhere: bool
    after: float
    left: float


@dataclass
class Pace:
    """About 30 messages a second over all chats, about 1 in one chat, short bursts let through.

    Whoever goes past it is refused in that scope for `penalty` seconds. Calls before a 429's time is over are refused
    whether the limits are on or not, and noted in `too_early`.
    """

    clock: Clock
    on: bool = False
    per_second: float = 30.0
    per_chat: float = 1.0
    burst: float = 30.0
    chat_burst: float = 5.0
    penalty: float = 3.0
    too_early: list[TooEarly] = field(default_factory=list)
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _pauses: dict[str, Pause] = field(default_factory=dict)
    _haste: dict[str, Bucket] = field(default_factory=dict)

    def arrive(self, chat_id: str) -> None:
        """A call that writes into a chat has come. Raises: TooManyRequests, where a 429's time is not over."""
        now = self.clock.now()
        debt = self._haste.setdefault(chat_id, Bucket(0.0, now))
        debt.left = max(0.0, debt.left - HASTE * (now - debt.filled_at)) + 1.0
        debt.filled_at = now
        for scope in (chat_id, EVERYWHERE):
            pause = self._pauses.get(scope)
            if pause is not None and pause.until > now:
                left = pause.until - now
                self.too_early.append(TooEarly(chat_id, scope == EVERYWHERE, now - pause.since, left))
                raise TooManyRequests(math.ceil(left))

    def is_hasty(self, chat_id: str) -> bool:
        """Whether the calls that came into a chat, the last one with them, are more than one a second."""
        return chat_id in self._haste and self._haste[chat_id].left > 1.0

    def close(self, scope: str, seconds: float) -> None:
        """A 429 goes out that means a chat, or EVERYWHERE."""
        now = self.clock.now()
        self._pauses[scope] = Pause(now, now + seconds)

    def check(self, chat_id: str) -> None:
        """Count a message into `chat_id`. Raises: TooManyRequests."""
        if not self.on:
            return
        scopes = ((chat_id, self.per_chat, self.chat_burst), (EVERYWHERE, self.per_second, self.burst))
        for scope, rate, burst in scopes:
            if self._filled(scope, rate, burst).left < 1:
                self.close(scope, self.penalty)
                raise TooManyRequests(math.ceil(self.penalty))
        for scope, *_ in scopes:
            self._buckets[scope].left -= 1

    def _filled(self, scope: str, rate: float, burst: float) -> Bucket:
        now = self.clock.now()
        bucket = self._buckets.setdefault(scope, Bucket(burst, now))
        bucket.left = min(burst, bucket.left + rate * (now - bucket.filled_at))
        bucket.filled_at = now
        return bucket
