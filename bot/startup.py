"""Where everything meets: the application is built, started, run and stopped."""

import asyncio
import contextlib
import hashlib
import os
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramNotFound, TelegramUnauthorizedError
from aiogram.types import User

from bot.delivery import Delivery
from bot.dispatching import ALLOWED_UPDATES, feed, portal_dispatcher
from bot.fault_watch import FaultWatch
from bot.fsm_storage import TalkKeeper, TalksAway, TalksInDatabase, TalksInRedis
from bot.hearing import hear
from bot.intake import Reception
from bot.letters import LETTERS
from bot.limiter import Limiter
from bot.limits import KEYS_A_TAP, Allowance
from bot.logs import told
from bot.polling import poll
from bot.post import Post
from bot.postman import Postman
from bot.presence import Presence
from bot.profile import present
from bot.pushes import PUSHES
from bot.secret_key import secret_key
from bot.sender import Sender
from bot.session import BotSession, dumps, limiter_of
from bot.settings import Settings, WrongSetting, place_of
from bot.start_checks import check_clock, check_webhook, take_webhook_away, watch_webhook
from bot.status import Readiness, StatusServer
from bot.ticks import Clockwork
from bot.webhook import Webhook
from db import wakes
from db.engine import Database
from db.migrate import TooNew, bring_up_to_date
from db.reach import opened, reach
from domain.clock import Calendar, utc_now
from keyboards import links
from services.intake import in_hand
from services.portal import Services, open_portal
from services.replicas import Standing
from services.synonym_file import SYNONYMS, kept_synonyms
from texts import commands
from texts.letters import Links
from texts.registration import CONSENT

HANDLERS_WITHIN: Final = 10.0
"""Seconds that handlers in flight have at a stop."""
SENDS_WITHIN: Final = 5.0
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
WEBHOOK_CONNECTIONS: Final = 40
WAIT_FOR_OTHERS: Final = 0.25
PROGRESS_EVERY: Final = 3.0
"""Seconds between two words on how far something is: edits count for Telegram's pace."""

