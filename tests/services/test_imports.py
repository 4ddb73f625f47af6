"""What an operator's file does to the catalogue, on SQLite and PostgreSQL."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from benchmarks.import_rows import invented
from db.engine import Database
from db.tables import Course, Provider
from domain.catalogue import Funding, NoHeader, Problem, UnreadableFile
from domain.codes import normalise_code, normalise_name
from domain.person import Person
from domain.status import Move, Status
from services.catalogue_files import COURSE_COLUMNS, SCHOOL_COLUMNS
from services.imports import MANY, ImportReport
from services.portal import Services
from services.views import CourseCard, Found
from tests.city import City
from tests.files import FORMATS, Rows, Value, csv_file

HEADINGS: Final = [column.name for column in COURSE_COLUMNS]
FIELDS: Final = [column.field for column in COURSE_COLUMNS]
SCHOOL_HEADINGS: Final = [column.name for column in SCHOOL_COLUMNS]
FUNDING: Final = {Funding.BUDGET: "бюджет", Funding.PAID: "внебюджет"}

ROBOTS: Final[dict[str, Any]] = {
    "code": "ГМЦ-0417-Д",
    "title": "Робототехника в начальной школе",
    "provider": "Городской методический центр",
    "funding": Funding.BUDGET,
    "hours": 36,
    "starts_on": date(2099, 2, 15),
    "ends_on": date(2099, 3, 1),
    "apply_until": date(2099, 2, 1),
    "seats": 25,
    "annotation": "Конструкторы и первые алгоритмы.",
}


def course(code: str = "ГМЦ-0417-Д", **fields: Any) -> dict[str, Any]:
    """A course as a file states it."""
    return ROBOTS | {"code": code, **fields}


def cell(value: Any) -> Value:
    return FUNDING[value] if isinstance(value, Funding) else value


def course_file(*courses: dict[str, Any]) -> bytes:
    return csv_file([HEADINGS, *([cell(row.get(field)) for field in FIELDS] for row in courses)])


def school_file(*schools: Sequence[str]) -> bytes:
    return csv_file([SCHOOL_HEADINGS, *schools])


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.new, report.changed, report.unchanged


async def bring(services: Services, *courses: dict[str, Any], **options: Any) -> ImportReport:
    return await services.imports.courses("courses.csv", course_file(*courses), **options)


async def kept(database: Database) -> dict[str, dict[str, Any]]:
    """All courses by code key, with the provider's name."""
    statement = select(*Course.__table__.c, Provider.name.label("provider")).join(
        Provider, Provider.id == Course.provider_id
    )
    async with database.read() as connection:
        return {row.code_key: dict(row._mapping) for row in await connection.execute(statement)}


async def everything(database: Database) -> list[Any]:
    """All that an import can write, the search index too."""
    index = {"sqlite": "SELECT rowid, * FROM course_index", "postgresql": "SELECT * FROM course_index"}
    tables = [
        *(f"SELECT * FROM {table} ORDER BY id" for table in ("schools", "providers", "courses")),
        f"{index[database.url.get_backend_name()]} ORDER BY 1",
    ]
    async with database.read() as connection:
        return [[tuple(row) for row in await connection.execute(text(table))] for table in tables]


@pytest.fixture
async def teacher(city: City) -> Person:
    return await city.person(await city.school())


async def found(services: Services, words: str, by: Person) -> list[str]:
    """The codes of the courses that hold every word."""
    answer = await services.catalogue.search(words, by)
    if isinstance(answer, CourseCard):
        return [answer.code]
    return [line.code for line in answer.page.lines[: answer.complete]]


# What a person sees of an imported course


async def test_an_imported_course_is_published_and_its_card_says_what_the_file_says(
    services: Services, teacher: Person
) -> None:
    report = await bring(services, course())
    assert counts(report) == (1, 0, 0)
    assert report.written
    card = await services.catalogue.search("гмц 0417 д", teacher)
    assert isinstance(card, CourseCard)
    assert {field: getattr(card, field) for field in ROBOTS} == ROBOTS
    assert card.obstacle is None


async def test_an_imported_course_is_found_by_its_words(services: Services, teacher: Person) -> None:
    await bring(services, course(), course("ГМЦ-1", title="Другое", annotation=None, provider="Иной центр"))
    assert await found(services, "робототехнику начальным школам", teacher) == ["ГМЦ-0417-Д"]
    assert await found(services, "алгоритмов", teacher) == ["ГМЦ-0417-Д"]
    assert await found(services, "иные центры", teacher) == ["ГМЦ-1"]


