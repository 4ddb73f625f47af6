"""Files in the chat: an operator's courses and a provider's groups, from the document to the report, over HTTP."""

import re

import pytest
from sqlalchemy import func, select

from db.tables import Course
from domain.catalogue import Funding
from domain.person import Role
from playground.files import DOWNLOAD_LIMIT
from services.tables import read_tables
from tests.files import Value, csv_file, xlsx
from tests.journeys.town import buttons_of

LONG_FILE = 8000
"""Rows enough for several looks at how far they are, where one is taken every moment."""
HEADINGS: list[Value] = ["Шифр", "Название", "Организация", "Финансирование", "Часы"]


@pytest.fixture
async def operator(city, meet):
    """An operator of the portal."""
    return await meet(await city.person(portal=Role.OPERATOR))


def cells(content):
    """The filled rows of a spreadsheet."""
    return [row for _, row in next(iter(read_tables("file.xlsx", content)))]


def course(code: str, title: str) -> list[Value]:
    """A good row."""
    return [code, title, "Центр", "бюджет", 36]


async def known(city, word):
    return await city.one(select(func.count()).select_from(Course).where(Course.title.contains(word)))


async def test_an_operator_sends_courses_sees_what_would_change_and_loads_them(city, operator):
    word = city.rare_word()
    rows: list[list[Value]] = [
        [f"{word}-1", f"{word} первый", "Центр", "бюджет", 36],
        [f"{word}-2", f"{word} второй", "Центр", "внебюджет", 18],
    ]
    await operator.sends_document("курсы.xlsx", xlsx([HEADINGS, *rows]))
    await operator.hears_once("Файл курсов", "курсы.xlsx", "Новых курсов: 2", "Ошибок нет")
    assert await known(city, word) == 0
    load = operator.data_of("Загрузить")
    await operator.taps("Загрузить")
    shown = await operator.is_shown("Добавлено курсов: 2", "Всё записано")
    assert await known(city, word) == 2
    await operator.taps_raw(load, on=shown)
    await operator.told("уже решено")
    await operator.sends(f"{word}-2")
    await operator.hears(f"{word} второй")


async def test_a_long_import_says_in_place_how_far_it_is_before_what_came_of_it(slow):
    operator = await slow.meet(await slow.city.person(portal=Role.OPERATOR))
    rows = [course(f"ДЛН-{number}", f"Длинный {number}") for number in range(LONG_FILE)]
    await operator.sends_document("курсы.csv", csv_file([HEADINGS, *rows]))
    report = await operator.hears("Файл курсов", "Новых курсов: 8\xa0000")
    await operator.taps("Загрузить")
    await operator.is_shown("Добавлено курсов: 8\xa0000", "Всё записано")
    drawn = slow.stand_in.calls.of("editMessageText")
    assert {call.parameters["message_id"] for call in drawn} == {str(report.id)}, "one message, changed in place"
    said = [call.parameters["text"].partition("\n")[0] for call in drawn]
    began = said.index("⏳ Читаю файл…")
    for part in (said[: began - 1], said[began + 1 : -1]):  # before the report, and before what was written
        assert part
        assert all(re.fullmatch(r"⏳ (Проверяю|Записываю): [\d\xa0]+ из 8\xa0000 строк…", line) for line in part)
        assert len(set(part)) == len(part)


async def test_faults_come_in_words_and_as_a_file_and_the_good_rows_are_loaded_without_them(city, operator):
    word = city.rare_word()
    bad: list[list[Value]] = [[f"{word}-{number}", "=cmd()", "Центр", "как-нибудь", "много"] for number in range(2, 9)]
    await operator.sends_document(
        "курсы.csv", csv_file([HEADINGS, [f"{word}-1", f"{word} один", "Центр", "бюджет", 36], *bad])
    )
    report = await operator.hears("Новых курсов: 1", "Строк с ошибками: 7", "Строка 3", "и ещё 9 ошибок")
    assert buttons_of(report) == {"Загрузить без ошибочных строк", "Отмена"}
    faults = cells(operator.content_of(await operator.hears("<document>")))
    assert faults[0] == ["Строка", "Столбец", "В ячейке", "Что исправить"]
    assert len(faults) == 15
    assert faults[1][:3] == [3, "Финансирование", "как-нибудь"]
    await operator.taps("Загрузить без ошибочных строк")
    await operator.is_shown("Добавлено курсов: 1", "Строки с ошибками пропущены")
    assert await known(city, word) == 1


