"""New courses once a week: asked for in the preferences, read in the chat, given up on the message itself."""

from datetime import timedelta

from db import outbox
from db.outbox import Note, Priority
from services.news import NEW_COURSES


async def test_new_courses_are_asked_for_come_and_are_given_up(teacher, city):
    now = city.services.calendar.now()
    course = await city.course(title="Вулканы", direction="Вулканология", listed_at=now + timedelta(hours=1))
    code = await city.code_of(course)
    await teacher.presses("Профиль")
    await teacher.hears("Профиль", "Настройки")
    await teacher.taps("Настройки")
    await teacher.is_shown("Новые курсы: не приходят")
    await teacher.taps("Новые курсы раз в неделю")
    await teacher.is_shown("По понедельникам утром", "Сейчас: не приходят", "Ваша должность: Учитель")
    await teacher.taps("По моей должности")
    await teacher.is_shown("Сейчас: раз в неделю, по моей должности", "☑️ По моей должности", "Не присылать")
    while "Вулканология" not in str(teacher.last.labels):
        await teacher.taps("Дальше")
        await teacher.is_shown("По понедельникам утром")
    await teacher.taps("Вулканология")
    await teacher.is_shown("Сейчас: раз в неделю, Вулканология")
    person = await city.again_of(teacher)
    # Reminders are held at night, and this journey runs at any hour.
    await city.put_person(person, quiet_from=0, quiet_to=0)
    told = {"since": now.isoformat(), "until": (now + timedelta(days=7)).isoformat()}
    async with city.database.write() as tx:
        await outbox.add(tx, [Note(f"{NEW_COURSES}:{person.id}", person.id, NEW_COURSES, told, Priority.REMINDER)], now)
    news = await teacher.hears("Новое для вас: 1 курс", code, "Вулканы")
    await teacher.taps("Не присылать", on=news)
    await teacher.told("Больше не пришлю")
    assert not (await city.again_of(teacher)).news
    await teacher.taps(f"{code} · Вулканы", on=news)
    await teacher.is_shown("Вулканы", "Записаться")


async def test_a_forged_direction_is_refused(teacher):
    await teacher.presses("Профиль")
    shown = await teacher.hears("Профиль", "Настройки")
    await teacher.taps_raw("news+:0123456789ab:0", on=shown)
    await teacher.told("недоступно")
    await teacher.taps_raw("news+:'; DROP:0", on=shown)
    await teacher.told("Эта кнопка устарела")
