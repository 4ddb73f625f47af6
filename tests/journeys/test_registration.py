"""A newcomer becomes a teacher, question by question."""

import re

import pytest

from domain.person import Role


async def gives_an_address(newcomer, mail):
    """Types an address, and the code out of the letter that came there."""
    address = f"maria{newcomer.id}@example.org"
    await newcomer.hears("Ваша электронная почта?")
    await newcomer.sends(address)
    await newcomer.hears("Мы отправили код", address)
    letter = await mail.letter_to(address, "Подтвердите адрес")
    await newcomer.sends(code_in(letter))


def code_in(letter):
    """The six digits of a letter."""
    (code,) = re.findall(r"\b\d{3} \d{3}\b", letter.text)
    return code


async def answers_all(newcomer, mail, school_name):
    await newcomer.taps("Согласен(на)")
    await newcomer.is_shown("Как вас зовут?")
    await newcomer.sends("Берёзкина Мария Ивановна")
    await gives_an_address(newcomer, mail)
    await newcomer.hears("Где вы работаете?")
    await newcomer.sends(school_name)
    await newcomer.hears("Выберите вашу школу", school_name)
    await newcomer.taps(school_name)
    await newcomer.is_shown("Ваша должность?")
    await newcomer.taps("Воспитатель")
    await newcomer.is_shown("Проверьте", "Берёзкина Мария Ивановна", school_name, "Воспитатель")


async def test_a_newcomer_registers_and_gets_the_menu(newcomer, city, mail):
    school = await city.school_named()
    await newcomer.starts()
    await newcomer.hears("Здравствуйте", "Согласен(на)", "Подробнее")
    await newcomer.taps("Подробнее")
    await newcomer.is_shown("Согласие на обработку персональных данных")
    await answers_all(newcomer, mail, school)
    await newcomer.taps("Всё верно")
    await newcomer.hears("Вы зарегистрированы!", "Берёзкина Мария Ивановна")
    labels = {label for row in newcomer.reply_keyboard for label in row}
    assert labels == {"Каталог курсов", "Зачётная книжка", "Все регистрации на курсы", "Профиль", "Поддержка"}
    await newcomer.presses("Профиль")
    await newcomer.hears("Берёзкина Мария Ивановна", school, "Воспитатель")


@pytest.mark.parametrize("is_known", [False, True])
async def test_an_address_in_a_message_that_names_no_sender_gets_its_code(newcomer, stand_in, is_known):
    await newcomer.starts()
    if is_known:
        await newcomer.taps("Я уже зарегистрирован(а)")
        await newcomer.is_shown("Восстановим доступ")
    else:
        await newcomer.taps("Согласен(на)")
        await newcomer.is_shown("Как вас зовут?")
        await newcomer.sends("Берёзкина Мария Ивановна")
        await newcomer.hears("Ваша электронная почта?")
    message = {"message_id": 9, "date": 9, "chat": newcomer.chat.as_json(), "text": "maria@example.org"}
    stand_in.world.updates.put("message", message, "senderless")
    await newcomer.hears("Мы отправили код", "maria@example.org")


async def test_a_bad_name_is_refused_with_what_to_do_and_nothing_is_lost(newcomer, mail):
    await newcomer.starts()
    await newcomer.taps("Согласен(на)")
    await newcomer.is_shown("Как вас зовут?")
    for name in ("Маша", "Маша 123", "<b>Маша</b> Иванова", "а б в г д"):
        await newcomer.sends(name)
        await newcomer.hears("от двух до четырёх слов")
    await newcomer.sends("О'Коннор-Петрова Анна")
    await gives_an_address(newcomer, mail)
    await newcomer.hears("Где вы работаете?")


async def test_an_unknown_school_is_asked_again_and_one_may_work_nowhere(newcomer, mail):
    await newcomer.starts()
    await newcomer.taps("Согласен(на)")
    await newcomer.is_shown("Как вас зовут?")
    await newcomer.sends("Берёзкина Мария")
    await gives_an_address(newcomer, mail)
    await newcomer.hears("Где вы работаете?")
    await newcomer.sends("Хогвартс")
    await newcomer.hears("Такой школы нет в списке")
    await newcomer.taps("Временно не работаю")
    await newcomer.is_shown("Ваша должность?")
    await newcomer.sends("Методист-исследователь")
    await newcomer.hears("Проверьте", "временно не работаю", "Методист-исследователь")


