"""`python -m benchmarks.speed` and `replicas`, small: everybody is answered by each bot, and no timings."""

from pathlib import Path

from benchmarks import replicas
from benchmarks.speed.__main__ import APPLY, APPROVE, CARD, FLOORS, SEARCH, Figures, run, table
from tests.conftest import Databases


async def test_each_bot_answers_everybody_and_ours_applies_and_approves(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh("sqlite") as url:
        figures = await run(url, tmp_path, rounds=1, updates=50)
    done = {bot: {what: each.updates for what, each in by_kind.items()} for bot, by_kind in figures.items()}
    assert done == {
        "echo": {SEARCH: 50, CARD: 50},
        "typical": {SEARCH: 50, CARD: 50},
        "ours": {SEARCH: 50, CARD: 50, APPLY: 50, APPROVE: 50},
    }


async def test_two_replicas_answer_everybody_as_one_does(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh("postgresql") as url:
        figures = await replicas.run(url, tmp_path, turns=1, updates=50)
    done = {number: {what: each.updates for what, each in by_kind.items()} for number, by_kind in figures.items()}
    assert done == {number: {SEARCH: 50, CARD: 50, APPLY: 50} for number in (1, 2)}
    assert replicas.report(figures).count("/s, ") == 6


def test_what_is_below_its_floor_is_named() -> None:
    quick, slow = Figures(100, 1.0, 0.1), Figures(100, 10.0, 1.0)
    theirs = {SEARCH: quick, CARD: quick}
    for ours, expected in ((quick, ["search", "card"]), (slow, [what for what, _ in FLOORS])):
        printed, broken = table(
            "SQLite", {"echo": theirs, "typical": theirs, "ours": dict.fromkeys([SEARCH, CARD, APPLY, APPROVE], ours)}
        )
        assert [line.split()[1] for line in broken] == sorted(expected, key=[SEARCH, CARD, APPLY, APPROVE].index)
        assert "| echo: a tap | 100 | | | 1.00 | | |" in printed
