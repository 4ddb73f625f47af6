"""«Группы и зачисление» on a provider's phone: courses, groups, people; and what teachers hear of it."""

import pytest
from sqlalchemy import update

from db.tables import Course
from domain.catalogue import Funding
from domain.person import Role
from tests.journeys.town import buttons_of
from texts.wording import TICKED, UNTICKED


@pytest.fixture
async def provider(city):
    """An organisation."""
    return await city.provider()


@pytest.fixture
async def methodologist(city, provider, meet):
    """One of its staff."""
    return await meet(await city.person(staff_of=provider))


@pytest.fixture
async def course(city, provider):
    """Its off-budget course: who applies is approved at once."""
    return await city.course(funding=Funding.PAID, provider_id=provider, seats=2, title="Вулканы", venue="Ауд. 5")


async def opens_course(phone, city, course):
    """By the menu's button."""
    await phone.presses("Группы и зачисление")
    await phone.hears("Группы и зачисление", await city.code_of(course))
    await phone.taps(await city.code_of(course))
    return await phone.is_shown("Ожидают зачисления", "К списку курсов")


async def makes_group(phone, city, course):
    """As the course suggests it."""
    await opens_course(phone, city, course)
    await phone.taps("Создать группу")
    await phone.is_shown("Новая группа", "Номер: 1", "Мест: 2", "Ауд. 5")
    await phone.taps("Создать")
    return await phone.is_shown("Группа 1", "зачислено 0", "Изменить группу")


async def test_a_group_is_made_and_one_is_enrolled(methodologist, jobless, city, course):
    await city.applies(jobless, course)
    code = await city.code_of(course)
    await makes_group(methodologist, city, course)
    await methodologist.taps("Ожидают зачисления (1)")
    await methodologist.is_shown("Ждут: 1 человек", jobless.account.first_name)
    await methodologist.taps(jobless.account.first_name)
    await methodologist.is_shown("Согласована, ожидает зачисления", "Зачислить в группу 1 · свободно 2")
    await methodologist.taps("Зачислить в группу 1")
    await methodologist.is_shown(f"Зачислен(а): {code}, группа 1", "Отчислить")
    await jobless.hears_once(f"Зачислен(а): {code}, группа 1", "Место: Ауд. 5")
    await jobless.taps("Открыть заявку")
    await jobless.is_shown(f"Зачислен(а): {code}, группа 1", "Зачислен(а), ", "группа 1")


async def test_each_field_is_changed_before_the_group_is_made(methodologist, city, course):
    await opens_course(methodologist, city, course)
    await methodologist.taps("Создать группу")
    for field, wrong, right, shown in (
        ("Номер", "х" * 21, "2-А", "Номер: 2-А"),
        ("Начало", "завтра", "05.02.2027", "Начало: 05.02.2027"),
        ("Окончание", "31.02.2027", "01.02.2027", "Окончание: 01.02.2027"),
        ("Мест", "ноль", "12", "Мест: 12"),
    ):
        await methodologist.taps(field, on=await methodologist.sees("Новая группа", "Номер"))
        await methodologist.is_shown("Напишите")
        await methodologist.sends(wrong)
        await methodologist.hears("20" if field == "Номер" else "апишите")
        await methodologist.sends(right)
        await methodologist.hears("Новая группа", shown)
    await methodologist.taps("Место или ссылка")
    await methodologist.is_shown("Напишите место")
    await methodologist.taps("Не указывать")
    await methodologist.is_shown("Место или ссылка: не указано")
    await methodologist.taps("Создать")
    await methodologist.told("Окончание раньше начала")
    await methodologist.taps("Окончание")
    await methodologist.is_shown("Напишите последний день")
    await methodologist.sends("20.02.2027")
    await methodologist.hears("Окончание: 20.02.2027")
    await methodologist.taps("Создать")
    await methodologist.is_shown("Группа 2-А", "05.02.2027 — 20.02.2027", "12, зачислено 0")


