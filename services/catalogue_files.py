"""Courses and schools out of the files that portals export, however their columns are ordered and worded."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeAlias

from domain.catalogue import (
    COURSE_LENGTHS,
    MAX_NUMBERS,
    SCHOOL_LENGTHS,
    SHOWN_VALUE,
    CourseRow,
    Fault,
    NoHeader,
    Problem,
    ReadFile,
    SchoolRow,
    dates_out_of_order,
)
from domain.cells import (
    Cell,
    Read,
    letters,
    one_line,
    read_day,
    read_funding,
    read_line,
    read_number,
    read_paragraphs,
    shown,
)
from domain.codes import normalise_code, normalise_name
from services.tables import Table, read_tables

LONGEST_HEADING: Final = 100


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a file may have: the field it fills, its name in messages, its other names."""

    field: str
    name: str
    synonyms: str
    read: Callable[[Cell], Read]
    missing: Problem | None = None
    """What to say of an empty cell; None: it may be empty."""
    limit: int | None = None


def _line_column(
    lengths: Mapping[str, int], field: str, name: str, synonyms: str, missing: Problem | None = None
) -> Column:
    return Column(field, name, synonyms, partial(read_line, lengths[field]), missing, lengths[field])


def _number_column(field: str, name: str, synonyms: str) -> Column:
    limit = MAX_NUMBERS[field]
    return Column(field, name, synonyms, partial(read_number, limit), limit=limit)


_of_course: Final = partial(_line_column, COURSE_LENGTHS)
_of_school: Final = partial(_line_column, SCHOOL_LENGTHS)

COURSE_COLUMNS: Final = (
    _of_course(
        "code",
        "Шифр",
        "шифр курса|шифр программы|код|код курса|код программы|№ курса|номер курса",
        Problem.NO_CODE,
    ),
    _of_course(
        "title",
        "Название",
        "название курса|название программы|название дпп|наименование|наименование курса|наименование программы"
        "|наименование дпп|наименование дополнительной профессиональной программы|курс|программа|тема|тема курса",
        Problem.NO_TITLE,
    ),
    _of_course(
        "provider",
        "Организация",
        "организатор|провайдер|наименование организации|название организации|организация-провайдер|исполнитель"
        "|образовательная организация|обучающая организация|организация, реализующая программу|кто проводит"
        "|организация дпо|учреждение",
        Problem.NO_PROVIDER,
    ),
    Column(
        "funding",
        "Финансирование",
        "источник финансирования|вид финансирования|тип финансирования|форма финансирования|основа обучения"
        "|условия обучения|бюджет/внебюджет|бюджет или внебюджет|финансовая основа",
        read_funding,
        Problem.NO_FUNDING,
    ),
    _number_column(
        "hours",
        "Часы",
        "часов|кол-во часов|количество часов|число часов|объем|объем ч|объем часов|объем программы|трудоемкость"
        "|объем в часах|всего часов|ак часов|академических часов",
    ),
    _of_course(
        "form",
        "Форма обучения",
        "форма|форма проведения|форма реализации|формат|формат обучения|вид обучения",
    ),
    _of_course(
        "audience",
        "Категория слушателей",
        "категория|категория обучающихся|категории слушателей|целевая аудитория|аудитория|для кого|слушатели"
        "|кому адресован|контингент",
    ),
    Column(
        "starts_on",
        "Начало",
        "дата начала|начало обучения|дата начала обучения|начало занятий|дата начала занятий|начало курса|старт"
        "|дата начала курса|дата старта|с",
        read_day,
    ),
    Column(
        "ends_on",
        "Окончание",
        "дата окончания|окончание обучения|дата окончания обучения|окончание занятий|дата окончания занятий|конец"
        "|окончание курса|дата окончания курса|завершение|дата завершения|дата завершения обучения|по",
        read_day,
    ),
    Column(
        "apply_until",
        "Приём заявок до",
        "прием заявок|срок подачи заявок|срок приема заявок|подача заявок до|окончание приема заявок|заявки до"
        "|дата окончания приема заявок|окончание подачи заявок|регистрация до|запись до|срок подачи заявок до"
        "|дата окончания регистрации|окончание регистрации",
        read_day,
    ),
    _number_column(
        "seats",
        "Мест",
        "места|кол-во мест|количество мест|число мест|всего мест|лимит мест|численность группы|квота|план набора"
        "|свободных мест|количество слушателей",
    ),
    _number_column("price", "Стоимость", "стоимость обучения|стоимость курса|цена|цена обучения|оплата"),
    Column(
        "annotation",
        "Аннотация",
        "описание|аннотация программы|аннотация курса|краткое описание|описание курса|описание программы|содержание"
        "|краткая аннотация|о курсе",
        partial(read_paragraphs, COURSE_LENGTHS["annotation"]),
        limit=COURSE_LENGTHS["annotation"],
    ),
    _of_course(
        "direction",
        "Направление",
        "направление подготовки|направление обучения|тематика|предмет|предметная область|направленность|раздел"
        "|рубрика|направление программы",
    ),
    _of_course(
        "document",
        "Документ",
        "выдаваемый документ|вид документа|документ об обучении|итоговый документ|документ о квалификации"
        "|документ по окончании|документ об окончании",
    ),
    _of_course(
        "venue",
        "Место проведения",
        "место|адрес|адрес проведения|место обучения|место занятий|место проведения занятий|площадка",
    ),
)

