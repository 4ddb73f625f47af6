"""A progress bar for what takes long."""

import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import Progress, TaskID

LATE: Final = 1.0
"""Seconds without a bar: what is over sooner needs none."""


class LateBar:
    """A bar on stderr that appears after a second. Call it with how much is done of how much."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._began = time.monotonic()
        self._progress: Progress | None = None
        self._task = TaskID(0)

    def __call__(self, done: int, total: int) -> None:
        """So much is done."""
        if self._progress is None:
            if time.monotonic() - self._began < LATE:
                return
            self._progress = Progress(console=Console(stderr=True), transient=True)
            self._task = self._progress.add_task(self._label, total=total)
            self._progress.start()
        self._progress.update(self._task, completed=done, total=total)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._progress is not None:
            self._progress.stop()