async def test_a_question_about_a_group_is_left_by_the_menu_and_its_old_buttons_say_so(methodologist, city, course):
    await opens_course(methodologist, city, course)
    await methodologist.taps("Создать группу")
    draft = await methodologist.is_shown("Новая группа")
    await methodologist.taps("Номер")
    await methodologist.is_shown("Напишите номер")
    await methodologist.presses("Каталог курсов")
    await methodologist.hears("Каталог курсов")
    save = methodologist.data_of("Назад", draft)
    await methodologist.taps_raw(save, on=draft)
    await methodologist.told("не сохранилось")


async def test_several_are_ticked_and_those_who_find_no_seat_are_named(methodologist, meet, city, course):
    people = [await meet(await city.person()) for _ in range(3)]
    for person in people:
        await city.applies(person, course)
    await makes_group(methodologist, city, course)
    await methodologist.taps("Ожидают зачисления (3)")
    await methodologist.is_shown("Ждут: 3 человека")
    await methodologist.taps("Отметить несколько")
    await methodologist.is_shown("Отмечено: 0")
    for number, person in enumerate(people, 1):
        await methodologist.taps(f"{UNTICKED} {person.account.first_name}")
        await methodologist.is_shown(f"Отмечено: {number}")
    await methodologist.taps(f"{TICKED} {people[0].account.first_name}")
    await methodologist.is_shown("Отмечено: 2")
    await methodologist.taps(f"{UNTICKED} {people[0].account.first_name}")
    await methodologist.taps("Зачислить отмеченных (3)")
    await methodologist.is_shown("В какую группу", "3 человека")
    await methodologist.taps("Группа 1")
    await methodologist.is_shown("Зачислено в группу 1: 2 человека", people[2].account.first_name, "не хватило места")
    for person in people[:2]:
        await person.hears_once("Зачислен(а)")
    await people[2].hears_nothing()


async def test_all_who_fit_after_a_second_tap_with_the_numbers(methodologist, meet, city, course):
    people = [await meet(await city.person()) for _ in range(3)]
    for person in people:
        await city.applies(person, course)
    await makes_group(methodologist, city, course)
    await methodologist.taps("Ожидают зачисления (3)")
    await methodologist.taps("Зачислить всех, кто помещается")
    await methodologist.is_shown("В какую группу")
    await methodologist.taps("Группа 1")
    await methodologist.is_shown("Зачислить: 2 человека в группу 1?", "Ещё 1 человек останется в очереди")
    await methodologist.taps("Зачислить")
    await methodologist.is_shown("Зачислено в группу 1: 2 человека", "Ещё ждут: 1 человек")
    await people[0].hears("Зачислен(а)")
    await people[1].hears("Зачислен(а)")


async def enrols(methodologist, teacher, city, course):
    """The only one who waits, into the only group."""
    await city.applies(teacher, course)
    await makes_group(methodologist, city, course)
    await methodologist.taps("Ожидают зачисления (1)")
    await methodologist.taps(teacher.account.first_name)
    await methodologist.taps("Зачислить в группу 1")
    await methodologist.is_shown("Зачислен(а)")
    await teacher.hears("Зачислен(а)")


async def test_moved_to_another_group(methodologist, jobless, city, course):
    await enrols(methodologist, jobless, city, course)
    await city.group(course, "2")
    await methodologist.taps("К группе")
    await methodologist.is_shown("В группе", jobless.account.first_name)
    await methodologist.taps(jobless.account.first_name)
    await methodologist.taps("Перевести в группу")
    await methodologist.taps("Перевести в группу 2")
    await methodologist.is_shown("группа 2")
    await jobless.hears_once("группа 1 → группа 2")


