"""The commands of `benchmarks/`, small: what must never happen, and no timings."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks import crash, faults, floors, growth, intake, pace, search, soak, start
from benchmarks.filled import Size
from benchmarks.stage import Report, table
from tests.conftest import KINDS, Databases


@dataclass(frozen=True)
class Outcomes:
    """What each command found."""

    crashes: list[crash.Outcome]
    faults: faults.Outcome
    pace: pace.Outcome
    soak: soak.Outcome


@pytest.fixture(scope="module")
async def outcomes(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """All of them side by side: most of their time is waiting. Where it can be, the bot's clock is a fast one."""
    folder = tmp_path_factory.mktemp("logs")
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(databases.fresh(kind)) for kind in (*KINDS, *KINDS, "sqlite")]
        logs = [folder / f"{number}.log" for number in range(len(urls))]
        first, second, third, fourth, fifth = zip(urls, logs, strict=True)
        crashes = asyncio.gather(*(crash.run(*place, kills=5, speed=5) for place in (first, second)))
        troubled = faults.run(*third, notifications=200, silence=0.3, longest_pause=1, crossing=0.9, speed=8)
        paced = pace.run(*fourth, messages=200, chats=60, taps=4)
        soaked = soak.run(*fifth, minutes=0.25, people=20)
        return Outcomes(*await asyncio.gather(crashes, troubled, paced, soaked))


async def test_a_crash_loses_nothing_and_doubles_no_more_than_was_in_flight(outcomes: Outcomes) -> None:
    for outcome in outcomes.crashes:
        assert outcome.broken == []
        assert outcome.applications > 0


async def test_every_notification_arrives_whatever_telegram_and_the_network_do(outcomes: Outcomes) -> None:
    assert sum(outcomes.faults.met.values()) > 20
    assert outcomes.faults.broken == []


async def test_bulk_never_meets_a_429_and_pushes_arrive_meanwhile(outcomes: Outcomes) -> None:
    assert (outcomes.pace.arrived, outcomes.pace.too_many, len(outcomes.pace.pushes)) == (200, 0, 4)


async def test_months_leave_no_row_longer_than_it_is_kept(outcomes: Outcomes) -> None:
    assert outcomes.soak.done["apply"] > 0
    assert not any(outcomes.soak.overdue.values())
    assert (outcomes.soak.errors, outcomes.soak.ended) == ([], False)


def test_figures_are_printed_as_a_table_to_be_kept() -> None:
    reports = [Report(title, {"messages": number}, []) for title, number in (("SQLite", 1), ("PostgreSQL", 2))]
    assert table(reports) == "| | SQLite | PostgreSQL |\n| --- | --- | --- |\n| messages | 1 | 2 |"


@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_is_stored_is_handled_by_both_ways_in(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("ENV_FILE", "")
    async with databases.fresh(kind) as url:
        outcome = await intake.run(url, tmp_path / "bot.log", updates=60)
    assert set(outcome.shares) == {"long polling", "a webhook"}


async def test_a_search_among_many_courses_is_timed_beside_the_bare_one(capsys: pytest.CaptureFixture[str]) -> None:
    await search.at_large(60, queries=27)
    printed = capsys.readouterr().out
    assert [printed.count(f"{slips} corrected:") for slips in (0, 1, 2)] == [2, 2, 2]
    assert printed.count("bare FTS5:") == 3


async def test_the_echo_bot_and_ours_answer_after_their_start(tmp_path: Path) -> None:
    outcome = await start.run(tmp_path, starts=1, courses=60, rest=0, warmed=True)
    assert {"echo", "ours, SQLite", "ours, 60 courses"} <= set(outcome.starts)
    assert all(report.rows["memory at rest"] for report in outcome.reports())


@pytest.mark.parametrize("kind", KINDS)
async def test_what_one_person_does_is_timed_on_a_small_portal_and_on_a_larger_one(
    databases: Databases, kind: str
) -> None:
    async with databases.fresh(kind) as small, databases.fresh(kind) as large:
        outcome = await growth.run(small, large, rounds=1, scale=2, small=Size(1_000, 200, 400))
    assert {"the card", "apply", "approve", "enrol", "complete", "the record book"} <= set(outcome.p95)


async def test_each_floor_of_this_machine_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    await floors.main(times=3)
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in printed[:3]] == [
        "fsync",
        "sqlite3, a statement",
        "aiosqlite, a statement",
    ]
    assert printed[3].startswith("PostgreSQL")
