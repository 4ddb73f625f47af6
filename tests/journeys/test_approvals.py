"""The head decides; the teacher is told; every copy changes in place."""

import asyncio

from sqlalchemy import delete

from db.tables import SchoolRole
from tests.journeys.town import buttons_of


async def prompted(teacher, head, city, **course):
    """A waiting application whose prompt the head has on screen: its course's code."""
    course_id = await city.course(**course)
    await city.applies(teacher, course_id)
    code = await city.code_of(course_id)
    await head.hears("Заявка на согласование", code)
    return code


async def test_the_prompt_says_who_asks_for_what(teacher, head, city):
    clash = await city.course(title="Другой курс", starts_in=33)
    await city.applies(teacher, clash)
    await head.hears("Заявка на согласование", "Другой курс")
    code = await prompted(teacher, head, city, title="Вулканы на уроке", hours=72)
    prompt = await head.sees(code, "Заявка на согласование")
    for part in ("Вулканы на уроке", "72 часа", "Учитель", "Пройдено за три года: 0 часов", "занят(а)", "Другой курс"):
        assert part in prompt.text
    styles = {button["text"]: button.get("style") for row in prompt.markup["inline_keyboard"] for button in row}
    assert (styles["Согласовать"], styles["Отклонить"]) == ("success", "danger")


async def test_approved_and_told(teacher, head, admin, city):
    code = await prompted(teacher, head, city)
    await admin.hears("Заявка на согласование", code)
    await head.taps("Согласовать")
    await head.is_shown("Согласована", "Решение:", "Отменить решение")
    await teacher.hears_once("Согласована", code)
    copy = await admin.sees("Согласована", "Решение:", code)
    assert "Согласовать" not in buttons_of(copy)
    assert "Отменить решение" not in buttons_of(copy)


async def test_a_tap_that_came_too_late_to_be_answered_has_its_effect(teacher, head, city, stand_in):
    code = await prompted(teacher, head, city)
    await head.taps("Согласовать", wait=False)
    stand_in.clock.advance(30)  # Telegram still delivers it, and takes no answer any more
    await head.is_shown("Согласована", "Решение:")
    await teacher.hears_once("Согласована", code)
    assert head.last_tap.answer is None
    assert any("query is too old" in str(call.refusal) for call in stand_in.calls.of("answerCallbackQuery"))


async def test_rejected_with_a_ready_reason(teacher, head, city):
    code = await prompted(teacher, head, city)
    await head.taps("Отклонить")
    await head.is_shown("Вы можете указать причину отказа:", "Своя причина", "Без причины", "Назад")
    await head.taps("Назад")
    await head.is_shown("Заявка на согласование")
    await head.taps("Отклонить")
    await head.taps("Нет замены на уроки")
    await head.is_shown("Отклонена: Нет замены на уроки")
    await teacher.hears("Отклонена: Нет замены на уроки", code)


async def test_rejected_without_a_reason(teacher, head, city):
    code = await prompted(teacher, head, city)
    await head.taps("Отклонить")
    await head.taps("Без причины")
    await head.is_shown("Отклонена")
    push = await teacher.hears("Отклонена", code)
    assert "Отклонена:" not in push.text


async def test_rejected_in_own_words(teacher, head, admin, city):
    code = await prompted(teacher, head, city)
    await head.taps("Отклонить")
    await head.taps("Своя причина")
    await head.is_shown("Напишите причину отказа")
    await head.sends_sticker()
    await head.hears("только текст")
    await head.sends("х" * 501)
    await head.hears("501", "500")
    await head.sends("Не хватает <часов> & денег")
    await head.hears("Отклонена: Не хватает <часов> & денег", "Отменить решение")
    await teacher.hears("Отклонена: Не хватает <часов> & денег", code)
    await admin.sees("Отклонена", code)


async def test_what_was_undone_under_own_words_is_retired_like_every_copy(teacher, head, city, until):
    code = await prompted(teacher, head, city)
    await head.taps("Отклонить")
    await head.is_shown("Своя причина")
    await head.taps("Своя причина")
    await head.is_shown("Напишите причину отказа")
    await head.sends("Нет замены")
    answer = await head.hears("Отклонена: Нет замены")
    await head.taps("Отменить решение", on=answer)
    await head.is_shown("Заявка на согласование", code)
    await teacher.hears("снова на согласовании")
    await teacher.presses("Все регистрации на курсы")
    await teacher.taps(code)
    await teacher.is_shown("История")
    await teacher.taps("Отозвать заявку")
    await teacher.is_shown("Отозвать заявку?")
    await teacher.taps("Отозвать", on=teacher.last)
    await teacher.is_shown("Заявка отозвана.")
    await until(lambda: not any("Согласовать" in buttons_of(message) for message in head.messages))


async def test_out_of_own_words_by_cancel_or_by_the_menu(teacher, head, city):
    await prompted(teacher, head, city)
    await head.taps("Отклонить")
    await head.taps("Своя причина")
    await head.is_shown("Напишите причину отказа")
    await head.sends("/cancel")
    await head.hears("Отменено")
    await head.taps("Назад")
    await head.is_shown("Заявка на согласование")
    await head.taps("Отклонить")
    await head.taps("Своя причина")
    await head.presses("Каталог курсов")
    await head.hears("Каталог курсов")
    await head.taps("Назад")
    await head.is_shown("Заявка на согласование")
    await head.taps("Отклонить")
    await head.taps("Своя причина")
    await head.presses("Согласование заявок")
    await head.hears("ждёт решения 1 заявка")
    await teacher.hears_nothing()