SCHOOL_COLUMNS: Final = (
    _of_school(
        "name",
        "Название",
        "наименование|полное название|полное наименование|название школы|наименование школы|название организации"
        "|наименование организации|образовательная организация|организация|школа|оо|название оо|наименование оо"
        "|наименование образовательной организации|учреждение|название учреждения|наименование учреждения",
        Problem.NO_NAME,
    ),
    _of_school(
        "short_name",
        "Краткое название",
        "краткое наименование|сокращенное название|сокращенное наименование|кратко|сокращение|короткое название",
    ),
    _of_school(
        "district",
        "Округ",
        "административный округ|район|городской округ|муниципалитет|муниципальное образование|территория|ао"
        "|муниципальный район|муниципальный округ|название округа",
        Problem.NO_DISTRICT,
    ),
)


def _known_headings(columns: Sequence[Column]) -> dict[str, Column]:
    return {letters(name): column for column in columns for name in (column.name, *column.synonyms.split("|"))}


ASIDE: Final = re.compile(r"\(.*?\)|[,*:].*", re.DOTALL)
"""What a heading adds to its name: "Стоимость, руб.", "Объём (ч.)", "Начало: дд.мм.гггг"."""


def _column_of(cell: Cell, known: Mapping[str, Column]) -> Column | None:
    if not isinstance(cell, str) or len(cell) > LONGEST_HEADING:
        return None
    return known.get(letters(cell)) or known.get(letters(ASIDE.sub("", cell)))


@dataclass(slots=True)
class Place:
    """Where a column stands in the file, and what its cells were read as: most values come again."""

    index: int
    heading: str
    column: Column
    seen: dict[Cell, Read] = field(default_factory=dict)

    def read(self, cell: Cell) -> Read:
        if cell not in self.seen:
            self.seen[cell] = self.column.read(cell)
        return self.seen[cell]

    def fault(self, row: int, problem: Problem, cell: Cell, first_row: int | None = None) -> Fault:
        limited = problem in {Problem.TOO_LONG, Problem.TOO_GREAT}
        value = one_line(shown(cell))[:SHOWN_VALUE] or None
        return Fault(row, self.heading, problem, value, self.column.limit if limited else None, first_row)


def _places(cells: Sequence[Cell], known: Mapping[str, Column]) -> dict[str, Place]:
    """The columns that a row's cells name, by their fields; of two equal headings the first counts."""
    places: dict[str, Place] = {}
    for index, cell in enumerate(cells):
        column = _column_of(cell, known)
        if column and column.field not in places:
            places[column.field] = Place(index, one_line(shown(cell)), column)
    return places


Records: TypeAlias = Iterator[tuple[int, list[Cell]]]


