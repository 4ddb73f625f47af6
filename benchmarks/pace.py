"""How fast does what nobody waits for leave, and how long does somebody wait behind it?

    python -m benchmarks.pace [--messages 5000] [--chats 1000] [--database URL]

Queued bulk messages go out over a Bot API that answers in 100 ms and enforces Telegram's limits: 30 messages a second,
and 1 a second into one chat with a short burst. Meanwhile heads of schools tap «Согласовать», and each time the push to
the teacher is waited for. Bounds: 28 to 30 calls a second, not one 429, 99 of 100 pushes within a second of the tap.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.faults import last_line
from benchmarks.stage import Report, Stage, command, named, staged
from db.outbox import Note, Priority
from playground.methods import METHODS
from playground.person import Person as Phone
from playground.world import Message
from services.circulars import CIRCULAR

KEY: Final = "bulk:"
ANSWERS_IN: Final = 0.1
SLOWEST, FASTEST = 28.0, 30.0
PUSH_WITHIN: Final = 1.0
PROMPTS_EACH: Final = 3
"""Applications that wait for each head: more would wait for the chat's own pace before the measuring begins."""
PATIENCE: Final = 60.0
PACED: Final = {method.name for method in METHODS.values() if method.paced}
LONGEST: Final = 3_600.0


@dataclass(frozen=True)
class Outcome:
    """Messages, those that arrived, 429s; calls a second while bulk was queued, bulk a second; seconds of pushes."""

    messages: int
    arrived: int
    too_many: int
    calls_a_second: float
    bulk_a_second: float
    pushes: Sequence[float]

    @property
    def p99(self) -> float:
        """Seconds within which 99 of 100 pushes came."""
        return sorted(self.pushes)[min(len(self.pushes) - 1, int(0.99 * len(self.pushes)))]

    @property
    def broken(self) -> list[str]:
        """The bounds that do not hold."""
        bounds = {
            f"{self.messages - self.arrived} messages are lost": self.arrived == self.messages,
            f"{self.too_many} calls were answered by 429": not self.too_many,
            f"{self.calls_a_second:.1f} calls a second": SLOWEST <= self.calls_a_second <= FASTEST,
            f"a push took {self.p99:.2f} s (p99)": self.p99 <= PUSH_WITHIN,
        }
        return [line for line, holds in bounds.items() if not holds]

    def report(self, url: str) -> Report:
        """The column of the table."""
        rows = {
            "bulk messages": f"{self.messages:,}",
            "arrived": f"{self.arrived:,}",
            "answered by 429": self.too_many,
            "counted calls a second while bulk was queued": f"{self.calls_a_second:.1f}",
            "of them bulk": f"{self.bulk_a_second:.1f}",
            "taps on «Согласовать» meanwhile": len(self.pushes),
            "from the tap to the teacher's push, median": f"{1000 * statistics.median(self.pushes):.0f} ms",
            "p99": f"{1000 * self.p99:.0f} ms",
            "the longest": f"{1000 * max(self.pushes):.0f} ms",
        }
        return Report(named(url), rows, self.broken)


@dataclass(frozen=True)
class Waiting:
    """An application on a head's screen: the message, and the phone of the teacher who waits."""

    head: Phone
    prompt: Message
    teacher: Phone


async def run(url: str, log: Path, *, messages: int = 5_000, chats: int = 1_000, taps: int = 150) -> Outcome:
    """Let the bot say so many bulk messages while heads tap."""
    async with staged(url, log) as stage:
        people = await stage.crowd(chats)
        bot = await stage.start_and_wait()
        try:
            waiting = await _prompted(stage, taps)
            stage.stand_in.desk.delay = ANSWERS_IN
            stage.stand_in.pace.on = True
            notes = _bulk(people, messages)
            await stage.tell(notes)
            await _first_has_left(people)
            pushes = await _taps(waiting, within=0.8 * messages / FASTEST)
            await stage.until_settled(KEY, LONGEST)
        finally:
            bot.kill()
            await bot.wait()
        return _outcome(stage, people, messages, pushes)


def _bulk(people: Sequence[tuple[int, Phone]], messages: int) -> list[Note]:
    """In a random order, so that some have to hear several at once."""
    turns = [people[number % len(people)][0] for number in range(messages)]
    random.Random(messages).shuffle(turns)
    payload = {"code": "ГМЦ-1", "title": "Уроки географии", "group": "1", "provider": "Центр"}
    return [
        Note(f"{KEY}{number}", user_id, CIRCULAR, payload | {"text": f"Сообщение {number}."}, Priority.BULK)
        for number, user_id in enumerate(turns)
    ]


async def _prompted(stage: Stage, taps: int) -> list[Waiting]:
    """Applications that wait for their heads, each of another teacher."""
    city, asked = stage.city, []
    provider = await city.provider()
    for start in range(0, taps, PROMPTS_EACH):
        school = await city.school()
        head = stage.phone(await city.person(school, head_of=school))
        for _ in range(start, min(start + PROMPTS_EACH, taps)):
            teacher = await city.person(school)
            course = await city.course(provider_id=provider)
            await city.services.applications.apply(course, teacher)
            asked.append((head, await city.code_of(course), stage.phone(teacher)))
    return [Waiting(head, await head.hears(code, timeout=PATIENCE), teacher) for head, code, teacher in asked]


async def _first_has_left(people: Sequence[tuple[int, Phone]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not any(phone.messages for _, phone in people):  # noqa: ASYNC110 - whoever is first
            await asyncio.sleep(0.05)


async def _taps(waiting: Sequence[Waiting], within: float) -> list[float]:
    """Heads tap at random moments of so many seconds: from each tap to its push, in seconds."""
    chance = random.Random(len(waiting))
    moments = sorted(chance.uniform(0.0, within) for _ in waiting)
    began = time.perf_counter()

    async def tap(application: Waiting, at: float) -> float:
        await asyncio.sleep(at - (time.perf_counter() - began))
        tapped = time.perf_counter()
        await application.head.taps("Согласовать", on=application.prompt, wait=False)
        await application.teacher.hears("Согласована", timeout=PATIENCE)
        return time.perf_counter() - tapped

    return list(await asyncio.gather(*(tap(each, at) for each, at in zip(waiting, moments, strict=True))))


def _outcome(stage: Stage, people: Sequence[tuple[int, Phone]], messages: int, pushes: Sequence[float]) -> Outcome:
    arrived = {last_line(message.text) for _, phone in people for message in phone.messages}
    crowd = {phone.id for _, phone in people}
    counted = [call for call in stage.stand_in.calls if call.method in PACED]
    bulk = [call.at for call in counted if call.chat_id in crowd and call.code == 200]
    queued = [call for call in counted if bulk[0] <= call.at <= bulk[-1]]
    return Outcome(
        messages=messages,
        arrived=sum(f"Сообщение {number}." in arrived for number in range(messages)),
        too_many=sum(call.code == 429 for call in stage.stand_in.calls),
        calls_a_second=_rate([call.at for call in queued]),
        bulk_a_second=_rate(bulk),
        pushes=pushes,
    )


def _rate(moments: Sequence[float]) -> float:
    return (len(moments) - 1) / (max(moments) - min(moments))


if __name__ == "__main__":
    command(__doc__, run, messages=5_000, chats=1_000, taps=150)