async def test_after_many_new_courses_postgresql_knows_how_many_there_are(
    services: Services, database: Database
) -> None:
    await bring(services, *(course(f"ГМЦ-{number}") for number in range(MANY)))
    if not database.is_sqlite:
        known = text("SELECT reltuples FROM pg_class WHERE oid IN ('courses'::regclass, 'course_index'::regclass)")
        async with database.read() as connection:
            assert list((await connection.execute(known)).scalars()) == [MANY, MANY]


async def test_a_changed_title_is_found_by_its_new_words_only(services: Services, teacher: Person) -> None:
    await bring(services, course())
    report = await bring(services, course(title="Шахматы", annotation=None))
    assert counts(report) == (0, 1, 0)
    assert await found(services, "шахматам", teacher) == ["ГМЦ-0417-Д"]
    assert await found(services, "робототехника", teacher) == []


async def test_a_course_closes_on_its_deadline_or_else_on_its_first_day(services: Services, database: Database) -> None:
    undated = {"starts_on": None, "ends_on": None, "apply_until": None}
    await bring(services, course("А-1"), course("А-2", apply_until=None), course("А-3", **undated))
    last_days = {key: row["closes_on"] for key, row in (await kept(database)).items()}
    assert last_days == {"А1": date(2099, 2, 1), "А2": date(2099, 2, 15), "А3": None}


async def test_a_new_start_moves_the_last_day(services: Services, database: Database) -> None:
    await bring(services, course("А-1", apply_until=None))
    await bring(services, course("А-1", apply_until=None, starts_on=date(2099, 2, 20)))
    assert (await kept(database))["А1"]["closes_on"] == date(2099, 2, 20)


# What changes and what never does


async def test_the_same_file_again_changes_nothing(services: Services, database: Database) -> None:
    courses = [course(f"ГМЦ-{number}", seats=number) for number in range(50)]
    await bring(services, *courses)
    before = await everything(database)
    report = await bring(services, *courses)
    assert counts(report) == (0, 0, 50)
    assert report.written
    assert await everything(database) == before


async def test_new_changed_and_unchanged_rows_are_counted(services: Services, database: Database) -> None:
    await bring(services, course("А-1"), course("А-2"), course("А-3"))
    report = await bring(services, course("А-2", seats=7), course("А-3"), course("А-4"))
    assert counts(report) == (1, 1, 1)
    seats = {key: row["seats"] for key, row in (await kept(database)).items()}
    assert seats == {"А1": 25, "А2": 7, "А3": 25, "А4": 25}


async def test_a_course_that_vanished_from_the_file_stays(services: Services, teacher: Person) -> None:
    await bring(services, course("А-1"), course("А-2"))
    await bring(services, course("А-2"))
    assert await found(services, "А-1", teacher) == ["А-1"]


async def test_a_code_spelled_otherwise_is_the_same_course(services: Services, database: Database) -> None:
    await bring(services, course("ГМЦ-0417-Д"))
    report = await bring(services, course("гмц 0417 – д"))
    assert counts(report) == (0, 1, 0)
    assert [row["code"] for row in (await kept(database)).values()] == ["гмц 0417 – д"]


async def test_an_unpublished_course_stays_unpublished(services: Services, database: Database) -> None:
    await bring(services, course())
    async with database.write() as tx:
        await tx.execute(update(Course).values(published=False))
    await bring(services, course(seats=30))
    (row,) = (await kept(database)).values()
    assert (row["published"], row["seats"]) == (False, 30)


async def test_a_provider_is_one_however_it_is_spelled_and_keeps_its_first_name(
    services: Services, database: Database
) -> None:
    await bring(services, course("А-1", provider="Центр «Учитель» № 5"), course("А-2", provider='центр "учитель" №5'))
    report = await bring(services, course("А-1", provider="ЦЕНТР УЧИТЕЛЬ № 5"), course("А-3", provider="Другой"))
    assert counts(report) == (1, 0, 1)
    providers = {key: row["provider"] for key, row in (await kept(database)).items()}
    assert providers == {"А1": "Центр «Учитель» № 5", "А2": "Центр «Учитель» № 5", "А3": "Другой"}


async def test_a_course_can_go_to_another_provider(services: Services, database: Database) -> None:
    await bring(services, course("А-1"))
    await bring(services, course("А-1", provider="Другой"))
    assert [row["provider"] for row in (await kept(database)).values()] == ["Другой"]


# Faults


FAULTY: Final = {"code": None}


