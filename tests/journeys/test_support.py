"""«Поддержка» and «Обращения»: words, photos and files go both ways; support ends an enrolment."""

import asyncio

import pytest
from sqlalchemy import select

from db.tables import Application, Ticket
from domain.person import Role
from domain.status import Status
from tests.journeys.town import buttons_of

PHOTO = b"\xff\xd8photo"


async def opens(teacher, city, text="Не вижу кнопку"):
    """The teacher opens a ticket: its number."""
    await teacher.presses("Поддержка")
    await teacher.hears("Новое обращение")
    await teacher.taps("Новое обращение", on=teacher.last)
    await teacher.is_shown("Выберите тему")
    await teacher.taps("Запись на курс", on=teacher.last)
    await teacher.is_shown("Тема: Запись на курс")
    await teacher.sends(text)
    await teacher.hears("принято")
    return int(await city.one(select(Ticket.id).where(Ticket.user_id == await city.user_of(teacher))))


async def enrols(city, application):
    """A provider enrols the teacher."""
    version = int(await city.one(select(Application.version).where(Application.id == application)))
    await city.put(application, status=Status.ENROLLED, version=version + 1)


@pytest.fixture
async def colleague(city, meet):
    return await meet(await city.person(portal=Role.SUPPORT))


async def test_words_photos_and_files_go_both_ways(teacher, support, city):
    number = await opens(teacher, city)
    push = await support.hears("Новое обращение", f"№ {number}", "Запись на курс", "Не вижу кнопку")
    await teacher.sends_photo(PHOTO, "Вот экран")
    await teacher.hears(f"Передано в поддержку, обращение № {number}", "Закончить")
    photo = await support.hears("<photo>", "Вот экран", f"№ {number}")
    assert support.content_of(photo) == PHOTO
    await support.taps("Ответить", on=push)
    await support.hears("Напишите ответ")
    assert "Не вижу кнопку" in push.text, "what is answered stays on screen"
    await support.sends("Обновите меню")
    await support.hears("Ответ отправлен", f"№ {number}")
    await teacher.hears("Ответ поддержки", f"№ {number}", "Обновите меню")
    await support.sends_document("инструкция.pdf", b"%PDF", "Здесь подробно")
    await support.hears("Ответ отправлен")
    answer = await teacher.hears("<document>", "Здесь подробно", "Ответить")
    assert teacher.content_of(answer) == b"%PDF"
    await teacher.taps("Открыть обращение", on=answer)
    await teacher.hears("Вы", "Не вижу кнопку", "🖼 Фото", "📎 Файл", "поддержка ответила")
    await teacher.taps("Показать целиком (2)", on=teacher.last)
    await teacher.hears("<photo>", "Ваше сообщение")
    await teacher.hears("<document>", "Ответ поддержки")


async def test_staff_finds_a_closed_ticket_again(teacher, support, city):
    number = await opens(teacher, city)
    push = await support.hears(f"№ {number}")
    await support.taps("Открыть обращение", on=push)
    await support.is_shown("никем не взято")
    await support.taps("Закрыть")
    await support.taps("Закрыть без ответа")
    await support.is_shown(f"Обращение № {number}", "закрыто")
    await support.taps("К закрытым обращениям")
    await support.is_shown("Закрытые обращения — ", f"№ {number} · Запись на курс", "закрыто")
    await support.taps(f"№ {number} · Запись на курс")
    await support.is_shown("Не вижу кнопку", "Ответить")
    await support.taps("К закрытым обращениям")
    await support.taps("Назад")
    await support.is_shown("Обращения")
    await support.taps("Закрытые обращения")
    await support.is_shown("Закрытые обращения — ")


async def test_a_conversation_has_a_clear_way_out(teacher, support, city):
    number = await opens(teacher, city)
    await support.hears(f"№ {number}")
    await teacher.taps("Закончить", on=teacher.last)
    await teacher.is_shown(f"Обращение № {number}", "ждёт ответа поддержки", "Написать ещё")
    word = city.rare_word()
    await teacher.sends(word)
    await teacher.hears("ничего не нашлось")
    await support.hears_nothing()


async def test_the_menu_leads_out_of_a_conversation_too(teacher, support, city):
    number = await opens(teacher, city)
    await support.hears(f"№ {number}")
    await teacher.presses("Профиль")
    await teacher.hears("Должность")
    await teacher.sends(city.rare_word())
    await teacher.hears("ничего не нашлось")
    await support.hears_nothing()