async def test_undone_and_unenrolled_with_a_reason(methodologist, jobless, city, course):
    await enrols(methodologist, jobless, city, course)
    card = await methodologist.sees("Отменить зачисление")
    await methodologist.taps("Отменить зачисление")
    await methodologist.is_shown("Почему зачисление отменяется?")
    await methodologist.sends("Не та <группа>")
    await methodologist.hears("Согласована, ожидает зачисления", "Ожидают зачисления")
    await jobless.hears_once("Зачисление отменено", "Причина: Не та <группа>")
    await methodologist.taps("Ожидают зачисления")
    await methodologist.taps(jobless.account.first_name)
    await methodologist.taps("Зачислить в группу 1")
    await jobless.hears("Зачислен(а)")
    await methodologist.taps("Отчислить")
    await methodologist.is_shown("Почему отчисляете?")
    await methodologist.sends("Не посещает")
    await methodologist.hears("Отчислен(а)")
    await jobless.hears_once("Отчислен(а)", "Причина: Не посещает")
    assert card.id


async def test_taken_out_of_the_catalogue_and_back(methodologist, jobless, city, course):
    code = await city.code_of(course)
    await opens_course(methodologist, city, course)
    await methodologist.taps("Снять с публикации")
    await methodologist.is_shown("Снят с публикации: записаться нельзя")
    await jobless.sends(code)
    found = await jobless.hears(f"По запросу «{code}»")
    assert not [label for label in found.labels if code in label]
    await methodologist.taps("Опубликовать")
    await methodologist.is_shown("Снять с публикации")
    await jobless.sends(code)
    await jobless.hears("Записаться", "Вулканы")


async def test_the_menu_and_its_command_are_there_for_staff_alone(methodologist, jobless, outsider, city, course):
    assert "Группы и зачисление" in [label for row in methodologist.reply_keyboard or [] for label in row]
    assert "Группы и зачисление" not in [label for row in jobless.reply_keyboard or [] for label in row]
    await jobless.sends("/groups")
    await jobless.hears("недоступно или уже не существует")
    message = await opens_course(methodologist, city, course)
    stolen = methodologist.data_of("Создать группу", message)
    await outsider.sends("/menu")
    answer = await outsider.hears("шифр")
    await outsider.taps_raw(stolen, on=answer)
    await outsider.told("недоступно или уже не существует")
    assert "Создать группу" not in buttons_of(answer)


async def test_a_group_is_written_to(methodologist, jobless, city, course):
    await enrols(methodologist, jobless, city, course)
    await methodologist.taps("К группе")
    await methodologist.taps("Написать группе")
    await methodologist.is_shown("Напишите сообщение группе", "1 человек")
    await methodologist.sends("х" * 3001)
    await methodologist.hears("3001", "3000")
    await methodologist.sends("Возьмите <тетради> & ручки")
    confirm = await methodologist.hears("Отправить: 1 человек?", "Возьмите <тетради> & ручки")
    send = methodologist.data_of("Отправить", confirm)
    await methodologist.taps("Отправить")
    sent = await methodologist.is_shown("Отправлено: 1 человек.")
    await methodologist.taps_raw(send, on=sent)
    await methodologist.told("не сохранилось")
    if not city.services.calendar.is_quiet(city.services.calendar.now()):
        await jobless.sees("Центр № ", "Возьмите <тетради> & ручки")


