"""A provider's spreadsheet: out with the applicants, back with groups and completions, all of it or nothing."""

import asyncio
import io
import zipfile
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select

from db.tables import Application, ApplicationEvent, Group, Notification, ProviderStaff, Record
from domain.catalogue import NoHeader, Problem
from domain.enrolment_files import AT_ONCE, Applicant, Asked, GroupState, plan_enrolments
from domain.errors import CourseCancelled, NotAllowed, TooManyRows, UploadSettled
from domain.status import Move, Status
from domain.uploads import Kind
from services.tables import read_tables
from services.uploads import Sent
from tests.files import csv_file, xlsx
from tests.services.study import Study
from texts.enrolment_files import applicants

MOSCOW = ZoneInfo("Europe/Moscow")
GROUPS = ["№ заявки", "Группа"]
DONE = ["№ заявки", "Закончил(а)", "Номер документа", "Дата документа"]


@pytest.fixture
async def study(city):
    return await Study.of(city)


async def check(study, kind, rows, by=None):
    sent = Sent("файл.xlsx", "file-id", kind, study.course)
    return await study.city.services.uploads.check(sent, xlsx(rows), by or study.staff)


async def load(study, view, rows, by=None, *, skip_invalid=False):
    uploads = study.city.services.uploads
    return await uploads.load(view.id, xlsx(rows), by or study.staff, skip_invalid=skip_invalid)


async def bring(study, kind, rows, **options):
    view = await check(study, kind, rows)
    return (await load(study, view, rows, **options)).report


def problems(report):
    return [(fault.row, fault.problem) for fault in report.faults]


async def group_of(city, application):
    return await city.one(select(Application.group_id).where(Application.id == application))


async def count_moves(city, application, move):
    moves = select(func.count()).select_from(ApplicationEvent)
    moves = moves.where(ApplicationEvent.application_id == application, ApplicationEvent.move == move)
    return await city.one(moves)


def cells(content):
    return [row for _, row in next(iter(read_tables("file.xlsx", content)))]


async def test_the_export_has_what_a_provider_may_see_and_nothing_that_a_program_evaluates(study, city, services):
    evil = await city.person(await city.school('=HYPERLINK("http://example.org")'), name="Петров Пётр")
    await study.approved(evil)
    group = await study.group()
    person, application = await study.enrolled(group)
    view = await services.enrolment_files.applicants(study.course, study.staff)
    name, content = await applicants(view, city.today, MOSCOW)
    rows = cells(content)
    assert name.startswith("Заявки ТСТ-")
    assert rows[0][:3] == ["№ заявки", "Фамилия, имя, отчество", "Должность"]
    assert rows[1][3] == '=HYPERLINK("http://example.org")'
    assert (rows[2][0], rows[2][1], rows[2][6]) == (application, person.full_name, "1")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = {member: archive.read(member).decode() for member in archive.namelist() if member.endswith(".xml")}
    assert not any("<f>" in page or "<f " in page for page in xml.values())
    assert "example.org</t>" not in "".join(xml.values())  # no address
    with pytest.raises(NotAllowed):
        await services.enrolment_files.applicants(study.course, await city.person(staff_of=await city.provider()))


async def test_the_exported_file_comes_back_with_groups_and_enrols(study, city, services):
    first, second = await study.group(), await study.group(number="2")
    _, one = await study.approved()
    _, two = await study.approved()
    _, there = await study.enrolled(first)
    view = await services.enrolment_files.applicants(study.course, study.staff)
    _, content = await applicants(view, city.today, MOSCOW)
    rows = cells(content)
    by_id = {row[0]: row for row in rows[1:]}
    by_id[one] += [None] * (7 - len(by_id[one]))
    by_id[one][6] = "2"
    by_id[there][6] = 2
    report = await bring(study, Kind.ENROLMENTS, rows)
    assert (report.new, report.changed, report.unchanged, report.written) == (1, 1, 0, True)
    assert [await group_of(city, application) for application in (one, two, there)] == [second, None, second]
    assert await count_moves(city, one, Move.ENROL) == 1
    assert await count_moves(city, there, Move.CHANGE_GROUP) == 1
    again = await check(study, Kind.ENROLMENTS, rows)
    assert (again.report.new, again.report.unchanged) == (0, 2)


