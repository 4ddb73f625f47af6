"""Applying and withdrawing, as the teacher lives it."""

import asyncio
from datetime import timedelta

import pytest

from db.tables import Application, Prompt
from domain.catalogue import Funding
from domain.errors import CannotApply, CannotWithdraw, NotAllowed, TooManyApplications
from domain.person import Role
from domain.policy import APPLICATIONS_A_DAY, Obstacle
from domain.status import Move, Status
from services.prompting import Screen


async def test_a_budget_application_waits_and_every_approver_but_the_teacher_is_asked(city):
    school = await city.school()
    first, second = await city.person(school, head_of=school), await city.person(school, head_of=school)
    receipt = await city.services.applications.apply(await city.course(), first)
    assert receipt.is_new
    assert receipt.application.status is Status.PENDING
    assert not receipt.decided_by_support
    assert await city.count(Prompt, application_id=receipt.application.id) == 1
    assert await city.count(Prompt, application_id=receipt.application.id, user_id=second.id) == 1
    assert await city.history(receipt.application.id) == [(None, Status.PENDING)]


async def test_a_paid_application_needs_no_school_and_no_approval_and_reaches_the_provider_as_a_digest(city):
    provider = await city.provider()
    staff = await city.person(staff_of=provider)
    course = await city.course(funding=Funding.PAID, price=5000, provider_id=provider)
    receipt = await city.services.applications.apply(course, await city.person())
    assert receipt.application.status is Status.APPROVED
    [news] = await city.told(staff, "digest")
    assert news["code"] == await city.code_of(course)


async def test_sixty_applications_a_day_withdrawn_ones_included_and_the_next_day_more(city, clock):
    teacher, provider = await city.person(), await city.provider()
    applications = city.services.applications
    courses = [await city.course(funding=Funding.PAID, provider_id=provider) for _ in range(APPLICATIONS_A_DAY + 2)]
    for course in courses[: APPLICATIONS_A_DAY - 1]:
        receipt = await applications.apply(course, teacher)
        clock.advance(timedelta(minutes=1))
    await applications.withdraw(receipt.application.id, 1, teacher)
    last_two = courses[APPLICATIONS_A_DAY - 1 : APPLICATIONS_A_DAY + 1]
    ends = await asyncio.gather(*(applications.apply(course, teacher) for course in last_two), return_exceptions=True)
    assert [type(end) for end in ends].count(TooManyApplications) == 1
    with pytest.raises(TooManyApplications):
        await applications.apply(courses[-1], teacher)
    assert not (await applications.apply(courses[0], teacher)).is_new
    clock.advance(timedelta(hours=24))
    assert (await applications.apply(courses[-1], teacher)).is_new


async def test_a_second_tap_answers_with_the_application_that_exists(city):
    school = await city.school()
    head, teacher, course = await city.person(head_of=school), await city.person(school), await city.course()
    first = await city.services.applications.apply(course, teacher)
    again = await city.services.applications.apply(course, teacher)
    assert not again.is_new
    assert again.application.id == first.application.id
    assert await city.count(Application, user_id=teacher.id) == 1
    assert len(await city.told(head, "prompt")) == 1


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"closes_in": -1}, Obstacle.DEADLINE_PASSED),
        ({"closes_in": None, "starts_in": -1}, Obstacle.DEADLINE_PASSED),
    ],
)
async def test_a_closed_course_takes_nobody(city, columns, reason):
    school = await city.school()
    teacher, course = await city.person(school), await city.course(**columns)
    with pytest.raises(CannotApply) as refusal:
        await city.services.applications.apply(course, teacher)
    assert refusal.value.view.obstacle is reason
    assert await city.count(Application, course_id=course) == 0


async def test_without_a_school_a_budget_course_says_what_is_missing(city):
    with pytest.raises(CannotApply) as refusal:
        await city.services.applications.apply(await city.course(), await city.person())
    assert refusal.value.view.obstacle is Obstacle.SCHOOL_NEEDED


async def test_an_unpublished_course_is_as_good_as_none_but_to_those_who_applied(city):
    school = await city.school()
    stranger, course = await city.person(school), await city.course(published=False)
    with pytest.raises(NotAllowed):
        await city.services.applications.apply(course, stranger)
    with pytest.raises(NotAllowed):
        await city.services.catalogue.card(999_999, stranger)


async def test_where_no_other_approver_is_support_decides_and_the_teacher_is_told(city):
    school = await city.school()
    head = await city.person(school, head_of=school)
    support = await city.person(portal=Role.SUPPORT)
    receipt = await city.services.applications.apply(await city.course(), head)
    assert receipt.decided_by_support
    assert await city.count(Prompt, application_id=receipt.application.id, user_id=support.id) == 1
    assert await city.count(Prompt, application_id=receipt.application.id, user_id=head.id) == 0


async def test_past_the_last_seat_one_queues_and_is_told_the_place(city):
    school = await city.school()
    course = await city.course(seats=0)
    places = [(await city.services.applications.apply(course, await city.person(school))).queue_place for _ in range(3)]
    assert places == [1, 2, 3]
    assert (await city.services.catalogue.card(course, await city.person(school))).queue_place == 4


