"""The commands of `benchmarks/`, small: what must never happen, and no timings."""

from pathlib import Path

import pytest

from benchmarks import faults, pace
from benchmarks.stage import Report, table


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_notification_arrives_whatever_telegram_and_the_network_do(
    database_url: str, tmp_path: Path
) -> None:
    outcome = await faults.run(
        database_url, tmp_path / "bot.log", notifications=200, silence=0.3, longest_pause=1, crossing=0.9, speed=8
    )
    assert sum(outcome.met.values()) > 20
    assert outcome.broken == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_bulk_never_meets_a_429_and_pushes_arrive_meanwhile(database_url: str, tmp_path: Path) -> None:
    outcome = await pace.run(database_url, tmp_path / "bot.log", messages=200, chats=60, taps=4)
    assert (outcome.arrived, outcome.too_many, len(outcome.pushes)) == (200, 0, 4)


def test_figures_are_printed_as_a_table_to_be_kept() -> None:
    reports = [Report(title, {"messages": number}, []) for title, number in (("SQLite", 1), ("PostgreSQL", 2))]
    assert table(reports) == "| | SQLite | PostgreSQL |\n| --- | --- | --- |\n| messages | 1 | 2 |"
