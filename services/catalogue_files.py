"""Courses and schools out of the files that portals export, however their columns are ordered and worded."""

from functools import partial
from typing import Final

from domain.catalogue import (
    COURSE_LENGTHS,
    SCHOOL_LENGTHS,
    CourseRow,
    Fault,
    Problem,
    ReadFile,
    SchoolRow,
    dates_out_of_order,
)
from domain.cells import read_day, read_funding, read_paragraphs
from domain.codes import normalise_code, normalise_name
from services.headed_tables import Column, line_column, number_column, read_records, refuse_twice

_of_course: Final = partial(line_column, COURSE_LENGTHS)
_of_school: Final = partial(line_column, SCHOOL_LENGTHS)

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
    number_column(
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
    number_column(
        "seats",
        "Мест",
        "места|кол-во мест|количество мест|число мест|всего мест|лимит мест|численность группы|квота|план набора"
        "|свободных мест|количество слушателей",
    ),
    number_column("price", "Стоимость", "стоимость обучения|стоимость курса|цена|цена обучения|оплата"),
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


def read_courses(name: str, content: bytes) -> ReadFile[CourseRow]:
    """The courses of a file that a portal exported.

    A row with a fault gives no course; of rows with one code the first gives it.
    Raises: UnreadableFile; NoHeader, with the names of the columns that were not found.
    """
    places, records = read_records(name, content, COURSE_COLUMNS)
    first_rows: dict[str, int] = {}
    courses: list[CourseRow] = []
    faults: list[Fault] = []
    for record in records:
        fields = record.fields
        order = dates_out_of_order(fields.get("starts_on"), fields.get("ends_on"), fields.get("apply_until"))
        for late, problem in order:
            record.faults.append(places[late].fault(record.row, problem, record.cells[late]))
        code_key = normalise_code(fields["code"] or "")
        if fields["code"] and not code_key:
            record.faults.append(places["code"].fault(record.row, Problem.NO_CODE, record.cells["code"]))
        refuse_twice(record, places["code"], code_key, Problem.CODE_TWICE, first_rows)
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
    places, records = read_records(name, content, SCHOOL_COLUMNS)
    first_rows: dict[tuple[str, str], int] = {}
    schools: list[SchoolRow] = []
    faults: list[Fault] = []
    for record in records:
        key = normalise_name(record.fields["name"] or ""), normalise_name(record.fields["district"] or "")
        refuse_twice(record, places["name"], key if all(key) else None, Problem.SCHOOL_TWICE, first_rows)
        if record.faults:
            faults += record.faults
        else:
            schools.append(SchoolRow(row=record.row, **record.fields))
    return ReadFile(tuple(schools), tuple(faults))
