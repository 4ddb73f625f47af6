"""Does the bot grow with time?

    python -m benchmarks.soak [--minutes 10] [--people 500] [--database URL]

Simulated people search, apply, withdraw, decide and register while the city's clock hurries through months. Bounds: the
process's memory at the end is within 10 % of that after the first fifth, and no row stands longer than it is kept.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks.hurried import STEP
from benchmarks.stage import Report, Stage, command, named, resident, staged
from db import keeping
from playground.person import Person as Phone
from playground.world import Message
from tests.forked import Forked
from tests.running import faults

DAYS: Final = 150
"""What goes by by the city's clock: longer than notifications are kept."""
SCHOOL: Final = 10
"""Teachers of a school, its head among them."""
DEEDS_A_SECOND: Final = 6.0
"""Each is a few taps, and Telegram takes some thirty messages a second."""
NEWCOMER_EVERY: Final = 5.0
PATIENCE: Final = 15.0
GROWTH: Final = 1.10
MISSED: Final = 0.05
"""Of all deeds: somebody else was quicker, or the course has closed."""
JUMPS_LATE: Final = 2
"""What a jump of the clock has made old goes with the tick after it, at the latest before the next but one."""
WORDS: Final = ("курс", "номер", "география", "урок", "химия 7 класс", "программирование")
_numbers: Final = count(1)


@dataclass
class Load:
    """The people at work."""

    stage: Stage
    chance: random.Random
    courses: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    async def live(self, phone: Phone, deeds: Sequence[Callable[[Phone], Awaitable[None]]], pause: float) -> None:
        """Do one thing after the other, with pauses of so many seconds on average."""
        while True:
            await asyncio.sleep(self.chance.uniform(0.0, 2.0 * pause))
            await self._try(self.chance.choice(deeds), phone)

    async def register(self) -> None:
        """Newcomers come, one after the other."""
        while True:
            await asyncio.sleep(NEWCOMER_EVERY)
            await self._try(self._registration, self.stage.stand_in.person("Мария"))

    async def publish(self) -> None:
        """The catalogue stays new."""
        while True:
            await asyncio.sleep(STEP)
            await self.add_courses()

    async def add_courses(self) -> None:
        """Two more, which people apply for from now on."""
        for _ in range(2):
            course_id = await self.stage.city.course()
            self.courses = [*self.courses[-20:], await self.stage.city.code_of(course_id)]

    async def _try(self, deed: Callable[[Phone], Awaitable[None]], phone: Phone) -> None:
        name = deed.__name__.lstrip("_")
        try:
            await deed(phone)
            self.done[name] += 1
        except AssertionError:
            self.missed[name] += 1

    async def search(self, phone: Phone) -> None:
        """A text."""
        await phone.sends(self.chance.choice(WORDS))
        await phone.hears("", timeout=PATIENCE)

    async def apply(self, phone: Phone) -> None:
        """For a course that has been published lately."""
        code = self.chance.choice(self.courses)
        await phone.sends(code)
        card = await phone.hears(code, timeout=PATIENCE)
        for _ in range(2):
            if _has(card, "Записаться"):
                await phone.taps("Записаться", on=card, timeout=PATIENCE)

    async def withdraw(self, phone: Phone) -> None:
        """One's first application, where it can be withdrawn."""
        await phone.sends("Все регистрации на курсы")
        listed = await phone.hears("", timeout=PATIENCE)
        if not listed.buttons:
            return
        await phone.taps_raw(listed.buttons[0][0].get("callback_data", "-"), on=listed, timeout=PATIENCE)
        for label in ("Отозвать заявку", "Отозвать"):
            if _has(listed, label):
                await phone.taps(label, on=listed, timeout=PATIENCE)

    async def decide(self, phone: Phone) -> None:
        """On the oldest application that waits: most are approved."""
        for prompt in phone.messages:
            if _has(prompt, "Согласовать") and _has(prompt, "Отклонить"):
                if self.chance.random() < 0.7:
                    await phone.taps("Согласовать", on=prompt, timeout=PATIENCE)
                else:
                    await phone.taps("Отклонить", on=prompt, timeout=PATIENCE)
                    if _has(prompt, "Без причины"):
                        await phone.taps("Без причины", on=prompt, timeout=PATIENCE)
                return

    async def _registration(self, phone: Phone) -> None:
        await phone.starts()
        await phone.taps("Согласен(на)", timeout=PATIENCE)
        for answer in ("Берёзкина Мария", f"maria{next(_numbers)}@example.org"):
            await phone.sends(answer)
            await phone.hears("", timeout=PATIENCE)
        await phone.taps("Временно не работаю", timeout=PATIENCE)
        await phone.sends("Методист")
        await phone.hears("Проверьте", timeout=PATIENCE)
        await phone.taps("Всё верно", timeout=PATIENCE)
        await phone.hears("Вы зарегистрированы!", timeout=PATIENCE)


def _has(message: Message, label: str) -> bool:
    return any(label == each or label in each.split(" ", 1)[1:] for row in message.labels for each in row)


