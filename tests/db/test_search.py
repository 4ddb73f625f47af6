"""What people type finds the courses they mean, on SQLite and PostgreSQL alike."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any, Final, TypeAlias

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text, update

from db import courses, search
from db.engine import Database
from db.tables import Course, Provider
from domain.catalogue import Funding
from domain.codes import normalise_code

TODAY: Final = date(2027, 1, 15)
Courses: TypeAlias = Sequence[dict[str, Any]]
_numbers = count(1)


async def keep(database: Database, *rows: dict[str, Any], provider: str = "Центр") -> None:
    """Nothing but these courses: each with what a test names, else open and without words."""
    async with database.write() as tx:
        await tx.execute(text("DELETE FROM course_index"))
        await tx.execute(delete(Course))
        await tx.execute(delete(Provider))
        provider_id = (
            await tx.execute(insert(Provider).values(name=provider, name_key=provider).returning(Provider.id))
        ).scalar_one()
        for row in rows:
            code = row.get("code") or f"К-{next(_numbers)}"
            columns = {"code": code, "code_key": normalise_code(code), "title": "…", "published": True, **row}
            values = {"provider_id": provider_id, "funding": Funding.BUDGET, **columns}
            course_id = (await tx.execute(insert(Course).values(values).returning(Course.id))).scalar_one()
            words = search.words(code, columns["code_key"], columns["title"], provider, row.get("annotation") or "")
            await search.index(tx, [(course_id, words)], fresh=True)


async def found(database: Database, query: str) -> list[str]:
    """The titles found, in order."""
    async with database.read() as connection:
        rows = await courses.found(connection, query, normalise_code(query), TODAY, 50, 0)
    return [row.title for row in rows]


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Робототехника в начальной школе", "робототехнику начальным школам"),
        ("Робототехника в начальной школе", "НАЧАЛЬНАЯ ШКОЛА"),
        ("РОБОТОТЕХНИКА", "робототехники"),
        ("Ёлочные игрушки", "елочная игрушка"),
        ("Елочные игрушки", "ЁЛОЧНЫЕ"),
        ("Обучение чтению", "чтения"),
        ("Python для учителя", "python"),
        ("Основы C++ и C#", "c++"),
        ("ФГОС: что-то новое", 'фгос "что-то"'),
        ("Подготовка к ЕГЭ-2027", "егэ 2027"),
        ("За\u0301мок и замо\u0301к", "замок"),
        ("Музыка\u00adльный слух", "музыкального слуха"),
        ("и\u0306од", "йода"),
        ("йод", "и\u0306ода"),
        ("Площадь, м²", "м²"),
        ("Курс 1е5 1e5", "1e5"),
    ],
)
async def test_words_are_found_in_every_form(database: Database, title: str, query: str) -> None:
    await keep(database, {"title": title}, {"title": "Другое"})
    assert await found(database, query) == [title]


async def test_little_words_ask_for_nothing_unless_there_are_no_others(database: Database) -> None:
    await keep(database, {"title": "Уроки географии"}, {"title": "Не для всех"})
    assert await found(database, "как вести курс на уроках географии") == []
    assert await found(database, "на уроках географии") == ["Уроки географии"]
    assert await found(database, "для всех") == ["Не для всех"]


async def test_all_words_must_be_there_wherever_they_stand(database: Database) -> None:
    await keep(
        database, {"title": "Физика", "annotation": "Опыты и задачи"}, {"title": "Физика"}, provider="Центр «Опора»"
    )
    assert await found(database, "физика опыты опора") == ["Физика"]
    assert len(await found(database, "физика опора")) == 2
    assert await found(database, "физика химия") == []


@pytest.mark.parametrize(
    "spelling", ["ГМЦ-0417-Д", "гмц-0417-д", "ГМЦ 0417 Д", "гмц0417д", "ГМЦ—0417–Д", " ГMЦ - 0417 -Д ", "гмц‑0417‑д"]
)
async def test_a_code_in_every_spelling_opens_its_course(database: Database, spelling: str) -> None:
    await keep(database, {"code": "ГМЦ-0417-Д", "title": "Тот"}, {"code": "ГМЦ-0418-Д"})
    async with database.read() as connection:
        course_id = await courses.by_code(connection, normalise_code(spelling))
        assert course_id is not None
        card = await courses.card(connection, course_id, None)
    assert card is not None
    assert card.title == "Тот"
    assert await found(database, spelling) == ["Тот"]


@pytest.mark.parametrize("part", ["гмц", "ГМЦ-04", "гмц 0417", "гmц041", "0417", "ГМЦ-0417-Д"])
async def test_a_part_of_a_code_finds_its_course(database: Database, part: str) -> None:
    await keep(database, {"code": "ГМЦ-0417-Д", "title": "Тот"}, {"code": "ДОО-0500", "title": "Другой"})
    assert await found(database, part) == ["Тот"]


@pytest.mark.parametrize("part", ["12/03", "12.03", "1203", "12/03-П", "python-7", "Рython-7", "№ 5", "№5"])
async def test_codes_of_any_fashion_are_found(database: Database, part: str) -> None:
    fashions = [{"code": code, "title": "Тот"} for code in ("12/03-П", "PYTHON-7", "№ 5/а")]
    await keep(database, *fashions, {"code": "ДОО-4400", "title": "Другой"})
    assert await found(database, part) == ["Тот"]


async def test_titles_come_before_annotations(database: Database) -> None:
    far = " ".join(["Педагогика", *(f"слово{number}" for number in range(20)), "музейная"])
    often = "Музейная педагогика. " * 20
    await keep(
        database,
        {"title": "Краеведение", "annotation": often, "code": "А-1"},
        {"title": far, "annotation": "Длинная аннотация о другом. " * 60, "code": "А-2"},
    )
    assert await found(database, "музейная педагогика") == [far, "Краеведение"]


async def test_a_title_is_not_crowded_out_by_a_thousand_annotations(database: Database) -> None:
    await keep(database)
    async with database.write() as tx:
        provider_id = (
            await tx.execute(insert(Provider).values(name="Ц", name_key="ц").returning(Provider.id))
        ).scalar_one()
        common = {"provider_id": provider_id, "funding": Funding.BUDGET, "published": True}
        for number in range(search.RANKED + 5):
            title, annotation = ("Курс", "Для школы") if number < search.RANKED else ("Школа", "")
            values = {**common, "code": f"{number}", "code_key": f"{number}", "title": title}
            course_id = (await tx.execute(insert(Course).values(values).returning(Course.id))).scalar_one()
            words = search.words("", "", title, "", annotation)
            await search.index(tx, [(course_id, words)], fresh=True)
    assert (await found(database, "школа"))[:6] == ["Школа"] * 5 + ["Курс"]


async def test_closed_courses_come_after_open_ones(database: Database) -> None:
    yesterday, tomorrow = TODAY - timedelta(1), TODAY + timedelta(1)
    await keep(
        database,
        {"title": "Физика физика физика", "closes_on": yesterday},
        {"title": "Опыты", "annotation": "физика", "closes_on": tomorrow},
        {"title": "Физика", "closes_on": TODAY},
        {"title": "Физика без дат", "closes_on": None},
    )
    assert set((await found(database, "физика"))[:2]) == {"Физика", "Физика без дат"}
    assert (await found(database, "физика"))[2:] == ["Опыты", "Физика физика физика"]


async def test_an_unpublished_course_is_not_found(database: Database) -> None:
    await keep(database, {"title": "Физика", "code": "А-1"})
    async with database.write() as tx:
        await tx.execute(update(Course).values(published=False))
    assert await found(database, "физика") == await found(database, "А-1") == []


async def test_a_course_indexed_again_is_found_by_its_new_words_only(database: Database) -> None:
    await keep(database, {"title": "Физика"})
    async with database.write() as tx:
        (course_id,) = (await tx.execute(text("SELECT id FROM courses"))).scalars().all()
        words = search.words("К-1", "К1", "Химия", "Центр", "")
        await search.index(tx, [(course_id, words)], fresh=False)
    assert (await found(database, "химия"), await found(database, "физика")) == (["Физика"], [])


ODD: Final = st.text() | st.text(st.sampled_from("\"'()*:&|!<>+-^~{}[]\\,.;%_ аяA1\u0000\u2028е\u0308²ß"), max_size=30)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ODD)
@example("")
@example(" \u00a0-")
@example("\x00")
@example("а\x00б")
@example("слово" * 5000)
@example("1" * 10_000)
@example(" ".join(f"слово{number}" for number in range(500)))
@example("NEAR(а б) AND OR NOT title: ^а")
@example("а:*  !б & (в | г) <-> д \\' 'е")
@example("İstanbul ŉ ǰ ß ﬁ Ǆ 𝔘 𞤀 ᲀ ꙮ")
@example("١٢٣ Ⅷ ½ 一二 あ")
@example("1e5 1.5e-3 0x1F http://example.org/a?b a@example.org /usr/lib <b>тег</b> &amp;")
async def test_whatever_is_typed_is_searched_without_an_error(database: Database, query: str) -> None:
    await found(database, query)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", categories=["L", "N"]) | st.sampled_from(" -.,'\"²"), max_size=60))
async def test_any_title_is_found_by_itself(database: Database, title: str) -> None:
    await keep(database, {"title": title})
    assert await found(database, title) == ([title] if search.stems(title) else [])
