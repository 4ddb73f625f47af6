"""Where a call is taken in, checked against pace, carried out and logged."""

import time
from dataclasses import dataclass, field
from typing import Any

from playground.arguments import Arguments
from playground.calls import Call, CallLog
from playground.faults import Fault, Faults
from playground.methods import METHODS
from playground.pace import Pace
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

    def __post_init__(self) -> None:
        self.pace = Pace(self.world.clock)

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

    def note_trouble(self, name: str, arguments: Arguments, fault: Fault) -> None:
        """Log a call that met an ordered trouble and had no effect."""
        refusal = f"ordered trouble: {fault.trouble.name}"
        self.calls.note(
            Call(_proper(name), self.world.clock.now(), 0.0, arguments.as_logged(), refusal=refusal, code=0)
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
