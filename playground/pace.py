"""How fast a bot may write. Off until a test or a person switches it on."""

import math
from dataclasses import dataclass, field
from typing import Final

from playground.clock import Clock
from playground.refusals import TooManyRequests

EVERYWHERE: Final = ""


@dataclass
class Bucket:
    """Calls that are still allowed, refilled with time."""

    left: float
    filled_at: float
    closed_until: float = 0.0


@dataclass
class Pace:
    """About 30 messages a second over all chats, about 1 in one chat, short bursts let through.

    Whoever goes past it is refused in that scope for `penalty` seconds.
    """

    clock: Clock
    on: bool = False
    per_second: float = 30.0
    per_chat: float = 1.0
    burst: float = 30.0
    chat_burst: float = 5.0
    penalty: float = 3.0
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def check(self, chat_id: str) -> None:
        """Count a message into `chat_id`. Raises: TooManyRequests."""
        if not self.on:
            return
        scopes = ((chat_id, self.per_chat, self.chat_burst), (EVERYWHERE, self.per_second, self.burst))
        buckets = [self._filled(*scope) for scope in scopes]
        now = self.clock.now()
        for bucket in buckets:
            if bucket.closed_until <= now and bucket.left < 1:
                bucket.closed_until = now + self.penalty
            if bucket.closed_until > now:
                raise TooManyRequests(math.ceil(bucket.closed_until - now))
        for bucket in buckets:
            bucket.left -= 1

    def _filled(self, scope: str, rate: float, burst: float) -> Bucket:
        now = self.clock.now()
        bucket = self._buckets.setdefault(scope, Bucket(burst, now))
        bucket.left = min(burst, bucket.left + rate * (now - bucket.filled_at))
        bucket.filled_at = now
        return bucket
