"""The bot as its own process: what a kill and a polite stop leave behind."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import read_settings
from bot.startup import serve
from playground.faults import Trouble
from playground.stand_in import StandIn
from tests.conftest import Databases
from tests.running import faults, running_bot, start_bot, stop, written


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
