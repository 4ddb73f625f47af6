"""Updates by webhook: only Telegram's, stored before they are confirmed, answered as ever."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiogram import Router
from aiogram.types import CallbackQuery, Message
from sqlalchemy import event

from bot.startup import CannotStart
from handlers.replies import redraw
from playground.stand_in import StandIn
from tests.bot.conftest import Open
from tests.running import free_port

SECRET = "only-telegram-knows"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

REQUESTS = [
    ("", b'{"update_id": 1}', 401),
    ("wrong", b'{"update_id": 1}', 401),
    (SECRET, b'{"update_id": 1', 400),
    (SECRET, b"\xff\xfe", 400),
    (SECRET, b"[]", 400),
    (SECRET, b"{}", 400),
    (SECRET, b'{"update_id": "1"}', 400),
    (SECRET, b'{"update_id": null}', 400),
    (SECRET, b'{"update_id": -1}', 400),
    (SECRET, b'{"update_id": 9223372036854775808}', 400),
    (SECRET, b'{"update_id": 10000000000000000000000}', 400),
    (SECRET, b'{"update_id": true}', 400),
    (SECRET, b'{"update_id": 1.0}', 400),
    (SECRET, b"[" * 100_000, 400),
    (SECRET, b'{"update_id": 2, "message": ' + b"[" * 1_010 + b"]" * 1_010 + b"}", 400),
    ("пароль", b'{"update_id": 1}', 401),
    (SECRET, b'{"update_id": 1}', 200),
]

HALVES = {
    "message": b'{"message_id": 6, "date": 6, "text": "\\ud83d", "chat": {"id": %d, "type": "private"}}',
    "callback_query": b'{"id": "\\ud83d", "data": "x", "from": {"id": %d, "is_bot": false, "first_name": "\\udc00"},'
    b' "chat_instance": "1"}',
}


@pytest.fixture
async def url(open_application: Open) -> str:
    """Where a bot with a webhook listens."""
    place = f"127.0.0.1:{free_port()}"
    await open_application(webhook_url=f"http://{place}/telegram/updates", webhook_secret=SECRET, webhook_listen=place)
    return f"http://{place}"


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who knows the address."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.usefixtures("url")
async def test_telegram_delivers_and_the_person_is_answered(router: Router, stand_in: StandIn) -> None:
    @router.message()
    async def greet(message: Message) -> None:
        await message.answer(f"привет на {message.text}")

    person = stand_in.person()
    await person.sends("раз")
    await person.hears("привет на раз")
    await person.sends("два")
    await person.hears("привет на два")
    await stand_in.updates_are_taken()


async def test_strangers_and_nonsense_are_turned_away(url: str, client: aiohttp.ClientSession) -> None:
    for secret, body, status in REQUESTS:
        async with client.post(f"{url}/telegram/updates", data=body, headers={HEADER: secret}) as answer:
            assert answer.status == status, body[:40]


async def test_what_no_update_weighs_is_not_read(url: str, client: aiohttp.ClientSession) -> None:
    body = io.BytesIO(b" " * 2**21)
    async with client.post(f"{url}/telegram/updates", data=body, headers={HEADER: SECRET}) as answer:
        assert answer.status == 413


@pytest.mark.parametrize("kind", HALVES)
async def test_half_a_surrogate_pair_is_a_question_mark_in_whatever_goes_back(
    url: str, client: aiohttp.ClientSession, router: Router, stand_in: StandIn, kind: str
) -> None:
    @router.message()
    async def greet(message: Message) -> None:
        await message.answer(f"привет на {message.text}")

    @router.callback_query()
    async def redrawn(tap: CallbackQuery) -> None:
        await redraw(tap, f"привет на {tap.id}")

    person = stand_in.person()
    await person.starts()
    await person.hears("привет на /start")
    body = b'{"update_id": 6, "%b": %b}' % (kind.encode(), HALVES[kind] % person.id)
    async with client.post(f"{url}/telegram/updates", data=body, headers={HEADER: SECRET}) as answer:
        assert answer.status == 200
    await person.hears("привет на ?")


async def test_a_balancer_is_told_that_all_is_well(url: str, client: aiohttp.ClientSession) -> None:
    async with client.get(f"{url}/healthz") as answer:
        assert (answer.status, await answer.text()) == (200, "ok")
    async with client.get(f"{url}/telegram/updates") as answer:
        assert answer.status == 405
    async with client.post(f"{url}/elsewhere") as answer:
        assert answer.status == 404


async def test_a_caller_that_speaks_no_http_or_leaves_halfway_is_no_fault_in_the_log(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    host, port = url.removeprefix("http://").split(":")
    half = f"POST /telegram/updates HTTP/1.1\r\nHost: a\r\n{HEADER}: {SECRET}\r\nContent-Length: 99\r\n\r\n{{"
    for said in (b"\x16\x03\x01 hello\r\n\r\n", b"X / HTTP/1.1\r\n\r\n", half.encode()):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(said)
        await writer.drain()
        if not said.startswith(b"POST"):
            await reader.read()
        writer.close()
        await writer.wait_closed()
    async with aiohttp.ClientSession() as client, client.get(f"{url}/healthz") as answer:
        assert answer.status == 200
    assert "error" not in capsys.readouterr().err


async def test_nothing_says_what_serves_here(url: str, client: aiohttp.ClientSession) -> None:
    for path in ("healthz", "telegram/updates", "elsewhere"):
        async with client.get(f"{url}/{path}") as answer:
            assert not {"Server", "X-Powered-By"} & answer.headers.keys()
            page = (await answer.text()).lower()
            assert "aiohttp" not in page
            assert "python" not in page


async def test_the_same_update_twice_is_handled_once(
    url: str, client: aiohttp.ClientSession, router: Router, stand_in: StandIn
) -> None:
    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("привет")

    person = stand_in.person()
    await person.starts()
    await person.hears("привет")
    again = {
        "update_id": 5,
        "message": {"message_id": 5, "date": 5, "chat": {"id": person.id, "type": "private"}, "text": "раз"},
    }
    for _ in range(3):
        async with client.post(f"{url}/telegram/updates", json=again, headers={HEADER: SECRET}) as answer:
            assert answer.status == 200
    await person.hears("привет")
    await person.hears_nothing()
    assert len(person.messages) == 2


async def test_what_comes_at_once_is_stored_together(
    client: aiohttp.ClientSession, router: Router, open_application: Open
) -> None:
    @router.message()
    async def heard(_: Message) -> None:
        pass

    place = f"127.0.0.1:{free_port()}"
    application = await open_application(
        webhook_url=f"http://{place}/", webhook_secret=SECRET, webhook_listen=place, log_level="WARNING"
    )
    stores: list[str] = []

    def note(*call: Any) -> None:
        if call[2].startswith("INSERT INTO updates"):
            stores.append(call[2])

    event.listen(application.database.writer.sync_engine, "before_cursor_execute", note)

    async def delivered(number: int) -> int:
        chat = {"id": number, "type": "private"}
        update = {"update_id": number, "message": {"message_id": 1, "date": 5, "chat": chat, "text": "раз"}}
        async with client.post(f"http://{place}/", json=update, headers={HEADER: SECRET}) as answer:
            return answer.status

    assert set(await asyncio.gather(*map(delivered, range(1, 61)))) == {200}
    assert len(stores) < 40


@pytest.mark.usefixtures("url")
async def test_an_update_that_telegram_brings_again_since_our_answer_got_lost_is_handled_once(
    router: Router, stand_in: StandIn
) -> None:
    @router.message()
    async def greet(message: Message) -> None:
        await message.answer(f"привет на {message.text}")

    person = stand_in.person()
    stand_in.loses_answers(3)
    await person.sends("раз")
    await person.sends("два")
    await person.hears("привет на два")
    await stand_in.updates_are_taken()
    await person.hears_nothing()
    assert [message.text for message in person.messages] == ["привет на раз", "привет на два"]


async def test_a_place_that_is_taken_is_said_in_a_line(open_application: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(CannotStart, match="WEBHOOK_LISTEN"):
            await open_application(webhook_url=f"http://{place}/", webhook_secret=SECRET, webhook_listen=place)