async def test_own_words_for_what_somebody_else_has_decided_say_so(teacher, head, admin, city):
    code = await prompted(teacher, head, city)
    await head.taps("Отклонить")
    await head.taps("Своя причина")
    await head.is_shown("Напишите причину отказа")
    await admin.hears("Заявка на согласование", code)
    await admin.taps("Согласовать")
    await admin.is_shown("Согласована")
    await head.sends("Поздно")
    await head.hears("устарела")
    await teacher.hears_once("Согласована", code)
    teacher.never_hears("Отклонена")


async def test_a_decision_is_undone(teacher, head, admin, city):
    code = await prompted(teacher, head, city)
    await head.taps("Согласовать")
    await head.is_shown("Согласована")
    await teacher.hears("Согласована", code)
    await head.taps("Отменить решение")
    await head.is_shown("Заявка на согласование", "Согласовать", "Отклонить")
    await teacher.hears("снова на согласовании", code)
    await admin.sees("Заявка на согласование", code, "Согласовать")


async def test_not_ours_takes_a_second_tap_and_clears_the_school(teacher, head, city):
    code = await prompted(teacher, head, city)
    await head.taps("Не наш сотрудник")
    await head.is_shown("Не наш сотрудник?", "Да, не наш сотрудник")
    await head.taps("Назад")
    await head.is_shown("Заявка на согласование")
    await head.taps("Не наш сотрудник")
    await head.taps("Да, не наш сотрудник")
    await head.is_shown("Отклонено: 1 заявка")
    await teacher.hears("сообщила, что вы в ней не работаете", code)
    await teacher.presses("Профиль")
    await teacher.hears("не указана", "Указать школу")


async def test_two_approvers_tap_in_the_same_instant(teacher, head, admin, city):
    code = await prompted(teacher, head, city)
    await admin.hears("Заявка на согласование", code)
    await asyncio.gather(head.taps("Согласовать"), admin.taps("Согласовать"))
    await teacher.hears_once("Согласована", code)
    await head.sees("Решение:", code)
    await admin.sees("Решение:", code)


async def test_an_approver_who_lost_the_role_yesterday_decides_nothing(teacher, head, city):
    await prompted(teacher, head, city)
    async with city.database.write() as tx:
        await tx.execute(delete(SchoolRole).where(SchoolRole.user_id == await city.user_of(head)))
    await head.taps("Согласовать")
    await head.told("недоступно")
    await teacher.hears_nothing()


async def test_the_queue_is_gone_through_one_by_one(teacher, head, city):
    first, second = [await prompted(teacher, head, city) for _ in range(2)]
    await head.presses("Согласование заявок")
    await head.hears("ждут решения 2 заявки", first, second)
    await head.taps("Открыть по одной")
    await head.is_shown("Заявка на согласование", first)
    await head.taps("Согласовать")
    await head.is_shown("Согласована", first)
    await head.taps("Следующая заявка")
    await head.is_shown("Заявка на согласование", second)
    await head.taps("Согласовать")
    await head.is_shown("Согласована", second)
    await teacher.hears("Согласована", second)
    await head.presses("Согласование заявок")
    await head.hears("Заявок на согласовании нет")


async def test_a_copy_opened_from_the_queue_changes_in_place_too(teacher, head, admin, city, until):
    code = await prompted(teacher, head, city)
    await head.presses("Согласование заявок")
    await head.taps("Открыть по одной")
    await head.is_shown("Заявка на согласование", code)
    await admin.taps("Согласовать")
    await admin.is_shown("Согласована")
    await until(lambda: sum("Решение:" in message.text for message in head.messages) == 2)
    assert not any("Согласовать" in buttons_of(message) for message in head.messages)


async def test_all_are_approved_at_once_after_a_second_tap(teacher, head, city):
    codes = [await prompted(teacher, head, city) for _ in range(3)]
    await head.presses("Согласование заявок")
    await head.hears("ждут решения 3 заявки")
    await head.taps("Согласовать все")
    await head.is_shown("Согласовать 3 заявки разом?")
    await head.taps("Согласовать все")
    await head.is_shown("Согласовано: 3 заявки")
    for code in codes:
        await teacher.hears("Согласована", code)


async def test_an_approval_can_be_taken_back_later_from_the_list(teacher, head, city):
    code = await prompted(teacher, head, city)
    await head.taps("Согласовать")
    await head.is_shown("Согласована")
    await head.presses("Согласование заявок")
    await head.taps("Согласованные")
    await head.is_shown("Согласованные", code)
    await head.taps(code)
    await head.is_shown("Отозвать согласование")
    await head.taps("Отозвать согласование")
    await head.is_shown("Заявка на согласование", code)
    await teacher.hears("снова на согласовании", code)


async def test_heads_decide_on_their_own_applications_never(head, admin, support, city):
    course = await city.course()
    await city.applies(head, course)
    code = await city.code_of(course)
    await admin.hears("Заявка на согласование", code)
    await head.presses("Согласование заявок")
    await head.hears("Заявок на согласовании нет")
    support.never_hears(code)
