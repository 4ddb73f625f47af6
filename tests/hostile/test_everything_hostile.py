"""What `python -m benchmarks.hostile` tries at length, tried small."""

import logging

import pytest

from benchmarks.hostile.stage import staged
from benchmarks.hostile.walk import SCALES, walk
from tests.conftest import KINDS, Databases


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_hostile_breaks_reveals_or_changes_anything(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("ENV_FILE", "")
    before = logging.getLogger().handlers, logging.getLogger().level
    async with databases.fresh(kind) as url:
        try:
            async with staged(url) as stage:
                tallies = [tally async for tally in walk(stage, KINDS.index(kind), SCALES["small"])]
        finally:
            root = logging.getLogger()
            root.handlers, root.level = before
    assert {tally.kind: tally.failures for tally in tallies if tally.failures} == {}
    assert all(tally.tried for tally in tallies)
