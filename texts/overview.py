"""«Сводка»: the caption that says the main numbers, the picture for a phone, and the tables as a file."""

import contextlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import dropwhile
from typing import Any, Final

from aiogram.utils.formatting import Bold, Text, as_list

from domain.errors import DocumentLate, DocumentTooLong
from domain.roles import RolePlace
from domain.status import Status
from services.overview import (
    Choice,
    CourseCounts,
    MonthCounts,
    Overview,
    PortalOverview,
    ProviderOverview,
    SchoolCounts,
    SchoolOverview,
    Scope,
    TeacherHours,
)
from services.workbooks import Column, Sheet, Value, workbook
from texts.letters import SENDER
from texts.typesetting import breakable, typeset
from texts.wording import applications, clipped, courses, day, days, hours, moment, plural, short_day

CHOOSE: Final = "Сводка по чему?"
DRAWING: Final = "Рисую сводку…"
PORTAL: Final = "Портал"
FILE: Final = "Всё то же таблицами, целиком."

TALLIES: Final[Mapping[Status, str]] = {
    Status.PENDING: "На согласовании",
    Status.APPROVED: "Ожидают зачисления",
    Status.ENROLLED: "Зачислены",
    Status.COMPLETED: "Закончили",
    Status.REJECTED: "Отклонены",
    Status.WITHDRAWN: "Отозваны",
    Status.UNENROLLED: "Отчислены",
    Status.EXPIRED: "Истекли",
    Status.CANCELLED: "Курс отменён",
}
"""The states of many applications at once."""

TEACHERS_DRAWN: Final = 10
COURSES_DRAWN: Final = 8
PROVIDERS_DRAWN: Final = 5
SCHOOLS_DRAWN: Final = 5
TITLE_LIMIT: Final = 60
LINE_LIMIT: Final = 42
NAME_LIMIT: Final = 26
CAPTION_TITLE: Final = 120
FILE_TITLE: Final = 60

_NONE: Final = "–"
_ALWAYS_DRAWN: Final = frozenset({Status.PENDING, Status.APPROVED, Status.ENROLLED, Status.COMPLETED})
_SHORT_MONTHS: Final = ("янв", "фев", "март", "апр", "май", "июнь", "июль", "авг", "сен", "окт", "ноя", "дек")
_MONTH_COLUMNS: Final = ("Месяц", "Подано", "Согласо-\nвано", "Откло-\nнено", "Зачис-\nлено", "Закон-\nчили")
_MONTH_HEADINGS: Final = ("Месяц", "Подано", "Согласовано", "Отклонено", "Зачислено", "Закончили")
_NOT_IN_A_NAME: Final = re.compile(r"[^\w №.,()-]+")


def choose(view: Choice) -> Text:
    """The question to somebody with several hats."""
    return Text(CHOOSE)


def scope_button(scope: Scope) -> str:
    """One of them."""
    return PORTAL if scope.place is RolePlace.PORTAL else scope.name


def named(view: Overview) -> str:
    """What the summary is of."""
    match view:
        case SchoolOverview():
            return view.school
        case ProviderOverview():
            return view.provider
        case PortalOverview():
            return PORTAL


# The caption


def caption(view: Overview) -> Text:
    """The main numbers in words: for whoever cannot see the picture, this is the summary."""
    heading = Text(Bold(f"Сводка: {clipped(named(view), CAPTION_TITLE)}"), f"\n{moment(view.at)}")
    return as_list(heading, *(Text(line) for line in _said(view)))


def _said(view: Overview) -> list[str]:
    match view:
        case SchoolOverview():
            return _said_of_school(view)
        case ProviderOverview():
            return _said_of_provider(view)
        case PortalOverview():
            return _said_of_portal(view)


def _said_of_school(view: SchoolOverview) -> list[str]:
    if not any(view.states.values()) and not view.teachers:
        return ["Заявок на бюджетные курсы ещё не было. Когда учителя начнут записываться, здесь появятся числа."]
    reached = sum(teacher.hours >= view.norm for teacher in view.teachers)
    without = sum(teacher.hours == 0 for teacher in view.teachers)
    said = [_now(view.states), _year(view.months)]
    if view.teachers:
        norm = f"Норма за три года — {hours(view.norm)}: выполнена у {reached} из {view.teachers_total}"
        said.append(f"{norm}, без часов — {without}." if without else f"{norm}.")
    return said


