"""Living beside other processes of the bot: a sign of life every few seconds, and what follows from who else lives."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog

from bot.logs import told
from services.replicas import ALONE, BEAT_SECONDS, LEASE, Replicas, Standing

A_SECOND_OF_PACE: Final = 1.0
"""What was sent counts for so long against the pace over all chats."""
MAKING_ROOM: Final = BEAT_SECONDS + A_SECOND_OF_PACE

log: Final = structlog.get_logger()


class Presence:
    """Keeps this process among the living, and calls `changed` with its standing whenever that is another one."""

    def __init__(self, replicas: Replicas, changed: Callable[[Standing], None]) -> None:
        self._replicas = replicas
        self._changed = changed
        self._standing = ALONE
        self._seen_at = time.monotonic()
        self._told = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Come. Where others live, this returns when they have made room."""
        await self._beat(first=True)
        self._beating = asyncio.create_task(self._keep())
        if self._standing.share.count > 1:
            await asyncio.sleep(MAKING_ROOM)

    def look(self) -> None:
        """Somebody has come or gone."""
        self._told.set()

    async def close(self) -> None:
        """Go, and hand everything on."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        if self._standing.share.count > 1:
            await asyncio.sleep(A_SECOND_OF_PACE)
        await self._replicas.leave()

    async def _keep(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._told.wait()
            self._told.clear()
            try:
                await self._beat()
            except Exception as fault:
                log.warning("no_sign_of_life", fault=told(fault))
                if time.monotonic() - self._seen_at > LEASE.total_seconds():
                    self._stand(replace(self._standing, has_clock=False))

    async def _beat(self, *, first: bool = False) -> None:
        begun = time.monotonic()
        standing = await self._replicas.beat(first=first)
        self._seen_at = begun
        self._stand(standing)

    def _stand(self, standing: Standing) -> None:
        if standing != self._standing:
            log.info("standing", place=standing.share.place, of=standing.share.count, clock=standing.has_clock)
            self._standing = standing
            self._changed(standing)