async def test_with_a_faulty_row_nothing_is_written(services: Services, database: Database) -> None:
    before = await everything(database)
    report = await bring(services, course("А-1"), course("А-2", seats=-1, hours="много"), course("А-3"))
    assert not report.written
    assert (*counts(report), report.skipped) == (2, 0, 0, 1)
    assert [(fault.row, fault.column, fault.problem) for fault in report.faults] == [
        (3, "Часы", Problem.NOT_A_NUMBER),
        (3, "Мест", Problem.NEGATIVE),
    ]
    assert await everything(database) == before


async def test_faulty_rows_can_be_skipped(services: Services, database: Database) -> None:
    report = await bring(services, course("А-1"), course("А-2", seats=-1), course("А-3"), skip_invalid=True)
    assert report.written
    assert (*counts(report), report.skipped) == (2, 0, 0, 1)
    assert set(await kept(database)) == {"А1", "А3"}


async def test_a_skipped_row_leaves_its_course_as_it_was(services: Services, database: Database) -> None:
    await bring(services, course("А-1"))
    await bring(services, course("А-1", seats=-1), skip_invalid=True)
    assert (await kept(database))["А1"]["seats"] == 25


async def test_a_dry_run_counts_and_writes_nothing(services: Services, database: Database) -> None:
    await bring(services, course("А-1"))
    before = await everything(database)
    report = await bring(services, course("А-1", seats=1), course("А-2"), dry_run=True, skip_invalid=True)
    assert (*counts(report), report.written, report.dry_run) == (1, 1, 0, False, True)
    assert await everything(database) == before


async def test_a_file_that_is_no_table_is_refused(services: Services) -> None:
    with pytest.raises(UnreadableFile):
        await services.imports.courses("letter.docx", b"\x00\x01\x02")
    with pytest.raises(NoHeader):
        await services.imports.courses("schools.csv", school_file(["Школа № 1", "", "Северный"]))


@pytest.mark.parametrize("kind", FORMATS)
async def test_untidy_files_of_every_format_arrive(services: Services, teacher: Person, kind: str) -> None:
    rows: Rows = [
        ["Каталог курсов на 2099 год"],
        [],
        [
            " ШИФР",
            "Мест\u00a0",
            "Название  курса",
            "Объём, ч.",
            "организатор",
            "Начало",
            "Форма финансирования",
            "Цена",
        ],
        [],
        ["гмц – 0417-д", 25, "Ёлка  и\u00a0дроби ", "36 ч.", "Центр", date(2099, 2, 15), "БЮДЖЕТ", None],
        ["ГМЦ-0418", "", "ЧТЕНИЕ", 18, "центр", "2099-02-16", "внебюджет", "12\u00a0500 руб."],
    ]
    report = await services.imports.courses("courses", FORMATS[kind](rows))
    assert counts(report) == (2, 0, 0), report.faults
    first = await services.catalogue.search("ГМЦ0417Д", teacher)
    second = await services.catalogue.search("гмц 0418", teacher)
    assert isinstance(first, CourseCard)
    assert isinstance(second, CourseCard)
    assert (first.title, first.hours, first.seats, first.funding) == ("Ёлка и дроби", 36, 25, Funding.BUDGET)
    assert (first.starts_on, second.starts_on) == (date(2099, 2, 15), date(2099, 2, 16))
    assert (second.price, second.funding, second.provider) == (12_500, Funding.PAID, "Центр")
    assert await found(services, "елки", teacher) == ["гмц – 0417-д"]


# A course turns off-budget: row 17


@pytest.fixture
async def applied(services: Services, city: City) -> tuple[int, Person, Person]:
    """An application that waits, its teacher and the head who was asked."""
    school = await city.school()
    head, teacher = await city.person(head_of=school), await city.person(school)
    await bring(services, course())
    card = await services.catalogue.search("ГМЦ-0417-Д", teacher)
    assert isinstance(card, CourseCard)
    receipt = await services.applications.apply(card.id, teacher)
    return receipt.application.id, teacher, head


async def test_a_course_that_turns_off_budget_needs_no_approval_any_more(
    services: Services, city: City, applied: tuple[int, Person, Person]
) -> None:
    application, teacher, head = applied
    await bring(services, course(funding=Funding.PAID, price=5000))
    assert await city.status(application) is Status.APPROVED
    assert (await city.history(application))[-1] == (Status.PENDING, Status.APPROVED)
    assert [payload["move"] for payload in await city.told(teacher, "moved")] == [Move.TURN_PAID]
    assert len(await city.told(head, "prompt")) == 2
    assert (await services.approvals.queue(head)).total == 0


