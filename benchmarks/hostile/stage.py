"""The whole bot in this process against the stand-in over HTTP, with every update, call and fault watched."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Final

from aiogram import Bot
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from bot import logs
from bot.dispatching import Unparsable, feed, portal_dispatcher
from bot.fsm_storage import current
from bot.intake import Reception
from bot.limiter import Limiter
from bot.session import BotSession
from bot.settings import read_settings
from bot.startup import Application
from db.engine import Database
from db.tables import Conversation, Update
from domain.clock import Calendar
from domain.person import Person
from playground.calls import Call
from playground.person import Person as Phone
from playground.stand_in import StandIn
from playground.world import Message
from services.intake import Talk
from services.portal import open_portal
from tests.city import City

KEY: Final = "k" * 32
HURRY: Final = 10_000
"""The limiter's clock runs so much faster: pace is not what is tried here."""
PATIENCE: Final = 240.0
"""Seconds: a file may take three minutes."""
FIRST_UPDATE: Final = 10**12
PROVIDERS_APART: Final = 10**5
"""No school has ids like theirs: a button that names a place must not mean somebody's own by chance."""
HARMLESS: Final = (
    "message is not modified", "query is too old", "there is no text in the message to edit", "message can't be edited",
    "invalid file_id", "bot is not a member",
)  # fmt: skip
"""What the bot meets with a new message, or with nothing, as it should."""


class Faults(logging.Handler):
    """Everything that is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it as a line."""
        fault = f": {record.exc_info[1]!r}" if record.exc_info and record.exc_info[1] else ""
        self.seen.append(f"{record.msg}{fault}")

    def take(self) -> list[str]:
        """Those since the last time."""
        seen, self.seen = self.seen, []
        return seen


@dataclass
class Handled:
    """What an update led to: what kept it from being handled (None: nothing), the bot's calls, the conversation; and
    how long it took."""

    failure: str | None = None
    calls: list[Call] = field(default_factory=list)
    answers: list[Call] = field(default_factory=list)
    talk: Talk | None = None
    seconds: float = 0.0


