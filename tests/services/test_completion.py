"""«Закончили обучение»: when it may be said, of whom, and what the record book keeps of it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.tables import Application, Record
from domain.errors import DocumentNumbers, GroupGoesOn, MovedOn, NobodyChosen, NobodyInGroup, NotAllowed, OwnApplication
from domain.groups import document_numbers
from domain.status import Status
from services.group_views import CompletionReport
from tests.services.study import Study


@pytest.fixture
async def study(city):
    """A course of a provider with its staff."""
    return await Study.of(city)


async def ended(study, clock, people=3):
    """A group whose last day was yesterday, and its people's applications."""
    last_day = study.city.today
    group = await study.group(starts_on=last_day - timedelta(9), ends_on=last_day)
    enrolled = [await study.enrolled(group) for _ in range(people)]
    clock.advance(timedelta(days=1))
    return group, enrolled


async def records(city):
    async with city.database.read() as connection:
        return (await connection.execute(select(Record).order_by(Record.id))).all()


async def test_all_but_those_ticked_off_with_their_documents(study, city, clock):
    group, people = await ended(study, clock)
    roll = await study.completion.roll(group, study.staff)
    chosen = [application for _, application in people[:2]]
    by_name = [member.id for member in roll.members if member.id in chosen]
    given = city.today
    report = await study.completion.complete(group, chosen, ["А-1", "А-2"], given, study.staff)
    assert (report.completed, report.left_out, report.group.enrolled) == (2, (), 1)
    assert await city.status(people[2][1]) is Status.ENROLLED
    assert {row.application_id: row.document_number for row in await records(city)} == dict(
        zip(by_name, ["А-1", "А-2"], strict=True)
    )
    for row in await records(city):
        assert (row.completed_on, row.document_date) == (given - timedelta(1), given)
    completed_on = select(Application.completed_on).where(Application.id == chosen[0])
    assert await city.one(completed_on) == given - timedelta(1)
    told = (await city.told(people[0][0], "moved"))[-1]
    assert (told["move"], told["document"]) == ("complete", "А-1" if by_name[0] == chosen[0] else "А-2")


async def test_completed_twice_in_one_instant_is_one_record_each(study, city, clock):
    colleague = await city.person(staff_of=study.provider)
    group, people = await ended(study, clock, people=4)
    chosen = [application for _, application in people]
    reports = await asyncio.gather(
        *(study.completion.complete(group, chosen, ["1"], None, by) for by in (study.staff, colleague, study.staff)),
        return_exceptions=True,
    )
    assert all(isinstance(report, CompletionReport | NobodyInGroup) for report in reports)
    assert sum(report.completed for report in reports if isinstance(report, CompletionReport)) == 4
    assert await city.count(Record) == 4
    for teacher, application in people:
        assert (await city.history(application))[-1] == (Status.ENROLLED, Status.COMPLETED)
        assert len(await city.history(application)) == 3
        assert [told["move"] for told in await city.told(teacher, "moved")] == ["enrol", "complete"]


async def test_not_before_the_group_has_ended(study, clock):
    last_day = study.city.today
    group = await study.group(starts_on=last_day, ends_on=last_day)
    _, application = await study.enrolled(group)
    for attempt in (
        study.completion.roll(group, study.staff),
        study.completion.complete(group, [application], (), None, study.staff),
    ):
        with pytest.raises(GroupGoesOn):
            await attempt
    assert not (await study.enrolment.applicant(application, study.staff)).may_complete
    clock.advance(timedelta(days=1))
    assert (await study.enrolment.applicant(application, study.staff)).may_complete
    assert (await study.completion.roll(group, study.staff)).group.ended


async def test_a_group_without_days_may_have_ended(city):
    study = await Study.of(city, starts_in=None, closes_in=None)
    group = await study.group()
    _, application = await study.enrolled(group)
    assert (await study.completion.roll(group, study.staff)).group.ended is None
    await study.completion.complete(group, [application], (), None, study.staff)
    [record] = await records(city)
    assert (record.completed_on, record.document_number) == (city.today, None)


