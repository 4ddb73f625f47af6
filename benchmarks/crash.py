"""Does a crash lose or double anything?

    python -m benchmarks.crash [--kills 100] [--database URL]

Teachers apply and heads decide, by taps, without a pause; the bot's process is killed (SIGKILL) at random moments, as
it starts or works, and started again. At the end everything that people did is looked for in the database and on their
phones. Bounds: every update that was stored has had its effect, no notification is lost, no invariant is broken, and a
kill brings no more copies of messages than sends and updates can be in flight: 8 and 8.

Each process is new; it is forked off one that has loaded the libraries.
"""

import asyncio
import contextlib
import random
import time
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from benchmarks.invariants import broken
from benchmarks.stage import Report, Stage, command, named, staged
from db.tables import Application, ApplicationEvent, Chat, Course, Notification, Prompt, Update, User
from domain.person import Person
from domain.status import Move, Status
from keyboards.approvals import Decide
from playground.person import Person as Phone
from playground.world import Message
from services.outbox import AT_ONCE
from tests.forked import Forked
from tests.running import COMES_WITHIN, faults

SCHOOLS: Final = 2
TEACHERS_EACH: Final = 3
"""With the heads eight people, so that no more than eight updates are in flight."""
BOUND: Final = AT_ONCE + SCHOOLS * (TEACHERS_EACH + 1)
STARTS: Final = (0.1, 1.5)
"""Seconds from a start to the kill, at random, where the bot is killed as it starts: one time in four."""
LIVES: Final = (0.1, 3.0)
"""Seconds from its first call for updates to the kill, where it is killed at work."""
ANSWERS_IN: Final = 0.2
THINKS: Final = (0.3, 1.2)
"""Seconds between two deeds of a person."""
PATIENCE: Final = 6.0
"""Seconds after which somebody who sees nothing happen does it once more."""
SAME_MOMENT: Final = timedelta(seconds=3)
"""What an update does and its mark are of one transaction."""
LONGEST: Final = 120.0


class Kind(Enum):
    """What a tap is to do."""

    APPLY = "apply"
    APPROVE = "approve"


@dataclass(frozen=True)
class Deed:
    """A tap that is to have an effect: its update, and on what: chat and course's code, or the application's id."""

    kind: Kind
    update_id: int
    what: tuple[int, str]


@dataclass
class Load:
    """The people at work: what they did, and how often each text was asked for."""

    stage: Stage
    chance: random.Random
    deeds: list[Deed] = field(default_factory=list)
    asked: Counter[tuple[int, str]] = field(default_factory=Counter)
    over: bool = False
    _courses: list[str] = field(default_factory=list)
    _provider: int | None = None
    _adding: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def course(self, number: int) -> str:
        """The code of the course that everybody applies for at that turn."""
        async with self._adding:
            while len(self._courses) <= number:
                self._provider = self._provider or await self.stage.city.provider()
                course_id = await self.stage.city.course(provider_id=self._provider)
                self._courses.append(await self.stage.city.code_of(course_id))
        return self._courses[number]

    async def teach(self, phone: Phone) -> None:
        """A teacher finds a course by its code and applies, again and again."""
        turn = 0
        while not self.over:
            code = await self.course(turn)
            turn += 1
            card = await self._persist(phone, partial(self._ask, phone, code), partial(_card, phone, code))
            self.asked[phone.id, card.text] = self.asked.pop((phone.id, code))
            await self._persist(phone, partial(self._tap, phone, card, "Записаться"), partial(_asking, card))
            apply = partial(self._tap, phone, card, "Записаться", Kind.APPLY, code)
            await self._persist(phone, apply, partial(_answered, card))

    async def decide(self, phone: Phone) -> None:
        """A head approves whatever comes."""
        while True:
            for prompt in [message for message in phone.messages if _has(message, "Согласовать")]:
                approve = partial(self._tap, phone, prompt, "Согласовать", Kind.APPROVE)
                await self._persist(phone, approve, partial(_decided, prompt))
            await asyncio.sleep(0.1)

    async def _persist(
        self, phone: Phone, do: Callable[[], Awaitable[None]], look: Callable[[], Message | None]
    ) -> Message:
        """As people are: what nobody answers for a while they do once more."""
        await asyncio.sleep(self.chance.uniform(*THINKS))
        while True:
            await do()
            seen = await phone.chat.pulse.until(look, PATIENCE)
            if seen is not None:
                return seen

    async def _ask(self, phone: Phone, code: str) -> None:
        self.asked[phone.id, code] += 1
        await phone.sends(code)

    async def _tap(self, phone: Phone, on: Message, label: str, kind: Kind | None = None, code: str = "") -> None:
        if not _has(on, label):  # it has changed since
            return
        data = phone.data_of(label, on)
        await phone.taps_raw(data, on=on, wait=False)
        update_id = self.stage.stand_in.world.updates.newest_id
        if kind is Kind.APPLY:
            self.deeds.append(Deed(kind, update_id, (phone.id, code)))
        elif kind is Kind.APPROVE:
            self.deeds.append(Deed(kind, update_id, (Decide.unpack(data).application, "")))


