"""How fast is the bot?

    python -m benchmarks.speed [--rounds 5] [--updates 300]

Updates a second over a webhook with a Bot API that answers at once, fifty people at once, and milliseconds of the bot's
processor an update, beside a bare aiogram bot that echoes and beside a bot as tutorials build them. The bots take turns
in each round, so that whatever else the machine does is done to each. Each bot has a core; Telegram has the other,
with PostgreSQL where that is used.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.large_catalogue import large_catalogue
from benchmarks.speed import typical
from benchmarks.speed.telegram import Target, Telegram, Update
from benchmarks.stage import chosen, in_folder, named, on_server, verdict
from benchmarks.stage import running as process_of
from bot.cli import quick_loop
from db.engine import Database
from db.migrate import upgrade
from db.outbox import CHAT
from db.tables import Application, Course, Notification
from domain.catalogue import Funding
from domain.clock import Calendar, utc_now
from domain.person import Person
from domain.spelling import plain_words
from domain.status import Status
from keyboards.approvals import Decide
from keyboards.catalogue import ConfirmApply, ShowCourse
from services.imports import Imports
from services.portal import open_portal
from tests.city import City
from tests.running import environment, free_port, written

PEOPLE: Final = 50
COURSES: Final = 1_000
TOKEN: Final = "1234567890:" + "b" * 35
UP_WITHIN: Final = 60.0
SAID_WITHIN: Final = 60.0
TICK: Final = os.sysconf("SC_CLK_TCK")
SEARCH, CARD, APPLY, APPROVE = "search", "card", "apply", "approve"
FLOORS: Final = {
    (SEARCH, "typical"): 1.5, (CARD, "typical"): 1.5,
    (SEARCH, "echo"): 0.3, (CARD, "echo"): 0.3, (APPLY, "echo"): 0.15, (APPROVE, "echo"): 0.15,
}  # fmt: skip
"""Of the other's updates a millisecond of processor, at least so many times as many."""

_updates: Final = count(1)
Task = tuple[int, Update]


@dataclass
class Figures:
    """What was spent on how many updates."""

    updates: int = 0
    wall: float = 0.0
    processor: float = 0.0

    def add(self, updates: int, wall: float, processor: float) -> None:
        """Another round."""
        self.updates += updates
        self.wall += wall
        self.processor += processor

    @property
    def rate(self) -> float:
        """Updates a second."""
        return self.updates / self.wall

    @property
    def cost(self) -> float:
        """Milliseconds of the processor an update."""
        return 1000 * self.processor / self.updates


