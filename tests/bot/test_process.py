"""The bot as its own process: what a kill and a polite stop leave behind."""

import asyncio
import signal
from pathlib import Path

import pytest

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


async def test_asked_to_stop_before_it_has_begun_the_bot_stops(tmp_path: Path, stand_in: StandIn) -> None:
    stand_in.fails("getMe", Trouble.BAD_GATEWAY, times=1000)
    log = tmp_path / "bot.log"
    bot = await start_bot(stand_in, f"sqlite:///{tmp_path}/bot.db", log)
    async with asyncio.timeout(30):
        while "telegram_away" not in written(log):
            await asyncio.sleep(0.1)
    bot.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(bot.wait(), 20) == 0