def _has(message: Message, label: str) -> bool:
    return any(label in each for row in message.labels for each in row)


def _card(phone: Phone, code: str) -> Message | None:
    for message in reversed(phone.messages):
        if code in message.text and _has(message, "Записаться"):
            return message
    return None


def _asking(card: Message) -> Message | None:
    return card if "Записаться на курс?" in card.text else None


def _answered(card: Message) -> Message | None:
    return None if _asking(card) else card


def _decided(prompt: Message) -> Message | None:
    return None if _has(prompt, "Согласовать") else prompt


@dataclass(frozen=True)
class Outcome:
    """What was done, and what the kills did to it."""

    kills: int
    in_flight: Counter[str]
    updates: int
    applications: int
    notifications: int
    without_effect: list[str]
    lost: list[str]
    copies: list[int]
    """Of each kill: messages that came once more."""
    breaches: list[str]
    errors: list[str]
    seconds: float

    @property
    def broken(self) -> list[str]:
        """The bounds that do not hold."""
        most = max(self.copies, default=0)
        too_many = [f"{most} copies of messages after one kill"] if most > BOUND else []
        return [*self.without_effect, *self.lost, *self.breaches, *too_many, *self.errors]

    def report(self, url: str) -> Report:
        """The column of the table."""
        rows = {
            "kills": self.kills,
            "of them with calls in flight": self.in_flight["calls"],
            "of them with updates in hand": self.in_flight["updates"],
            "updates stored": f"{self.updates:,}",
            "applications made and approved": f"{self.applications:,}",
            "notifications": f"{self.notifications:,}",
            "stored updates without their effect": len(self.without_effect),
            "notifications lost": len(self.lost),
            f"copies of messages after one kill, at most (bound {BOUND})": max(self.copies, default=0),
            "copies of messages in all": sum(self.copies),
            "broken invariants": len(self.breaches),
            "errors in the bot's log": len(self.errors),
            "it took": f"{self.seconds:.0f} s",
        }
        return Report(named(url), rows, self.broken)


Kills = Callable[["Load"], Awaitable[tuple[list[float], Counter[str], list[Forked]]]]
"""Starts the bot and kills it while people use it: when, with what in flight, and the processes that live on."""


async def run(url: str, log: Path, *, kills: int = 100, seed: int = 0, speed: float = 1.0) -> Outcome:
    """Kill the bot so many times while people use it; what a dead process held is free `speed` times as soon."""
    async with staged(url, log, speed=speed) as stage:
        return await under_load(stage, partial(_kill, kills=kills), seed)


async def under_load(stage: Stage, kill: Kills, seed: int = 0) -> Outcome:
    """Let people use the bot while it is killed, and look for everything that they did when all has come to an end."""
    began = time.perf_counter()
    load = Load(stage, random.Random(seed))
    teachers, heads = await _people(stage)
    stage.stand_in.desk.delay = ANSWERS_IN
    applying = [asyncio.create_task(load.teach(phone)) for phone in teachers]
    deciding = [asyncio.create_task(load.decide(phone)) for phone in heads]
    try:
        killed_at, in_flight, bots = await kill(load)
        load.over = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST):
                await asyncio.gather(*applying)
                await _until_quiet(stage, heads)
    finally:
        for task in (*applying, *deciding):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*applying, *deciding)
    ended_at = stage.city.services.calendar.now()  # what falls due later is nobody's loss
    for bot in bots:
        bot.terminate()
    for bot in bots:
        await bot.wait()
    return await _outcome(load, killed_at, in_flight, time.perf_counter() - began, ended_at)


