"""The log of calls: what the bot asked for, how long it took, how it was refused."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

KEPT: Final = 100_000


@dataclass(frozen=True)
class Call:
    """One call; `at` in seconds since the epoch, `duration` in seconds, `refusal` its description, if any.

    `code` is the HTTP status, 0 where an ordered trouble came in its place.
    """

    method: str
    at: float
    duration: float
    parameters: dict[str, str]
    result: Any = None
    refusal: str | None = None
    code: int = 200

    @property
    def chat_id(self) -> int | None:
        """The chat it was about, if any."""
        raw = self.parameters.get("chat_id", "")
        return int(raw) if raw.removeprefix("-").isdecimal() else None


class CallLog:
    """Calls in the order they ended, the newest hundred thousand, numbered from 1."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self.noted = 0
        self.listeners: list[Callable[[int, Call], None]] = []

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def note(self, call: Call) -> None:
        """Keep one more."""
        self._calls.append(call)
        self.noted += 1
        for listener in list(self.listeners):
            listener(self.noted, call)

    def after(self, number: int) -> list[tuple[int, Call]]:
        """The calls past the one of that number, with their own numbers."""
        forgotten = self.noted - len(self._calls)
        start = max(0, number - forgotten)
        return list(enumerate(islice(self._calls, start, None), forgotten + start + 1))

    def of(self, *methods: str) -> list[Call]:
        """The calls of these methods, names ignoring case."""
        wanted = {method.lower() for method in methods}
        return [call for call in self._calls if call.method.lower() in wanted]

    def refused(self) -> list[Call]:
        """Every call that was refused."""
        return [call for call in self._calls if call.refusal is not None]

    def clear(self) -> None:
        """Forget them."""
        self._calls.clear()
