"""Deciding, undoing, the queue: what approvers may and may not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.tables import Prompt
from domain.errors import (
    AlreadyDecided,
    NewerApplication,
    NotAllowed,
    NothingWaits,
    OwnApplication,
    SchoolBarred,
    TeacherLeft,
    TooLong,
    UndoTooLate,
)
from domain.person import Person, Role
from domain.status import Move, Status
from services.prompting import Screen


@pytest.fixture
async def office(city):
    """A school with two heads, a teacher and a waiting application."""
    return await Office.open(city)


class Office:
    """What most of these tests begin with."""

    city: Any
    approvals: Any
    school: int
    head: Person
    deputy: Person
    teacher: Person
    course: int
    application: int

    @classmethod
    async def open(cls, city):
        office = cls()
        office.city, office.approvals = city, city.services.approvals
        office.school = await city.school()
        office.head = await city.person(head_of=office.school)
        office.deputy = await city.person(head_of=office.school)
        office.teacher = await city.person(office.school)
        office.course = await city.course()
        office.application = await office.applies(office.course)
        return office

    async def applies(self, course):
        return (await self.city.services.applications.apply(course, self.teacher)).application.id

    def screen(self, person=None):
        return Screen((person or self.head).chat_id, 1)

    async def approve(self, version=1, by=None):
        return await self.approvals.approve(self.application, version, by or self.head, self.screen(by))

    async def reject(self, reason=None, version=1, by=None):
        return await self.approvals.reject(self.application, version, reason, by or self.head, self.screen(by))

    async def undo(self, version, by=None):
        return await self.approvals.undo(self.application, version, by or self.head, self.screen(by))

    async def not_ours(self, version=1):
        return await self.approvals.not_ours(self.application, version, "не наш", self.head, self.screen())

    async def status(self):
        return await self.city.status(self.application)


async def test_the_teacher_is_told_of_the_approval_and_every_copy_is_retired(office):
    view = await office.approve()
    assert (view.status, view.decided_by, view.may_undo) == (Status.APPROVED, office.head.full_name, True)
    [news] = await office.city.told(office.teacher, "moved")
    assert (news["move"], news["code"]) == (Move.APPROVE, await office.city.code_of(office.course))
    assert await office.city.count(Prompt, application_id=office.application, open=True) == 0


async def test_the_reason_of_a_rejection_reaches_the_teacher_and_stands_in_the_history(office):
    await office.reject("  Нет замены на уроки ")
    [news] = await office.city.told(office.teacher, "moved")
    assert news["reason"] == "Нет замены на уроки"
    mine = await office.city.services.applications.one(office.application, office.teacher)
    assert (mine.reason, mine.history[-1].note) == ("Нет замены на уроки", "Нет замены на уроки")


async def test_a_rejection_needs_no_reason_but_takes_none_past_five_hundred_characters(office):
    with pytest.raises(TooLong):
        await office.reject("х" * 501)
    assert await office.status() is Status.PENDING
    await office.reject(None)
    assert await office.status() is Status.REJECTED


async def test_a_tap_on_an_old_button_shows_who_was_first(office):
    await office.approve(by=office.deputy)
    with pytest.raises(AlreadyDecided) as refusal:
        await office.reject("Поздно")
    assert (refusal.value.view.status, refusal.value.view.decided_by) == (Status.APPROVED, office.deputy.full_name)
    assert await office.status() is Status.APPROVED


async def test_strangers_teachers_and_heads_of_other_schools_get_one_and_the_same_answer(office):
    city = office.city
    elsewhere = await city.person(head_of=await city.school())
    support = await city.person(portal=Role.SUPPORT)
    operator = await city.person(portal=Role.OPERATOR)
    former = await city.person(head_of=office.school, until=city.today - timedelta(1))
    for person in (elsewhere, support, operator, former, office.teacher):
        for application in (office.application, 999_999):
            with pytest.raises(NotAllowed):
                await office.approvals.approve(application, 1, person, office.screen(person))
            with pytest.raises(NotAllowed):
                await office.approvals.look(application, person)
            with pytest.raises(NotAllowed):
                await office.approvals.not_ours(application, 1, "", person, office.screen(person))
    assert await office.status() is Status.PENDING


async def test_a_deputy_decides_through_the_last_day_of_the_term(office):
    deputy = await office.city.person(head_of=office.school, until=office.city.today)
    await office.approve(by=deputy)
    assert await office.status() is Status.APPROVED


async def test_nobody_decides_on_their_own_application(office):
    city = office.city
    own = (await city.services.applications.apply(office.course, await _at(office, office.head))).application.id
    with pytest.raises(OwnApplication):
        await office.approvals.approve(own, 1, office.head, office.screen())
    assert (await office.approvals.queue(office.head)).total == 1


async def _at(office, person):
    await office.city.services.profiles.choose_school(office.school, person)
    return await office.city.again(person)


async def test_an_approval_can_be_taken_back_at_any_time_before_enrolment_by_any_approver(office, clock):
    await office.approve()
    clock.advance(timedelta(days=3))
    assert not (await office.approvals.look(office.application, office.head)).may_undo
    assert (await office.approvals.approved(0, office.deputy)).total == 1
    view = await office.undo(2, by=office.deputy)
    assert view.status is Status.PENDING
    for approver in (office.head, office.deputy):
        assert await office.city.count(Prompt, application_id=office.application, user_id=approver.id, open=True) >= 1
    assert [news["move"] for news in await office.city.told(office.teacher, "moved")] == ["approve", "take_back"]


async def test_an_enrolled_application_is_out_of_the_approvers_hands(office):
    await office.approve()
    await office.city.put(office.application, status=Status.ENROLLED, version=3)
    for version in (2, 3):
        with pytest.raises(AlreadyDecided):
            await office.undo(version)
    assert await office.status() is Status.ENROLLED


async def test_a_rejection_is_taken_back_within_five_minutes_by_the_one_who_rejected(office, clock):
    await office.reject("Ошибка")
    clock.advance(timedelta(minutes=4, seconds=50))
    with pytest.raises(UndoTooLate):
        await office.undo(2, by=office.deputy)
    view = await office.undo(2)
    assert (view.status, view.reason) == (Status.PENDING, None)
    assert await office.city.history(office.application) == [
        (None, Status.PENDING),
        (Status.PENDING, Status.REJECTED),
        (Status.REJECTED, Status.PENDING),
    ]


async def test_after_five_minutes_the_rejection_stays(office, clock):
    await office.reject()
    clock.advance(timedelta(minutes=5, seconds=1))
    with pytest.raises(UndoTooLate) as refusal:
        await office.undo(2)
    assert refusal.value.view.status is Status.REJECTED


async def test_a_rejection_stays_once_the_teacher_has_applied_again(office):
    await office.reject()
    await office.applies(office.course)
    with pytest.raises(NewerApplication):
        await office.undo(2)
    assert await office.status() is Status.REJECTED


async def test_not_ours_rejects_all_that_waits_at_the_school_and_clears_it_from_the_profile(office):
    other = await office.applies(await office.city.course())
    report = await office.not_ours()
    assert (report.rejected, report.barred) == (2, False)
    assert await office.city.status(other) is Status.REJECTED
    assert (await office.city.again(office.teacher)).school_id is None
    assert await office.city.told(office.teacher, "moved") == []
    [news] = await office.city.told(office.teacher, "not_ours")
    assert len(news["codes"]) == 2
    with pytest.raises(TeacherLeft):
        await office.undo(2)


async def test_the_third_not_ours_bars_the_school_for_that_person(office):
    for attempt in range(3):
        report = await office.not_ours()
        assert report.barred is (attempt == 2)
        if attempt < 2:
            await office.city.services.profiles.choose_school(office.school, office.teacher)
            office.application = await office.applies(office.course)
    with pytest.raises(SchoolBarred):
        await office.city.services.profiles.choose_school(office.school, office.teacher)
    await office.city.services.profiles.choose_school(await office.city.school(), office.teacher)


async def test_the_queue_counts_and_opens_in_order_of_arrival(office):
    second = await office.applies(await office.city.course())
    queue = await office.approvals.queue(office.head)
    assert (queue.total, [line.id for line in queue.first]) == (2, [office.application, second])
    opened = await office.approvals.open_next(0, office.head, office.screen())
    assert (opened.id, opened.waiting) == (office.application, 1)
    assert (await office.approvals.open_next(opened.id, office.head, office.screen())).id == second
    assert (await office.approvals.open_next(second, office.head, office.screen())).id == office.application


async def test_an_empty_queue_says_so_and_is_closed_to_others(office):
    await office.approve()
    assert (await office.approvals.queue(office.head)).total == 0
    with pytest.raises(NothingWaits):
        await office.approvals.open_next(0, office.head, office.screen())
    with pytest.raises(NotAllowed):
        await office.approvals.queue(office.teacher)


async def test_approve_all_takes_what_was_shown_reports_what_was_skipped_and_leaves_what_came_later(office):
    second = await office.applies(await office.city.course())
    shown = await office.approvals.queue(office.head)
    since = datetime.fromtimestamp(shown.counted_at, UTC)
    await office.approvals.reject(second, 1, None, office.deputy, office.screen(office.deputy))
    later = await office.applies(await office.city.course())
    report = await office.approvals.approve_all(shown.up_to, since, office.head)
    assert (report.approved, report.left) == (1, 1)
    assert [(skip.teacher, skip.status) for skip in report.skipped] == [(office.teacher.full_name, Status.REJECTED)]
    assert await office.city.status(later) is Status.PENDING


async def test_the_prompt_shows_hours_of_three_years_and_clashing_dates(office):
    city = office.city
    for years_ago, hours in ((1, 72), (2, 36), (4, 500)):
        await city.completed(office.teacher, days_ago=366 * years_ago, hours=hours)
    clashing, apart = await city.course(starts_in=35), await city.course(starts_in=200)
    await office.applies(clashing)
    await office.applies(apart)
    view = await office.approvals.look(office.application, office.head)
    assert view.completed_hours == 108
    assert [clash.code for clash in view.clashes] == [await city.code_of(clashing)]


async def test_whoever_becomes_an_approver_gets_the_prompts_that_wait_and_supports_are_retired(city):
    support = await city.person(portal=Role.SUPPORT)
    school = await city.school(name="Лицей «Ветер»")
    teacher = await city.person(school)
    mine = (await city.services.applications.apply(await city.course(), teacher)).application.id
    assert await city.count(Prompt, application_id=mine, user_id=support.id, open=True) == 1
    head = await city.person()
    token = await city.services.invitations.invite(Role.HEAD, school="лицей ветер")
    await city.services.people.accept_invitation(token, head)
    assert await city.count(Prompt, application_id=mine, user_id=head.id, open=True) == 1
    assert await city.count(Prompt, application_id=mine, user_id=support.id, open=True) == 0


async def test_a_teacher_who_changes_school_takes_the_waiting_along_and_the_approved_wait_again(office):
    city = office.city
    approved = await office.applies(await city.course())
    await office.approvals.approve(approved, 1, office.head, office.screen())
    school = await city.school()
    new_head = await city.person(head_of=school)
    chosen = await city.services.profiles.choose_school(school, office.teacher)
    assert (chosen.moved, chosen.returned) == (1, 1)
    assert (await city.services.approvals.queue(new_head)).total == 2
    assert (await city.services.approvals.queue(office.head)).total == 0
    with pytest.raises(NotAllowed):
        await office.approve(version=2)
    assert await city.count(Prompt, application_id=office.application, user_id=office.head.id, open=True) == 0