async def _people(stage: Stage) -> tuple[list[Phone], list[Phone]]:
    """Teachers and the heads of their schools."""
    teachers: list[Phone] = []
    heads: list[Phone] = []
    for _ in range(SCHOOLS):
        school = await stage.city.school()
        heads.append(stage.phone(await stage.city.person(school, head_of=school)))
        people: list[Person] = [await stage.city.person(school) for _ in range(TEACHERS_EACH)]
        teachers += [stage.phone(person) for person in people]
    return teachers, heads


async def _kill(load: Load, kills: int) -> tuple[list[float], Counter[str], list[Forked]]:
    """Start and kill the bot so many times, and start it for good."""
    stage, chance = load.stage, load.chance
    killed_at: list[float] = []
    in_flight: Counter[str] = Counter()
    for _ in range(kills):
        polls = stage.stand_in.desk.poller.turn
        bot = await stage.start()
        if chance.random() < 0.25:
            await asyncio.sleep(chance.uniform(*STARTS))
        else:
            await _until_it_polls(stage, polls)
            await asyncio.sleep(chance.uniform(*LIVES))
        assert bot.returncode is None, "the bot ended by itself"
        killed_at.append(time.time())
        in_flight["calls"] += stage.stand_in.desk.in_flight > 0
        bot.kill()
        await bot.wait()
        in_flight["updates"] += await open_updates(stage) > 0
    return killed_at, in_flight, [await stage.start()]


async def _until_it_polls(stage: Stage, before: int) -> None:
    """Until the bot asks for updates, who has asked so often before."""
    async with asyncio.timeout(COMES_WITHIN):
        while stage.stand_in.desk.poller.turn == before:  # noqa: ASYNC110 - a call tells nobody
            await asyncio.sleep(0.02)


async def open_updates(stage: Stage) -> int:
    """How many updates are stored and not handled."""
    return int(await stage.city.one(select(func.count()).select_from(Update).where(Update.handled_at.is_(None))))


async def _until_quiet(stage: Stage, heads: Iterable[Phone]) -> None:
    """Until everything that came in is handled, everything that is due is said, and no head has anything to decide."""
    queue = stage.stand_in.world.updates
    while (  # noqa: ASYNC110 - rows tell nobody
        await open_updates(stage)
        or queue.waiting()
        or await _due(stage, stage.city.services.calendar.now())
        or any(_has(message, "Согласовать") for phone in heads for message in phone.messages)
    ):
        await asyncio.sleep(0.5)


async def _due(stage: Stage, now: datetime) -> int:
    waiting = (Notification.sent_at.is_(None), Notification.failed_at.is_(None), Notification.due_at <= now)
    return int(await stage.city.one(select(func.count()).select_from(Notification).where(*waiting)))


async def _outcome(
    load: Load, killed_at: Sequence[float], in_flight: Counter[str], seconds: float, ended_at: datetime
) -> Outcome:
    stage = load.stage
    copies, unexplained = _copies(load, killed_at)
    async with stage.database.read() as connection:
        breaches = [*await broken(connection), *unexplained]
    unsettled = await _due(stage, ended_at)
    gone = select(func.count()).select_from(Notification).where(Notification.failed_at.is_not(None))
    given_up = await stage.city.one(gone)
    return Outcome(
        kills=len(killed_at),
        in_flight=in_flight,
        updates=await stage.city.count(Update),
        applications=await stage.city.count(Application, status=Status.APPROVED),
        notifications=await stage.city.count(Notification),
        without_effect=await _without_effect(load),
        lost=[
            *await _unheard(stage),
            *[f"{unsettled} notifications wait still"] * (unsettled > 0),
            *[f"{given_up} notifications were given up"] * (given_up > 0),
        ],
        copies=copies,
        breaches=breaches,
        errors=faults(stage.log),
        seconds=seconds,
    )


