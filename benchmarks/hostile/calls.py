"""Calls of the webhook by others than Telegram, and by a Telegram that has lost its mind."""

import asyncio
import random
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any, Final

import aiohttp
import orjson
from sqlalchemy import func, select

from benchmarks.hostile.judging import INVENTED
from benchmarks.hostile.stage import Stage
from benchmarks.hostile.tally import Tally
from bot.status import Readiness
from bot.webhook import BODY_LIMIT, SECRET_HEADER, Webhook
from db.tables import Update
from tests.running import free_port

SECRET: Final = "only-telegram-knows"
PATH: Final = "/telegram/updates"
MIB: Final = 1024 * 1024
SLOW_ONES: Final = 50
"""Callers at once who never come to an end."""
SECRETS: Final = (None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "пароль", "x" * 4000, f" {SECRET}x")
BODIES: Final = (
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"\xff\xfe", b"\x00", b"update_id=1", b"<update/>", b"[" * 100_000,
    b'{"update_id": null}', b'{"update_id": "1"}', b'{"update_id": true}', b'{"update_id": false}', b'{"update_id": 0}',
    b'{"update_id": -1}', b'{"update_id": 1.5}', b'{"update_id": 1e3}', b'{"update_id": []}', b'{"update_id": {}}',
    b'{"update_id": 9223372036854775808}', b'{"update_id": 1' + b"0" * 30 + b"}",
    b'{"update_id": ' + b"9" * 5_000 + b"}",
    b'{"update_id": NaN}', b'{"update_id": 7, "message": ' + b"[" * 1_010 + b"]" * 1_010 + b"}",
)  # fmt: skip
ELSEWHERE: Final = (
    "/", "/telegram", f"{PATH}/", f"{PATH}/../..", "/metrics", "/.env", "/admin", "//", "/%00", "/" + "x" * 4000,
)  # fmt: skip
TYPES: Final = ("text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded", "x", "")


