"""However a request is encoded, the stand-in understands it; what it does not know it refuses."""

import aiohttp
import pytest

from playground.stand_in import StandIn
from tests.playground.conftest import Bot


@pytest.mark.parametrize("name", ["getMe", "getme", "GETME"])
async def test_names_of_methods_ignore_case(bot: Bot, name: str) -> None:
    assert (await bot.call(name))["is_bot"] is True


async def test_a_method_is_called_by_get_by_form_by_multipart_and_by_json(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    parameters = {"chat_id": str(teacher.id), "text": "Да & нет"}
    address = bot.address("sendMessage")
    multipart = aiohttp.FormData(default_to_multipart=True)
    for name, value in parameters.items():
        multipart.add_field(name, value)
    async with bot.session.get(address, params=parameters) as response:
        assert (await response.json())["ok"]
    for body in ({"data": parameters}, {"data": multipart}, {"json": {**parameters, "chat_id": teacher.id}}):
        async with bot.session.post(address, **body) as response:
            assert (await response.json())["ok"]
    assert [message.text for message in teacher.messages] == ["Да & нет"] * 4


async def test_a_bad_token_is_unauthorized(bot: Bot) -> None:
    async with bot.session.get(bot.address("getMe", token="1:other")) as response:
        assert response.status == 401
        assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_an_unknown_method_is_not_found(bot: Bot) -> None:
    answer = await bot.answer("sendMassage")
    assert answer == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff"])
async def test_a_broken_body_is_a_bad_request(bot: Bot, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with bot.session.post(bot.address("getMe"), data=body, headers=headers) as response:
        assert response.status == 400


async def test_every_call_is_logged_with_its_refusal_and_without_its_bytes(bot: Bot, stand_in: StandIn) -> None:
    await bot.refusal("sendMessage", chat_id=1, text="Кому?")
    form = aiohttp.FormData({"chat_id": "1"})
    form.add_field("document", b"x" * 1000, filename="a.bin")
    async with bot.session.post(bot.address("sendDocument"), data=form):
        pass
    refused, upload = stand_in.calls.refused()
    assert (refused.method, refused.code, refused.chat_id) == ("sendMessage", 400, 1)
    assert refused.refusal == "Bad Request: chat not found"
    assert refused.duration >= 0
    assert upload.parameters["document"] == "<a.bin: 1000 bytes>"
