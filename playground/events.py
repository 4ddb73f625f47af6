"""Server-sent events: all that changes, as it changes."""

import asyncio
from typing import Final

import orjson
from aiohttp import web

from playground.calls import Call
from playground.desk import Desk
from playground.updates import JsonObject
from playground.views import call_view, event_view

HEARTBEAT: Final = 15.0
MOST_WAITING: Final = 10_000
OPENING: Final = b": open\nretry: 1000\n\n"


class Feed:
    """What one page has not been sent yet; one person's chat, or everything and the bot's calls, too."""

    def __init__(self, desk: Desk, person: str | None) -> None:
        self._desk = desk
        self._person = person
        self._waiting: asyncio.Queue[JsonObject] = asyncio.Queue()
        self.overrun = False

    def __enter__(self) -> "Feed":
        self._desk.world.listeners.append(self._note_event)
        if self._person is None:
            self._desk.calls.listeners.append(self._note_call)
        return self

    def __exit__(self, *_: object) -> None:
        self._desk.world.listeners.remove(self._note_event)
        if self._person is None:
            self._desk.calls.listeners.remove(self._note_call)

    async def next(self) -> bytes:
        """The next event as it is sent; a comment after a while of silence."""
        try:
            event = await asyncio.wait_for(self._waiting.get(), HEARTBEAT)
        except TimeoutError:
            return b": still here\n\n"
        told = event if event["event"] == "call" else event_view(self._desk.world, event)
        return b"event: %s\ndata: %s\n\n" % (told["event"].encode(), orjson.dumps(told))

    def _note_event(self, event: JsonObject) -> None:
        chat = event["chat"]
        if self._person is None or (chat and str(chat.id) == self._person):
            self._note(event)

    def _note_call(self, number: int, call: Call) -> None:
        self._note({"event": "call", **call_view(number, call)})

    def _note(self, event: JsonObject) -> None:
        """A page that sleeps is cut off rather than remembered for ever; it asks for everything anew."""
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put_nowait(event)
        else:
            self.overrun = True


async def stream_events(request: web.Request, desk: Desk) -> web.StreamResponse:
    """Send events until the page goes; `?person=` asks for one chat only."""
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    with Feed(desk, request.query.get("person")) as feed:
        try:
            await stream.prepare(request)
            await stream.write(OPENING)
            while not feed.overrun:
                await stream.write(await feed.next())
        except ConnectionError:
            pass
    return stream
