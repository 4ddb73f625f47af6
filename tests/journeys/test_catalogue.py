"""Finding a course, reading its card, applying, withdrawing."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from db.tables import Course
from domain.catalogue import Funding
from domain.status import Status
from tests.journeys.town import buttons_of


@pytest.mark.parametrize(
    "spelling", ["{0}", " {1} ", "{2}", "{3}"], ids=["as it is", "lower case", "long dashes and spaces", "latin"]
)
async def test_the_exact_code_in_any_spelling_opens_the_card_at_once(teacher, city, spelling):
    course = await city.course(title="Картография", seats=20, annotation="О картах и планах.", venue="онлайн")
    code = await city.code_of(course)
    latin = code.translate(str.maketrans("ТСА", "TCA"))
    await teacher.sends(spelling.format(code, code.lower(), code.replace("-", " – "), latin))
    await teacher.hears(code, "Картография", "20, свободно 20", "бюджет", "О картах и планах.", "Записаться")


async def test_words_are_found_by_their_stems_and_pages_turn_in_place(teacher, city):
    word = city.rare_word()
    for number in range(9):
        await city.course(title=f"Уроки {word}ии, часть {number}")
    await teacher.sends(f"{word}ией")
    await teacher.hears("9 курсов", "Страница 1 из 2")
    assert len(teacher.last.buttons) == 7 + 1 + 1
    await teacher.taps("Дальше")
    await teacher.is_shown("Страница 2 из 2")
    assert len(teacher.messages[-1].buttons) == 2 + 1 + 1
    await teacher.taps("Назад")
    await teacher.is_shown("Страница 1 из 2")


async def test_nothing_found_says_what_to_try(teacher):
    await teacher.sends("йцукенгшщзх")
    await teacher.hears("ничего не нашлось", "Попробуйте")


async def test_what_was_corrected_is_said_and_the_words_as_typed_are_one_tap_away(teacher, city):
    word = city.rare_word()
    course = await city.course(title=f"Кружок {word}ологии")
    typed = f"{word}оллогия"
    await teacher.sends(typed)
    await teacher.hears("Показаны результаты по запросу", await city.code_of(course), "Искать как набрано")
    await teacher.taps("Искать как набрано")
    await teacher.is_shown(f"По запросу «{typed}», ровно как набрано, ничего не нашлось", "Попробуйте")


async def test_the_digits_of_a_code_alone_open_its_card(teacher, city):
    course = await city.course(title="Картография по цифрам")
    digits = (await city.code_of(course)).split("-")[1]
    await teacher.sends(digits)
    await teacher.hears("Картография по цифрам", "Записаться")


@pytest.mark.parametrize(
    "text", ["'", '"', "c++", "* OR 1=1", "%_", "<b>жирный</b>", "🙂", "\u202eгеография", "-" * 300, "а" * 4000]
)
async def test_any_text_is_a_search_and_gets_an_answer(teacher, text):
    await teacher.sends(text)
    await teacher.hears("")


async def test_the_catalogue_opens_the_courses_that_take_applications_now(teacher, city):
    await city.course(title="Закрытый курс", closes_in=-1)
    await teacher.presses("Каталог курсов")
    await teacher.hears("Каталог курсов", "ближайшие — первыми")
    assert "приём заявок закончен" not in teacher.last.text


async def test_from_the_list_to_the_card_and_back(teacher, city):
    word = city.rare_word()
    course = await city.course(title=f"Уроки {word}ии")
    await teacher.sends(f"уроки {word}ии")
    await teacher.hears("1 курс")
    await teacher.taps(await city.code_of(course))
    await teacher.is_shown("Записаться", "К результатам")
    await teacher.taps("К результатам")
    await teacher.is_shown("1 курс", word)


async def test_one_edit_and_one_answer_a_tap(teacher, city, stand_in):
    course = await city.course(title="Вулканы")
    await teacher.sends(await city.code_of(course))
    await teacher.hears("Вулканы")
    for label, shown in (
        ("Записаться", "Записаться на курс?"),
        ("Записаться", "принята"),
        ("Открыть заявку", "История"),
    ):
        before = [call for call in stand_in.calls if call.chat_id == teacher.id]
        await teacher.taps(label)
        await teacher.is_shown(shown)
        after = [call for call in stand_in.calls if call.chat_id == teacher.id]
        assert [call.method for call in after[len(before) :]] in (
            ["editMessageText"],
            ["editMessageText", "answerCallbackQuery"],
            ["answerCallbackQuery", "editMessageText"],
        )


async def test_applying_takes_a_second_tap_and_says_what_happens_next(teacher, city):
    course = await city.course(title="Вулканы на уроке", seats=0)
    await teacher.sends(await city.code_of(course))
    await teacher.hears("мест нет, вы будете 1-м в очереди")
    await teacher.taps("Записаться")
    await teacher.is_shown("Записаться на курс?", "Вулканы на уроке")
    await teacher.taps("Назад")
    await teacher.is_shown("Организация")
    await teacher.taps("Записаться")
    await teacher.is_shown("Записаться на курс?")
    await teacher.taps("Записаться")
    await teacher.is_shown("Ваша заявка на курс принята.", "На согласовании", "Что дальше")
    await teacher.presses("Все регистрации на курсы")
    await teacher.hears("Вулканы на уроке", "На согласовании", "Архив")


async def test_two_taps_in_the_same_instant_make_one_application(teacher, city):
    course = await city.course()
    await teacher.sends(await city.code_of(course))
    await teacher.taps("Записаться")
    await teacher.is_shown("Записаться на курс?")
    data = teacher.data_of("Записаться")
    await asyncio.gather(*(teacher.taps_raw(data, on=teacher.last, wait=False) for _ in range(3)))
    await teacher.sees("Открыть заявку")
    assert await city.count_applications(course) == 1


async def test_an_off_budget_course_needs_no_approval(jobless, city):
    course = await city.course(funding=Funding.PAID, price=12500)
    await jobless.sends(await city.code_of(course))
    await jobless.hears("внебюджет, 12\u202f500 ₽")
    await jobless.taps("Записаться")
    await jobless.is_shown("Согласование не нужно")
    await jobless.taps("Записаться")
    await jobless.is_shown("Согласована, ожидает зачисления")


async def test_without_a_school_a_budget_course_offers_to_name_one(jobless, city):
    school = await city.school_named()
    course = await city.course()
    await jobless.sends(await city.code_of(course))
    await jobless.hears("укажите школу", "Указать школу")
    await jobless.taps("Указать школу")
    await jobless.is_shown("Где вы работаете?")
    await jobless.sends(school)
    await jobless.hears("Выберите вашу школу")
    await jobless.taps(school)
    await jobless.is_shown("Ваша школа", school)
    await jobless.sends(await city.code_of(course))
    await jobless.hears("Записаться")


async def test_a_course_that_closed_while_its_card_was_on_screen_says_so(teacher, city):
    course = await city.course()
    await teacher.sends(await city.code_of(course))
    await teacher.hears("Записаться")
    yesterday = city.today - timedelta(1)
    async with city.database.write() as tx:
        await tx.execute(update(Course).where(Course.id == course).values(apply_until=yesterday, closes_on=yesterday))
    await teacher.taps("Записаться")
    await teacher.told("Приём заявок закончен")
    card = await teacher.is_shown("Приём заявок закончен")
    assert "Записаться" not in buttons_of(card)


async def test_a_withdrawn_application_is_found_in_the_archive(teacher, head, city):
    course = await city.course(title="Вулканы на уроке")
    await city.applies(teacher, course)
    await head.hears("Заявка на согласование")
    await teacher.presses("Все регистрации на курсы")
    await teacher.hears("Вулканы на уроке")
    await teacher.taps("Вулканы")
    await teacher.is_shown("История", "Заявка подана")
    await teacher.taps("Отозвать заявку")
    await teacher.is_shown("Отозвать заявку?")
    await teacher.taps("Оставить")
    await teacher.is_shown("История")
    await teacher.taps("Отозвать заявку")
    await teacher.is_shown("Отозвать заявку?")
    await teacher.taps("Отозвать")
    await teacher.is_shown("Заявка отозвана.")
    await head.sees("Отозвана", "Вулканы на уроке")
    await teacher.taps("Ко всем регистрациям")
    await teacher.is_shown("Действующих регистраций нет")
    await teacher.taps("Архив")
    await teacher.is_shown("Вулканы на уроке", "Отозвана")


async def test_an_old_withdrawal_button_shows_what_the_application_is_now(teacher, head, city):
    course = await city.course()
    application = await city.applies(teacher, course)
    await teacher.presses("Все регистрации на курсы")
    await teacher.taps(await city.code_of(course))
    await teacher.is_shown("Отозвать заявку")
    await city.put(application, status=Status.ENROLLED, version=5)
    await teacher.taps("Отозвать заявку")
    await teacher.told("Отозвать нельзя")
    view = await teacher.is_shown("Зачислен(а)", "служба поддержки")
    assert "Отозвать заявку" not in buttons_of(view)


async def test_a_link_opens_the_card_and_an_invented_one_says_so(teacher, city):
    course = await city.course(title="Картография")
    await teacher.starts(f"c_{course}")
    await teacher.hears("Картография", "Записаться")
    for payload in ("c_999999", "c_0", "c_x", "hello"):
        await teacher.starts(payload)
        await teacher.hears("")
