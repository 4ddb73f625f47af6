"""«Профиль» and «Настройки» as a person lives them, with the letters that come."""

from db.tables import Notification
from domain.person import Role
from domain.status import Status
from tests.journeys.test_registration import answers_all, code_in
from tests.texts.test_plain import drawn_in


async def opens_profile(phone):
    await phone.sends("/profile")
    await phone.hears("Профиль", "Изменить имя")


async def opens_preferences(phone):
    await opens_profile(phone)
    await phone.taps("Настройки")
    await phone.is_shown("Настройки", "Тихие часы")


async def test_a_name_and_a_position_are_changed_and_a_bad_one_is_asked_again(teacher):
    await opens_profile(teacher)
    await teacher.taps("Изменить имя")
    await teacher.is_shown("Как вас зовут?")
    await teacher.sends("Анна")
    await teacher.hears("от двух до четырёх слов")
    await teacher.sends("Иванова Анна Петровна")
    await teacher.hears("Имя изменено.", "Иванова Анна Петровна")
    await teacher.taps("Изменить должность")
    await teacher.is_shown("Ваша должность?")
    await teacher.taps("Методист")
    await teacher.is_shown("Должность изменена.", "Методист")
    await teacher.taps("Изменить должность")
    await teacher.sends("Тьютор")
    await teacher.hears("Должность изменена.", "Тьютор")


async def test_a_question_is_left_by_back_or_by_the_menu_and_nothing_is_changed(teacher):
    await opens_profile(teacher)
    await teacher.taps("Изменить имя")
    await teacher.taps("Назад")
    await teacher.is_shown("Профиль", "Изменить имя")
    await teacher.taps("Изменить должность")
    menu = teacher.last
    position = teacher.data_of("Методист")
    await teacher.presses("Профиль")
    await teacher.hears("Профиль", "Учитель")
    await teacher.taps_raw(position, on=menu)
    await teacher.told("устарела")
    await teacher.is_shown("Профиль", "Учитель")


async def test_a_head_sees_the_own_roles(city, meet):
    school = await city.school("Школа имени Ломоносова")
    head = await meet(await city.person(school, head_of=school, portal=Role.SUPPORT))
    await head.presses("Профиль")
    await head.hears("Роли", "руководитель школы (Школа имени Ломоносова)", "служба поддержки")


async def test_an_address_is_changed_by_its_code_and_the_old_one_is_told(teacher, mail):
    old, new = f"person{teacher.id}@example.org", f"new{teacher.id}@example.org"
    await opens_profile(teacher)
    await teacher.taps("Изменить почту")
    await teacher.is_shown("Новый адрес почты?")
    await teacher.sends("новый адрес")
    await teacher.hears("не похоже на адрес")
    await teacher.sends(f"new{teacher.id}@gmial.com")
    await teacher.hears("Проверьте адрес", f"new{teacher.id}@gmail.com")
    await teacher.sends(new)
    await teacher.hears("Мы отправили код", new)
    await teacher.taps("Отправить новый код")
    await teacher.told("Новый код можно отправить через")
    await teacher.sends("000000")
    await teacher.hears("Код не подошёл")
    await teacher.sends(code_in(await mail.letter_to(new, "Подтвердите новый адрес")))
    await teacher.hears("Адрес подтверждён", new)
    await mail.letter_to(old, "Адрес почты профиля изменён")
    assert not any("изменён" in letter.text for letter in mail.to(new))


async def test_an_address_of_somebody_else_is_refused_only_after_its_code(teacher, head, mail):
    taken = f"person{head.id}@example.org"
    await opens_profile(teacher)
    await teacher.taps("Изменить почту")
    await teacher.sends(taken)
    await teacher.hears("Мы отправили код", taken)
    await teacher.sends(code_in(await mail.letter_to(taken, "уже есть профиль")))
    await teacher.hears("уже зарегистрирован другой профиль")
    await teacher.sends(f"another{teacher.id}@example.org")
    await teacher.hears("через")


async def test_an_unproved_address_is_proved_later_out_of_the_profile(city, meet, mail):
    person = await city.person()
    await city.put_person(person, email_key=None, email_proved_at=None)
    phone = await meet(person)
    await phone.sends("/profile")
    await phone.hears("не подтверждена", "Подтвердить почту")
    await phone.taps("Подтвердить почту")
    await phone.is_shown("Мы отправили код")
    await phone.sends(code_in(await mail.letter_to(person.email, "Подтвердите новый адрес")))
    await phone.hears("Адрес подтверждён", f"{person.email} (подтверждена)")


async def test_another_school_is_told_to_follow_before_the_second_tap_and_old_buttons_show_what_is_now(
    city, teacher, head, meet
):
    name = await city.school_named()
    course, other = await city.course(), await city.course()
    waiting, approved = await city.applies(teacher, course), await city.applies(teacher, other)
    await head.hears("Заявка на согласование", await city.code_of(course))
    prompt = await head.hears("Заявка на согласование", await city.code_of(other))
    await opens_profile(teacher)
    await teacher.taps("Изменить школу")
    await teacher.is_shown("Где вы работаете?")
    await teacher.sends(name)
    await teacher.hears("Выберите вашу школу", name)
    await teacher.taps(name)
    plan = await teacher.is_shown("Сменить школу?", name, "2 ожидающие заявки", "нет согласующего")
    stale = teacher.data_of("Да, сменить школу")
    await head.taps("Согласовать", on=prompt)
    await teacher.hears("Согласована")
    await teacher.taps_raw(stale, on=plan)
    await teacher.told("заявки изменились")
    await teacher.is_shown("Сменить школу?", "1 ожидающая заявка", "1 согласованная заявка")
    await teacher.taps("Да, сменить школу")
    await teacher.is_shown("Ваша школа", name, "переданы: 1 заявка", "Снова ждут согласования: 1 заявка")
    assert [await city.status(each) for each in (waiting, approved)] == [Status.PENDING] * 2
    await teacher.taps_raw(stale, on=plan)
    await teacher.told("уже указана")