async def test_what_cannot_be_passed_on_is_said_so_and_albums_come_picture_by_picture(teacher, support, city):
    number = await opens(teacher, city)
    await teacher.sends_voice()
    await teacher.hears("только текст, фото и файлы")
    await teacher.sends_sticker()
    await teacher.hears("только текст, фото и файлы")
    await teacher.sends_album(PHOTO + b"1", PHOTO + b"2", PHOTO + b"3", caption="Три экрана")
    for picture in (b"1", b"2", b"3"):
        assert support.content_of(await support.hears("<photo>", f"№ {number}")) == PHOTO + picture
    acknowledged = [message for message in teacher.messages if "Передано в поддержку" in message.text]
    assert len(acknowledged) == 1
    support.never_hears("только текст")


async def test_a_text_as_long_as_telegram_takes_arrives_whole(teacher, support, city):
    number = await opens(teacher, city)
    await support.hears(f"№ {number}")
    await teacher.sends("я" * 4096)
    await teacher.hears("Передано")
    await support.hears(f"№ {number}", "Соколова")
    assert (await support.hears("яяя", "Ответить")).text == "я" * 4096
    await teacher.sends_photo(PHOTO, "ж" * 1024)
    caption = await support.hears("<photo>", f"№ {number}")
    assert "жжж" not in caption.text
    assert (await support.hears("жжж")).text == "ж" * 1024


async def test_a_subject_in_own_words(teacher, support, city):
    await teacher.presses("Поддержка")
    await teacher.hears("Новое обращение")
    await teacher.taps("Новое обращение", on=teacher.last)
    await teacher.taps("Другая тема", on=teacher.last)
    await teacher.is_shown("Напишите тему")
    await teacher.sends("х" * 101)
    await teacher.hears("101", "100")
    await teacher.sends("Справка <для> школы & бухгалтерии")
    await teacher.hears("Тема: Справка <для> школы & бухгалтерии")
    await teacher.sends_document("бланк.docx", b"PK")
    await teacher.hears("принято", "Справка <для> школы & бухгалтерии")
    await support.hears("<document>", "Справка <для> школы & бухгалтерии")


async def test_two_of_support_take_one_ticket_in_the_same_instant(teacher, support, colleague, city):
    number = await opens(teacher, city)
    for staff in (support, colleague):
        push = await staff.hears(f"№ {number}")
        await staff.taps("Открыть обращение", on=push)
        await staff.is_shown("никем не взято", "Взять")
    screens = {staff: staff.last for staff in (support, colleague)}
    await asyncio.gather(*(staff.taps("Взять", on=screen) for staff, screen in screens.items()))
    for staff in screens:
        await staff.is_shown("взял(а)")
    winner, loser = sorted(screens, key=lambda staff: "Взять себе" in buttons_of(staff.last))
    await loser.told("Обращение уже взял(а)", winner.account.first_name)
    assert "Взять себе" in buttons_of(loser.last)
    assert "Закрыть" not in buttons_of(loser.last)
    await loser.taps("Взять себе", on=loser.last)
    await loser.is_shown("Закрыть")
    await winner.hears(f"Обращение № {number} взял(а)", loser.account.first_name)
    await teacher.sends("Вы ещё здесь?")
    await loser.hears("Вы ещё здесь?")
    winner.never_hears("Вы ещё здесь?")


