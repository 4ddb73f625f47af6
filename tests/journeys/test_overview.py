"""«Сводка»: a picture and tables for approvers, providers and operators, and for nobody else."""

import io

from python_calamine import CalamineWorkbook

from domain.person import Role
from keyboards.menu import commands
from tests.journeys.town import buttons_of


async def takes(phone, *words):
    """The picture with its caption, then the tables by sheet."""
    picture = await phone.hears("<photo>", *words)
    assert phone.content_of(picture).startswith(b"\x89PNG\r\n\x1a\n")
    file = await phone.hears("<document>")
    assert file.content["document"]["file_name"].endswith(".xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(phone.content_of(file)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


async def test_a_head_takes_the_schools_summary_from_the_queue(head, teacher, city):
    await city.applies(teacher, await city.course())
    person = (await city.services.people.arrive(teacher.id)).person
    await city.completed(person, hours=72)
    await head.presses("Согласование заявок")
    await head.hears("Сводка")
    assert await head.taps("Сводка") == "Рисую сводку…"
    found = await takes(head, "Сводка: Школа", "На согласовании — 1", "закончили — 1", "0 из 1")
    assert found["Часы учителей"][1][:4] == [person.full_name, "Учитель", 1, 72]
    assert ["На согласовании", 1] in found["По состояниям"]


async def test_a_methodologist_takes_the_courses_from_groups(city, meet):
    provider = await city.provider()
    code = await city.code_of(await city.course(provider_id=provider, seats=20))
    staff = await meet(await city.person(staff_of=provider))
    await staff.presses("Группы и зачисление")
    await staff.hears(code)
    await staff.taps("Сводка")
    found = await takes(staff, "Сводка: Центр", "1 курс")
    assert found["Курсы"][1][0] == code


async def test_an_operator_takes_the_portal_from_management(city, meet):
    operator = await meet(await city.person(portal=Role.OPERATOR))
    await operator.presses("Управление")
    await operator.hears("Сводка")
    await operator.taps("Сводка")
    found = await takes(operator, "Сводка: Портал", "Школ без согласующего")
    assert set(found) >= {"По состояниям", "По месяцам", "Организации", "Без согласующего"}


async def test_who_has_several_hats_is_asked_and_the_command_leads_there_too(city, meet, school):
    provider = await city.provider()
    person = await city.person(school, head_of=school, staff_of=provider)
    phone = await meet(person)
    assert "overview" in {command.command for command in commands(person)}
    await phone.sends("/overview")
    asked = await phone.hears("Сводка по чему?")
    assert len(buttons_of(asked)) == 2
    await phone.taps("Школа")
    await takes(phone, "Заявок на бюджетные курсы ещё не было")


async def test_nobody_else_has_one_whatever_they_tap(teacher, head, outsider, city):
    person = (await city.services.people.arrive(teacher.id)).person
    assert "overview" not in {command.command for command in commands(person)}
    await teacher.sends("/overview")
    await teacher.hears("недоступно")
    await head.presses("Согласование заявок")
    await head.hears("Сводка")
    button = head.data_of("Сводка")
    await teacher.taps_raw(button, on=teacher.last)
    await teacher.told("недоступно")
    school_of_head = (await city.services.people.arrive(head.id)).person.school_id
    await outsider.taps_raw(f"sum:school:{school_of_head}", on=outsider.last)
    await outsider.told("недоступно")
    await outsider.taps_raw("sum:school:999999", on=outsider.last)
    await outsider.told("недоступно")
