"""Whatever is logged as an error is counted by its kind and told to operators: now and then, and never in a loop."""

import asyncio
import contextlib
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Final

import structlog
from structlog.typing import EventDict

from bot import logs
from bot.settings import ROOT
from services.faults import FAULT, Faults, SeenFault

LOOKS_EVERY: Final = 60.0
"""Seconds: what has happened within the hour is told when the hour is over."""
GATHERS: Final = 0.5
"""Seconds: faults seldom come alone."""
CLOSES_WITHIN: Final = 2.0
MOST_KINDS: Final = 200
"""In memory while the database is away; what comes on top of them is in the log alone."""
_LISTED: Final = frozenset({"push_given_up"})
"""These operators see in «Доставка»."""
_LIBRARIES: Final = "site-packages"

log: Final = structlog.get_logger()


class FaultWatch:
    """Hears of every error that is logged; a fault of its own is a warning, which it does not hear."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._seen: Counter[tuple[str, str]] = Counter()
        self._some = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watching: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        self._watching = asyncio.create_task(self._watch())
        logs.listeners.add(self._hear)

    async def close(self) -> None:
        """Write down what was heard last, and listen no more."""
        logs.listeners.discard(self._hear)
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        if self._seen:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSES_WITHIN):
                    await self._report()

    def _hear(self, event: EventDict, error: BaseException | None) -> None:
        """An error's line, in whatever thread."""
        if event.get("kind") == FAULT or event.get("event") in _LISTED:
            return
        kind = _kind(event, error)
        if (kind in self._seen or len(self._seen) < MOST_KINDS) and self._loop is not None:
            self._seen[kind] += 1
            self._loop.call_soon_threadsafe(self._some.set)

    async def _watch(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY):
                    await self._some.wait()
                await asyncio.sleep(GATHERS)
            self._some.clear()
            if not await self._report():
                await asyncio.sleep(LOOKS_EVERY)

    async def _report(self) -> bool:
        """Whether the database took it; else it is kept."""
        seen, self._seen = self._seen, Counter()
        try:
            await self._faults.report([SeenFault(name, place, times) for (name, place), times in seen.items()])
        except Exception as fault:
            self._seen += seen
            log.warning("faults_not_reported", fault=type(fault).__name__)
            return False
        except asyncio.CancelledError:
            self._seen += seen
            raise
        return True


def _kind(event: EventDict, error: BaseException | None) -> tuple[str, str]:
    """The error's name and the innermost place in our code; of a line without an error its own name."""
    if error is not None:
        return type(error).__name__, _place(error.__traceback__)
    record = event.get("_record")
    if record is not None:  # a library's line, which may quote anybody
        return str(record.name), str(record.funcName)
    return str(event.get("event")), str(event.get("kind", ""))


def _place(trace: TracebackType | None) -> str:
    place = "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        file = Path(code.co_filename)
        if _LIBRARIES not in file.parts and file.is_relative_to(ROOT):
            place = f"{file.relative_to(ROOT).as_posix()}, {code.co_qualname}"
        trace = trace.tb_next
    return place
