"""The whole bot as its own process, one for each kind of database, and fresh people with phones for each test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from bot.settings import read_settings
from bot.startup import build
from db.engine import Database
from domain.clock import Calendar
from domain.person import Person, Role
from playground.mail_box import MailBox
from playground.person import Person as Phone
from playground.stand_in import StandIn
from services.portal import open_portal
from tests.conftest import KINDS, Clock, Databases
from tests.journeys.slow import Slow
from tests.journeys.town import PATIENCE, Town
from tests.running import faults, running_bot

TOKEN: Final = "1234567890:" + "t" * 35
KEY: Final = "k" * 32

Until = Callable[[Callable[[], bool]], Awaitable[None]]
Meet = Callable[[Person], Awaitable[Phone]]


Place = tuple[Town, StandIn, MailBox]


@asynccontextmanager
async def _portal_at_work(kind: str, databases: Databases, log: Path) -> AsyncIterator[Place]:
    async with (
        databases.fresh(kind) as url,
        await StandIn.start(token=TOKEN) as stand_in,
        await MailBox.start() as mail,
    ):
        database = Database(url)
        letters = {"SMTP_URL": mail.url, "MAIL_FROM": "portal@example.org", "SECRET_KEY": KEY}
        try:
            async with running_bot(stand_in, url, log, **letters):
                portal = open_portal(database, Calendar(ZoneInfo("Europe/Moscow")), KEY.encode())
                yield Town(database, portal), stand_in, mail
        finally:
            await database.close()
    # People made in the database have no chat with the bot until their phone opens it.
    assert not [fault for fault in faults(log) if not fault.startswith("push_given_up")]


@pytest.fixture(scope="session")
async def towns(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Callable[[str], Awaitable[Place]]]:
    """Gives the town of a kind of database, at work until the run ends: from file to file it stays the same."""
    async with AsyncExitStack() as opened:
        at_work: dict[str, Place] = {}

        async def of_kind(kind: str) -> Place:
            if kind not in at_work:
                log = tmp_path_factory.mktemp("bot") / f"{kind}.log"
                at_work[kind] = await opened.enter_async_context(_portal_at_work(kind, databases, log))
            return at_work[kind]

        yield of_kind


@pytest.fixture(params=KINDS)
async def town(request: pytest.FixtureRequest, towns: Callable[[str], Awaitable[Place]]) -> Place:
    """A running bot with its database, its Telegram and its mail server."""
    return await towns(request.param)


@pytest.fixture
def city(town: Place) -> Town:
    """The city on the bot's own database."""
    return town[0]


@pytest.fixture
def stand_in(town: Place) -> StandIn:
    """The bot's Telegram."""
    return town[1]


@pytest.fixture
def mail(town: Place) -> MailBox:
    """The bot's mail server, with every letter it took."""
    return town[2]


@pytest.fixture
def meet(stand_in: StandIn) -> Meet:
    """Gives a registered person a phone with the bot's chat open."""

    async def opened(person: Person) -> Phone:
        phone = stand_in.person(person.full_name, id=person.chat_id)
        await phone.starts()
        await phone.hears("Здравствуйте")
        return phone

    return opened


@pytest.fixture
def until() -> Until:
    """Waits until something holds that no screen shows, such as a call of the bot."""

    async def waited(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    return waited


@pytest.fixture
def newcomer(stand_in: StandIn) -> Phone:
    """Somebody the portal does not know."""
    return stand_in.person("Мария")


@pytest.fixture
def another_newcomer(stand_in: StandIn) -> Phone:
    """Somebody else it does not know."""
    return stand_in.person("Ольга")


@pytest.fixture
async def school(city: Town) -> int:
    """The school of this test's people."""
    return await city.school()


@pytest.fixture
async def teacher(city: Town, school: int, meet: Meet) -> Phone:
    """A teacher of the school."""
    return await meet(await city.person(school))


@pytest.fixture
async def jobless(city: Town, meet: Meet) -> Phone:
    """A teacher without a school."""
    return await meet(await city.person())


@pytest.fixture
async def head(city: Town, school: int, meet: Meet) -> Phone:
    """An approver of the school, who works there too."""
    return await meet(await city.person(school, head_of=school))


@pytest.fixture
async def admin(city: Town, school: int, meet: Meet) -> Phone:
    """Another approver of the school."""
    return await meet(await city.person(school, head_of=school))


@pytest.fixture
async def support(city: Town, meet: Meet) -> Phone:
    """Somebody of the portal's support."""
    return await meet(await city.person(portal=Role.SUPPORT))


@pytest.fixture
async def outsider(city: Town, meet: Meet) -> Phone:
    """A head of another school, who has no right to anything in the test."""
    return await meet(await city.person(head_of=await city.school()))


@pytest.fixture
async def slow(database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Slow]:
    """Noon in Moscow, until the test moves on."""
    monkeypatch.setenv("ENV_FILE", "")
    async with await StandIn.start() as stand_in:
        given = {"bot_token": stand_in.token, "bot_api_url": stand_in.url, "database_url": database_url}
        application = build(read_settings(**given, tap_limit=0), clock.now, progress_every=0.02)
        await application.start()
        database = Database(database_url, clock.now)
        city = Town(database, open_portal(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now)))
        yield Slow(application, city, stand_in, clock)
        await application.stop()
        await database.close()
