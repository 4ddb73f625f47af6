"""Whose quiet hours they are: reminders and what the clock does wait for their end, what people do comes silently."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from db import outbox
from db.outbox import MAIL, Note, Priority
from db.tables import Notification
from services.moves import DIGEST
from services.outbox import NEWS


@pytest.fixture
def tell(city, services):
    """Writes one note to somebody, and nothing else is in the outbox."""

    async def told(person, priority, kind="text", channel=outbox.CHAT):
        async with city.database.write() as tx:
            await tx.execute(delete(Notification))
            note = Note("note", person.id, kind, {}, priority, channel=channel)
            await outbox.add(tx, [note], services.calendar.now())

    return told


async def due_at(city):
    return await city.one(select(Notification.due_at))


@pytest.mark.parametrize(
    ("first", "last", "hour", "ends_in"),
    [
        (None, None, 12, None),
        (None, None, 23, 9),
        (22, 10, 21, None),
        (22, 10, 23, 11),
        (0, 0, 3, None),
        (12, 15, 12, 3),
        (12, 15, 15, None),
        (0, 6, 0, 6),
    ],
)
async def test_reminders_wait_for_the_end_of_ones_own_hours_and_taps_come_silently(
    city, services, clock, tell, first, last, hour, ends_in
):
    person = await city.person()
    await city.put_person(person, quiet_from=first, quiet_to=last)
    clock.advance(timedelta(hours=hour - 12))
    await tell(person, Priority.REMINDER)
    parcels = await services.outbox.claim()
    if ends_in is None:
        assert [parcel.silent for parcel in parcels] == [False]
    else:
        assert parcels == []
        assert await due_at(city) == clock.now() + timedelta(hours=ends_in)
        clock.advance(timedelta(hours=ends_in))
        assert [(parcel.silent, parcel.attempts) for parcel in await services.outbox.claim()] == [(False, 1)]
        clock.advance(-timedelta(hours=ends_in))
    await tell(person, Priority.CONSEQUENCE)
    assert [parcel.silent for parcel in await services.outbox.claim()] == [ends_in is not None]


async def test_hours_that_were_changed_after_the_note_was_written_hold(city, services, clock, tell):
    person = await city.person()
    await tell(person, Priority.REMINDER)
    await city.put_person(person, quiet_from=10, quiet_to=14)
    assert await services.outbox.claim() == []
    await city.put_person(person, quiet_from=10, quiet_to=16)
    clock.advance(timedelta(hours=2))
    assert await services.outbox.claim() == []
    clock.advance(timedelta(hours=2))
    assert len(await services.outbox.claim()) == 1


async def test_many_reminders_that_wait_keep_nobody_elses_waiting(city, services, clock):
    sleeper, other = await city.person(), await city.person()
    await city.put_person(sleeper, quiet_from=10, quiet_to=14)
    notes = [Note(f"{number}", sleeper.id, "text", {}, Priority.REMINDER) for number in range(30)]
    async with city.database.write() as tx:
        await tx.execute(delete(Notification))
        await outbox.add(tx, [*notes, Note("other", other.id, "text", {}, Priority.BULK)], services.calendar.now())
    assert [parcel.user_id for parcel in await services.outbox.claim()] == [other.id]


async def test_a_letter_makes_no_noise_and_waits_for_no_morning(city, services, tell):
    person = await city.person()
    await city.put_person(person, quiet_from=10, quiet_to=14)
    await tell(person, Priority.REMINDER, channel=MAIL)
    assert len(await services.outbox.claim(channel=MAIL)) == 1


async def test_paused_reminders_are_dropped_for_good_and_news_of_applications_are_not(city, services, tell):
    person = await city.person()
    await city.put_person(person, reminders_paused=True)
    await tell(person, Priority.REMINDER)
    assert await services.outbox.claim() == []
    assert await city.count(Notification, sent_at=None) == 0
    assert await city.count(Notification, failed_at=None) == 1
    await city.put_person(person, reminders_paused=False)
    assert await services.outbox.claim() == []
    await city.put_person(person, reminders_paused=True)
    for priority, kind in [(Priority.CONSEQUENCE, "text"), (Priority.BULK, "text"), *((1, kind) for kind in NEWS)]:
        await tell(person, Priority(priority), kind)
        assert len(await services.outbox.claim()) == 1, kind


async def test_a_digest_waits_as_a_whole(city, services, clock):
    person = await city.person()
    await city.put_person(person, quiet_from=10, quiet_to=14)
    async with city.database.write() as tx:
        await tx.execute(delete(Notification))
        notes = [Note(f"{number}", person.id, DIGEST, {}, Priority.REMINDER) for number in range(12)]
        await outbox.add(tx, notes, services.calendar.now())
    assert await services.outbox.claim() == []
    clock.advance(timedelta(hours=2))
    (parcel,) = await services.outbox.claim()
    assert len(parcel.ids) == 12


async def test_a_parcel_knows_whether_its_reader_reads_plain_texts(city, services, tell):
    person = await city.person()
    for plain in (False, True):
        await city.put_person(person, plain=plain)
        await tell(person, Priority.CONSEQUENCE)
        assert [parcel.plain for parcel in await services.outbox.claim()] == [plain]
