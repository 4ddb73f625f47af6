"""One's own profile: what a change does, in the words of its history, and what it never does."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from db import people
from db.engine import Database
from db.tables import AccountEvent, Application, EmailCode, Notification, Prompt, SchoolRefusal
from domain.catalogue import Funding
from domain.clock import Calendar
from domain.errors import (
    BadName,
    CodeUnknown,
    EmailTaken,
    NotAllowed,
    SameEmail,
    SameSchool,
    SchoolBarred,
    SchoolPlanChanged,
    SchoolUnknown,
    TooLong,
    TooShort,
    WrongCode,
)
from domain.person import BARRED_AFTER, Change, Purpose, Role
from domain.status import LetterKind, Status
from services.letters import SECURITY
from services.portal import Services, open_portal
from services.prompting import Screen
from services.views import ProfileView, RoleLine, SchoolChosen, SchoolPlan
from tests.city import City
from tests.conftest import Clock

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def services(database: Database, clock: Clock) -> Services:
    """A portal that sends letters."""
    return open_portal(database, Calendar(MOSCOW, clock.now), b"k" * 32)


@pytest.fixture
def city(database: Database, services: Services) -> City:
    """An invented city."""
    return City(database, services)


async def history(city, person):
    statement = (
        select(AccountEvent.change, AccountEvent.note)
        .where(AccountEvent.user_id == person.id, AccountEvent.change != Change.REGISTERED)
        .order_by(AccountEvent.id)
    )
    async with city.database.read() as connection:
        return [tuple(row) for row in await connection.execute(statement)]


async def asked_for(city, application_id):
    statement = select(Prompt.user_id).where(Prompt.application_id == application_id, Prompt.open)
    async with city.database.read() as connection:
        return set((await connection.execute(statement)).scalars())


async def code_of(services, code_id):
    letter = await services.emails.code_letter(code_id)
    assert letter is not None
    return letter.code


async def changes_email(services, person, email):
    code_id = await services.profiles.ask_email(email, person)
    return await services.profiles.prove_email(code_id, await code_of(services, code_id), person)


async def applied(city, person, **course):
    course_id = await city.course(**course)
    return (await city.services.applications.apply(course_id, person)).application.id


# What the profile says


async def test_the_profile_names_every_role_in_force_with_its_place_and_a_deputys_last_day(city, services):
    school, other, provider = await city.school("Школа № 5"), await city.school("Школа № 6"), await city.provider()
    until = city.today + timedelta(5)
    person = await city.person(school, head_of=school, staff_of=provider, portal=Role.SUPPORT)
    async with city.database.write() as tx:
        await people.give_school_role(tx, person.id, other, Role.DEPUTY, until)
    view = await services.profiles.view(person)
    assert view.can_prove
    assert [(line.role, line.until) for line in view.roles] == [
        (Role.HEAD, None),
        (Role.DEPUTY, until),
        (Role.PROVIDER, None),
        (Role.SUPPORT, None),
    ]
    assert view.roles[0] == RoleLine(Role.HEAD, "Школа № 5", None)
    assert (view.roles[2].place or "").startswith("Центр")


async def test_a_deputys_role_of_yesterday_is_not_shown(city, services):
    school = await city.school()
    person = await city.person(head_of=school, until=city.today - timedelta(1))
    assert (await services.profiles.view(person)).roles == ()


# Name and position


async def test_a_new_name_is_kept_with_its_history_once(city, services):
    person = await city.person(name="Соколова Анна")
    for _ in range(2):
        view = await services.profiles.rename("  Иванова   Анна ", person)
        assert view.person.full_name == "Иванова Анна"
    assert await history(city, person) == [(Change.NAME, "Соколова Анна → Иванова Анна")]


@pytest.mark.parametrize(("text", "refusal"), [("Анна", BadName), ("Анна 5", BadName), ("А" * 120 + " Б", TooLong)])
async def test_a_bad_name_changes_nothing(city, services, text, refusal):
    person = await city.person()
    with pytest.raises(refusal):
        await services.profiles.rename(text, person)
    assert await history(city, person) == []


async def test_a_position_is_a_short_text_in_own_words(city, services):
    person = await city.person()
    view = await services.profiles.change_position(" Тьютор ", person)
    assert view.person.position == "Тьютор"
    assert await history(city, person) == [(Change.POSITION, "Учитель → Тьютор")]
    for text, refusal in ((" ", TooShort), ("я" * 121, TooLong)):
        with pytest.raises(refusal):
            await services.profiles.change_position(text, person)


async def test_who_has_lost_the_profile_since_the_tap_changes_nothing(city, services):
    person, other = await city.person(), await city.person()
    gone = city.services.calendar.now()
    await city.put_person(person, removed_at=gone)
    deeds = [
        services.profiles.rename("Иванова Анна", person),
        services.profiles.switch_letters(LetterKind.STUDY, person, on=False),
        services.profiles.ask_email("new@example.org", person),
        services.profiles.choose_school(await city.school(), person),
    ]
    for deed in deeds:
        with pytest.raises(NotAllowed):
            await deed
    assert await history(city, person) == []
    assert (await services.profiles.view(other)).person.full_name == other.full_name


# Preferences


async def test_letters_are_switched_by_kind_also_two_at_once(city, services):
    person = await city.person()
    await asyncio.gather(
        services.profiles.switch_letters(LetterKind.STUDY, person, on=False),
        services.profiles.switch_letters(LetterKind.DECISIONS, person, on=False),
    )
    assert set((await city.again(person)).letters_off) == {"study", "decisions"}
    for _ in range(2):
        view = await services.profiles.switch_letters(LetterKind.STUDY, person, on=True)
        assert view.person.letters_off == ("decisions",)
    assert len(await history(city, person)) == 3


async def test_what_is_switched_off_sends_no_letter_and_the_safety_of_the_profile_does(city, services):
    school = await city.school()
    person, head = await city.person(school), await city.person(head_of=school)
    await services.profiles.switch_letters(LetterKind.APPLICATIONS, person, on=False)
    application = await applied(city, person)
    assert await city.count(Notification, user_id=person.id, channel="mail") == 0
    await services.approvals.approve(application, 1, head, Screen(head.chat_id, 1))
    assert await city.count(Notification, user_id=person.id, channel="mail") == 1
    for kind in LetterKind:
        await services.profiles.switch_letters(kind, person, on=False)
    await changes_email(services, await city.again(person), "new@example.org")
    assert await city.count(Notification, user_id=person.id, kind=SECURITY) == 1


async def test_wishes_are_kept_with_their_history(city, services):
    person = await city.person()
    assert (await services.profiles.keep_quiet((22, 7), person)).person.quiet == (22, 7)
    assert (await services.profiles.keep_quiet((0, 0), person)).person.quiet == (0, 0)
    assert (await services.profiles.keep_quiet(None, person)).person.quiet is None
    assert (await services.profiles.read_plainly(person, on=True)).person.plain
    assert (await services.profiles.pause_reminders(person, on=True)).person.reminders_paused
    changes = await history(city, person)
    assert {change for change, _ in changes} == {Change.PREFERENCES}
    assert changes[-1] == (Change.PREFERENCES, "reminders_paused: False → True")


# The address


async def test_a_proved_address_takes_the_place_of_the_old_one_which_is_told(city, services):
    person = await city.person()
    view = await changes_email(services, person, "New@example.org")
    assert (view.person.email, view.person.email_proved) == ("New@example.org", True)
    assert await history(city, person) == [(Change.EMAIL, f"{person.email} → New@example.org")]
    assert await city.one(select(EmailCode.replaced).where(EmailCode.user_id == person.id)) == person.email
    assert await city.count(Notification, user_id=person.id, kind=SECURITY) == 1


async def test_until_the_code_is_typed_the_old_address_stays(city, services):
    person = await city.person()
    code_id = await services.profiles.ask_email("new@example.org", person)
    code = await code_of(services, code_id)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode) as refusal:
            await services.profiles.prove_email(code_id, wrong, person)
        assert refusal.value.left == left
    with pytest.raises(CodeUnknown):
        await services.profiles.prove_email(code_id, code, person)
    assert (await city.again(person)).email == person.email
    assert await history(city, person) == []


async def test_an_address_of_somebody_else_is_refused_only_to_who_has_proved_it(city, services):
    person, other = await city.person(), await city.person()
    code_id = await services.profiles.ask_email(other.email, person)
    with pytest.raises(EmailTaken):
        await services.profiles.prove_email(code_id, await code_of(services, code_id), person)
    assert (await city.again(person)).email == person.email


async def test_two_who_prove_one_address_in_the_same_instant_one_has_it(city, services):
    both = [await city.person(), await city.person()]
    codes = [await services.profiles.ask_email("new@example.org", person) for person in both]
    proofs = [
        services.profiles.prove_email(code_id, await code_of(services, code_id), person)
        for code_id, person in zip(codes, both, strict=True)
    ]
    ends = await asyncio.gather(*proofs, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["EmailTaken", "ProfileView"]


async def test_a_code_for_another_purpose_or_of_another_chat_changes_nothing(city, services):
    person, other = await city.person(), await city.person()
    for_registering = await services.emails.begin(person.chat_id, "new@example.org", Purpose.REGISTER)
    with pytest.raises(CodeUnknown):
        await services.profiles.prove_email(for_registering, await code_of(services, for_registering), person)
    code_id = await services.profiles.ask_email("other@example.org", other)
    with pytest.raises(CodeUnknown):
        await services.profiles.prove_email(code_id, await code_of(services, code_id), person)
    assert (await city.again(person)).email == person.email


async def test_ones_own_proved_address_needs_no_code_and_an_unproved_one_is_proved_in_place(city, services):
    person = await city.person()
    with pytest.raises(SameEmail):
        await services.profiles.ask_email(person.email.upper(), person)
    await city.put_person(person, email_key=None, email_proved_at=None)
    person = await city.again(person)
    code_id = await services.profiles.prove_own_email(person)
    view = await services.profiles.prove_email(code_id, await code_of(services, code_id), person)
    assert view.person.email_proved
    assert await city.count(Notification, user_id=person.id, kind=SECURITY) == 0


async def test_where_no_letters_are_sent_an_address_is_kept_unproved(city, database, clock):
    person = await city.person()
    silent = open_portal(database, Calendar(MOSCOW, clock.now))
    view = await silent.profiles.ask_email("new@example.org", person)
    assert isinstance(view, ProfileView)
    assert (view.person.email, view.person.email_proved) == ("new@example.org", False)
    with pytest.raises(CodeUnknown):
        await silent.profiles.prove_email(1, "123456", person)


# The school


async def test_the_plan_states_what_follows_and_the_second_tap_does_it(city, services):
    old, new = await city.school(), await city.school("Новая школа")
    old_head, new_head = await city.person(head_of=old), await city.person(head_of=new)
    person = await city.person(old)
    waiting, approved, enrolled = [await applied(city, person) for _ in range(3)]
    paid = await applied(city, person, funding=Funding.PAID)
    await services.approvals.approve(approved, 1, old_head, Screen(old_head.chat_id, 1))
    await city.put(enrolled, status=Status.ENROLLED)
    plan = await services.profiles.propose_school(new, person)
    assert isinstance(plan, SchoolPlan)
    assert (plan.waiting, plan.approved, plan.enrolled, plan.by_support) == (1, 1, 1, False)
    assert (await city.again(person)).school_id == old
    done = await services.profiles.choose_school(new, person, (old, 1, 1))
    assert done == SchoolChosen("Новая школа", 1, 1)
    assert [await city.status(each) for each in (waiting, approved, enrolled, paid)] == [
        Status.PENDING,
        Status.PENDING,
        Status.ENROLLED,
        Status.APPROVED,
    ]
    assert await asked_for(city, waiting) == await asked_for(city, approved) == {new_head.id}
    assert (await history(city, person))[0][0] is Change.SCHOOL


async def test_who_stops_working_is_decided_on_by_support_until_there_is_a_school_again(city, services):
    old, new = await city.school(), await city.school()
    old_head, new_head = await city.person(head_of=old), await city.person(head_of=new)
    support = await city.person(portal=Role.SUPPORT)
    person = await city.person(old)
    waiting, approved = await applied(city, person), await applied(city, person)
    await services.approvals.approve(approved, 1, old_head, Screen(old_head.chat_id, 1))
    plan = await services.profiles.propose_school(None, person)
    assert isinstance(plan, SchoolPlan)
    assert (plan.school, plan.waiting, plan.approved, plan.by_support) == (None, 1, 1, True)
    assert await services.profiles.choose_school(None, person, (old, 1, 1)) == SchoolChosen(None, 1, 1)
    for application in (waiting, approved):
        assert await asked_for(city, application) == {support.id}
        assert (await services.approvals.look(application, support)).school is None
        with pytest.raises(NotAllowed):
            await services.approvals.look(application, old_head)
    view = await services.approvals.look(waiting, support)
    with pytest.raises(NotAllowed):
        await services.approvals.not_ours(waiting, view.version, "", support, Screen(support.chat_id, 1))
    await services.approvals.approve(waiting, view.version, support, Screen(support.chat_id, 1))
    plan = await services.profiles.propose_school(new, await city.again(person))
    assert isinstance(plan, SchoolPlan)
    assert (plan.leaves_id, plan.waiting, plan.approved) == (None, 1, 1)
    await services.profiles.choose_school(new, person, (None, 1, 1))
    assert await asked_for(city, waiting) == await asked_for(city, approved) == {new_head.id}


async def test_a_plan_that_does_not_hold_any_more_is_stated_anew(city, services):
    old, new = await city.school(), await city.school()
    head, person = await city.person(head_of=old), await city.person(old)
    application = await applied(city, person)
    await services.profiles.propose_school(new, person)
    await services.approvals.approve(application, 1, head, Screen(head.chat_id, 1))
    with pytest.raises(SchoolPlanChanged) as refusal:
        await services.profiles.choose_school(new, person, (old, 1, 0))
    assert (refusal.value.view.waiting, refusal.value.view.approved) == (0, 1)
    assert (await city.again(person)).school_id == old
    assert await city.status(application) is Status.APPROVED


async def test_a_decision_and_a_change_of_school_in_the_same_instant_leave_one_true_state(city, services):
    old, new = await city.school(), await city.school()
    head, person = await city.person(head_of=old), await city.person(old)
    application = await applied(city, person)
    await asyncio.gather(
        services.approvals.approve(application, 1, head, Screen(head.chat_id, 1)),
        services.profiles.choose_school(new, person, (old, 1, 0)),
        return_exceptions=True,
    )
    at = await city.one(select(Application.school_id).where(Application.id == application))
    works_at = (await city.again(person)).school_id
    assert (at, works_at) in {(old, old), (new, new)}


async def test_a_first_school_with_nothing_to_follow_is_chosen_by_one_tap(city, services):
    school, person = await city.school("Школа № 7"), await city.person()
    assert await services.profiles.propose_school(school, person) == SchoolChosen("Школа № 7", 0, 0)
    with pytest.raises(SameSchool):
        await services.profiles.propose_school(school, person)


async def test_a_school_that_has_refused_somebody_for_good_is_refused_at_both_taps(city, services):
    school, person = await city.school(), await city.person(await city.school())
    async with city.database.write() as tx:
        row = {"user_id": person.id, "school_id": school, "times": BARRED_AFTER}
        await tx.execute(insert(SchoolRefusal).values(row))
    for deed in (services.profiles.propose_school, services.profiles.choose_school):
        with pytest.raises(SchoolBarred):
            await deed(school, person)
        with pytest.raises(SchoolUnknown):
            await deed(10**9, person)
