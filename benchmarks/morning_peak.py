"""A country's morning, run through the bot's own queues on a clock that jumps: who waits, how long, until when.

    python -m benchmarks.morning_peak [--scale 1.0]

The lanes of the intake, the limiter and the sender's places are the bot's own code; Telegram's pace is the limiter's.
People come as half a sine over two hours, each taps eight times, one in four applies, which is a push to the head, the
head's tap and a push to the teacher. Nobody gives up and nobody taps twice; they tap on whether they are answered or
not, but in one case, where each waits for the answer. Where several bots share the people evenly, one of them is
simulated. `--scale` takes a part of the two hours with the same crowd a second. Prints the arithmetic and the outcomes
as docs/country.md quotes them.
"""

import argparse
import asyncio
import contextlib
import math
import random
import selectors
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.intake import CHATS_AT_ONCE
from bot.lanes import Lanes
from bot.limiter import PER_SECOND, Lane, Limiter, TooFast, lane
from domain.clock import DIGEST_AT
from services.outbox import AT_ONCE

TEACHERS: Final = 1_500_000
SCHOOLS: Final = 40_000
TWO_HOURS: Final = 7200.0
TAPS_A_VISIT: Final = 8
ONE_APPLIES_OF: Final = 4
PUSHES_AN_APPLICATION: Final = 2
HANDLING: Final = 0.044
"""Seconds from a tap to its push as `benchmarks.taps` has it on PostgreSQL; Telegram's pace not in it."""
PAID_PER_SECOND: Final = 1000
"""Messages a second that are paid for; edits cannot be."""
GONE_AFTER: Final = 15.0
"""Seconds after which Telegram takes no answer to a tap any more."""
AT_ONCE_IS: Final = 1.0
"""Seconds: whoever waits no longer does not call it waiting."""


