"""A fresh stand-in for each test, and a client that calls it as a bot would."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from playground.person import Person
from playground.stand_in import StandIn
from playground.updates import JsonObject
from tests.playground.screen import NARROW, Screen, Windows


class Bot:
    """Calls the stand-in over HTTP; JSON unless told otherwise."""

    def __init__(self, stand_in: StandIn, session: aiohttp.ClientSession) -> None:
        self.stand_in = stand_in
        self.session = session
        self.seen = 0

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

    async def says(self, person: Person, text: str, **more: Any) -> int:
        """Send a person a text; the message's number."""
        sent = await self.call("sendMessage", chat_id=person.id, text=text, **more)
        return int(sent["message_id"])

    async def next_update(self) -> JsonObject:
        """The oldest update that was not looked at yet; waits for it."""
        found = await self.updates(offset=self.seen + 1, limit=1, timeout=10)
        self.seen = int(found[0]["update_id"])
        return found[0]

    async def next_tap(self) -> JsonObject:
        """The next callback query; what else came before it is passed over."""
        while "callback_query" not in (update := await self.next_update()):
            pass
        query: JsonObject = update["callback_query"]
        return query


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


@pytest.fixture
async def teacher(stand_in: StandIn) -> Person:
    """Whose phone is the first one on the page."""
    person = stand_in.person("Анна", "Кузнецова", caption="учитель")
    await person.starts()
    return person


@pytest.fixture
async def head(stand_in: StandIn, teacher: Person) -> Person:
    """Whose phone is the second one on the page."""
    person = stand_in.person("Ольга", "Соколова", caption="руководитель школы")
    await person.starts()
    return person


@pytest.fixture
async def screen(windows: Windows, stand_in: StandIn, teacher: Person, head: Person) -> AsyncIterator[Screen]:
    """The page on a wide window, with both on their phones."""
    async with windows.show(stand_in.url) as opened:
        yield opened


@pytest.fixture
async def narrow(windows: Windows, stand_in: StandIn, teacher: Person, head: Person) -> AsyncIterator[Screen]:
    """The page on a phone, with the teacher's chat."""
    async with windows.show(stand_in.url, NARROW) as opened:
        yield opened
