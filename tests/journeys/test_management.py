"""«Управление» and «Согласующие школы»: roles are handed on by a link, seen, and taken away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.tables import School, SchoolRole
from domain.person import Role
from tests.journeys.town import buttons_of


@pytest.fixture
async def operator(city, meet):
    """An operator of the portal."""
    return await meet(await city.person(portal=Role.OPERATOR))


@pytest.fixture
async def second_operator(city, meet):
    """Another one, so that neither is the last."""
    return await meet(await city.person(portal=Role.OPERATOR))


async def name_of(city, school):
    return await city.one(select(School.name).where(School.id == school))


async def link_of(phone):
    """The link on the screen, as «Скопировать ссылку» copies it."""
    await phone.is_shown("Приглашение готово", "сработает один раз")
    link = await phone.taps("Скопировать ссылку")
    assert link in phone.screen()
    return link


async def test_an_operator_makes_a_head_by_a_link_and_takes_the_role_away(operator, teacher, city, school):
    name = await name_of(city, school)
    await operator.presses("Управление")
    await operator.hears("Управление", "Приглашения", "Люди школы или организации")
    await operator.taps("Приглашения")
    await operator.is_shown("Действующие приглашения")
    await operator.taps("Новое приглашение")
    await operator.is_shown("Какую роль")
    await operator.taps("Руководитель школы")
    await operator.is_shown("В какой школе?")
    await operator.sends("нет такой школы")
    await operator.hears("Такой школы нет")
    await operator.sends(name)
    await operator.hears("Выберите")
    await operator.taps(f"{name} (Центральный)")
    await operator.is_shown("Сколько дней")
    await operator.taps("7 дней")
    link = await link_of(operator)
    await teacher.opens(link)
    await teacher.hears("Ваша роль", "руководитель школы", name)
    assert ["Согласование заявок"] in teacher.reply_keyboard
    await operator.hears_once("Приглашение принято", "руководитель школы")
    await operator.taps("Действующие приглашения")
    await operator.taps("Использованные и закрытые")
    await operator.is_shown("руководитель школы", teacher.account.first_name.split()[0])
    await operator.presses("Управление")
    await operator.taps("Люди школы или организации")
    await operator.is_shown("Напишите номер")
    await operator.sends(name)
    await operator.hears("Выберите")
    await operator.taps(f"{name} (Центральный)")
    await operator.is_shown("Согласующие школы", "руководитель школы")
    await operator.taps("· руководитель")
    await operator.is_shown("История", "назначение")
    await operator.taps("Снять роль")
    await operator.is_shown("Снять роль?", "сразу потеряет доступ")
    await operator.taps("Да, снять роль")
    await operator.is_shown("Роль снята")
    await teacher.hears_once("Ваша роль снята", "руководитель школы")
    assert ["Согласование заявок"] not in teacher.reply_keyboard


async def test_a_head_appoints_a_deputy_until_a_date_and_ends_it(head, jobless, teacher, city, school, mail):
    course = await city.course()
    await city.applies(teacher, course)
    await head.hears("Заявка на согласование")
    await head.presses("Согласование заявок")
    await head.hears("Согласующие школы")
    await head.taps("Согласующие школы")
    await head.is_shown("руководитель школы", "Назначить заместителя")
    await head.taps("Назначить заместителя")
    await head.is_shown("По какой день")
    await head.sends("31.02.2027")
    await head.hears("дд.мм.гггг")
    last = city.today + timedelta(40)
    await head.sends(f"{last:%d.%m.%Y}")
    await head.hears("Приглашение готово", "Последний день роли")
    link = await head.taps("Скопировать ссылку")
    await head.opens(link)
    await head.hears("У вас уже есть эта роль")
    await jobless.opens(link)
    await jobless.hears("Ваша роль", "заместитель", "Последний день")
    prompt = await jobless.hears("Заявка на согласование", await city.code_of(course))
    await head.hears("Приглашение принято", "заместитель")
    await head.presses("Согласование заявок")
    await head.taps("Согласующие школы")
    await head.is_shown(f"заместитель по {last:%d.%m.%Y}")
    await head.taps("· заместитель")
    await head.is_shown("История")
    await head.taps("Снять роль")
    await head.taps("Да, снять роль")
    await head.is_shown("Роль снята")
    await jobless.hears_once("Ваша роль снята", "заместитель")
    await jobless.sees("больше не ждёт вашего решения")
    assert "Согласовать" not in buttons_of(prompt)
    assert ["Согласование заявок"] not in jobless.reply_keyboard
    await jobless.sends("/queue")
    await jobless.hears("Это вам недоступно")
    assert await city.count(SchoolRole, user_id=await city.user_of(jobless)) == 0


async def test_a_revoked_link_says_so(head, jobless):
    await head.presses("Согласование заявок")
    await head.taps("Согласующие школы")
    await head.is_shown("Пригласить администратора")
    await head.taps("Пригласить администратора")
    link = await link_of(head)
    await head.taps("Отозвать приглашение")
    await head.is_shown("Отозвать приглашение?")
    await head.taps("Оставить")
    await head.is_shown("ждёт того, кому передана ссылка")
    await head.taps("Отозвать приглашение")
    await head.is_shown("Да, отозвать")
    again = head.data_of("Да, отозвать")
    await head.taps("Да, отозвать")
    await head.is_shown("отозвано")
    await jobless.opens(link)
    await jobless.hears("Это приглашение отозвано")
    await head.taps_raw(again, on=head.last)
    await head.told("Отзывать нечего")


async def test_the_last_day_by_a_button_and_a_question_left_by_the_menu(operator, jobless, city, school):
    name = await name_of(city, school)
    await operator.sends("/manage")
    await operator.hears("Управление")
    await operator.taps("Приглашения")
    await operator.taps("Новое приглашение")
    await operator.taps("Заместитель")
    await operator.is_shown("В какой школе?")
    await operator.presses("Каталог курсов")
    await operator.hears("Каталог курсов")
    await operator.sends(name)
    await operator.hears("ничего не нашлось")
    await operator.sends("/manage")
    await operator.taps("Приглашения")
    await operator.taps("Новое приглашение")
    await operator.taps("Заместитель")
    await operator.is_shown("В какой школе?")
    await operator.sends(name)
    await operator.taps(f"{name} (Центральный)")
    await operator.is_shown("По какой день")
    await operator.taps("14 дней")
    await operator.is_shown("Сколько дней")
    await operator.taps("1 день")
    await jobless.opens(await link_of(operator))
    await jobless.hears("заместитель")


async def test_portal_staff_lose_a_role_and_the_menu_with_it(operator, second_operator, support, city):
    await operator.presses("Управление")
    await operator.taps("Люди школы или организации")
    await operator.taps("Сотрудники портала")
    await operator.is_shown("оператор портала")
    for phone, role in ((support, Role.SUPPORT), (second_operator, Role.OPERATOR)):
        data = f"role-:{await city.user_of(phone)}:{role.value}:0"
        await operator.taps_raw(data, on=operator.last)
        await operator.is_shown("Роль снята")
        await phone.hears_once("Ваша роль снята")
    assert ["Управление"] not in second_operator.reply_keyboard
    await second_operator.sends("/manage")
    await second_operator.hears("Это вам недоступно")
    assert "manage" not in second_operator.commands


@pytest.mark.parametrize(
    "data",
    [
        "manage",
        "invs:0:0:0",
        "invs:1:0:0",
        "inv:1:0",
        "inv-?:1:0",
        "inv-:1:0",
        "inv+::0:0:0",
        "inv+:operator:0:0:7",
        "inv+:admin:1:0:7",
        "inv+:king:0:0:7",
        "inv+:deputy:1:99999999:7",
        "people",
        "staff:school:1:0",
        "staff:portal:0:0",
        "approvers",
        "role:1:operator:0",
        "role-?:1:operator:0",
        "role-:1:operator:0",
        "role-:1:head:1",
    ],
)
async def test_a_forged_button_of_management_is_answered_and_changes_nothing(teacher, city, data):
    before = await city.count(SchoolRole)
    await teacher.sends("/menu")
    await teacher.hears("напишите его шифр")
    await teacher.taps_raw(data, on=teacher.last)
    answer = await teacher.told("/menu")
    assert "Что-то пошло не так" not in answer.text
    assert await city.count(SchoolRole) == before
