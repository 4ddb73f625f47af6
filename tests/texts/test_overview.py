"""«Сводка» as it is seen: no name breaks the picture or the tables, and the words say what the picture shows."""

import io
import struct
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from domain.roles import RolePlace
from domain.status import Status
from domain.tallies import months_until
from services.overview import (
    CourseCounts,
    MonthCounts,
    PortalOverview,
    ProviderCounts,
    ProviderOverview,
    SchoolCounts,
    SchoolOverview,
    Scope,
    TeacherHours,
)
from texts import overview, plain

AT = datetime(2026, 11, 25, 10, 20)
DAY = AT.date()
CAPTION = 1024
EMPTY_MONTHS = tuple(MonthCounts(first, 0, 0, 0, 0, 0) for first in months_until(DAY))
MONTHS = tuple(replace(month, applied=number, approved=1) for number, month in enumerate(EMPTY_MONTHS))
TEACHERS = (TeacherHours("Соколова Анна Петровна", "Учитель", 180, 3), TeacherHours("Ли Ю", "Учитель", 0, 0))
SCHOOL = SchoolOverview(
    "Школа № 1417", AT, {Status.PENDING: 3, Status.ENROLLED: 12}, MONTHS, TEACHERS, 2, date(2023, 11, 25), 144
)
COURSE = CourseCounts("ГМЦ-1", "Уроки", DAY, DAY, True, False, 2, 25, 3, {Status.ENROLLED: 22, Status.APPROVED: 5})
PROVIDER = ProviderOverview("Центр", AT, DAY, (COURSE,), 1)
PORTAL = PortalOverview(
    at=AT,
    since=DAY,
    states={Status.COMPLETED: 70},
    months=MONTHS,
    providers=(ProviderCounts("Центр", 70, 0, 70),),
    providers_total=1,
    schools_total=9,
    bare_schools=(SchoolCounts("Школа № 1", "Северный", 0),),
    bare_schools_total=1,
    overdue=(SchoolCounts(None, None, 4, AT),),
    overdue_total=4,
    overdue_after=timedelta(days=3),
    hours_to_decision=61,
)
EMPTY = (
    replace(SCHOOL, states={}, months=EMPTY_MONTHS, teachers=(), teachers_total=0),
    replace(PROVIDER, courses=(), courses_total=0),
    PortalOverview(AT, DAY, {}, EMPTY_MONTHS, (), 0, 0, (), 0, (), 0, timedelta(days=3), None),
)
ALL = (SCHOOL, PROVIDER, PORTAL, *EMPTY)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
HOSTILE = (
    '#panic("нет") $x^2$ *ж* _к_ `код` <метка> @ссылка \\ // /* ]',
    '=HYPERLINK("http://example.org")',
    "\x00\x1b\u202e\u2028 строка\r\nдругая",
    "Ё" * 300,
    "👩‍🏫 中文 עברית",
    " ",
)


def size_of(png):
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def said(view):
    return overview.caption(view).as_caption_kwargs()["caption"]


async def drawn(view):
    picture = await overview.picture(view)
    assert picture is not None
    width, height = size_of(picture)
    assert width == 1080
    assert 400 < height < 3600
    return picture