Answered = TypeVar("Answered")

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
        self,
        settings: Settings,
        bot: Bot,
        database: Database,
        services: Services,
        dispatcher: Dispatcher,
        progress_every: float = PROGRESS_EVERY,
    ) -> None:
        self.settings = settings
        self.bot = bot
        self.database = database
        self.services = services
        self._talks = _talks(settings)
        self.given: dict[str, Any] = {
            "services": services,
            "talks": self._talks,
            "allowance": Allowance(settings.tap_limit),
            "typing": Allowance(settings.tap_limit * KEYS_A_TAP),
            "progress_every": progress_every,
        }
        self.reception = Reception(services.intake, partial(feed, dispatcher, bot, **self.given))
        self.sender = Sender(bot, services, PUSHES)
        self.postman: Postman | None = None
        self.presence = Presence(services.replicas, self._stand)
        self.clockwork = Clockwork(services)
        self.readiness = Readiness(database)
        self.fault_watch = FaultWatch(services.faults)
        database.after_commit = self._after_commit
        self._opened = contextlib.AsyncExitStack()
        self._opened.push_async_callback(self._close_connections)
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Bring the database up to date, greet Telegram, begin. What fails here leaves nothing open.

        Raises: CannotStart, WrongSetting, db.reach.Unreachable.
        """
        try:
            await self._open_status()
            await self._prepare()
            await self._begin()
        except BaseException:
            await self._opened.aclose()
            raise
        log.info("started")

    async def run(self) -> None:
        """Until `stop_soon` is called."""
        await self._stopping.wait()

    def stop_soon(self) -> None:
        """End `run`; from now on the bot is not ready for more."""
        self.readiness.stopping = True
        self._stopping.set()

    async def stop(self) -> None:
        """Take nothing in any more, finish what is in flight, give back what is not begun, close everything."""
        self.readiness.stopping = True
        log.info("stopping")
        for delivery in self._deliveries():
            delivery.claim_no_more()
        await self._opened.aclose()
        log.info("stopped")

    async def _open_status(self) -> None:
        """First of all and until the last: a start that waits and a stop that takes its time can be watched."""
        listen = self.settings.status_listen
        if listen is None:
            return
        status = StatusServer(self.readiness, self.services)
        self._opened.push_async_callback(status.close)
        try:
            await status.open(*place_of(listen))
        except OSError:
            raise CannotStart(commands.listen_taken("STATUS_LISTEN", listen)) from None

    async def _prepare(self) -> None:
        await reach(self.database)
        try:
            await bring_up_to_date(self.database)
        except TooNew:
            raise CannotStart(commands.DATABASE_TOO_NEW) from None
        log.info("database_ready", dialect=self.database.url.get_backend_name())
        for fault in kept_synonyms().faults:
            log.warning(
                "synonym_left_out", file=SYNONYMS.name, line=fault.number, text=fault.line, because=fault.reason
            )
        await self.services.privacy.keep_consent(CONSENT.as_kwargs()["text"])
        try:
            await self._talks.open()
        except TalksAway as away:
            raise CannotStart(commands.redis_away(str(away))) from None
        if self.database.is_sqlite:
            secret_key(self.settings)
        me = await self._until_telegram_answers(partial(get_me, self.bot))
        self.readiness.telegram_reached = True
        log.info("bot_known", username=me.username, id=me.id)
        if not me.supports_inline_queries:
            log.warning("inline_mode_off", because="BotFather, /setinline: a course cannot be passed on as a card")
        await check_clock(self.bot)
        await present(self.bot)

    async def _begin(self) -> None:
        """What is begun first is stopped last."""
        if self.settings.smtp_url is not None:
            username = str((await self.bot.me()).username)
            post = Post(self.settings, Links(links.bot(username), links.bot(username, links.LETTERS)))
            self.postman = Postman(post, self.services, LETTERS)
        self._opened.push_async_callback(self.fault_watch.close)
        self.fault_watch.open()
        await self._join_the_others()
        for delivery in self._deliveries():
            self._opened.push_async_callback(delivery.close, SENDS_WITHIN)
            delivery.open()
        if self.postman is None:
            log.warning("letters_off", because="SMTP_URL is not set: addresses are taken unproved")
        self._opened.push_async_callback(self.reception.close, HANDLERS_WITHIN)
        await self.reception.open(alone=self.settings.webhook_url is None)
        await (self._poll() if self.settings.webhook_url is None else self._open_webhook())
        self._opened.push_async_callback(self.clockwork.close)
        self.clockwork.open()

    async def _join_the_others(self) -> None:
        """Only PostgreSQL carries word between processes, and only a webhook lets several of them take updates in."""
        if self.database.is_sqlite:
            return
        word_for = {
            wakes.OUTBOX: self._wake_deliveries,
            wakes.INTAKE: self.reception.look,
            wakes.REPLICAS: self.presence.look,
        }
        self._opened.push_async_callback(_cancelled, asyncio.create_task(hear(self.database, word_for)))
        if self.settings.webhook_url is not None:
            self._opened.push_async_callback(self.presence.close)
            await self.presence.open()

    def _stand(self, standing: Standing) -> None:
        """Somebody has come or gone: what each process does and how much it may send is divided anew."""
        share = standing.share
        self.services.intake.alone = share.count == 1
        self.services.outbox.share = share
        limiter_of(self.bot).divide(share.count, share.place)
        if self.postman is not None:
            self.postman.divide(share.count)
        self.clockwork.keep(standing.has_clock)
        self._wake_deliveries()

    async def _close_connections(self) -> None:
        await self._talks.close()
        await self.bot.session.close()
        await self.database.close()

    def _after_commit(self) -> None:
        """What a person did tells others at once; what the clock brings is found by the next look."""
        if in_hand.get() is not None:
            self._wake_deliveries()

    def _wake_deliveries(self) -> None:
        for delivery in self._deliveries():
            delivery.wake()

    def _deliveries(self) -> Iterable[Delivery]:
        return filter(None, (self.sender, self.postman))

    async def _until_telegram_answers(self, ask: Callable[[], Awaitable[Answered]]) -> Answered:
        """What Telegram answers. Raises: TelegramBadRequest, where asking again is of no use."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await ask()
            except TelegramBadRequest:
                raise
            except AiogramError as fault:
                log.warning("telegram_away", url=self.settings.bot_api_url, fault=told(fault), seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _poll(self) -> None:
        await self._until_telegram_answers(partial(take_webhook_away, self.bot))
        polling = asyncio.create_task(poll(self.bot, self.reception.accept))
        self._opened.push_async_callback(_cancelled, polling)
        log.info("polling")

    async def _open_webhook(self) -> None:
        settings = self.settings
        assert settings.webhook_url is not None
        assert settings.webhook_secret is not None
        assert settings.webhook_listen is not None
        secret = settings.webhook_secret.get_secret_value()
        webhook = Webhook(urlsplit(settings.webhook_url).path, secret, self.reception.accept, self.readiness)
        self._opened.push_async_callback(webhook.close)
        try:
            await webhook.open(*place_of(settings.webhook_listen))
        except OSError:
            raise CannotStart(commands.listen_taken("WEBHOOK_LISTEN", settings.webhook_listen)) from None
        await self._register(settings.webhook_url, secret)
        await check_webhook(settings.webhook_url, secret)
        self._opened.push_async_callback(_cancelled, asyncio.create_task(watch_webhook(self.bot)))

    async def _register(self, url: str, secret: str) -> None:
        """One process registers the webhook, and only where it is not registered like this already."""
        replicas = self.services.replicas
        while not await replicas.may_register():  # noqa: ASYNC110 - it may die, too
            await asyncio.sleep(WAIT_FOR_OTHERS)
        asked: dict[str, Any] = {"allowed_updates": ALLOWED_UPDATES, "max_connections": WEBHOOK_CONNECTIONS}
        # Telegram does not tell the secret; and somebody else may have changed what it does tell.
        wanted = hashlib.sha256(dumps([url, secret, asked]).encode()).hexdigest()
        stands = await self._until_telegram_answers(self.bot.get_webhook_info)
        kept = stands.url == url and await replicas.registration() == wanted
        if not kept:
            asked |= {"secret_token": secret, "drop_pending_updates": False}
            try:
                await self._until_telegram_answers(partial(self.bot.set_webhook, url, **asked))
            except TelegramBadRequest as refusal:
                raise CannotStart(commands.webhook_refused(refusal.message)) from None
        await replicas.registered(wanted)
        log.info("webhook_kept" if kept else "webhook_set", listen=self.settings.webhook_listen)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _talks(settings: Settings) -> TalkKeeper:
    """Where conversations are kept."""
    if settings.redis_url is None:
        return TalksInDatabase()
    try:
        return TalksInRedis(settings.redis_url.get_secret_value())
    except ImportError:
        raise WrongSetting("REDIS_URL") from None


def build(
    settings: Settings,
    now: Callable[[], datetime] = utc_now,
    dispatcher: Dispatcher | None = None,
    progress_every: float = PROGRESS_EVERY,
) -> Application:
    """The application on these settings, inside a running loop; `now` is its clock, `dispatcher` its handlers.

    `progress_every`: seconds between two words on how far something is that takes long.

    Raises: WrongSetting, db.reach.Unreachable.
    """
    bot = new_bot(settings)
    database = opened(settings.database_url.get_secret_value(), now)
    codes_key = secret_key(settings).get_secret_value().encode() if settings.smtp_url else None
    services = open_portal(database, Calendar(settings.zone, now), codes_key)
    return Application(settings, bot, database, services, dispatcher or portal_dispatcher(), progress_every)


async def serve(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT; a second one ends it at once.

    Raises: CannotStart, WrongSetting, db.reach.Unreachable.
    """
    application = build(settings)
    with _obeying_signals(application):
        starting = asyncio.create_task(application.start())
        told_to_stop = asyncio.create_task(application.run())
        await asyncio.wait({starting, told_to_stop}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            await _cancelled(starting)
            return
        try:
            await starting
        except BaseException:
            told_to_stop.cancel()
            raise
        await told_to_stop
        await application.stop()


@contextlib.contextmanager
def _obeying_signals(application: Application) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    told_before = False

    def obey() -> None:
        nonlocal told_before
        if told_before:
            os._exit(1)
        told_before = True
        application.stop_soon()

    signals = (signal.SIGTERM, signal.SIGINT)
    try:
        for number in signals:
            loop.add_signal_handler(number, obey)
    except NotImplementedError:  # Windows
        for number in signals:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(obey))
        yield
        return
    yield
    for number in signals:
        loop.remove_signal_handler(number)