async def test_the_teacher_is_told_once_however_often_the_file_comes(
    services: Services, city: City, applied: tuple[int, Person, Person]
) -> None:
    _, teacher, _ = applied
    for price in (5000, 6000, 6000):
        await bring(services, course(funding=Funding.PAID, price=price))
    assert len(await city.told(teacher, "moved")) == 1


async def test_other_changes_leave_applications_waiting(
    services: Services, city: City, applied: tuple[int, Person, Person]
) -> None:
    await bring(services, course(price=5000, seats=1, title="Шахматы"), course("А-2", funding=Funding.PAID))
    assert await city.status(applied[0]) is Status.PENDING


async def test_what_was_decided_already_stays_decided(
    services: Services, city: City, applied: tuple[int, Person, Person]
) -> None:
    application, teacher, _ = applied
    await services.applications.withdraw(application, 1, teacher)
    await bring(services, course(funding=Funding.PAID))
    assert await city.status(application) is Status.WITHDRAWN


async def test_a_course_that_turns_budget_leaves_its_applications(services: Services, city: City) -> None:
    teacher = await city.person(await city.school())
    await bring(services, course(funding=Funding.PAID))
    card = await services.catalogue.search("ГМЦ-0417-Д", teacher)
    assert isinstance(card, CourseCard)
    application = (await services.applications.apply(card.id, teacher)).application.id
    await bring(services, course(funding=Funding.BUDGET))
    assert await city.status(application) is Status.APPROVED


# Schools


async def test_a_school_is_its_name_and_district(services: Services, database: Database) -> None:
    first = await services.imports.schools(
        "schools.csv",
        school_file(["Школа № 5", "СОШ 5", "Северный"], ["Школа № 5", "", "Южный"], ["Лицей «Ёлочка»", "", "Южный"]),
    )
    second = await services.imports.schools(
        "schools.csv", school_file(["ШКОЛА №5", "СОШ 5", "северный"], ["Лицей «Ёлочка»", "", "Южный"])
    )
    assert (counts(first), counts(second)) == ((3, 0, 0), (0, 1, 1))
    assert [line.district for line in (await services.people.schools("школа 5"))[0]] == ["северный", "Южный"]


async def test_a_school_is_found_by_parts_of_all_its_names(services: Services) -> None:
    await services.imports.schools("schools.csv", school_file(["Школа имени Ёлкина", "ГБОУ 1417", "Северный"]))
    for words in ("елкина", "1417", "гбоу СЕВЕРНЫЙ"):
        (line,), more = await services.people.schools(words)
        assert (line.name, line.district, more) == ("Школа имени Ёлкина", "Северный", False)


async def test_schools_keep_to_the_same_rules(services: Services, database: Database) -> None:
    rows = [["Школа № 1", "", "Северный"], ["Школа № 1", "", "СЕВЕРНЫЙ"], ["", "", "Южный"]]
    refused = await services.imports.schools("schools.csv", school_file(*rows))
    checked = await services.imports.schools("schools.csv", school_file(*rows), dry_run=True, skip_invalid=True)
    assert (refused.written, checked.written) == (False, False)
    assert await everything(database) == [[], [], [], []]
    skipped = await services.imports.schools("schools.csv", school_file(*rows), skip_invalid=True)
    assert (skipped.written, skipped.new, skipped.skipped) == (True, 1, 2)
    problems = [(fault.row, fault.problem, fault.first_row) for fault in skipped.faults]
    assert problems == [(3, Problem.SCHOOL_TWICE, 2), (4, Problem.NO_NAME, None)]


# Size and company


async def test_progress_is_told_and_reaches_its_end(services: Services) -> None:
    steps: list[tuple[int, int]] = []
    content = invented(2500)
    await services.imports.courses("a.csv", content, progress=lambda done, total: steps.append((done, total)))
    assert steps == sorted(steps)
    assert len(steps) > 4
    assert {total for _, total in steps} == {5000}
    assert steps[-1] == (5000, 5000)


async def test_progress_reaches_its_end_where_nothing_is_written(services: Services) -> None:
    steps: list[tuple[int, int]] = []
    await bring(services, course(), dry_run=True, progress=lambda done, total: steps.append((done, total)))
    assert steps[-1] == (2, 2)