async def sheets(view):
    book = CalamineWorkbook.from_filelike(io.BytesIO(await overview.tables(view)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("view", ALL, ids=lambda view: type(view).__name__)
async def test_every_summary_is_drawn_and_said_in_words(view):
    await drawn(view)
    words = said(view)
    assert len(words) <= CAPTION
    assert overview.named(view) in words
    assert plain.words(words) == words


def test_the_words_have_the_main_numbers():
    assert "На согласовании — 3, ожидают зачисления — 0, зачислены — 12" in said(SCHOOL)
    assert "За 12 месяцев: подано — 66, согласовано — 12" in said(SCHOOL)
    assert "выполнена у 1 из 2, без часов — 1" in said(SCHOOL)
    assert "в очереди 2 человека" in said(PROVIDER)
    assert "обычно 2,5 дня" in said(PORTAL)
    assert "дольше 3 дней: 4 заявки" in said(PORTAL)
    assert "без согласующего — 1 из 9" in said(PORTAL)


@pytest.mark.parametrize(
    ("hours", "words"), [(0, "меньше часа"), (1, "1 час"), (47, "47 часов"), (48, "2 дня"), (61, "2,5 дня")]
)
def test_a_span_is_said_in_hours_or_days(hours, words):
    assert words in said(replace(PORTAL, hours_to_decision=hours))


def test_the_months_drawn_begin_with_the_first_that_had_anything():
    months = (*EMPTY_MONTHS[:9], replace(EMPTY_MONTHS[9], applied=2), *EMPTY_MONTHS[10:])
    drawn_months = overview.told(replace(SCHOOL, months=months))["sections"][1]["rows"]
    assert [row[:2] for row in drawn_months] == [["сен 2026", "2"], ["окт 2026", "–"], ["ноя 2026", "–"]]


async def test_many_are_cut_in_the_picture_and_whole_in_the_table():
    many = tuple(replace(TEACHERS[0], full_name=f"Учитель {number}", hours=10) for number in range(300))
    view = replace(SCHOOL, teachers=many, teachers_total=300)
    await drawn(view)
    hours = overview.told(view)["sections"][-1]
    assert len(hours["rows"]) == overview.TEACHERS_DRAWN
    assert "И ещё 290 человек, вместе 2900 часов" in hours["rest"]
    assert len((await sheets(view))["Часы учителей"]) == 1 + 300 + 2
    courses = replace(PROVIDER, courses=(COURSE,) * 60, courses_total=60)
    await drawn(courses)
    assert len((await sheets(courses))["Курсы"]) == 1 + 60 + 2
    crowded = replace(PORTAL, providers=PORTAL.providers * 50, overdue=PORTAL.overdue * 50, providers_total=50)
    await drawn(crowded)


async def test_the_tables_have_sums_and_dates():
    found = await sheets(SCHOOL)
    assert list(found) == ["По состояниям", "По месяцам", "Часы учителей"]
    assert found["По состояниям"][-1] == ["Итого", 15]
    assert found["Часы учителей"][1] == ["Соколова Анна Петровна", "Учитель", 3, 180, 0, "да"]
    course = (await sheets(PROVIDER))["Курсы"][1]
    assert course[:9] == ["ГМЦ-1", "Уроки", "опубликован", DAY, DAY, 2, 25, 3, 2]
    assert (await sheets(PORTAL))["Долго ждут решения"][1] == ["Школа не указана", "", 4, AT]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_name_breaks_the_picture_the_words_or_the_tables(hostile):
    people = (TeacherHours(hostile, hostile, 10**6, 1),)
    for view in (
        replace(SCHOOL, school=hostile, teachers=people, teachers_total=1),
        replace(PROVIDER, provider=hostile, courses=(replace(COURSE, code=hostile, title=hostile),)),
        replace(PORTAL, providers=(ProviderCounts(hostile, 1, 1, 1),), overdue=(SchoolCounts(hostile, hostile, 1),)),
    ):
        await drawn(view)
        assert len(said(view)) <= CAPTION
        await sheets(view)
        assert len(overview.table_name(view)) < 100
        assert not {"/", "\\", "\n", "\x00"} & set(overview.table_name(view))


@settings(max_examples=12, deadline=None)
@given(TEXTS, TEXTS)
async def test_whatever_people_are_called_there_is_a_picture(name, school):
    view = replace(SCHOOL, school=school, teachers=(TeacherHours(name, name, 5, 1),), teachers_total=1)
    await drawn(view)
    await sheets(view)


def test_the_choice_names_each_hat():
    assert overview.scope_button(Scope(RolePlace.SCHOOL, 1, "Школа № 1")) == "Школа № 1"
    assert overview.scope_button(Scope(RolePlace.PORTAL, 0, "")) == "Портал"
