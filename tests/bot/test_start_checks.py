"""What is wrong around the bot at its start is said in a line: it refuses to start, or starts and warns."""

import asyncio
import os
from collections.abc import Callable, Iterator

import pytest
from aiogram import Bot
from sqlalchemy import text
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot.cli import app
from bot.start_checks import watch_webhook
from bot.startup import CannotStart
from db.engine import Database
from playground.faults import Trouble
from playground.stand_in import StandIn
from tests.bot.conftest import Open
from tests.bot.test_webhook import SECRET
from tests.conftest import Databases
from tests.running import free_port

Said = Callable[[], dict[str, str]]


@pytest.fixture
def said() -> Iterator[Said]:
    """What the log has said in words so far, by event."""
    with capture_logs() as lines:
        yield lambda: {line["event"]: line["says"] for line in lines if "says" in line}


async def test_all_is_well_and_nothing_is_said(open_application: Open, said: Said) -> None:
    await open_application()
    assert said() == {}


async def test_a_database_of_a_later_version_is_left_alone(
    open_application: Open, database_url: str, database: Database
) -> None:
    async with database.write() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotStart, match="более новой версией"):
        await open_application()
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


async def test_commands_leave_it_alone_too(databases: Databases) -> None:
    async with databases.fresh("sqlite") as url:
        database = Database(url)
        async with database.write() as tx:
            await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await database.close()
        settings = {"DATABASE_URL": url, "ENV_FILE": os.devnull}
        # Commands have a loop of their own.
        done = await asyncio.to_thread(CliRunner().invoke, app, ["migrate"], env=settings)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert "более новой версией" in line


async def test_a_webhook_that_telegram_refuses(open_application: Open) -> None:
    place = {"webhook_secret": SECRET, "webhook_listen": f"127.0.0.1:{free_port()}"}
    with pytest.raises(CannotStart, match="WEBHOOK_URL") as refused:
        await open_application(webhook_url="http://10.0.0.5:9000/hook", **place)
    assert "HTTPS URL must be provided" in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_a_telegram_that_is_away_for_a_moment_keeps_no_webhook_from_being_set(
    open_application: Open, stand_in: StandIn
) -> None:
    place = f"127.0.0.1:{free_port()}"
    stand_in.fails("setWebhook", Trouble.BAD_GATEWAY)
    await open_application(webhook_url=f"http://{place}/hook", webhook_secret=SECRET, webhook_listen=place)
    assert stand_in.world.updates.webhook is not None


async def test_an_address_where_something_else_answers(open_application: Open, stand_in: StandIn, said: Said) -> None:
    listen = f"127.0.0.1:{free_port()}"
    given = {"webhook_secret": SECRET, "webhook_listen": listen}
    await open_application(webhook_url=f"{stand_in.url}/hook", **given)
    assert "отвечает не бот (404)" in said()["webhook_answers_wrongly"]


async def test_an_address_where_nobody_answers(open_application: Open, said: Said) -> None:
    listen, other = f"127.0.0.1:{free_port()}", free_port()
    given = {"webhook_secret": SECRET, "webhook_listen": listen}
    await open_application(webhook_url=f"http://127.0.0.1:{other}/hook", **given)
    assert "отвечает не бот" in said()["webhook_answers_wrongly"]


async def test_an_address_that_leads_to_the_bot(open_application: Open, said: Said) -> None:
    place = f"127.0.0.1:{free_port()}"
    await open_application(webhook_url=f"http://{place}/hook", webhook_secret=SECRET, webhook_listen=place)
    assert said() == {}


async def test_a_webhook_that_is_set_while_the_bot_polls_is_taken_away(
    open_application: Open, stand_in: StandIn, said: Said
) -> None:
    async with Bot(stand_in.token) as other:
        other.session.api = (await open_application()).bot.session.api
        await other.set_webhook("http://127.0.0.1:9/secret-path")
    await open_application()
    line = said()["webhook_taken_away"]
    assert "127.0.0.1" in line
    assert "secret-path" not in line
    assert stand_in.world.updates.webhook is None


@pytest.mark.parametrize(("telegram", "words"), [(125, "отстают на"), (-125, "спешат на")])
async def test_a_clock_that_is_minutes_off(
    open_application: Open, stand_in: StandIn, said: Said, telegram: float, words: str
) -> None:
    stand_in.clock.advance(telegram)
    await open_application()
    line = said()["clock_is_wrong"]
    assert words in line
    assert "12" in line


async def test_a_clock_that_is_half_a_minute_off_is_nobodys_business(
    open_application: Open, stand_in: StandIn, said: Said
) -> None:
    stand_in.clock.advance(30)
    await open_application()
    assert said() == {}


async def test_a_webhook_that_breaks_later_is_said_once_with_telegrams_own_reason(
    open_application: Open, stand_in: StandIn, said: Said
) -> None:
    place = f"127.0.0.1:{free_port()}"
    application = await open_application(
        webhook_url=f"http://{place}/hook", webhook_secret=SECRET, webhook_listen=place
    )
    hook = stand_in.world.updates.webhook
    assert hook is not None
    hook.url = f"{stand_in.url}/elsewhere"  # as if the balancer sent it there
    watching = asyncio.create_task(watch_webhook(application.bot, every=0.05))
    await stand_in.person().sends("привет")
    async with asyncio.timeout(10):
        while "webhook_fails" not in said():  # noqa: ASYNC110 - lines tell nobody
            await asyncio.sleep(0.02)
    watching.cancel()
    assert "404 Not Found" in said()["webhook_fails"]