async def test_taps_are_answered_while_a_usual_file_is_imported(services: Services, city: City) -> None:
    teacher = await city.person(await city.school())
    courses = [await city.course() for _ in range(40)]
    importing = asyncio.create_task(services.imports.courses("a.csv", invented(5000)))
    applied = looked = 0
    for course_id in courses:
        if importing.done():
            break
        receipt = await services.applications.apply(course_id, teacher)
        card = await services.catalogue.card(course_id, teacher)
        assert receipt.is_new
        assert card.mine
        applied += 1
        looked += isinstance(await services.catalogue.search("математика", teacher), Found)
    assert (await importing).new == 5000
    assert applied == looked > 0
    assert await found(services, "ГМЦ-004999", teacher)


async def test_a_large_change_is_one_transaction(services: Services, database: Database) -> None:
    """Somebody who reads while it is written sees all of the old or all of the new."""
    await services.imports.courses("a.csv", invented(5000, seats=25))
    importing = asyncio.create_task(services.imports.courses("a.csv", invented(5000, seats=30)))
    seen = set()
    while not importing.done():
        async with database.read() as connection:
            seen.add(frozenset((await connection.execute(select(Course.seats).distinct())).scalars()))
        await asyncio.sleep(0.01)
    assert (await importing).changed == 5000
    assert seen <= {frozenset({25}), frozenset({30})}


async def test_two_imports_at_once_end_as_one_after_the_other(services: Services, database: Database) -> None:
    first = [course(f"А-{number}", seats=1, provider=f"Центр {number % 7}") for number in range(1200)]
    second = [course(f"А-{number}", seats=2, provider=f"Центр {number % 9}") for number in reversed(range(600, 1800))]
    reports = await asyncio.gather(bring(services, *first), bring(services, *second))
    assert sorted(counts(report) for report in reports) == [(600, 600, 0), (1200, 0, 0)]
    rows = await kept(database)
    assert len(rows) == 1800
    last = 2 if counts(reports[1]) == (600, 600, 0) else 1
    assert {rows[f"А{number}"]["seats"] for number in range(600, 1200)} == {last}
    _, _, courses, index = await everything(database)
    assert [row[0] for row in courses] == [row[0] for row in index]


async def test_the_same_file_twice_at_once_is_written_once(services: Services, database: Database) -> None:
    reports = await asyncio.gather(*(bring(services, *[course(f"А-{n}") for n in range(300)]) for _ in range(3)))
    assert sorted(counts(report) for report in reports) == [(0, 0, 300), (0, 0, 300), (300, 0, 0)]
    assert len(await kept(database)) == 300


# Any rows


lines = st.text(st.sampled_from("АБВабвёЁЙй 19-«»№.c+"), max_size=20).map(lambda line: " ".join(line.split()))
words = lines.filter(lambda line: any(letter.isalpha() for letter in line)).map(lambda line: f"Я {line}")
days = st.none() | st.dates(date(2026, 1, 1), date(2030, 12, 31))


@st.composite
def any_course(draw: st.DrawFn) -> dict[str, Any]:
    dates = sorted(draw(st.lists(st.dates(date(2026, 1, 1), date(2030, 12, 31)), max_size=3)))
    dated = dict(zip(("apply_until", "starts_on", "ends_on"), dates, strict=False))
    return {
        "code": f"К-{draw(st.integers(0, 9))}",
        "title": draw(words),
        "provider": draw(words),
        "funding": draw(st.sampled_from(Funding)),
        "hours": draw(st.none() | st.integers(0, 500)),
        "seats": draw(st.none() | st.integers(0, 500)),
        "annotation": draw(st.none() | words),
        **dated,
    }


files = st.lists(any_course(), min_size=1, unique_by=lambda row: row["code"])


def stated(row: dict[str, Any]) -> dict[str, Any]:
    """All fields that a file decides; the provider by its key, since its first spelling wins."""
    return {field: row.get(field) for field in FIELDS} | {"provider": normalise_name(row["provider"])}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files, files)
async def test_any_file_twice_changes_nothing_and_a_second_file_changes_its_own_courses_only(
    services: Services, database: Database, first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    async with database.write() as tx:
        await tx.execute(text("DELETE FROM course_index"))
        await tx.execute(delete(Course))
        await tx.execute(delete(Provider))
    assert counts(await bring(services, *first)) == (len(first), 0, 0)
    before = await everything(database)
    assert counts(await bring(services, *first)) == (0, 0, len(first))
    assert await everything(database) == before
    await bring(services, *second)
    expected = {normalise_code(row["code"]): stated(row) for row in [*first, *second]}
    assert {key: stated(row) for key, row in (await kept(database)).items()} == expected
