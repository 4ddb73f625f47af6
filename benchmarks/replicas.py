"""Two replicas beside one, on PostgreSQL.

    python -m benchmarks.replicas [--turns 3] [--updates 300]

One replica has the first core for itself; of two each has one. Telegram (which answers at once and brings the updates
of fifty people), PostgreSQL and whatever else the machine does share the other cores with the second replica: the ratio
says what is left there for it, not what two machines would give.
"""

import asyncio
import os
from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from benchmarks.speed.__main__ import APPLY, CARD, PEOPLE, SEARCH, Contestant, Figures, Task, Town, running
from benchmarks.speed.telegram import Telegram
from benchmarks.stage import Report, chosen, in_folder, on_server, table
from bot.cli import quick_loop

KINDS: Final = (SEARCH, CARD, APPLY)


async def run(url: str, folder: Path, turns: int, updates: int) -> dict[int, dict[str, Figures]]:
    """By how many replicas there were: the figures of what was done."""
    found: dict[int, dict[str, Figures]] = {1: defaultdict(Figures), 2: defaultdict(Figures)}
    town = await Town.found(url)
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(Telegram.open())
        stack.push_async_callback(town.city.database.close)
        first = await stack.enter_async_context(running("ours", telegram, url, folder / "first.log"))
        await _measured(town, telegram, [first], updates)  # compiled once is for good
        for _ in range(turns):
            _add(found[1], await _measured(town, telegram, [first], updates))
            async with running("ours", telegram, url, folder / "second.log") as second:
                os.sched_setaffinity(second.process.pid, {(os.cpu_count() or 1) - 1})
                await _measured(town, telegram, [first, second], PEOPLE)
                _add(found[2], await _measured(town, telegram, [first, second], updates))
    return found


async def _measured(
    town: Town, telegram: Telegram, replicas: list[Contestant], updates: int
) -> dict[str, tuple[int, float, float]]:
    """Updates, seconds, seconds of the replicas' processors, by what is done; each replica has its own people."""
    outcome = {}
    for what, tasks in (
        (SEARCH, town.searches(updates)),
        (CARD, town.cards(updates)),
        (APPLY, town.applications(updates)),
    ):
        before = sum(each.processor() for each in replicas)
        shares: list[list[Task]] = [[] for _ in replicas]
        for chat, update in tasks:
            shares[chat % len(replicas)].append((chat, update))
        walls = await asyncio.gather(
            *(
                telegram.bring(each.target, share, PEOPLE // len(replicas))
                for each, share in zip(replicas, shares, strict=True)
            )
        )
        await town.until_all_is_said()
        outcome[what] = len(tasks), max(walls), sum(each.processor() for each in replicas) - before
    return outcome


def _add(to: dict[str, Figures], measured: dict[str, tuple[int, float, float]]) -> None:
    for what, figures in measured.items():
        to[what].add(*figures)


def report(found: dict[int, dict[str, Figures]]) -> str:
    """The table."""
    one, two = found[1], found[2]
    columns = [
        Report("one replica", {what: f"{one[what].rate:.0f}/s, {one[what].cost:.1f} ms" for what in KINDS}, []),
        Report("two", {what: f"{two[what].rate:.0f}/s, {two[what].cost:.1f} ms" for what in KINDS}, []),
        Report("two to one", {what: f"{two[what].rate / one[what].rate:.2f}" for what in KINDS}, []),
    ]
    return table(columns)


async def main(turns: int, updates: int) -> None:
    """Print it. Raises: OSError, where PostgreSQL does not answer."""
    async with in_folder() as folder, on_server() as url:
        print(f"cores: {os.cpu_count()}; updates a second and milliseconds of the replicas' processors an update")
        print(report(await run(url, folder, turns, updates)))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        runner.run(main(**chosen(__doc__, turns=3, updates=300)))