class Calls:
    """Calls, and what is stored of them."""

    def __init__(self, stage: Stage, chance: random.Random, url: str) -> None:
        self._stage = stage
        self._chance = chance
        self._url = url
        self._tally = Tally("calls of the webhook")
        self._number = 10**9

    async def run(self, *, mad: int) -> Tally:
        """Every refusal, `mad` bodies that are damaged by chance, slow callers; then Telegram is served as ever."""
        before = await self._stored()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
            for secret in SECRETS:
                await self._refused(client, 401, self._good(), secret)
            for body in BODIES:
                await self._refused(client, 400, body, SECRET)
            for size in (BODY_LIMIT + 1, 10 * MIB):
                await self._refused(client, 413, b'{"update_id": 5, "x": "' + b"x" * size + b'"}', SECRET)
                await self._refused(client, 401, b"x" * size, "wrong")
            await self._elsewhere(client)
            if await self._stored() != before:
                self._tally.fails("something was stored of a call that was refused")
            await self._mad(client, mad)
            await self._types(client)
            await self._slow(client)
        for line in self._stage.troubles():
            if not any(expected in line for expected in INVENTED):
                self._tally.fails(line)
        return self._tally

    def _good(self) -> bytes:
        self._number += 1
        return orjson.dumps({"update_id": self._number, "poll": {}})

    async def _post(
        self, client: aiohttp.ClientSession, body: Any, secret: str | None, kind: str = "application/json"
    ) -> int:
        self._tally.tried += 1
        headers = {"Content-Type": kind} | ({} if secret is None else {SECRET_HEADER: secret})
        async with client.post(self._url + PATH, data=BytesIO(body), headers=headers) as answer:
            if "Server" in answer.headers:
                self._tally.fails(f"says what serves: {answer.headers['Server']}")
            return answer.status

    async def _refused(self, client: aiohttp.ClientSession, status: int, body: bytes, secret: str | None) -> None:
        try:
            got = await self._post(client, body, secret)
        except (aiohttp.ClientError, ValueError) as cut:  # turned away while it was still talking
            got = status if len(body) > BODY_LIMIT else 0
            if not got:
                self._tally.fails(f"{body[:40]!r}: {cut!r}")
        if got not in {status, 0}:
            self._tally.fails(f"{body[:40]!r} with the secret {str(secret)[:20]!r} is answered {got}, not {status}")

    async def _elsewhere(self, client: aiohttp.ClientSession) -> None:
        """Other paths are nowhere, other methods are not allowed."""
        for path in ELSEWHERE:
            await self._asked(client, "GET", path, {404, 405})
            await self._asked(client, "POST", path, {404, 405})
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
            await self._asked(client, method, PATH, {405})

    async def _asked(self, client: aiohttp.ClientSession, method: str, path: str, expected: set[int]) -> None:
        self._tally.tried += 1
        headers = {SECRET_HEADER: SECRET}
        async with client.request(method, self._url + path, headers=headers, data=self._good()) as answer:
            page = (await answer.text()).lower()
            if answer.status not in expected:
                self._tally.fails(f"{method} {path[:40]} is answered {answer.status}")
            if "Server" in answer.headers or "aiohttp" in page or "python" in page:
                self._tally.fails(f"{method} {path[:40]} says what serves")

    async def _mad(self, client: aiohttp.ClientSession, count: int) -> None:
        """Good updates with bytes changed: stored or refused, and nothing breaks."""
        text = {"message_id": 1, "date": 1, "text": "привет", "chat": {"id": 1, "type": "private"}}
        for _ in range(count):
            self._number += 1
            body = bytearray(orjson.dumps({"update_id": self._number, "message": text}))
            for _ in range(self._chance.randint(1, 6)):
                body[self._chance.randrange(len(body))] = self._chance.randrange(256)
            status = await self._post(client, bytes(body), SECRET)
            if status not in {200, 400}:
                self._tally.fails(f"{bytes(body)!r} is answered {status}")

    async def _types(self, client: aiohttp.ClientSession) -> None:
        """What the header calls it does not matter: Telegram's secret does."""
        for kind in TYPES:
            if (status := await self._post(client, self._good(), SECRET, kind)) != 200:
                self._tally.fails(f"an update called {kind!r} is answered {status}")

    async def _slow(self, client: aiohttp.ClientSession) -> None:
        """While many callers dawdle over their bodies, Telegram's own are stored at once."""
        dawdling = [asyncio.create_task(self._dawdle(client)) for _ in range(SLOW_ONES)]
        await asyncio.sleep(0.2)
        phone = self._stage.stranger()
        self._number += 1
        update = {"update_id": self._number, "message": self._stage.message(phone, {"text": "/start"})}
        if (status := await self._post(client, orjson.dumps(update), SECRET)) != 200:
            self._tally.fails(f"among slow callers Telegram is answered {status}")
        if await phone.chat.pulse.until(lambda: phone.messages or None, 30) is None:
            self._tally.fails("among slow callers nobody is answered")
        for caller in dawdling:
            caller.cancel()
        await asyncio.gather(*dawdling, return_exceptions=True)
        self._tally.tried += SLOW_ONES

    async def _dawdle(self, client: aiohttp.ClientSession) -> None:
        async def drop_by_drop() -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.05)

        async with client.post(self._url + PATH, data=drop_by_drop(), headers={SECRET_HEADER: SECRET}):
            pass

    async def _stored(self) -> int:
        async with self._stage.database.read() as connection:
            return int(await connection.scalar(select(func.count()).select_from(Update)) or 0)


async def called(stage: Stage, chance: random.Random, mad: int) -> Tally:
    """The webhook's own server on a free port, before the intake of the stage."""
    await stage.settles()
    webhook = Webhook(PATH, SECRET, stage.application.reception.accept, Readiness(stage.database))
    port = free_port()
    await webhook.open("127.0.0.1", port)
    try:
        return await Calls(stage, chance, f"http://127.0.0.1:{port}").run(mad=mad)
    finally:
        await webhook.close()