@dataclass(frozen=True, slots=True)
class Morning:
    """So many people come within so many seconds; the digests are due when it begins."""

    name: str
    visits: int
    digests: int
    seconds: float = TWO_HOURS
    thinking: float = 15.0
    """Seconds between two taps of a person, on average."""
    deciding: float = 1800.0
    """Seconds until a head decides, on average."""
    patient: bool = False
    """Nobody taps before the last tap is answered."""

    @property
    def applications(self) -> int:
        """What becomes of the visits."""
        return self.visits // ONE_APPLIES_OF

    @property
    def taps(self) -> int:
        """The teachers' and the heads'."""
        return self.visits * TAPS_A_VISIT + self.applications

    @property
    def pushes(self) -> int:
        """What follows from taps."""
        return self.applications * PUSHES_AN_APPLICATION

    def scaled(self, by: float) -> "Morning":
        """A part of it in a part of the time: as many taps a second, as long a way to the queue's end, by that part."""
        return replace(
            self,
            visits=round(self.visits * by),
            digests=round(self.digests * by),
            seconds=self.seconds * by,
            thinking=self.thinking * by,
            deciding=self.deciding * by,
        )

    def shared(self, bots: int) -> "Morning":
        """What one of so many bots has of it."""
        return replace(self, visits=self.visits // bots, digests=self.digests // bots)


@dataclass(frozen=True, slots=True)
class Means:
    """What is done against the peak."""

    name: str
    bots: int = 1
    paid: bool = False
    """Pushes and digests leave Telegram's thirty a second; answers to taps are edits, and stay within it."""
    by_mail: bool = False
    """Digests are letters."""


A_QUARTER_OF_A_DAY: Final = 4
"""So much of a day's visits falls into its two hours."""
ORDINARY: Final = Morning("an ordinary day", TEACHERS * 2 // 100 // A_QUARTER_OF_A_DAY, TEACHERS * 5 // 100)
ENROLMENT: Final = Morning("the day enrolment opens", TEACHERS * 20 // 100 // A_QUARTER_OF_A_DAY, TEACHERS * 5 // 100)
PATIENT: Final = replace(ENROLMENT, name="the same, each waits for the answer", patient=True)
ONE_BOT: Final = Means("one bot")
CASES: Final = (
    (ORDINARY, ONE_BOT),
    (ORDINARY, Means("one bot, e-mail first", by_mail=True)),
    (ORDINARY, Means("one bot, paid broadcast", paid=True)),
    (ENROLMENT, ONE_BOT),
    (PATIENT, ONE_BOT),
    (ENROLMENT, Means("one bot, e-mail first", by_mail=True)),
    (ENROLMENT, Means("one bot, paid broadcast", paid=True)),
    (ENROLMENT, Means("three bots", bots=3)),
    (ENROLMENT, Means("six bots", bots=6)),
    (ENROLMENT, Means("six bots, e-mail first", bots=6, by_mail=True)),
)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a pencil says of a morning and a pace: calls as a fluid."""

    crest: float
    """Calls a second when most come."""
    queue: float
    """How many wait when most do."""
    empty: float
    """Seconds from the beginning until nobody waits."""


def reckon(calls: float, seconds: float, pace: float) -> Reckoned:
    """A crowd of half a sine that is let through at an even pace."""
    crest = calls * math.pi / (2 * seconds)
    if crest <= pace:
        return Reckoned(crest, 0.0, seconds)
    begins = seconds / math.pi * math.asin(pace / crest)

    def come(at: float) -> float:
        return calls / 2 * (1 - math.cos(math.pi * min(at, seconds) / seconds))

    def waiting(at: float) -> float:
        return come(at) - come(begins) - pace * (at - begins)

    longest = seconds - begins
    early, late = longest, begins + (calls - come(begins)) / pace + seconds
    while late - early > 0.01:
        middle = (early + late) / 2
        early, late = (middle, late) if waiting(middle) > 0 else (early, middle)
    return Reckoned(crest, waiting(longest), late)


@dataclass(slots=True)
class Outcome:
    """How long each has waited, in seconds, and until when somebody did, in seconds from the beginning."""

    taps: list[float] = field(default_factory=list)
    pushes: list[float] = field(default_factory=list)
    digests: int = 0
    taps_waiting: int = 0
    """How many did when most did."""
    waited_until: float = 0.0
    """When the last tap was answered that had waited longer than a second; 0: none had."""
    digests_until: float = 0.0
    """When the last digest had gone; 0: there were none."""
    busiest: int = 0
    """Calls of Telegram's pace in the busiest second."""


class Timeless(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to what is due next: hours go by as fast as they can be worked through."""

    def __init__(self) -> None:
        self.passed = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Seconds since the beginning."""
        return self.passed


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop: Timeless) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everybody waits for somebody")
        if not ready and timeout:
            self._loop.passed += timeout
        return ready


@dataclass(frozen=True, slots=True)
class _Tap:
    at: float
    chat: int
    applies: bool = False
    decides_on: int | None = None
    """The teacher's chat, where a head decides."""
    left: int = 0
    """How many more of the person's wait for this one's answer."""


@dataclass(frozen=True, slots=True)
class _Message:
    at: float
    chat: int
    lane: Lane
    decided: int | None = None
    """The teacher's chat, where it asks a head to decide."""


class _Bot:
    """One bot with its people."""

    def __init__(self, morning: Morning, means: Means, chance: random.Random) -> None:
        self._loop = asyncio.get_running_loop()
        self._morning, self._means, self._chance = morning, means, chance
        self._limiter = Limiter(self._loop.time)
        self._taps: Lanes[_Tap] = Lanes(self._answer, CHATS_AT_ONCE)
        self._outbox: dict[Lane, deque[_Message]] = {Lane.PUSH: deque(), Lane.BULK: deque()}
        self._due = asyncio.Event()
        self._paid_next = 0.0
        self._left = morning.taps + morning.pushes + (0 if means.by_mail else morning.digests)
        self._done = asyncio.Event()
        self._waiting = 0
        self._recent: deque[float] = deque()
        self.outcome = Outcome()

    async def live(self) -> Outcome:
        """From the first tap to the last message."""
        if not self._means.by_mail:
            self._outbox[Lane.BULK].extend(
                _Message(0.0, chat, Lane.BULK) for chat in range(10**9, 10**9 + self._morning.digests)
            )
        senders = [asyncio.create_task(self._send()) for _ in range(AT_ONCE)]
        for tap in self._crowd():
            if tap.at > self._loop.time():
                await asyncio.sleep(tap.at - self._loop.time())
            self._put(tap)
        await self._done.wait()
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
        return self.outcome

    def _crowd(self) -> Sequence[_Tap]:
        """The teachers' taps in their order: half a sine of visits, spread as evenly as chance spreads people."""
        taps: list[_Tap] = []
        for visit in range(self._morning.visits):
            at = self._morning.seconds / math.pi * math.acos(1 - 2 * self._chance.random())
            applies = visit < self._morning.applications * ONE_APPLIES_OF and visit % ONE_APPLIES_OF == 0
            if self._morning.patient:
                taps.append(_Tap(at, visit, applies, left=TAPS_A_VISIT - 1))
                continue
            for left in reversed(range(TAPS_A_VISIT)):
                taps.append(_Tap(at, visit, applies and not left))
                at += self._chance.expovariate(1 / self._morning.thinking)
        return sorted(taps, key=lambda tap: tap.at)

    def _put(self, tap: _Tap) -> None:
        self._waiting += 1
        self.outcome.taps_waiting = max(self.outcome.taps_waiting, self._waiting)
        self._taps.put(tap.chat, tap)

    def _put_in(self, seconds: float, tap: _Tap) -> None:
        """A tap that follows now, after so many seconds on average."""
        after = self._chance.expovariate(1 / seconds)
        self._loop.call_later(after, self._put, replace(tap, at=self._loop.time() + after))

    async def _answer(self, tap: _Tap) -> None:
        await asyncio.sleep(HANDLING)
        await self._turn(tap.chat)
        now = self._loop.time()
        self._waiting -= 1
        self.outcome.taps.append(now - tap.at)
        if now - tap.at > AT_ONCE_IS:
            self.outcome.waited_until = now
        if tap.left:
            self._put_in(self._morning.thinking, replace(tap, left=tap.left - 1))
        elif tap.applies:
            head = -1 - self._chance.randrange(SCHOOLS)
            self._leave(_Message(now, head, Lane.PUSH, decided=tap.chat))
        if tap.decides_on is not None:
            self._leave(_Message(now, tap.decides_on, Lane.PUSH))
        self._finish()

    def _leave(self, message: _Message) -> None:
        self._outbox[message.lane].append(message)
        self._due.set()

    async def _send(self) -> None:
        while True:
            while (message := self._next()) is None:
                self._due.clear()
                await self._due.wait()
            lane.set(message.lane)
            if self._means.paid:
                self._paid_next = max(self._loop.time(), self._paid_next) + 1 / PAID_PER_SECOND
                await asyncio.sleep(self._paid_next - self._loop.time())
            else:
                await self._turn(message.chat)
            self._said(message)

    def _next(self) -> _Message | None:
        for which in (Lane.PUSH, Lane.BULK):
            if self._outbox[which]:
                return self._outbox[which].popleft()
        return None

    def _said(self, message: _Message) -> None:
        now = self._loop.time()
        if message.lane is Lane.BULK:
            self.outcome.digests += 1
            self.outcome.digests_until = now
        else:
            self.outcome.pushes.append(now - message.at)
        if message.decided is not None:
            self._put_in(self._morning.deciding, _Tap(now, message.chat, decides_on=message.decided))
        self._finish()

    async def _turn(self, chat: int) -> None:
        """A call of Telegram's pace, tried again where the limiter puts it off."""
        while True:
            with contextlib.suppress(TooFast):
                await self._limiter.turn(chat)
                break
            await asyncio.sleep(1.0)
        now = self._loop.time()
        self._recent.append(now)
        while self._recent[0] <= now - 1.0 + 1e-6:
            self._recent.popleft()
        self.outcome.busiest = max(self.outcome.busiest, len(self._recent))

    def _finish(self) -> None:
        self._left -= 1
        if not self._left:
            self._done.set()


def simulate(morning: Morning, means: Means, seed: int = 7) -> Outcome:
    """One bot's part of a morning."""

    async def live() -> Outcome:
        return await _Bot(morning.shared(means.bots), means, random.Random(seed)).live()

    with asyncio.Runner(loop_factory=Timeless) as runner:
        return runner.run(live())


def percentile(waits: Sequence[float], share: float) -> float:
    """The wait that so large a share does not exceed."""
    return sorted(waits)[min(len(waits) - 1, int(len(waits) * share))] if waits else 0.0


def clock(seconds: float) -> str:
    """A time of day: the morning begins with the digests."""
    minutes = DIGEST_AT.hour * 60 + DIGEST_AT.minute + round(seconds / 60)
    days, minutes = divmod(minutes, 24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (" the next day" if days else "")


def span(seconds: float) -> str:
    """A wait."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:,.0f} s" if seconds < 600 else f"{seconds / 60:,.0f} min"


def arithmetic() -> list[str]:
    """The rows that a pencil gives: taps alone against the pace of one bot and of more."""
    rows = [
        "| | taps | a second at the crest | bots | waiting at most | longest wait | nobody waits from |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for morning, bots in ((ORDINARY, 1), (ENROLMENT, 1), (ENROLMENT, 3), (ENROLMENT, 5), (ENROLMENT, 6)):
        pace = bots * PER_SECOND
        found = reckon(morning.taps, morning.seconds, pace)
        none = found.queue == 0.0
        cells = [
            morning.name,
            f"{morning.taps:,}",
            f"{found.crest:.1f}",
            str(bots),
            f"{found.queue:,.0f}",
            "–" if none else span(found.queue / pace),
            "always" if none else clock(found.empty),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


HEADINGS: Final = (
    "",
    "means",
    "tap waits, p50",
    "p99",
    f"past {GONE_AFTER:.0f} s",
    "taps waiting at most",
    "nobody waits a second from",
    "push waits, p50",
    "p99",
    "last digest gone",
)


def row(morning: Morning, means: Means, outcome: Outcome) -> str:
    """A row of the table; what one of several bots had counts for all of them."""
    late = sum(wait > GONE_AFTER for wait in outcome.taps) / len(outcome.taps)
    cells = [
        morning.name,
        means.name,
        span(percentile(outcome.taps, 0.5)),
        span(percentile(outcome.taps, 0.99)),
        f"{late:.0%}",
        f"{outcome.taps_waiting * means.bots:,}",
        clock(outcome.waited_until) if outcome.waited_until else "always",
        span(percentile(outcome.pushes, 0.5)),
        span(percentile(outcome.pushes, 0.99)),
        clock(outcome.digests_until) if outcome.digests_until else "by mail",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the morning, in a part of the time")
    scale = parser.parse_args().scale
    print(*arithmetic(), "", sep="\n")
    print(f"| {' | '.join(HEADINGS)} |")
    print(f"| {' | '.join('---' for _ in HEADINGS)} |", flush=True)
    for morning, means in CASES:
        print(row(morning, means, simulate(morning.scaled(scale), means)), flush=True)


if __name__ == "__main__":
    main()