async def test_closed_rated_and_opened_again(teacher, support, city):
    number = await opens(teacher, city)
    await support.hears(f"№ {number}")
    await support.presses("Обращения")
    await support.hears("Обращения")
    await support.taps("Обращения", on=support.last)
    await support.is_shown("Обращения — открыто", "ждёт ответа с")
    while f"№ {number} " not in support.last.text:
        await support.taps("Дальше", on=support.last)
    await support.taps(f"№ {number} ·", on=support.last)
    await support.is_shown("Не вижу кнопку", "Учитель")
    await support.taps("Закрыть", on=support.last)
    await support.is_shown(f"Закрыть обращение № {number}?")
    await support.taps("Ответить и закрыть", on=support.last)
    await support.hears("После него обращение закроется")
    await support.sends("Кнопка в карточке курса")
    await support.hears("Ответ отправлен, обращение закрыто")
    await teacher.hears("Кнопка в карточке курса")
    closed = await teacher.hears(f"Обращение № {number} закрыто", "Оцените от 1 до 5")
    await teacher.taps("4 ⭐", on=closed)
    await teacher.is_shown("Спасибо! Ваша оценка: 4 из 5")
    await teacher.sends("ГМЦ-0417")
    await teacher.hears("уже закрыто, сообщение не передано")
    await teacher.sends(city.rare_word())
    await teacher.hears("ничего не нашлось")
    await teacher.taps("Вопрос остался", on=closed)
    await teacher.hears("откроет его снова")
    await teacher.sends("Её там нет")
    await teacher.hears("Передано в поддержку")
    await support.hears(f"Обращение № {number}", "Её там нет")
    await teacher.taps("Закончить", on=teacher.last)
    await teacher.is_shown("Вопрос решён")
    await teacher.taps("Вопрос решён", on=teacher.last)
    await teacher.is_shown("Неделю его можно открыть снова")
    await teacher.taps("Вопрос решён", on=teacher.last)
    await teacher.is_shown(f"Обращение № {number} закрыто")
    await support.hears(f"Обращение № {number} закрыто", "вопрос решён")


async def test_support_withdraws_the_enrolled_out_of_the_teachers_ticket(teacher, head, support, city, meet):
    provider = await city.provider()
    methodologist = await meet(await city.person(staff_of=provider))
    course = await city.course(provider_id=provider, title="Вулканы на уроке")
    application, code = await city.applies(teacher, course), await city.code_of(course)
    await head.hears("Заявка на согласование", code)
    await head.taps("Согласовать")
    await teacher.hears("Согласована")
    await enrols(city, application)
    await teacher.sends(code)
    card = await teacher.hears("Зачислен(а)", "Обратиться в поддержку")
    assert "Отозвать заявку" not in buttons_of(card)
    await teacher.presses("Все регистрации на курсы")
    await teacher.hears(code)
    await teacher.taps(code, on=teacher.last)
    await teacher.is_shown("История", "Обратиться в поддержку")
    await teacher.taps("Обратиться в поддержку", on=teacher.last)
    await teacher.is_shown(f"Отзыв зачисления: {code}")
    await teacher.taps("Прошу отозвать зачисление", on=teacher.last)
    await teacher.is_shown("принято")
    push = await support.hears("Новое обращение", f"Отзыв зачисления: {code}", "Прошу отозвать зачисление")
    await support.taps("Открыть обращение", on=push)
    await support.is_shown("Вулканы на уроке", "зачислен(а)")
    await support.taps("Отозвать зачисление", on=support.last)
    question = await support.is_shown("Напишите причину")
    old = support.data_of("По просьбе учителя", question)
    await support.sends("Учитель переехал")
    confirm = await support.hears("Отозвать зачисление?", "Учитель переехал")
    await support.taps("Отозвать зачисление", on=confirm)
    await support.is_shown("отозвана")
    await teacher.hears("Отозвана через службу поддержки", "Учитель переехал", code)
    await methodologist.hears("Отозвана через службу поддержки", code)
    await head.hears("Отозвана через службу поддержки", code)
    await support.taps_raw(old, on=question)
    await support.told("устарела")
    await teacher.presses("Все регистрации на курсы")
    await teacher.taps("Архив")
    await teacher.is_shown(code, "Отозвана")
    await teacher.taps(code, on=teacher.last)
    await teacher.is_shown("Отозвана через службу поддержки", "Учитель переехал")


async def test_forged_buttons_open_nothing(teacher, outsider, support, city):
    number = await opens(teacher, city)
    await support.hears(f"№ {number}")
    for data in (
        f"tkt:{number}:0",
        f"tktr:{number}:0",
        f"tktc:{number}:99999",
        f"stars:{number}:5",
        f"take:{number}:0",
        f"wde?:{number}:1",
        f"tktw:{number}:0",
        "desk1:0",
        "desk",
    ):
        await outsider.taps_raw(data, on=outsider.last)
        await outsider.told("недоступно")
    for data in ("tkt:999999999999:0", "stars:1:9", "subj:77", "wde:1:1", "plswd:1"):
        assert await outsider.taps_raw(data, on=outsider.last)
    await outsider.sends("/desk")
    await outsider.hears("недоступно")
    await teacher.hears_nothing()
