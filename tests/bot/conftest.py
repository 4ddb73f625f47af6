"""The application in the test's own process, on routers of the test's own, against a stand-in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from aiogram import Dispatcher, Router

from bot import logs
from bot.dispatching import dispatch_to
from bot.settings import Settings, read_settings
from bot.startup import Application, build
from playground.stand_in import StandIn
from tests.conftest import Clock

Open = Callable[..., Awaitable[Application]]


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    """A stand-in of the test's own."""
    async with await StandIn.start() as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's and the developer's own settings stay out."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("ENV_FILE", "")


@pytest.fixture(autouse=True)
def logs_as_in_service() -> None:
    """One line an event on this test's stderr."""
    logs.set_up("INFO", "json")


@pytest.fixture
def router() -> Router:
    """The test's own handlers."""
    return Router()


@pytest.fixture
def dispatcher(router: Router) -> Dispatcher:
    """A dispatcher over them."""
    return dispatch_to([router])


@pytest.fixture
async def open_application(
    stand_in: StandIn, database_url: str, clock: Clock, dispatcher: Dispatcher
) -> AsyncIterator[Open]:
    """Starts an application; given settings go before those that fit the test. It is stopped at the end."""
    async with AsyncExitStack() as stack:

        async def opened(**given: str) -> Application:
            place = {"bot_token": stand_in.token, "bot_api_url": stand_in.url, "database_url": database_url}
            fitting = place | {"tap_limit": "0"}  # the phones of tests are quicker than people
            application = build(read_settings(**(fitting | given)), clock.now, dispatcher)
            await application.start()
            stack.push_async_callback(application.stop)
            return application

        yield opened


@pytest.fixture
async def application(open_application: Open) -> Application:
    """A started application."""
    return await open_application()
