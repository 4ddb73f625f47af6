"""The move of a large portal, small: every row is counted once, and the table says so."""

from benchmarks import moving
from tests.conftest import Databases


async def test_a_filled_portal_is_moved_and_its_rows_are_counted(databases: Databases) -> None:
    async with databases.fresh("sqlite") as source, databases.fresh("postgresql") as target:
        outcome = await moving.run(source, target, rows=1_000)
    assert outcome.courses == 60
    assert outcome.rows > 1_000
    assert 0 < outcome.copied <= outcome.compared <= outcome.seconds
    printed = moving.shown(outcome)
    assert f"written: {outcome.rows:,} rows" in printed
    assert "the index of 60 courses" in printed
