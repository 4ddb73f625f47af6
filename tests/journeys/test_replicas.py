"""The large set-up at work: nginx as it is deployed, two replicas, PostgreSQL and Redis, and people who do not stop."""

import asyncio
import io
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from benchmarks.crash import Load, open_updates, under_load
from benchmarks.stage import Stage, staged
from db.tables import Application
from domain.status import Status
from playground.updates import Webhook
from tests.bot.test_webhook import HEADER, SECRET
from tests.conftest import Databases
from tests.forked import Forked
from tests.nginx import balancer
from tests.running import COMES_WITHIN, free_port, start_bot, stop, written

APPROVED_MEANWHILE: Final = 2
PATH: Final = "/telegram"


@dataclass
class Site:
    """Two replicas behind nginx, each at a place of its own that it comes back to."""

    stage: Stage
    redis_url: str
    balancer: str
    places: list[str]
    bots: dict[str, Forked] = field(default_factory=dict)

    async def start(self, place: str) -> None:
        """Start the replica of a place; returns when it is ready, as a roll-out waits."""
        self.bots[place] = await start_bot(
            self.stage.stand_in,
            self.stage.url,
            self.stage.log,
            TIME_ZONE=self.stage.zone,
            LOG_LEVEL="WARNING",
            REDIS_URL=self.redis_url,
            WEBHOOK_URL=self.balancer + PATH,
            WEBHOOK_SECRET=SECRET,
            WEBHOOK_LISTEN=place,
        )
        async with asyncio.timeout(COMES_WITHIN):
            while await self.says(f"http://{place}", "/readyz") != 200:
                assert self.bots[place].returncode is None, written(self.stage.log)
                await asyncio.sleep(0.05)

    async def says(self, where: str, path: str, method: str = "GET", secret: str = SECRET, body: bytes = b"[]") -> int:
        """The status of an answer; 0: nobody is there."""
        try:
            async with (
                aiohttp.ClientSession() as client,
                client.request(method, where + path, data=io.BytesIO(body), headers={HEADER: secret}) as answer,
            ):
                return answer.status
        except aiohttp.ClientError:
            return 0

    @property
    def hook(self) -> Webhook:
        """What Telegram knows of the webhook."""
        hook = self.stage.stand_in.world.updates.webhook
        assert hook is not None
        return hook

    async def approved(self) -> int:
        """How many applications have been approved so far."""
        return await self.stage.city.count(Application, status=Status.APPROVED)

    async def works_on(self) -> None:
        """Wait until people have done some more."""
        enough = await self.approved() + APPROVED_MEANWHILE
        async with asyncio.timeout(COMES_WITHIN):
            while await self.approved() < enough:  # noqa: ASYNC110 - rows tell nobody
                await asyncio.sleep(0.1)


@pytest.fixture
async def site(databases: Databases, redis_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """The places of both, and nginx before them; a replica runs when it is started."""
    places = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    async with (
        databases.fresh("postgresql") as url,
        staged(url, tmp_path / "bot.log") as stage,
        balancer(tmp_path, places) as front,
    ):
        site = Site(stage, redis_url, front, places)
        try:
            yield site
        finally:
            await asyncio.gather(*map(stop, site.bots.values()))


async def test_a_replica_dies_and_all_are_replaced_and_nothing_is_lost_or_done_twice(site: Site) -> None:
    first, second = site.places

    async def kill(load: Load) -> tuple[list[float], Counter[str], list[Forked]]:
        await asyncio.gather(*map(site.start, site.places))
        await site.works_on()
        while not await open_updates(load.stage):  # noqa: ASYNC110 - rows tell nobody
            await asyncio.sleep(0.01)
        dead = site.bots[first]
        killed_at = time.time()
        dead.kill()
        assert await dead.wait() < 0
        in_flight = Counter({"updates": await open_updates(load.stage)})
        await site.works_on()
        # A new version is brought in like this, one replica after the other.
        await site.start(first)
        assert await stop(site.bots[second]) == 0
        await site.works_on()
        await site.start(second)
        await site.works_on()
        return [killed_at], in_flight, []

    outcome = await under_load(site.stage, kill)
    assert outcome.broken == []
    assert outcome.in_flight["updates"] > 0
    assert outcome.applications >= 4 * APPROVED_MEANWHILE
    assert site.hook.last_error_message is None, "Telegram has seen nothing of it"


async def test_the_balancer_opens_the_webhook_and_nothing_else(site: Site) -> None:
    await site.start(site.places[1])
    asked = {
        ("POST", PATH, SECRET, b"[]"): 400,
        ("POST", PATH, SECRET, b" " * 2**20): 400,
        ("POST", PATH, SECRET, b" " * (2**20 + 1)): 413,
        ("POST", PATH, "wrong", b"[]"): 401,
        ("GET", PATH, SECRET, b""): 403,
        ("POST", f"{PATH}/", SECRET, b"[]"): 404,
        ("GET", "/", SECRET, b""): 404,
        ("GET", "/healthz", SECRET, b""): 404,
        ("GET", "/readyz", SECRET, b""): 404,
        ("GET", "/metrics", SECRET, b""): 404,
        ("GET", f"{PATH}/../readyz", SECRET, b""): 404,
    }
    for (method, path, secret, body), status in asked.items():
        assert await site.says(site.balancer, path, method, secret, body) == status, (method, path)
