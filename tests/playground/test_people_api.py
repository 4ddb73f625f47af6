"""People act over HTTP as they do on the phone, and a page sees all that changes."""

import asyncio
import json
import sys
from typing import Any

import aiohttp
import pytest

from playground.events import MOST_WAITING, Feed
from playground.profile import CommandsPlace
from playground.stand_in import StandIn
from tests.playground.conftest import Bot

KEYBOARD = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}


class Page:
    """The people's side over HTTP."""

    def __init__(self, bot: Bot) -> None:
        self._session = bot.session
        self._base = f"{bot.stand_in.url}/people"

    async def get(self, path: str = "") -> Any:
        """The JSON at a path."""
        async with self._session.get(self._base + path) as response:
            assert response.status == 200
            return await response.json()

    async def post(self, path: str = "", status: int = 200, **body: Any) -> Any:
        """The JSON answered to a JSON body."""
        async with self._session.post(self._base + path, json=body) as response:
            assert response.status == status
            return await response.json()


@pytest.fixture
async def page(bot: Bot) -> Page:
    return Page(bot)


async def test_a_person_made_over_http_starts_writes_presses_taps_and_edits(bot: Bot, page: Page) -> None:
    created = await page.post(first_name="Анна", username="anna")
    me = f"/{created['id']}"
    await page.post(f"{me}/start", payload="c_1")
    await bot.call("sendMessage", chat_id=created["id"], text="Точно?", reply_markup=KEYBOARD)
    await bot.call("sendMessage", chat_id=created["id"], text="Меню", reply_markup={"keyboard": [["Каталог"]]})
    await page.post(f"{me}/press", label="Каталог")
    written = await page.post(f"{me}/text", text="Питон")
    await page.post(f"{me}/edit", message_id=written["message_id"], text="Пайтон")
    asked = (await page.get(f"{me}/messages"))[1]
    await page.post(f"{me}/tap", message_id=asked["message_id"], data="yes")
    updates = await bot.updates()
    texts = [update["message"]["text"] for update in updates[:3]]
    assert texts == ["/start c_1", "Каталог", "Питон"]
    assert updates[3]["edited_message"]["text"] == "Пайтон"
    assert updates[-1]["callback_query"]["data"] == "yes"
    shown = await page.get(me)
    assert shown["keyboard"]["keyboard"] == [[{"text": "Каталог"}]]
    assert [message["from_bot"] for message in await page.get(f"{me}/messages")] == [
        False,
        True,
        True,
        False,
        False,
    ]


