"""An invitation gives its role once, in its time, by whoever may still give it, and never takes anything away."""

import asyncio
from datetime import timedelta

import pytest

from db.tables import Invitation, PortalStaff, Prompt, ProviderStaff, SchoolRole
from domain.errors import (
    BadLastDay,
    DomainError,
    InvitationExpired,
    InvitationRevoked,
    InvitationSettled,
    InvitationUnknown,
    InvitationUsed,
    InvitationVoid,
    NotAllowed,
    RoleHeld,
)
from domain.person import Change, Role
from domain.roles import noted
from services.invitations import PAGE_SIZE
from services.views import InvitationState
from tests.services.appointing import Offices

MISSING = 987_654


@pytest.fixture
async def offices(city):
    return await Offices.open(city)


async def refused(call):
    """The kind of refusal; anything but a refusal fails."""
    with pytest.raises(DomainError) as refusal:
        await call
    return type(refusal.value)


@pytest.mark.parametrize("role", Role)
async def test_an_operator_invites_to_every_role_and_the_bearer_has_it_at_once(offices, role):
    city = offices.city
    bearer = await city.person()
    given = await offices.opens(bearer, await offices.token(role))
    assert given.role is role
    today = await city.again(bearer)
    assert today.approver == (role in {Role.HEAD, Role.ADMIN, Role.DEPUTY})
    assert (today.provider_staff, today.support, today.operator) == (
        role is Role.PROVIDER,
        role is Role.SUPPORT,
        role is Role.OPERATOR,
    )
    [(change, by, note)] = await offices.events(bearer)
    place = given.school or given.provider
    assert (change, by, note) == (Change.ROLE_GIVEN, offices.operator.id, noted(role, place, given.until))
    [told] = await city.told(offices.operator, "invitation_used")
    assert told["person"] == bearer.full_name


async def test_a_head_invites_admins_and_deputies_of_the_own_school_and_nobody_else_anybody(offices):
    invitations = offices.city.services.invitations
    before = await offices.roles()
    for role in Role:
        until = offices.city.today + timedelta(3)
        for person in offices.without_rights():
            for place in {offices.place(role), MISSING}:
                assert await refused(invitations.issue(role, place, until, 7, person)) is NotAllowed
                assert await refused(invitations.draft(role, place, person)) is NotAllowed
        if role not in {Role.ADMIN, Role.DEPUTY}:
            assert await refused(invitations.issue(role, offices.place(role), until, 7, offices.head)) is NotAllowed
    for place in (await offices.city.school(), MISSING):
        assert await refused(invitations.issue(Role.ADMIN, place, None, 7, offices.head)) is NotAllowed
    assert await refused(invitations.issue(Role.HEAD, MISSING, None, 7, offices.operator)) is NotAllowed
    assert await refused(invitations.issue(Role.PROVIDER, 0, None, 7, offices.operator)) is NotAllowed
    assert await refused(invitations.draft(None, 0, offices.head)) is NotAllowed
    assert await offices.roles() == before
    for role in (Role.ADMIN, Role.DEPUTY):
        bearer = await offices.city.person()
        assert (await offices.opens(bearer, await offices.token(role, offices.head))).role is role


async def test_only_those_who_may_see_and_revoke_do_and_a_missing_one_looks_the_same(offices):
    invitations = offices.city.services.invitations
    issued = await invitations.issue(Role.ADMIN, offices.school, None, 7, offices.head)
    above = await invitations.issue(Role.HEAD, offices.school, None, 7, offices.operator)
    for person in offices.without_rights():
        for number in (issued.invitation.id, above.invitation.id, MISSING):
            for call in (invitations.one, invitations.to_revoke, invitations.revoke):
                assert await refused(call(number, person)) is NotAllowed
        for school in (offices.school, MISSING, None):
            assert await refused(invitations.listed(school, 0, person, settled=False)) is NotAllowed
    assert await refused(invitations.revoke(above.invitation.id, offices.head)) is NotAllowed
    assert await refused(invitations.listed(None, 0, offices.head, settled=False)) is NotAllowed
    seen = await invitations.listed(offices.school, 0, offices.head, settled=False)
    assert [line.id for line in seen.page.lines] == [issued.invitation.id]
    assert (await invitations.revoke(issued.invitation.id, offices.head)).state is InvitationState.REVOKED
    assert (await invitations.revoke(above.invitation.id, None)).state is InvitationState.REVOKED