async def test_after_an_end_one_applies_again_and_the_approver_sees_the_earlier_reason(city):
    school = await city.school()
    head, teacher, course = await city.person(head_of=school), await city.person(school), await city.course()
    first = (await city.services.applications.apply(course, teacher)).application.id
    await city.services.approvals.reject(first, 1, "Нет замены", head, Screen(head.chat_id, 1))
    second = (await city.services.applications.apply(course, teacher)).application.id
    assert second != first
    assert (await city.services.approvals.look(second, head)).earlier_reason == "Нет замены"


async def test_after_completing_one_may_apply_again_with_a_warning(city):
    school = await city.school()
    teacher, course = await city.person(school), await city.course()
    done = (await city.services.applications.apply(course, teacher)).application.id
    await city.put(done, status=Status.COMPLETED, completed_on=city.today)
    assert (await city.services.catalogue.card_to_apply(course, teacher)).completed_before
    assert (await city.services.applications.apply(course, teacher)).is_new


async def test_a_withdrawn_application_goes_to_the_archive_at_once(city):
    school = await city.school()
    await city.person(head_of=school)
    teacher = await city.person(school)
    mine = (await city.services.applications.apply(await city.course(), teacher)).application.id
    view = await city.services.applications.withdraw(mine, 1, teacher)
    assert view.status is Status.WITHDRAWN
    assert [line.move for line in view.history] == [Move.APPLY, Move.WITHDRAW]
    assert (await city.services.applications.mine(0, teacher)).total == 0
    assert (await city.services.applications.archive(0, teacher)).total == 1
    assert await city.count(Prompt, application_id=mine, open=True) == 0


async def test_a_provider_hears_of_a_withdrawal_once_the_application_was_approved(city):
    provider = await city.provider()
    staff, teacher = await city.person(staff_of=provider), await city.person()
    course = await city.course(funding=Funding.PAID, provider_id=provider)
    mine = (await city.services.applications.apply(course, teacher)).application.id
    await city.services.applications.withdraw(mine, 1, teacher)
    [news] = await city.told(staff, "moved_for_staff")
    assert news["move"] == Move.WITHDRAW


@pytest.mark.parametrize("status", [Status.ENROLLED, Status.COMPLETED, Status.REJECTED, Status.WITHDRAWN])
async def test_what_is_not_waiting_or_approved_cannot_be_withdrawn(city, status):
    teacher = await city.person(await city.school())
    mine = (await city.services.applications.apply(await city.course(), teacher)).application.id
    await city.put(mine, status=status)
    with pytest.raises(CannotWithdraw) as refusal:
        await city.services.applications.withdraw(mine, 1, teacher)
    assert refusal.value.view.status is status
    assert await city.status(mine) is status


async def test_an_old_button_does_not_withdraw_what_has_moved_on(city):
    school = await city.school()
    head, teacher = await city.person(head_of=school), await city.person(school)
    mine = (await city.services.applications.apply(await city.course(), teacher)).application.id
    await city.services.approvals.approve(mine, 1, head, Screen(head.chat_id, 1))
    with pytest.raises(CannotWithdraw):
        await city.services.applications.withdraw(mine, 1, teacher)
    assert await city.status(mine) is Status.APPROVED


async def test_another_persons_application_is_as_good_as_none(city):
    school = await city.school()
    teacher, other = await city.person(school), await city.person(school)
    mine = (await city.services.applications.apply(await city.course(), teacher)).application.id
    for application in (mine, 999_999):
        with pytest.raises(NotAllowed):
            await city.services.applications.one(application, other)
        with pytest.raises(NotAllowed):
            await city.services.applications.withdraw(application, 1, other)


async def test_lists_turn_in_pages_of_seven_the_newest_first(city):
    teacher = await city.person(await city.school())
    ids = [(await city.services.applications.apply(await city.course(), teacher)).application.id for _ in range(9)]
    first, second = [await city.services.applications.mine(page, teacher) for page in (0, 1)]
    assert [line.id for line in first.lines] == ids[:1:-1]
    assert [line.id for line in second.lines] == ids[1::-1]
    assert (first.has_next, second.has_next) == (True, False)
    assert (await city.services.applications.mine(5, teacher)).number == 0


async def test_expired_are_those_whose_time_is_over_and_no_others(city, clock):
    school = await city.school()
    head, teacher = await city.person(head_of=school), await city.person(school)
    dated, undated = await city.course(starts_in=5, closes_in=3), await city.course(starts_in=None, closes_in=None)
    approved, grouped = await city.course(starts_in=5, closes_in=3), await city.course(starts_in=5, closes_in=3)
    ids = {}
    for course in (dated, undated, approved, grouped):
        ids[course] = (await city.services.applications.apply(course, teacher)).application.id
    for course in (approved, grouped):
        await city.services.approvals.approve(ids[course], 1, head, Screen(head.chat_id, 1))
    await city.group(grouped, starts_in=15)

    async def expired_after(days):
        clock.advance(timedelta(days=days))
        await city.services.expiry.expire()
        return {course for course, application in ids.items() if await city.status(application) is Status.EXPIRED}

    assert await expired_after(5) == set()
    assert await expired_after(1) == {dated}
    assert await expired_after(13) == {dated}
    assert await expired_after(1) == {dated, approved}
    assert await expired_after(9) == {dated, approved}
    assert await expired_after(1) == {dated, approved, grouped}
    assert await expired_after(1000) == {dated, approved, grouped}
    assert [news["move"] for news in await city.told(teacher, "moved")].count("expire") == 3
    assert len(await city.told(head, "digest")) == 1
