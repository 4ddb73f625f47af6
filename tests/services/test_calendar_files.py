"""What calendars show follows the application: in with enrolment, on with every change, out on every way out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from db import applications
from db.tables import Application, Course, Group
from domain.status import Move, Status
from services.calendar_files import changed_entries, entry_in
from services.moves import MOVED, LostRace, Moving, move


@pytest.fixture
def moves(city):
    """Moves an application: the calendar entry that its teacher was told of, or None."""

    async def moved(teacher, application_id, made, **values):
        await city.moves(application_id, made, **values)
        return entry_in((await city.told(teacher, MOVED))[-1])

    return moved


@pytest.fixture
async def enrolled(city, moves):
    """Somebody enrolled in group 1 of a course: teacher, application, course, the first entry."""

    async def enrol(*, group_starts_in=33, **course):
        teacher = await city.person(await city.school())
        course_id = await city.course(**course)
        application_id = (await city.services.applications.apply(course_id, teacher)).application.id
        await moves(teacher, application_id, Move.APPROVE)
        group = await city.group(course_id, "1", starts_in=group_starts_in)
        return teacher, application_id, course_id, await moves(teacher, application_id, Move.ENROL, group_id=group)

    return enrol


async def test_enrolment_brings_the_groups_days_and_a_decision_brings_no_file(city, moves, enrolled):
    teacher, _, course_id, entry = await enrolled(venue="Школьная, 5", title="Вулканы")
    told = await city.told(teacher, MOVED)
    assert [entry_in(payload) is None for payload in told] == [True, False]
    assert (entry.sequence, entry.cancelled) == (1, False)
    assert entry.starts_on == entry.ends_on == city.today + timedelta(33), "the group's, which has no last day"
    assert (entry.code, entry.title, entry.venue) == (await city.code_of(course_id), "Вулканы", "Школьная, 5")
    assert entry.group_number == "1"


async def test_without_days_of_its_own_a_group_has_its_courses(city, enrolled):
    _, _, _, entry = await enrolled(group_starts_in=None)
    assert (entry.starts_on, entry.ends_on) == (city.today + timedelta(30), city.today + timedelta(40))


async def test_another_group_is_the_same_event_anew(city, moves, enrolled):
    teacher, application_id, course_id, first = await enrolled()
    group = await city.group(course_id, "2", starts_in=50)
    second = await moves(teacher, application_id, Move.CHANGE_GROUP, group_id=group)
    assert (second.uid, second.sequence, second.group_number) == (first.uid, 2, "2")
    assert second.starts_on == city.today + timedelta(50)


@pytest.mark.parametrize(
    ("way_out", "values"),
    [
        (Move.UNDO_ENROLMENT, {"group_id": None}),
        (Move.UNENROL, {}),
        (Move.WITHDRAW_ENROLLED, {}),
        (Move.CANCEL_COURSE, {}),
    ],
)
async def test_every_way_out_takes_the_event_out_on_the_days_it_had(moves, enrolled, way_out, values):
    teacher, application_id, _, first = await enrolled()
    last = await moves(teacher, application_id, way_out, **values)
    assert last == replace(first, sequence=2, cancelled=True, stamp=last.stamp)


async def test_enrolled_once_more_the_event_comes_back(city, moves, enrolled):
    teacher, application_id, _, first = await enrolled()
    await moves(teacher, application_id, Move.UNDO_ENROLMENT)
    again = await moves(teacher, application_id, Move.ENROL)
    assert (again.uid, again.sequence, again.cancelled) == (first.uid, 3, False)


async def test_a_good_end_leaves_the_calendar_alone(moves, enrolled):
    teacher, application_id, _, _ = await enrolled()
    assert await moves(teacher, application_id, Move.COMPLETE) is None


async def test_a_course_without_days_sends_no_file_in_or_out(city, moves, enrolled):
    teacher, application_id, _, entry = await enrolled(starts_in=None, group_starts_in=None)
    assert entry is None
    assert await moves(teacher, application_id, Move.UNENROL) is None
    assert await city.count(Application, id=application_id, calendar_sequence=0) == 1


async def test_a_change_of_the_course_renews_the_files_of_those_enrolled(city, services, enrolled):
    _, first, _, entry = await enrolled()
    _, dateless, other, _ = await enrolled(starts_in=None, group_starts_in=None)
    applied = await city.services.applications.apply(other, await city.person(await city.school()))
    async with city.database.write() as tx:
        await tx.execute(update(Group).values(venue="каб. 7"))
        renewed = await changed_entries(tx, [first, dateless, applied.application.id], services.calendar.now())
    assert list(renewed) == [first]
    assert renewed[first] == replace(entry, sequence=2, venue="каб. 7", stamp=renewed[first].stamp)
    async with city.database.write() as tx:
        await tx.execute(update(Group).values(starts_on=None))
        await tx.execute(update(Course).where(Course.id != other).values(starts_on=None, ends_on=None))
        renewed = await changed_entries(tx, [first, dateless], services.calendar.now())
    assert (renewed[first].sequence, renewed[first].cancelled) == (3, True), "without days it cannot stand there"
    assert await city.count(Application, id=first, calendar_sequence=3) == 1


async def test_a_lost_race_leaves_the_sequence_alone(city, services, enrolled):
    _, application_id, _, _ = await enrolled()
    async with city.database.write() as tx:
        facts = await applications.facts(tx, application_id, 0, city.today)
        assert facts is not None
        assert facts.status is Status.ENROLLED
        await tx.execute(update(Application).values(version=Application.version + 1))
    with pytest.raises(LostRace):
        async with city.database.write() as tx:
            await move(tx, facts, Moving(Move.UNENROL, None), services.calendar)
    assert await city.count(Application, id=application_id, calendar_sequence=1) == 1
