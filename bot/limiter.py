"""How fast the bot may write: one limiter for taps and pushes alike, taps first, what nobody waits for last."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappop, heappush
from typing import Final

PER_SECOND: Final = 30
"""Messages a second over all chats, as Telegram's own documentation has it."""
BULK_PART: Final = 29 / 30
BULK_BURST: Final = 2.0
"""Bulk goes evenly and leaves a little: a tap need not wait for a second to be over that bulk has used up at once."""
CHAT_RATE: Final = 1.0
CHAT_BURST: Final = 4.0
"""Pushes into one chat: about one a second, a short burst at once."""
DOUBT: Final = 5.0
"""Seconds for which everything is quiet when Telegram may have meant everything."""

Chat = int | str


class Lane(IntEnum):
    """Who goes first: a tap, a push that follows from one, what nobody waits for."""

    TAP = 0
    PUSH = 1
    BULK = 2


lane: Final[ContextVar[Lane]] = ContextVar("lane", default=Lane.TAP)

PATIENCE: Final = {Lane.TAP: 30.0, Lane.PUSH: 5.0, Lane.BULK: 5.0}
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

    def now(self, moment: float, rate: float, burst: float) -> float:
        """What is left at a moment."""
        return min(burst, self.left + (moment - self.at) * rate)


class Pace:
    """The rules, without waiting: when a call may go. `clock` counts seconds from any beginning.

    A person's own taps have a person's pace, so they wait for the whole bot's limit only, and for Telegram's word;
    they count against the chat's, so that pushes make room for them.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._recent: deque[float] = deque(maxlen=PER_SECOND)
        self._within = 1.0
        self._bulk_rate = PER_SECOND * BULK_PART
        self._chat_burst = CHAT_BURST
        self._bulk = _Bucket(BULK_BURST, clock())
        self._chats: dict[Chat, _Bucket] = {}
        self._stopped_until = 0.0

    def divide(self, processes: int, place: int = 0) -> None:
        """So many processes write in the bot's name: to each its part of the pace over all chats.

        Thirty calls a second are dealt out by `place`, which counts from 0, so that the parts make thirty in any
        second; where there are more processes than that, each has one call in as many thirtieths of a second, which is
        thirty a second on average: no process sees when the others call.
        What the others write into a chat is not seen here, so pushes leave them half of its burst.
        """
        each, left_over = divmod(PER_SECOND, processes)
        calls = max(1, each + (place < left_over))
        self._within = max(1.0, processes / PER_SECOND)
        self._recent = deque(self._recent, maxlen=calls)
        self._bulk_rate = calls / self._within * BULK_PART
        self._chat_burst = CHAT_BURST if processes == 1 else CHAT_BURST / 2

    def wait(self, chat: Chat, which: Lane) -> float:
        """Seconds until a call into the chat may go; 0: now."""
        return max(self.wait_for_all(which), self.wait_for_chat(chat, which))

    def wait_for_all(self, which: Lane) -> float:
        """Seconds until a call may go, whatever its chat."""
        now = self._clock()
        free_at = self._stopped_until
        if len(self._recent) == self._recent.maxlen:
            free_at = max(free_at, self._recent[0] + self._within)
        if which is Lane.BULK:
            free_at = max(free_at, self._bulk.at + (1.0 - self._bulk.left) / self._bulk_rate)
        return max(0.0, free_at - now)

    def wait_for_chat(self, chat: Chat, which: Lane) -> float:
        """Seconds until the chat itself may be written to."""
        bucket = self._chats.get(chat)
        if bucket is None:
            return 0.0
        free_at = bucket.stopped_until
        if which is not Lane.TAP:
            free_at = max(free_at, bucket.at + (1.0 - bucket.left) / CHAT_RATE)
        return max(0.0, free_at - self._clock())

    def count(self, chat: Chat, which: Lane) -> None:
        """A call goes out."""
        now = self._clock()
        self._recent.append(now)
        bucket = self._touch(chat, now)
        bucket.left = max(bucket.left - 1.0, -self._chat_burst)
        if which is Lane.BULK:
            self._bulk.left, self._bulk.at = self._bulk.now(now, self._bulk_rate, BULK_BURST) - 1.0, now

    def stop(self, chat: Chat, seconds: float) -> None:
        """Telegram wants quiet, and does not say where.

        In this chat, if we write into it faster than one a second. What that does not explain is meant for everything,
        or somebody else has written there in our name: everything is quiet for a moment, and for the whole time as
        soon as Telegram says so of another chat.
        """
        now = self._clock()
        until = now + seconds
        others = any(other != chat and bucket.stopped_until > now for other, bucket in self._chats.items())
        bucket = self._touch(chat, now)
        if others:
            self._stopped_until = max(self._stopped_until, until)
        elif bucket.left >= self._chat_burst - 1.0:
            self._stopped_until = max(self._stopped_until, min(until, now + DOUBT))
        bucket.stopped_until = max(bucket.stopped_until, until)

    def __len__(self) -> int:
        """How many chats are remembered."""
        return len(self._chats)

    def _touch(self, chat: Chat, now: float) -> _Bucket:
        bucket = self._chats.pop(chat, None) or _Bucket(self._chat_burst, now)
        bucket.left, bucket.at = bucket.now(now, CHAT_RATE, self._chat_burst), now
        self._forget(now)
        self._chats[chat] = bucket
        return bucket

    def _forget(self, now: float) -> None:
        """The chats touched longest ago stand first; a full bucket is as good as none."""
        two_for_each_new_one = [item for item, _ in zip(self._chats.items(), range(2), strict=False)]
        for chat, bucket in two_for_each_new_one:
            if bucket.now(now, CHAT_RATE, self._chat_burst) >= self._chat_burst and bucket.stopped_until <= now:
                del self._chats[chat]


@dataclass(order=True, slots=True)
class _Waiting:
    number: int
    chat: Chat = field(compare=False)
    turn: asyncio.Future[None] = field(compare=False)


class _Queue:
    """Who waits in one lane. Only the first of each chat is looked at: those whose chat is free in the order of asking,
    the others by the time at which it will be."""

    def __init__(self) -> None:
        self._chats: dict[Chat, deque[_Waiting]] = {}
        self._free: list[_Waiting] = []
        self._held: list[tuple[float, _Waiting]] = []

    def put(self, waiting: _Waiting) -> None:
        chat = self._chats.setdefault(waiting.chat, deque())
        chat.append(waiting)
        if len(chat) == 1:
            heappush(self._free, waiting)

    def release(self, now: float) -> None:
        """Those whose chat should be free by now."""
        while self._held and self._held[0][0] <= now:
            heappush(self._free, heappop(self._held)[1])

    def hold(self, until: float) -> None:
        """The first one's chat is not free yet."""
        heappush(self._held, (until, heappop(self._free)))

    def first(self) -> _Waiting | None:
        """Who asked first, of those whose chat may be free; whoever has given up is forgotten."""
        while self._free and self._free[0].turn.done():
            self.drop()
        return self._free[0] if self._free else None

    def drop(self) -> None:
        """The first one waits no more; the next of the same chat stands in line."""
        dropped = heappop(self._free)
        chat = self._chats[dropped.chat]
        chat.popleft()
        if chat:
            heappush(self._free, chat[0])
        else:
            del self._chats[dropped.chat]

    def soonest(self) -> float | None:
        """When the next chat should be free."""
        return self._held[0][0] if self._held else None


