"""Whether what one person does takes longer on a large portal than on a small one.

    python -m benchmarks.growth [--rounds 60] [--scale 100]

The small portal has 1,000 courses, 2,000 people and 10,000 applications, the large one `scale` times as many. In each
round every journey is made once on each, in turns, by one person at a time; the first round is left out. A p95 is the
median of the p95s of five parts of the run: what meets one part alone is the machine's. Bound: 1.3 times the small
portal's.
Search is not here: `python -m benchmarks.search` has it.
"""

import asyncio
import gc
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from benchmarks.filled import FIRST_CHAT, Size, fill
from benchmarks.stage import Report, chosen, in_folder, named, on_server, table, verdict
from bot.cli import quick_loop
from db.engine import Database
from db.migrate import bring_up_to_date
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

Timed = Callable[[str, Awaitable[Any]], Awaitable[Any]]


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

    async def live(self, timed: Timed) -> None:
        """Everybody's journeys, once; what is not `timed` sets the scene."""
        services, city, head, staff = self.services, self.city, self.head, self.staff
        screen = Screen(head.chat_id, 1)
        teacher = await city.person(self.school)
        course, other, third = [await city.course(provider_id=self.provider, starts_in=None) for _ in range(3)]
        group = await city.group(course)
        await timed("who is this", services.people.arrive(FIRST_CHAT + 7))
        await timed("the catalogue's page", services.catalogue.page(OPEN_NOW, 0, teacher))
        await timed("the card", services.catalogue.card(course, teacher))
        await timed("a favourite", services.favourites.put(course, teacher, kept=True))
        await timed("favourites", services.catalogue.page(FAVOURITES, 0, teacher))
        first = (await timed("apply", services.applications.apply(course, teacher))).application.id
        second = (await services.applications.apply(other, teacher)).application.id
        last = (await services.applications.apply(third, teacher)).application.id
        await timed("my applications", services.applications.mine(0, teacher))
        await timed("one of them", services.applications.one(first, teacher))
        await timed("withdraw", services.applications.withdraw(second, 1, teacher))
        await timed("the approvers' queue", services.approvals.queue(head))
        await timed("approve", services.approvals.approve(first, 1, head, screen))
        await timed("reject", services.approvals.reject(last, 1, "Нет", head, screen))
        await timed("the provider's courses", services.groups.courses(0, staff))
        await timed("the course's desk", services.groups.desk(course, staff))
        await timed("who waits for a group", services.enrolment.waiting(course, 0, staff))
        await timed("enrol", services.enrolment.enrol(first, 2, group, staff))
        await timed("the group", services.groups.group(group, 0, staff))
        await timed("complete", services.completion.complete(group, [first], [], None, staff))
        await timed("the record book", services.record_book.look(0, teacher))
        await timed("the record book's extract", services.record_book.extract(teacher))
        await timed("the profile", services.profiles.view(teacher))
        await timed("a ticket", services.tickets.open("Вопрос", None, words("Вопрос"), teacher))
        await timed("my tickets", services.tickets.mine(0, teacher))
        await timed("support's queue", services.ticket_desk.queue(0, self.support))
        await timed("the school's overview", services.overviews.look(RolePlace.SCHOOL, self.school, head))
        await timed("the provider's overview", services.overviews.look(RolePlace.PROVIDER, self.provider, staff))
        await timed("the school's staff", services.staffing.staff(RolePlace.SCHOOL, self.school, 0, head))


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
    """Fill two databases and live in both, in turns."""
    large = Size(small.courses * scale, small.people * scale, small.applications * scale)
    towns = [await Town.found(url, size) for url, size in ((small_url, small), (large_url, large))]
    times: list[dict[str, list[float]]] = [defaultdict(list), defaultdict(list)]
    for number in range(rounds + 1):
        for place in ((0, 1), (1, 0))[number % 2]:
            gc.collect()
            await towns[place].live(_into(times[place] if number else defaultdict(list)))
    for town in towns:
        await town.city.database.close()
    return Outcome({name: (_p95(times[0][name]), _p95(times[1][name])) for name in times[0]})


def _into(times: dict[str, list[float]]) -> Timed:
    async def timed(name: str, call: Awaitable[Any]) -> Any:
        began = time.perf_counter()
        outcome = await call
        times[name].append((time.perf_counter() - began) * 1000)
        return outcome

    return timed


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
        sys.exit(runner.run(main(**chosen(__doc__, rounds=60, scale=100))))
