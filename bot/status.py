"""How the bot is: `/healthz` and `/readyz` for whoever keeps it running, `/metrics` for whoever watches it."""

import asyncio
from typing import Final

import structlog
from aiohttp import web

from bot import metrics
from db.engine import Database
from db.reach import Unreachable, reach
from services.portal import Services

DATABASE_WITHIN: Final = 3.0
"""Seconds: a probe that waits longer than its asker is no answer."""

log: Final = structlog.get_logger()


class Readiness:
    """Whether work can be given to this process: the database answers, Telegram was reached, no stop has begun."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.telegram_reached = False
        self.stopping = False

    async def lacking(self) -> str | None:
        """What keeps it from being ready, in a word; None: nothing does."""
        if self.stopping:
            return "stopping"
        if not self.telegram_reached:
            return "telegram"
        try:
            async with asyncio.timeout(DATABASE_WITHIN):
                await reach(self._database)
        except (Unreachable, TimeoutError):
            return "database"
        return None


def add_health(app: web.Application, readiness: Readiness) -> None:
    """Serve `/healthz` (the process lives) and `/readyz` (it can work; else 503 and why not)."""

    async def healthy(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def ready(_: web.Request) -> web.Response:
        lacking = await readiness.lacking()
        return web.Response(text=lacking or "ok", status=200 if lacking is None else 503)

    app.router.add_get("/healthz", healthy)
    app.router.add_get("/readyz", ready)


class StatusServer:
    """Listens on STATUS_LISTEN, which is nobody's but the machine's own: `/metrics` tells what goes on."""

    def __init__(self, readiness: Readiness, services: Services) -> None:
        self._services = services
        app = web.Application()
        add_health(app, readiness)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def open(self, host: str, port: int) -> None:
        """Begin to listen. Raises: OSError."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    async def close(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    async def _metrics(self, _: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(DATABASE_WITHIN):
                standing = await self._services.queues.standing()
        except Exception as fault:
            log.warning("queues_not_read", fault=type(fault).__name__)
            page = metrics.page(None, None)
        else:
            page = metrics.page(standing.queues, standing.given_up)
        return web.Response(body=page, headers={"Content-Type": metrics.TEXT_TYPE})
