"""Whether what one person does takes longer on a large portal than on a small one.

    python -m benchmarks.growth [--rounds 300] [--scale 100]

The small portal has 1,000 courses, 2,000 people and 10,000 applications, the large one `scale` times as many. In each
round every journey is made once on each, the two calls right after one another; the first round is left out. What
others do on the machine is no growth: the time that a call's threads wait for a core, by Linux' account, is taken off,
and a p95 is the median of the p95s of five parts of the run. Bound: 1.3 times the small portal's.
Search is not here: `python -m benchmarks.search` has it.
"""

import asyncio
import contextlib
import gc
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import text, update

from benchmarks.filled import FIRST_CHAT, Size, fill
from benchmarks.stage import Report, chosen, in_folder, named, on_server, table, verdict
from bot.cli import quick_loop
from db.engine import Database
from db.migrate import bring_up_to_date
from db.tables import Course
from domain.clock import Calendar
from domain.person import Person, Role
from domain.roles import RolePlace
from domain.tickets import words
from services.catalogue import FAVOURITES, OPEN_NOW
from services.portal import Services, open_portal
from services.prompting import Screen
from tests.city import City

SMALL: Final = Size(courses=1_000, people=2_000, applications=10_000)
MOST: Final = 1.3
PARTS: Final = 5

Steps = AsyncGenerator[tuple[str, Awaitable[Any]], Any]


@dataclass(frozen=True, slots=True)
class Town:
    """A portal that is full, and who lives in it: a school of its own, with teachers who come and go."""

    services: Services
    city: City
    head: Person
    staff: Person
    support: Person
    school: int
    provider: int

    @classmethod
    async def found(cls, url: str, size: Size) -> "Town":
        """Fill an empty database."""
        database = Database(url)
        await bring_up_to_date(database)
        services = open_portal(database, Calendar(ZoneInfo("Europe/Moscow")))
        await fill(database, size, services.calendar, searchable=False)
        city = City(database, services)
        provider = await city.provider()
        school = await city.school()
        head = await city.person(school, head_of=school)
        staff = await city.person(school, staff_of=provider)
        support = await city.person(school, portal=Role.SUPPORT)
        return cls(services, city, head, staff, support, school, provider)

    async def live(self) -> Steps:
        """Everybody's journeys, once: each by its name with the call, whose outcome is sent back. What happens between
        them sets the scene."""
        services, city, head, staff = self.services, self.city, self.head, self.staff
        screen = Screen(head.chat_id, 1)
        teacher = await city.person(self.school)
        courses = [await city.course(provider_id=self.provider, starts_in=None) for _ in range(3)]
        course, other, third = courses
        group = await city.group(course)
        yield "who is this", services.people.arrive(FIRST_CHAT + 7)
        yield "the catalogue's page", services.catalogue.page(OPEN_NOW, 0, teacher)
        yield "the card", services.catalogue.card(course, teacher)
        yield "a favourite", services.favourites.put(course, teacher, kept=True)
        yield "favourites", services.catalogue.page(FAVOURITES, 0, teacher)
        first = (yield "apply", services.applications.apply(course, teacher)).application.id
        second = (await services.applications.apply(other, teacher)).application.id
        last = (await services.applications.apply(third, teacher)).application.id
        yield "my applications", services.applications.mine(0, teacher)
        yield "one of them", services.applications.one(first, teacher)
        yield "withdraw", services.applications.withdraw(second, 1, teacher)
        yield "the approvers' queue", services.approvals.queue(head)
        yield "approve", services.approvals.approve(first, 1, head, screen)
        yield "reject", services.approvals.reject(last, 1, "Нет", head, screen)
        yield "the provider's courses", services.groups.courses(0, staff)
        yield "the course's desk", services.groups.desk(course, staff)
        yield "who waits for a group", services.enrolment.waiting(course, 0, staff)
        yield "enrol", services.enrolment.enrol(first, 2, group, staff)
        yield "the group", services.groups.group(group, 0, staff)
        yield "complete", services.completion.complete(group, [first], [], None, staff)
        yield "the record book", services.record_book.look(0, teacher)
        yield "the record book's extract", services.record_book.extract(teacher)
        yield "the profile", services.profiles.view(teacher)
        yield "a ticket", services.tickets.open("Вопрос", None, words("Вопрос"), teacher)
        yield "my tickets", services.tickets.mine(0, teacher)
        yield "support's queue", services.ticket_desk.queue(0, self.support)
        yield "the school's overview", services.overviews.look(RolePlace.SCHOOL, self.school, head)
        yield "the provider's overview", services.overviews.look(RolePlace.PROVIDER, self.provider, staff)
        yield "the school's staff", services.staffing.staff(RolePlace.SCHOOL, self.school, 0, head)
        async with city.database.write() as tx:  # no round adds to the next one's catalogue
            await tx.execute(update(Course).where(Course.id.in_(courses)).values(published=False))