def _said_of_provider(view: ProviderOverview) -> list[str]:
    if not view.courses:
        return ["Курсов, которые идут или закончились за последний год, нет."]
    states = _summed(view.courses)
    said = [f"{courses(view.courses_total)} за последний год. {_now(states)}"]
    queue = sum(course.queue for course in view.courses)
    if queue:
        said.append(f"Мест не хватает: в очереди {plural(queue, 'человек', 'человека', 'человек')}.")
    return said


def _said_of_portal(view: PortalOverview) -> list[str]:
    said = [f"С {day(view.since)}. {_now(view.states)}", _year(view.months)]
    if view.hours_to_decision is not None:
        said.append(f"От заявки до решения — обычно {_span(view.hours_to_decision)}.")
    term = _of_days(view.overdue_after.days)
    said.append(
        f"Ждут решения дольше {term}: {applications(view.overdue_total)}."
        if view.overdue_total
        else f"Дольше {term} решения не ждёт никто."
    )
    said.append(f"Школ без согласующего — {view.bare_schools_total} из {view.schools_total}.")
    return said


def _now(states: Mapping[Status, int]) -> str:
    named_first = [status for status in Status if status in _ALWAYS_DRAWN]
    said = ", ".join(f"{TALLIES[status].lower()} — {states.get(status, 0)}" for status in named_first)
    return f"{said[:1].upper()}{said[1:]}."


def _year(months: Sequence[MonthCounts]) -> str:
    applied, approved, rejected = (
        sum(getattr(month, name) for month in months) for name in ("applied", "approved", "rejected")
    )
    return f"За 12 месяцев: подано — {applied}, согласовано — {approved}, отклонено — {rejected}."


def _summed(counted: Sequence[CourseCounts]) -> dict[Status, int]:
    return {status: sum(course.states.get(status, 0) for course in counted) for status in Status}


def _of_days(count: int) -> str:
    """«3 дней», as in «дольше 3 дней»."""
    return f"{count} дня" if count % 10 == 1 and count % 100 != 11 else f"{count} дней"


