"""What it costs to store updates before they are confirmed, as a share of an update that is handled.

    python -m benchmarks.intake [--updates 2000] [--database URL]

Fifty people search, open cards and apply, over a Bot API that answers at once, in this process. Updates come as long
polling brings them (a hundred at a time) or as a webhook does (one call each, all people at once). Storing alone is
measured beside it, in the same batches and on the same database. Processor time is this process's, so of PostgreSQL the
server's own is not in it; on the wall both wait for its answers. The bound of 15 % holds for both.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, Message
from sqlalchemy import select

from benchmarks.stage import Report, command, named
from bot import logs
from bot.dispatching import portal_dispatcher
from bot.gathering import Gathering
from bot.intake import chat_of
from bot.limiter import Limiter
from bot.session import BotSession, dumps
from bot.settings import read_settings
from bot.startup import Application
from db.engine import Database
from db.migrate import bring_up_to_date
from db.tables import Update as StoredUpdate
from domain.clock import Calendar, utc_now
from keyboards.catalogue import ConfirmApply, ShowCourse
from services.intake import Incoming, Intake
from services.portal import open_portal
from tests.city import City

PEOPLE: Final = 50
COURSES: Final = 200
A_POLL: Final = 100
BOUND: Final = 0.15
LONGEST: Final = 300.0
TOKEN: Final = "1234567890:" + "i" * 35

Update = dict[str, Any]
Accept = Callable[[Sequence[Update]], Awaitable[None]]


class NullApi(BotSession):
    """A Bot API that has said yes before it was asked."""

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """A message for what becomes one, else True."""
        said: Any = True
        if isinstance(method, SendMessage | EditMessageText):
            said = Message(message_id=1, date=utc_now(), chat=Chat(id=int(method.chat_id or 1), type="private"))
        return cast("TelegramType", said)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the processor and on the wall."""

    processor: float
    wall: float

    def share_of(self, whole: "Cost") -> tuple[float, float]:
        """Of the processor's time and of the wall's."""
        return self.processor / whole.processor, self.wall / whole.wall


@dataclass(frozen=True, slots=True)
class Outcome:
    """By the way updates come: the share that storing has (processor, wall), and what one handled update costs."""

    updates: int
    shares: dict[str, tuple[float, float]]
    milliseconds: dict[str, float]

    def report(self, url: str) -> Report:
        """The column of the table."""
        rows: dict[str, Any] = {"updates by each way": self.updates}
        for way, (processor, wall) in self.shares.items():
            rows[f"a handled update by {way}, of the processor"] = f"{self.milliseconds[way]:.1f} ms"
            rows[f"storing by {way}, of the processor's time"] = f"{processor:.1%}"
            rows[f"storing by {way}, of the wall's"] = f"{wall:.1%}"
        return Report(named(url), rows, self.broken)

    @property
    def broken(self) -> list[str]:
        """Bounds that are broken."""
        return [
            f"storing takes {share:.0%} of {what} by {way}"
            for way, shares in self.shares.items()
            for what, share in zip(("the processor's time", "the time on the wall"), shares, strict=True)
            if share > BOUND
        ]


class Crowd:
    """People, courses and what people do with them."""

    def __init__(self, chats: Sequence[int], courses: Sequence[int]) -> None:
        self._chats = chats
        self._courses = courses
        self._numbers = count(1)

    def does(self, updates: int) -> list[Update]:
        """In turn: a search, a card, an application."""
        return [self._one(next(self._numbers)) for _ in range(updates)]

    def _one(self, number: int) -> Update:
        chat = self._chats[number % len(self._chats)]
        party = {"id": chat, "type": "private", "first_name": "Анна"}
        person = {"id": chat, "is_bot": False, "first_name": "Анна"}
        message = {"message_id": number, "date": 1_764_000_000, "chat": party}
        if number // len(self._chats) % 3 == 0:
            return {"update_id": number, "message": message | {"from": person, "text": "уроки географии"}}
        course = self._courses[number % len(self._courses)]
        card = ShowCourse(course=course).pack()
        data = card if number // len(self._chats) % 3 == 1 else ConfirmApply(course=course, search=0, page=0).pack()
        tap = {"id": str(number), "from": person, "chat_instance": "1", "data": data, "message": message}
        return {"update_id": number, "callback_query": tap}


async def run(url: str, _: Path, *, updates: int) -> Outcome:
    """Measure both ways on one database."""
    settings = read_settings(bot_token=TOKEN, database_url=url, tap_limit=0)
    database = Database(url)
    await bring_up_to_date(database)
    services = open_portal(database, Calendar(ZoneInfo("Europe/Moscow")))
    city = City(database, services)
    school = await city.school()
    chats = [(await city.person(school)).chat_id for _ in range(PEOPLE)]
    crowd = Crowd(chats, [await city.course(title=f"Уроки географии {number}") for number in range(COURSES)])
    application = Application(
        settings, Bot(TOKEN, session=NullApi(settings.bot_api_url, Limiter())), database, services, portal_dispatcher()
    )
    reception = application.reception
    await reception.open(alone=True)
    shares, milliseconds = {}, {}
    for way, bring in {"long polling": _polled, "a webhook": _called}.items():
        await _cost(_to_the_end(database, bring(reception.accept, crowd.does(PEOPLE * 3))))  # compiled once is for good
        whole = await _cost(_to_the_end(database, bring(reception.accept, crowd.does(updates))))
        brought = crowd.does(updates)
        alone = await _cost(bring(_storing_alone(services.intake), brought))
        await services.intake.finish([update["update_id"] for update in brought])
        shares[way] = alone.share_of(whole)
        milliseconds[way] = whole.processor / updates * 1000
    await reception.close(10)
    await database.close()
    return Outcome(updates, shares, milliseconds)


def _storing_alone(intake: Intake) -> Accept:
    """What Reception.accept does before anything is begun."""

    async def store(incoming: Sequence[Incoming]) -> None:
        await intake.store(incoming)

    gathering = Gathering(store)

    async def accept(updates: Sequence[Update]) -> None:
        await gathering.add([Incoming(update["update_id"], chat_of(update), dumps(update)) for update in updates])

    return accept


async def _polled(accept: Accept, updates: Sequence[Update]) -> None:
    for first in range(0, len(updates), A_POLL):
        await accept(updates[first : first + A_POLL])


async def _called(accept: Accept, updates: Sequence[Update]) -> None:
    for first in range(0, len(updates), PEOPLE):
        await asyncio.gather(*(accept([update]) for update in updates[first : first + PEOPLE]))


async def _to_the_end(database: Database, bringing: Awaitable[None]) -> None:
    await bringing
    waiting = select(StoredUpdate.update_id).where(StoredUpdate.handled_at.is_(None)).limit(1)
    async with asyncio.timeout(LONGEST):
        while True:
            async with database.read() as connection:
                if (await connection.execute(waiting)).first() is None:
                    return
            await asyncio.sleep(0.05)


async def _cost(work: Awaitable[None]) -> Cost:
    processor, wall = time.process_time(), time.perf_counter()
    await work
    return Cost(time.process_time() - processor, time.perf_counter() - wall)


if __name__ == "__main__":
    os.environ["ENV_FILE"] = os.devnull
    logs.set_up("ERROR", "console")
    command(__doc__, run, updates=2_000)
