"""Where everything meets: the application is built, started, run and stopped."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.types import User

from bot.dispatching import ALLOWED_UPDATES, feed, portal_dispatcher
from bot.fsm_storage import TalkKeeper, TalksElsewhere, TalksInDatabase
from bot.intake import Reception
from bot.limiter import Limiter
from bot.logs import told
from bot.polling import poll
from bot.profile import present
from bot.pushes import PUSHES
from bot.secret_key import secret_key
from bot.sender import Sender
from bot.session import BotSession
from bot.settings import Settings, WrongSetting
from bot.ticks import ticking
from bot.webhook import Webhook
from db.engine import Database
from db.migrate import upgrade
from db.reach import reach
from domain.clock import Calendar, utc_now
from services.portal import Services, open_portal
from texts import commands

HANDLERS_WITHIN: Final = 10.0
"""Seconds that handlers in flight have at a stop."""
SENDS_WITHIN: Final = 5.0
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
WEBHOOK_CONNECTIONS: Final = 40

log: Final = structlog.get_logger()


class CannotStart(Exception):
    """The bot cannot run like this. Its text is the line to show."""


def new_bot(settings: Settings) -> Bot:
    """The bot with its session and limiter.

    Raises: WrongSetting without a token.
    """
    if settings.bot_token is None:
        raise WrongSetting("BOT_TOKEN")
    return Bot(settings.bot_token.get_secret_value(), session=BotSession(settings.bot_api_url, Limiter()))


async def get_me(bot: Bot) -> User:
    """Who the token belongs to.

    Raises: CannotStart on a token that Telegram refuses.
    """
    try:
        return await bot.me()
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise CannotStart(commands.UNAUTHORIZED) from None


class Application:
    """The whole bot. `start`, then `run` until `stop_soon`, then `stop`."""

    def __init__(
        self, settings: Settings, bot: Bot, database: Database, services: Services, dispatcher: Dispatcher
    ) -> None:
        self.settings = settings
        self.bot = bot
        self.database = database
        self.services = services
        self._talks, self._close_talks = _talks(settings)
        self.reception = Reception(
            services.intake, partial(feed, dispatcher, bot, services=services, talks=self._talks)
        )
        self.sender = Sender(bot, services, PUSHES)
        database.after_commit = self.sender.wake
        self._scheduler = ticking(services)
        self._webhook: Webhook | None = None
        self._polling: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Bring the database up to date, greet Telegram, begin.

        Raises: CannotStart, WrongSetting, db.reach.Unreachable.
        """
        await reach(self.database)
        await upgrade(self.database)
        log.info("database_ready", dialect=self.database.url.get_backend_name())
        if self.database.is_sqlite:
            secret_key(self.settings)
        me = await self._until_telegram_answers()
        log.info("bot_known", username=me.username, id=me.id)
        await present(self.bot)
        by_webhook = self.settings.webhook_url is not None
        await self.reception.open(alone=not by_webhook)
        self.sender.open()
        await (self._open_webhook() if by_webhook else self._begin_polling())
        self._scheduler.start()
        log.info("started")

    async def run(self) -> None:
        """Until `stop_soon` is called."""
        await self._stopping.wait()

    def stop_soon(self) -> None:
        """End `run`."""
        self._stopping.set()

    async def stop(self) -> None:
        """Take nothing in any more, finish what is in flight, give back what is not begun, close everything."""
        log.info("stopping")
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)
        if self._webhook is not None:
            await self._webhook.close()
        await self.reception.close(HANDLERS_WITHIN)
        await self.sender.close(SENDS_WITHIN)
        await self.close()
        log.info("stopped")

    async def close(self) -> None:
        """Close the connections: enough where `start` failed."""
        await self._close_talks()
        await self.bot.session.close()
        await self.database.close()

    async def _until_telegram_answers(self) -> User:
        pause = FIRST_PAUSE
        while True:
            try:
                return await get_me(self.bot)
            except AiogramError as fault:
                log.warning("telegram_away", url=self.settings.bot_api_url, fault=told(fault), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _begin_polling(self) -> None:
        await self.bot.delete_webhook(drop_pending_updates=False)
        self._polling = asyncio.create_task(poll(self.bot, self.reception.accept, self.reception.has_room))
        log.info("polling")

    async def _open_webhook(self) -> None:
        settings = self.settings
        assert settings.webhook_url is not None
        assert settings.webhook_secret is not None
        secret = settings.webhook_secret.get_secret_value()
        self._webhook = Webhook(urlsplit(settings.webhook_url).path, secret, self.reception.accept)
        try:
            await self._webhook.open(*settings.listens_on)
        except OSError:
            raise CannotStart(commands.listen_taken(str(settings.webhook_listen))) from None
        await self.bot.set_webhook(
            settings.webhook_url,
            secret_token=secret,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=WEBHOOK_CONNECTIONS,
            drop_pending_updates=False,
        )
        log.info("webhook_set", listen=settings.webhook_listen)


def _talks(settings: Settings) -> tuple[TalkKeeper, Callable[[], Any]]:
    """Where conversations are kept, and how it is closed."""
    if settings.redis_url is None:
        return TalksInDatabase(), contextlib.AsyncExitStack().aclose
    try:
        from aiogram.fsm.storage.redis import RedisStorage  # an extra
    except ImportError:
        raise WrongSetting("REDIS_URL") from None
    storage = RedisStorage.from_url(settings.redis_url.get_secret_value())
    return TalksElsewhere(storage), storage.close


def build(
    settings: Settings, now: Callable[[], datetime] = utc_now, dispatcher: Dispatcher | None = None
) -> Application:
    """The application on these settings, inside a running loop; `now` is its clock, `dispatcher` its handlers.

    Raises: WrongSetting.
    """
    bot = new_bot(settings)
    database = Database(settings.database_url.get_secret_value(), now)
    services = open_portal(database, Calendar(settings.zone, now))
    return Application(settings, bot, database, services, dispatcher or portal_dispatcher())


async def serve(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT; a second one ends it at once.

    Raises: CannotStart, WrongSetting, db.reach.Unreachable.
    """
    application = build(settings)
    _obey_signals(application)
    starting = asyncio.create_task(application.start())
    stopping = asyncio.create_task(application.run())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            await stopping
    except BaseException:
        await application.close()
        raise
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await application.stop()


def _obey_signals(application: Application) -> None:
    loop = asyncio.get_running_loop()
    told_before = False

    def obey() -> None:
        nonlocal told_before
        if told_before:
            os._exit(1)
        told_before = True
        application.stop_soon()

    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, obey)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(obey))
