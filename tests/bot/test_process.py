"""The bot as its own process: what a kill and a polite stop leave behind."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiogram import Router
from aiogram.types import Message
from sqlalchemy import delete, select

from bot.settings import read_settings
from bot.startup import serve
from db import outbox
from db.engine import Database
from db.outbox import Note
from db.tables import Notification, Update
from domain.clock import Calendar, utc_now
from domain.person import Person
from playground.faults import Trouble
from playground.stand_in import StandIn
from services.circulars import CIRCULAR
from services.portal import Services, open_portal
from tests.bot.conftest import Open
from tests.city import City
from tests.conftest import Databases
from tests.running import faults, free_port, running_bot, start_bot, stop, written


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_killed_with_work_in_hand_the_bot_does_it_after_the_next_start_in_order(
    stand_in: StandIn, databases: Databases, tmp_path: Path, kind: str
) -> None:
    log = tmp_path / "bot.log"
    async with databases.fresh(kind) as url:
        bot = await start_bot(stand_in, url, log)
        await stand_in.bot_is_up()
        stand_in.fails("sendMessage", Trouble.SILENCE)
        person = stand_in.person("Анна")
        await person.starts()
        await person.sends("привет")
        await stand_in.updates_are_taken()
        bot.kill()
        await bot.wait()
        stand_in.faults.clear()
        assert person.messages == []

        await person.sends_sticker()
        async with running_bot(stand_in, url, log) as bot:
            await person.sees("Согласен(на)", timeout=20)
            await stand_in.updates_are_taken()
            await person.hears("")
            assert await stop(bot) == 0
        assert len(stand_in.calls.of("setMyCommands")) == 1
        assert not faults(log), written(log)
        assert stand_in.token not in written(log)
        assert stand_in.token.partition(":")[2] not in written(log)


async def _stopped_by_a_signal(stand_in: StandIn, database_url: str, when: Callable[[], object]) -> None:
    serving = asyncio.create_task(
        serve(read_settings(bot_token=stand_in.token, bot_api_url=stand_in.url, database_url=database_url))
    )
    async with asyncio.timeout(10):
        while not when():  # noqa: ASYNC110 - calls tell nobody
            await asyncio.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)
        await serving


async def test_told_to_stop_while_telegram_is_away_the_bot_stops(stand_in: StandIn, database_url: str) -> None:
    stand_in.fails("getMe", Trouble.BAD_GATEWAY, times=1000)
    await _stopped_by_a_signal(stand_in, database_url, lambda: stand_in.calls.of("getMe"))


async def test_told_to_stop_the_running_bot_stops(stand_in: StandIn, database_url: str) -> None:
    await _stopped_by_a_signal(stand_in, database_url, lambda: stand_in.desk.poller.is_waiting)


async def _answers(place: str, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{place}{path}") as answer:
        return answer.status, await answer.text()


async def _is_stopping(place: str) -> None:
    """The signal has come: from now on the bot is not ready."""
    async with asyncio.timeout(20):
        while await _answers(place, "/readyz") != (503, "stopping"):  # noqa: ASYNC110 - signals tell nobody
            await asyncio.sleep(0.02)


async def _until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - other processes tell nobody
            await asyncio.sleep(0.02)


async def _circular(database: Database, services: Services, person: Person, text: str) -> None:
    told = {"code": "ТСТ-1", "title": "Курс", "group": "1", "provider": "Центр", "text": text}
    async with database.write() as tx:
        await outbox.add(tx, [Note(text, person.id, CIRCULAR, told, outbox.Priority.CONSEQUENCE)], utc_now())


async def test_a_polite_stop_takes_nothing_in_finishes_what_is_in_hand_and_closes(
    stand_in: StandIn, databases: Databases, tmp_path: Path
) -> None:
    log, place = tmp_path / "bot.log", f"127.0.0.1:{free_port()}"
    async with databases.fresh("sqlite") as url:
        database = Database(url)
        services = open_portal(database, Calendar(ZoneInfo("Europe/Moscow")))
        boris = await City(database, services).person()
        async with database.write() as tx:
            await tx.execute(delete(Notification))
        phone = stand_in.person("Борис", id=boris.chat_id)
        async with running_bot(stand_in, url, log, STATUS_LISTEN=place) as bot:
            await phone.starts()
            await phone.hears("Здравствуйте")
            anna = stand_in.person("Анна")
            assert await _answers(place, "/readyz") == (200, "ok")
            stand_in.desk.answers.clear()
            await anna.starts()
            await anna.sees("Согласен(на)")  # a handler waits for Telegram's answer
            await _circular(database, services, boris, "Занятие перенесено")
            await phone.sees("Занятие перенесено")  # and the sender
            bot.terminate()
            await _is_stopping(place)
            await _until(lambda: not stand_in.desk.poller.is_waiting)
            await anna.sends("после")
            await _circular(database, services, boris, "И ещё")
            assert bot.returncode is None
            stand_in.desk.answers.set()
            assert await bot.wait() == 0
        async with database.read() as connection:
            updates = (await connection.execute(select(Update.handled_at, Update.failure))).all()
            notes = (await connection.execute(select(Notification.key, Notification.sent_at))).all()
            leased = (await connection.execute(select(Notification.leased_until))).scalars().all()
        await database.close()
        assert all(update.handled_at and update.failure is None for update in updates)
        assert {note.key: note.sent_at is not None for note in notes if "ещё" in note.key or "Занятие" in note.key} == {
            "Занятие перенесено": True,
            "И ещё": False,
        }
        assert set(leased) == {None}
        assert [update.kind for update in stand_in.world.updates.waiting()] == ["message"]
        left = os.path.exists(f"{url.removeprefix('sqlite:///')}-wal")  # noqa: ASYNC240, PTH110
        assert not left, "whoever closes last leaves none"
        assert not faults(log), written(log)
        assert '"stopped"' in written(log)


async def test_told_twice_the_bot_ends_at_once_whatever_it_has_in_hand(
    stand_in: StandIn, databases: Databases, tmp_path: Path
) -> None:
    log, place = tmp_path / "bot.log", f"127.0.0.1:{free_port()}"
    async with databases.fresh("sqlite") as url, running_bot(stand_in, url, log, STATUS_LISTEN=place) as bot:
        stand_in.desk.answers.clear()
        anna = stand_in.person("Анна")
        await anna.starts()
        await anna.sees("Согласен(на)")
        bot.terminate()
        await _is_stopping(place)
        bot.terminate()
        assert await bot.wait() == 1
        assert not stand_in.desk.answers.is_set()
        assert '"stopped"' not in written(log)


async def test_a_handler_that_comes_to_no_end_is_cut_off_and_its_update_is_handled_by_the_next_to_start(
    open_application: Open, router: Router, stand_in: StandIn
) -> None:
    begun = asyncio.Event()

    @router.message()
    async def once(message: Message) -> None:
        if not begun.is_set():
            begun.set()
            await asyncio.Event().wait()
        await message.answer("готово")

    first = await open_application()
    person = stand_in.person("Анна")
    await person.starts()
    await begun.wait()
    await first.reception.close(0.05)
    await first.stop()
    await open_application()
    await person.hears_once("готово")
