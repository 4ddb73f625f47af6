"""Where a call is taken in, checked against pace, carried out and logged."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from playground.arguments import Arguments
from playground.calls import Call, CallLog
from playground.faults import Fault, Faults, Scope
from playground.methods import METHODS
from playground.pace import EVERYWHERE, Pace
from playground.polling import Poller
from playground.refusals import Refusal, UnknownMethod
from playground.updates import JsonObject
from playground.webhooks import Described
from playground.world import World


@dataclass(frozen=True)
class Reply:
    """The status and the body of an answer; `retry_after` in seconds becomes a header."""

    status: int
    body: JsonObject
    retry_after: int | None = None


def refused(refusal: Refusal) -> Reply:
    """A refusal as it goes over the wire."""
    body: JsonObject = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.retry_after is not None:
        body["parameters"] = {"retry_after": refusal.retry_after}
    return Reply(refusal.code, body, refusal.retry_after)


@dataclass
class Desk:
    """Carries calls out for one bot."""

    world: World
    calls: CallLog = field(default_factory=CallLog)
    faults: Faults = field(default_factory=Faults)
    pace: Pace = field(init=False)
    poller: Poller = field(default_factory=Poller)
    delay: float = 0.0
    """Seconds that every call but getUpdates takes, half of them before its effect."""
    in_flight: int = 0
    """Calls that have come and are not answered, getUpdates aside."""
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, as a rule; while it is cleared, calls but getUpdates have their effect and wait for their answer."""

    def __post_init__(self) -> None:
        self.pace = Pace(self.world.clock)
        self.answers.set()

    async def carry_out(self, name: str, arguments: Arguments) -> Reply:
        """Carry one call out; refusals come back as replies, never as exceptions."""
        at, began = self.world.clock.now(), time.perf_counter()
        result: Any = None
        refusal: Refusal | None = None
        try:
            result = await self._result(name.lower(), arguments)
            reply = _granted(result)
        except Refusal as raised:
            refusal, reply = raised, refused(raised)
        self.calls.note(
            Call(
                _proper(name),
                at,
                time.perf_counter() - began,
                arguments.as_logged(),
                result.result if isinstance(result, Described) else result,
                refusal.description if refusal else None,
                reply.status,
            )
        )
        return reply

    def trouble_of(self, name: str, arguments: Arguments) -> Fault | None:
        """The trouble that was ordered for a call, if any. Raises: TooManyRequests, where a 429's time is not over."""
        method, chat_id = METHODS.get(name.lower()), arguments.text("chat_id")
        counts = method is not None and method.paced
        if counts:
            self.pace.arrive(chat_id)
        return self.faults.meet(name.lower(), chat_id, counts=counts, hasty=self.pace.is_hasty(chat_id))

    def close(self, fault: Fault, arguments: Arguments) -> None:
        """A 429 goes out: what it means is closed for its time."""
        if fault.scope is not None:
            chat_id = arguments.text("chat_id")
            self.pace.close(chat_id if fault.scope is Scope.CHAT else EVERYWHERE, fault.retry_after)

    def note_trouble(self, name: str, arguments: Arguments, refusal: str, code: int = 0) -> None:
        """Log a call that met trouble and had no effect."""
        self.calls.note(
            Call(_proper(name), self.world.clock.now(), 0.0, arguments.as_logged(), refusal=refusal, code=code)
        )

    async def _result(self, name: str, arguments: Arguments) -> Any:
        if name == "getupdates":
            return await self.poller.get_updates(self.world, arguments)
        method = METHODS.get(name)
        if method is None:
            raise UnknownMethod
        if method.paced:
            self.pace.check(arguments.text("chat_id"))
        return method.run(self.world, arguments)


def _proper(name: str) -> str:
    method = METHODS.get(name.lower())
    return method.name if method else "getUpdates" if name.lower() == "getupdates" else name


def _granted(result: Any) -> Reply:
    if isinstance(result, Described):
        return Reply(200, {"ok": True, "result": result.result, "description": result.description})
    return Reply(200, {"ok": True, "result": result})
