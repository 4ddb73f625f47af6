"""The demo catalogue is read like any portal's file, and shows courses of every kind on any day."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalogue import CourseRow, Funding, SchoolRow
from domain.policy import closes_on
from services.catalogue_files import read_courses, read_schools
from services.demo_catalogue import COURSES, SCHOOLS, dated_courses

TODAY = date(2027, 2, 28)


def read_demo(today: date) -> tuple[CourseRow, ...]:
    read = read_courses(COURSES.name, dated_courses(COURSES.read_bytes(), today))
    assert read.faults == ()
    return read.rows


@pytest.fixture(scope="module")
def courses() -> tuple[CourseRow, ...]:
    return read_demo(TODAY)


@pytest.fixture(scope="module")
def schools() -> tuple[SchoolRow, ...]:
    read = read_schools(SCHOOLS.name, SCHOOLS.read_bytes())
    assert read.faults == ()
    return read.rows


def kind(course: CourseRow, today: date) -> str:
    last_day = closes_on(course.apply_until, course.starts_on)
    if last_day is None:
        return "without dates"
    if course.ends_on and course.ends_on < today:
        return "finished"
    if course.starts_on and course.starts_on < today:
        return "started"
    if last_day < today:
        return "closed"
    return "full" if course.seats == 0 else "open"


@settings(max_examples=20, deadline=None)
@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_every_kind_of_course_is_there_whatever_the_first_day(today: date) -> None:
    kinds = Counter(kind(course, today) for course in read_demo(today))
    assert sum(kinds.values()) >= 160
    assert kinds["open"] >= 60
    for other in ("full", "closed", "started", "finished", "without dates"):
        assert kinds[other] >= 5, other


def test_both_fundings_and_all_forms_are_there(courses: tuple[CourseRow, ...]) -> None:
    assert min(Counter(course.funding for course in courses)[funding] for funding in Funding) >= 40
    assert {course.form for course in courses} == {"очная", "заочная", "очно-заочная", "дистанционная"}


def test_subjects_preschool_special_needs_management_and_digital_are_there(courses: tuple[CourseRow, ...]) -> None:
    directions = Counter(course.direction for course in courses)
    assert len(directions) >= 15
    for direction in ("Дошкольное", "Инклюзивное", "Управление", "Информатика", "Математика", "Иностранные"):
        assert sum(count for name, count in directions.items() if name and name.startswith(direction)) >= 5


def test_a_paid_course_has_a_price_and_a_budget_one_has_none(courses: tuple[CourseRow, ...]) -> None:
    assert all((course.price is not None) is (course.funding is Funding.PAID) for course in courses)


def test_a_code_tells_the_provider_and_the_form(courses: tuple[CourseRow, ...]) -> None:
    forms = {"О": "очная", "З": "заочная", "С": "очно-заочная", "Д": "дистанционная"}
    assert all(re.fullmatch(r"[А-Я]{3}-\d{4}-[ОЗСД]", course.code) for course in courses)
    assert all(course.form == forms[course.code[-1]] for course in courses)
    assert len({(course.code[:3], course.provider) for course in courses}) == len({c.provider for c in courses})


def sentences(course: CourseRow) -> Iterator[str]:
    return (part for part in re.split(r"(?<=[.!?»)])\s+(?=[А-ЯЁA-Z«])", course.annotation or ""))


def test_annotations_are_written_not_stamped(courses: tuple[CourseRow, ...]) -> None:
    assert len({course.title for course in courses}) == len(courses)
    said = Counter(sentence for course in courses for sentence in sentences(course))
    assert not [sentence for sentence, times in said.items() if times > 1]
    assert all(2 <= len(list(sentences(course))) <= 6 for course in courses)


def test_annotations_hold_what_breaks_careless_screens(courses: tuple[CourseRow, ...]) -> None:
    together = "".join(course.annotation or "" for course in courses)
    assert {"«", "»", "–", "ё", "<", ">", "&", "%"} <= set(together)


def test_hours_are_those_of_real_courses(courses: tuple[CourseRow, ...]) -> None:
    assert {course.hours for course in courses} >= {16, 36, 72, 108, 144}
    assert all(course.hours and 16 <= course.hours <= 144 for course in courses)


def test_schools_stand_in_several_districts_and_some_share_a_name(schools: tuple[SchoolRow, ...]) -> None:
    assert len(schools) >= 60
    assert len({school.district for school in schools}) == 8
    assert max(Counter(school.name for school in schools).values()) > 1
