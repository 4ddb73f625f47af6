"""How fast the bot may write: one limiter for taps and pushes alike, taps first."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

PER_SECOND: Final = 30
"""Messages a second over all chats, as Telegram's own documentation has it."""
CHAT_RATE: Final = 1.0
CHAT_BURST: Final = 4.0
"""Pushes into one chat: about one a second, a short burst at once."""

Chat = int | str


class Lane(IntEnum):
    """Who goes first."""

    TAP = 0
    PUSH = 1


lane: Final[ContextVar[Lane]] = ContextVar("lane", default=Lane.TAP)

PATIENCE: Final = {Lane.TAP: 30.0, Lane.PUSH: 5.0}
"""Seconds to wait for one's turn; what would wait longer is refused, to be tried at a later time."""


class TooFast(Exception):
    """There is no turn within one's patience; `seconds` until there is one."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    stopped_until: float = 0.0


class Pace:
    """The rules, without waiting: when a call may go. `clock` counts seconds from any beginning.

    A person's own taps have a person's pace, so they wait for the whole bot's limit only, and for Telegram's word;
    they count against the chat's, so that pushes make room for them.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._recent: deque[float] = deque(maxlen=PER_SECOND)
        self._chats: dict[Chat, _Bucket] = {}
        self._stopped_until = 0.0

    def wait(self, chat: Chat, which: Lane) -> float:
        """Seconds until a call into the chat may go; 0: now."""
        now = self._clock()
        free_at = self._stopped_until
        if len(self._recent) == PER_SECOND:
            free_at = max(free_at, self._recent[0] + 1.0)
        bucket = self._chats.get(chat)
        if bucket is not None:
            free_at = max(free_at, bucket.stopped_until)
            if which is Lane.PUSH:
                free_at = max(free_at, bucket.at + (1.0 - bucket.left) / CHAT_RATE)
        return max(0.0, free_at - now)

    def count(self, chat: Chat) -> None:
        """A call goes out."""
        now = self._clock()
        self._recent.append(now)
        bucket = self._touch(chat, now)
        bucket.left = max(bucket.left - 1.0, -CHAT_BURST)

    def stop(self, chat: Chat, seconds: float) -> None:
        """Telegram wants quiet: in this chat, or everywhere, if it said so of another chat a moment ago."""
        now = self._clock()
        until = now + seconds
        if any(other != chat and bucket.stopped_until > now for other, bucket in self._chats.items()):
            self._stopped_until = max(self._stopped_until, until)
        self._touch(chat, now).stopped_until = until

    def __len__(self) -> int:
        """How many chats are remembered."""
        return len(self._chats)

    def _touch(self, chat: Chat, now: float) -> _Bucket:
        bucket = self._chats.pop(chat, None) or _Bucket(CHAT_BURST, now)
        bucket.left = min(CHAT_BURST, bucket.left + (now - bucket.at) * CHAT_RATE)
        bucket.at = now
        self._forget(now)
        self._chats[chat] = bucket
        return bucket

    def _forget(self, now: float) -> None:
        """The chats touched longest ago stand first; a full bucket is as good as none."""
        two_for_each_new_one = [item for item, _ in zip(self._chats.items(), range(2), strict=False)]
        for chat, bucket in two_for_each_new_one:
            if bucket.left + (now - bucket.at) * CHAT_RATE >= CHAT_BURST and bucket.stopped_until <= now:
                del self._chats[chat]


@dataclass(order=True, slots=True)
class _Waiting:
    which: Lane
    number: int
    chat: Chat = field(compare=False)
    turn: asyncio.Future[None] = field(compare=False)


class Limiter:
    """Gives turns: to taps first, then in the order of asking."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = Pace(clock)
        self._waiting: list[_Waiting] = []
        self._asked = 0
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, chat: Chat) -> None:
        """Wait for one's turn to call into a chat, as the caller's `lane` says.

        Raises: TooFast, where that is beyond the lane's patience.
        """
        which = lane.get()
        seconds = self._pace.wait(chat, which)
        if seconds > PATIENCE[which]:
            raise TooFast(seconds)
        self._asked += 1
        mine = _Waiting(which, self._asked, chat, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        self.let_go()
        try:
            await mine.turn
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)

    def stop(self, chat: Chat, seconds: float) -> None:
        """Telegram asked for quiet."""
        self._pace.stop(chat, seconds)

    def let_go(self) -> None:
        """Give a turn to everybody who may have one now."""
        soonest: float | None = None
        for waiting in sorted(self._waiting):
            seconds = self._pace.wait(waiting.chat, waiting.which)
            if waiting.turn.done():
                continue
            if seconds == 0.0:
                self._pace.count(waiting.chat)
                self._waiting.remove(waiting)
                waiting.turn.set_result(None)
            else:
                soonest = seconds if soonest is None else min(soonest, seconds)
        self._come_back_in(soonest)

    def _come_back_in(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self.let_go)
