"""What people type finds the courses they mean, on SQLite and PostgreSQL alike."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text, update

from db import courses, search, search_index, vocabulary
from db.engine import Database
from db.search import Answer
from db.search_index import CourseText
from db.tables import Course, Provider
from domain.catalogue import Funding
from domain.codes import normalise_code
from domain.finding import CODE, MATCHED, Filters, SearchRequest, Sort
from domain.spelling import plain_words
from domain.synonyms import read_synonyms
from services.finding import Finding
from tests.conftest import KINDS, Databases

TODAY: Final = date(2027, 1, 15)
_numbers = count(1)


@pytest.fixture(scope="module", params=KINDS)
async def database(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[Database]:
    """One for all tests of this file: each begins by keeping nothing but its own courses."""
    async with databases.fresh(request.param) as url:
        opened = Database(url)
        yield opened
        await opened.close()


async def keep(database: Database, *rows: dict[str, Any], provider: str = "Центр") -> None:
    """Nothing but these courses: each with what a test names, else open and without words."""
    async with database.write() as tx:
        await search_index.clear(tx)
        await tx.execute(delete(Course))
        await tx.execute(delete(Provider))
        provider_id = (
            await tx.execute(insert(Provider).values(name=provider, name_key=provider.lower()).returning(Provider.id))
        ).scalar_one()
        values = []
        for row in rows:
            code = row.get("code") or f"К-{next(_numbers)}"
            dates = {"closes_on": None, "starts_on": None}
            usual = {"code": code, "title": "…", "annotation": None, "form": None, "direction": None, "published": True}
            values.append(
                {"provider_id": provider_id, "funding": Funding.BUDGET, **usual, **dates, **row}
                | {"code_key": normalise_code(code)}
            )
        if values:
            await tx.execute(insert(Course), values)
        await vocabulary.make_anew(tx)


async def answers(database: Database, query: str, synonyms: str = "", **options: Any) -> Sequence[Answer]:
    """The courses found, in order; not those that are shown where nothing is found."""
    async with database.read() as connection:
        asked = SearchRequest(query, **options)
        finds = await Finding(read_synonyms(synonyms)).find(connection, asked, TODAY, 2000)
    return [answer for answer in finds.page if answer.score]


async def found(database: Database, query: str, synonyms: str = "") -> list[str]:
    """The titles of the courses that hold all that is asked for, in order."""
    async with database.read() as connection:
        finds = await Finding(read_synonyms(synonyms)).find(connection, SearchRequest(query), TODAY, 50)
    return [answer.title for answer in finds.page][: finds.complete]


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
        card = await courses.card(connection, course_id, 1)
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
    crowd = [{"title": "Курс", "annotation": "Для школы"}] * search.RANKED
    await keep(database, *crowd, *[{"title": "Школа"}] * 5)
    assert (await found(database, "школа"))[:6] == ["Школа"] * 5 + ["Курс"]


async def test_an_open_course_is_not_crowded_out_by_a_thousand_closed_ones(database: Database) -> None:
    await keep(database, *[{"title": "Школа", "closes_on": TODAY - timedelta(1)}] * search.RANKED, {"title": "Школа"})
    rows = await answers(database, "школа")
    assert [row.is_open for row in rows[:2]] == [True, False]
    assert len(rows) == search.RANKED


async def test_filters_hold_before_any_limit_on_hits(database: Database) -> None:
    crowd = [{"title": "Школа", "funding": Funding.BUDGET, "form": "очная"}] * (search.RANKED + 1)
    rare = {"title": "Уроки", "annotation": "школа", "funding": Funding.PAID, "form": "заочная", "direction": "Школа"}
    await keep(database, *crowd, {**rare, "closes_on": TODAY - timedelta(1)}, rare)
    for filters in (Filters(funding=Funding.PAID), Filters(form="заочная"), Filters(direction="Школа")):
        rows = await answers(database, "школа", filters=filters)
        assert [(row.title, row.is_open) for row in rows] == [("Уроки", True), ("Уроки", False)]
    rows = await answers(database, "школа", filters=Filters(funding=Funding.PAID, open_only=True))
    assert [row.is_open for row in rows] == [True]
    assert await answers(database, "школа", filters=Filters(provider_id=1_000_000)) == []


async def test_at_equal_merit_open_courses_come_before_closed_ones(database: Database) -> None:
    yesterday, tomorrow = TODAY - timedelta(1), TODAY + timedelta(1)
    await keep(
        database,
        {"code": "А-1", "title": "Физика", "closes_on": yesterday},
        {"code": "А-2", "title": "Опыты", "annotation": "физика", "closes_on": tomorrow},
        {"code": "А-3", "title": "Физика сегодня", "closes_on": TODAY},
        {"code": "А-4", "title": "Физика без дат", "closes_on": None},
    )
    assert await found(database, "физика") == ["Физика сегодня", "Физика без дат", "Физика", "Опыты"]


async def test_all_words_come_first_then_most_of_them(database: Database) -> None:
    await keep(
        database,
        {"code": "А-1", "title": "Музыка"},
        {"code": "А-2", "title": "Опыты", "annotation": "Физика и химия, музыка"},
        {"code": "А-3", "title": "Физика и химия"},
        {"code": "А-4", "title": "Плавание"},
    )
    rows = await answers(database, "физика химия музыка")
    assert [row.title for row in rows] == ["Опыты", "Физика и химия", "Музыка"]
    async with database.read() as connection:
        finds = await Finding().find(connection, SearchRequest("физика химия музыка"), TODAY, 10)
    assert (finds.complete, finds.total) == (1, 3)


async def test_among_courses_that_lack_a_word_the_rarer_word_says_more(database: Database) -> None:
    await keep(database, *[{"title": f"Школа {number}"} for number in range(20)], {"title": "Вулканы"})
    rows = await answers(database, "школа вулканов")
    assert (rows[0].title, len(rows)) == ("Вулканы", 21)


async def test_the_title_and_the_rarer_word_are_not_crowded_out_by_courses_that_lack_a_word(
    database: Database,
) -> None:
    crowd = [{"title": "Курс", "annotation": "Вулканы"}] * search.LACKING_RANKED
    crowd += [{"title": "Школа"}] * search.LACKING_RANKED * 2
    await keep(database, *crowd, {"title": "Вулканы"})
    rows = await answers(database, "школа вулканов")
    assert [row.title for row in rows[:2]] == ["Вулканы", "Школа"]
    assert len(rows) == search.LACKING_RANKED


async def test_words_that_are_one_thing_may_stand_in_two_places(database: Database) -> None:
    await keep(database, {"title": "Детский отдых", "annotation": "В саду"}, {"title": "Детский"})
    rows = await answers(database, "детский сад", SYNONYMS)
    assert [(row.title, row.score // MATCHED) for row in rows] == [("Детский отдых", 1)]


async def test_where_nothing_is_found_the_open_courses_that_start_next_are_shown(database: Database) -> None:
    await keep(
        database,
        {"title": "Позже", "starts_on": TODAY + timedelta(9), "form": "очная"},
        {"title": "Раньше", "starts_on": TODAY + timedelta(2), "form": "очная"},
        {"title": "Закрытый", "closes_on": TODAY - timedelta(1), "form": "очная"},
    )
    async with database.read() as connection:
        for query in ("йцукенгшщзх", "йцукенгшщзх щщщщ", "«позже некуда»", "!", ""):
            asked = SearchRequest(query, Filters(form="очная"))
            finds = await Finding().find(connection, asked, TODAY, 10)
            assert finds.is_nearest
            assert [answer.title for answer in finds.page] == ["Раньше", "Позже"]
            assert finds.complete == 0


async def test_courses_come_by_their_start_or_deadline_where_that_is_asked_for(database: Database) -> None:
    await keep(
        database,
        {"title": "Физика", "starts_on": TODAY + timedelta(9), "closes_on": TODAY + timedelta(1)},
        {
            "title": "Опыты",
            "annotation": "физика",
            "starts_on": TODAY + timedelta(3),
            "closes_on": TODAY + timedelta(2),
        },
        {"title": "Физика без дат"},
    )
    by_start = await answers(database, "физика", sort=Sort.STARTS)
    assert [row.title for row in by_start] == ["Опыты", "Физика", "Физика без дат"]
    by_deadline = await answers(database, "физика", sort=Sort.CLOSES)
    assert [row.title for row in by_deadline] == ["Физика", "Опыты", "Физика без дат"]


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Математика в школе", "матиматика"),
        ("Робототехника", "робототехнка"),
        ("Робототехника", "роботтехнка"),
        ("Эссе", "ессе"),
        ("Шахматы", "шахамты"),
        ("Формирующее оценивание", "формируещее"),
        ("Уроки математики", "ehjrb vfntvfnbrb"),
        ("Химия", "[bvbz"),
        ("Юный химик", ".ysq"),
        ("Python для учителя", "знерщт"),
        ("Подготовка к ЕГЭ по математике", "matematika ege"),
        ("Ребёнок с РАС", "PAC"),
        ("Видеоурок своими руками", "видео урок"),
        ("Видеоурок своими руками", "видео-урок"),
        ("Естественно-научная грамотность", "естественнонаучная"),
        ("Смысловое чтение", "смысловоечтение"),
        ("Робототехника", "робо"),
        ("Функциональная грамотность", "функц грам"),
        ("Нейролингвистика", "лингвистика"),
        ("Экологическая тропа", "экология"),
        ("Материалы ИИ", "ии"),
    ],
)
async def test_what_is_typed_fast_and_wrong_is_found(database: Database, title: str, query: str) -> None:
    await keep(database, {"title": title}, {"title": "Другое"})
    assert await found(database, query) == [title]


@pytest.mark.parametrize("query", ["кот", "хата", "ма", "робатаиехнка", "мотимотика"])
async def test_more_slips_than_are_forgiven_find_nothing(database: Database, query: str) -> None:
    await keep(database, {"title": "Кит, хула, Математика, Робототехника"})
    assert await answers(database, query) == []


async def test_in_quotes_nothing_is_corrected_and_every_word_is_wanted(database: Database) -> None:
    await keep(database, {"title": "Математика"}, {"title": "Математика и физика"})
    assert await answers(database, "«матиматика»") == []
    assert await found(database, '"математики физику"') == ["Математика и физика"]
    assert await answers(database, "«математика химия»") == []


async def test_a_word_that_no_course_holds_any_more_is_nothing_to_correct_to(database: Database) -> None:
    await keep(database, {"title": "Математика"})
    await keep(database, {"title": "Химия"})
    assert await answers(database, "матиматика") == []


SYNONYMS: Final = """
ДОУ = детский сад = садик
травля = буллинг
физра > физкультура, спорт
"""


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Экономика детского сада", "доу"),
        ("ДОУ сегодня", "детским садам"),
        ("ДОУ сегодня", "садики"),
        ("ДОУ сегодня", "ltncrbq cfl"),
        ("Буллинг", "травли"),
        ("Урок физкультуры", "физра"),
        ("Спорт", "физра"),
        ("ДОУ сегодня", "детскый сад"),
    ],
)
async def test_words_of_the_trade_are_found_by_each_other(database: Database, title: str, query: str) -> None:
    await keep(database, {"title": title}, {"title": "Другое"})
    assert await found(database, query, SYNONYMS) == [title]


async def test_a_one_way_synonym_is_not_found_the_other_way(database: Database) -> None:
    await keep(database, {"title": "Физра"})
    assert await answers(database, "спорт", SYNONYMS) == []


@pytest.mark.parametrize("typed", ["417", "0417", "гмц 417", "ГМЦ417Д", "0417-д", "шифр 0417", "№ 417", "гмц_0417_д"])
async def test_digits_alone_are_a_code_and_come_before_words(database: Database, typed: str) -> None:
    await keep(
        database,
        {"code": "А-1", "title": "417 задач, шифр ГМЦ"},
        {"code": "ГМЦ-0417-Д", "title": "Тот"},
        {"code": "ГМЦ-4171-Д", "title": "Не тот"},
    )
    rows = await answers(database, typed)
    assert rows[0].title == "Тот"
    assert [row.score >= CODE for row in rows] == [True] + [False] * (len(rows) - 1)


async def test_an_unpublished_course_is_not_found(database: Database) -> None:
    await keep(database, {"title": "Физика", "code": "А-1"})
    async with database.write() as tx:
        await tx.execute(update(Course).values(published=False))
    assert await found(database, "физика") == await found(database, "А-1") == []


async def test_a_course_indexed_again_is_found_by_its_new_words_only(database: Database) -> None:
    await keep(database, {"title": "Физика"})
    async with database.write() as tx:
        (course_id,) = (await tx.execute(text("SELECT id FROM courses"))).scalars().all()
        words = search_index.words(CourseText("К-1", "Химия", "Центр"))
        await search_index.index(tx, [(course_id, words)], fresh=False)
    assert (await found(database, "химия"), await found(database, "физика")) == (["Физика"], [])


ODD: Final = st.text() | st.text(st.sampled_from("\"'()*:&|!<>+-^~{}[]\\,.;%_ аяA1\u0000\u2028е\u0308²ß"), max_size=30)


@settings(max_examples=150, deadline=None)
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


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N"]) | st.sampled_from(" -.,'\"²"), max_size=60))
async def test_any_title_is_found_by_itself(database: Database, title: str) -> None:
    await keep(database, {"title": title})
    assert await found(database, title) == ([title] if plain_words(title) else [])
