"""«Настройки портала» over HTTP: a change says what it does before the second tap, and the portal follows it."""

import pytest

from domain.person import Role
from tests.journeys.town import buttons_of


@pytest.fixture
async def operator(city, meet):
    """An operator of the portal."""
    return await meet(await city.person(portal=Role.OPERATOR))


async def opens(operator, title):
    """The screen of a setting."""
    await operator.presses("Управление")
    await operator.hears("Управление")
    await operator.taps("Настройки портала")
    await operator.is_shown("Настройки портала", title)
    await operator.taps(title)
    await operator.is_shown(title, "Сейчас")


async def sets(operator, title, value, *shown):
    """Another value, at a second tap."""
    await opens(operator, title)
    await operator.taps("Изменить")
    await operator.is_shown("Напишите")
    await operator.sends(value)
    await operator.hears(*shown)
    await operator.taps("Сохранить изменение")


async def test_an_operator_changes_the_norm_and_everybody_s_record_book_follows(operator, teacher):
    await opens(operator, "Норма часов")
    await operator.taps("Изменить")
    await operator.is_shown("Сколько часов")
    await operator.sends("много")
    await operator.hears("целое число от 1 до 1000")
    await operator.sends("150")
    await operator.hears("Сейчас: 144 часа", "Станет: 150 часов", "выписки не изменятся", "полуминуты")
    await teacher.presses("Зачётная книжка")
    await teacher.hears("144")
    await operator.taps("Сохранить изменение")
    await operator.is_shown("Сейчас: 150 часов", "Соколова")
    await teacher.presses("Зачётная книжка")
    await teacher.hears("150")
    await sets(operator, "Норма часов", "144", "Станет: 144 часа")
    shown = await operator.is_shown("Сейчас: 144 часа")
    await operator.taps_raw("set+:hours_norm", on=shown)
    await operator.told("Введённое не сохранилось")


async def test_a_new_reason_is_a_button_and_one_that_is_gone_rejects_nobody(operator, teacher, head, city):
    application = await city.applies(teacher, await city.course())
    await opens(operator, "Готовые причины отказа")
    await operator.taps("Добавить причину")
    await operator.is_shown("станет кнопкой")
    await operator.sends("Уже есть такой курс")
    await operator.hears("Новая причина", "значат то же")
    await operator.taps("Сохранить изменение")
    await operator.is_shown("5. Уже есть такой курс")
    await head.hears("Согласовать")
    await head.taps("Отклонить")
    shown = await head.is_shown("Вы можете указать причину отказа:")
    assert "Уже есть такой курс" in buttons_of(shown)
    gone = head.data_of("Уже есть такой курс")
    await operator.taps("Уже есть такой курс")
    await operator.is_shown("«Уже есть такой курс»")
    await operator.taps("Поднять выше")
    await operator.is_shown("4. Уже есть такой курс")
    await operator.taps("Уже есть такой курс")
    await operator.is_shown("«Уже есть такой курс»")
    await operator.taps("Убрать причину")
    await operator.is_shown("Убрать причину?", "больше не увидят")
    await operator.taps("Да, убрать")
    await operator.is_shown("4 из 10")
    await head.taps_raw(gone, on=shown)
    await head.told("больше нет в списке")
    await head.taps("Нет замены на уроки")
    await head.is_shown("Отклонена")
    await teacher.hears("Отклонена", "Нет замены на уроки")
    assert (await city.status(application)).value == "rejected"


async def test_nobody_else_opens_the_settings(operator, support, teacher):
    await opens(operator, "Норма часов")
    for stranger in (support, teacher):
        for data in ("sets", "set:hours_norm", "set?:hours_norm", "rsn:0", "rsn-:0", "rsn^:1"):
            await stranger.taps_raw(data, on=stranger.last)
            await stranger.told("недоступно")
