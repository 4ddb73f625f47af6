"""What time does, on a clock that the test moves."""

from dataclasses import replace
from datetime import timedelta

from domain.catalogue import Funding
from domain.person import Role
from playground.person import Person as Phone
from playground.world import Message
from tests.journeys.town import buttons_of


async def test_undoing_is_offered_for_five_minutes(slow):
    school = await slow.city.school()
    teacher = await slow.meet(await slow.city.person(school))
    head = await slow.meet(await slow.city.person(head_of=school))
    await slow.city.applies(teacher, await slow.city.course())
    await head.hears("Заявка на согласование")
    await head.taps("Отклонить")
    await head.is_shown("Без причины")
    await head.taps("Без причины")
    decided = await head.is_shown("Отклонена", "Отменить решение")
    undo = head.data_of("Отменить решение")
    slow.later(minutes=4)
    await teacher.hears("Отклонена")
    assert "Отменить решение" in buttons_of(decided)
    slow.later(minutes=1, seconds=1)
    while "Отменить решение" in buttons_of(decided):
        await slow.stand_in.world.pulse.wait(5)
    await head.taps_raw(undo, on=decided)
    await head.told("в течение пяти минут")
    await teacher.hears_nothing()


async def test_at_night_a_decision_comes_without_a_sound_and_by_day_with_one(slow):
    school = await slow.city.school()
    teacher = await slow.meet(await slow.city.person(school))
    head = await slow.meet(await slow.city.person(head_of=school))
    for hours, silent in ((0, False), (10, True)):
        slow.clock.advance(timedelta(hours=hours))
        course = await slow.city.course()
        await slow.city.applies(teacher, course)
        prompt = await head.hears("Заявка на согласование", await slow.city.code_of(course))
        await head.taps("Согласовать", on=prompt)
        push = await teacher.hears("Согласована", await slow.city.code_of(course))
        assert (prompt.silent, push.silent) == (silent, silent)


async def test_what_the_clock_ends_at_night_is_told_in_the_morning(slow):
    school = await slow.city.school()
    teacher = await slow.meet(await slow.city.person(school))
    head = await slow.meet(await slow.city.person(head_of=school))
    course = await slow.city.course(starts_in=0, closes_in=0)
    await slow.city.applies(teacher, course)
    await head.hears("Заявка на согласование")
    slow.later(hours=13)  # one in the morning
    assert await slow.application.services.expiry.expire() == 1
    await head.sees("Истекла")
    await teacher.hears_nothing()
    slow.later(hours=7)
    await teacher.hears("Истекла", await slow.city.code_of(course))
    await head.hears_nothing()
    slow.later(hours=1)
    await head.hears("Новости заявок", "Истекла")


async def test_a_days_news_reach_the_provider_in_one_message(slow):
    provider = await slow.city.provider()
    methodologist = await slow.meet(await slow.city.person(staff_of=provider))
    course = await slow.city.course(funding=Funding.PAID, provider_id=provider, title="Вулканы")
    for _ in range(3):
        await slow.city.applies(await slow.meet(await slow.city.person()), course)
    await methodologist.hears_nothing()
    slow.later(days=30)
    await methodologist.hears_once("Новости заявок", "Вулканы", "3 заявки")


async def test_what_a_group_is_told_in_the_evening_comes_in_the_morning(slow):
    provider = await slow.city.provider()
    methodologist = await slow.meet(await slow.city.person(staff_of=provider))
    teacher = await slow.meet(await slow.city.person())
    course = await slow.city.course(funding=Funding.PAID, provider_id=provider, venue="Ауд. 5")
    await slow.city.applies(teacher, course)
    group = await slow.city.group(course, "1", starts_in=30)
    staff = (await slow.application.services.people.arrive(methodologist.id)).person
    assert staff is not None
    application = (await slow.city.services.enrolment.waiting(course, 0, staff)).page.lines[0]
    await slow.application.services.enrolment.enrol(application.id, application.version, group, staff)
    await teacher.hears("Зачислен(а)", "Место: Ауд. 5")
    slow.later(hours=11)  # eleven in the evening
    draft = await slow.application.services.groups.to_change(group, staff)
    await slow.application.services.groups.save(replace(draft, venue="Онлайн"), staff)
    await slow.application.services.circulars.send(group, "Возьмите тетради", staff)
    await teacher.hears_nothing()
    slow.later(hours=9, minutes=1)
    await teacher.hears_once("Изменения на вашем курсе", "Место: Ауд. 5 → Онлайн")
    await teacher.hears_once("Возьмите тетради")


