"""A webhook gets every update in order, again until it takes it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from playground.pulse import Pulse
from playground.stand_in import StandIn
from tests.playground.conftest import Bot


class Hook:
    """A bot's own server: notes what comes and answers as told, with 200 afterwards."""

    def __init__(self) -> None:
        self.answers: list[web.Response] = []
        self.updates: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.url = ""
        self._pulse = Pulse()

    async def take(self, request: web.Request) -> web.Response:
        """One delivery."""
        self.updates.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self._pulse.beat()
        return self.answers.pop(0) if self.answers else web.Response()

    async def after(self, count: int) -> list[dict[str, Any]]:
        """All deliveries, once there are `count`."""
        await self._pulse.until(lambda: True if len(self.updates) >= count else None, 5)
        assert len(self.updates) == count
        return self.updates


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    taken = Hook()
    app = web.Application()
    app.router.add_post("/hook", taken.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taken.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield taken
    await runner.cleanup()


async def test_updates_are_pushed_with_the_secret(bot: Bot, stand_in: StandIn, hook: Hook) -> None:
    await stand_in.person().sends("до")
    await bot.call("setWebhook", url=hook.url, secret_token="s-1_A")
    await stand_in.person().sends("после")
    assert [update["message"]["text"] for update in await hook.after(2)] == ["до", "после"]
    assert hook.secrets == ["s-1_A", "s-1_A"]


async def test_anything_but_2xx_is_delivered_again_in_order(bot: Bot, stand_in: StandIn, hook: Hook) -> None:
    hook.answers = [web.Response(status=500), web.Response(status=302)]
    await bot.call("setWebhook", url=hook.url)
    teacher = stand_in.person()
    await teacher.sends("раз")
    await teacher.sends("два")
    texts = [update["message"]["text"] for update in await hook.after(4)]
    assert texts == ["раз", "раз", "раз", "два"]
    facts = await bot.call("getWebhookInfo")
    assert facts["last_error_message"].startswith("Wrong response from the webhook: 302")


async def test_an_update_whose_answer_gets_lost_comes_again(bot: Bot, stand_in: StandIn, hook: Hook) -> None:
    stand_in.loses_answers(2)
    await bot.call("setWebhook", url=hook.url)
    teacher = stand_in.person()
    await teacher.sends("раз")
    await teacher.sends("два")
    updates = await hook.after(4)
    assert [update["message"]["text"] for update in updates] == ["раз", "раз", "раз", "два"]
    assert len({update["update_id"] for update in updates}) == 2


async def test_a_hook_that_is_down_gets_it_later(bot: Bot, stand_in: StandIn, hook: Hook) -> None:
    await bot.call("setWebhook", url="http://127.0.0.1:1/hook", max_connections=3)
    await stand_in.person().sends("раз")
    await stand_in.world.pulse.until(lambda: None, 0.1)
    facts = await bot.call("getWebhookInfo")
    assert (facts["pending_update_count"], facts["max_connections"]) == (1, 3)
    assert facts["last_error_date"]
    await bot.call("setWebhook", url=hook.url)
    assert len(await hook.after(1)) == 1


async def test_an_answer_may_hold_a_method_call(bot: Bot, stand_in: StandIn, hook: Hook) -> None:
    teacher = stand_in.person()
    keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    call = {"method": "sendMessage", "chat_id": teacher.id, "text": "Готово?", "reply_markup": keyboard}
    hook.answers = [web.json_response(call)]
    await bot.call("setWebhook", url=hook.url)
    await teacher.starts()
    await teacher.hears("Готово?", "Да")
    assert len(stand_in.calls.of("sendMessage")) == 1


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"url": "http://bot.example.org/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://bot.example.org:8080/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://"}, "invalid webhook URL specified"),
        (
            {"url": "https://bot.example.org/", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
        ({"url": "https://bot.example.org/", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_webhook_that_cannot_be_set(bot: Bot, parameters: dict[str, str], refusal: str) -> None:
    assert await bot.refusal("setWebhook", **parameters) == f"Bad Request: {refusal}"


async def test_setting_and_deleting_say_what_they_did(bot: Bot, stand_in: StandIn) -> None:
    hook = {"url": "https://bot.example.org:8443/hook", "secret_token": "a"}
    assert (await bot.answer("setWebhook", **hook))["description"] == "Webhook was set"
    assert (await bot.answer("setWebhook", **hook))["description"] == "Webhook is already set"
    await stand_in.person().sends("а")
    deleted = await bot.answer("deleteWebhook", drop_pending_updates=True)
    assert deleted["description"] == "Webhook was deleted"
    assert (await bot.answer("deleteWebhook"))["description"] == "Webhook is already deleted"
    assert await bot.call("getWebhookInfo") == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 0,
    }
