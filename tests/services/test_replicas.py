"""Who is alive, what each process does alone and what part of the notes is its."""

import asyncio
from datetime import timedelta

from db.engine import Database
from domain.clock import Calendar
from services.outbox import Outbox
from services.portal import Services
from services.replicas import BEAT_SECONDS, LEASE, Replicas, Share, Standing
from tests.city import City
from tests.conftest import Clock


class Beside:
    """Another process on the same database."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self.database = Database(database.url.render_as_string(hide_password=False), calendar.now)
        self.replicas = Replicas(self.database, calendar)


async def test_whoever_comes_first_has_the_clock_and_places_are_divided_anew_as_others_come_and_go(
    database: Database, services: Services
) -> None:
    one, two = Replicas(database, services.calendar), Beside(database, services.calendar)
    assert await one.beat(first=True) == Standing(Share(0, 1), has_clock=True)
    other = await two.replicas.beat(first=True)
    mine = await one.beat()
    assert (mine.has_clock, other.has_clock) == (True, False)
    assert {mine.share.place, other.share.place} == {0, 1}
    assert (mine.share.count, other.share.count) == (2, 2)
    await one.leave()
    assert await two.replicas.beat() == Standing(Share(0, 1), has_clock=True)
    await two.database.close()


async def test_what_a_dead_process_had_is_anothers_within_ten_seconds(
    database: Database, services: Services, clock: Clock
) -> None:
    assert LEASE + timedelta(seconds=BEAT_SECONDS) < timedelta(seconds=10)
    dead, living = Replicas(database, services.calendar), Beside(database, services.calendar)
    assert await dead.may_register()
    await dead.beat(first=True)
    clock.advance(LEASE / 2)
    await living.replicas.beat(first=True)
    clock.advance(LEASE / 2 - timedelta(seconds=1))
    assert not (await living.replicas.beat()).has_clock
    assert not await living.replicas.may_register()
    clock.advance(timedelta(seconds=1))
    assert await living.replicas.beat() == Standing(Share(0, 1), has_clock=True)
    assert await living.replicas.may_register()
    await living.database.close()


async def test_of_many_who_come_at_once_one_has_the_clock(database: Database, services: Services) -> None:
    many = [Beside(database, services.calendar) for _ in range(4)]
    standings = await asyncio.gather(*(one.replicas.beat(first=True) for one in many))
    assert sum(standing.has_clock for standing in standings) == 1
    settled = await asyncio.gather(*(one.replicas.beat() for one in many))
    assert sorted(standing.share.place for standing in settled) == [0, 1, 2, 3]
    for one in many:
        await one.database.close()


async def test_each_persons_notes_are_one_senders(database: Database, services: Services) -> None:
    city = City(database, services)
    people = {(await city.person()).id for _ in range(6)}
    shares = [Outbox(database, services.calendar) for _ in range(3)]
    found = []
    for place, outbox in enumerate(shares):
        outbox.share = Share(place, len(shares))
        found.append({parcel.user_id for parcel in await outbox.claim(limit=100)})
    assert set().union(*found) == people
    assert sum(map(len, found)) == len(people)


async def test_what_a_process_left_is_forgotten(database: Database, services: Services, clock: Clock) -> None:
    gone = Beside(database, services.calendar)
    await gone.replicas.beat(first=True)
    await gone.database.close()
    clock.advance(timedelta(hours=2))
    await services.replicas.beat(first=True)
    assert await services.replicas.forget() == 1
    assert (await services.replicas.beat()).share == Share(0, 1)
