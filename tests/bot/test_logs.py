"""What is logged helps to find a fault and gives nobody away."""

import asyncio
import io
import logging

import orjson
import pytest
import structlog
from aiogram import F, Router
from aiogram.types import Message
from pydantic import BaseModel

from bot import logs
from bot.startup import Application
from playground.stand_in import StandIn

TOKEN = "1234567890:" + "s" * 35


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [orjson.loads(line) for line in capsys.readouterr().err.splitlines()]


class Letter(BaseModel):
    """Something a person wrote."""

    page: int


def test_a_token_is_never_printed_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", "json", ["hunter2"])
    structlog.get_logger().info("asked", url=f"https://api.telegram.org/bot{TOKEN}/getMe", secret="hunter2")
    logging.getLogger("aiohttp.client").warning("POST /bot%s/sendMessage hunter2", TOKEN)
    try:
        raise OSError(f"no way to https://api.telegram.org/bot{TOKEN}/getMe")
    except OSError:
        structlog.get_logger().exception("failed")
    printed = capsys.readouterr().err
    assert printed.count("***") == 5
    assert TOKEN not in printed
    assert "hunter2" not in printed


def test_an_error_that_quotes_a_person_is_named_and_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", "json")
    try:
        try:
            Letter.model_validate({"page": "Меня зовут Анна"})
        except ValueError as quoting:
            raise KeyError("page") from quoting
    except KeyError:
        structlog.get_logger().exception("failed")
    (line,) = _lines(capsys)
    assert "Анна" not in line["exception"]
    assert "ValidationError" in line["exception"]
    assert "KeyError: 'page'" in line["exception"]
    assert "test_an_error_that_quotes_a_person" in line["exception"]


def test_people_read_one_line_an_event_and_only_from_the_level_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("WARNING", "console")
    structlog.get_logger().info("unheard")
    logging.getLogger("some.library").info("unheard")
    structlog.get_logger().warning("heard", count=3)
    (line,) = capsys.readouterr().err.splitlines()
    assert "heard" in line
    assert "count=3" in line


def test_what_libraries_say_when_they_are_debugged_is_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("DEBUG", "json")
    logging.getLogger("aiosqlite").debug("executing INSERT INTO users VALUES ('Анна')")
    logging.getLogger("bot.sender").debug("looking")
    (line,) = _lines(capsys)
    assert line["event"] == "looking"


async def test_every_line_that_belongs_to_an_update_has_its_id_and_no_other_line_has_one(
    application: Application, router: Router, stand_in: StandIn
) -> None:
    written = io.StringIO()
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    log, begun = structlog.get_logger("bot.test"), []

    async def later(number: int) -> None:
        await asyncio.sleep(0.01)
        log.info("in_a_task", number=number)

    @router.message(F.text.startswith("номер"))
    async def note(message: Message) -> None:
        number = int((message.text or "").split()[1])
        log.info("in_the_handler", number=number)
        begun.append(asyncio.create_task(later(number)))
        await asyncio.to_thread(logging.getLogger("bot.library").info, "in a thread")
        await message.answer("записано")

    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("привет")

    person, other = stand_in.person("Анна"), stand_in.person("Борис")
    for one in (person, other):
        await one.starts()
        await one.hears("привет")
    for number, one in enumerate([person, other, person]):
        await one.sends(f"номер {number}")
        await one.hears("записано")
    await asyncio.gather(*begun)
    log.info("of_nobody")
    application.sender.wake()
    await application.stop()
    lines = [orjson.loads(line) for line in written.getvalue().splitlines()]
    ids = {line["number"]: line["update_id"] for line in lines if line["event"] == "in_the_handler"}
    assert len(set(ids.values())) == 3
    assert {line["number"]: line["update_id"] for line in lines if line["event"] == "in_a_task"} == ids
    assert [line["update_id"] for line in lines if line["event"] == "in a thread"] == list(ids.values())
    others = [line for line in lines if line["event"] in {"of_nobody", "stopping", "stopped"}]
    assert len(others) == 3
    assert not [line for line in others if "update_id" in line]