@dataclass
class Contestant:
    """A bot that runs."""

    name: str
    process: Process
    target: Target
    figures: dict[str, Figures] = field(default_factory=lambda: defaultdict(Figures))

    def processor(self) -> float:
        """Seconds of the processor that it has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


def spoken(person: Person, text: str) -> Task:
    """Somebody writes."""
    return person.chat_id, {"update_id": next(_updates), "message": _message(person) | {"text": text}}


def tapped(person: Person, data: str) -> Task:
    """Somebody taps."""
    number = next(_updates)
    query = {
        "id": f"query-{person.chat_id}-{number}",
        "from": _sender(person),
        "chat_instance": "1",
        "data": data,
        "message": _message(person) | {"text": "…", "from": {"id": 7, "is_bot": True, "first_name": "Курсы"}},
    }
    return person.chat_id, {"update_id": number, "callback_query": query}


def _sender(person: Person) -> dict[str, Any]:
    return {"id": person.chat_id, "is_bot": False, "first_name": "Анна"}


def _message(person: Person) -> dict[str, Any]:
    chat = {"id": person.chat_id, "type": "private", "first_name": "Анна"}
    return {"message_id": 10, "date": 1_764_000_000, "chat": chat, "from": _sender(person)}


class Town:
    """Who does what: fifty teachers, each with a head."""

    def __init__(self, city: City, teachers: Sequence[Person], heads: Sequence[Person], titles: Sequence[str]) -> None:
        self.city = city
        self._teachers, self._heads, self._titles = teachers, heads, titles
        self._chance = random.Random(1)
        self._applied = 0
        self.courses: Sequence[int] = ()

    @classmethod
    async def found(cls, url: str) -> "Town":
        """A thousand courses, and their readers in a table of the typical bot's."""
        database = Database(url)
        await upgrade(database)
        calendar = Calendar(ZoneInfo("Europe/Moscow"))
        city = City(database, open_portal(database, calendar))
        content, titles = large_catalogue(COURSES)
        await Imports(database, calendar).courses("large.csv", content)
        teachers, heads = [], []
        for _ in range(PEOPLE):
            school = await city.school()
            heads.append(await city.person(school, head_of=school))
            teachers.append(await city.person(school))
        town = cls(city, teachers, heads, titles)
        async with database.read() as connection:
            budget = select(Course.id).where(Course.funding == Funding.BUDGET).order_by(Course.id)
            town.courses = list((await connection.execute(budget)).scalars())
            rows = (await connection.execute(select(Course.id, Course.code, Course.title, Course.annotation))).all()
        engine = create_async_engine(database.url)
        async with engine.begin() as tx:
            await tx.run_sync(typical.Base.metadata.create_all)
            await tx.execute(insert(typical.Lesson), [dict(row._mapping) for row in rows])
        await engine.dispose()
        return town

    def searches(self, updates: int) -> list[Task]:
        """Each for two words of a title."""
        return [spoken(self._teacher(place), self._query()) for place in range(updates)]

    def _query(self) -> str:
        words = plain_words(self._chance.choice(self._titles))
        place = self._chance.randrange(len(words) - 1)
        return " ".join(words[place : place + 2])

    def _teacher(self, place: int) -> Person:
        return self._teachers[place % PEOPLE]

    def cards(self, updates: int) -> list[Task]:
        """Any course's."""
        data = [ShowCourse(course=self._chance.choice(self.courses)).pack() for _ in range(updates)]
        return [tapped(self._teacher(place), each) for place, each in enumerate(data)]

    def lessons(self, updates: int) -> list[Task]:
        """The same, as the typical bot has them."""
        return [tapped(self._teacher(place), f"card:{self._chance.choice(self.courses)}") for place in range(updates)]

    def applications(self, updates: int) -> list[Task]:
        """Each teacher for the next course."""
        tasks = []
        for _ in range(updates):
            course = self.courses[self._applied // PEOPLE]
            data = ConfirmApply(course=course, search=0, page=0).pack()
            tasks.append(tapped(self._teacher(self._applied), data))
            self._applied += 1
        return tasks

    async def approvals(self, updates: int) -> list[Task]:
        """What waits, each by its head."""
        waiting = select(Application.id, Application.user_id, Application.version).where(
            Application.status == Status.PENDING
        )
        by_teacher = {teacher.id: head for teacher, head in zip(self._teachers, self._heads, strict=True)}
        async with self.city.database.read() as connection:
            rows = (await connection.execute(waiting.order_by(Application.id).limit(updates))).all()
        return [tapped(by_teacher[row.user_id], Decide(application=row.id, version=row.version).pack()) for row in rows]

    async def until_all_is_said(self) -> None:
        """The pushes that a round has caused are a part of its cost."""
        waits = Notification.sent_at.is_(None), Notification.failed_at.is_(None), Notification.due_at <= utc_now()
        unsaid = select(func.count()).where(*waits, Notification.channel == CHAT)
        async with asyncio.timeout(SAID_WITHIN):
            while await self.city.one(unsaid):  # noqa: ASYNC110 - rows tell nobody
                await asyncio.sleep(0.1)


@asynccontextmanager
async def running(name: str, telegram: Telegram, url: str, log: Path) -> AsyncIterator[Contestant]:
    """One of the bots, on a core of its own, until the context ends."""
    listen = f"127.0.0.1:{free_port()}"
    target = Target(f"http://{listen}/")
    given = {
        "BOT_TOKEN": TOKEN,
        "BOT_API_URL": telegram.url,
        "DATABASE_URL": str(url),
        "WEBHOOK_URL": "https://bot.example.org/",
        "WEBHOOK_SECRET": target.secret,
        "WEBHOOK_LISTEN": listen,
        "LOG_LEVEL": "WARNING",
        "TAP_LIMIT": "0",
    }
    async with process_of(f"benchmarks.speed.{name}", environment(**given), log) as process:
        if (cores := os.cpu_count() or 1) > 1:
            os.sched_setaffinity(process.pid, {0})
            os.sched_setaffinity(0, set(range(1, cores)))
        ends = time.monotonic() + UP_WITHIN
        while not await _listens(listen):
            assert process.returncode is None, written(log)
            assert time.monotonic() < ends, written(log)
            await asyncio.sleep(0.1)
        yield Contestant(name, process, target)


async def _listens(listen: str) -> bool:
    host, _, port = listen.rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.close()
    return True


async def run(url: str, folder: Path, rounds: int, updates: int) -> dict[str, dict[str, Figures]]:
    """The figures of each bot on a database, by what is done."""
    town = await Town.found(url)
    driver = town.city.database.url.render_as_string(hide_password=False)
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(Telegram.open())
        stack.push_async_callback(town.city.database.close)
        echo, plain, ours = [
            await stack.enter_async_context(running(name, telegram, address, folder / f"{name}.log"))
            for name, address in (("echo", ""), ("typical", driver), ("ours", url))
        ]

        async def measure(bot: Contestant, what: str, tasks: list[Task]) -> None:
            before = bot.processor()
            wall = await telegram.bring(bot.target, tasks, PEOPLE)
            if bot is ours:
                await town.until_all_is_said()
            bot.figures[what].add(len(tasks), wall, bot.processor() - before)

        for number in range(rounds + 1):
            for bot, what, tasks in (
                (echo, SEARCH, town.searches(updates)),
                (plain, SEARCH, town.searches(updates)),
                (ours, SEARCH, town.searches(updates)),
                (echo, CARD, town.cards(updates)),
                (plain, CARD, town.lessons(updates)),
                (ours, CARD, town.cards(updates)),
                (ours, APPLY, town.applications(updates)),
            ):
                await measure(bot, what, tasks)
            await measure(ours, APPROVE, await town.approvals(updates))
            if not number:  # compiled statements, filled caches: once is for good
                for bot in (echo, plain, ours):
                    bot.figures.clear()
        return {bot.name: dict(bot.figures) for bot in (echo, plain, ours)}


_THEIRS: Final = {
    ("echo", SEARCH): "echo: a message",
    ("echo", CARD): "echo: a tap",
    ("typical", SEARCH): "typical: search",
    ("typical", CARD): "typical: card",
}


def table(title: str, figures: dict[str, dict[str, Figures]]) -> tuple[str, list[str]]:
    """The figures in Markdown, and the floors that do not hold: of the rate."""
    lines = [
        f"| {title} | updates/s | of echo | of typical | ms of processor | echo's part | typical's part |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    broken = []
    for what in (SEARCH, CARD, APPLY, APPROVE):
        ours = figures["ours"][what]
        rates, costs = ["", ""], ["", ""]
        for place, other in enumerate(("echo", "typical")):
            floor = FLOORS.get((what, other))
            if floor is not None:
                theirs = figures[other][SEARCH if what == SEARCH else CARD]
                rate = ours.rate / theirs.rate
                rates[place], costs[place] = f"{rate:.2f}", f"{theirs.cost / ours.cost:.2f}"
                if rate < floor:
                    broken.append(f"{title}: {what} is {rate:.2f} of {other}, at least {floor}")
        lines.append(f"| {what} | {ours.rate:.0f} | {' | '.join(rates)} | {ours.cost:.2f} | {' | '.join(costs)} |")
    for (other, what), name in _THEIRS.items():
        theirs = figures[other][what]
        lines.append(f"| {name} | {theirs.rate:.0f} | | | {theirs.cost:.2f} | | |")
    return "\n".join(lines), broken


async def compare(rounds: int, updates: int) -> int:
    """On SQLite, then on PostgreSQL: the exit code, 1 where a floor does not hold."""
    broken: list[str] = []
    async with in_folder() as folder:
        places = [f"sqlite:///{folder / 'bot.db'}"]
        async with AsyncExitStack() as stack:
            try:
                places.append(await stack.enter_async_context(on_server()))
            except OSError:
                print("PostgreSQL does not answer", file=sys.stderr)
            for url in places:
                printed, below = table(named(url), await run(url, Path(tempfile.mkdtemp(dir=folder)), rounds, updates))
                print(printed, end="\n\n", flush=True)
                broken += below
    return verdict(broken)


def main() -> None:
    """Read the arguments, run, exit."""
    given = chosen(__doc__, rounds=5, updates=300)
    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        sys.exit(runner.run(compare(**given)))


if __name__ == "__main__":
    main()