class Limiter:
    """Gives turns: lane by lane, and in a lane in the order of asking. However many wait, a turn costs little."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pace = Pace(clock)
        self._queues = {which: _Queue() for which in Lane}
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
        mine = _Waiting(self._asked, chat, asyncio.get_running_loop().create_future())
        self._queues[which].put(mine)
        self.let_go()
        await mine.turn  # whoever is cancelled here has a turn that is done, and is passed over

    def rest(self, chat: Chat, which: Lane) -> float:
        """Seconds for which the chat alone keeps a call waiting; 0, where that is beyond the lane's patience."""
        seconds = self._pace.wait_for_chat(chat, which)
        return seconds if seconds <= PATIENCE[which] else 0.0

    def stop(self, chat: Chat, seconds: float) -> None:
        """Telegram asked for quiet."""
        self._pace.stop(chat, seconds)

    def divide(self, processes: int, place: int) -> None:
        """So many processes share the pace from now on, and this is the one at that place, from 0."""
        self._pace.divide(processes, place)
        self.let_go()

    def let_go(self) -> None:
        """Give a turn to everybody who may have one now."""
        waits = [seconds for which, queue in self._queues.items() if (seconds := self._serve(queue, which)) is not None]
        self._come_back_in(min(waits, default=None))

    def _serve(self, queue: _Queue, which: Lane) -> float | None:
        """Give a lane its turns: seconds until it may have more, None where nobody waits."""
        queue.release(self._clock())
        while (first := queue.first()) is not None:
            if (seconds := self._pace.wait_for_all(which)) > 0.0:
                return seconds
            if (seconds := self._pace.wait_for_chat(first.chat, which)) > 0.0:
                queue.hold(self._clock() + seconds)
                continue
            self._pace.count(first.chat, which)
            queue.drop()
            first.turn.set_result(None)
        until = queue.soonest()
        return None if until is None else max(0.0, until - self._clock())

    def _come_back_in(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self.let_go)