class Stage:
    """The bot, its Telegram, its city."""

    def __init__(self, stand_in: StandIn, application: Application, bot: Bot) -> None:
        self.stand_in = stand_in
        self.application = application
        self.bot = bot
        self.database: Database = application.database
        self.services = application.services
        self.city = City(self.database, self.services)
        self.faults = Faults()
        self.refused: list[Call] = []
        self._numbers = count(FIRST_UPDATE)
        self._providers = count(PROVIDERS_APART, PROVIDERS_APART)
        self._waiting: dict[int, asyncio.Future[Handled]] = {}
        self._calls: dict[int, list[Call]] = defaultdict(list)
        self._answers: dict[str, list[Call]] = defaultdict(list)
        stand_in.calls.listeners.append(self._note)
        self._feed: Callable[[Any], Awaitable[None]] = partial(feed, portal_dispatcher(), bot, **application.given)
        application.reception = Reception(self.services.intake, self._watched)

    async def person(self, school_id: int | None = None, **roles: Any) -> Person:
        """Somebody registered, whose phone the bot may write to."""
        return await self.city.person(school_id, chat_id=self.stranger().id, **roles)

    async def provider(self) -> int:
        """A new provider's id."""
        return await self.city.provider(id=next(self._providers))

    def phone(self, person: Person | None) -> Phone:
        """The phone in a person's hand; None: somebody new."""
        return Phone(self.stand_in.world, self.stand_in.world.accounts[person.chat_id]) if person else self.stranger()

    def stranger(self) -> Phone:
        """The phone of somebody the portal does not know."""
        phone = self.stand_in.person("Незнакомец")
        phone.chat.bot_status = "member"
        return phone

    def screen(self, phone: Phone) -> Message:
        """The message of the bot that is tapped on."""
        world = self.stand_in.world
        of_the_bot = (one for one in reversed(phone.chat.messages.values()) if one.sender is world.bot)
        newest = next((one for one in of_the_bot if not one.deleted), None)
        return newest or world.post(phone.chat, world.bot, {"text": "Меню"})

    async def taps(self, phone: Phone, data: str | None, **others: Any) -> Handled:
        """A tap with any data, handled to its end."""
        world = self.stand_in.world
        message = self.screen(phone)
        tap = world.open_tap(phone.account, message, data or "")
        query = {
            "id": tap.id,
            "from": phone.account.as_json(),
            "message": message.as_json(),
            "chat_instance": "1",
            **({} if data is None else {"data": data}),
            **others,
        }
        handled = await self.handles({"callback_query": query}, phone)
        handled.answers = self._answers.pop(tap.id, [])
        world.taps.pop(tap.id, None)
        return handled

    async def says(self, phone: Phone, text: str) -> Handled:
        """A text, exactly as it is, handled to its end."""
        return await self.handles({"message": self.message(phone, {"text": text})}, phone)

    def message(self, phone: Phone, content: dict[str, Any]) -> dict[str, Any]:
        """A message of a person's as Telegram would bring it."""
        world = self.stand_in.world
        return world.post(phone.chat, phone.account, content).as_json() | content

    async def handles(self, update: dict[str, Any], phone: Phone) -> Handled:
        """An update without its id, handled to its end; the calls are those into the phone's chat."""
        number = next(self._numbers)
        self._calls.pop(phone.id, None)
        future: asyncio.Future[Handled] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        began = time.monotonic()
        await self.application.reception.accept([{"update_id": number, **update}])
        async with asyncio.timeout(PATIENCE):
            handled = await future
        handled.seconds = time.monotonic() - began
        handled.calls = self._calls.pop(phone.id, [])
        return handled

    async def throws(self, updates: list[dict[str, Any]]) -> list[int]:
        """Updates without ids, stored together; their ids."""
        numbered = [{**update, "update_id": next(self._numbers)} for update in updates]
        await self.application.reception.accept(numbered)
        return [update["update_id"] for update in numbered]

    async def settles(self) -> None:
        """Every stored update is handled or set aside. Raises: TimeoutError."""
        waiting = select(Update.update_id).where(Update.handled_at.is_(None)).limit(1)
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self.database.read() as connection:
                    if (await connection.execute(waiting)).first() is None:
                        return
                await asyncio.sleep(0.02)

    async def puts_into(self, phone: Phone, talk: Talk | None) -> None:
        """A conversation as somebody might have left it; None: none."""
        async with self.database.write() as tx:
            await tx.execute(delete(Conversation).where(Conversation.chat_id == phone.id))
            if talk is not None:
                row = {"state": talk.state, "answers": talk.answers, "updated_at": self.services.calendar.now()}
                kept = insert(Conversation).values(chat_id=phone.id, **row)
                # The update before may be keeping its own just now.
                await tx.execute(kept.on_conflict_do_update(index_elements=[Conversation.chat_id], set_=row))

    def troubles(self) -> list[str]:
        """What went wrong since the last time: errors in the log, and calls that Telegram refused."""
        refused, self.refused = self.refused, []
        return [*self.faults.take(), *(f"{call.method} refused: {call.refusal}" for call in refused)]

    async def _watched(self, payload: Any) -> None:
        current.set(Talk())
        handled = Handled()
        try:
            await self._feed(payload)
        except Exception as fault:
            handled.failure = str(fault) if isinstance(fault, Unparsable) else f"{type(fault).__name__}: {fault}"
            raise
        finally:
            talk = current.get()
            handled.talk = Talk(talk.state, dict(talk.answers))
            waiting = self._waiting.pop(payload["update_id"], None)
            if waiting is not None and not waiting.done():
                waiting.set_result(handled)

    def _note(self, _: int, call: Call) -> None:
        if call.method.lower() == "answercallbackquery":
            self._answers[call.parameters.get("callback_query_id", "")].append(call)
        elif call.chat_id is not None:
            self._calls[call.chat_id].append(call)
        if call.refusal is not None and not any(part in call.refusal for part in HARMLESS):
            self.refused.append(call)


@asynccontextmanager
async def staged(database_url: str) -> AsyncIterator[Stage]:
    """The bot on a migrated database, started, until the context ends."""
    logs.set_up("ERROR", "json")
    async with await StandIn.start(with_mail=True) as stand_in:
        assert stand_in.mail is not None
        settings = read_settings(
            bot_token=stand_in.token,
            bot_api_url=stand_in.url,
            database_url=database_url,
            smtp_url=stand_in.mail.url,
            mail_from="portal@example.org",
            secret_key=KEY,
            tap_limit=0,
        )
        limiter = Limiter(lambda: time.monotonic() * HURRY)
        assert settings.bot_token is not None
        bot = Bot(settings.bot_token.get_secret_value(), session=BotSession(settings.bot_api_url, limiter))
        database = Database(database_url)
        services = open_portal(database, Calendar(settings.zone), KEY.encode())
        application = Application(settings, bot, database, services, portal_dispatcher())
        stage = Stage(stand_in, application, bot)
        root = logging.getLogger()
        stage.faults.addFilter(logs.is_no_noise)
        root.handlers = [stage.faults]
        await application.start()
        try:
            yield stage
        finally:
            await application.stop()
            root.handlers = []