@dataclass(frozen=True)
class Outcome:
    """What was done; resident memory after a fifth of the time and at the end, in MiB; rows at the end by table, and
    those of them that stand longer than they are kept."""

    people: int
    days: float
    done: Counter[str]
    missed: Counter[str]
    updates: int
    before: float
    after: float
    rows: Mapping[str, int]
    overdue: Mapping[str, int]
    errors: list[str]
    ended: bool

    @property
    def broken(self) -> list[str]:
        """The bounds that do not hold."""
        missed, deeds = sum(self.missed.values()), sum(self.done.values())
        bounds = {
            f"memory grew from {self.before:.0f} to {self.after:.0f} MiB": self.after <= GROWTH * self.before,
            **{
                f"{number} {table} stand longer than they are kept": not number
                for table, number in self.overdue.items()
            },
            f"{missed} deeds of {missed + deeds} came to nothing": missed <= MISSED * (missed + deeds),
            "the bot ended by itself": not self.ended,
        }
        return [*(line for line, holds in bounds.items() if not holds), *self.errors]

    def report(self, url: str) -> Report:
        """The column of the table."""
        rows = {
            "people": self.people,
            "days by the city's clock": f"{self.days:.0f}",
            **{f"done: {name}": f"{self.done[name]:,}" for name in sorted(self.done)},
            "came to nothing": sum(self.missed.values()),
            "updates taken": f"{self.updates:,}",
            "memory after the first fifth": f"{self.before:.0f} MiB",
            "memory at the end": f"{self.after:.0f} MiB ({self.after / self.before:.2f})",
            **{f"rows at the end: {table}": f"{number:,}" for table, number in self.rows.items()},
            "rows that stand longer than they are kept": sum(self.overdue.values()),
            "errors in the bot's log": len(self.errors),
        }
        return Report(named(url), rows, self.broken)


async def run(url: str, log: Path, *, minutes: float = 10.0, people: int = 500, seed: int = 0) -> Outcome:
    """Let so many people live with the bot."""
    seconds = 60.0 * minutes
    async with staged(url, log, jump=timedelta(days=DAYS).total_seconds() / (seconds / STEP)) as stage:
        assert stage.clock is not None
        load = Load(stage, random.Random(seed))
        teachers, heads = await _people(stage, people)
        await load.add_courses()
        bot = await stage.start_and_wait()
        pause = people / DEEDS_A_SECOND
        publishing = asyncio.create_task(load.publish())
        began, first_update = stage.clock.now(), stage.stand_in.world.updates.next_id
        lives = [publishing, asyncio.create_task(load.register())]
        lives += [asyncio.create_task(load.live(phone, (load.decide,), pause / 4)) for phone in heads]
        deeds = (load.search, load.apply, load.apply, load.withdraw)
        lives += [asyncio.create_task(load.live(phone, deeds, pause)) for phone in teachers]
        try:
            before, after = await _memory(bot, seconds)
        finally:
            for life in lives:
                life.cancel()
            outcomes = await asyncio.gather(*lives, return_exceptions=True)
        failed = [fault for fault in outcomes if isinstance(fault, Exception)]
        if failed:
            raise failed[0]
        days = (stage.clock.now() - began) / timedelta(days=1)
        ended = bot.returncode is not None
        rows, overdue = await _rows(stage)
        bot.terminate()
        await bot.wait()
        return Outcome(
            people=len(stage.stand_in.world.accounts),
            days=days,
            done=load.done,
            missed=load.missed,
            updates=stage.stand_in.world.updates.newest_id - first_update,
            before=before,
            after=after,
            rows=rows,
            overdue=overdue,
            errors=faults(log),
            ended=ended,
        )


async def _people(stage: Stage, people: int) -> tuple[list[Phone], list[Phone]]:
    teachers: list[Phone] = []
    heads: list[Phone] = []
    for _ in range(max(1, people // SCHOOL)):
        school = await stage.city.school()
        heads.append(stage.phone(await stage.city.person(school, head_of=school)))
        teachers += [phone for _, phone in await stage.crowd(SCHOOL - 1, school)]
    return teachers, heads


async def _memory(bot: Forked, seconds: float) -> tuple[float, float]:
    """Resident memory after a fifth of so many seconds, and at their end, in MiB."""
    ends = time.monotonic() + seconds
    await asyncio.sleep(seconds / 5)
    before = resident(bot.pid)
    with suppress(TimeoutError):
        await asyncio.wait_for(bot.wait(), ends - time.monotonic())
    return before, resident(bot.pid) if bot.returncode is None else before


async def _rows(stage: Stage) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by table, and those that stand longer than they are kept."""
    assert stage.clock is not None
    kept_until = stage.clock.now() - timedelta(seconds=JUMPS_LATE * stage.clock.jump)
    rows: dict[str, int] = {}
    overdue: Counter[str] = Counter()
    for kind in keeping.CLEARED:
        table = kind.key.class_
        rows[table.__tablename__] = await stage.city.count(table)
        async with stage.database.read() as connection:
            late = await keeping.found(connection, kind, kept_until, 1_000_000)
        overdue[table.__tablename__] += len(late)
    return rows, dict(overdue)


if __name__ == "__main__":
    command(__doc__, run, minutes=10.0, people=500, seed=0)