async def test_what_waits_comes_in_the_morning_and_at_the_teachers_wish_once_in_48_hours(slow):
    school = await slow.city.school()
    teacher = await slow.meet(await slow.city.person(school))
    head = await slow.meet(await slow.city.person(head_of=school))
    first, second = await slow.city.course(), await slow.city.course(title="Вулканы")
    for course in (first, second):
        await slow.city.applies(teacher, course)
    old = await head.hears("Заявка на согласование", "Вулканы")
    assert "Напомнить руководителю" not in buttons_of(await opened(teacher, "Вулканы"))
    slow.later(hours=21)  # nine in the morning
    await slow.application.services.reminders.remind()
    slow.later()
    digest = await head.hears("Ждут вашего решения: 2 заявки", "ждёт 1 день")
    await head.taps("Открыть по одной", on=digest)
    await head.is_shown("Заявка на согласование", await slow.city.code_of(first))
    slow.later(hours=4)
    await opened(teacher, "Вулканы")
    assert await teacher.taps("Напомнить руководителю") == "Напомню руководителю: заявка придёт ещё раз"
    screen = await teacher.is_shown("Вы напомнили руководителю", "Снова напомнить можно с 27.11.2026, 13:00")
    assert "Напомнить руководителю" not in buttons_of(screen)
    prompt = await head.hears("Учитель просит ответить: заявка ждёт 1 день", "Вулканы", "Согласовать")
    while "смотрите ниже" not in old.text or buttons_of(old):
        await slow.stand_in.world.pulse.wait(5)
    await head.taps("Согласовать", on=prompt)
    await teacher.hears("Согласована", "Вулканы")
    await head.hears_nothing()
    slow.later(days=30)
    for _ in range(2):
        await slow.application.services.reminders.remind()
        slow.later()
    await head.hears_once("Ждут вашего решения: 1 заявка", "ждёт 31 день")


async def opened(phone: Phone, title: str) -> Message:
    """Somebody opens their application by its title."""
    await phone.presses("Все регистрации на курсы")
    await phone.hears("Все регистрации на курсы")
    await phone.taps(title)
    return await phone.is_shown("История", title)


async def test_a_question_to_support_where_nobody_is_reaches_operators_who_invite_somebody(slow):
    operator = await slow.meet(await slow.city.person(portal=Role.OPERATOR))
    teacher = await slow.meet(await slow.city.person())
    await teacher.presses("Поддержка")
    await teacher.hears("Новое обращение")
    await teacher.taps("Новое обращение")
    await teacher.taps("Запись на курс")
    await teacher.sends("Не вижу кнопку")
    await teacher.hears("принято")
    told = await operator.hears("в поддержке никого нет")
    assert "Не вижу кнопку" not in told.text
    await operator.taps("Пригласить в поддержку", on=told)
    await operator.is_shown("Приглашение", "Скопировать ссылку")


async def test_a_start_is_reminded_of_with_its_place_and_never_at_night(slow):
    provider = await slow.city.provider()
    staff = await slow.city.person(staff_of=provider)
    methodologist, teacher = await slow.meet(staff), await slow.meet(await slow.city.person())
    course = await slow.city.course(
        starts_in=3, closes_in=3, funding=Funding.PAID, provider_id=provider, title="Вулканы", venue="Аудитория 5"
    )
    application = await slow.city.applies(teacher, course)
    group = await slow.city.group(course)
    slow.later(hours=21)
    await slow.application.services.reminders.remind()
    slow.later()
    await methodologist.hears("Новости заявок")
    await methodologist.hears("Курсы скоро начнутся", "Вулканы", "без группы 1 человек")
    await slow.city.services.enrolment.enrol(application, 1, group, staff)
    slow.later()
    await teacher.hears("Зачислен(а)")
    slow.later(hours=24)
    await slow.application.services.reminders.remind()
    await slow.city.put_person(await slow.city.again_of(teacher), quiet_from=8, quiet_to=11)
    slow.later()
    await teacher.hears_nothing()
    slow.later(hours=2)
    await teacher.hears("Курс начинается завтра", "Аудитория 5", "27.11.2026")
