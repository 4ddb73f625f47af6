"""A provider's courses and groups: what is shown, made, changed and told; and nothing to anybody else."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from db.tables import Group
from domain.errors import DatesOutOfOrder, GroupNumberTaken, NotAllowed, SeatsTaken
from domain.person import Role
from tests.services.study import Study


@pytest.fixture
async def study(city):
    """A course of a provider with its staff."""
    return await Study.of(city)


async def test_a_group_is_proposed_as_the_course_says(study):
    draft = await study.groups.new(study.course, study.staff)
    course = await study.groups.desk(study.course, study.staff)
    assert (draft.number, draft.starts_on, draft.ends_on) == ("1", course.starts_on, course.ends_on)
    assert (draft.seats, draft.venue) == (30, "Аудитория 5")
    await study.groups.save(draft, study.staff)
    assert (await study.groups.new(study.course, study.staff)).number == "2"


async def test_a_number_is_a_courses_own(study, city):
    draft = await study.groups.new(study.course, study.staff)
    made = await asyncio.gather(*(study.groups.save(draft, study.staff) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(outcome, GroupNumberTaken) for outcome in made) == 2
    assert await city.count(Group, course_id=study.course) == 1
    second = (await study.groups.save(replace(draft, number="2"), study.staff)).group
    renamed = await study.groups.to_change(second.id, study.staff)
    with pytest.raises(GroupNumberTaken):
        await study.groups.save(replace(renamed, number="1"), study.staff)


async def test_dates_and_seats_that_cannot_be_are_refused(study):
    group = await study.group(seats=2)
    for _ in range(2):
        await study.enrolled(group)
    draft = await study.groups.to_change(group, study.staff)
    with pytest.raises(SeatsTaken):
        await study.groups.save(replace(draft, seats=1), study.staff)
    with pytest.raises(DatesOutOfOrder):
        await study.groups.save(replace(draft, ends_on=draft.starts_on - timedelta(1)), study.staff)


async def test_changed_dates_and_place_are_told_once_to_those_enrolled(study, city, clock):
    group = await study.group()
    teacher, _ = await study.enrolled(group)
    waiting, _ = await study.approved()
    draft = await study.groups.to_change(group, study.staff)
    moved = replace(draft, starts_on=draft.starts_on + timedelta(1), venue="Онлайн")
    await study.groups.save(moved, study.staff)
    await study.groups.save(replace(moved, seats=29), study.staff)
    [told] = await city.told(teacher, "changed")
    changes = {name: (before, after) for name, before, after in told["changes"]}
    assert changes == {
        "starts_on": (draft.starts_on.isoformat(), moved.starts_on.isoformat()),
        "venue": ("Аудитория 5", "Онлайн"),
    }
    assert not await city.told(waiting, "changed")
    for again in (draft, moved):
        clock.advance(timedelta(minutes=1))
        await study.groups.save(again, study.staff)
    assert len(await city.told(teacher, "changed")) == 3, "there and back again are changes, too"


async def test_courses_are_those_of_ones_own_provider_today(study, city):
    other = await city.person(staff_of=await city.provider())
    await study.approved()
    [line] = (await study.groups.courses(0, study.staff)).lines
    assert (line.id, line.waiting, line.enrolled, line.free_seats) == (study.course, 1, 0, 30)
    assert not (await study.groups.courses(0, other)).lines
    nobody = await city.person()
    with pytest.raises(NotAllowed):
        await study.groups.courses(0, nobody)


async def test_those_with_something_to_do_come_first(study, city):
    for days in (1, 2, 3):
        await city.course(provider_id=study.provider, starts_in=days)
    await study.approved()
    page = await study.groups.courses(0, study.staff)
    assert (page.lines[0].id, page.total) == (study.course, 4)


async def test_an_unpublished_course_takes_nobody_and_shows_to_those_with_an_application(study, city):
    teacher, _ = await study.approved()
    stranger = await city.person()
    await study.groups.publish(study.course, study.staff, published=False)
    assert (await city.services.catalogue.card(study.course, teacher)).mine is not None
    with pytest.raises(NotAllowed):
        await city.services.catalogue.card(study.course, stranger)
    await study.groups.publish(study.course, study.staff, published=True)
    assert (await city.services.catalogue.card(study.course, stranger)).obstacle is None


@pytest.mark.parametrize("role", [None, Role.SUPPORT, Role.OPERATOR])
async def test_foreign_and_missing_are_refused_alike(study, city, role):
    group = await study.group()
    strangers = [await city.person(portal=role), await city.person(staff_of=await city.provider())]
    draft = await study.groups.new(study.course, study.staff)
    for stranger in strangers:
        for course_id, group_id in ((study.course, group), (987_654, 987_654)):
            for attempt in (
                study.groups.desk(course_id, stranger),
                study.groups.publish(course_id, stranger, published=False),
                study.groups.new(course_id, stranger),
                study.groups.save(replace(draft, course_id=course_id, number="7"), stranger),
                study.groups.save(replace(draft, group_id=group_id, number="7"), stranger),
                study.groups.group(group_id, 0, stranger),
                study.groups.to_change(group_id, stranger),
                study.groups.close(group_id, stranger, closed=True),
            ):
                with pytest.raises(NotAllowed):
                    await attempt


async def test_a_role_that_is_held_counts_for_nothing(study, city):
    await study.hold_roles()
    for attempt in (study.groups.desk(study.course, study.staff), study.groups.new(study.course, study.staff)):
        with pytest.raises(NotAllowed):
            await attempt