async def _without_effect(load: Load) -> list[str]:
    """Deeds that the bot took and that had no effect, or only when they were repeated."""
    effects = await _effects(load.stage)
    async with load.stage.database.read() as connection:
        rows = await connection.execute(select(Update.update_id, Update.handled_at, Update.failure))
        updates = {row.update_id: row for row in rows}
    found, seen = [], set()
    same_moment = SAME_MOMENT * (load.stage.clock.speed if load.stage.clock else 1.0)
    for deed in load.deeds:
        update = updates.get(deed.update_id)
        happened = effects.get((deed.kind, deed.what))
        if update is None or update.handled_at is None or update.failure is not None:
            found.append(f"update {deed.update_id} ({deed.kind.value}) was never handled")
        elif happened is None:
            found.append(f"update {deed.update_id} ({deed.kind.value}) had no effect")
        elif deed.what not in seen and happened > update.handled_at + same_moment:
            found.append(f"update {deed.update_id} ({deed.kind.value}) had its effect only when it was repeated")
        seen.add(deed.what)
    return found


async def _effects(stage: Stage) -> dict[tuple[Kind, tuple[int, str]], datetime]:
    """What has happened, and when."""
    applied = (
        select(Chat.chat_id, Course.code, Application.created_at)
        .join(Course, Course.id == Application.course_id)
        .join(Chat, Chat.user_id == Application.user_id)
    )
    approved = select(ApplicationEvent.application_id, ApplicationEvent.at).where(ApplicationEvent.move == Move.APPROVE)
    async with stage.database.read() as connection:
        made = {(Kind.APPLY, (row.chat_id, row.code)): row.created_at for row in await connection.execute(applied)}
        decided = {(Kind.APPROVE, (row.application_id, "")): row.at for row in await connection.execute(approved)}
    return made | decided


async def _unheard(stage: Stage) -> list[str]:
    """Applications whose approver was not asked, or whose teacher was not told.

    Not where the asking has become known to the bot: a head may decide on what a kill kept it from noting.
    """
    statement = (
        select(
            Application.id, Application.status, Course.code, Chat.chat_id, User.full_name, Prompt.chat_id.label("asked")
        )
        .join(Course, Course.id == Application.course_id)
        .join(User, User.id == Application.user_id)
        .join(Chat, Chat.user_id == User.id)
        .outerjoin(Prompt, Prompt.application_id == Application.id)
    )
    async with stage.database.read() as connection:
        applications = (await connection.execute(statement)).all()
    said = defaultdict(list)
    for chat_id, text, _ in _sends(stage):
        said[chat_id].append(text)
    found = []
    for row in applications:
        if not any(row.code in text and row.full_name in text for text in said[row.asked]):
            found.append(f"nobody was asked about the application {row.id}")
        if row.status is not Status.APPROVED:
            found.append(f"the application {row.id} is {row.status.value}")
        elif not any(row.code in text and "Согласована" in text for text in said[row.chat_id]):
            found.append(f"the teacher was not told of the application {row.id}")
    return found


def _sends(stage: Stage) -> Iterable[tuple[int | None, str, float]]:
    """New messages that came: chat, text, when."""
    for call in stage.stand_in.calls.of("sendMessage"):
        if call.refusal is None:
            yield call.chat_id, call.parameters["text"], call.at


def _copies(load: Load, killed_at: Sequence[float]) -> tuple[list[int], list[str]]:
    """Of each kill the messages that came once more after it; and those that no kill explains."""
    copies, unexplained = [0] * len(killed_at), []
    times: Counter[tuple[int | None, str]] = Counter()
    for chat_id, text, at in _sends(load.stage):
        times[chat_id, text] += 1
        if times[chat_id, text] <= max(1, load.asked.get((chat_id or 0, text), 0)):
            continue
        kill = bisect(killed_at, at) - 1
        if kill < 0:
            unexplained.append("a message came twice before any kill")
        else:
            copies[kill] += 1
    return copies, unexplained


if __name__ == "__main__":
    command(__doc__, run, kills=100, seed=0)
