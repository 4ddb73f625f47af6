"""«Сводка»: its numbers are those of a city built by hand, and nobody sees what is not theirs."""

from datetime import timedelta

import pytest

from db.people import give_school_role
from domain.catalogue import Funding
from domain.errors import NotAllowed
from domain.person import Role
from domain.roles import RolePlace
from domain.status import Move, Status
from domain.tallies import begin_of
from services.overview import Choice
from tests.services.study import Study

SCHOOL, PROVIDER, PORTAL = RolePlace.SCHOOL, RolePlace.PROVIDER, RolePlace.PORTAL


async def applied(city, person, **course):
    """Somebody's application for a new course."""
    return (await city.services.applications.apply(await city.course(**course), person)).application.id


def look(city, place, place_id, by):
    return city.services.overviews.look(place, place_id, by)


async def test_a_head_sees_the_schools_budget_applications_by_state_and_month(city):
    school, other = await city.school(), await city.school()
    head, teacher = await city.person(school, head_of=school), await city.person(school)
    waits, approved, rejected = [await applied(city, teacher) for _ in range(3)]
    await applied(city, teacher, funding=Funding.PAID)
    await applied(city, await city.person(other))
    await city.moves(approved, Move.APPROVE, by=head)
    await city.moves(rejected, Move.REJECT, by=head)
    view = await look(city, SCHOOL, school, head)
    counted = {status: count for status, count in view.states.items() if count}
    assert counted == {Status.PENDING: 1, Status.APPROVED: 1, Status.REJECTED: 1}
    assert await city.status(waits) is Status.PENDING
    *earlier, this = view.months
    assert (this.applied, this.approved, this.rejected, this.enrolled, this.completed) == (3, 1, 1, 0, 0)
    assert len(view.months) == 12
    assert not any(month.applied for month in earlier)


async def test_a_decision_that_was_undone_does_not_count(city):
    school = await city.school()
    head, teacher = await city.person(school, head_of=school), await city.person(school)
    application = await applied(city, teacher)
    await city.moves(application, Move.APPROVE, by=head)
    await city.moves(application, Move.TAKE_BACK, by=head)
    assert (await look(city, SCHOOL, school, head)).months[-1].approved == 0
    await city.moves(application, Move.APPROVE, by=head)
    assert (await look(city, SCHOOL, school, head)).months[-1].approved == 1


async def test_months_begin_at_midnight_of_the_city(city, clock):
    school = await city.school()
    head, teacher = await city.person(school, head_of=school), await city.person(school)
    first = city.today.replace(day=1)
    next_month = (first + timedelta(days=32)).replace(day=1)
    clock.moment = begin_of(next_month, city.services.calendar.zone) - timedelta(seconds=1)
    await applied(city, teacher, closes_in=90, starts_in=100)
    clock.advance(timedelta(seconds=2))
    await applied(city, teacher, closes_in=90, starts_in=100)
    months = (await look(city, SCHOOL, school, head)).months
    assert [month.applied for month in months[-2:]] == [1, 1]
    assert months[-2].first_day == first


async def test_hours_are_those_of_the_schools_people_who_applied_or_completed(city):
    school = await city.school()
    head = await city.person(school, head_of=school)
    learned, applicant = await city.person(school), await city.person(school)
    await city.person(school)
    stranger = await city.person(await city.school())
    await city.completed(learned, hours=72)
    await city.completed(learned, hours=36, days_ago=100)
    await city.completed(learned, hours=500, days_ago=4 * 365)
    await city.completed(stranger, hours=72)
    await applied(city, applicant)
    view = await look(city, SCHOOL, school, head)
    assert [(line.full_name, line.hours, line.courses) for line in view.teachers] == [
        (learned.full_name, 108, 2),
        (applicant.full_name, 0, 0),
    ]
    assert view.teachers_total == 2


async def test_an_off_budget_application_is_not_told_to_the_school(city):
    school = await city.school()
    head = await city.person(school, head_of=school)
    await applied(city, await city.person(school), funding=Funding.PAID)
    view = await look(city, SCHOOL, school, head)
    assert not view.teachers
    assert not any(view.states.values())
    assert not any(month.applied for month in view.months)


async def test_a_provider_sees_its_courses_with_seats_queue_and_groups(city):
    study = await Study.of(city, seats=1)
    group = await study.group(seats=None)
    await study.enrolled(group)
    await study.approved()
    await study.approved()
    await city.course(provider_id=study.provider, starts_in=-500, closes_in=-510)
    await city.course()
    view = await look(city, PROVIDER, study.provider, study.staff)
    (course,) = view.courses
    assert (course.seats, course.free_seats, course.queue, course.groups) == (1, 0, 2, 1)
    assert course.states == {Status.APPROVED: 2, Status.ENROLLED: 1}
    assert (course.live, view.courses_total) == (3, 1)


