"""Statements that are handed to the driver as they are: what they read is the same as SQLAlchemy's, and as safe."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, event, func, insert, select, text

from db.engine import Database
from db.ready import Ready
from db.tables import Application, School, User
from db.types import UtcDateTime, among
from domain.status import Status
from services.portal import Services
from tests.city import City

_BY_ID = (
    select(User.id, User.full_name, User.plain, User.letters_off, User.email_proved_at, School.name.label("school"))
    .join(School, School.id == User.school_id)
    .where(User.id == bindparam("person"))
)
_ADD = Ready(insert(School).returning(School.id))
_ROW = {"name": "Школа № 9", "name_key": "школа 9", "district_key": "", "search_key": "школа 9"}
_SCHOOLS = Ready(select(func.count().label("number")).select_from(School))


async def test_it_reads_what_sqlalchemy_reads(database: Database, services: Services) -> None:
    city = City(database, services)
    given = {"person": (await city.person(await city.school())).id}
    async with database.read() as connection:
        row = await Ready(_BY_ID).first(connection, given)
        expected = (await connection.execute(_BY_ID, given)).one()
        assert tuple(row) == tuple(expected)
        assert [type(value) for value in row] == [type(value) for value in expected]
        assert (row.id, row.school) == (expected.id, expected.school)
        assert await Ready(_BY_ID).first(connection, {"person": 0}) is None


async def test_moments_go_in_and_come_out_in_utc(database: Database) -> None:
    moment = datetime(2026, 12, 1, 12, 0, tzinfo=timezone(timedelta(hours=3)))
    said = Ready(select(bindparam("moment", type_=UtcDateTime()).label("moment")))
    async with database.read() as connection:
        row = await said.first(connection, {"moment": moment})
        with pytest.raises(ValueError, match="without a time zone"):
            await said.first(connection, {"moment": moment.replace(tzinfo=None)})
    assert row.moment == moment
    assert row.moment.tzinfo is UTC


async def test_a_list_that_never_changes_is_part_of_it_and_one_that_does_is_refused(database: Database) -> None:
    waits = select(Application.id).where(among(Application.status, [Status.PENDING, Status.APPROVED]))
    any_of = select(Application.id).where(Application.id.in_(bindparam("ids", expanding=True)))
    async with database.read() as connection:
        assert await Ready(waits).all(connection, {}) == []
        with pytest.raises(AssertionError, match="a list"):
            await Ready(any_of).all(connection, {"ids": [1]})


async def test_whoever_counts_statements_counts_these(database: Database) -> None:
    heard = []
    event.listen(
        database.reader.sync_engine, "before_cursor_execute", lambda _, __, statement, *___: heard.append(statement)
    )
    async with database.read(brief=True) as connection:
        await _SCHOOLS.all(connection, {})
    assert [statement.split()[0] for statement in heard] == ["SELECT"]


async def _schools(database: Database) -> int:
    async with database.read() as connection:
        return int((await _SCHOOLS.first(connection, {})).number)


@pytest.mark.parametrize("brief", [True, False])
async def test_a_transaction_that_fails_takes_back_all_of_it(database: Database, brief: bool) -> None:
    async def adds_twice() -> None:
        async with database.write(brief=brief) as tx:
            await tx.execute(text("UPDATE search_state SET version = version + 1"))
            await _ADD.all(tx, _ROW)
            await _ADD.all(tx, _ROW)

    with pytest.raises(Exception, match=r"(?i)unique"):
        await adds_twice()
    assert await _schools(database) == 0
    async with database.write(brief=brief) as tx:
        await _ADD.all(tx, _ROW)
    assert await _schools(database) == 1


async def test_whoever_gives_up_in_a_transaction_is_told_so_and_leaves_nothing_behind(database: Database) -> None:
    """A fault in its place would be taken for one by whoever tries again for ever."""

    async def writes(begun: asyncio.Event) -> None:
        async with database.write() as tx:
            await _ADD.all(tx, _ROW)
            begun.set()
            while True:
                await tx.execute(select(func.count()).select_from(School))

    for _ in range(20):
        begun = asyncio.Event()
        writing = asyncio.create_task(writes(begun))
        await begun.wait()
        await asyncio.sleep(0.002)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    assert await _schools(database) == 0


async def test_a_connection_that_was_cut_is_not_used_again(database: Database) -> None:
    if database.is_sqlite:
        return
    async with database.read() as connection:
        number = await connection.scalar(text("SELECT pg_backend_pid()"))
        async with database.migrator.connect() as another:
            await another.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        with contextlib.suppress(Exception):
            await _SCHOOLS.all(connection, {})
    for _ in range(3):
        assert await _schools(database) == 0