async def test_nobody_of_another_group_and_nobody_at_all(study, city, clock):
    group, [(_, application)] = await ended(study, clock, people=1)
    other = await study.group(starts_on=None, ends_on=None)
    _, elsewhere = await study.enrolled(other)
    for chosen in ([], [elsewhere], [987_654]):
        with pytest.raises(NobodyChosen):
            await study.completion.complete(group, chosen, (), None, study.staff)
    await study.completion.complete(group, [application, elsewhere], (), None, study.staff)
    assert await city.status(elsewhere) is Status.ENROLLED
    with pytest.raises(NobodyInGroup):
        await study.completion.roll(group, study.staff)
    with pytest.raises(MovedOn):
        await study.enrolment.unenrol(application, 3, "Нет", study.staff)


async def test_numbers_for_each_are_not_mixed_up_when_somebody_has_left(study, city, clock):
    group, people = await ended(study, clock, people=3)
    chosen = [application for _, application in people]
    await study.enrolment.unenrol(chosen[0], 2, "Не посещал", study.staff)
    with pytest.raises(DocumentNumbers):
        await study.completion.complete(group, chosen, ["1", "2", "3"], None, study.staff)
    assert await city.count(Record) == 0


async def test_completed_while_the_course_is_cancelled(study, city, clock):
    group, people = await ended(study, clock, people=4)
    chosen = [application for _, application in people]
    await asyncio.gather(
        study.completion.complete(group, chosen, (), None, study.staff),
        city.services.cancelling.cancel(study.course, study.staff),
        return_exceptions=True,
    )
    ends = {await city.status(application) for application in chosen}
    assert ends in ({Status.COMPLETED}, {Status.CANCELLED})
    assert await city.count(Record) == (4 if ends == {Status.COMPLETED} else 0)


async def test_nobody_runs_their_own_application(study, city, clock):
    colleague = await city.person(staff_of=study.provider)
    last_day = city.today
    group = await study.group(starts_on=last_day, ends_on=last_day)
    _, application = await study.approved(study.staff)
    with pytest.raises(OwnApplication):
        await study.enrolment.enrol(application, 1, group, study.staff)
    report = await study.enrolment.enrol_many(group, [application], study.staff)
    assert [(left.teacher, left.own) for left in report.left_out] == [(study.staff.full_name, True)]
    await study.enrolment.enrol(application, 1, group, colleague)
    clock.advance(timedelta(days=1))
    done = await study.completion.complete(group, [application], (), None, study.staff)
    assert (done.completed, [left.own for left in done.left_out]) == (0, [True])
    for attempt in (study.enrolment.undo, study.enrolment.unenrol):
        with pytest.raises(OwnApplication):
            await attempt(application, 2, "Нет", study.staff)
    assert (await study.completion.complete(group, [application], (), None, colleague)).completed == 1


async def test_foreign_and_missing_are_refused_alike(study, city, clock):
    group, [(_, application)] = await ended(study, clock, people=1)
    stranger = await city.person(staff_of=await city.provider())
    for group_id in (group, 987_654):
        for attempt in (
            study.completion.roll(group_id, stranger),
            study.completion.complete(group_id, [application], (), None, stranger),
            city.services.circulars.audience(group_id, stranger),
            city.services.circulars.send(group_id, "Привет", stranger),
        ):
            with pytest.raises(NotAllowed):
                await attempt
    assert await city.status(application) is Status.ENROLLED


def test_one_number_for_all_or_one_for_each():
    assert document_numbers(" 17 ", 25) == ("17",)
    assert document_numbers("1\n\n2\n3", 3) == ("1", "2", "3")
    with pytest.raises(DocumentNumbers):
        document_numbers("1\n2", 3)


async def test_a_message_reaches_the_group_once_and_waits_for_the_morning(study, city, clock):
    group = await study.group()
    (teacher, _), (second, _) = await study.enrolled(group), await study.enrolled(group)
    waiting, _ = await study.approved()
    for parcel in await city.services.outbox.claim():
        await city.services.outbox.sent(parcel.ids)
    clock.advance(timedelta(hours=11))  # eleven in the evening
    sent = await city.services.circulars.send(group, "Возьмите тетради", study.staff)
    assert sent.people == 2
    assert not [parcel for parcel in await city.services.outbox.claim() if parcel.kind == "circular"]
    clock.advance(timedelta(hours=9, minutes=1))
    parcels = [parcel for parcel in await city.services.outbox.claim() if parcel.kind == "circular"]
    assert {parcel.user_id for parcel in parcels} == {teacher.id, second.id}
    assert not await city.told(waiting, "circular")
