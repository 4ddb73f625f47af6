"""Trouble on order: what the next calls of a method, or a share of all, meet instead of their effect or after it."""

import random
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final


class Trouble(Enum):
    """What goes wrong."""

    TOO_MANY_REQUESTS = auto()
    SERVER_ERROR = auto()
    BAD_GATEWAY = auto()  # an HTML page, as a proxy in between answers
    CUT = auto()  # the connection breaks
    SILENCE = auto()  # no answer comes
    UNREADABLE = auto()  # an answer of a shape that nobody knows yet


class Scope(Enum):
    """Whom a 429 means; it does not say so itself."""

    CHAT = auto()
    EVERYTHING = auto()


@dataclass
class Fault:
    """One kind of trouble for the next `times` calls; `after` lets the call have its effect first.

    `silence`: seconds until the connection breaks, None: never. `scope`: what a 429 closes for its `retry_after`
    seconds, None: nothing, so that the next call goes through.
    """

    trouble: Trouble
    times: int = 1
    after: bool = False
    retry_after: int = 1
    chat_id: int | None = None
    silence: float | None = None
    scope: Scope | None = None


WAYS: Final = (
    (Trouble.TOO_MANY_REQUESTS, (False,)),
    (Trouble.SERVER_ERROR, (False,)),
    (Trouble.BAD_GATEWAY, (False, True)),
    (Trouble.CUT, (False,)),
    (Trouble.CUT, (True,)),
    (Trouble.SILENCE, (False, True)),
)
"""The ways in which calls go wrong by chance, each as often as the others, with when: before the effect or after it."""


class Share:
    """So many of all calls go wrong, in all ways; the same ones for the same `seed` and the same calls.

    `silence` in seconds; a 429 asks for 1 to `longest_pause` seconds.
    """

    def __init__(self, share: float, seed: int = 0, *, silence: float = 10.0, longest_pause: int = 3) -> None:
        self._share = share
        self._chance = random.Random(seed)
        self._silence = silence
        self._longest_pause = longest_pause
        self.met: Counter[str] = Counter({_name(trouble, after): 0 for trouble, when in WAYS for after in when})
        """How often each kind of trouble was met."""

    def meet(self, *, counts: bool, hasty: bool) -> Fault | None:
        """The trouble of a call. Only one that `counts` as writing meets a 429, which means its chat alone where that
        is written to faster than one a second (`hasty`), and the chat or everything where it is not."""
        if self._chance.random() >= self._share:
            return None
        trouble, when = self._chance.choice(WAYS if counts else WAYS[1:])
        after = self._chance.choice(when)
        pause = self._chance.randint(1, self._longest_pause)
        scope = Scope.CHAT if hasty else self._chance.choice(tuple(Scope))
        self.met[_name(trouble, after)] += 1
        return Fault(trouble, after=after, retry_after=pause, silence=self._silence, scope=scope)


def _name(trouble: Trouble, after: bool) -> str:
    return f"{trouble.name} {'after' if after else 'before'}"


@dataclass
class Faults:
    """The troubles ordered so far, by method; none unless a test asks."""

    share: Share | None = None
    _ordered: dict[str, list[Fault]] = field(default_factory=dict)

    def order(self, method: str, fault: Fault) -> None:
        """Let the next calls of `method` (`*`: of any but getUpdates) meet `fault`."""
        self._ordered.setdefault(method.lower(), []).append(fault)

    def clear(self) -> None:
        """No more trouble."""
        self._ordered.clear()
        self.share = None

    def meet(self, method: str, chat_id: str, *, counts: bool = False, hasty: bool = False) -> Fault | None:
        """The trouble of this call, used up by one."""
        names = (method,) if method == "getupdates" else (method, "*")
        for fault in (fault for name in names for fault in self._ordered.get(name, ())):
            if fault.times > 0 and fault.chat_id in (None, _number(chat_id)):
                fault.times -= 1
                return fault
        return self.share.meet(counts=counts, hasty=hasty) if self.share else None


def _number(chat_id: str) -> int | None:
    return int(chat_id) if chat_id.removeprefix("-").isdecimal() else None
