"""Everything hostile, tried: what, how often, and what went wrong.

    python -m benchmarks.hostile [--seed N] [--scale full|small] [--parts updates …] [--database URL]

The whole bot runs in this process, on a SQLite file of its own or on the empty database that is named, against the
stand-in on loopback. The exit code is 1 where anything failed, or somebody waited too long.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import Final

from benchmarks.hostile.stage import staged
from benchmarks.hostile.tally import table
from benchmarks.hostile.walk import PARTS, SCALES, walk
from db.engine import Database
from db.migrate import upgrade

TOO_LONG: Final = 15.0
"""Seconds after which a phone shows a tap as unanswered."""


async def run(seed: int, scale: str, parts: Collection[str], database_url: str) -> bool:
    """Try these parts and print the table; whether nothing failed and nobody waited."""
    database = Database(database_url)
    await upgrade(database)
    await database.close()
    async with staged(database_url) as stage:
        began = time.monotonic()
        tallies = []
        async for tally in walk(stage, seed, SCALES[scale], parts):
            tallies.append(tally)
            seconds = time.monotonic() - began
            print(f"{seconds:5.0f} s  {tally.kind}: {tally.tried:,}", file=sys.stderr, flush=True)
    print(table(tallies))
    return not any(tally.failures or tally.slowest > TOO_LONG for tally in tallies)


def main() -> None:
    """Read the arguments, run, exit."""
    parser = argparse.ArgumentParser(description="hostile input of every kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", choices=SCALES, default="full")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="these alone")
    parser.add_argument("--database", help="an empty database instead of a SQLite file")
    given = parser.parse_args()
    os.environ["ENV_FILE"] = ""
    with tempfile.TemporaryDirectory() as folder:
        url = given.database or f"sqlite:///{Path(folder) / 'hostile.db'}"
        sys.exit(0 if asyncio.run(run(given.seed, given.scale, given.parts, url)) else 1)


main()
