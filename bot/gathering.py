"""What comes one by one is done together, as far as it comes while others are being done."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

AT_ONCE: Final = 500
"""A statement binds some 32,000 values at most."""


class Gathering(Generic[Item]):
    """Hands items to `work`: at once, if nothing is under way, else together with all that come meanwhile."""

    def __init__(self, work: Callable[[Sequence[Item]], Awaitable[None]], at_once: int = AT_ONCE) -> None:
        self._work = work
        self._at_once = at_once
        self._gathered: list[Item] = []
        self._next: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def add(self, items: Sequence[Item]) -> None:
        """Wait until these items are done. Raises: what `work` raises, to all whose items it had."""
        if self._next is None or len(self._gathered) + len(items) > self._at_once:
            self._gathered = []
            self._next = asyncio.create_task(self._go(self._gathered))
        self._gathered.extend(items)
        # Whoever gives up waiting must not take the others' items with it.
        await asyncio.shield(self._next)

    async def _go(self, gathered: list[Item]) -> None:
        async with self._one_at_a_time:
            if self._gathered is gathered:
                self._next = None
            await self._work(gathered)
