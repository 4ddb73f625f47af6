"""Databases of both kinds, fresh for each test, and a clock that tests move.

database_url    a migrated database of its own, on SQLite and (where it answers) on PostgreSQL
database        the engines on it, on the test's clock
services        the portal's use cases on it
clock           clock.now(), clock.advance(timedelta(...)); begins on a Tuesday at noon in Moscow
redis_url       a Redis database of its own kind, emptied before and after
windows         a browser, the same for all tests of the chat page
"""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from db.engine import Database
from db.migrate import upgrade
from domain.clock import Calendar
from services.portal import Services, open_portal
from tests.playground.screen import CHROMIUM, Windows, launched

POSTGRES_URL: Final = os.environ.get("TEST_POSTGRES_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"
_FIRST_REDIS: Final = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"


def _redis_of_this_worker() -> str:
    """Files that run side by side each empty a database of their own: the one named, and those before it."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    place = urlsplit(_FIRST_REDIS)
    number = int(place.path.strip("/") or 0)
    return urlunsplit(place._replace(path=f"/{number - worker}"))


REDIS_URL: Final = _redis_of_this_worker()
KINDS: Final = ("sqlite", "postgresql")
BEGINNING: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

# Tests hold no timings, and a busy machine is no fault of theirs.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

_numbers: Final = count(1)
_RUN: Final = secrets.token_hex(4)
"""Of this process alone: a run that was killed leaves databases behind, and process ids come again."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime = BEGINNING) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """So much time goes by."""
        self.moment += by


class Databases:
    """Makes migrated databases by copying one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[str, str] = {}

    def fresh(self, kind: str) -> AbstractAsyncContextManager[str]:
        """The URL of a new migrated database, gone when the context ends. Skips where the server is missing."""
        return self._fresh_file() if kind == "sqlite" else self._fresh_on_server()

    async def close(self) -> None:
        """Drop the template."""
        if "postgresql" in self._templates:
            await _on_server(f'DROP DATABASE "{self._templates["postgresql"]}" WITH (FORCE)')

    @asynccontextmanager
    async def _fresh_file(self) -> AsyncIterator[str]:
        template = self._folder / "template.db"
        if "sqlite" not in self._templates:
            await _migrate(f"sqlite:///{template}")
            self._templates["sqlite"] = str(template)
        place = self._folder / f"{next(_numbers)}.db"
        shutil.copy(template, place)
        yield f"sqlite:///{place}"
        for file in self._folder.glob(f"{place.name}*"):
            file.unlink()

    @asynccontextmanager
    async def _fresh_on_server(self) -> AsyncIterator[str]:
        await _answers(POSTGRES_URL, 5432, "PostgreSQL")
        if "postgresql" not in self._templates:
            template = f"course_bot_{_RUN}_template"
            await _on_server(f'CREATE DATABASE "{template}"')
            self._templates["postgresql"] = template
            await _migrate(_server_url(template))
        name = f"course_bot_{_RUN}_{next(_numbers)}"
        await _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{self._templates["postgresql"]}"')
        try:
            yield _server_url(name)
        finally:
            await _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _server_url(name: str) -> str:
    return urlunsplit(urlsplit(POSTGRES_URL)._replace(path=f"/{name}"))


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(POSTGRES_URL)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _answers(url: str, port: int, name: str) -> None:
    place = urlsplit(url)
    host, port = place.hostname or "127.0.0.1", place.port or port
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 3)
    except OSError:
        pytest.skip(f"left out: {name} does not answer on {host}:{port}")
    writer.close()
    await writer.wait_closed()


async def _migrate(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()


@pytest.fixture(scope="session")
async def databases(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Databases]:
    """Where fresh databases come from: `async with databases.fresh("sqlite") as url`."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    await made.close()


@pytest.fixture(params=KINDS)
async def database_url(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[str]:
    """A migrated database of its own."""
    async with databases.fresh(request.param) as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    """The test's clock."""
    return Clock()


@pytest.fixture
async def database(database_url: str, clock: Clock) -> AsyncIterator[Database]:
    """The engines."""
    opened = Database(database_url, clock.now)
    yield opened
    await opened.close()


@pytest.fixture
def services(database: Database, clock: Clock) -> Services:
    """The use cases."""
    return open_portal(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now))


@pytest.fixture
async def redis_url() -> AsyncIterator[str]:
    """An empty Redis database."""
    await _answers(REDIS_URL, 6379, "Redis")
    from redis.asyncio import Redis

    redis = Redis.from_url(REDIS_URL)
    await redis.flushdb()
    yield REDIS_URL
    await redis.flushdb()
    await redis.aclose()


@pytest.fixture(scope="session")
async def windows() -> AsyncIterator[Windows]:
    """One browser for all tests of the page."""
    if CHROMIUM is None:
        pytest.skip("left out: no Chromium")
    async with launched() as opened:
        yield opened
