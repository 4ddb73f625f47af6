"""A profile moves to a new phone: by the mailbox, by support, and back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.settings import read_settings
from bot.startup import Application, build
from db.engine import Database
from domain.clock import Calendar
from domain.person import Role
from playground.mail_box import MailBox
from playground.stand_in import StandIn
from services.portal import open_portal
from tests.conftest import Clock
from tests.journeys.conftest import KEY
from tests.journeys.conftest import slow as silent  # noqa: F401 — a bot without letters
from tests.journeys.test_registration import code_in
from tests.journeys.town import Town


def address_of(phone):
    return f"person{phone.id}@example.org"


async def recovers(phone, mail, address):
    """«Я уже зарегистрирован(а)», the address, the code of its letter."""
    await phone.starts()
    await phone.hears("Здравствуйте", "Я уже зарегистрирован(а)")
    await phone.taps("Я уже зарегистрирован(а)")
    await phone.is_shown("Восстановим доступ", "Нет доступа к почте")
    before = len(mail.to(address))
    await phone.sends(address)
    await phone.hears("Мы отправили код", address)
    letter = await mail.letter_to(address, "в новый чат", after=before)
    await phone.sends(code_in(letter))


async def test_a_teacher_moves_to_a_new_phone_and_the_old_one_is_told_and_loses_access(teacher, newcomer, city, mail):
    name = teacher.account.first_name
    await recovers(newcomer, mail, address_of(teacher))
    await newcomer.hears("Профиль теперь в этом чате", name)
    await teacher.hears("Ваш профиль перенесён в другой чат", "Это я", "Это не я")
    await mail.letter_to(address_of(teacher), "Профиль перенесён в другой чат")
    await newcomer.presses("Профиль")
    await newcomer.hears(name)
    await teacher.presses("Профиль")
    await teacher.hears("Здравствуйте", "Я уже зарегистрирован(а)")
    await teacher.taps("Это я")
    await teacher.is_shown("Спасибо!")


async def test_a_heads_roles_follow_when_the_old_chat_agrees_and_prompts_come_again(
    teacher, head, newcomer, city, mail, until
):
    course = await city.course()
    code = await city.code_of(course)
    await city.applies(teacher, course)
    await head.hears("Заявка на согласование", code)
    await recovers(newcomer, mail, address_of(head))
    await newcomer.hears("Профиль теперь в этом чате", "руководитель школы", "Придержаны")
    assert ["Согласование заявок"] not in newcomer.reply_keyboard
    await head.hears("Ваш профиль перенесён")
    await head.sees("больше не ждёт вашего решения")
    await head.taps("Это я")
    await head.is_shown("Спасибо!", "Роли уже начали действовать там")
    await newcomer.sees("Роли снова действуют", "руководитель школы")
    await newcomer.sees("Заявка на согласование", code)
    assert ["Согласование заявок"] in newcomer.reply_keyboard
    await until(lambda: "queue" in newcomer.commands and "queue" not in head.commands)
    await newcomer.taps("Согласовать")
    await teacher.hears("Согласована", code)


async def test_an_invitation_that_brought_somebody_to_a_new_phone_is_taken_with_the_old_profile(
    head, newcomer, city, mail
):
    token = await city.services.invitations.invite(Role.SUPPORT)
    await newcomer.starts(f"inv_{token}")
    await newcomer.hears("Здравствуйте")
    await newcomer.taps("Я уже зарегистрирован(а)")
    await newcomer.is_shown("Восстановим доступ")
    await newcomer.sends(address_of(head))
    await newcomer.hears("Мы отправили код")
    await newcomer.sends(code_in(await mail.letter_to(address_of(head), "в новый чат")))
    await newcomer.hears("Профиль теперь в этом чате", "руководитель школы")
    await newcomer.hears("Ваша роль", "служба поддержки")
    assert ["Обращения"] in newcomer.reply_keyboard


async def test_it_is_not_me_takes_the_profile_back_and_the_stranger_loses_it(head, newcomer, city, mail):
    await recovers(newcomer, mail, address_of(head))
    await newcomer.hears("Профиль теперь в этом чате")
    await head.hears("Ваш профиль перенесён")
    word = head.data_of("Это не я")
    asked = await head.sees("Ваш профиль перенесён")
    await head.taps("Это не я")
    await head.is_shown("Профиль снова в этом чате", "не подтверждён")
    await newcomer.sees("Перенос профиля отменён")
    assert ["Согласование заявок"] in head.reply_keyboard
    await newcomer.sends("/profile")
    await newcomer.hears("Здравствуйте", "Согласен(на)")
    await head.presses("Профиль")
    await head.hears("не подтверждена")
    await head.taps_raw(word, on=asked)
    await head.told("уже решён")
    await mail.letter_to(address_of(head), "Перенос профиля остановлен")


async def test_an_unknown_address_looks_the_same_until_its_owner_types_the_code(teacher, newcomer, mail):
    unknown = f"nobody{newcomer.id}@example.org"
    await recovers(newcomer, mail, unknown)
    await newcomer.hears("профиля с ним нет")
    await newcomer.sends(address_of(teacher))
    await newcomer.hears("через", "секунд")
    await newcomer.taps("Назад")
    await newcomer.is_shown("Здравствуйте", "Согласен(на)")
    letter = mail.to(unknown)[-1]
    assert "профиля" not in letter.subject
    await teacher.hears_nothing()


async def test_wrong_codes_are_counted_and_what_is_no_address_is_refused(teacher, newcomer, mail):
    await newcomer.starts()
    await newcomer.taps("Я уже зарегистрирован(а)")
    await newcomer.is_shown("Восстановим доступ")
    await newcomer.sends("не помню")
    await newcomer.hears("не похоже на адрес")
    await newcomer.sends(f"person{teacher.id}@yandx.ru")
    await newcomer.hears("опечатка", f"person{teacher.id}@yandex.ru")
    await newcomer.sends(address_of(teacher))
    await newcomer.hears("Мы отправили код")
    code = code_in(await mail.letter_to(address_of(teacher), "в новый чат"))
    wrong = f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        await newcomer.sends(wrong)
        await newcomer.hears("Код не подошёл", str(left))
    await newcomer.sends(wrong)
    await newcomer.hears("попыток больше нет")
    await newcomer.sends(code)
    await newcomer.hears("больше не действует")
    await newcomer.taps("Отправить новый код")
    await newcomer.told("через", "секунд")
    await teacher.hears_nothing()


async def test_a_profile_without_chat_and_mailbox_is_moved_by_support_for_a_reason(
    teacher, support, newcomer, city, mail
):
    name = teacher.account.first_name
    await newcomer.starts()
    await newcomer.taps("Я уже зарегистрирован(а)")
    await newcomer.taps("Нет доступа к почте")
    await newcomer.is_shown("Расскажите о себе")
    await newcomer.sends(f"Это {name}, телефон и почта потеряны")
    await newcomer.hears("Обращение отправлено")
    await support.hears("Новое обращение: восстановление доступа")
    await support.presses("Обращения")
    await support.hears("Обращения", "Восстановление доступа (")
    await support.taps("Открыть")
    await support.is_shown("телефон и почта потеряны")
    await support.taps("Найти профиль")
    await support.is_shown("чей это профиль?")
    await support.sends(address_of(teacher))
    await support.hears("Нашлись профили", name)
    await support.taps(name)
    await support.is_shown("Прежний чат узнает о переносе", name)
    await support.taps("Перенести профиль")
    await support.is_shown("Напишите, почему")
    await support.sends("Позвонили в школу, всё подтвердили")
    await support.hears("Перенести профиль?", "Позвонили в школу")
    await support.taps("Да, перенести")
    await support.is_shown("Профиль перенесён", name)
    await newcomer.hears("Служба поддержки перенесла профиль в этот чат")
    await teacher.hears("Ваш профиль перенесён", "служба поддержки", "Позвонили в школу")
    await newcomer.presses("Профиль")
    await newcomer.hears(name)


async def test_support_refuses_with_a_reason_and_confirms_roles_that_wait(head, support, newcomer, stand_in, mail):
    stranger = stand_in.person("Пётр")
    await stranger.starts()
    await stranger.taps("Я уже зарегистрирован(а)")
    await stranger.taps("Нет доступа к почте")
    await stranger.sends("Пустите меня")
    await stranger.hears("Обращение отправлено")
    await support.hears("Новое обращение")
    await support.taps("Открыть")
    await support.taps("Отказать")
    await support.is_shown("причину отказа")
    await support.sends("Вы не назвали себя")
    await support.hears("Отказ отправлен")
    await stranger.hears("не смогла перенести", "Вы не назвали себя")
    await recovers(newcomer, mail, address_of(head))
    await newcomer.hears("Придержаны")
    await support.sends("/desk")
    await support.hears("Роли ждут подтверждения (")
    await support.taps("Роли ждут подтверждения")
    await support.taps(head.account.first_name)
    await support.is_shown("по коду из письма", head.account.first_name)
    await support.taps("Подтвердить роли")
    await support.is_shown("Почему роли")
    await support.sends("Видел паспорт")
    await support.hears("Роли подтверждены")
    await newcomer.hears("Роли снова действуют", "Видел паспорт")


async def test_the_desk_is_supports_alone(teacher, support):
    assert ["Обращения"] in support.reply_keyboard
    assert ["Обращения"] not in teacher.reply_keyboard
    for text in ("Обращения", "/desk"):
        await teacher.sends(text)
        await teacher.hears("недоступно")


async def test_where_no_letters_are_sent_support_is_the_way(silent):  # noqa: F811
    phone = silent.stand_in.person("Новый телефон")
    await phone.starts()
    await phone.taps("Я уже зарегистрирован(а)")
    await phone.is_shown("перенесёт служба поддержки", "Нет доступа к почте")
    await phone.taps("Назад")
    await phone.is_shown("Здравствуйте", "Согласен(на)")


@dataclass
class Slow:
    """A bot that sends letters and whose time stands still."""

    application: Application
    city: Town
    stand_in: StandIn
    mail: MailBox
    clock: Clock


@pytest.fixture
async def slow(database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Slow]:
    """Noon in Moscow, until the test moves on."""
    monkeypatch.setenv("ENV_FILE", "")
    async with await StandIn.start() as stand_in, await MailBox.start() as mail:
        given = {"bot_token": stand_in.token, "bot_api_url": stand_in.url, "database_url": database_url}
        letters = {"smtp_url": mail.url, "mail_from": "portal@example.org", "secret_key": KEY}
        application = build(read_settings(**given, **letters), clock.now)
        await application.start()
        database = Database(database_url, clock.now)
        portal = open_portal(database, Calendar(ZoneInfo("Europe/Moscow"), clock.now), KEY.encode())
        yield Slow(application, Town(database, portal), stand_in, mail, clock)
        await application.stop()
        await database.close()


async def test_a_day_of_silence_brings_the_roles_to_the_new_phone(slow):
    school = await slow.city.school()
    person = await slow.city.person(school, head_of=school)
    old, new = slow.stand_in.person(person.full_name, id=person.chat_id), slow.stand_in.person("Новый телефон")
    await old.starts()
    await old.hears("Здравствуйте")
    await old.blocks()
    await recovers(new, slow.mail, address_of(old))
    await new.hears("Придержаны", "25.11.2026, 12:00")
    slow.clock.advance(timedelta(hours=24))
    assert await slow.application.services.recovery.follow_due() == 1
    await new.hears("Роли снова действуют", "руководитель школы")
    assert ["Согласование заявок"] in new.reply_keyboard
