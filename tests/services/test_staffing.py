"""Who sees the people with a role and takes one away; what follows; and that the portal keeps an operator."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from db.tables import Notification, PortalStaff, Prompt, SchoolRole
from domain.clock import Calendar
from domain.errors import DomainError, LastOperator, NotAllowed, PlaceUnknown, ProviderUnknown, SchoolUnknown
from domain.person import Change, Role
from domain.roles import RolePlace, noted, place_of
from services.portal import open_portal
from services.prompting import Screen
from tests.city import City
from tests.services.appointing import Offices

MISSING = 987_654
EVERYWHERE = frozenset({RolePlace.SCHOOL, RolePlace.PROVIDER})


@pytest.fixture
async def offices(city):
    return await Offices.open(city)


async def refused(call):
    with pytest.raises(DomainError) as refusal:
        await call
    return type(refusal.value)


@pytest.fixture
def posting(database, clock):
    """A portal that sends letters."""
    return City(database, open_portal(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now), b"k" * 32))


async def test_the_people_of_a_place_with_role_and_last_day(offices):
    staffing = offices.city.services.staffing
    for by in (offices.operator, offices.head):
        view = await staffing.staff(RolePlace.SCHOOL, offices.school, 0, by)
        assert [(line.user_id, line.role) for line in view.page.lines] == [
            (offices.head.id, Role.HEAD),
            (offices.admin.id, Role.ADMIN),
            (offices.deputy.id, Role.DEPUTY),
        ]
        assert view.page.lines[2].until == offices.city.today + timedelta(1)
    view = await staffing.staff(RolePlace.PROVIDER, offices.provider, 0, offices.operator)
    assert [line.user_id for line in view.page.lines] == [offices.methodologist.id]
    view = await staffing.staff(RolePlace.PORTAL, 0, 0, offices.operator)
    assert {(line.user_id, line.role) for line in view.page.lines} == {
        (offices.operator.id, Role.OPERATOR),
        (offices.support.id, Role.SUPPORT),
    }


@pytest.mark.parametrize("role", Role)
async def test_who_may_not_sees_and_takes_nothing_and_a_missing_one_looks_the_same(offices, role):
    staffing, holder, before = offices.city.services.staffing, offices.holder(role), await offices.roles()
    place_id = offices.place(role)
    for person in offices.without_rights():
        assert await refused(staffing.desk(person)) is NotAllowed
        assert await refused(staffing.places("Школа", EVERYWHERE, person)) is NotAllowed
        for place in {place_id, MISSING}:
            assert await refused(staffing.staff(place_of(role), place, 0, person)) is NotAllowed
            for whom in (holder.id, person.id, MISSING):
                for call in (staffing.member, staffing.to_take, staffing.take):
                    assert await refused(call(whom, role, place, person)) is NotAllowed
    for whom, place in ((MISSING, place_id), (holder.id, MISSING), (offices.teacher.id, place_id)):
        if place is not MISSING or place_of(role) is not RolePlace.PORTAL:
            assert await refused(staffing.take(whom, role, place, offices.operator)) is NotAllowed
    assert await offices.roles() == before


@pytest.mark.parametrize("role", Role)
async def test_a_head_ends_admins_and_deputies_of_the_own_school_only(offices, role):
    staffing, holder = offices.city.services.staffing, offices.holder(role)
    other = await offices.city.person(head_of=offices.school)
    if role not in {Role.ADMIN, Role.DEPUTY}:
        assert await refused(staffing.take(holder.id, role, offices.place(role), other)) is NotAllowed
        assert await refused(staffing.take(holder.id, role, offices.place(role), holder)) in {NotAllowed, LastOperator}
        return
    assert await refused(staffing.take(holder.id, role, offices.school, offices.foreign_head)) is NotAllowed
    card = await staffing.take(holder.id, role, offices.school, offices.head)
    assert card.member.name == holder.full_name
    assert await offices.role_of(holder) is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
async def test_an_operator_takes_any_role_and_the_person_is_told_once(offices, role):
    city, holder = offices.city, offices.holder(role)
    place = await city.services.staffing.member(holder.id, role, offices.place(role), offices.operator)
    await city.services.staffing.take(holder.id, role, offices.place(role), offices.operator)
    today = await city.again(holder)
    assert not (today.approver)
    assert not (today.provider_staff)
    assert not (today.support)
    assert not (today.operator)
    [told] = await city.told(holder, "role_taken")
    assert (told["role"], told["place"]) == (role.value, place.name)
    assert await city.told(holder, "menu")
    assert (await offices.events(holder))[-1] == (Change.ROLE_TAKEN, offices.operator.id, noted(role, place.name, None))
    again = city.services.staffing.take(holder.id, role, offices.place(role), offices.operator)
    assert await refused(again) is NotAllowed


async def test_a_role_that_is_another_by_now_is_not_taken_by_an_old_button(offices):
    await offices.give(offices.deputy, Role.ADMIN)
    taking = offices.city.services.staffing.take(offices.deputy.id, Role.DEPUTY, offices.school, offices.head)
    assert await refused(taking) is NotAllowed
    assert await offices.role_of(offices.deputy) == (Role.ADMIN, None)


async def test_losing_a_role_retires_its_prompts_and_rights_and_others_keep_theirs(offices):
    city = offices.city
    mine = (await city.services.applications.apply(await city.course(), offices.teacher)).application.id
    await city.services.staffing.take(offices.admin.id, Role.ADMIN, offices.school, offices.head)
    assert await city.count(Prompt, application_id=mine, user_id=offices.admin.id, open=True) == 0
    assert await city.count(Prompt, application_id=mine, user_id=offices.head.id, open=True) == 1
    tapping = city.services.approvals.approve(mine, 1, offices.admin, Screen(offices.admin.chat_id, 1))
    assert await refused(tapping) is NotAllowed
    for person, role in ((offices.deputy, Role.DEPUTY), (offices.head, Role.HEAD)):
        await city.services.staffing.take(person.id, role, offices.school, offices.operator)
    assert await city.count(Prompt, application_id=mine, user_id=offices.support.id, open=True) == 1
    await city.services.staffing.take(offices.support.id, Role.SUPPORT, 0, offices.operator)
    assert await city.count(Prompt, application_id=mine, open=True) == 0


async def test_the_history_of_a_role_says_by_whom_and_only_of_this_place(offices):
    city = offices.city
    token = await offices.token(Role.DEPUTY, offices.head)
    await offices.opens(offices.teacher, token)
    await offices.opens(offices.teacher, await offices.token(Role.SUPPORT))
    card = await city.services.staffing.member(offices.teacher.id, Role.DEPUTY, offices.school, offices.head)
    [event] = card.history
    assert (event.change, event.by) == (Change.ROLE_GIVEN, offices.head.full_name)
    portal = await city.services.staffing.member(offices.teacher.id, Role.SUPPORT, 0, offices.operator)
    assert [event.by for event in portal.history] == [offices.operator.full_name]


async def test_a_deputys_time_ends_by_itself_once_and_both_are_told_in_the_morning(offices, clock):
    city = offices.city
    mine = (await city.services.applications.apply(await city.course(), offices.teacher)).application.id
    until = city.today + timedelta(1)
    clock.advance(timedelta(days=1, hours=11, minutes=59))
    assert await city.services.staffing.end_deputies() == 0
    assert (await city.again(offices.deputy)).approver
    clock.advance(timedelta(minutes=1))
    assert not (await city.again(offices.deputy)).approver, "rights follow the date, not the tick"
    ended = await asyncio.gather(*(city.services.staffing.end_deputies() for _ in range(3)))
    assert sum(ended) == 1
    assert await offices.role_of(offices.deputy) is None
    assert await city.count(Prompt, application_id=mine, user_id=offices.deputy.id, open=True) == 0
    [told] = await city.told(offices.deputy, "role_taken")
    assert (told["role"], told["by_clock"]) == ("deputy", True)
    [heard] = await city.told(offices.head, "deputy_ended")
    assert (heard["person"], heard["until"]) == (offices.deputy.full_name, until.isoformat())
    morning = await city.one(select(Notification.due_at).where(Notification.kind == "deputy_ended"))
    assert city.services.calendar.local(morning).hour == 8
    assert (await offices.events(offices.deputy))[-1][:2] == (Change.ROLE_TAKEN, None)
    assert await city.services.staffing.end_deputies() == 0


async def test_a_clock_that_steps_back_gives_no_role_back_and_a_prolonged_deputy_stays(offices, clock):
    city = offices.city
    await offices.opens(offices.deputy, await offices.token(Role.DEPUTY, until=city.today + timedelta(20)))
    clock.advance(timedelta(days=2))
    assert await city.services.staffing.end_deputies() == 0
    clock.advance(timedelta(days=20))
    assert await city.services.staffing.end_deputies() == 1
    clock.advance(-timedelta(days=22))
    assert not (await city.again(offices.deputy)).approver


async def test_a_deputy_was_the_only_approver_so_support_steps_in(offices, clock):
    city = offices.city
    for person, role in ((offices.head, Role.HEAD), (offices.admin, Role.ADMIN)):
        await city.services.staffing.take(person.id, role, offices.school, offices.operator)
    mine = (await city.services.applications.apply(await city.course(), offices.teacher)).application.id
    assert await city.count(Prompt, application_id=mine, user_id=offices.support.id, open=True) == 0
    clock.advance(timedelta(days=2))
    await city.services.staffing.end_deputies()
    assert await city.count(Prompt, application_id=mine, user_id=offices.support.id, open=True) == 1


async def test_the_last_operator_stays(offices):
    staffing, operator = offices.city.services.staffing, offices.operator
    assert await refused(staffing.take(operator.id, Role.OPERATOR, 0, operator)) is LastOperator
    other = await offices.city.person(portal=Role.OPERATOR)
    await staffing.take(operator.id, Role.OPERATOR, 0, operator)
    assert not (await offices.city.again(operator)).operator
    assert await refused(staffing.take(other.id, Role.OPERATOR, 0, other)) is LastOperator


async def test_an_operator_whose_role_is_held_back_does_not_count_as_one(offices):
    held = await offices.city.person(portal=Role.OPERATOR)
    async with offices.city.database.write() as tx:
        await tx.execute(update(PortalStaff).where(PortalStaff.user_id == held.id).values(held=True))
    staffing, operator = offices.city.services.staffing, offices.operator
    assert await refused(staffing.desk(held)) is NotAllowed
    assert await refused(staffing.take(operator.id, Role.OPERATOR, 0, operator)) is LastOperator
    await staffing.take(held.id, Role.OPERATOR, 0, operator)


async def test_operators_who_take_each_others_role_in_the_same_instant_leave_one(city):
    for turn in range(6):
        operators = [await city.person(portal=Role.OPERATOR) for _ in range(2)]
        first, second = reversed(operators) if turn % 2 else operators
        take = city.services.staffing.take
        outcomes = await asyncio.gather(
            take(second.id, Role.OPERATOR, 0, first), take(first.id, Role.OPERATOR, 0, second), return_exceptions=True
        )
        assert sum(isinstance(outcome, NotAllowed | LastOperator) for outcome in outcomes) == 1
        [left] = [person for person in operators if (await city.again(person)).operator]
        async with city.database.write() as tx:
            await tx.execute(delete(PortalStaff).where(PortalStaff.user_id == left.id))


async def test_operators_who_leave_in_the_same_instant_leave_one(city):
    operators = [await city.person(portal=Role.OPERATOR) for _ in range(3)]
    take = city.services.staffing.take
    leaving = (take(person.id, Role.OPERATOR, 0, person) for person in operators)
    outcomes = await asyncio.gather(*leaving, return_exceptions=True)
    assert sum(isinstance(outcome, LastOperator) for outcome in outcomes) == 1
    assert await city.count(PortalStaff, role=Role.OPERATOR) == 1


async def test_a_role_taken_twice_in_the_same_instant_is_told_once(offices):
    taking = (
        offices.city.services.staffing.take(offices.admin.id, Role.ADMIN, offices.school, by)
        for by in (offices.head, offices.operator)
    )
    outcomes = await asyncio.gather(*taking, return_exceptions=True)
    assert sum(isinstance(outcome, NotAllowed) for outcome in outcomes) == 1
    assert len(await offices.city.told(offices.admin, "role_taken")) == 1
    assert await offices.city.count(SchoolRole, user_id=offices.admin.id) == 0


async def test_a_letter_goes_when_a_role_comes_and_when_it_goes(posting):
    offices = await Offices.open(posting)
    await offices.opens(offices.teacher, await offices.token(Role.SUPPORT))
    await posting.services.staffing.take(offices.teacher.id, Role.SUPPORT, 0, offices.operator)
    changes = [told["change"] for told in await posting.told(offices.teacher, "security")]
    assert changes == ["role_given", "role_taken"]


async def test_places_are_found_by_part_of_a_name(offices):
    city, staffing = offices.city, offices.city.services.staffing
    school = await city.school("Гимназия «Росток» № 3")
    found, more = await staffing.places("росток 3", EVERYWHERE, offices.operator)
    assert [(line.place, line.id) for line in found] == [(RolePlace.SCHOOL, school)]
    assert not more
    found, _ = await staffing.places("центр", frozenset({RolePlace.PROVIDER}), offices.operator)
    assert (RolePlace.PROVIDER, offices.provider) in [(line.place, line.id) for line in found]
    unknown = {
        EVERYWHERE: PlaceUnknown,
        frozenset({RolePlace.SCHOOL}): SchoolUnknown,
        frozenset({RolePlace.PROVIDER}): ProviderUnknown,
    }
    for wanted, error in unknown.items():
        assert await refused(staffing.places("100% нет_такой", wanted, offices.operator)) is error


async def test_the_head_of_two_schools_chooses_and_of_none_is_refused(offices):
    staffing, city = offices.city.services.staffing, offices.city
    assert (await staffing.headed(offices.head)).id == offices.school
    second = await city.school()
    token = await city.services.invitations.issue(Role.HEAD, second, None, 7, offices.operator)
    await offices.opens(offices.head, token.token)
    assert {line.id for line in await staffing.headed(offices.head)} == {offices.school, second}
    for person in (offices.admin, offices.deputy, offices.operator, offices.teacher):
        assert await refused(staffing.headed(person)) is NotAllowed