async def test_each_answer_can_be_changed_before_the_end(newcomer, city, mail):
    school, other = await city.school_named(), await city.school_named()
    await newcomer.starts()
    await answers_all(newcomer, mail, school)
    await newcomer.taps("Изменить")
    await newcomer.taps("Школу")
    await newcomer.is_shown("Где вы работаете?")
    await newcomer.sends(other)
    await newcomer.hears("Выберите вашу школу")
    await newcomer.taps(other)
    await newcomer.is_shown("Проверьте", other, "Берёзкина Мария Ивановна", "Воспитатель")
    await newcomer.taps("Изменить")
    await newcomer.taps("Назад")
    await newcomer.is_shown("Проверьте", other)


async def test_one_may_leave_and_come_back_at_any_step(newcomer, mail):
    await newcomer.sends("география")
    await newcomer.hears("Здравствуйте", "Согласен(на)")
    await newcomer.taps("Согласен(на)")
    await newcomer.is_shown("Как вас зовут?")
    await newcomer.sends("Берёзкина Мария")
    await gives_an_address(newcomer, mail)
    await newcomer.hears("Где вы работаете?")
    await newcomer.starts()
    await newcomer.hears("Где вы работаете?")


async def test_a_link_to_a_course_survives_the_registration(newcomer, city, mail):
    school = await city.school_named()
    course = await city.course(title="Вулканы на уроке")
    await newcomer.starts(f"c_{course}")
    await newcomer.hears("Здравствуйте")
    await answers_all(newcomer, mail, school)
    await newcomer.taps("Всё верно")
    await newcomer.hears("Вы зарегистрированы!")
    await newcomer.hears("Вулканы на уроке", "Записаться")


async def test_an_invitation_gives_its_role_after_the_registration_once(newcomer, another_newcomer, city, mail):
    school = await city.school_named()
    token = await city.services.invitations.invite(Role.HEAD, school=school)
    await newcomer.starts(f"inv_{token}")
    await answers_all(newcomer, mail, school)
    await newcomer.taps("Всё верно")
    await newcomer.hears("Вы зарегистрированы!", "руководитель школы", school)
    assert ["Согласование заявок"] in newcomer.reply_keyboard
    await another_newcomer.starts(f"inv_{token}")
    await answers_all(another_newcomer, mail, school)
    await another_newcomer.taps("Всё верно")
    await another_newcomer.hears("Вы зарегистрированы!")
    await another_newcomer.hears("приглашение уже использовано")
    assert ["Согласование заявок"] not in another_newcomer.reply_keyboard


async def test_a_registered_person_takes_a_role_by_a_link_and_an_invented_or_expired_one_is_refused(teacher, city):
    await teacher.starts("inv_" + "x" * 32)
    await teacher.hears("Такого приглашения нет")
    token = await city.services.invitations.invite(Role.SUPPORT)
    await city.age_invitations(days=8)
    await teacher.starts(f"inv_{token}")
    await teacher.hears("Срок приглашения истёк")
    token = await city.services.invitations.invite(Role.SUPPORT)
    await teacher.starts(f"inv_{token}")
    await teacher.hears("служба поддержки")
    assert ["Согласование заявок"] in teacher.reply_keyboard
    await teacher.starts(f"inv_{token}")
    await teacher.hears("уже использовано")


async def test_buttons_of_another_question_say_that_they_are_old(newcomer):
    await newcomer.starts()
    await newcomer.hears("Здравствуйте")
    consent = newcomer.data_of("Согласен(на)")
    message = newcomer.last
    await newcomer.taps("Согласен(на)")
    await newcomer.is_shown("Как вас зовут?")
    await newcomer.taps_raw(consent, on=message)
    await newcomer.told("устарела")
    await newcomer.hears("Как вас зовут?")


async def test_stickers_and_commands_do_not_answer_a_question(newcomer):
    await newcomer.starts()
    await newcomer.taps("Согласен(на)")
    await newcomer.is_shown("Как вас зовут?")
    await newcomer.sends_sticker()
    await newcomer.hears("только текст")
    await newcomer.sends("/menu")
    await newcomer.hears("Как вас зовут?")
    await newcomer.sends("/help")
    await newcomer.hears("В первый раз на портале", "О портале")