async def test_who_works_nowhere_is_decided_on_by_support(city, teacher, head, support):
    course = await city.course()
    await city.applies(teacher, course)
    await head.hears("Заявка на согласование")
    await opens_profile(teacher)
    await teacher.taps("Изменить школу")
    await teacher.taps("Временно не работаю")
    await teacher.is_shown("Больше не работаете в школе?", "службе поддержки")
    await teacher.taps("Да, временно не работаю")
    await teacher.is_shown("Школа убрана из профиля", "Службе поддержки переданы: 1 заявка")
    prompt = await support.hears("Заявка на согласование", await city.code_of(course), "школа не указана")
    assert "Не наш сотрудник" not in {label for row in prompt.labels for label in row}
    await head.sees("больше не ждёт вашего решения")
    await teacher.taps("К профилю")
    await teacher.is_shown("Профиль", "Указать школу")


async def test_letters_are_chosen_by_kind_also_by_the_link_of_a_letter(city, teacher, mail):
    address = f"person{teacher.id}@example.org"
    await teacher.starts("letters")
    await teacher.hears("Какие письма присылать?", address, "о безопасности профиля", "☑️ Мои заявки")
    await teacher.taps("Мои заявки: подана, отозвана")
    await teacher.is_shown("☐ Мои заявки")
    await city.applies(teacher, await city.course())
    assert await city.count(Notification, user_id=await city.user_of(teacher), channel="mail") == 0
    await opens_preferences(teacher)
    await teacher.sees("выключено видов: 1 из 3")
    await teacher.taps("Письма")
    await teacher.taps("Мои заявки: подана, отозвана")
    await teacher.is_shown("☑️ Мои заявки")
    await city.applies(teacher, await city.course())
    await mail.letter_to(address, "Вы успешно зарегистрировались")


async def test_the_link_of_a_letter_waits_for_a_strangers_registration(newcomer, city, mail):
    school = await city.school_named()
    await newcomer.starts("letters")
    await newcomer.hears("Здравствуйте")
    await answers_all(newcomer, mail, school)
    await newcomer.taps("Всё верно")
    await newcomer.hears("Вы зарегистрированы!")
    await newcomer.hears("Какие письма присылать?")


async def test_quiet_hours_are_chosen_out_of_a_few(teacher):
    await opens_preferences(teacher)
    await teacher.sees("21:00 — 8:00, как на портале")
    await teacher.taps("Тихие часы")
    await teacher.is_shown("Когда не беспокоить?", "☑️ Как на портале")
    await teacher.taps("22:00 — 7:00")
    await teacher.is_shown("☑️ 22:00 — 7:00")
    await teacher.taps("Без тихих часов")
    await teacher.is_shown("☑️ Без тихих часов")
    await teacher.taps("Назад")
    await teacher.is_shown("Тихие часы: нет")
    await teacher.taps("Приостановить напоминания")
    await teacher.is_shown("Напоминания: приостановлены", "Возобновить напоминания")
    await teacher.taps("Возобновить напоминания")
    await teacher.is_shown("Напоминания: приходят")


async def test_all_hours_are_silent_for_who_wants_so(city, teacher, head):
    await opens_preferences(head)
    await head.taps("Тихие часы")
    message = head.last
    for first, last in ((0, 12), (12, 0)):  # one of them is now, whenever this runs
        await head.taps_raw(f"quiet:{first}:{last}", on=message)
        course = await city.course()
        await city.applies(teacher, course)
        (await head.hears("Заявка на согласование", await city.code_of(course)))
    prompts = [message for message in head.messages if "Заявка на согласование" in message.text]
    assert sorted(prompt.silent for prompt in prompts[-2:]) == [False, True]


async def test_who_reads_plain_texts_sees_no_emoji_anywhere_and_states_as_words(city, teacher, head):
    word = city.rare_word()
    course = await city.course(title=f"🎓 {word} · 🙂 Уроки")
    code = await city.code_of(course)
    for phone in (teacher, head):
        await opens_preferences(phone)
        await phone.taps("Включить простой текст")
        await phone.is_shown("Простой текст: включён", "Выключить простой текст")
    await city.applies(teacher, course)
    prompt = await head.hears("Заявка на согласование", code)
    await teacher.presses("Все регистрации на курсы")
    listed = await teacher.hears("Все регистрации на курсы", code)
    assert f"На согласовании: {code}, {word}" in " ".join(label for row in listed.labels for label in row)
    await head.taps("Согласовать", on=prompt)
    await teacher.hears("Согласована, ожидает зачисления", code)
    seen = [message for phone in (teacher, head) for message in phone.messages if message.sent_at >= prompt.sent_at]
    for message in seen:
        assert not drawn_in(message.text + "".join(label for row in message.labels for label in row))
    await teacher.sends(f"{word}")
    await teacher.hears(word)
    await opens_preferences(teacher)
    await teacher.taps("Выключить простой текст")
    await teacher.is_shown("Простой текст: выключен")
    await teacher.presses("Все регистрации на курсы")
    await teacher.hears("✅", code)
