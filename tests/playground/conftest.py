"""A fresh stand-in for each test, and a client that calls it as a bot would."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from playground.stand_in import StandIn
from playground.updates import JsonObject


class Bot:
    """Calls the stand-in over HTTP; JSON unless told otherwise."""

    def __init__(self, stand_in: StandIn, session: aiohttp.ClientSession) -> None:
        self.stand_in = stand_in
        self.session = session

    def address(self, method: str, token: str | None = None) -> str:
        """Where a method is called."""
        return f"{self.stand_in.url}/bot{token or self.stand_in.token}/{method}"

    async def answer(self, method: str, **parameters: Any) -> JsonObject:
        """The whole answer to a call with a JSON body."""
        async with self.session.post(self.address(method), json=parameters) as response:
            body: JsonObject = await response.json()
            assert body.get("error_code", 200) == response.status
            return body

    async def call(self, method: str, **parameters: Any) -> Any:
        """The result of a call that must succeed."""
        answer = await self.answer(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **parameters: Any) -> str:
        """The description of a call that must be refused."""
        answer = await self.answer(method, **parameters)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def updates(self, **parameters: Any) -> list[JsonObject]:
        """What getUpdates returns."""
        found: list[JsonObject] = await self.call("getUpdates", **parameters)
        return found


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    """A stand-in of its own."""
    async with await StandIn.start() as opened:
        yield opened


@pytest.fixture
async def bot(stand_in: StandIn) -> AsyncIterator[Bot]:
    """The bot of that stand-in."""
    async with aiohttp.ClientSession() as session:
        yield Bot(stand_in, session)