async def test_a_token_is_kept_as_its_hash_and_guessing_finds_nothing(offices):
    token = await offices.token(Role.OPERATOR)
    assert len(token) >= 32
    assert await offices.city.count(Invitation, token_hash=token) == 0
    guesses = [token[:-1], token + "A", token.swapcase(), "", "A" * 32]
    for guess in guesses:
        assert await refused(offices.opens(offices.teacher, guess)) is InvitationUnknown
    assert not (await offices.city.again(offices.teacher)).operator
    assert (await offices.opens(offices.teacher, token)).role is Role.OPERATOR


async def test_used_once_it_is_used_for_its_bearer_too(offices):
    token = await offices.token(Role.SUPPORT)
    await offices.opens(offices.teacher, token)
    for person in (offices.teacher, offices.admin):
        assert await refused(offices.opens(person, token)) is InvitationUsed
    assert len(await offices.events(offices.teacher)) == 1


@pytest.mark.parametrize("days", [1, 7, 30])
async def test_it_waits_so_many_days_and_no_longer_whatever_the_clock_does(offices, clock, days):
    token, late = await offices.token(Role.SUPPORT, days=days), await offices.token(Role.SUPPORT, days=days)
    clock.advance(timedelta(days=days))
    assert await refused(offices.opens(offices.teacher, late)) is InvitationExpired
    clock.advance(-timedelta(seconds=1))
    assert (await offices.opens(offices.teacher, token)).role is Role.SUPPORT


async def test_a_deputys_invitation_does_not_outlive_the_last_day(offices, clock):
    token = await offices.token(Role.DEPUTY, until=offices.city.today, days=30)
    [line] = (await offices.city.services.invitations.listed(None, 0, None, settled=False)).page.lines
    assert line.expires_at == offices.city.services.calendar.now() + timedelta(hours=12)  # midnight in Moscow
    clock.advance(timedelta(hours=12))
    assert await refused(offices.opens(offices.teacher, token)) is InvitationExpired


async def test_a_deputy_without_a_last_day_is_not_made(offices):
    invitations = offices.city.services.invitations
    for until in (None, offices.city.today - timedelta(1), offices.city.today + timedelta(366)):
        call = invitations.issue(Role.DEPUTY, offices.school, until, 7, offices.head)
        assert await refused(call) is BadLastDay
    assert await offices.city.count(Invitation) == 0


async def test_a_revoked_one_says_so_and_cannot_be_revoked_twice(offices):
    invitations = offices.city.services.invitations
    token = await offices.token(Role.ADMIN, offices.head)
    [line] = (await invitations.listed(None, 0, offices.operator, settled=False)).page.lines
    await invitations.revoke(line.id, offices.operator)
    assert await refused(offices.opens(offices.teacher, token)) is InvitationRevoked
    with pytest.raises(InvitationSettled) as settled:
        await invitations.revoke(line.id, offices.head)
    assert settled.value.view.state is InvitationState.REVOKED


async def test_what_a_head_gave_is_void_once_the_head_is_none(offices):
    city = offices.city
    other = await city.person(head_of=offices.school)
    token, again = [await offices.token(Role.ADMIN, other) for _ in range(2)]
    await city.services.staffing.take(other.id, Role.HEAD, offices.school, offices.operator)
    assert await refused(offices.opens(offices.teacher, token)) is InvitationVoid
    open_ones = await city.services.invitations.listed(None, 0, None, settled=False)
    assert open_ones.page.total == 0
    settled = await city.services.invitations.listed(offices.school, 0, offices.head, settled=True)
    assert {line.state for line in settled.page.lines} == {InvitationState.VOID}
    await offices.give(other, Role.HEAD)
    assert (await offices.opens(offices.teacher, again)).role is Role.ADMIN


async def test_what_an_operator_gave_is_void_once_the_operator_is_none(offices):
    city = offices.city
    other = await city.person(portal=Role.OPERATOR)
    token = await offices.token(Role.OPERATOR, other)
    await city.services.staffing.take(other.id, Role.OPERATOR, 0, offices.operator)
    assert await refused(offices.opens(other, token)) is InvitationVoid
    assert not (await city.again(other)).operator


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DEPUTY, Role.HEAD])
async def test_nobody_loses_by_opening_a_link_and_the_link_stays_open_for_its_addressee(offices, role):
    strongest = {Role.HEAD: offices.head, Role.ADMIN: offices.head, Role.DEPUTY: offices.admin}[role]
    before = await offices.role_of(strongest)
    token = await offices.token(role)
    assert await refused(offices.opens(strongest, token)) is RoleHeld
    assert await offices.role_of(strongest) == before
    assert (await offices.opens(offices.teacher, token)).role is role