async def test_every_wrong_row_is_named_and_holds_all_back(study, city):
    group = await study.group()
    closed = await study.group(number="2")
    await study.groups.close(closed, study.staff, closed=True)
    _, good = await study.approved()
    _, late = await study.approved()
    _, withdrawn = await study.approved()
    person = await city.person()
    elsewhere = await Study.of(city)
    _, foreign = await elsewhere.approved(person)
    await city.put(withdrawn, status=Status.WITHDRAWN)
    rows = [
        [*GROUPS, "ФИО"],
        [good, "1", None],
        [foreign, "1", None],
        [9_999_999, "1", None],
        [late, "7", None],
        [late, "2", None],
        [withdrawn, "1", None],
        [None, "1", "Кто-то"],
        ["сто", "1", None],
    ]
    view = await check(study, Kind.ENROLMENTS, rows)
    assert view.report.new == 1
    assert problems(view.report) == [
        (3, Problem.UNKNOWN_APPLICATION),
        (4, Problem.UNKNOWN_APPLICATION),
        (5, Problem.UNKNOWN_GROUP),
        (6, Problem.APPLICATION_TWICE),
        (7, Problem.NOT_WAITING),
        (8, Problem.NO_APPLICATION),
        (9, Problem.NOT_A_NUMBER),
    ]
    held = await load(study, view, rows)
    assert not held.report.written
    assert await city.status(good) is Status.APPROVED
    done = await load(study, view, rows, skip_invalid=True)
    assert done.report.written
    assert await group_of(city, good) == group
    assert await city.status(foreign) is Status.APPROVED
    closing = await check(study, Kind.ENROLMENTS, [GROUPS, [late, "2"]])
    assert problems(closing.report) == [(2, Problem.GROUP_CLOSED)]


async def test_a_row_with_another_s_name_enrols_nobody(study, city):
    await study.group()
    person, application = await study.approved()
    rows = [["№ заявки", "ФИО", "Группа"], [application, "Совсем Другой", "1"]]
    assert problems((await check(study, Kind.ENROLMENTS, rows)).report) == [(2, Problem.OTHER_NAME)]
    rows[1][1] = person.full_name.upper()
    assert (await bring(study, Kind.ENROLMENTS, rows)).new == 1


async def test_no_file_enrols_past_the_seats(city):
    study = await Study.of(city, seats=2)
    await study.group(seats=5)
    ids = [(await study.approved())[1] for _ in range(3)]
    rows = [GROUPS, *([application, "1"] for application in ids)]
    view = await check(study, Kind.ENROLMENTS, rows)
    assert (view.report.new, problems(view.report)) == (2, [(4, Problem.NO_SEATS)])
    await load(study, view, rows, skip_invalid=True)
    assert [await city.status(application) for application in ids] == [
        Status.ENROLLED,
        Status.ENROLLED,
        Status.APPROVED,
    ]


async def test_two_files_at_once_never_take_more_seats_than_there_are(city, services):
    study = await Study.of(city, seats=3)
    await study.group()
    ids = [(await study.approved())[1] for _ in range(6)]
    halves = ([GROUPS, *([application, "1"] for application in half)] for half in (ids[:3], ids[3:]))
    views = [(await check(study, Kind.ENROLMENTS, rows), rows) for rows in halves]
    done = await asyncio.gather(*(load(study, view, rows, skip_invalid=True) for view, rows in views))
    assert sum(view.report.new for view in done) == 3
    statuses = [await city.status(application) for application in ids]
    assert statuses.count(Status.ENROLLED) == 3