async def test_files_go_both_ways(bot: Bot, page: Page, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    base = f"{stand_in.url}/people/{teacher.id}"
    async with bot.session.post(f"{base}/file", params={"name": "а.pdf"}, data=b"%PDF") as response:
        sent = await response.json()
    assert sent["document"]["file_name"] == "а.pdf"
    async with bot.session.get(f"{base}/files/{sent['document']['file_id']}") as response:
        assert await response.read() == b"%PDF"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with bot.session.post(f"{base}/file", params={"kind": "photo"}, data=b"\xff\xd8") as response:
        assert "photo" in await response.json()


async def test_blocking_over_http(bot: Bot, page: Page, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    await page.post(f"/{teacher.id}/block")
    assert (await page.get())[0]["bot_status"] == "kicked"
    answer = await page.post(f"/{teacher.id}/text", status=409, text="а")
    assert answer["error"] == "the bot is blocked here: unblock it first"
    await page.post(f"/{teacher.id}/unblock")
    assert await bot.call("sendMessage", chat_id=teacher.id, text="а")


async def test_what_does_not_exist_is_said_so(page: Page, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    assert await page.post("/5/text", status=404, text="а") == {"error": "no such person"}
    assert await page.post(f"/{teacher.id}/tap", status=404, message_id=5, data="а") == {"error": "no such message"}
    answer = await page.post(f"/{teacher.id}/press", status=409, label="Каталог")
    assert answer["error"] == "there is no key 'Каталог'"


async def test_a_page_of_another_site_cannot_act_as_people(bot: Bot, stand_in: StandIn) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    async with bot.session.post(f"{stand_in.url}/people", json={}, headers=headers) as response:
        assert response.status == 403
    assert not stand_in.world.accounts


async def test_a_page_is_told_of_everything_that_changes(bot: Bot, stand_in: StandIn) -> None:
    teacher, other = stand_in.person(), stand_in.person()
    await teacher.starts()
    seen: list[dict[str, Any]] = []
    async with bot.session.get(f"{stand_in.url}/people/events", params={"person": teacher.id}) as stream:
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readline() == b": open\n"
        await other.starts()
        sent = await bot.call("sendMessage", chat_id=teacher.id, text="Точно?", reply_markup=KEYBOARD)
        await teacher.taps("Да", wait=False)
        query = (await bot.updates(offset=-1))[0]["callback_query"]
        await bot.call("sendChatAction", chat_id=teacher.id, action="typing")
        where = {"chat_id": teacher.id, "message_id": sent["message_id"]}
        await bot.call("editMessageText", **where, text="Да.")
        await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Готово")
        await bot.call("deleteMessage", **where)
        while len(seen) < 6:
            line = await stream.content.readline()
            if line.startswith(b"data: "):
                seen.append(json.loads(line[6:]))
    assert [event["event"] for event in seen] == ["message", "tap", "action", "edit", "answer", "delete"]
    assert all(event["chat_id"] == teacher.id for event in seen)
    assert seen[3]["message"]["text"] == "Да."
    assert seen[4]["text"] == "Готово"


async def test_the_log_and_the_bots_own_page_can_be_read(bot: Bot, page: Page) -> None:
    await bot.call("setMyName", name="Курсы города")
    await bot.refusal("sendMessage", chat_id=5, text="а")
    calls = await page.get("/calls")
    assert [call["method"] for call in calls] == ["setMyName", "sendMessage"]
    assert (await page.get("/calls?after=1"))[0]["refusal"] == "Bad Request: chat not found"
    about = await page.get("/bot")
    assert (about["name"], about["link"]) == ("Курсы города", "https://t.me/course_bot")


async def test_the_stand_in_runs_as_a_server_of_its_own() -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", "--port", "0", "--token", "7:abc", stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout
    address = (await server.stdout.readline()).decode().strip().removeprefix("BOT_API_URL=")
    assert await server.stdout.readline() == b"BOT_TOKEN=7:abc\n"
    assert (await server.stdout.readline()).decode() == f"PAGE={address}/\n"
    async with aiohttp.ClientSession() as session, session.get(f"{address}/bot7:abc/getMe") as response:
        assert (await response.json())["result"]["id"] == 7
    server.terminate()
    assert await server.wait() == 0


async def test_people_are_captioned_for_the_page_and_never_for_the_bot(bot: Bot, page: Page) -> None:
    created = await page.post(first_name="Анна", caption="учитель")
    await page.post(f"/{created['id']}/start")
    assert (await page.get())[0]["caption"] == "учитель"
    assert "caption" not in (await bot.updates())[0]["message"]["from"]
    assert "caption" not in await bot.call("getChat", chat_id=created["id"])


async def test_what_was_not_looked_at_is_counted(bot: Bot, page: Page, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    numbers = [await bot.says(teacher, str(number)) for number in range(3)]
    await bot.call("deleteMessage", chat_id=teacher.id, message_id=numbers[1])
    assert (await page.get(f"/{teacher.id}"))["unread"] == 2
    await page.post(f"/{teacher.id}/read", message_id=numbers[0])
    assert (await page.get(f"/{teacher.id}"))["unread"] == 1
    await page.post(f"/{teacher.id}/read", message_id=numbers[2])
    await page.post(f"/{teacher.id}/read", message_id=numbers[0])
    assert (await page.get(f"/{teacher.id}"))["unread"] == 0


async def test_a_long_conversation_is_read_page_by_page(bot: Bot, page: Page, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    numbers = [await bot.says(teacher, str(number)) for number in range(5)]
    last = await page.get(f"/{teacher.id}/messages?last=2")
    assert [message["text"] for message in last] == ["3", "4"]
    before = await page.get(f"/{teacher.id}/messages?last=2&before={numbers[3]}")
    assert [message["text"] for message in before] == ["1", "2"]
    assert len(await page.get("/calls?last=2")) == 2
    assert [call["number"] for call in await page.get("/calls?after=4")] == [5]


async def test_clearing_forgets_people_and_talk_and_keeps_what_the_bot_said_of_itself(
    bot: Bot, page: Page, stand_in: StandIn
) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    await bot.call("setMyName", name="Курсы города")
    for scope in ({"type": "default"}, {"type": "chat", "chat_id": teacher.id}):
        await bot.call("setMyCommands", commands=[{"command": "help", "description": "а"}], scope=scope)
    stand_in.clear()
    assert await page.get() == []
    assert await page.get("/calls") == []
    assert await bot.updates() == []
    assert await bot.refusal("sendMessage", chat_id=teacher.id, text="а") == "Bad Request: chat not found"
    assert (await page.get("/bot"))["name"] == "Курсы города"
    again = stand_in.person(id=teacher.id)
    await again.starts()
    assert list(again.commands) == ["help"]
    assert list(stand_in.world.profile.commands) == [CommandsPlace("default")]


async def test_two_resets_at_once_are_one_and_a_failed_one_says_so() -> None:
    began = asyncio.Event()
    resets = []

    async def slow() -> None:
        resets.append(1)
        began.set()
        await asyncio.sleep(0.05)
        if len(resets) == 2:
            raise OSError("the disk is full")

    async with await StandIn.start(on_reset=slow) as stand_in, aiohttp.ClientSession() as session:
        address = f"{stand_in.url}/people/reset"
        first = asyncio.create_task(session.post(address))
        await began.wait()
        statuses = [(await session.post(address)).status, (await first).status]
        assert (statuses, resets) == ([200, 200], [1])
        assert (await session.post(address)).status == 500
        assert (await session.post(address)).status == 200


async def test_a_page_that_sleeps_too_long_is_cut_off_instead_of_remembered(stand_in: StandIn) -> None:
    teacher = stand_in.person()
    with Feed(stand_in.desk, None) as feed:
        for _ in range(MOST_WAITING + 1):
            stand_in.world.tell("action", teacher.chat, action="typing")
        assert feed.overrun
    assert not stand_in.world.listeners
    assert not stand_in.calls.listeners