async def test_a_deputys_time_grows_and_a_deputy_becomes_an_admin(offices):
    today = offices.city.today
    longer = await offices.token(Role.DEPUTY, offices.head, until=today + timedelta(20))
    shorter = await offices.token(Role.DEPUTY, offices.head, until=today + timedelta(5))
    await offices.opens(offices.deputy, longer)
    assert await offices.role_of(offices.deputy) == (Role.DEPUTY, today + timedelta(20))
    assert await refused(offices.opens(offices.deputy, shorter)) is RoleHeld
    await offices.opens(offices.deputy, await offices.token(Role.ADMIN))
    assert await offices.role_of(offices.deputy) == (Role.ADMIN, None)
    for role in (Role.PROVIDER, Role.SUPPORT, Role.OPERATOR):
        assert await refused(offices.opens(offices.holder(role), await offices.token(role))) is RoleHeld


async def test_gaining_an_approvers_role_brings_the_prompts_that_wait(offices):
    city = offices.city
    mine = (await city.services.applications.apply(await city.course(), offices.teacher)).application.id
    bearer = await city.person()
    await offices.opens(bearer, await offices.token(Role.DEPUTY, offices.head))
    assert await city.count(Prompt, application_id=mine, user_id=bearer.id, open=True) == 1


async def test_a_newcomers_bad_invitation_keeps_nobody_from_registering(offices):
    city = offices.city
    token = await offices.token(Role.ADMIN, offices.head)
    [line] = (await city.services.invitations.listed(None, 0, None, settled=False)).page.lines
    await city.services.invitations.revoke(line.id, None)
    registered = await city.services.people.register(7_000_000_077, "Ким Анна", None, "Учитель", token)
    assert isinstance(registered.refusal, InvitationRevoked)


async def test_the_list_turns_pages_and_says_who_took_what(offices):
    invitations = offices.city.services.invitations
    for _ in range(PAGE_SIZE + 1):
        await offices.token(Role.SUPPORT)
    taken = await offices.token(Role.PROVIDER)
    await offices.opens(offices.teacher, taken)
    first = await invitations.listed(None, 0, offices.operator, settled=False)
    assert (len(first.page.lines), first.page.total, first.page.has_next) == (PAGE_SIZE, PAGE_SIZE + 1, True)
    assert len((await invitations.listed(None, 1, offices.operator, settled=False)).page.lines) == 1
    assert (await invitations.listed(None, 99, offices.operator, settled=False)).page.number == 0
    [line] = (await invitations.listed(None, 0, offices.operator, settled=True)).page.lines
    assert (line.inviter, line.bearer) == (offices.operator.full_name, offices.teacher.full_name)
    assert (line.state, line.role) == (InvitationState.USED, Role.PROVIDER)
    assert len([view async for view in invitations.all_open()]) == PAGE_SIZE + 1


async def test_two_chats_use_one_invitation_in_the_same_instant(offices):
    for _ in range(5):
        people = [await offices.city.person() for _ in range(3)]
        before = await offices.city.count(PortalStaff)
        token = await offices.token(Role.SUPPORT)
        outcomes = await asyncio.gather(*(offices.opens(person, token) for person in people), return_exceptions=True)
        assert sum(isinstance(outcome, InvitationUsed) for outcome in outcomes) == 2
        assert await offices.city.count(PortalStaff) == before + 1


async def test_used_and_revoked_in_the_same_instant_one_wins(offices):
    invitations = offices.city.services.invitations
    for turn in range(6):
        bearer = await offices.city.person()
        issued = await invitations.issue(Role.ADMIN, offices.school, None, 7, offices.head)
        calls = [offices.opens(bearer, issued.token), invitations.revoke(issued.invitation.id, offices.head)]
        outcomes = await asyncio.gather(*(calls if turn % 2 else reversed(calls)), return_exceptions=True)
        [lost] = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert isinstance(lost, InvitationRevoked | InvitationSettled)
        has_role = await offices.role_of(bearer) is not None
        assert has_role == isinstance(lost, InvitationSettled)


async def test_one_person_opens_two_links_of_a_school_in_the_same_instant_and_keeps_the_stronger(offices):
    for _ in range(5):
        bearer = await offices.city.person()
        tokens = [await offices.token(Role.DEPUTY), await offices.token(Role.ADMIN)]
        outcomes = await asyncio.gather(*(offices.opens(bearer, token) for token in tokens), return_exceptions=True)
        assert all(isinstance(outcome, RoleHeld) or not isinstance(outcome, Exception) for outcome in outcomes)
        assert await offices.role_of(bearer) == (Role.ADMIN, None)
        assert await offices.city.count(SchoolRole, user_id=bearer.id) == 1


async def test_a_provider_has_its_people_once(offices):
    await offices.opens(offices.teacher, await offices.token(Role.PROVIDER))
    assert await offices.city.count(ProviderStaff, provider_id=offices.provider) == 2