async def test_two_taps_on_one_file_enrol_once(study, city):
    await study.group()
    _, application = await study.approved()
    rows = [GROUPS, [application, "1"]]
    view = await check(study, Kind.ENROLMENTS, rows)
    outcomes = await asyncio.gather(*(load(study, view, rows) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(outcome, UploadSettled) for outcome in outcomes) == 2
    assert await count_moves(city, application, Move.ENROL) == 1


async def test_a_teacher_who_withdraws_in_the_same_instant_is_never_enrolled_half(study, city, services):
    await study.group()
    person, application = await study.approved()
    rows = [GROUPS, [application, "1"]]
    view = await check(study, Kind.ENROLMENTS, rows)
    mine = await services.applications.one(application, person)
    await asyncio.gather(
        load(study, view, rows),
        services.applications.withdraw(application, mine.version, person),
        return_exceptions=True,
    )
    status = await city.status(application)
    assert status in {Status.ENROLLED, Status.WITHDRAWN}
    assert (await group_of(city, application) is not None) == (status is Status.ENROLLED)


async def test_who_is_staff_no_more_loads_nothing_and_no_stranger_ever_does(study, city, services, database):
    await study.group()
    _, application = await study.approved()
    rows = [GROUPS, [application, "1"]]
    view = await check(study, Kind.ENROLMENTS, rows)
    other = await Study.of(city)
    for stranger in (other.staff, await city.person()):
        with pytest.raises(NotAllowed):
            await check(study, Kind.ENROLMENTS, rows, stranger)
        with pytest.raises(NotAllowed):
            await load(study, view, rows, stranger)
    async with database.write() as tx:
        await tx.execute(delete(ProviderStaff).where(ProviderStaff.user_id == study.staff.id))
    with pytest.raises(NotAllowed):
        await load(study, view, rows)
    assert await city.status(application) is Status.APPROVED


async def test_completions_come_with_their_documents_once(study, city, services, clock):
    group = await study.group()
    person, application = await study.enrolled(group)
    _, unmarked = await study.enrolled(group)
    rows = [DONE, [application, "да", "У-001", date(2026, 11, 1)], [unmarked, None, None, None]]
    early = await check(study, Kind.COMPLETIONS, rows)
    assert problems(early.report) == [(2, Problem.GROUP_GOES_ON)]
    clock.advance(timedelta(days=60))
    report = await bring(study, Kind.COMPLETIONS, rows)
    assert (report.new, report.unchanged) == (1, 0)
    assert await city.status(application) is Status.COMPLETED
    assert await city.status(unmarked) is Status.ENROLLED
    document = await city.one(select(Record.document_number).where(Record.user_id == person.id))
    assert document == "У-001"
    told = select(func.count()).select_from(Notification).where(Notification.user_id == person.id)
    assert await city.one(told.where(Notification.key == f"complete:{application}:3:teacher")) == 1
    again = await bring(study, Kind.COMPLETIONS, rows)
    assert (again.new, again.unchanged) == (0, 1)
    assert await city.one(select(func.count()).select_from(Record).where(Record.user_id == person.id)) == 1


async def test_two_loads_of_completions_at_once_give_one_record(study, city, clock):
    group = await study.group()
    person, application = await study.enrolled(group)
    clock.advance(timedelta(days=60))
    rows = [DONE, [application, "+", None, None]]
    views = [await check(study, Kind.COMPLETIONS, rows) for _ in range(2)]
    await asyncio.gather(*(load(study, view, rows) for view in views))
    assert await city.one(select(func.count()).select_from(Record).where(Record.user_id == person.id)) == 1


async def test_wrong_marks_documents_and_dates_are_named(study, city, clock):
    group = await study.group()
    ids = [(await study.enrolled(group))[1] for _ in range(4)]
    _, waiting = await study.approved()
    clock.advance(timedelta(days=60))
    rows = [
        DONE,
        [ids[0], "наверное", None, None],
        [ids[1], None, "У-002", None],
        [ids[2], "да", None, city.today + timedelta(days=1)],
        [ids[3], "да", "У" * 61, "не скоро"],
        [waiting, "да", None, None],
    ]
    view = await check(study, Kind.COMPLETIONS, rows)
    assert problems(view.report) == [
        (2, Problem.NOT_YES_OR_NO),
        (3, Problem.NOT_MARKED),
        (4, Problem.IN_FUTURE),
        (5, Problem.TOO_LONG),
        (5, Problem.NOT_A_DATE),
        (6, Problem.NOT_ENROLLED),
    ]
    assert view.report.new == 0


async def test_nobody_enrols_or_completes_themselves_by_a_file(study, city):
    await study.group()
    _, application = await study.approved(study.staff)
    view = await check(study, Kind.ENROLMENTS, [GROUPS, [application, "1"]])
    assert (view.report.new, problems(view.report)) == (0, [(2, Problem.OWN_APPLICATION)])


async def test_a_cancelled_course_takes_no_file_and_one_without_headings_says_which(study, city, services):
    group = await study.group()
    _, application = await study.approved()
    with pytest.raises(NoHeader) as lacking:
        await check(study, Kind.ENROLMENTS, [["№ заявки", "Имя"], [application, "1"]])
    assert lacking.value.missing == ("Группа",)
    await services.cancelling.cancel(study.course, study.staff)
    with pytest.raises(CourseCancelled):
        await check(study, Kind.ENROLMENTS, [GROUPS, [application, "1"]])
    assert group


def test_a_file_that_moves_too_many_at_once_is_refused_whole():
    people = {number: Applicant(number, "Имя", Status.APPROVED, None) for number in range(AT_ONCE + 1)}
    rows = [Asked(number + 2, number, group="1") for number in people]
    group = GroupState(1, "1", None, closed=False, ended=None)
    assert len(plan_enrolments(rows[1:], people, [group], None).moves) == AT_ONCE
    with pytest.raises(TooManyRows):
        plan_enrolments(rows, people, [group], None)


async def test_a_csv_does_as_well_and_columns_stand_in_any_order(study, city):
    group = await study.group()
    _, application = await study.approved()
    content = csv_file([["Группа", "Примечание", "Номер заявки"], ["1", "=1+1", application]])
    sent = Sent("файл.csv", "file-id", Kind.ENROLMENTS, study.course)
    view = await city.services.uploads.check(sent, content, study.staff)
    assert view.report.new == 1
    assert await city.one(select(func.count()).select_from(Group).where(Group.id == group)) == 1
