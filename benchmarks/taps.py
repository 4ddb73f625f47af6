"""What a tap costs: time from «Согласовать» to the push at the teacher, statements, calls of the Bot API.

    python -m benchmarks.taps [--taps 40] [--database URL]

The bot runs as its own process against the stand-in on loopback; statements are counted in the service calls. The Bot
API's own time is what the stand-in takes from having read the push's call to its answer; what loopback, HTTP and the
way of the tap to the bot take counts as the bot's. Bound: a median of 30 ms above it.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import event

from db.engine import Database
from db.migrate import upgrade
from domain.catalogue import Funding
from domain.clock import Calendar
from domain.person import Person
from playground.person import Person as Phone
from playground.stand_in import StandIn
from services.portal import open_portal
from services.prompting import Screen
from tests.city import City

MOST_STATEMENTS: Final = {"search": 3, "card": 3, "apply": 7, "apply to a paid course": 7, "approve": 7, "reject": 7}
"""Of a service call; BEGIN and COMMIT, the intake and the conversation's state not counted."""
ABOVE_THE_BOT_API: Final = 30.0
"""Milliseconds from a tap to its push, at the median, above what the Bot API itself takes."""
REST = 0.5
"""Seconds before each tap: what prepares it uses up the pace over all chats, and the push would have to wait for it."""
PROMPTS_AT_ONCE = 2
"""More into one chat would wait for its pace, and the pace is not what is measured."""
TOKEN = "1234567890:" + "b" * 35


@asynccontextmanager
async def running_bot(database_url: str) -> AsyncIterator[StandIn]:
    """The bot as its own process, and the stand-in it talks to."""
    stand_in = await StandIn.start(token=TOKEN)
    environment = os.environ | {"BOT_TOKEN": TOKEN, "BOT_API_URL": stand_in.url, "DATABASE_URL": database_url}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", env=environment | {"LOG_LEVEL": "WARNING", "TAP_LIMIT": "0"}
    )
    try:
        await stand_in.bot_is_up()
        yield stand_in
    finally:
        process.terminate()
        await process.wait()
        await stand_in.stop()


async def taps_to_pushes(city: City, stand_in: StandIn, taps: int) -> tuple[list[float], list[float], Counter[str]]:
    """Milliseconds from each tap to its push, what the Bot API took of them, and the bot's calls in the head's chat
    while it was handled."""
    milliseconds, of_the_api, calls = [], [], Counter[str]()
    for tap in range(taps):
        if tap % PROMPTS_AT_ONCE == 0:
            school = await city.school()
            head_phone = await _phone(stand_in, await city.person(head_of=school))
        teacher = await city.person(school)
        teacher_phone = await _phone(stand_in, teacher)
        course = await city.course()
        # Not by taps: those would use up the pace of the teacher's chat, and the push would wait for it.
        await city.services.applications.apply(course, teacher)
        await head_phone.hears(await city.code_of(course))
        before = len(list(stand_in.calls))
        await asyncio.sleep(REST)
        began = time.perf_counter()
        await head_phone.taps("Согласовать", wait=False)
        await teacher_phone.hears("Согласована")
        milliseconds.append((time.perf_counter() - began) * 1000)
        await head_phone.is_shown("Решение:")
        made = list(stand_in.calls)[before:]
        of_the_api.append(sum(call.duration * 1000 for call in made if call.chat_id == teacher_phone.id))
        calls.update(
            call.method for call in made if call.chat_id == head_phone.id or call.method == "answerCallbackQuery"
        )
    return milliseconds, of_the_api, calls


async def _phone(stand_in: StandIn, person: Person) -> Phone:
    phone = stand_in.person(person.full_name, id=person.chat_id)
    await phone.starts()
    await phone.hears("Здравствуйте")
    return phone


async def statements(city: City) -> dict[str, int]:
    """Statements of each service call, BEGIN and COMMIT not counted; a teacher who gets letters, three approvers."""
    seen: list[str] = []
    database = city.database
    # On PostgreSQL the reader is the writer in another mode, and hears what the writer hears.
    for engine in {database.writer, database.reader} if database.is_sqlite else {database.writer}:
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    school = await city.school()
    head, teacher = await city.person(school, head_of=school), await city.person(school)
    for _ in range(2):
        await city.person(school, head_of=school)
    await city.put_person(teacher, email_proved_at=city.services.calendar.now())
    course = await city.course(title="Картография в школе")
    paid = await city.course(funding=Funding.PAID)
    counted: dict[str, int] = {}

    async def count(name: str, call: Awaitable[Any]) -> Any:
        seen.clear()
        outcome = await call
        counted[name] = sum(not statement.startswith("BEGIN") for statement in seen)
        return outcome

    await count("who is this", city.services.people.arrive(teacher.chat_id))
    await city.services.catalogue.search("школа", teacher)  # the first after a change of the catalogue learns its words
    await count("search", city.services.catalogue.search("картография", teacher))
    await count("card", city.services.catalogue.card(course, teacher))
    receipt = await count("apply", city.services.applications.apply(course, teacher))
    await count("apply to a paid course", city.services.applications.apply(paid, teacher))
    screen = Screen(head.chat_id, 1)
    await count("approve", city.services.approvals.approve(receipt.application.id, 1, head, screen))
    await count("undo", city.services.approvals.undo(receipt.application.id, 2, head, screen))
    await count("reject", city.services.approvals.reject(receipt.application.id, 3, "Нет", head, screen))
    return counted


async def main(taps: int, database_url: str) -> int:
    """Print the tables: the exit code, 1 where the bound is broken."""
    database = Database(database_url)
    await upgrade(database)
    city = City(database, open_portal(database, Calendar(ZoneInfo("Europe/Moscow"))))
    async with running_bot(database_url) as stand_in:
        milliseconds, of_the_api, calls = await taps_to_pushes(city, stand_in, taps)
    print(f"database: {database.url.get_backend_name()}, taps: {taps}")
    cut = statistics.quantiles(milliseconds, n=20)
    print(
        f"tap on «Согласовать» to the teacher's push: median {statistics.median(milliseconds):.1f} ms, "
        f"p95 {cut[-1]:.1f} ms"
    )
    above = statistics.median(all_ - api for all_, api in zip(milliseconds, of_the_api, strict=True))
    print(f"of it the Bot API's own: median {statistics.median(of_the_api):.1f} ms; above that: {above:.1f} ms")
    print("calls of the Bot API a tap:", ", ".join(f"{name} {n / taps:.2f}" for name, n in sorted(calls.items())))
    print("statements a service call:", ", ".join(f"{name} {n}" for name, n in (await statements(city)).items()))
    await database.close()
    return 0 if above <= ABOVE_THE_BOT_API else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taps", type=int, default=40)
    parser.add_argument("--database", help="a URL of an empty database; a SQLite file of its own by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.database or f"sqlite:///{Path(folder) / 'taps.db'}"
        code = asyncio.run(main(arguments.taps, url))
    sys.exit(code)
