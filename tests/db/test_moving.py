"""A SQLite database carried over to PostgreSQL: all of it, or nothing."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select, update

from benchmarks.filled import Size, fill
from bot.cli import USAGE
from db import moving, outbox
from db.engine import Database
from db.outbox import Note
from db.tables import Application, Base, Course, Notification, SearchState, SearchWord, Update, User
from domain.clock import Calendar
from domain.moving import MoveRefused, Obstacle
from domain.status import Status
from services import demo_city
from services.portal import open_portal
from services.views import Found
from tests.city import City
from tests.conftest import Databases
from tests.running import command

ODD: Final = "Курс «<b>ё</b>» \u202e \u200b 😀 \\ '; DROP TABLE users"


@pytest.fixture
async def source(databases: Databases) -> AsyncIterator[str]:
    """A file with a town in it, closed."""
    async with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
async def target(databases: Databases) -> AsyncIterator[str]:
    """An empty database on the server."""
    async with databases.fresh("postgresql") as url:
        yield url


async def live(url: str, *, people: int = 3) -> int:
    """People apply, one has written, one waits to be told: the last application."""
    database = Database(url)
    city = City(database, open_portal(database, Calendar(ZoneInfo("Europe/Moscow"))))
    school = await city.school()
    course = await city.course(title=ODD, annotation=None, seats=None)
    application = 0
    for _ in range(people):
        teacher = await city.person(school)
        application = (await city.services.applications.apply(course, teacher)).application.id
    again = (await city.services.applications.withdraw(application, 1, teacher)).id
    application = (await city.services.applications.apply(course, teacher)).application.id
    assert again != application
    async with database.write() as tx:
        await outbox.add(tx, [Note("told once", teacher.id, "welcome", {"a": ["я", 1, None]})], datetime.now(UTC))
        await tx.execute(insert(Update).values(update_id=2**40, chat_id=-(2**40), payload='{"я": 1}', received_at=NOON))
    await database.close()
    return application


NOON: Final = datetime(2027, 1, 11, 12, 0, 0, 123456, UTC)


async def rows(url: str, table: Any) -> Sequence[Any]:
    database = Database(url)
    async with database.read() as connection:
        found = [
            tuple(row)
            for row in await connection.execute(select(table.__table__).order_by(*table.__table__.primary_key))
        ]
    await database.close()
    return found


async def count_all(url: str) -> int:
    database = Database(url)
    async with database.read() as connection:
        numbers = [await connection.scalar(select(func.count()).select_from(t)) for t in Base.metadata.sorted_tables]
    await database.close()
    return sum(number or 0 for number in numbers)


def nothing(done: int, total: int) -> None:
    """Nobody looks at the bar."""


async def refusal(from_url: str, to_url: str) -> MoveRefused:
    with pytest.raises(MoveRefused) as refused:
        await moving.move(from_url, to_url, nothing)
    return refused.value


async def test_every_row_comes_over_as_it_was(source: str, target: str) -> None:
    await live(source)
    heard: list[tuple[int, int]] = []
    moved = await moving.move(source, target, lambda done, total: heard.append((done, total)))
    for table in (Course, User, Application, Notification, Update):
        assert await rows(source, table) == await rows(target, table)
        assert moved[table.__tablename__] == len(await rows(target, table)) > 0
    assert heard[-1] == (2 * sum(moved.values()), 2 * sum(moved.values()))


async def test_a_city_of_every_state_comes_over_in_every_table_with_what_waits_to_be_sent(
    source: str, target: str
) -> None:
    calendar = Calendar(ZoneInfo("Europe/Moscow"), lambda: NOON)
    database = Database(source, lambda: NOON)
    await demo_city.found(database, calendar)
    city = City(database, open_portal(database, calendar))
    school, course = await city.school(), await city.course()
    teacher = await city.person(school)
    first = (await city.services.applications.apply(course, teacher)).application
    await city.services.applications.withdraw(first.id, 1, teacher)
    again = (await city.services.applications.apply(course, teacher)).application
    await city.person(head_of=school)
    async with database.write() as tx:
        await outbox.add(tx, [Note("waits", teacher.id, "welcome", {})], NOON)
    await database.close()

    await moving.move(source, target, nothing)
    for table in {mapper.class_ for mapper in Base.registry.mappers} - {SearchState, SearchWord}:
        assert await rows(source, table) == await rows(target, table), table
    database = Database(target, lambda: NOON)
    city = City(database, open_portal(database, calendar))
    assert await city.one(select(Application.previous_id).where(Application.id == again.id)) == first.id
    parcels = await city.services.outbox.claim(limit=100)
    assert teacher.id in {parcel.user_id for parcel in parcels if parcel.kind == "welcome"}
    await city.services.outbox.sent([number for parcel in parcels for number in parcel.ids])
    await database.close()


async def test_life_goes_on_where_it_was(source: str, target: str) -> None:
    application = await live(source)
    await moving.move(source, target, nothing)
    database = Database(target)
    city = City(database, open_portal(database, Calendar(ZoneInfo("Europe/Moscow"))))
    assert await city.status(application) is Status.PENDING
    newcomer = await city.person(await city.school())
    found = await city.services.catalogue.search("курсы ё", newcomer)
    assert isinstance(found, Found)
    assert [line.title for line in found.page.lines] == [ODD]
    made = (await city.services.applications.apply(found.page.lines[0].id, newcomer)).application
    assert made.id > application
    assert (
        await city.one(select(func.count()).where(Notification.key == "told once", Notification.sent_at.is_(None))) == 1
    )
    await database.close()


async def test_a_portal_with_a_history_comes_over_batch_by_batch(source: str, target: str) -> None:
    database = Database(source)
    await fill(database, Size(60, 300, moving.AT_ONCE * 2 + 7), Calendar(ZoneInfo("Europe/Moscow")))
    await database.close()
    moved = await moving.move(source, target, nothing)
    assert moved["applications"] == moving.AT_ONCE * 2 + 7
    assert await rows(source, Application) == await rows(target, Application)


async def test_nothing_is_put_among_somebody_elses_rows(source: str, target: str) -> None:
    await live(source)
    database = Database(target)
    await City(database, open_portal(database, Calendar(ZoneInfo("Europe/Moscow")))).school()
    await database.close()
    before = await count_all(target)
    refused = await refusal(source, target)
    assert (refused.obstacle, refused.table) == (Obstacle.NOT_EMPTY, "schools")
    assert await count_all(target) == before


async def test_a_row_that_postgresql_refuses_leaves_no_row_there(source: str, target: str) -> None:
    await live(source)
    database = Database(source)
    async with database.write() as tx:
        await tx.execute(update(Course).values(annotation="до\x00после"))
    await database.close()
    refused = await refusal(source, target)
    assert (refused.obstacle, refused.table) == (Obstacle.REFUSED, "courses")
    assert await count_all(target) <= len(moving.SEEDED)
    database = Database(source)
    async with database.write() as tx:
        await tx.execute(update(Course).values(annotation=None))
    await database.close()
    assert (await moving.move(source, target, nothing))["courses"] == 1


async def test_a_bot_that_holds_the_database_is_stopped_first(source: str, target: str) -> None:
    await live(source)
    with closing(sqlite3.connect(source.removeprefix("sqlite:///"))) as somebody:
        somebody.execute("SELECT count(*) FROM users").fetchone()
        assert (await refusal(source, target)).obstacle is Obstacle.IN_USE


async def test_only_from_sqlite_and_only_to_postgresql(source: str, target: str, tmp_path: Path) -> None:
    assert (await refusal(target, target)).obstacle is Obstacle.NOT_SQLITE
    for other in (source, "mysql://somewhere/else", "nonsense"):
        assert (await refusal(source, other)).obstacle is Obstacle.NOT_POSTGRESQL
    missing = tmp_path / "none.db"
    assert (await refusal(f"sqlite:///{missing}", target)).obstacle is Obstacle.NO_DATABASE
    assert not missing.exists()


async def test_the_command_says_what_it_did_and_why_it_did_not(source: str, target: str) -> None:
    await live(source)
    done = await command("move", "--to", target, DATABASE_URL=source)
    assert (done.code, done.err.strip()) == (0, "")  # a bar that came up leaves an empty line
    assert "Перенесено и сверено строк" in done.out
    assert "  applications: 4" in done.out
    again = await command("move", "--to", target, DATABASE_URL=source)
    assert again.code == USAGE
    assert "На сервере уже есть строки" in again.err
    away = await command("move", "--to", "postgresql://nobody:secret@127.0.0.1:1/none", DATABASE_URL=source)
    assert away.code == USAGE
    assert "secret" not in away.err
    assert "127.0.0.1:1/none" in away.err
