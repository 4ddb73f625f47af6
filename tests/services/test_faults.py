"""Operators are told of what goes wrong in the bot: each kind once an hour at most, with how often it happened."""

import asyncio
from datetime import timedelta

import pytest

from db.engine import Database
from domain.clock import Calendar
from domain.person import Person, Role
from services.faults import FAULT, TOLD_EVERY, Faults, SeenFault
from services.portal import Services
from tests.city import City
from tests.conftest import Clock

KEY_ERROR = SeenFault("KeyError", "services/approvals.py, Approvals.approve", 1)
ELSEWHERE = SeenFault("KeyError", "services/tickets.py, Tickets.say", 1)


@pytest.fixture
async def operator(city: City) -> Person:
    """An operator of the portal."""
    return await city.person(portal=Role.OPERATOR)


async def test_replicas_that_meet_a_fault_in_one_instant_tell_of_it_once(
    city: City, database: Database, services: Services, operator: Person, clock: Clock
) -> None:
    replicas = [Faults(database, services.calendar) for _ in range(4)]
    await asyncio.gather(*(replica.report([KEY_ERROR, ELSEWHERE]) for replica in replicas))
    assert len(await city.told(operator, FAULT)) == 2
    clock.advance(TOLD_EVERY - timedelta(seconds=1))
    assert await services.faults.report([KEY_ERROR]) == 0
    clock.advance(timedelta(seconds=1))
    assert sum(await asyncio.gather(*(replica.report([]) for replica in replicas))) == 2
    told = [note for note in await city.told(operator, FAULT) if note["place"] == KEY_ERROR.place]
    assert sum(note["times"] for note in told) == 5
    assert len(told) == 2


async def test_what_is_over_is_not_told_again(services: Services, city: City, operator: Person, clock: Clock) -> None:
    await services.faults.report([KEY_ERROR])
    clock.advance(2 * TOLD_EVERY)
    assert await services.faults.report([]) == 0
    later = clock.now()
    await services.faults.report([KEY_ERROR])
    assert (await city.told(operator, FAULT))[-1]["since"] == later.isoformat()


async def test_without_an_operator_it_is_counted_until_there_is_one(
    services: Services, city: City, clock: Clock
) -> None:
    for _ in range(3):
        await services.faults.report([KEY_ERROR])
    operator = await city.person(portal=Role.OPERATOR)
    assert await services.faults.report([]) == 1
    assert [note["times"] for note in await city.told(operator, FAULT)] == [3]


async def test_who_is_no_operator_any_more_is_told_nothing(
    services: Services, city: City, operator: Person, database: Database
) -> None:
    other = await city.person(portal=Role.OPERATOR)
    await services.staffing.take(other.id, Role.OPERATOR, 0, operator)
    await Faults(database, Calendar(services.calendar.zone, services.calendar.now)).report([KEY_ERROR])
    assert len(await city.told(operator, FAULT)) == 1
    assert await city.told(other, FAULT) == []
