"""What the bot says of itself is kept by language and by scope."""

from typing import Any

import pytest

from playground.stand_in import StandIn
from tests.playground.conftest import Bot

START = {"command": "start", "description": "Начать"}


async def test_names_and_descriptions_are_kept_by_language(bot: Bot) -> None:
    for name, field in (
        ("Name", "name"),
        ("Description", "description"),
        ("ShortDescription", "short_description"),
    ):
        await bot.call(f"setMy{name}", **{field: "Courses"})
        await bot.call(f"setMy{name}", **{field: "Курсы"}, language_code="ru")
        assert await bot.call(f"getMy{name}") == {field: "Courses"}
        assert await bot.call(f"getMy{name}", language_code="ru") == {field: "Курсы"}
        assert await bot.call(f"getMy{name}", language_code="de") == {field: "Courses"}


@pytest.mark.parametrize(
    ("method", "field", "length", "refusal"),
    [
        ("setMyName", "name", 65, "BOT_TITLE_INVALID"),
        ("setMyDescription", "description", 513, "BOT_DESCRIPTION_TOO_LONG"),
        ("setMyShortDescription", "short_description", 121, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
    ],
)
async def test_texts_that_are_too_long(bot: Bot, method: str, field: str, length: int, refusal: str) -> None:
    assert await bot.refusal(method, **{field: "ж" * length}) == f"Bad Request: {refusal}"


async def test_a_person_sees_the_narrowest_menu_of_commands(bot: Bot, stand_in: StandIn) -> None:
    head, teacher = stand_in.person(), stand_in.person()
    queue = {"command": "queue", "description": "Согласование"}
    scope = {"type": "chat", "chat_id": head.id}
    await bot.call("setMyCommands", commands=[START])
    await bot.call("setMyCommands", commands=[START, queue], scope=scope, language_code="ru")
    assert head.commands == {"start": "Начать", "queue": "Согласование"}
    assert teacher.commands == {"start": "Начать"}
    assert await bot.call("getMyCommands", scope=scope) == []
    assert await bot.call("getMyCommands", scope=scope, language_code="ru") == [START, queue]
    await bot.call("deleteMyCommands", scope=scope, language_code="ru")
    assert head.commands == {"start": "Начать"}


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"commands": "start"}, "can't parse commands JSON object"),
        ({"commands": [{"command": "Start", "description": "а"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "/", "description": "а"}]}, "command must be non-empty"),
        ({"commands": [{"command": "a" * 33, "description": "а"}]}, "command length must not exceed 32"),
        ({"commands": [{"command": "start", "description": " "}]}, "command description must be non-empty"),
        (
            {"commands": [{"command": "start", "description": "ж" * 257}]},
            "command description length must not exceed 256",
        ),
        ({"commands": [START] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [START], "language_code": "rus"}, "invalid language code specified"),
        (
            {"commands": [START], "scope": {"type": "everybody"}},
            "can't parse BotCommandScope: Unsupported type specified",
        ),
        (
            {"commands": [START], "scope": {"type": "chat"}},
            "can't parse BotCommandScope: Can't find field \"chat_id\"",
        ),
        ({"commands": [START], "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
    ],
)
async def test_commands_that_cannot_be_set(bot: Bot, parameters: dict[str, Any], refusal: str) -> None:
    assert await bot.refusal("setMyCommands", **parameters) == f"Bad Request: {refusal}"


async def test_a_private_chat_has_no_administrators(bot: Bot, stand_in: StandIn) -> None:
    scope = {"type": "chat_administrators", "chat_id": stand_in.person().id}
    refusal = await bot.refusal("setMyCommands", commands=[START], scope=scope)
    assert refusal == "Bad Request: can't use specified scope in private chats"


async def test_the_menu_button_is_set_for_one_or_for_all(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await bot.call("setChatMenuButton", chat_id=teacher.id, menu_button={"type": "default"})
    assert await bot.call("getChatMenuButton", chat_id=teacher.id) == {"type": "default"}
    assert await bot.call("getChatMenuButton") == {"type": "commands"}
    refusal = await bot.refusal("setChatMenuButton", menu_button={"type": "other"})
    assert refusal == "Bad Request: can't parse MenuButton: Unsupported type specified"
