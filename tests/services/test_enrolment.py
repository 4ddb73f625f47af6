"""Into a group, into another, out of it: seats hold in every race, and each is told."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.tables import Application, ApplicationEvent
from domain.errors import DomainError, GroupClosed, MovedOn, NobodyChosen, NoSeats, NotAllowed, TooLong
from domain.status import Status
from tests.services.study import Study


@pytest.fixture
async def study(city):
    """A course of a provider with its staff."""
    return await Study.of(city)


async def together(*calls):
    """All at once: what they returned or raised."""
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, DomainError):
            raise outcome
    return outcomes


async def test_enrolled_and_told_with_the_groups_dates_and_place(study, city):
    group = await study.group(venue="Онлайн")
    teacher, application = await study.enrolled(group)
    assert await city.status(application) is Status.ENROLLED
    [told] = await city.told(teacher, "moved")
    line = (await study.groups.group(group, 0, study.staff)).group
    assert (told["move"], told["group"], told["venue"]) == ("enrol", "1", "Онлайн")
    assert told["starts_on"] == line.starts_on.isoformat()
    assert (line.enrolled, line.fits) == (1, 29)


async def test_approvers_hear_of_it_in_their_digest(city):
    study = await Study.of(city, funding="budget")
    school = await city.school()
    head = await city.person(head_of=school)
    teacher = await city.person(school)
    _, application = await study.approved(teacher)
    with pytest.raises(NotAllowed):
        await study.enrolment.applicant(application, study.staff)  # it has not come as far as the provider
    from services.prompting import Screen

    await city.services.approvals.approve(application, 1, head, Screen(head.chat_id, 1))
    await study.enrolment.enrol(application, 2, await study.group(), study.staff)
    assert [told["move"] for told in await city.told(head, "digest")] == ["enrol"]


async def test_fifty_at_once_into_thirty_seats_are_thirty(study, city):
    """The group's seats bound the first half, the course's the second: together they take thirty."""
    groups = [await study.group(seats=20), await study.group(seats=20)]
    waiting = [(await study.approved())[1] for _ in range(50)]
    outcomes = await together(
        *(
            study.enrolment.enrol(application, 1, groups[index % 2], study.staff)
            for index, application in enumerate(waiting)
        )
    )
    assert sum(isinstance(outcome, NoSeats) for outcome in outcomes) == 20
    assert await city.count(Application, course_id=study.course, status=Status.ENROLLED) == 30
    for group in groups:
        assert await city.count(Application, group_id=group) <= 20


async def test_a_groups_own_seats_hold_in_a_race_too(study, city):
    group = await study.group(seats=3)
    waiting = [(await study.approved())[1] for _ in range(8)]
    await together(*(study.enrolment.enrol(application, 1, group, study.staff) for application in waiting))
    assert await city.count(Application, group_id=group, status=Status.ENROLLED) == 3


async def test_all_who_fit_in_order_of_arrival(study, city):
    group = await study.group(seats=4)
    waiting = [(await study.approved())[1] for _ in range(7)]
    offer = await study.enrolment.offer(group, study.staff)
    assert (offer.count, offer.waiting, offer.up_to) == (4, 7, waiting[3])
    report = await study.enrolment.enrol_all(group, offer.up_to, study.staff)
    assert (report.enrolled, report.left_out, report.waiting) == (4, (), 3)
    assert [await city.status(application) for application in waiting] == [Status.ENROLLED] * 4 + [Status.APPROVED] * 3


async def test_several_at_once_name_those_left_out(study, city):
    group = await study.group(seats=2)
    people = [await study.approved() for _ in range(4)]
    await city.services.applications.withdraw(people[0][1], 1, people[0][0])
    report = await study.enrolment.enrol_many(group, [application for _, application in people], study.staff)
    assert report.enrolled == 2
    assert [(left.teacher, left.status) for left in report.left_out] == [
        (people[0][0].full_name, Status.WITHDRAWN),
        (people[3][0].full_name, Status.APPROVED),
    ]
    with pytest.raises(NobodyChosen):
        await study.enrolment.enrol_many(group, [], study.staff)


async def test_the_same_offer_tapped_twice_in_one_instant_enrols_each_once(study, city):
    group = await study.group()
    people = [await study.approved() for _ in range(6)]
    offer = await study.enrolment.offer(group, study.staff)
    await together(*(study.enrolment.enrol_all(group, offer.up_to, study.staff) for _ in range(3)))
    for teacher, application in people:
        assert await city.history(application) == [(None, Status.APPROVED), (Status.APPROVED, Status.ENROLLED)]
        assert len(await city.told(teacher, "moved")) == 1


async def test_two_providers_move_the_same_person(study, city):
    colleague = await city.person(staff_of=study.provider)
    groups = [await study.group() for _ in range(3)]
    for _ in range(5):
        teacher, application = await study.enrolled(groups[0])
        outcomes = await together(
            study.enrolment.change_group(application, 2, groups[1], study.staff),
            study.enrolment.change_group(application, 2, groups[2], colleague),
        )
        [lost] = [outcome for outcome in outcomes if isinstance(outcome, MovedOn)]
        group = await city.one(select(Application.group_id).where(Application.id == application))
        assert lost.view.group_id == group
        assert group in groups[1:]
        assert [told["move"] for told in await city.told(teacher, "moved")] == ["enrol", "change_group"]


async def test_moving_needs_a_seat_in_the_other_group_but_none_of_the_course(city):
    study = await Study.of(city, seats=2)
    first, second = await study.group(seats=2), await study.group(seats=1)
    (teacher, application), (_, other) = await study.enrolled(first), await study.enrolled(first)
    view = await study.enrolment.applicant(application, study.staff)
    assert [group.id for group in view.groups] == [second], "the course is full, the move is possible"
    moved = await study.enrolment.change_group(application, 2, second, study.staff)
    assert moved.group_number == "2"
    [told] = (await city.told(teacher, "moved"))[1:]
    assert (told["earlier_group"], told["group"]) == ("1", "2")
    with pytest.raises(NoSeats):
        await study.enrolment.change_group(other, 2, second, study.staff)


async def test_into_a_closed_group_or_anothers_course_nobody_goes(study, city):
    group = await study.group()
    foreign = await Study.of(city)
    _, application = await study.approved()
    _, elsewhere = await foreign.approved()
    with pytest.raises(NotAllowed):
        await study.enrolment.enrol(elsewhere, 1, group, study.staff)
    with pytest.raises(NotAllowed):
        await study.enrolment.enrol_many(group, [application, elsewhere], study.staff)
    assert await city.status(application) is Status.APPROVED, "all or nothing where a button was forged"
    await study.groups.close(group, study.staff, closed=True)
    with pytest.raises(GroupClosed):
        await study.enrolment.enrol(application, 1, group, study.staff)


async def test_a_mistaken_enrolment_goes_back_into_its_place_in_line(study, city):
    group = await study.group()
    teacher, application = await study.enrolled(group)
    await study.approved()
    view = await study.enrolment.undo(application, 2, "Не та группа", study.staff)
    assert (view.status, view.group_id, view.place) == (Status.APPROVED, None, 1)
    told = (await city.told(teacher, "moved"))[-1]
    assert (told["move"], told["reason"]) == ("undo_enrolment", "Не та группа")


async def test_unenrolled_with_a_reason_frees_the_seat(study, city):
    group = await study.group(seats=1)
    teacher, application = await study.enrolled(group)
    _, next_one = await study.approved()
    assert (await study.groups.desk(study.course, study.staff)).open_groups == ()
    with pytest.raises(TooLong):
        await study.enrolment.unenrol(application, 2, "х" * 501, study.staff)
    await study.enrolment.unenrol(application, 2, "Не посещает", study.staff)
    assert await city.status(application) is Status.UNENROLLED
    assert (await city.told(teacher, "moved"))[-1]["reason"] == "Не посещает"
    desk = await study.groups.desk(study.course, study.staff)
    assert desk.next_in_line.id == next_one
    note = select(ApplicationEvent.note).where(ApplicationEvent.application_id == application)
    assert await city.one(note.order_by(ApplicationEvent.id.desc()).limit(1)) == "Не посещает"


async def test_old_buttons_change_nothing(study, city):
    group = await study.group()
    _, application = await study.enrolled(group)
    for attempt in (
        study.enrolment.enrol(application, 1, group, study.staff),
        study.enrolment.enrol(application, 2, group, study.staff),
        study.enrolment.change_group(application, 2, group, study.staff),
        study.enrolment.undo(application, 1, "Нет", study.staff),
        study.enrolment.unenrol(application, 1, "Нет", study.staff),
        study.enrolment.to_end(application, 1, study.staff),
    ):
        with pytest.raises(MovedOn):
            await attempt
    assert await study.version(application) == 2


async def test_foreign_and_missing_are_refused_alike(study, city):
    group = await study.group()
    _, waiting = await study.approved()
    _, enrolled = await study.enrolled(group)
    stranger = await city.person(staff_of=await city.provider())
    for application, group_id, course in ((waiting, group, study.course), (987_654, 987_654, 987_654)):
        for attempt in (
            study.enrolment.waiting(course, 0, stranger),
            study.enrolment.applicant(application, stranger),
            study.enrolment.enrol(application, 1, group_id, stranger),
            study.enrolment.enrol_many(group_id, [application], stranger),
            study.enrolment.offer(group_id, stranger),
            study.enrolment.enrol_all(group_id, application, stranger),
            study.enrolment.undo(application, 1, "Нет", stranger),
            study.enrolment.unenrol(application, 1, "Нет", stranger),
        ):
            with pytest.raises(NotAllowed):
                await attempt
    assert await city.status(enrolled) is Status.ENROLLED
    assert await city.status(waiting) is Status.APPROVED


async def test_dates_of_a_group_take_the_place_of_the_courses(study):
    start = study.city.today + timedelta(5)
    group = await study.group(starts_on=start, ends_on=None, venue=None)
    line = (await study.groups.group(group, 0, study.staff)).group
    assert (line.starts_on, line.ends_on, line.venue) == (start, None, "Аудитория 5")
