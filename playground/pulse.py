"""Waiting for something to change without asking again and again."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


class Pulse:
    """Wakes everybody who waits, each time something changes."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def beat(self) -> None:
        """Say that something changed."""
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, timeout: float | None = None) -> None:
        """Sleep until the next change or until `timeout` seconds have passed."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            self._waiting = [other for other in self._waiting if other is not waiter]

    async def until(self, look: Callable[[], Seen | None], timeout: float) -> Seen | None:
        """Return what `look` sees first, or None if it saw nothing within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while (seen := look()) is None and (left := deadline - time.monotonic()) > 0:
            await self.wait(left)
        return seen
