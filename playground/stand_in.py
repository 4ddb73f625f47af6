"""The whole stand-in in one object: the server and the people around it."""

import asyncio
import contextlib
from typing import Self

from aiohttp import web

from playground.bot_api import REQUEST_LIMIT, BotApi
from playground.calls import CallLog
from playground.clock import Clock
from playground.desk import Desk
from playground.faults import Fault, Faults, Scope, Trouble
from playground.mail_api import MailApi
from playground.mail_box import MailBox
from playground.own_pages import own_pages_only
from playground.pace import Pace
from playground.page_files import add_page_to
from playground.people_api import OnReset, PeopleApi
from playground.person import Person
from playground.webhooks import Delivery
from playground.world import Account, Chat, World

TOKEN = "4210000000:test-token-of-the-playground"  # noqa: S105 — opens nothing but this stand-in


class StandIn:
    """A running stand-in for Telegram; `url` is the base for BOT_API_URL and the address of the chat page."""

    def __init__(self, world: World, on_reset: OnReset | None = None, mail: MailBox | None = None) -> None:
        self.world = world
        self.mail = mail
        self._on_reset = on_reset
        self.desk = Desk(world)
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._delivery: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        token: str = TOKEN,
        *,
        username: str = "course_bot",
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        on_reset: OnReset | None = None,
        with_mail: bool = False,
    ) -> Self:
        """Open a stand-in for one bot on `host`:`port`; port 0 takes any free one.

        `on_reset` is awaited when somebody presses the page's reset button, which is there only then. `with_mail`
        brings a mail server, `mail`, whose letters are read on the page.
        """
        mail = await MailBox.start(host) if with_mail else None
        stand_in = cls(World(token, username, clock), on_reset, mail)
        await stand_in._open(host, port)
        return stand_in

    async def stop(self) -> None:
        """Close the server; calls that still wait are cut."""
        if self._delivery:
            self._delivery.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._delivery
        if self._runner:
            await self._runner.cleanup()
        if self.mail:
            await self.mail.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def clock(self) -> Clock:
        """The stand-in's clock, to be pushed forward."""
        return self.world.clock

    async def bot_is_up(self, timeout: float = 60.0) -> None:
        """Wait until the bot asks for updates or has set its webhook. Raises: AssertionError."""

        def is_up() -> bool | None:
            return self.desk.poller.is_waiting or self.world.updates.webhook is not None or None

        if not await self.world.pulse.until(is_up, timeout):
            raise AssertionError(f"no bot came within {timeout:g} s; its calls so far: {list(self.calls)[-5:]}")

    async def updates_are_taken(self, timeout: float = 10.0) -> None:
        """Wait until the bot has confirmed every update. Raises: AssertionError."""
        queue = self.world.updates
        if not await queue.pulse.until(lambda: not queue.waiting() or None, timeout):
            raise AssertionError(f"not taken within {timeout:g} s: {queue.waiting()}")

    @property
    def calls(self) -> CallLog:
        """Every call of the bot so far."""
        return self.desk.calls

    @property
    def pace(self) -> Pace:
        """Limits on writing; `pace.on = True` switches them on."""
        return self.desk.pace

    @property
    def faults(self) -> Faults:
        """Troubles ordered and not met yet."""
        return self.desk.faults

    def fails(
        self,
        method: str,
        trouble: Trouble,
        times: int = 1,
        *,
        after: bool = False,
        retry_after: int = 1,
        chat_id: int | None = None,
        scope: Scope | None = None,
    ) -> None:
        """Let the next calls of `method` (`*`: any) meet `trouble`, `after` their effect or in its place.

        A 429 closes `scope` for `retry_after` seconds; nothing, where there is none.
        """
        self.faults.order(method, Fault(trouble, times, after, retry_after, chat_id, scope=scope))

    def loses_answers(self, times: int = 1) -> None:
        """Let so many updates that the webhook has taken be delivered once more, as where its answer got lost."""
        self.world.updates.answers_to_lose += times

    def person(
        self,
        first_name: str = "Анна",
        last_name: str | None = None,
        *,
        username: str | None = None,
        id: int | None = None,
        language_code: str = "ru",
        caption: str | None = None,
    ) -> Person:
        """Somebody new with a phone, who has not written to the bot yet; `caption` is shown on the page."""
        number = id or self.world.new_person_id()
        account = Account(number, first_name, last_name, username, language_code, caption=caption)
        return Person(self.world, self.world.add_person(account))

    def clear(self) -> None:
        """Forget everybody, everything said or written, what waits for the bot, and the log of calls."""
        self.world.clear()
        self.calls.clear()
        if self.mail:
            self.mail.clear()

    def group(self, title: str = "Учительская", kind: str = "group") -> Chat:
        """A new `group`, `supergroup` or `channel` without the bot."""
        return self.world.add_chat(kind, title)

    async def _open(self, host: str, port: int) -> None:
        app = web.Application(client_max_size=REQUEST_LIMIT, middlewares=[own_pages_only])
        BotApi(self.desk).add_to(app)
        PeopleApi(self.desk, self._on_reset, has_mail=self.mail is not None).add_to(app)
        if self.mail is not None:
            MailApi(self.mail, self.world).add_to(app)
        add_page_to(app)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"
        self._delivery = asyncio.create_task(Delivery(self.world, self.desk.carry_out).run())
