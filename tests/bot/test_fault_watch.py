"""A fault in the bot reaches its operators once, says nothing of anybody's, and never makes another."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import structlog
from aiogram import F, Router
from aiogram.types import Message
from sqlalchemy import select

from bot import logs
from bot.fault_watch import FaultWatch
from bot.startup import Application
from db.engine import Database
from db.tables import Fault, Notification, Update
from domain.clock import Calendar
from domain.person import Role
from handlers import errors
from playground.stand_in import StandIn
from services.faults import FAULT, Faults
from services.portal import Services
from tests.city import City


@pytest.fixture
async def watch(services: Services) -> AsyncIterator[FaultWatch]:
    """A watch that hears this test's log."""
    watch = FaultWatch(services.faults)
    watch.open()
    yield watch
    await watch.close()


async def known(database: Database) -> dict[tuple[str, str], int]:
    async with database.read() as connection:
        rows = await connection.execute(select(Fault.name, Fault.place, Fault.count))
        return {(name, place): count for name, place, count in rows}


async def test_a_handler_that_fails_tells_the_operators_once_and_quotes_nobody(
    application: Application, router: Router, stand_in: StandIn, database: Database
) -> None:
    router.error()(errors.unexpected)

    @router.message(F.text == "беда")
    async def fail(message: Message) -> None:
        raise KeyError(f"{message.text} {message.from_user}")

    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("привет")

    phone = stand_in.person("Ольга")
    phone.chat.bot_status = "member"
    await City(database, application.services).person(chat_id=phone.id, portal=Role.OPERATOR)
    anna = stand_in.person("Анна")
    for person in (phone, anna):
        await person.starts()
        await person.hears("привет")
    for _ in range(3):
        await anna.sends("беда")
        await anna.hears("Что-то пошло не так")
    told = await phone.hears("Неполадка в работе бота", "KeyError", "fail")
    assert "беда" not in told.text
    assert "Анна" not in told.text
    async with asyncio.timeout(10):
        while sum((await known(database)).values()) + _times(told.text) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert sum("Неполадка" in message.text for message in phone.messages) == 1
    async with database.read() as connection:
        failures = (await connection.execute(select(Update.failure).where(Update.failure.is_not(None)))).all()
    assert failures == []


def _times(text: str) -> int:
    """«3 раза с …»; a moment alone is once."""
    when = next(line for line in text.splitlines() if line.startswith("Когда")).removeprefix("Когда: ")
    return int(when.split()[0]) if "раз" in when else 1


async def test_a_fault_of_the_report_itself_is_told_to_nobody(watch: FaultWatch, database: Database) -> None:
    log = structlog.get_logger()
    for event in ("push_failed", "letter_failed", "push_given_up"):
        try:
            raise ValueError("тайна")
        except ValueError as fault:
            log.error(event, kind=FAULT, exc_info=fault)
    log.error("push_given_up", kind="moved", fault="chat not found")  # «Доставка» shows it
    log.warning("push_put_off", kind="moved", fault="TelegramServerError")
    await watch.close()
    assert await known(database) == {}


async def test_each_place_is_a_kind_and_a_librarys_line_is_only_its_name(watch: FaultWatch, database: Database) -> None:
    log = structlog.get_logger()
    for number in range(2):
        try:
            int(f"тайна {number}")
        except ValueError:
            log.exception("handler_failed")
    log.error("update_unparsable", kind="message")
    logging.getLogger("asyncio").error("Task exception was never retrieved: %s", "тайна")
    await asyncio.to_thread(log.error, "from_a_thread")
    await watch.close()
    here = "tests/bot/test_fault_watch.py, test_each_place_is_a_kind_and_a_librarys_line_is_only_its_name"
    found = await known(database)
    assert found == {
        ("ValueError", here): 2,
        ("update_unparsable", "message"): 1,
        ("asyncio", here.partition(", ")[2]): 1,
        ("from_a_thread", ""): 1,
    }
    assert "тайна" not in repr(found)


async def test_while_the_database_is_away_faults_are_kept_and_make_no_others(
    services: Services, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up("INFO", "json")
    away = Database("postgresql://portal@127.0.0.1:1/portal")
    watch = FaultWatch(Faults(away, Calendar(services.calendar.zone)))
    watch.open()
    structlog.get_logger().error("disk_full")
    await watch.close()
    await away.close()
    lines = capsys.readouterr().err
    assert "faults_not_reported" in lines
    assert lines.count('"level": "error"') == 1
    assert not logs.listeners


async def test_no_note_is_written_twice_when_a_watch_is_closed(
    watch: FaultWatch, services: Services, database: Database
) -> None:
    await City(database, services).person(portal=Role.OPERATOR)
    structlog.get_logger().error("disk_full")
    await watch.close()
    await watch.close()
    async with database.read() as connection:
        notes = (await connection.execute(select(Notification.id).where(Notification.kind == FAULT))).all()
    assert len(notes) == 1