@dataclass(frozen=True, slots=True)
class Outcome:
    """By the journey: milliseconds at the p95, small and large."""

    p95: Mapping[str, tuple[float, float]]

    def report(self, url: str) -> Report:
        """The column of the table."""
        rows, broken = {}, []
        for name, (small, large) in self.p95.items():
            rows[name] = f"{small:.1f} → {large:.1f} ms, {large / small:.2f}"
            if large / small > MOST:
                broken.append(f"{named(url)}: {name}: {large / small:.2f} times")
        return Report(named(url), rows, broken)


async def run(small_url: str, large_url: str, *, rounds: int, scale: int, small: Size = SMALL) -> Outcome:
    """Fill two databases and live in both, step by step."""
    large = Size(small.courses * scale, small.people * scale, small.applications * scale)
    towns = [await Town.found(url, size) for url, size in ((small_url, small), (large_url, large))]
    times: list[dict[str, list[float]]] = [defaultdict(list), defaultdict(list)]
    for number in range(rounds + 1):
        gc.collect()
        await _side_by_side(towns, times if number else [defaultdict(list), defaultdict(list)], number)
    for town in towns:
        await town.city.database.close()
    return Outcome({name: (_p95(times[0][name]), _p95(times[1][name])) for name in times[0]})


async def _side_by_side(towns: Sequence[Town], times: Sequence[dict[str, list[float]]], turn: int) -> None:
    """Everybody's journeys in both towns; which is the first changes from step to step and from turn to turn."""
    at_work = [await _at_work(town.city.database) for town in towns]
    lives = [town.live() for town in towns]
    came: list[Any] = [None for _ in lives]
    with contextlib.suppress(StopAsyncIteration):
        for step in count(turn):
            calls = [await life.asend(outcome) for life, outcome in zip(lives, came, strict=True)]
            for place in ((0, 1), (1, 0))[step % 2]:
                name, call = calls[place]
                waited, worked, began = _waited(at_work[place]), time.process_time(), time.perf_counter()
                came[place] = await call
                took, worked = time.perf_counter() - began, time.process_time() - worked
                waited = _waited(at_work[place]) - waited
                # Threads may wait side by side.
                times[place][name].append(max(took - waited, worked) * 1000)


async def _at_work(database: Database) -> list[int]:
    """The ids of the processes that do a database's work: this one and, on PostgreSQL, those of its connections."""
    if database.is_sqlite:
        return [os.getpid()]
    served = text("SELECT pid FROM pg_stat_activity WHERE application_name = :name").bindparams(name=database.process)
    async with database.read() as connection:
        return [os.getpid(), *(await connection.execute(served)).scalars()]


def _waited(processes: Sequence[int]) -> float:
    """Seconds so far in which these could have run and others had the cores; 0, where there is no such account."""
    nanoseconds = 0
    for process in processes:
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                nanoseconds += int(thread.read_text(encoding="ascii").split()[1])
    return nanoseconds / 1e9


def _p95(times: list[float]) -> float:
    """The median of the parts' p95s: what meets one part alone is the machine's."""
    each = max(1, len(times) // PARTS)
    parts = [sorted(times[start : start + each]) for start in range(0, each * min(PARTS, len(times)), each)]
    return statistics.median(part[min(len(part) - 1, round(0.95 * (len(part) - 1)))] for part in parts)


@asynccontextmanager
async def _two_on_server() -> AsyncIterator[tuple[str, str]]:
    async with on_server() as small, on_server(name="benchmark_large") as large:
        yield small, large


async def main(rounds: int, scale: int) -> int:
    """Print the table: the exit code, 1 where something grows."""
    reports = []
    async with in_folder() as folder, AsyncExitStack() as stack:
        places = [(_file(folder, "small"), _file(folder, "large"))]
        try:
            places.append(await stack.enter_async_context(_two_on_server()))
        except OSError:
            print("PostgreSQL does not answer", file=sys.stderr)
        for small, large in places:
            reports.append((await run(small, large, rounds=rounds, scale=scale)).report(small))
            print(table(reports[-1:]), end="\n\n", flush=True)
    return verdict(line for report in reports for line in report.broken)


def _file(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}.db"


if __name__ == "__main__":
    os.environ["ENV_FILE"] = os.devnull
    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        sys.exit(runner.run(main(**chosen(__doc__, rounds=300, scale=100))))
