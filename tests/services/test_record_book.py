"""The record book: what is completed is written down once, and says for ever what was true then."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db.tables import Course, Group, Record, User
from domain.errors import NotAllowed, NothingCompleted
from services.record_book import PAGE_SIZE


async def record_of(city, application_id):
    async with city.database.read() as connection:
        rows = (await connection.execute(select(Record.__table__).where(Record.application_id == application_id))).all()
    assert len(rows) == 1
    return rows[0]


async def test_a_record_says_what_was_true_when_the_course_was_completed(city):
    teacher = await city.person(await city.school(), name="Орлова Марина")
    done = await city.completed(teacher, title="Вулканы", hours=72, document="удостоверение", group=True)
    before = await record_of(city, done)
    assert (before.full_name, before.title, before.hours, before.document, before.document_number) == (
        "Орлова Марина",
        "Вулканы",
        72,
        "удостоверение",
        "77-4021",
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
    written = await asyncio.gather(*(city.write_down(application_id, city.today, str(number)) for number in range(5)))
    assert sorted(written) == [False, False, False, False, True]
    await record_of(city, application_id)


async def test_every_record_has_a_token_of_its_own_with_128_bits(city):
    teacher = await city.person(await city.school())
    tokens = {(await record_of(city, await city.completed(teacher))).check_token for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) == 22 for token in tokens)


async def test_the_newest_comes_first_and_hours_of_three_years_stand_against_the_norm(city):
    teacher = await city.person(await city.school())
    for years, hours in ((4, 500), (1, 72), (2, 36), (0, None)):
        await city.completed(teacher, days_ago=366 * years, hours=hours)
    await city.completed(await city.person(await city.school()), hours=24)
    book = await city.services.record_book.look(0, teacher)
    assert [line.hours for line in book.page.lines] == [None, 72, 36, 500]
    assert (book.page.total, book.total_hours, book.recent_hours, book.norm) == (4, 608, 108, 144)


async def test_pages_hold_some_records_each_and_a_page_past_the_last_is_the_first(city):
    teacher = await city.person(await city.school())
    for days_ago in range(PAGE_SIZE + 1):
        await city.completed(teacher, days_ago=days_ago, hours=10)
    last = await city.services.record_book.look(1, teacher)
    assert (len(last.page.lines), last.page.total, last.total_hours) == (1, PAGE_SIZE + 1, 60)
    beyond = await city.services.record_book.look(99, teacher)
    assert (beyond.page.number, len(beyond.page.lines), beyond.total_hours) == (0, PAGE_SIZE, 60)


async def test_an_empty_book_has_a_screen_and_no_paper(city):
    teacher = await city.person()
    book = await city.services.record_book.look(0, teacher)
    assert (book.page.total, book.recent_hours) == (0, 0)
    with pytest.raises(NothingCompleted):
        await city.services.record_book.extract(teacher)


async def test_nobody_opens_anothers_record_and_the_answer_is_the_same_as_for_none(city):
    school = await city.school()
    teacher, colleague = await city.person(school), await city.person(school, head_of=school)
    record = await record_of(city, await city.completed(teacher))
    assert (await city.services.record_book.one(record.id, teacher)).code == record.code
    for record_id in (record.id, record.id + 1000):
        with pytest.raises(NotAllowed):
            await city.services.record_book.one(record_id, colleague)


async def test_a_token_shows_name_course_hours_and_dates_and_nothing_more(city):
    teacher = await city.person(await city.school(), name="Орлова Марина")
    record = await record_of(city, await city.completed(teacher, title="Вулканы"))
    found = await city.services.record_book.check(record.check_token)
    assert found is not None
    assert (found.full_name, found.title, found.hours) == ("Орлова Марина", "Вулканы", 36)
    assert not hasattr(found, "document_number")
    for invented in ("", "A" * 22, record.check_token[:-1], record.check_token.swapcase(), str(record.id)):
        assert await city.services.record_book.check(invented) is None


async def test_the_paper_has_every_record_and_the_sums(city):
    school = await city.school()
    teacher = await city.person(school)
    for days_ago in range(PAGE_SIZE + 2):
        await city.completed(teacher, days_ago=days_ago, hours=10)
    extract = await city.services.record_book.extract(teacher)
    assert (len(extract.records), extract.total, extract.total_hours) == (7, 7, 70)
    assert (extract.full_name, extract.school) == (teacher.full_name, teacher.school)
    assert extract.issued_at.hour == 12, "on the wall clock of the city"