async def test_those_who_completed_have_it_in_their_record_book(methodologist, jobless, meet, city, course):
    second = await meet(await city.person())
    await enrols(methodologist, jobless, city, course)
    await city.applies(second, course)
    await methodologist.taps("К ожидающим")
    await methodologist.taps(second.account.first_name)
    await methodologist.taps("Зачислить в группу 1")
    await second.hears("Зачислен(а)")
    group = await city.end_group(course)
    await methodologist.taps("К группе")
    await methodologist.is_shown("Закончили обучение", "Написать группе")
    await methodologist.taps("Закончили обучение")
    await methodologist.is_shown("Отмечено: 2 из 2")
    await methodologist.taps(f"{TICKED} {second.account.first_name}")
    await methodologist.is_shown("Отмечено: 1 из 2")
    await methodologist.taps("Документ (1)")
    await methodologist.is_shown("Напишите номер документа")
    await methodologist.sends("1\n2")
    await methodologist.hears("Строк 2, а людей 1")
    await methodologist.sends("УД-17")
    await methodologist.hears("Напишите дату документа")
    await methodologist.sends("01.01.2099")
    await methodologist.hears("Не получилось прочесть дату")
    await methodologist.taps("Сегодня")
    confirm = await methodologist.is_shown("Закончили: 1 человек из 2", "Документ №: УД-17")
    complete = methodologist.data_of("Закончили обучение", confirm)
    await methodologist.taps("Закончили обучение", on=confirm)
    report = await methodologist.is_shown("Закончили обучение: 1 человек.", "Остаются зачисленными: 1 человек")
    await methodologist.taps_raw(complete, on=report)
    await methodologist.told("не сохранилось")
    await jobless.hears_once("Закончил(а)", "Документ №: УД-17", "зачётную книжку")
    second.never_hears("Закончил(а)")
    assert group


async def test_a_cancelled_course_ends_for_everybody(methodologist, jobless, teacher, city, course, provider):
    word = city.rare_word()
    async with city.database.write() as tx:
        await tx.execute(update(Course).where(Course.id == course).values(title=f"Основы: {word}ия"))
    similar = await city.course(title=f"Полевая {word}ия", funding=Funding.PAID)
    await enrols(methodologist, jobless, city, course)
    await city.applies(teacher, course)
    await methodologist.taps("К ожидающим")
    await methodologist.taps("К курсу")
    await methodologist.taps("Отменить курс")
    await methodologist.is_shown("Отменить курс?", "Это коснётся: 2 человека")
    await methodologist.taps("Назад")
    await methodologist.is_shown("К списку курсов")
    await methodologist.taps("Отменить курс")
    await methodologist.taps("Да, отменить курс")
    await methodologist.is_shown("Курс отменён.")
    for phone in (jobless, teacher):
        await phone.hears_once("Курс отменён", "Похожие курсы", await city.code_of(similar))
    await teacher.taps(await city.code_of(similar))
    await teacher.is_shown("Записаться", await city.code_of(similar))


async def test_an_operator_cancels_from_the_card_and_the_provider_hears_of_it(methodologist, meet, city, course):
    operator = await meet(await city.person(portal=Role.OPERATOR))
    await operator.sends(await city.code_of(course))
    await operator.hears("Вулканы", "Отменить курс")
    await operator.taps("Отменить курс")
    asked = await operator.is_shown("Отменить курс?", "Заявок на него сейчас нет")
    assert "сообщение" not in asked.text
    await operator.taps("Да, отменить курс")
    await operator.is_shown("Курс отменён.")
    await methodologist.hears_once("Оператор портала отменил ваш курс", await city.code_of(course))


async def test_the_history_is_on_the_screens_of_the_approver_and_the_provider(
    methodologist, teacher, head, city, provider
):
    course = await city.course(provider_id=provider, title="Реки")
    await city.applies(teacher, course)
    await head.hears("Заявка на согласование")
    await head.taps("Согласовать")
    await head.is_shown("Согласована", "История")
    await head.taps("История")
    await head.is_shown("История заявки", "Заявка подана", "Согласована, ")
    await head.taps("Назад")
    await head.is_shown("Решение:")
    await opens_course(methodologist, city, course)
    await methodologist.taps("Ожидают зачисления (1)")
    await methodologist.taps(teacher.account.first_name)
    await methodologist.taps("История")
    await methodologist.is_shown("История заявки", "Заявка подана", "Согласована, ")
    await methodologist.taps("Назад")
    await methodologist.is_shown("Заявка подана:")
