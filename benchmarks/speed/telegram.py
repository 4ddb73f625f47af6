"""Telegram as far as speed is concerned: it answers every call at once, and brings each person's next update when the
last one has been answered."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import formatdate
from itertools import count
from typing import Any, Final, Self, cast

import aiohttp
import orjson

ANSWER_WITHIN: Final = 30.0
_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_CHAT: Final = re.compile(rb'(?:name="chat_id"(?:\r\n[^\r\n]+)*\r\n\r\n|"chat_id": ?"?|(?:^|&)chat_id=)(-?\d+)')
_QUERY: Final = re.compile(rb"query-(\d+)-")
_ME: Final = {"id": 7, "is_bot": True, "first_name": "Курсы", "username": "course_bot", "supports_inline_queries": True}
_SAID: Final = {"message_id": 10, "date": 1_764_000_000, "chat": {"id": 1, "type": "private"}, "text": "…"}
_RESULTS: Final[dict[bytes, Any]] = {
    b"getme": _ME,
    b"editmessagetext": _SAID,
    b"editmessagereplymarkup": _SAID,
    b"getwebhookinfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
    b"getmyname": {"name": "Курсы"},
    b"getmydescription": {"description": ""},
    b"getmyshortdescription": {"short_description": ""},
    b"getmycommands": [],
}
MESSAGE: Final = frozenset({b"sendmessage"})
"""What answers a message."""
TAP: Final = frozenset({b"editmessagetext", b"answercallbackquery"})
"""What answers a tap."""

Update = dict[str, Any]


def _response(result: Any) -> bytes:
    body = orjson.dumps({"ok": True, "result": result})
    head = f"HTTP/1.1 200 OK\r\nDate: {formatdate(usegmt=True)}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Telegram:
    """A Bot API that has no limits and does nothing."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._responses: dict[bytes, bytes] = {}
        self._message_ids = count(1_000)
        self._awaited: dict[int, tuple[set[bytes], asyncio.Future[None]]] = {}
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        """It listens on loopback until the context ends."""
        telegram = cls()
        server = await asyncio.get_running_loop().create_server(lambda: _Connection(telegram), "127.0.0.1", 0)
        telegram.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield telegram
        finally:
            server.close()

    def take(self, path: bytes, body: bytes) -> bytes:
        """A call, and what is answered."""
        method = path.rpartition(b"/")[2].partition(b"?")[0].lower()
        self.calls[method.decode()] += 1
        found = _QUERY.search(body) if method == b"answercallbackquery" else _CHAT.search(body)
        if found is not None and (waiting := self._awaited.get(int(found[1]))):
            left, answered = waiting
            left.discard(method)
            if not left and not answered.done():
                answered.set_result(None)
        if method == b"sendmessage":  # a bot that keeps what it said needs its number
            return _response(_SAID | {"message_id": next(self._message_ids)})
        if method not in self._responses:
            self._responses[method] = _response(_RESULTS.get(method, True))
        return self._responses[method]

    async def _ask(self, client: aiohttp.ClientSession, to: "Target", chat: int, update: Update) -> None:
        """Bring an update; until the bot has answered the person."""
        answered = asyncio.get_running_loop().create_future()
        self._awaited[chat] = set(TAP if "callback_query" in update else MESSAGE), answered
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": to.secret}
        async with client.post(to.url, data=orjson.dumps(update), headers=headers) as response:
            assert response.status == 200, response.status
        async with asyncio.timeout(ANSWER_WITHIN):
            await answered

    async def bring(self, to: "Target", updates: Sequence[tuple[int, Update]], people: int) -> float:
        """All updates, one at a time to each person and those of so many people at once: seconds until all are
        answered. Each comes with the chat it is of."""
        queues: dict[int, list[Update]] = {}
        for chat, update in updates:
            queues.setdefault(chat, []).append(update)
        waiting: Iterator[tuple[int, list[Update]]] = iter(queues.items())

        async def live() -> None:
            for chat, own in waiting:
                for update in own:
                    await self._ask(client, to, chat, update)

        began = time.perf_counter()
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(people):
                group.create_task(live())
        return time.perf_counter() - began


@dataclass(frozen=True)
class Target:
    """Where a bot takes its updates."""

    url: str
    secret: str = "speed"


class _Connection(asyncio.Protocol):
    """HTTP as far as it is needed here: requests with a length, one after the other."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            head, found, rest = self._received.partition(b"\r\n\r\n")
            if not found:
                return
            length = _LENGTH.search(head)
            size = int(length[1]) if length else 0
            if len(rest) < size:
                return
            self._received = rest[size:]
            self._transport.write(self._telegram.take(head.split(b" ", 2)[1], rest[:size]))
