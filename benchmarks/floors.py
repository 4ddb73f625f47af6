"""What nothing gets below on this machine: an fsync, a hop to aiosqlite's thread, a round trip to PostgreSQL.

    python -m benchmarks.floors [--times 300]

Medians, in milliseconds, of what is done alone: a page written and synced, and the smallest statement.
"""

import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable

import aiosqlite
import asyncpg

from benchmarks.stage import POSTGRES, chosen

STATEMENT = "SELECT 1"


async def median(work: Callable[[], Awaitable[object]], times: int) -> float:
    """Milliseconds that it takes."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


async def main(times: int) -> None:
    """Print each floor; PostgreSQL's where it answers."""
    bare = sqlite3.connect(":memory:")

    with tempfile.TemporaryFile() as file:

        async def sync() -> None:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())

        async def without_a_thread() -> None:
            bare.execute(STATEMENT).fetchall()

        print(f"fsync: {await median(sync, times):.3f}")
        print(f"sqlite3, a statement: {await median(without_a_thread, times):.3f}")
    async with aiosqlite.connect(":memory:") as hopping:
        print(f"aiosqlite, a statement: {await median(lambda: hopping.execute_fetchall(STATEMENT), times):.3f}")
    try:
        server = await asyncpg.connect(POSTGRES)
    except OSError:
        print("PostgreSQL does not answer")
        return
    print(f"PostgreSQL, a round trip: {await median(lambda: server.fetchval(STATEMENT), times):.3f}")
    await server.close()


if __name__ == "__main__":
    asyncio.run(main(**chosen(__doc__, times=300)))
