"""Work in order within a lane, lanes side by side."""

import asyncio
from bisect import insort
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Final, Generic, TypeVar

import structlog

Item = TypeVar("Item")
log: Final = structlog.get_logger()


def _never(_: object) -> float:
    """How long an item is to wait before it is begun, where nothing is."""
    return 0.0


class Lanes(Generic[Item]):
    """One item of a lane at a time, in the order they came; `at_once` lanes side by side, turn by turn.

    A lane that has nothing to do leaves nothing behind: no task, no lock, no queue. Where items have an `order`, one
    that comes late goes before those that wait and come after it. A lane whose next item has to wait for some seconds,
    as `rests` says, takes nobody's place meanwhile.
    """

    def __init__(
        self,
        work: Callable[[Item], Awaitable[None]],
        at_once: int,
        order: Callable[[Item], int] | None = None,
        rests: Callable[[Item], float] = _never,
    ) -> None:
        self._work = work
        self._at_once = at_once
        self._order = order
        self._rests = rests
        self._resting: dict[int, asyncio.TimerHandle] = {}
        self._lanes: dict[int, deque[Item]] = {}
        self._ready: deque[int] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._moved = asyncio.Event()
        # Each item starts with the context of the beginning, not with what an earlier item put into its own.
        self._context = copy_context()

    @property
    def busy(self) -> set[int]:
        """Lanes that have work, waiting or in hand."""
        return set(self._lanes)

    def put(self, lane: int, item: Item, *, first: bool = False) -> None:
        """Leave an item at its place in its lane; `first`: the lane, if it is new, goes before those that wait."""
        queue = self._lanes.get(lane)
        if queue is None:
            queue = self._lanes[lane] = deque()
            (self._ready.appendleft if first else self._ready.append)(lane)
        if self._order is None:
            queue.append(item)
        else:
            insort(queue, item, key=self._order)
        self._begin()

    async def fewer_than(self, lanes: int, resting: int = 0) -> None:
        """Wait until fewer lanes than this have work; up to so many that rest are not counted."""
        while len(self._lanes) - min(resting, len(self._resting)) >= lanes:
            self._moved.clear()
            await self._moved.wait()

    async def close(self, within: float) -> None:
        """Let what was begun come to its end, for so many seconds; then stop it. What waits is not begun."""
        self._at_once = 0
        for timer in self._resting.values():
            timer.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def waiting(self) -> list[Item]:
        """What was not begun, lane by lane."""
        return [item for queue in self._lanes.values() for item in queue]

    def _begin(self) -> None:
        while self._ready and len(self._tasks) < self._at_once:
            lane = self._ready.popleft()
            if (seconds := self._rests(self._lanes[lane][0])) > 0.0:
                self._resting[lane] = asyncio.get_running_loop().call_later(seconds, self._rested, lane)
                self._moved.set()
                continue
            task = asyncio.create_task(self._step(lane), context=self._context.copy())
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _rested(self, lane: int) -> None:
        del self._resting[lane]
        self._ready.append(lane)
        self._begin()

    async def _step(self, lane: int) -> None:
        try:
            await self._work(self._lanes[lane].popleft())
        except Exception as fault:
            log.exception("work_failed", fault=type(fault).__name__)
        finally:
            if self._lanes[lane]:
                self._ready.append(lane)
            else:
                del self._lanes[lane]

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._moved.set()
        self._begin()
