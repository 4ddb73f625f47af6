"""A cancelled course: everybody is told once, nothing is left half done, and nothing brings it back."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.tables import Application, Course, Prompt
from domain.catalogue import Funding
from domain.errors import CannotApply, CourseCancelled, DomainError, NotAllowed
from domain.person import Role
from domain.status import Status
from services.prompting import Screen
from tests.services.study import Study


@pytest.fixture
async def study(city):
    """A course of a provider with its staff."""
    return await Study.of(city)


async def operator_of(city):
    return await city.person(portal=Role.OPERATOR)


async def test_all_that_live_end_and_each_is_told(study, city):
    group = await study.group()
    teacher, enrolled = await study.enrolled(group)
    second, approved = await study.approved()
    gone, withdrawn = await study.approved()
    await city.services.applications.withdraw(withdrawn, 1, gone)
    question = await city.services.cancelling.ask(study.course, study.staff)
    assert (question.live, question.runs_it) == (2, True)
    await city.services.cancelling.cancel(study.course, study.staff)
    assert [await city.status(each) for each in (enrolled, approved, withdrawn)] == [
        Status.CANCELLED,
        Status.CANCELLED,
        Status.WITHDRAWN,
    ]
    for person in (teacher, second):
        assert (await city.told(person, "moved"))[-1]["move"] == "cancel_course"
    assert not await city.told(study.staff, "course_cancelled")
    with pytest.raises(CourseCancelled):
        await city.services.cancelling.cancel(study.course, study.staff)
    with pytest.raises(CourseCancelled):
        await study.groups.publish(study.course, study.staff, published=True)
    with pytest.raises((NotAllowed, CannotApply)):
        await city.services.applications.apply(study.course, gone)


async def test_prompts_retire_and_approvers_read_of_it_in_one_digest(city):
    study = await Study.of(city, funding=Funding.BUDGET)
    school = await city.school()
    head = await city.person(head_of=school)
    pending = [(await study.approved(await city.person(school)))[1] for _ in range(3)]
    await city.services.approvals.approve(pending[0], 1, head, Screen(head.chat_id, 1))
    await city.services.cancelling.cancel(study.course, study.staff)
    assert await city.count(Prompt, open=True) == 0
    assert [told["move"] for told in await city.told(head, "digest")] == ["cancel_course"] * 3
    assert not await city.told(head, "moved_for_staff")


async def test_an_operator_cancels_and_the_provider_is_told_once(study, city):
    colleague = await city.person(staff_of=study.provider)
    for _ in range(3):
        await study.approved()
    operator = await operator_of(city)
    assert not (await city.services.cancelling.ask(study.course, operator)).runs_it
    await city.services.cancelling.cancel(study.course, operator)
    for person in (study.staff, colleague):
        assert [told["people"] for told in await city.told(person, "course_cancelled")] == [3]
        assert not await city.told(person, "moved_for_staff")


async def test_many_end_in_bounded_batches_and_a_dead_process_leaves_nothing_behind(study, city):
    people = [await study.approved() for _ in range(60)]
    await city.services.cancelling.cancel(study.course, study.staff)
    assert await city.count(Application, course_id=study.course, status=Status.CANCELLED) == 50
    # Whoever tapped is gone; the clock's next tick carries on.
    ended = await asyncio.gather(*(city.services.cancelling.carry_on() for _ in range(3)))
    assert sum(ended) == 10
    assert await city.services.cancelling.carry_on() == 0
    for teacher, application in people:
        assert await city.history(application) == [(None, Status.APPROVED), (Status.APPROVED, Status.CANCELLED)]
        assert len(await city.told(teacher, "moved")) == 1
    last = (await city.services.histories.of(people[-1][1], study.staff)).history[-1]
    assert last.by == study.staff.full_name, "the history names who cancelled, whoever carried on"


async def test_two_cancel_while_others_apply_and_are_enrolled(study, city):
    operator = await operator_of(city)
    group = await study.group()
    waiting = [(await study.approved())[1] for _ in range(6)]
    newcomers = [await city.person() for _ in range(3)]
    outcomes = await asyncio.gather(
        *(study.enrolment.enrol(application, 1, group, study.staff) for application in waiting[:3]),
        city.services.cancelling.cancel(study.course, study.staff),
        city.services.cancelling.cancel(study.course, operator),
        *(city.services.applications.apply(study.course, person) for person in newcomers),
        return_exceptions=True,
    )
    assert all(not isinstance(outcome, Exception) or isinstance(outcome, DomainError) for outcome in outcomes)
    await city.services.cancelling.carry_on()
    for status in (Status.PENDING, Status.APPROVED, Status.ENROLLED):
        assert await city.count(Application, course_id=study.course, status=status) == 0


async def test_no_import_brings_it_back(study, city):
    await city.services.cancelling.cancel(study.course, study.staff)
    code = await city.code_of(study.course)
    head = "Шифр;Название;Организация;Финансирование;Мест\n"
    await city.services.imports.courses("c.csv", f"{head}{code};Новое название;Центр;внебюджет;5\n".encode())
    async with city.database.read() as connection:
        row = (await connection.execute(select(Course).where(Course.id == study.course))).one()
    assert (row.title, row.published) == ("Новое название", False)
    assert row.cancelled_at is not None


async def test_only_its_staff_and_operators_may(study, city):
    strangers = [await city.person(), await city.person(staff_of=await city.provider())]
    strangers.append(await city.person(portal=Role.SUPPORT))
    for stranger in strangers:
        for course in (study.course, 987_654):
            for attempt in (
                city.services.cancelling.ask(course, stranger),
                city.services.cancelling.cancel(course, stranger),
            ):
                with pytest.raises(NotAllowed):
                    await attempt
    with pytest.raises(NotAllowed):
        await city.services.cancelling.ask(987_654, await operator_of(city))


async def test_similar_courses_are_open_of_the_same_direction_and_not_ones_own(study, city):
    teacher = await city.person()
    await study.approved(teacher)

    async def course(**columns):
        return await city.course(funding=Funding.PAID, **columns)

    async with city.database.write() as tx:
        from sqlalchemy import update

        await tx.execute(
            update(Course).where(Course.id == study.course).values(direction="Науки", title="Вулканология")
        )
    late, soon = await course(direction="Науки", starts_in=40), await course(direction="Науки", starts_in=20)
    await course(direction="Науки", published=False)
    await course(direction="Науки", closes_in=-1)
    await course(direction="Музыка")
    applied = await course(direction="Науки", starts_in=5)
    await city.services.applications.apply(applied, teacher)
    found = await city.services.catalogue.instead_of(study.course, teacher.id)
    assert [line.id for line in found] == [soon, late]


async def test_without_a_direction_a_word_of_the_title_finds_them(city):
    study = await Study.of(city, title="Вулканология для начинающих")
    similar = await city.course(title="Полевая вулканология")
    await city.course(title="Ботаника")
    teacher, _ = await study.approved()
    assert [line.id for line in await city.services.catalogue.instead_of(study.course, teacher.id)] == [similar]


async def test_where_a_provider_has_no_staff_operators_are_told(city, clock):
    operator = await operator_of(city)
    provider = await city.provider()
    course = await city.course(funding=Funding.PAID, provider_id=provider)
    await city.services.applications.apply(course, await city.person())
    assert [told["move"] for told in await city.told(operator, "digest")] == ["apply_paid"]
    await city.person(staff_of=provider)
    clock.advance(timedelta(minutes=1))
    await city.services.applications.apply(course, await city.person())
    assert len(await city.told(operator, "digest")) == 1


async def test_the_place_in_line_shows_while_more_wait_than_there_are_seats(city):
    study = await Study.of(city, seats=2)
    people = [await study.approved() for _ in range(4)]
    mine = [await city.services.applications.one(application, teacher) for teacher, application in people]
    assert [view.queue_place for view in mine] == [None, None, 3, 4]
    group = await study.group()
    await study.enrolment.enrol(people[0][1], 1, group, study.staff)
    await study.enrolment.enrol(people[1][1], 1, group, study.staff)
    views = [await city.services.applications.one(application, teacher) for teacher, application in people]
    assert [(view.queue_place, view.free_seats) for view in views[2:]] == [(1, 0), (2, 0)]


async def test_a_changed_course_tells_those_approved_and_enrolled_but_not_what_their_group_has_otherwise(city):
    study = await Study.of(city, price=1000)
    code = await city.code_of(study.course)
    own_days = await study.group(starts_on=city.today + timedelta(3), venue="Онлайн")
    as_course = await study.group(starts_on=None, ends_on=None, venue=None)
    (first, _), (second, _), (third, _) = (
        await study.enrolled(own_days),
        await study.enrolled(as_course),
        await study.approved(),
    )
    head = "Шифр;Название;Организация;Финансирование;Дата начала;Место проведения;Стоимость\n"
    row = f"{code};Курс;Центр;внебюджет;05.02.2027;Ауд. 7;2000\n"
    for _ in range(2):
        await city.services.imports.courses("c.csv", f"{head}{row}".encode())
    [[for_first], [for_second], [for_third]] = [await city.told(person, "changed") for person in (first, second, third)]
    assert [change[0] for change in for_first["changes"]] == ["price"]
    assert {change[0] for change in for_second["changes"]} == {"starts_on", "ends_on", "venue", "price"}
    assert for_third["changes"] == for_second["changes"]
    assert ["price", 1000, 2000] in for_first["changes"]
    assert "calendar" in for_second
    assert "calendar" not in for_third, "nothing was ever put into this one's calendar"


async def test_the_history_is_seen_by_those_concerned_and_nobody_else(city):
    study = await Study.of(city, funding=Funding.BUDGET)
    school = await city.school()
    head, teacher = await city.person(head_of=school), await city.person(school)
    _, application = await study.approved(teacher)
    histories = city.services.histories
    with pytest.raises(NotAllowed):
        await histories.of(application, study.staff)
    await city.services.approvals.approve(application, 1, head, Screen(head.chat_id, 1))
    for person in (head, teacher, study.staff):
        assert [line.status for line in (await histories.of(application, person)).history] == [
            Status.PENDING,
            Status.APPROVED,
        ]
    for person in (await city.person(school), await city.person(head_of=await city.school())):
        for each in (application, 987_654):
            with pytest.raises(NotAllowed):
                await histories.of(each, person)
