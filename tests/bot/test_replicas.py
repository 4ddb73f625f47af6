"""Two of the bot behind a webhook on one PostgreSQL: they hear each other, and each does its part, once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from aiogram import Router
from aiogram.types import Message
from sqlalchemy import text

from bot.dispatching import dispatch_to
from bot.hearing import hear
from bot.settings import read_settings
from bot.startup import Application, build
from db import outbox, wakes
from db.engine import Database
from db.outbox import Note
from domain.clock import Calendar, utc_now
from domain.person import Person
from playground.person import Person as Phone
from playground.stand_in import StandIn
from services.portal import open_portal
from services.recovery import MOVED_ON
from tests.bot.test_webhook import SECRET
from tests.city import City
from tests.conftest import Databases
from tests.running import free_port

Start = Callable[..., Awaitable[Application]]
NEVER = 600.0


@pytest.fixture
async def url(databases: Databases) -> AsyncIterator[str]:
    """One PostgreSQL database for all."""
    async with databases.fresh("postgresql") as place:
        yield place


@pytest.fixture
async def city(url: str) -> AsyncIterator[City]:
    """Its people."""
    database = Database(url)
    yield City(database, open_portal(database, Calendar(ZoneInfo("Europe/Moscow"))))
    await database.close()


def answering() -> Router:
    """Handlers of one process."""
    router = Router()

    @router.message()
    async def answer(message: Message) -> None:
        await message.answer(f"{message.text}!")

    return router


@pytest.fixture
async def start(stand_in: StandIn, url: str) -> AsyncIterator[Start]:
    """Starts one more of the bot behind the webhook; the first one's address is everybody's."""
    hook = f"http://127.0.0.1:{free_port()}/"
    async with AsyncExitStack() as stack:

        async def started(**given: str) -> Application:
            listen = hook.removeprefix("http://").rstrip("/") if not started.__dict__ else f"127.0.0.1:{free_port()}"
            started.__dict__["first"] = True
            here = {"bot_token": stand_in.token, "bot_api_url": stand_in.url, "database_url": url, "tap_limit": "0"}
            settings = {"webhook_url": hook, "webhook_secret": SECRET, "webhook_listen": listen}
            application = build(read_settings(**(here | settings | given)), dispatcher=dispatch_to([answering()]))
            application.sender.looks_every = NEVER
            await application.start()
            stack.push_async_callback(application.stop)
            return application

        yield started


async def _with_chat(city: City, stand_in: StandIn) -> tuple[Person, Phone]:
    phone = stand_in.person("Анна")
    await phone.starts()
    await phone.hears("/start!")
    return await city.person(chat_id=phone.id), phone  # who is written to at once has a chat by then


async def test_a_commit_of_one_wakes_the_sender_of_the_other(start: Start, stand_in: StandIn, city: City) -> None:
    pair = [await start(), await start()]
    by_place = {application.services.outbox.share.place: application for application in pair}
    assert set(by_place) == {0, 1}
    for _ in range(4):
        person, phone = await _with_chat(city, stand_in)
        writer = by_place[1 - person.id % 2]
        async with writer.database.write() as tx:
            await outbox.add(tx, [Note(f"told {person.id}", person.id, MOVED_ON)], utc_now())
        await phone.hears_once("Профиль перенесён")


async def test_together_they_write_no_faster_than_telegram_allows(start: Start, stand_in: StandIn, city: City) -> None:
    await start()
    await start()
    people = [await _with_chat(city, stand_in) for _ in range(12)]
    stand_in.pace.on = True
    notes = [Note(f"{number} for {person.id}", person.id, MOVED_ON) for number in range(4) for person, _ in people]
    async with city.database.write() as tx:
        await outbox.add(tx, notes, utc_now())
    for _, phone in people:
        await phone.sends("раз")
    for _, phone in people:
        await phone.hears("раз!")
    for _, phone in people:
        for _ in range(4):
            await phone.hears("Профиль перенесён", timeout=20)
    assert not [call for call in stand_in.calls if call.refusal is not None]


async def test_the_webhook_is_registered_once_and_again_where_its_secret_changes(
    start: Start, stand_in: StandIn
) -> None:
    first = await start()
    second = await start()
    assert len(stand_in.calls.of("setWebhook")) == 1
    await first.stop()
    await second.stop()
    await start()
    assert len(stand_in.calls.of("setWebhook")) == 1
    await start(webhook_secret="another")
    assert [call.parameters["secret_token"] for call in stand_in.calls.of("setWebhook")] == [SECRET, "another"]


async def test_the_clock_goes_to_the_other_when_its_holder_stops(start: Start) -> None:
    first, second = await start(), await start()
    assert (first.clockwork.has_clock, second.clockwork.has_clock) == (True, False)
    await first.stop()
    async with asyncio.timeout(5):
        while not second.clockwork.has_clock:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_lost_connection_is_opened_again_and_what_was_missed_is_looked_for(url: str) -> None:
    here, other = Database(url), Database(url)
    heard: asyncio.Queue[str] = asyncio.Queue()
    wake = {channel: partial(heard.put_nowait, channel) for channel in wakes.CHANNELS}
    hearing = asyncio.create_task(hear(here, wake))

    async def hears(*channels: str) -> None:
        async with asyncio.timeout(10):
            assert {await heard.get() for _ in channels} == set(channels)

    async def says(database: Database, key: str) -> None:
        async with database.write() as tx:
            await outbox.add(tx, [Note(key, None, MOVED_ON, chat_id=1)], utc_now())

    await hears(*wakes.CHANNELS)
    await says(here, "own")
    await says(other, "another's")
    await hears(wakes.OUTBOX)
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = :name")
    async with other.read() as connection:
        await connection.execute(cut, {"name": other.url.database})
    await hears(*wakes.CHANNELS)
    await says(other, "more")
    await hears(wakes.OUTBOX)
    assert heard.empty()
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)
    await here.close()
    await other.close()
