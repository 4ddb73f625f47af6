"""What may be passed on: published courses, found as they are found in the catalogue, and nothing of any person."""

from dataclasses import asdict

import pytest
from sqlalchemy import update

from db.tables import Course, Search
from domain.errors import NotAllowed
from domain.person import Role
from services.sharing import OFFERED_FIRST


@pytest.fixture
async def person(city):
    return await city.person(name="Соколова Анна Петровна")


def ids(offered):
    return [course.id for course in offered.courses]


async def test_typing_finds_published_courses_and_leaves_no_trace(city, services, person):
    course, hidden = await city.course(title="Робототехника"), await city.course(title="Робототехника", published=False)
    offered = await services.sharing.offered(" робототехники ", 0, person)
    assert ids(offered) == [course]
    assert hidden not in ids(await services.sharing.offered(await city.code_of(hidden), 0, person))
    assert await city.count(Search) == 0
    assert "Соколова" not in str([asdict(each) for each in offered.courses])


async def test_a_code_brings_its_course_alone(city, services, person):
    course = await city.course(code="АБВ-0001-Д", title="Вулканы")
    await city.course(code="АБВ-0001-Д2", title="Вулканы")
    assert ids(await services.sharing.offered("абв 0001 д", 0, person)) == [course]


async def test_before_anything_is_typed_nothing_closed_or_hidden_is_offered(city, services, person):
    endless, closed = await city.course(starts_in=None, closes_in=None), await city.course(closes_in=-1)
    soon, later = await city.course(closes_in=1), await city.course(closes_in=5)
    hidden = await city.course(closes_in=2, published=False)
    for course in (endless, closed, later, hidden):
        async with city.database.write() as tx:
            await tx.execute(update(Course).where(Course.id == course).values(published=True))
        await services.favourites.put(course, person, kept=True)
    async with city.database.write() as tx:
        await tx.execute(update(Course).where(Course.id == hidden).values(published=False))
    offered = await services.sharing.offered("  ", 0, person)
    assert (ids(offered), offered.next_offset) == ([later, endless, soon], None)
    for _ in range(OFFERED_FIRST):
        await city.course(closes_in=3)
    assert len(ids(await services.sharing.offered("", 0, person))) == OFFERED_FIRST


@pytest.mark.parametrize("text", ["\x00", "\ud83d", "курс\x00\udc00", "я" * 5000, '" OR *'])
async def test_nothing_that_is_typed_is_a_fault(services, person, text):
    assert (await services.sharing.offered(text, 0, person)).next_offset is None


async def test_nobody_draws_what_is_hidden(city, services, person):
    assert (await services.sharing.course(await city.course(title="Вулканы"), person)).title == "Вулканы"
    for course in (await city.course(published=False), 10**6):
        with pytest.raises(NotAllowed):
            await services.sharing.course(course, person)


async def test_a_providers_sheet_is_for_its_staff_and_for_operators(city, services, person):
    provider, other = await city.provider(), await city.provider()
    staff, operator = await city.person(staff_of=provider), await city.person(portal=Role.OPERATOR)
    await city.course(provider_id=provider, direction="Математика")
    await city.course(provider_id=provider, direction="Физика", published=False)
    (own,) = await services.sharing.providers(None, staff)
    assert (own.id, own.directions) == (provider, ("Математика",))
    (any_one,) = await services.sharing.providers(other, operator)
    assert (any_one.id, any_one.directions) == (other, ())
    for provider_id, by in ((other, staff), (provider, person), (None, person), (None, operator), (10**6, operator)):
        with pytest.raises(NotAllowed):
            await services.sharing.providers(provider_id, by)
