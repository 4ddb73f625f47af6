"""Catalogue files as people leave them: what is read, and what is said of every fault."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalogue import (
    COURSE_LENGTHS,
    MAX_NUMBERS,
    SCHOOL_LENGTHS,
    CourseRow,
    Fault,
    Funding,
    NoHeader,
    Problem,
    SchoolRow,
    UnreadableFile,
)
from domain.cells import letters
from services.catalogue_files import COURSE_COLUMNS, SCHOOL_COLUMNS, read_courses, read_schools
from tests.files import FORMATS, Rows, Value, csv_file, xlsx

HEADER = ["Шифр", "Название", "Организация", "Финансирование"]
COURSE = ["ГМЦ-1", "Смысловое чтение", "Городской методический центр", "бюджет"]

UNTIDY: Rows = [
    ["Перечень программ, 2027 год; план"],
    [],
    [None, None, "Выгрузка от 01.12.2026"],
    [
        "№ п/п",
        "НАИМЕНОВАНИЕ  ПРОГРАММЫ",
        "Шифр курса",
        "Объем (ч.)",
        "Источник\nфинансирования",
        "Дата начала",
        "Дата окончания обучения",
        "Срок подачи заявок",
        "Стоимость, руб.",
        "Кол-во мест*",
        "Организатор",
        "Формат",
        "Для кого",
        "Описание",
        "Предметная область",
        "Выдаваемый документ",
        "Адрес: улица, дом",
        "Примечание",
    ],
    [],
    [
        1,
        "  Смысловое\u00a0чтение  на уроках «Окружающего мира» ",
        "гмц – 0417-д",
        "36 ч.",
        "БЮДЖЕТ",
        date(2027, 1, 15),
        "20.03.2027",
        "2027-01-10",
        "бесплатно",
        25,
        'ГБУ "Городской методический центр"',
        "Очная",
        "Учителя начальных классов",
        "Первый абзац: a < b & c.\n\nВторой – с «кавычками».",
        "Начальная школа",
        "Удостоверение",
        "ул. Садовая, 5",
        "не читается",
    ],
    [2, None, "", " ", None],
    [
        3,
        "ШАХМАТЫ В ШКОЛЕ",
        "ИРО-12",
        72,
        "Внебюджет",
        "1 февраля 2027 г.",
        "01.03.27",
        "-",
        "12 500,00 руб.",
        "нет",
        "Институт развития",
        "–",
        None,
        None,
        None,
        None,
        None,
        "х",
    ],
]

TIDY = (
    CourseRow(
        row=6,
        code="гмц – 0417-д",
        title="Смысловое чтение на уроках «Окружающего мира»",
        provider='ГБУ "Городской методический центр"',
        funding=Funding.BUDGET,
        hours=36,
        form="Очная",
        audience="Учителя начальных классов",
        starts_on=date(2027, 1, 15),
        ends_on=date(2027, 3, 20),
        apply_until=date(2027, 1, 10),
        seats=25,
        price=0,
        annotation="Первый абзац: a < b & c.\nВторой – с «кавычками».",
        direction="Начальная школа",
        document="Удостоверение",
        venue="ул. Садовая, 5",
    ),
    CourseRow(
        row=8,
        code="ИРО-12",
        title="ШАХМАТЫ В ШКОЛЕ",
        provider="Институт развития",
        funding=Funding.PAID,
        hours=72,
        starts_on=date(2027, 2, 1),
        ends_on=date(2027, 3, 1),
        seats=0,
        price=12500,
    ),
)


@pytest.mark.parametrize("name", FORMATS)
def test_an_untidy_file_is_read_in_every_format(name: str) -> None:
    read = read_courses("courses", FORMATS[name](UNTIDY))
    assert read.faults == ()
    assert read.rows == TIDY


@pytest.mark.parametrize("name", FORMATS)
def test_schools_are_read_in_every_format(name: str) -> None:
    rows: Rows = [
        ["Школы города"],
        ["РАЙОН", "Краткое наименование", "Полное наименование"],
        ["Северный", "Школа 1417", "ГБОУ «Школа № 1417»"],
        [],
        ["Южный", None, "ГБОУ «Школа № 1417»"],
    ]
    read = read_schools("schools", FORMATS[name](rows))
    assert read.faults == ()
    assert read.rows == (
        SchoolRow(row=3, name="ГБОУ «Школа № 1417»", short_name="Школа 1417", district="Северный"),
        SchoolRow(row=5, name="ГБОУ «Школа № 1417»", district="Южный"),
    )


def test_the_table_may_stand_on_any_sheet() -> None:
    read = read_courses("courses.xlsx", xlsx([["Справка"], ["Код", "Район"]], [], [HEADER, COURSE]))
    assert [course.code for course in read.rows] == ["ГМЦ-1"]


def with_cell(heading: str, value: Value) -> bytes:
    return csv_file([[*HEADER, heading], [*COURSE, value]])


@pytest.mark.parametrize(
    "written",
    [
        "15.01.2027", "15.1.2027", "15.01.27", "15/01/2027", "15-01-2027", "2027-01-15", "2027/01/15", "2027.01.15",
        "15 января 2027 г.", "15 ЯНВАРЯ 2027", "15 янв. 2027", "15\u00a0января\u00a02027 года", "15.01.2027 г.",
        "15.01.2027 10:30", "2027-01-15 00:00:00", "2027-01-15T00:00:00", "46402", "46402.5", " 15.01.2027\u200b ",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    (course,) = read_courses("courses.csv", with_cell("Начало", written)).rows
    assert course.starts_on == date(2027, 1, 15)


def test_a_day_without_a_date_format_is_read() -> None:
    (course,) = read_courses("courses.xlsx", xlsx([[*HEADER, "Начало"], [*COURSE, 46402]])).rows
    assert course.starts_on == date(2027, 1, 15)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for written in (day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%d.%m.%y}", str(serial)):
        (course,) = read_courses("courses.csv", with_cell("Начало", written)).rows
        assert course.starts_on == day


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("1200", 1200), ("1 200", 1200), ("1\u00a0200,00", 1200), ("1\u202f200 руб.", 1200),
        ("1\u2009200\u00a0₽", 1200),
        ("1200.0", 1200), ("1200 рублей", 1200), ("1200р.", 1200), ("бесплатно", 0), ("Бесплатно", 0), ("0", 0),
        ("—", None), ("", None),
    ],
)  # fmt: skip
def test_a_price_is_read_however_it_is_written(written: str, price: int | None) -> None:
    (course,) = read_courses("courses.csv", with_cell("Стоимость", written)).rows
    assert course.price == price


@pytest.mark.parametrize(
    "written",
    ["36", "36 ч.", "36ч", "36,0", "36 часов", "36 ак. ч.", "36 ак.часов", "36 академических часов", "36 час."],
)
def test_hours_are_read_however_they_are_written(written: str) -> None:
    (course,) = read_courses("courses.csv", with_cell("Часы", written)).rows
    assert course.hours == 36


@pytest.mark.parametrize(
    ("written", "funding"),
    [
        ("бюджет", Funding.BUDGET), ("Бюджетное", Funding.BUDGET), ("за счет средств бюджета", Funding.BUDGET),
        ("Внебюджет", Funding.PAID), ("вне бюджет", Funding.PAID), ("ВНЕ-БЮДЖЕТ", Funding.PAID),
        ("За счёт внебюджетных средств", Funding.PAID), ("платно", Funding.PAID),
    ],
)  # fmt: skip
def test_funding_is_read_however_it_is_written(written: str, funding: Funding) -> None:
    (course,) = read_courses("courses.csv", csv_file([HEADER, [*COURSE[:3], written]])).rows
    assert course.funding is funding


FAULTS: list[tuple[str, Value, Problem, int | None]] = [
    ("Шифр", None, Problem.NO_CODE, None),
    ("Шифр", " – ", Problem.NO_CODE, None),
    ("Шифр", "--- - ––", Problem.NO_CODE, None),
    ("Шифр", "Г" * 41, Problem.TOO_LONG, 40),
    ("Название", None, Problem.NO_TITLE, None),
    ("Название", "Ы" * 301, Problem.TOO_LONG, 300),
    ("Организация", "", Problem.NO_PROVIDER, None),
    ("Организация", "О" * 201, Problem.TOO_LONG, 200),
    ("Финансирование", None, Problem.NO_FUNDING, None),
    ("Финансирование", "пополам", Problem.UNKNOWN_FUNDING, None),
    ("Начало", "скоро", Problem.NOT_A_DATE, None),
    ("Начало", "31.02.2027", Problem.NOT_A_DATE, None),
    ("Начало", "15.01.1027", Problem.NOT_A_DATE, None),
    ("Начало", "99999", Problem.NOT_A_DATE, None),
    ("Окончание", "01.01.2027", Problem.ENDS_BEFORE_START, None),
    ("Приём заявок до", "11.02.2027", Problem.CLOSES_AFTER_END, None),
    ("Мест", "-5", Problem.NEGATIVE, None),
    ("Мест", "\u22125", Problem.NEGATIVE, None),
    ("Мест", "много", Problem.NOT_A_NUMBER, None),
    ("Мест", "84951234567", Problem.TOO_GREAT, MAX_NUMBERS["seats"]),
    ("Часы", "-36", Problem.NEGATIVE, None),
    ("Часы", "36,5", Problem.NOT_WHOLE, None),
    ("Стоимость", "-1", Problem.NEGATIVE, None),
    ("Стоимость", "от 5000", Problem.NOT_A_NUMBER, None),
    *[
        (column.name, "ю" * ((column.limit or 0) + 1), Problem.TOO_LONG, column.limit)
        for column in COURSE_COLUMNS
        if column.field in COURSE_LENGTHS
    ],
]


@pytest.mark.parametrize(("heading", "value", "problem", "limit"), FAULTS)
def test_each_fault_is_named_with_its_row_and_column(
    heading: str, value: Value, problem: Problem, limit: int | None
) -> None:
    good: dict[str, Value] = dict(zip(HEADER, COURSE, strict=True))
    good |= {"Начало": "20.01.2027", "Окончание": "10.02.2027", heading: None}
    bad = {**good, "Шифр": "ГМЦ-2", heading: value}
    after = {**good, heading: dict(zip(HEADER, COURSE, strict=True)).get(heading), "Шифр": "ГМЦ-3"}
    read = read_courses("courses.csv", csv_file([list(good), list(bad.values()), list(after.values())]))
    shown = " ".join(str(value or "").split())[:100] or None
    assert read.faults == (Fault(2, heading, problem, shown, limit),)
    assert [(course.row, course.code) for course in read.rows] == [(3, "ГМЦ-3")]


def test_every_fault_of_a_row_is_named() -> None:
    read = read_courses(
        "courses.csv", csv_file([[*HEADER, "Часы", "Начало"], [None, "Т", "О", "?", "-1", "x"], ["Итого"]])
    )
    assert [(fault.row, fault.problem) for fault in read.faults] == [
        (2, Problem.NO_CODE),
        (2, Problem.UNKNOWN_FUNDING),
        (2, Problem.NEGATIVE),
        (2, Problem.NOT_A_DATE),
        (3, Problem.NO_TITLE),
        (3, Problem.NO_PROVIDER),
        (3, Problem.NO_FUNDING),
    ]
    assert read.rows == ()


def test_a_code_stands_for_one_course_however_it_is_spelled() -> None:
    read = read_courses("courses.csv", csv_file([HEADER, COURSE, [], ["гмц–1", *COURSE[1:]], ["ГMЦ 1", *COURSE[1:]]]))
    assert [course.row for course in read.rows] == [2]
    assert read.faults == (
        Fault(4, "Шифр", Problem.CODE_TWICE, "гмц–1", first_row=2),
        Fault(5, "Шифр", Problem.CODE_TWICE, "ГMЦ 1", first_row=2),
    )


def test_a_school_is_its_name_and_district() -> None:
    header = ["Название", "Округ"]
    rows: Rows = [
        header,
        ["Школа «Росток» № 5", "Северный"],
        ['школа "росток" №5', "СЕВЕРНЫЙ"],
        ["Школа № 5", None],
        [None, "Ю"],
    ]
    read = read_schools("schools.csv", csv_file(rows))
    assert [school.row for school in read.rows] == [2]
    assert read.faults == (
        Fault(3, "Название", Problem.SCHOOL_TWICE, 'школа "росток" №5', first_row=2),
        Fault(4, "Округ", Problem.NO_DISTRICT),
        Fault(5, "Название", Problem.NO_NAME),
    )


@pytest.mark.parametrize("field", SCHOOL_LENGTHS)
def test_a_school_with_too_long_a_text_is_a_fault(field: str) -> None:
    names = {column.field: column.name for column in SCHOOL_COLUMNS}
    cells = {"name": "Школа", "short_name": "Ш", "district": "Юг", field: "ш" * (SCHOOL_LENGTHS[field] + 1)}
    (fault,) = read_schools("schools.csv", csv_file([[names[key] for key in cells], list(cells.values())])).faults
    assert (fault.column, fault.problem, fault.limit) == (names[field], Problem.TOO_LONG, SCHOOL_LENGTHS[field])


def test_a_header_printed_again_on_the_next_page_is_no_row() -> None:
    read = read_courses("courses.csv", csv_file([HEADER, COURSE, HEADER, ["ГМЦ-2", *COURSE[1:]]]))
    assert ([course.code for course in read.rows], read.faults) == (["ГМЦ-1", "ГМЦ-2"], ())


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ([], HEADER),
        ([["Прайс"], ["Товар", "Цена"]], HEADER),
        ([["Шифр", "Название"], ["ГМЦ-1", "Чтение"]], ["Организация", "Финансирование"]),
    ],
)
def test_a_file_without_a_header_is_told_what_it_lacks(rows: Rows, missing: list[str]) -> None:
    with pytest.raises(NoHeader) as refused:
        read_courses("courses.csv", csv_file(rows))
    assert list(refused.value.missing) == missing


@pytest.mark.parametrize("columns", [COURSE_COLUMNS, SCHOOL_COLUMNS])
def test_no_heading_means_two_columns(columns: Any) -> None:
    headings = [{letters(name) for name in (column.name, *column.synonyms.split("|"))} for column in columns]
    assert len(set().union(*headings)) == sum(map(len, headings))


def test_the_longest_card_leaves_room_in_a_message_for_its_labels() -> None:
    assert sum(COURSE_LENGTHS.values()) <= 3700


def test_invisible_characters_do_not_reach_the_screen() -> None:
    (course,) = read_courses(
        "courses.csv", csv_file([HEADER, ["ГМЦ-1", "Тай\u00adна \u202eмира\u200b\x07", *COURSE[2:]]])
    ).rows
    assert course.title == "Тайна мира"


cells = st.one_of(
    st.none(), st.integers(), st.floats(), st.text(max_size=30), st.dates(), st.sampled_from([*HEADER, *COURSE])
)


@given(st.lists(st.lists(cells, max_size=8), max_size=8), st.sampled_from(";,"))
def test_any_cells_give_courses_or_faults(rows: list[list[Value]], separator: str) -> None:
    for header in (HEADER, [column.name for column in COURSE_COLUMNS]):
        content = csv_file([header, *rows], separator, "utf-8").replace(b"\0", b"")
        read = read_courses("courses.csv", content)
        assert len({course.code for course in read.rows}) == len(read.rows)
        assert {course.row for course in read.rows}.isdisjoint(fault.row for fault in read.faults)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=5), st.floats(-1e9, 1e9)), max_size=6), max_size=4))
def test_any_cells_of_a_spreadsheet_give_courses_or_faults(rows: list[list[Value]]) -> None:
    with suppress(UnreadableFile):
        read_courses("courses.xlsx", xlsx([HEADER, COURSE, *rows]))


@given(st.binary(max_size=300), st.text(max_size=10))
def test_any_bytes_give_courses_or_a_named_refusal(content: bytes, name: str) -> None:
    for read in (read_courses, read_schools):
        with suppress(UnreadableFile, NoHeader):
            read(name, content)
