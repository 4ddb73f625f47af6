"""Trouble on order: what the next calls of a method meet instead of, or after, their effect."""

from dataclasses import dataclass, field
from enum import Enum, auto


class Trouble(Enum):
    """What goes wrong."""

    TOO_MANY_REQUESTS = auto()
    SERVER_ERROR = auto()
    BAD_GATEWAY = auto()  # an HTML page, as a proxy in between answers
    CUT = auto()  # the connection breaks
    SILENCE = auto()  # no answer ever comes


@dataclass
class Fault:
    """One kind of trouble for the next `times` calls; `after` lets the call have its effect first."""

    trouble: Trouble
    times: int = 1
    after: bool = False
    retry_after: int = 1
    chat_id: int | None = None


@dataclass
class Faults:
    """The troubles ordered so far, by method; none unless a test asks."""

    _ordered: dict[str, list[Fault]] = field(default_factory=dict)

    def order(self, method: str, fault: Fault) -> None:
        """Let the next calls of `method` (`*`: of any but getUpdates) meet `fault`."""
        self._ordered.setdefault(method.lower(), []).append(fault)

    def clear(self) -> None:
        """No more trouble."""
        self._ordered.clear()

    def meet(self, method: str, chat_id: str) -> Fault | None:
        """The trouble of this call, used up by one."""
        names = (method,) if method == "getupdates" else (method, "*")
        for fault in (fault for name in names for fault in self._ordered.get(name, ())):
            if fault.times > 0 and fault.chat_id in (None, _number(chat_id)):
                fault.times -= 1
                return fault
        return None


def _number(chat_id: str) -> int | None:
    return int(chat_id) if chat_id.removeprefix("-").isdecimal() else None
