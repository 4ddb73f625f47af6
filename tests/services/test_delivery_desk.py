"""What went wrong is seen by operators, said after all at a tap, once, and cleared when they say so."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select

from db import outbox, queues
from db.engine import Database
from db.outbox import FAREWELL, Note
from db.tables import Notification
from domain.person import Person, Role
from services.circulars import CIRCULAR
from services.delivery_desk import FAILURES_SHOWN
from services.intake import Incoming
from services.portal import Services
from tests.city import City
from tests.conftest import Clock, Databases


@pytest.fixture
async def operator(city: City) -> Person:
    """An operator of the portal, and nothing that waits to be said."""
    person = await city.person(portal=Role.OPERATOR)
    async with city.database.write() as tx:
        await tx.execute(delete(Notification))
    return person


async def fails(city: City, *people: Person, kind: str = CIRCULAR, why: str = "Bad Request: chat not found") -> None:
    """What was to be said to these is given up."""
    now = city.services.calendar.now()
    async with city.database.write() as tx:
        notes = [Note(f"{kind} {person.id} {now.timestamp()}", person.id, kind, {"text": "тайна"}) for person in people]
        await outbox.add(tx, notes, now)
        keys = [note.key for note in notes]
        ids = (await tx.execute(select(Notification.id).where(Notification.key.in_(keys)))).scalars().all()
        await outbox.give_up(tx, ids, why, now)


async def waiting(database: Database) -> list[Any]:
    async with database.read() as connection:
        unsent = select(Notification).where(Notification.failed_at.is_(None))
        return list((await connection.execute(unsent)).all())


async def test_failures_are_listed_by_pages_with_names_of_those_whom_operators_know(
    city: City, services: Services, operator: Person, clock: Clock
) -> None:
    teacher, head = await city.person(), await city.person(head_of=await city.school())
    for _ in range(FAILURES_SHOWN):
        await fails(city, teacher)
        clock.advance(timedelta(seconds=1))
    await fails(city, head)
    view = await services.delivery_desk.look(0, operator)
    assert (view.failures.total, len(view.failures.lines), view.failures.has_next) == (6, 5, True)
    first, second, *_ = view.failures.lines
    assert (first.name, first.user_id) == (head.full_name, head.id)
    assert (second.name, second.user_id) == (None, teacher.id)
    assert len((await services.delivery_desk.look(1, operator)).failures.lines) == 1
    assert (await services.delivery_desk.look(9, operator)).failures.number == 0


async def test_two_taps_on_one_failure_in_one_instant_repeat_it_once(
    city: City, services: Services, operator: Person, database: Database
) -> None:
    await fails(city, await city.person())
    (line,) = (await services.delivery_desk.look(0, operator)).failures.lines
    second = int(line.failed_at.timestamp())
    taps = [services.delivery_desk.retry(line.id, second, 0, operator) for _ in range(4)]
    assert sorted(done for done, _ in await asyncio.gather(*taps)) == [False, False, False, True]
    parcels = await services.outbox.claim()
    assert [parcel.attempts for parcel in parcels if parcel.kind == CIRCULAR] == [1]


async def test_a_tap_on_a_failure_of_before_does_not_repeat_the_one_that_came_of_it(
    city: City, services: Services, operator: Person, clock: Clock
) -> None:
    await fails(city, await city.person())
    (line,) = (await services.delivery_desk.look(0, operator)).failures.lines
    second = int(line.failed_at.timestamp())
    await services.delivery_desk.retry(line.id, second, 0, operator)
    clock.advance(timedelta(seconds=2))
    await services.outbox.give_up([line.id], "Bad Request: chat not found")
    done, view = await services.delivery_desk.retry(line.id, second, 0, operator)
    assert (done, view.failures.total) == (False, 1)


async def test_all_are_repeated_that_had_failed_when_it_was_asked(
    city: City, services: Services, operator: Person, clock: Clock
) -> None:
    people = [await city.person() for _ in range(3)]
    await fails(city, *people)
    await fails(city, people[0], kind=FAREWELL, why="550")
    batch = await services.delivery_desk.to_retry_all(operator)
    assert batch.count == 3, "a letter whose address is forgotten has nowhere to go"
    clock.advance(timedelta(seconds=5))
    await fails(city, people[0])
    both = await asyncio.gather(*(services.delivery_desk.retry_all(batch.until, operator) for _ in range(2)))
    assert sorted(count for count, _ in both) == [0, 3]
    view = await services.delivery_desk.look(0, operator)
    assert [line.kind for line in view.failures.lines] == [CIRCULAR, FAREWELL]
    assert [line.may_repeat for line in view.failures.lines] == [True, False]


async def test_updates_that_were_set_aside_are_shown_without_what_they_said_and_cleared_once(
    services: Services, operator: Person, clock: Clock
) -> None:
    await services.intake.store([Incoming(number, 7, '{"text": "тайна"}') for number in (1, 2, 3)])
    await services.intake.set_aside(1, "unparsable: message")
    await services.intake.set_aside(2, "KeyError: callback_query")
    page = await services.delivery_desk.set_aside(0, operator)
    assert [(line.update_id, line.fault, line.kind) for line in page.lines] == [
        (2, "KeyError", "callback_query"),
        (1, "unparsable", "message"),
    ]
    assert "тайна" not in repr(page)
    batch = await services.delivery_desk.to_clear(operator)
    clock.advance(timedelta(seconds=5))
    await services.intake.set_aside(3, "KeyError: message")
    assert batch.count == 2
    for cleared in (2, 0):
        count, page = await services.delivery_desk.clear(batch.until, operator)
        assert (count, [line.update_id for line in page.lines]) == (cleared, [3])


async def test_neither_the_lists_nor_the_figures_read_whole_tables(databases: Databases, clock: Clock) -> None:
    """SQLite's plans are the same however few rows there are; PostgreSQL reads small tables whole."""
    asked: list[tuple[str, Any]] = []
    async with databases.fresh("sqlite") as url:
        database = Database(url)
        reader = database.reader.sync_engine
        event.listen(reader, "before_cursor_execute", lambda _, __, said, values, *rest: asked.append((said, values)))
        async with database.read() as connection:
            await queues.standing(connection, clock.now())
            await queues.failures(connection, 5, 0)
            await queues.set_aside(connection, 5, 0)
            await queues.count_failures(connection)
            await queues.count_set_aside(connection)
            statements = list(asked)
            for statement, values in statements:
                plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)).all()
                steps = [step.detail for step in plan]
                scans = [step for step in steps if step.startswith(("SCAN notifications", "SCAN updates"))]
                assert all("INDEX ix_" in scan for scan in scans), plan
        await database.close()
    assert len(statements) == 5
