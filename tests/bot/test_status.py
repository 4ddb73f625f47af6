"""How the bot is, as a balancer and Prometheus ask it: alive, ready, and what it has done."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
from aiogram import Bot, F, Router
from aiogram.types import ChatMemberUpdated, Message
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from bot.settings import ROOT, read_settings
from bot.startup import Application, CannotStart, build
from bot.status import Readiness
from db import outbox
from db.engine import Database
from db.outbox import MAIL, Note
from db.tables import Notification
from domain.errors import NothingWaits
from playground.faults import Trouble
from playground.stand_in import StandIn
from services.circulars import CIRCULAR
from services.portal import Services
from tests.bot.conftest import Open
from tests.bot.test_webhook import SECRET
from tests.city import City
from tests.conftest import Clock
from tests.running import free_port

Ask = Callable[[str], Awaitable[tuple[int, str]]]
Figures = dict[tuple[str, ...], float]


@pytest.fixture
def listen() -> str:
    """Where the bot tells of itself."""
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
async def ask(listen: str) -> AsyncIterator[Ask]:
    """Asks there: the status and what is said."""
    async with aiohttp.ClientSession(f"http://{listen}") as session:

        async def asked(path: str) -> tuple[int, str]:
            async with session.get(path) as answer:
                return answer.status, await answer.text()

        yield asked


@pytest.fixture
async def watched(open_application: Open, listen: str) -> Application:
    """A started application that tells of itself."""
    return await open_application(status_listen=listen)


def figures(page: str) -> Figures:
    """What Prometheus reads, by the name and then the labels' values."""
    return {
        (sample.name.removeprefix("course_bot_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name.startswith("course_bot_")
    }


async def read(ask: Ask) -> Figures:
    return figures((await ask("/metrics"))[1])


async def until(ask: Ask, *wanted: str, is_at_least: float) -> None:
    """What becomes of an update is counted after the person has the answer."""
    async with asyncio.timeout(10):
        while (await read(ask)).get(wanted, 0) < is_at_least:  # noqa: ASYNC110 - counts tell nobody
            await asyncio.sleep(0.02)


async def test_until_telegram_answers_the_bot_is_alive_and_not_ready(
    stand_in: StandIn, database_url: str, clock: Clock, ask: Ask, listen: str
) -> None:
    stand_in.fails("getMe", Trouble.SERVER_ERROR, times=1000)
    place = {"bot_token": stand_in.token, "bot_api_url": stand_in.url, "database_url": database_url}
    application = build(read_settings(**place, status_listen=listen), clock.now)
    starting = asyncio.create_task(application.start())
    async with asyncio.timeout(10):
        while not stand_in.calls.of("getMe"):  # noqa: ASYNC110 - calls tell nobody
            await asyncio.sleep(0.02)
    assert await ask("/healthz") == (200, "ok")
    assert await ask("/readyz") == (503, "telegram")
    stand_in.faults.clear()
    await starting
    assert await ask("/readyz") == (200, "ok")
    await application.stop()


async def test_without_its_database_the_bot_is_not_ready() -> None:
    database = Database("postgresql://portal@127.0.0.1:1/portal")
    readiness = Readiness(database)
    readiness.telegram_reached = True
    assert await readiness.lacking() == "database"
    await database.close()


async def test_as_soon_as_a_stop_begins_the_bot_is_not_ready_though_it_works_on(
    watched: Application, router: Router, stand_in: StandIn, ask: Ask
) -> None:
    begun, release = asyncio.Event(), asyncio.Event()

    @router.message()
    async def slow(message: Message) -> None:
        begun.set()
        await release.wait()
        await message.answer("готово")

    person = stand_in.person()
    await person.starts()
    await begun.wait()
    assert await ask("/readyz") == (200, "ok")
    watched.stop_soon()
    assert await ask("/readyz") == (503, "stopping")
    stopping = asyncio.create_task(watched.stop())
    assert await ask("/healthz") == (200, "ok")
    release.set()
    await stopping
    await person.sees("готово")


@pytest.mark.usefixtures("watched")
async def test_updates_are_counted_by_kind_and_by_what_became_of_them(
    router: Router, stand_in: StandIn, services: Services, ask: Ask
) -> None:
    @router.message(F.text == "нельзя")
    async def refuse(_: Message) -> None:
        raise NothingWaits

    @router.message(F.text == "беда")
    async def fail(_: Message) -> None:
        raise KeyError("тайна")

    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("привет")

    before = await read(ask)
    person = stand_in.person()
    await person.starts()
    await person.hears("привет")
    for text in ("нельзя", "беда"):
        await person.sends(text)
    stand_in.world.updates.put("message", {"message_id": "?"}, "77")
    await person.blocks()
    outcomes = {"handled": 1, "refused": 1, "failed": 1, "unreadable": 1}
    for outcome, count in outcomes.items():
        total = ("updates_total", "message", outcome)
        await until(ask, *total, is_at_least=before.get(total, 0) + count)
    blocked = ("updates_total", "my_chat_member", "handled")
    await until(ask, *blocked, is_at_least=before.get(blocked, 0) + 1)
    after = await read(ask)
    for seconds in ("handler_seconds", "database_seconds"):
        key = (f"{seconds}_count", "message")
        assert after[key] - before.get(key, 0) == 3
    in_handler, in_database = after["handler_seconds_sum", "message"], after["database_seconds_sum", "message"]
    assert in_handler >= in_database > 0  # each update asks at least who it is from


@pytest.mark.usefixtures("watched")
async def test_what_telegram_refuses_is_counted_by_its_code(router: Router, stand_in: StandIn, ask: Ask) -> None:
    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("привет")

    @router.my_chat_member()
    async def object_to_it(event: ChatMemberUpdated, bot: Bot) -> None:
        await bot.send_message(event.chat.id, "вернитесь")

    before = await read(ask)
    stand_in.fails("sendMessage", Trouble.TOO_MANY_REQUESTS)
    stand_in.fails("getUpdates", Trouble.CUT)
    person = stand_in.person()
    await person.starts()
    await person.hears("привет")
    await person.blocks()
    for code in ("429", "403", "network"):
        key = ("telegram_refusals_total", code)
        await until(ask, *key, is_at_least=before.get(key, 0) + 1)


async def test_the_queue_is_counted_when_it_is_asked_for(
    watched: Application, database: Database, services: Services, clock: Clock, ask: Ask
) -> None:
    await watched.sender.close(0)
    city = City(database, services)
    person = await city.person()
    now = clock.now()
    async with database.write() as tx:
        await tx.execute(update(Notification).values(sent_at=now))
        await outbox.add(tx, [Note(f"late {number}", person.id, "text") for number in range(3)], now)
        await outbox.add(tx, [Note("later", person.id, "text", due_at=now + timedelta(hours=9))], now)
        await outbox.add(tx, [Note("mail", person.id, "text", channel=MAIL)], now)
        given_up = update(Notification).where(Notification.key == "late 0")
        await tx.execute(given_up.values(failed_at=now, failure="chat not found"))
    clock.advance(timedelta(minutes=5))
    found = await read(ask)
    assert {name: found["queue_waiting", name] for name in ("chat", "mail", "updates")} == {
        "chat": 3,
        "mail": 1,
        "updates": 0,
    }
    assert found["queue_oldest_seconds", "chat"] == 300
    assert found["given_up",] == 1
    await services.outbox.retry((await services.outbox.claim(limit=1))[0], "Bad Gateway")
    clock.advance(timedelta(minutes=5))
    found = await read(ask)
    assert found["queue_retrying", "chat"] == 1
    assert found["queue_oldest_seconds", "chat"] == 600, "a later time to try again makes nothing younger"


async def test_messages_are_counted_by_kind_and_what_became_of_them(
    watched: Application, database: Database, services: Services, stand_in: StandIn, ask: Ask
) -> None:
    before = await read(ask)
    person = await City(database, services).person()
    told = {"code": "ТСТ-1", "title": "Курс", "group": "1", "provider": "Центр", "text": "Занятие в 15:00"}

    async def tell(number: int, outcome: str) -> None:
        async with database.write() as tx:
            note = Note(f"circular {number}", person.id, CIRCULAR, told)
            await outbox.add(tx, [note], services.calendar.now())
        watched.sender.wake()
        key = ("messages_total", "chat", CIRCULAR, outcome)
        await until(ask, *key, is_at_least=before.get(key, 0) + 1)

    await tell(1, "failed")  # there is no such chat
    phone = stand_in.person(id=person.chat_id)
    await phone.starts()
    await tell(2, "sent")
    await phone.hears("Занятие в 15:00")
    stand_in.fails("sendMessage", Trouble.SERVER_ERROR)
    await tell(3, "put_off")
    await phone.blocks()
    await tell(4, "blocked")


async def test_on_the_public_port_there_is_health_and_nothing_of_what_goes_on(
    open_application: Open, listen: str, ask: Ask
) -> None:
    await open_application(webhook_url=f"http://{listen}/", webhook_secret=SECRET, webhook_listen=listen)
    assert await ask("/healthz") == (200, "ok")
    assert await ask("/readyz") == (200, "ok")
    assert (await ask("/metrics"))[0] == 404


async def test_a_place_that_is_taken_is_said_in_a_line(open_application: Open, listen: str) -> None:
    host, _, port = listen.partition(":")
    with socket.create_server((host, int(port))), pytest.raises(CannotStart, match="STATUS_LISTEN"):
        await open_application(status_listen=listen)


@pytest.mark.usefixtures("watched")
async def test_every_figure_is_explained(ask: Ask) -> None:
    page = (await ask("/metrics"))[1]
    told = {line.split()[2] for line in page.splitlines() if line.startswith("# HELP course_bot_")}
    explained = set(re.findall(r"`(course_bot_[a-z_]+)", (ROOT / "docs" / "watching.md").read_text(encoding="utf-8")))
    assert len(told) >= 9
    assert {name.removesuffix("_total") for name in explained} == {name.removesuffix("_total") for name in told}