async def test_a_file_that_does_not_tell_is_asked_about_and_can_be_dropped(operator):
    await operator.presses("Управление")
    await operator.hears("Управление")
    await operator.taps("Загрузить файл")
    await operator.is_shown("Отправьте сюда таблицу", "до 20 МБ")
    await operator.sends("а что это?")
    await operator.hears("я жду файл")
    await operator.sends_document("список.csv", csv_file([["Что-то"], ["иное"]]))
    await operator.hears("Что это?")
    await operator.taps("Школы")
    await operator.is_shown("нет нужных столбцов", "«Название»", "«Округ»")
    await operator.sends_document("школы.csv", csv_file([["Название", "Округ"], ["Школа № 9999", "Северный"]]))
    await operator.hears("Файл школ", "Новых школ: 1")
    await operator.taps("Отмена")
    await operator.is_shown("Файл не загружен")


async def test_a_file_past_what_telegram_gives_is_refused_before_it_is_fetched(operator, stand_in):
    await operator.sends_document("огромный.xlsx", bytes(DOWNLOAD_LIMIT + 1))
    await operator.hears_once("Файл больше 20 МБ")
    operator.never_hears("Читаю")


async def test_what_is_no_table_is_named_so_in_place(operator):
    await operator.sends_document("картинка.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00")
    await operator.hears_once("«картинка.xlsx» не прочитан", "Сохраните её как xlsx")


async def test_nobody_else_s_file_is_taken_and_no_button_of_another_s_works(city, operator, teacher, support):
    content = csv_file([["Название", "Округ"], ["Школа № 8888", "Северный"]])
    await teacher.sends_document("школы.csv", content)
    await teacher.hears_once("только текст")
    await operator.sends_document("школы.csv", content)
    await operator.hears("Новых школ: 1")
    for stranger in (teacher, support):
        for label in ("Загрузить", "Отмена"):
            await stranger.taps_raw(operator.data_of(label), on=stranger.last)
            await stranger.told("недоступно")


async def test_a_provider_takes_the_applicants_out_and_brings_them_back_enrolled_and_completed(city, meet, teacher):
    provider = await city.provider()
    staff = await meet(await city.person(staff_of=provider))
    course_id = await city.course(funding=Funding.PAID, provider_id=provider, seats=5)
    application = await city.applies(teacher, course_id)
    await city.group(course_id, "7", starts_in=30)
    await staff.presses("Группы и зачисление")
    await staff.hears(await city.code_of(course_id))
    await staff.taps(await city.code_of(course_id))
    await staff.is_shown("Ожидают зачисления")
    await staff.taps("Выгрузить заявки (xlsx)")
    rows = cells(staff.content_of(await staff.hears("<document>")))
    assert rows[1][0] == application
    assert not any("@" in str(cell) for cell in rows[1])
    rows[1] += [None] * (10 - len(rows[1]))
    rows[1][6] = "7"
    await staff.taps("Загрузить зачисления")
    await staff.is_shown("Впишите номера групп")
    await staff.sends_document("заявки.xlsx", xlsx(rows))
    await staff.hears("Файл зачислений", "Будут зачислены: 1", "Каждому придёт сообщение")
    teacher.never_hears("Зачислен(а)")
    await staff.taps("Загрузить")
    await staff.is_shown("Зачислены: 1", "Всё записано")
    await teacher.hears("Зачислен(а)", "7")
    await staff.taps("К курсу")
    await staff.is_shown("Зачислено")
    await staff.taps("Загрузить завершение")
    await staff.is_shown("«Закончил(а)»")
    rows[1][7:10] = ["да", "У-001", city.today]
    await staff.sends_document("готово.xlsx", xlsx(rows))
    await staff.hears("Строк с ошибками: 1", "ещё не закончилось", "Загружать нечего")
    await city.end_group(course_id)
    await staff.taps("Отправить другой файл")
    await staff.is_shown("«Закончил(а)»")
    await staff.sends_document("готово.xlsx", xlsx(rows))
    await staff.hears("Закончат обучение: 1", "Отменить это нельзя")
    await staff.taps("Загрузить")
    await staff.is_shown("Закончили обучение: 1")
    await teacher.hears("Закончил(а)")