async def test_an_operator_sees_the_portal(city, clock):
    operator = await city.person(portal=Role.OPERATOR)
    school, bare = await city.school("Школа с руководителем"), await city.school("Школа без руководителя")
    head, teacher = await city.person(school, head_of=school), await city.person(bare)
    decided = await applied(city, await city.person(school))
    late = await applied(city, teacher)
    clock.advance(timedelta(hours=30))
    await city.moves(decided, Move.APPROVE, by=head)
    clock.advance(timedelta(days=4))
    await applied(city, teacher)
    await applied(city, teacher, funding=Funding.PAID)
    view = await look(city, PORTAL, 0, operator)
    assert await city.status(late) is Status.PENDING
    assert (view.states[Status.PENDING], view.states[Status.APPROVED]) == (2, 2)
    assert sum(month.applied for month in view.months) == 4
    assert sum(month.approved for month in view.months) == 1
    assert view.hours_to_decision == 30
    assert [(line.name, line.waiting) for line in view.overdue] == [("Школа без руководителя", 1)]
    assert view.overdue_total == 1
    assert [(line.name, line.waiting) for line in view.bare_schools] == [("Школа без руководителя", 2)]
    assert (view.bare_schools_total, view.schools_total) == (1, 2)
    assert sum(provider.applications for provider in view.providers) == view.providers_total == 4


async def test_the_portal_is_counted_once_a_minute(city, clock):
    operator = await city.person(portal=Role.OPERATOR)
    before = await look(city, PORTAL, 0, operator)
    await applied(city, await city.person(await city.school()))
    assert await look(city, PORTAL, 0, operator) is before
    clock.advance(timedelta(seconds=61))
    assert sum((await look(city, PORTAL, 0, operator)).states.values()) == 1


async def test_nothing_yet_is_an_overview_too(city):
    school, provider = await city.school(), await city.provider()
    person = await city.person(head_of=school, staff_of=provider, portal=Role.OPERATOR)
    assert not (await look(city, SCHOOL, school, person)).teachers
    assert not (await look(city, PROVIDER, provider, person)).courses
    portal = await look(city, PORTAL, 0, person)
    assert (portal.hours_to_decision, portal.overdue, portal.providers) == (None, (), ())


async def test_who_has_several_hats_is_asked_which(city):
    first, second, provider = await city.school("Аист"), await city.school("Бобр"), await city.provider()
    person = await city.person(head_of=first, staff_of=provider, portal=Role.OPERATOR)
    found = await look(city, None, 0, person)
    assert isinstance(found, Choice)
    assert [(scope.place, scope.id) for scope in found.scopes] == [(SCHOOL, first), (PROVIDER, provider), (PORTAL, 0)]
    assert (await look(city, SCHOOL, 0, person)).school == "Аист"
    async with city.database.write() as tx:
        await give_school_role(tx, person.id, second, Role.ADMIN)
    both = await look(city, SCHOOL, 0, person)
    assert isinstance(both, Choice)
    assert [scope.name for scope in both.scopes] == ["Аист", "Бобр"]


@pytest.mark.parametrize("place", [SCHOOL, PROVIDER, PORTAL])
async def test_foreign_and_missing_have_the_same_answer(city, place):
    school, provider = await city.school(), await city.provider()
    people = [
        await city.person(school),
        await city.person(head_of=school),
        await city.person(staff_of=provider),
        await city.person(portal=Role.OPERATOR),
        await city.person(portal=Role.SUPPORT),
        await city.person(head_of=school, until=city.today - timedelta(days=1)),
    ]
    theirs = {SCHOOL: (1,), PROVIDER: (2,), PORTAL: (3,)}[place]
    place_id = {SCHOOL: school, PROVIDER: provider, PORTAL: 0}[place]
    for number, person in enumerate(people):
        if number in theirs:
            assert not isinstance(await look(city, place, place_id, person), Choice)
            continue
        for asked in {place_id, 2**31 - 1}:
            with pytest.raises(NotAllowed):
                await look(city, place, asked, person)
    if place is not PORTAL:
        with pytest.raises(NotAllowed):
            await look(city, place, 2**31 - 1, people[theirs[0]])


async def test_who_has_no_hat_has_no_overview(city):
    with pytest.raises(NotAllowed):
        await look(city, None, 0, await city.person(await city.school()))


async def test_a_held_role_shows_nothing(city):
    study = await Study.of(city)
    await study.hold_roles()
    with pytest.raises(NotAllowed):
        await look(city, PROVIDER, study.provider, study.staff)
