"""♥: a course is kept, found again in its list, and written of when it opens."""

from datetime import timedelta

from sqlalchemy import update

from db.tables import Course
from domain.catalogue import Funding
from services.watching import tell_of_opening
from tests.journeys.town import buttons_of


async def opens_card(teacher, city, course):
    code = await city.code_of(course)
    await teacher.sends(code)
    await teacher.hears(code)
    return code


async def test_a_course_is_kept_found_in_the_list_and_let_go(teacher, city):
    code = await opens_card(teacher, city, await city.course(title="Вулканы"))
    assert await teacher.taps("В избранное") == "Курс в избранном: напишу, если что-то изменится"
    await teacher.is_shown(code, "Убрать из избранного")
    await teacher.presses("Каталог курсов")
    await teacher.hears("Каталог курсов", "Избранное")
    await teacher.taps("Избранное")
    await teacher.is_shown("Избранное — 1 курс", code, "К каталогу")
    await teacher.taps(f"{code} · Вулканы")
    await teacher.is_shown("Вулканы", "К избранному")
    await teacher.taps("Убрать из избранного")
    await teacher.is_shown("В избранное")
    await teacher.taps("К избранному")
    await teacher.is_shown("Здесь пока пусто", "В избранное")
    await teacher.taps("К каталогу")
    await teacher.is_shown("Каталог курсов")


async def test_from_the_list_of_favourites_one_applies_and_comes_back_to_it(teacher, city):
    code = await opens_card(teacher, city, await city.course())
    await teacher.taps("В избранное")
    await teacher.presses("Каталог курсов")
    await teacher.taps("Избранное")
    await teacher.is_shown("Избранное", code)
    await teacher.taps(code)
    await teacher.is_shown("К избранному")
    await teacher.taps("Записаться")
    await teacher.is_shown("Записаться на курс?")
    await teacher.taps("Записаться")
    await teacher.is_shown("Ваша заявка на курс принята.", "К избранному")
    await teacher.taps("К избранному")
    await teacher.is_shown("Избранное — 1 курс", code)


async def test_a_forged_heart_keeps_nothing_that_is_hidden(teacher, city):
    hidden = await city.course(published=False)
    await opens_card(teacher, city, await city.course())
    shown = teacher.last
    await teacher.taps_raw(f"fav:{hidden}:1:0:0", on=shown)
    await teacher.told("недоступно")
    await teacher.taps_raw("fav:-5:1:0:0", on=shown)
    await teacher.told("Эта кнопка устарела")


async def test_a_course_that_opens_again_is_written_of_with_the_way_to_it(teacher, city, meet):
    provider = await city.provider()
    methodologist = await meet(await city.person(staff_of=provider))
    course = await city.course(funding=Funding.PAID, provider_id=provider, title="Вулканы")
    code = await opens_card(teacher, city, course)
    await teacher.taps("В избранное")
    await teacher.is_shown("Убрать из избранного")
    # Reminders are held at night, and this journey runs at any hour.
    await city.put_person(await city.again_of(teacher), quiet_from=0, quiet_to=0)
    await opens_card(methodologist, city, course)
    await methodologist.taps("Группы и зачисление")
    await methodologist.is_shown("Снять с публикации")
    await methodologist.taps("Снять с публикации")
    await methodologist.is_shown("Опубликовать")
    await methodologist.taps("Опубликовать")
    news = await teacher.hears("Избранное", code, "открылась запись")
    assert buttons_of(news) == {f"{code} · Вулканы"}
    await teacher.taps(f"{code} · Вулканы", on=news)
    await teacher.is_shown("Записаться", "К избранному")


async def test_what_opened_and_closed_again_before_it_was_said_is_not_said(teacher, city):
    course = await city.course()
    await opens_card(teacher, city, course)
    await teacher.taps("В избранное")
    await teacher.is_shown("Убрать из избранного")
    await city.put_person(await city.again_of(teacher), quiet_from=0, quiet_to=0)
    async with city.database.write() as tx:
        await tell_of_opening(tx, [course], city.services.calendar)
        yesterday = city.today - timedelta(days=1)
        await tx.execute(update(Course).where(Course.id == course).values(closes_on=yesterday, apply_until=yesterday))
    await teacher.hears_nothing()