def _span(count: int) -> str:
    """Hours, or days with a tenth: «5 часов», «2,5 дня»."""
    if count < 1:
        return "меньше часа"
    if count < 48:
        return hours(count)
    tenths = round(count / 2.4)
    if tenths % 10 == 0:
        return days(tenths // 10)
    return f"{tenths // 10},{tenths % 10} дня"


# The picture


async def picture(view: Overview) -> bytes | None:
    """The summary as a PNG, 1080 pixels wide; None, where there is no time to draw it: the file says it all."""
    with contextlib.suppress(DocumentLate, DocumentTooLong):
        return await typeset("overview", told(view), kind="png")
    return None


def told(view: Overview) -> dict[str, Any]:
    """What the template draws."""
    numbers, sections = _drawn(view)
    return {
        "title": _line(named(view), TITLE_LIMIT),
        "subtitle": f"Сводка на {moment(view.at)}",
        "numbers": [{"value": value, "label": label} for value, label in numbers],
        "sections": sections,
        "footer": SENDER,
    }


def _drawn(view: Overview) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
    match view:
        case SchoolOverview():
            return _draw_school(view)
        case ProviderOverview():
            return _draw_provider(view)
        case PortalOverview():
            return _draw_portal(view)


def _draw_school(view: SchoolOverview) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
    reached = sum(teacher.hours >= view.norm for teacher in view.teachers)
    numbers = [
        (str(view.states.get(Status.PENDING, 0)), "ждут решения"),
        (str(view.states.get(Status.ENROLLED, 0)), "учатся сейчас"),
        (f"{reached} из {view.teachers_total}" if view.teachers else _NONE, "выполнили норму"),
    ]
    return numbers, [
        _bars("Бюджетные заявки сейчас", view.states, "Заявок на бюджетные курсы ещё не было."),
        _month_table(view.months),
        _teacher_lines(view),
    ]


def _draw_provider(view: ProviderOverview) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
    states = _summed(view.courses)
    numbers = [
        (str(states[Status.APPROVED]), "ожидают зачисления"),
        (str(states[Status.ENROLLED]), "зачислены"),
        (str(sum(course.queue for course in view.courses)), "не хватает мест"),
    ]
    return numbers, [
        _bars("Заявки на ваши курсы", states, "Заявок на эти курсы ещё не было."),
        _course_lines(view),
    ]


def _draw_portal(view: PortalOverview) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
    decided = _NONE if view.hours_to_decision is None else _span(view.hours_to_decision)
    numbers = [
        (decided, "от заявки до решения"),
        (str(view.overdue_total), f"ждут дольше {_of_days(view.overdue_after.days)}"),
        (str(view.bare_schools_total), "школ без согласующего"),
    ]
    return numbers, [
        _bars(f"Заявки с {day(view.since)}", view.states, "Заявок за это время не было."),
        _month_table(view.months),
        _provider_bars(view),
        _school_table(view.overdue),
    ]


def _section(kind: str, title: str, rows: Sequence[Any], rest: str = "", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "title": title, "rows": list(rows), "rest": rest, **more}


def _bars(title: str, states: Mapping[Status, int], nothing: str) -> dict[str, Any]:
    if not any(states.values()):
        return _section("bars", title, [], nothing)
    shown = {status: states.get(status, 0) for status in Status if states.get(status) or status in _ALWAYS_DRAWN}
    return _section(
        "bars", title, [_bar(TALLIES[status], count, max(shown.values())) for status, count in shown.items()]
    )


def _bar(label: str, count: int, most: int) -> dict[str, Any]:
    return {"label": label, "value": str(count), "share": count / most if most else 0.0, "full": True}


def _month_table(months: Sequence[MonthCounts]) -> dict[str, Any]:
    shown = list(dropwhile(lambda month: not any(_counts(month)), months))
    if not shown:
        return _section("table", "По месяцам", [], "За последние 12 месяцев ничего не происходило.", columns=[])
    rows = [[_short_month(month), *(str(count) if count else _NONE for count in _counts(month))] for month in shown]
    return _section("table", "По месяцам", rows, columns=_MONTH_COLUMNS)


def _counts(month: MonthCounts) -> tuple[int, ...]:
    return month.applied, month.approved, month.rejected, month.enrolled, month.completed


def _short_month(month: MonthCounts) -> str:
    return f"{_SHORT_MONTHS[month.first_day.month - 1]} {month.first_day.year}"


def _teacher_lines(view: SchoolOverview) -> dict[str, Any]:
    title = f"Часы учителей за три года, норма {view.norm}"
    if not view.teachers:
        return _section("bars", title, [], "Здесь появятся учителя, которые подавали заявки или закончили курс.")
    drawn, rest = view.teachers[:TEACHERS_DRAWN], view.teachers[TEACHERS_DRAWN:]
    most = max(view.norm, drawn[0].hours)
    return _section("bars", title, [_teacher_line(teacher, view.norm, most) for teacher in drawn], _others(rest, view))


def _teacher_line(teacher: TeacherHours, norm: int, most: int) -> dict[str, Any]:
    reached = teacher.hours >= norm
    return {
        "label": _line(_with_initials(teacher.full_name), NAME_LIMIT),
        "value": f"{teacher.hours} ч ✓" if reached else f"{teacher.hours} ч",
        "share": teacher.hours / most,
        "full": reached,
    }


def _others(rest: Sequence[TeacherHours], view: SchoolOverview) -> str:
    legend = "✓ и сплошная полоса — норма выполнена, штриховка — ещё нет."
    left = view.teachers_total - TEACHERS_DRAWN
    if left <= 0:
        return legend
    summed = sum(teacher.hours for teacher in rest)
    return f"И ещё {plural(left, 'человек', 'человека', 'человек')}, вместе {hours(summed)}: все — в таблице. {legend}"


def _course_lines(view: ProviderOverview) -> dict[str, Any]:
    title = "Курсы: занято мест"
    if not view.courses:
        return _section("lines", title, [], "Курсов, которые идут или закончились за последний год, нет.")
    busiest = sorted(view.courses, key=lambda course: -course.live)[:COURSES_DRAWN]
    left = view.courses_total - len(busiest)
    legend = "Сплошная полоса — мест больше нет, штриховка — ещё есть."
    rest = f"И ещё {courses(left)}: все — в таблице. {legend}" if left > 0 else legend
    return _section("lines", title, [_course_line(course) for course in busiest], rest)


def _course_line(course: CourseCounts) -> dict[str, Any]:
    enrolled = course.states.get(Status.ENROLLED, 0)
    waiting = course.states.get(Status.APPROVED, 0)
    pending = course.states.get(Status.PENDING, 0)
    notes = [
        "отменён" if course.cancelled else "",
        f"ждут группы {waiting}" if waiting else "",
        f"не хватает мест: {course.queue}" if course.queue else "",
        f"на согласовании {pending}" if pending else "",
        plural(course.groups, "группа", "группы", "групп") if course.groups else "групп ещё нет",
    ]
    return {
        "label": _line(f"{course.code} · {course.title}"),
        "value": str(enrolled) if course.seats is None else f"{enrolled} из {course.seats}",
        "share": enrolled / course.seats if course.seats else 0.0,
        "note": ", ".join(note for note in notes if note),
        "full": course.free_seats == 0,
    }


def _provider_bars(view: PortalOverview) -> dict[str, Any]:
    title = "Организации по числу заявок"
    drawn = view.providers[:PROVIDERS_DRAWN]
    if not drawn:
        return _section("lines", title, [], "Заявок за это время не было.")
    left = view.providers_total - len(drawn)
    rows = [
        {
            **_bar(_line(provider.name), provider.applications, drawn[0].applications),
            "note": "",
        }
        for provider in drawn
    ]
    rest = f"И ещё {plural(left, 'организация', 'организации', 'организаций')}: все — в таблице." if left > 0 else ""
    return _section("lines", title, rows, rest)


def _school_table(schools: Sequence[SchoolCounts]) -> dict[str, Any]:
    title = "Где решения ждут дольше всего"
    if not schools:
        return _section("table", title, [], "Просроченных решений нет.", columns=[])
    rows = [[_line(_school(school)), str(school.waiting)] for school in schools[:SCHOOLS_DRAWN]]
    left = len(schools) - len(rows)
    rest = f"И ещё {plural(left, 'школа', 'школы', 'школ')}: все — в таблице." if left > 0 else ""
    return _section("table", title, rows, rest, columns=("Школа", "Заявок ждёт"))


def _school(school: SchoolCounts) -> str:
    if school.name is None:
        return "Школа не указана"
    return f"{school.name}, {school.district}" if school.district else school.name


def _line(text: str, limit: int = LINE_LIMIT) -> str:
    """As much of a text as fits into a line, without what would turn or break it."""
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return breakable(clipped(" ".join(seen.split()), limit))


def _with_initials(full_name: str) -> str:
    """«Соколова А. П.»: as people are named in lists, in full in the table."""
    words = full_name.split()
    return " ".join([*words[:1], *(f"{word[0]}." for word in words[1:])])


# The tables


def table_name(view: Overview) -> str:
    """The name of the file."""
    what = " ".join(_NOT_IN_A_NAME.sub(" ", named(view))[:FILE_TITLE].split())
    return f"Сводка {what} {view.at:%Y-%m-%d}.xlsx"


def picture_name(view: Overview) -> str:
    """The name of the picture, which Telegram asks for and nobody sees."""
    return f"overview-{view.at:%Y-%m-%d}.png"


async def tables(view: Overview) -> bytes:
    """Every number of the summary as an xlsx file, a sheet a table."""
    return await workbook(*_sheets(view))


def _sheets(view: Overview) -> list[Sheet]:
    match view:
        case SchoolOverview():
            return [_state_sheet(view.states), _month_sheet(view.months), _teacher_sheet(view)]
        case ProviderOverview():
            return [_course_sheet(view), _state_sheet(_summed(view.courses))]
        case PortalOverview():
            return [
                _state_sheet(view.states),
                _month_sheet(view.months),
                _provider_sheet(view),
                _school_sheet("Долго ждут решения", view.overdue),
                _school_sheet("Без согласующего", view.bare_schools),
            ]


def _sheet(name: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> Sheet:
    return Sheet(name, tuple(columns), rows, total="Итого")


def _summing(*headings: str) -> list[Column]:
    return [Column(heading, is_summed=True) for heading in headings]


def _state_sheet(states: Mapping[Status, int]) -> Sheet:
    rows = [(TALLIES[status], states.get(status, 0)) for status in Status]
    return _sheet("По состояниям", [Column("Состояние", 26), *_summing("Заявок")], rows)


def _month_sheet(months: Sequence[MonthCounts]) -> Sheet:
    rows: list[tuple[Value, ...]] = [(_month(month), *_counts(month)) for month in months]
    return _sheet("По месяцам", [Column(_MONTH_HEADINGS[0], 18), *_summing(*_MONTH_HEADINGS[1:])], rows)


def _month(month: MonthCounts) -> str:
    return f"{month.first_day:%m.%Y}"


def _teacher_sheet(view: SchoolOverview) -> Sheet:
    rows = [
        (
            teacher.full_name,
            teacher.position,
            teacher.courses,
            teacher.hours,
            max(view.norm - teacher.hours, 0),
            "да" if teacher.hours >= view.norm else "нет",
        )
        for teacher in view.teachers
    ]
    columns = [
        Column("Учитель", 38),
        Column("Должность", 28),
        *_summing(f"Курсов с {short_day(view.since)}", f"Часов с {short_day(view.since)}"),
        Column(f"Осталось до нормы ({view.norm})", 18),
        Column("Норма выполнена", 14),
    ]
    return _sheet("Часы учителей", columns, rows)


_SHOWN_FOR_COURSES: Final = (
    Status.PENDING,
    Status.APPROVED,
    Status.ENROLLED,
    Status.COMPLETED,
    Status.REJECTED,
    Status.WITHDRAWN,
    Status.UNENROLLED,
    Status.EXPIRED,
    Status.CANCELLED,
)


def _course_sheet(view: ProviderOverview) -> Sheet:
    rows: list[tuple[Value, ...]] = [
        (
            course.code,
            course.title,
            "отменён" if course.cancelled else "опубликован" if course.published else "не опубликован",
            course.starts_on,
            course.ends_on,
            course.groups,
            course.seats,
            course.free_seats,
            course.queue,
            *(course.states.get(status, 0) for status in _SHOWN_FOR_COURSES),
        )
        for course in view.courses
    ]
    columns = [
        Column("Шифр", 16),
        Column("Курс", 48),
        Column("Каталог", 16),
        Column("Начало", 12),
        Column("Окончание", 12),
        *_summing("Групп"),
        Column("Мест", 10),
        Column("Свободно", 10),
        *_summing("Не хватает мест", *(TALLIES[status] for status in _SHOWN_FOR_COURSES)),
    ]
    return _sheet("Курсы", columns, rows)


def _provider_sheet(view: PortalOverview) -> Sheet:
    rows = [
        (provider.name, provider.applications, provider.enrolled, provider.completed) for provider in view.providers
    ]
    columns = [Column("Организация", 48), *_summing("Заявок", "Сейчас зачислены", "Закончили")]
    return _sheet("Организации", columns, rows)


def _school_sheet(name: str, schools: Sequence[SchoolCounts]) -> Sheet:
    rows = [
        (school.name or "Школа не указана", school.district or "", school.waiting, school.since) for school in schools
    ]
    columns = [
        Column("Школа", 44),
        Column("Округ", 24),
        *_summing("Заявок ждёт"),
        Column("Самая давняя ждёт с", 20),
    ]
    return _sheet(name, columns, rows)
