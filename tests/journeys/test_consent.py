"""Another text of the consent: newcomers read it, everybody else is asked at their next visit and loses nothing."""

import pytest

from domain.person import Role
from domain.status import Status
from tests.journeys.test_settings import sets
from tests.journeys.town import buttons_of

FIRST, SECOND = "Портал хранит только ваше имя.", "Портал хранит имя и школу."


@pytest.fixture
async def operator(slow):
    """An operator who has written another text."""
    phone = await slow.meet(await slow.city.person(portal=Role.OPERATOR))
    await sets(phone, "Текст согласия", FIRST, "Новый текст", "попрошу согласиться при следующем посещении")
    await phone.is_shown("редакция 20")
    return phone


async def test_a_newcomer_reads_the_text_that_is_in_force(slow, operator):
    newcomer = slow.stand_in.person("Мария")
    await newcomer.starts()
    await newcomer.hears("Согласен(на)")
    await newcomer.taps("Подробнее")
    await newcomer.is_shown(FIRST)


async def test_who_agreed_to_another_text_is_asked_at_the_next_visit_and_goes_on_meanwhile(slow, operator):
    school = await slow.city.school()
    person = await slow.city.person(school)
    teacher = await slow.meet(person)
    question = await teacher.hears("Условия изменились", FIRST)
    assert buttons_of(question) == {"Согласен(на)"}
    application = await slow.city.applies(teacher, await slow.city.course())
    await teacher.presses("Профиль")
    await teacher.taps("Изменить имя")
    await teacher.hears_nothing()  # asked once a day
    await teacher.taps("Согласен(на)", on=question)
    await teacher.is_shown("Вы согласились с новым текстом")
    await teacher.sends("Соколова Мария Ильинична")
    await teacher.hears("Соколова Мария Ильинична")
    assert await slow.city.status(application) is Status.PENDING
    assert (await slow.city.services.privacy.consent(person)).text == FIRST
    slow.later(days=2)
    await teacher.presses("Профиль")
    await teacher.hears("Соколова Мария")
    await teacher.hears_nothing()


async def test_who_does_not_answer_is_asked_again_another_day_and_never_agrees_to_what_they_have_not_read(
    slow, operator
):
    person = await slow.city.person()
    teacher = await slow.meet(person)
    old = await teacher.hears("Условия изменились", FIRST)
    await sets(operator, "Текст согласия", SECOND, "Новый текст")
    await operator.hears("Условия изменились", SECOND)  # an operator's own change does not answer for them either
    await teacher.taps("Согласен(на)", on=old)
    await teacher.is_shown("Условия изменились", SECOND)
    assert (await slow.city.services.privacy.consent(person)).version == person.consent
    slow.later(days=1)
    await teacher.presses("Профиль")
    again = await teacher.hears("Условия изменились", SECOND)
    await teacher.taps("Согласен(на)", on=again)
    await teacher.is_shown("Вы согласились с новым текстом")
    assert (await slow.city.services.privacy.consent(person)).text == SECOND
