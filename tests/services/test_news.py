"""New courses once a week: for those who asked, once, never at night, and nothing where there is nothing."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from db.tables import Course
from domain.choices import key_of
from domain.errors import NotAllowed
from services.news import DIRECTIONS_SHOWN, LISTED, NEW_COURSES
from tests.files import csv_file

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
"""Nine in the morning in Moscow."""


@pytest.fixture
async def person(city):
    """A teacher of mathematics who hears of new courses for the position."""
    made = await city.person()
    await city.put_person(made, position="Учитель математики")
    await city.services.profiles.want_news(None, 0, made)
    return await city.again(made)


@pytest.fixture
def heard(city, services, person):
    """What the person is told: the courses of each message, by id; None for a message that is not sent."""

    async def digests(by=person):
        views = [await services.news.digest(by.id, told) for told in await city.told(by, NEW_COURSES)]
        return [None if view is None else [line.id for line in view.lines] for view in views]

    return digests


@pytest.fixture
def comes(city, clock):
    """A course comes into the catalogue now."""

    async def listed(audience="Учителя математики", **course):
        return await city.course(audience=audience, listed_at=clock.now(), starts_in=60, closes_in=50, **course)

    return listed


async def test_on_monday_morning_comes_what_is_new_for_the_position_once(services, clock, heard, comes, city):
    await comes()
    clock.advance(timedelta(hours=1))
    later = [await comes(audience) for audience in ("Учителя математики", "Педагогические работники", None)]
    await comes("Воспитатели")
    await comes(published=False)
    await comes(direction="Математика", audience="Директора")
    clock.moment = MONDAY - timedelta(minutes=1)
    assert await services.news.write() == 0
    clock.moment = MONDAY
    assert await services.news.write() == 1
    first, *rest = await heard()
    assert (set(later) < set(first), len(first), rest) == (True, 4, [])
    for _ in range(6):
        clock.advance(timedelta(days=1))
        assert await services.news.write() == 0
    clock.advance(timedelta(days=1))
    newest = await comes()
    assert await services.news.write() == 1
    assert (await heard())[1] == [newest]


async def test_what_was_in_the_catalogue_before_is_no_news(services, clock, heard, comes, person, city):
    other = await city.person()
    await comes()
    clock.advance(timedelta(hours=1))
    await services.profiles.want_news(None, 0, other)
    clock.moment = MONDAY
    assert await services.news.write() == 2
    assert await heard(other) == [None]


async def test_a_bot_that_was_off_for_a_month_sends_one_with_everything(services, clock, heard, comes):
    courses = []
    for _ in range(4):
        clock.advance(timedelta(days=7))
        courses.append(await comes())
    assert await services.news.write() == 1
    assert await services.news.write() == 0
    assert [set(ids) for ids in await heard()] == [set(courses)]


async def test_two_machines_write_one_note(services, clock, heard, comes):
    course = await comes()
    clock.moment = MONDAY
    await asyncio.gather(*(services.news.write() for _ in range(3)))
    assert await heard() == [[course]]


async def test_a_direction_goes_before_the_position(services, clock, heard, comes, person):
    chosen = await comes("Директора", direction="Искусство и музыка")
    await comes(direction="Математика")
    wished = await services.profiles.want_news(key_of("Искусство и музыка"), 0, person)
    assert (wished.person.news, wished.person.news_direction) == (True, "Искусство и музыка")
    clock.moment = MONDAY
    await services.news.write()
    assert await heard() == [[chosen]]
    with pytest.raises(NotAllowed):
        await services.profiles.want_news(key_of("Такого нет"), 0, person)


async def test_what_is_closed_applied_for_or_unwanted_by_then_is_not_said(services, clock, heard, comes, person, city):
    closed, applied, new = await comes(), await comes(), await comes()
    clock.moment = MONDAY
    await services.news.write()
    async with city.database.write() as tx:
        yesterday = city.today - timedelta(days=1)
        await tx.execute(update(Course).where(Course.id == closed).values(closes_on=yesterday))
    await city.put_person(person, school_id=await city.school())
    await services.applications.apply(applied, await city.again(person))
    assert await heard() == [[new]]
    await services.profiles.stop_news(person)
    assert await heard() == [None]
    clock.advance(timedelta(days=7))
    assert await services.news.write() == 0


async def test_a_pause_of_reminders_loses_nothing(services, clock, heard, comes, person):
    course = await comes()
    await services.profiles.pause_reminders(person, on=True)
    clock.moment = MONDAY
    assert await services.news.write() == 0
    await services.profiles.pause_reminders(person, on=False)
    clock.advance(timedelta(days=3))
    assert await services.news.write() == 1
    assert await heard() == [[course]]


async def test_who_cannot_be_reached_or_did_not_ask_is_not_written_to(services, clock, comes, person, city):
    await city.person()
    await comes()
    await services.people.blocks(person.chat_id)
    clock.moment = MONDAY
    assert await services.news.write() == 0


async def test_a_long_list_is_cut_and_counted(services, clock, comes, person, city):
    for _ in range(LISTED + 2):
        await comes()
    clock.moment = MONDAY
    await services.news.write()
    (told,) = await city.told(person, NEW_COURSES)
    view = await services.news.digest(person.id, told)
    assert (len(view.lines), view.total) == (LISTED, LISTED + 2)


async def test_a_course_is_new_when_a_file_brings_it_and_never_again(services, clock, heard, person, city):
    head = ["Шифр", "Название", "Организация", "Финансирование", "Категория слушателей"]
    row = ["НОВ-1", "Курс", "Центр", "бюджет", "Учителя математики"]
    clock.advance(timedelta(hours=1))
    await services.imports.courses("a.csv", csv_file([head, row]))
    clock.moment = MONDAY
    await services.news.write()
    await services.imports.courses("a.csv", csv_file([head, [*row[:1], "Другое название", *row[2:]]]))
    clock.advance(timedelta(days=7))
    await services.news.write()
    first, second = await heard()
    assert len(first) == 1
    assert second is None


async def test_directions_are_shown_page_by_page(services, city, person):
    for number in range(DIRECTIONS_SHOWN + 1):
        await city.course(direction=f"Направление {number}")
    await city.course(direction="Скрытое", published=False)
    first = await services.news.choice(0, person)
    second = await services.news.choice(1, person)
    assert (first.page.total, len(first.page.lines), len(second.page.lines)) == (
        DIRECTIONS_SHOWN + 1,
        DIRECTIONS_SHOWN,
        1,
    )
    assert (await services.news.choice(7, person)).page.number == 0
    assert first.page.lines[0].key == key_of("Направление 0")
