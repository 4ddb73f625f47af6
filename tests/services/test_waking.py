"""The sender is woken by what there is to say, in the moment of its commit, and by nothing else."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest

from db import outbox
from db.engine import Database
from db.outbox import Note
from domain.person import Person, Role
from services.circulars import CIRCULAR
from tests.conftest import Clock


class Bell:
    """Rung after a commit."""

    def __init__(self, database: Database) -> None:
        self.rung = 0
        database.after_commit = self.ring

    def ring(self) -> None:
        """Once more."""
        self.rung += 1


@pytest.fixture
def bell(city: Any) -> Bell:
    """The one that the sender hears."""
    return Bell(city.database)


async def _fails(city: Any, person: Person) -> None:
    async with city.database.write() as tx:
        await outbox.add(tx, [Note("one", person.id, CIRCULAR, {"text": "а"})], city.services.calendar.now())
    [parcel] = [one for one in await city.services.outbox.claim() if one.kind == CIRCULAR]
    await city.services.outbox.give_up(parcel.ids, "Bad Request: chat not found")


async def test_what_a_tap_leaves_to_say_rings(city: Any, bell: Bell) -> None:
    school = await city.school()
    await city.person(head_of=school)
    teacher, course = await city.person(school), await city.course()
    bell.rung = 0
    await city.services.applications.apply(course, teacher)
    assert bell.rung == 1


async def test_a_search_that_is_kept_does_not(city: Any, bell: Bell) -> None:
    teacher = await city.person()
    bell.rung = 0
    await city.services.catalogue.search("питон", teacher)
    assert bell.rung == 0


async def test_what_was_rolled_back_does_not(city: Any, bell: Bell) -> None:
    teacher = await city.person()
    bell.rung = 0
    with contextlib.suppress(InterruptedError):
        async with city.database.write() as tx:
            await outbox.add(tx, [Note("one", teacher.id, CIRCULAR, {})], city.services.calendar.now())
            raise InterruptedError
    await city.services.catalogue.search("питон", teacher)
    assert bell.rung == 0


async def test_what_is_tried_again_does(city: Any, bell: Bell, clock: Clock) -> None:
    operator, desk = await city.person(portal=Role.OPERATOR), city.services.delivery_desk
    await _fails(city, operator)
    clock.advance(timedelta(seconds=2))
    bell.rung = 0
    assert (await desk.retry_all((await desk.to_retry_all(operator)).until, operator))[0] == 1
    assert bell.rung == 1
