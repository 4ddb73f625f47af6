"""What the clock says: once each, never at night, never of what is past; and «Напомнить руководителю»."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from db.tables import Application, Course, Group, Notification, Prompt, ProviderStaff
from domain.catalogue import Funding
from domain.errors import CannotNudge, NotAllowed
from domain.person import Role
from domain.settings import Name
from domain.status import Move, Status
from services.moves import DIGEST
from services.outbox import Parcel
from services.prompting import NUDGED, Screen
from services.reminders import EXPIRING, STARTS, WAITING, WITHOUT_GROUP
from services.watching import FAVOURITE
from tests.services.study import Study

REMINDERS = (WAITING, STARTS, WITHOUT_GROUP, EXPIRING, FAVOURITE)


@pytest.fixture
def said(city, services):
    """What is said of these kinds to anybody now, to be counted by kind; everything else is said, too."""

    async def claimed():
        parcels = []
        while batch := await services.outbox.claim(limit=50):
            for parcel in batch:
                await services.outbox.sent(parcel.ids)
            parcels += batch
        return [parcel for parcel in parcels if parcel.kind in REMINDERS or parcel.kind == DIGEST]

    return claimed


@pytest.fixture
async def school(city):
    return await city.school()


@pytest.fixture
async def head(city, school):
    return await city.person(school, head_of=school)


@pytest.fixture
async def applied(city, school, head):
    """Somebody of the school has applied: makes an application, given what City.course takes."""

    async def application(**course):
        receipt = await city.services.applications.apply(await city.course(**course), await city.person(school))
        return receipt.application.id

    return application


def next_morning(clock):
    """From noon in Moscow to nine the next day."""
    clock.advance(timedelta(hours=21))


async def test_an_approver_has_one_morning_digest_of_what_waits_with_the_oldest_first(
    city, services, clock, head, applied, said
):
    for _ in range(7):
        await applied()
    assert await services.reminders.remind() == 0, "it came today, and was asked today"
    clock.advance(timedelta(days=2, hours=-3))
    assert await services.reminders.remind() == 1
    assert await services.reminders.remind() == 0
    (parcel,) = await said()
    assert (parcel.user_id, parcel.silent) == (head.id, False)
    view = await services.reminders.waiting(head.id, parcel.payloads[0]["day"])
    assert (view.total, len(view.oldest), view.oldest[0].days) == (7, 5, 2)


async def test_nothing_is_written_at_night_nor_before_the_hour_of_digests(services, clock, applied):
    await applied()
    for hours, due in [(11.5, 0), (1, 0), (4, 0), (3, 0), (1.25, 0), (0.25, 1)]:
        clock.advance(timedelta(hours=hours))
        assert await services.reminders.remind() == due, services.calendar.local(clock.now())


async def test_the_hour_is_the_portals_and_summer_moves_it_not(services, clock, applied):
    await applied(starts_in=300, closes_in=290)
    clock.moment = clock.moment.fromisoformat("2027-07-01T05:59:59+00:00")
    assert await services.reminders.remind() == 0
    clock.advance(timedelta(seconds=1))
    assert await services.reminders.remind() == 1


async def test_after_a_month_of_silence_there_is_one_digest_and_not_thirty(services, clock, head, applied, said):
    await applied(starts_in=90, closes_in=60)
    next_morning(clock)
    await services.reminders.remind()  # written, and the bot stops before it is said
    clock.advance(timedelta(days=30))
    assert await services.reminders.remind() == 1
    days = [parcel.payloads[0]["day"] for parcel in await said()]
    views = [await services.reminders.waiting(head.id, day) for day in days]
    assert [view.total for view in views if view is not None] == [1]


async def test_what_was_decided_meanwhile_is_not_counted_and_of_nothing_nothing_is_said(
    services, clock, head, applied, said
):
    first, second = await applied(), await applied()
    next_morning(clock)
    await services.reminders.remind()
    (parcel,) = await said()
    day = parcel.payloads[0]["day"]
    await services.approvals.approve(first, 1, head, Screen(head.chat_id, 1))
    assert (await services.reminders.waiting(head.id, day)).total == 1
    await services.approvals.approve(second, 1, head, Screen(head.chat_id, 1))
    assert await services.reminders.waiting(head.id, day) is None


async def test_ones_own_application_is_in_nobodys_digest_but_supports(city, services, clock, school, head):
    support = await city.person(portal=Role.SUPPORT)
    await services.applications.apply(await city.course(), head)
    next_morning(clock)
    assert await services.reminders.remind() == 1
    assert len(await city.told(support, WAITING)) == 1
    assert await city.told(head, WAITING) == []
    assert (await services.reminders.waiting(support.id, city.today.isoformat())).total == 1


async def test_who_is_no_approver_any_more_or_has_blocked_the_bot_has_no_digest(city, services, clock, school, head):
    await city.person(school, head_of=school, until=city.today)
    await services.people.blocks(head.chat_id)
    await services.applications.apply(await city.course(), await city.person(school))
    next_morning(clock)
    assert await services.reminders.remind() == 0


async def test_quiet_hours_of_ones_own_hold_the_digest_and_who_paused_reminders_has_none(
    city, services, clock, school, head, applied, said
):
    await city.put_person(head, quiet_from=20, quiet_to=11)
    other = await city.person(school, head_of=school)
    await city.put_person(other, reminders_paused=True)
    await applied()
    next_morning(clock)
    assert await services.reminders.remind() == 2
    assert await said() == []
    clock.advance(timedelta(hours=2))
    assert [parcel.user_id for parcel in await said()] == [head.id]


async def test_replicas_that_remind_in_one_instant_write_each_note_once(city, services, clock, school, head, applied):
    await applied(starts_in=3, closes_in=3)
    next_morning(clock)
    await asyncio.gather(*(services.reminders.remind() for _ in range(4)))
    assert len(await city.told(head, WAITING)) == 1
    assert await city.count(Notification, kind=EXPIRING) == 1


async def test_more_than_a_batch_is_written_in_batches(city, services, clock, school, head, monkeypatch):
    monkeypatch.setattr("services.reminders.AT_ONCE", 3)
    for _ in range(8):
        await city.person(school, head_of=school)
    await services.applications.apply(await city.course(), await city.person(school))
    next_morning(clock)
    assert await services.reminders.remind() == 9
    assert await services.reminders.remind() == 0


async def test_a_digest_of_many_is_one_message_though_two_senders_claim_at_once(city, services, clock):
    provider = await city.provider()
    staff = await city.person(staff_of=provider)
    course = await city.course(funding=Funding.PAID, provider_id=provider)
    for _ in range(20):
        await services.applications.apply(course, await city.person())
        clock.advance(timedelta(hours=7))
    clock.advance(timedelta(days=30))
    batches = await asyncio.gather(*(services.outbox.claim(limit=50) for _ in range(3)))
    digests = [parcel for batch in batches for parcel in batch if parcel.kind == DIGEST and parcel.user_id == staff.id]
    assert [len(parcel.ids) for parcel in digests] == [20]


@pytest.fixture
async def study(city):
    """A course that starts in ten days, with a group of its days."""
    return await Study.of(city, starts_in=10, closes_in=9, venue="https://example.org/room")


async def test_those_enrolled_are_reminded_three_days_and_one_day_before_with_the_place(
    city, services, clock, study, said
):
    _, application = await study.enrolled(await study.group(venue=None))
    next_morning(clock)
    heard = {}
    for day in range(1, 12):
        await services.reminders.remind()
        told = [parcel.payloads[0] for parcel in await said() if parcel.kind == STARTS]
        if told:
            (heard[day],) = [await services.reminders.start(one) for one in told]
        clock.advance(timedelta(days=1))
    assert {day: view.days for day, view in heard.items()} == {7: 3, 9: 1}
    assert {view.venue for view in heard.values()} == {"https://example.org/room"}
    assert {view.application_id for view in heard.values()} == {application}


async def test_of_a_start_that_has_moved_or_is_past_nothing_is_said(city, services, clock, study, said):
    group = await study.group()
    await study.enrolled(group)
    clock.advance(timedelta(days=7, hours=-3))
    assert await services.reminders.remind() == 1
    (parcel,) = [parcel for parcel in await said() if parcel.kind == STARTS]
    assert (await services.reminders.start(parcel.payloads[0])).days == 3
    clock.advance(timedelta(days=2))
    assert await services.reminders.start(parcel.payloads[0]) is None, "the reminder of the last day says it"
    clock.advance(-timedelta(days=2))
    async with city.database.write() as tx:
        moved = city.today + timedelta(days=2)
        await tx.execute(update(Group).where(Group.id == group).values(starts_on=moved, ends_on=moved))
    assert await services.reminders.start(parcel.payloads[0]) is None
    assert await services.reminders.remind() == 1, "the new day has a reminder of its own"
    clock.advance(timedelta(days=30))
    assert await services.reminders.remind() == 0
    assert [await services.reminders.start(told) for told in (one.payloads[0] for one in await said())] == [None]


async def test_a_bot_that_was_off_reminds_of_a_start_once(city, services, clock, study, said):
    await study.enrolled(await study.group())
    clock.advance(timedelta(days=9))
    assert await services.reminders.remind() == 1
    assert [parcel.payloads[0]["stage"] for parcel in await said() if parcel.kind == STARTS] == ["tomorrow"]


async def test_who_was_enrolled_today_has_read_of_it_today(services, clock, study):
    await study.approved()
    clock.advance(timedelta(days=8))
    await services.reminders.remind()
    await study.enrolled(await study.group())
    assert await services.reminders.remind() == 0


async def test_who_left_the_course_hears_of_no_start(city, services, clock, study, said):
    _, application = await study.enrolled(await study.group())
    clock.advance(timedelta(days=7))
    await services.reminders.remind()
    (parcel,) = [parcel for parcel in await said() if parcel.kind == STARTS]
    await city.moves(application, Move.UNENROL, by=study.staff, note="Переезд")
    assert await services.reminders.start(parcel.payloads[0]) is None


async def test_a_provider_hears_once_three_days_before_who_waits_for_a_group_of_all_courses_in_one_message(
    city, services, clock, study, said
):
    other = await city.course(starts_in=9, closes_in=9, funding=Funding.PAID, provider_id=study.provider)
    await services.applications.apply(other, await city.person())
    for _ in range(2):
        await study.approved()
    clock.advance(timedelta(days=7))
    assert await services.reminders.remind() == 2
    (parcel,) = [parcel for parcel in await said() if parcel.kind == WITHOUT_GROUP]
    lines = await services.reminders.without_group(study.staff.id, parcel.payloads)
    assert [(line.course_id, line.waiting, line.may_run) for line in lines] == [
        (other, 1, True),
        (study.course, 2, True),
    ]
    clock.advance(timedelta(days=1))
    assert await services.reminders.remind() == 0
    stranger = await city.person(staff_of=await city.provider())
    assert await services.reminders.without_group(stranger.id, parcel.payloads) == ()


async def test_a_provider_without_people_is_the_operators_matter(city, services, clock, study):
    operator = await city.person(portal=Role.OPERATOR)
    await study.approved()
    await Study.of(city)  # another provider's people change nothing
    async with city.database.write() as tx:
        await tx.execute(delete(ProviderStaff).where(ProviderStaff.provider_id == study.provider))
    clock.advance(timedelta(days=8))
    assert await services.reminders.remind() == 1
    told = await city.told(operator, WITHOUT_GROUP)
    (line,) = await services.reminders.without_group(operator.id, told)
    assert not line.may_run


async def test_a_teacher_hears_before_the_start_that_nobody_has_decided(city, services, clock, school, head, applied):
    application = await applied(starts_in=10, closes_in=9)
    clock.advance(timedelta(days=7))
    assert await services.reminders.remind() == 2  # the head's digest is the other
    told = await city.one(select(Notification.payload).where(Notification.kind == EXPIRING))
    view = await services.reminders.expiring(told)
    assert (view.application_id, view.status) == (application, Status.PENDING)
    assert view.expires_after == view.starts_on
    await services.approvals.approve(application, 1, head, Screen(head.chat_id, 1))
    assert await services.reminders.expiring(told) is None


async def test_before_an_approved_application_expires_its_teacher_and_the_provider_hear_of_it_once(
    city, services, clock, study, said
):
    teacher, application = await study.approved()
    await study.group(starts_on=city.today + timedelta(15))  # five days after the course
    operator = await city.person(portal=Role.OPERATOR)
    await services.settings.change(Name.APPROVED_DAYS, 20, operator)
    next_morning(clock)
    heard: dict[tuple[int, str], Parcel] = {}
    last = city.today + timedelta(34)  # 35 days from the beginning: the group's start, and the setting
    while city.today <= last:
        await services.reminders.remind()
        await services.expiry.expire()
        told = [parcel for parcel in await said() if parcel.kind in (EXPIRING, WITHOUT_GROUP)]
        heard |= {((last - city.today).days, parcel.kind): parcel for parcel in told}
        clock.advance(timedelta(days=1))
    assert sorted(heard) == [(3, EXPIRING), (3, WITHOUT_GROUP), (28, WITHOUT_GROUP)]
    assert await city.status(application) is Status.APPROVED
    assert heard[3, EXPIRING].user_id == teacher.id
    assert heard[3, WITHOUT_GROUP].user_id == study.staff.id
    clock.advance(timedelta(days=-3))
    view = await services.reminders.expiring(heard[3, EXPIRING].payloads[0])
    assert (view.application_id, view.status, view.expires_after) == (application, Status.APPROVED, last)
    (line,) = await services.reminders.without_group(study.staff.id, heard[3, WITHOUT_GROUP].payloads)
    assert (line.waiting, line.expires_after) == (1, last)
    await services.settings.change(Name.APPROVED_DAYS, 30, operator)
    assert await services.reminders.expiring(heard[3, EXPIRING].payloads[0]) is None, "there is time again"
    await services.settings.change(Name.APPROVED_DAYS, 20, operator)
    clock.advance(timedelta(days=3))
    assert await services.reminders.expiring(heard[3, EXPIRING].payloads[0]) is None
    assert await services.expiry.expire() == 1


async def nudges(city, person):
    return [told["application_id"] for told in await city.told(person, NUDGED)]


async def test_a_teacher_may_remind_the_approvers_a_day_after_applying_and_every_48_hours(
    city, services, clock, school, head
):
    teacher = await city.person(school)
    application = (await services.applications.apply(await city.course(), teacher)).application.id
    heard = []
    for hours, may in [(23, False), (1, True), (0, False), (47, False), (1, True)]:
        clock.advance(timedelta(hours=hours))
        assert (await services.applications.one(application, teacher)).may_nudge is may
        if may:
            view = await services.applications.nudge(application, teacher)
            assert (view.may_nudge, view.nudge_from) == (False, clock.now() + timedelta(hours=48))
            heard.append(application)
        else:
            with pytest.raises(CannotNudge):
                await services.applications.nudge(application, teacher)
        assert await nudges(city, head) == heard


async def test_two_taps_at_once_remind_once_and_approvers_buttons_stay_good(city, services, clock, school, head):
    teacher = await city.person(school)
    application = (await services.applications.apply(await city.course(), teacher)).application.id
    clock.advance(timedelta(days=1))
    outcomes = await asyncio.gather(
        *(services.applications.nudge(application, teacher) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(outcome, CannotNudge) for outcome in outcomes) == 3
    assert await nudges(city, head) == [application]
    await services.approvals.approve(application, 1, head, Screen(head.chat_id, 1))
    assert await city.status(application) is Status.APPROVED
    with pytest.raises(CannotNudge):
        await services.applications.nudge(application, teacher)


async def test_nobody_reminds_of_anothers_application(city, services, clock, school, head):
    teacher, stranger = await city.person(school), await city.person(school)
    application = (await services.applications.apply(await city.course(), teacher)).application.id
    clock.advance(timedelta(days=2))
    for wrong in (application, 10**6):
        with pytest.raises(NotAllowed):
            await services.applications.nudge(wrong, stranger)
    assert await nudges(city, head) == []


async def test_a_new_copy_takes_the_place_of_the_old_one(city, services, clock, school, head):
    teacher = await city.person(school)
    application = (await services.applications.apply(await city.course(), teacher)).application.id
    prompt = await city.one(select(Prompt.id))
    await services.prompts.drawn(prompt, 17, 1)
    clock.advance(timedelta(days=3))
    await services.applications.nudge(application, teacher)
    view = await services.prompts.again(application, head.id)
    assert (view.nudged, view.waits_days) == (True, 3)
    replaced = await services.prompts.renewed(view, head.id, Screen(head.chat_id, 40))
    assert [(one.prompt_id, one.message_id) for one in replaced] == [(prompt, 17)]
    await services.prompts.forget(replaced)
    assert await city.one(select(Prompt.message_id)) == 40
    assert await services.prompts.again(application, teacher.id) is None


async def test_a_decision_between_the_new_copy_and_its_record_is_drawn_on_it(city, services, clock, school, head):
    teacher = await city.person(school)
    application = (await services.applications.apply(await city.course(), teacher)).application.id
    clock.advance(timedelta(days=3))
    await services.applications.nudge(application, teacher)
    view = await services.prompts.again(application, head.id)
    await services.approvals.approve(application, 1, head, Screen(head.chat_id, 1))
    assert await services.prompts.again(application, head.id) is None
    await services.prompts.renewed(view, head.id, Screen(head.chat_id, 40))
    prompt = await city.one(select(Prompt.id).where(Prompt.message_id == 40))
    assert {"prompt_id": prompt} in await city.told(head, "prompt")
    assert (await services.prompts.drawing(prompt)).view.status is Status.APPROVED


async def test_nothing_is_said_of_a_cancelled_course(city, services, clock, study):
    await study.approved()
    clock.advance(timedelta(days=8))
    async with city.database.write() as tx:
        await tx.execute(update(Course).values(cancelled_at=clock.now()))
        await tx.execute(update(Application).values(status=Status.CANCELLED))
    assert await services.reminders.remind() == 0
