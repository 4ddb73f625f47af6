"""A progress bar for what takes long."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import Progress, TaskID

LATE: Final = 1.0
"""Seconds without a bar: what is over sooner needs none."""


class LateBar:
    """A bar on stderr that appears after a second. Call it with how much is done of how much.

    `clock` counts seconds from any beginning.
    """

    def __init__(self, label: str, clock: Callable[[], float] = time.monotonic, console: Console | None = None) -> None:
        self._label = label
        self._clock = clock
        self._console = console or Console(stderr=True)
        self._began = clock()
        self._progress: Progress | None = None
        self._task = TaskID(0)

    def __call__(self, done: int, total: int) -> None:
        """So much is done."""
        if self._progress is None:
            if self._clock() - self._began < LATE:
                return
            self._progress = Progress(console=self._console, transient=True)
            self._task = self._progress.add_task(self._label, total=total)
            self._progress.start()
        self._progress.update(self._task, completed=done, total=total)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._progress is not None:
            self._progress.stop()
