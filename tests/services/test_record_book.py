"""The record book: what is completed is written down once, and says for ever what was true then."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db import applications
from db.tables import Course, Group, Record, User
from domain.status import Status
from services.record_book import add_record


@pytest.fixture
async def completed(city):
    """Completes a course for a person: the application's id."""

    async def complete(person, *, days_ago=0, number=None, group=False, **course):
        course_id = await city.course(**course)
        application_id = (await city.services.applications.apply(course_id, person)).application.id
        group_id = await city.group(course_id, "1", starts_in=12) if group else None
        completed_on = city.today - timedelta(days_ago)
        await city.put(application_id, status=Status.COMPLETED, completed_on=completed_on, group_id=group_id)
        await write_down(city, application_id, completed_on=completed_on, number=number)
        return application_id

    return complete


async def write_down(city, application_id, *, completed_on=None, number="77-4021"):
    """As the completion's use case does it, in a transaction of its own."""
    async with city.database.write() as tx:
        facts = await applications.facts(tx, application_id, 0, city.today)
        assert facts is not None
        return await add_record(
            tx, facts, document_number=number, document_date=city.today, completed_on=completed_on or city.today
        )


async def record_of(city, application_id):
    async with city.database.read() as connection:
        rows = (await connection.execute(select(Record.__table__).where(Record.application_id == application_id))).all()
    assert len(rows) == 1
    return rows[0]


async def test_a_record_says_what_was_true_when_the_course_was_completed(city, completed):
    teacher = await city.person(await city.school(), name="Орлова Марина")
    done = await completed(teacher, number="77-4021", title="Вулканы", hours=72, document="удостоверение", group=True)
    before = await record_of(city, done)
    assert (before.full_name, before.title, before.hours, before.document) == (
        "Орлова Марина",
        "Вулканы",
        72,
        "удостоверение",
    )
    assert before.starts_on == city.today + timedelta(12), "the group's start goes before the course's"
    async with city.database.write() as tx:
        await tx.execute(update(Course).values(title="Другое", hours=1, document=None, starts_on=None))
        await tx.execute(update(Group).values(starts_on=None))
        await tx.execute(update(User).where(User.id == teacher.id).values(full_name="Удалённый профиль"))
    assert await record_of(city, done) == before


async def test_completed_twice_in_the_same_instant_gives_one_record(city):
    teacher = await city.person(await city.school())
    application_id = (await city.services.applications.apply(await city.course(), teacher)).application.id
    written = await asyncio.gather(*(write_down(city, application_id, number=str(number)) for number in range(5)))
    assert sorted(written) == [False, False, False, False, True]
    await record_of(city, application_id)


async def test_every_record_has_a_token_of_its_own_with_128_bits(city, completed):
    teacher = await city.person(await city.school())
    tokens = {(await record_of(city, await completed(teacher))).check_token for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) == 22 for token in tokens)
