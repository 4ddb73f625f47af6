"""What a restart of the bot leaves as it was, and what the bot says of itself when it starts."""

from pathlib import Path

import pytest

from playground.stand_in import StandIn
from tests.journeys.conftest import TOKEN
from tests.running import running_bot
from texts import menu


async def _left_halfway_and_taken_up_again(stand_in: StandIn, url: str, log: Path, **settings: str) -> None:
    newcomer = stand_in.person("Мария")
    async with running_bot(stand_in, url, log, **settings):
        await newcomer.starts()
        await newcomer.taps("Согласен(на)")
        await newcomer.is_shown("Как вас зовут?")
        await newcomer.sends("Берёзкина Мария")
        await newcomer.hears("Ваша электронная почта?")
        await newcomer.sends("maria@example.org")
        await newcomer.hears("Где вы работаете?")
    async with running_bot(stand_in, url, log, **settings):
        await newcomer.taps("Временно не работаю")
        await newcomer.is_shown("Ваша должность?")
        await newcomer.sends("Методист")
        await newcomer.hears("Проверьте", "Берёзкина Мария", "временно не работаю", "Методист")


async def test_a_registration_goes_on_after_a_restart(database_url: str, tmp_path: Path) -> None:
    async with await StandIn.start(token=TOKEN) as stand_in:
        await _left_halfway_and_taken_up_again(stand_in, database_url, tmp_path / "bot.log")


async def test_a_registration_kept_in_redis_goes_on_after_a_restart(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with await StandIn.start(token=TOKEN) as stand_in:
        await _left_halfway_and_taken_up_again(stand_in, database_url, tmp_path / "bot.log", REDIS_URL=redis_url)


@pytest.mark.parametrize("kind", ["setMyName", "setMyShortDescription", "setMyDescription"])
async def test_the_bot_says_what_it_is_called_and_does_not_repeat_itself(databases, tmp_path: Path, kind: str) -> None:
    async with databases.fresh("sqlite") as url, await StandIn.start(token=TOKEN) as stand_in:
        for _ in range(2):
            async with running_bot(stand_in, url, tmp_path / "bot.log"):
                pass
        [call] = stand_in.calls.of(kind)
        assert call.refusal is None
        said = {"setMyName": menu.BOT_NAME, "setMyShortDescription": menu.SHORT_DESCRIPTION}
        assert said.get(kind, menu.DESCRIPTION) in call.parameters.values()