def _under_header(tables: Iterable[Table], columns: Sequence[Column]) -> tuple[dict[str, Place], Records]:
    """The places of the columns and the rows under them, of the first table that has all columns needed.

    Raises: NoHeader.
    """
    known = _known_headings(columns)
    needed = [column for column in columns if column.missing]
    missing = [column.name for column in needed]
    for table in tables:
        rows = iter(table)
        for _, cells in rows:
            places = _places(cells, known)
            lacking = [column.name for column in needed if column.field not in places]
            if not lacking:
                return places, rows
            missing = min(missing, lacking, key=len)
    raise NoHeader(tuple(missing))


@dataclass(slots=True)
class Record:
    """One row as read: what its fields say, its cells for messages, and its faults so far."""

    row: int
    cells: dict[str, Cell]
    fields: dict[str, Any]
    faults: list[Fault]


def _records(places: Mapping[str, Place], rows: Records) -> Iterator[Record]:
    """Rows that say anything in the known columns; a header printed again on a new page says nothing."""
    by_place = [(name, place, place.index, place.column.missing) for name, place in places.items()]
    for row, values in rows:
        cells = {name: values[index] if index < len(values) else None for name, _, index, _ in by_place}
        fields: dict[str, Any] = {name: place.read(cells[name]) for name, place, _, _ in by_place}
        if not any(value is not None for value in fields.values()) or _is_header(places, cells):
            continue
        faults = []
        for name, place, _, missing in by_place:
            problem = fields[name] if fields[name] is not None else missing
            if isinstance(problem, Problem):
                faults.append(place.fault(row, problem, cells[name]))
                fields[name] = None
        yield Record(row, cells, fields, faults)


def _is_header(places: Mapping[str, Place], cells: Mapping[str, Cell]) -> bool:
    return all(one_line(shown(cells[name])) == place.heading for name, place in places.items())


def read_courses(name: str, content: bytes) -> ReadFile[CourseRow]:
    """The courses of a file that a portal exported.

    A row with a fault gives no course; of rows with one code the first gives it.
    Raises: UnreadableFile; NoHeader, with the names of the columns that were not found.
    """
    places, rows = _under_header(read_tables(name, content), COURSE_COLUMNS)
    first_rows: dict[str, int] = {}
    courses: list[CourseRow] = []
    faults: list[Fault] = []
    for record in _records(places, rows):
        fields = record.fields
        order = dates_out_of_order(fields.get("starts_on"), fields.get("ends_on"), fields.get("apply_until"))
        for late, problem in order:
            record.faults.append(places[late].fault(record.row, problem, record.cells[late]))
        code_key = normalise_code(fields["code"] or "")
        if fields["code"] and not code_key:
            record.faults.append(places["code"].fault(record.row, Problem.NO_CODE, record.cells["code"]))
        _refuse_twice(record, places["code"], code_key, Problem.CODE_TWICE, first_rows)
        if record.faults:
            faults += record.faults
        else:
            courses.append(CourseRow(row=record.row, **fields))
    return ReadFile(tuple(courses), tuple(faults))


def read_schools(name: str, content: bytes) -> ReadFile[SchoolRow]:
    """The schools of a file that a portal exported; the name and the district together tell them apart.

    A row with a fault gives no school; of rows that name one school the first gives it.
    Raises: UnreadableFile; NoHeader, with the names of the columns that were not found.
    """
    places, rows = _under_header(read_tables(name, content), SCHOOL_COLUMNS)
    first_rows: dict[tuple[str, str], int] = {}
    schools: list[SchoolRow] = []
    faults: list[Fault] = []
    for record in _records(places, rows):
        key = normalise_name(record.fields["name"] or ""), normalise_name(record.fields["district"] or "")
        _refuse_twice(record, places["name"], key if all(key) else None, Problem.SCHOOL_TWICE, first_rows)
        if record.faults:
            faults += record.faults
        else:
            schools.append(SchoolRow(row=record.row, **record.fields))
    return ReadFile(tuple(schools), tuple(faults))


def _refuse_twice(record: Record, place: Place, key: Any, problem: Problem, first_rows: dict[Any, int]) -> None:
    if not key:
        return
    first_row = first_rows.setdefault(key, record.row)
    if first_row != record.row:
        cell = record.cells[place.column.field]
        record.faults.append(place.fault(record.row, problem, cell, first_row))
