"""«Зачётная книжка»: looking back, the paper, and the code by which anybody checks a record."""

from datetime import timedelta

from tests.journeys.town import buttons_of


async def remembered(city, phone, *hours, **course):
    """The phone's owner, who has completed courses of so many hours."""
    person = (await city.services.people.arrive(phone.id)).person
    for days_ago, count in enumerate(hours):
        await city.completed(person, days_ago=days_ago, hours=count, **course)
    return person


async def test_completed_courses_with_hours_against_the_norm_and_a_record_of_its_own(teacher, city):
    person = await remembered(city, teacher, 72, title="Вулканы на уроке", document="удостоверение")
    await city.completed(person, days_ago=1, hours=36, title="Гейзеры")
    await teacher.presses("Зачётная книжка")
    await teacher.hears("2 курса, 108 часов", "108 часов из 144", "Удостоверение № 77-4021")
    await teacher.taps("Вулканы")
    await teacher.is_shown("Вулканы на уроке", "Организация: Центр", "Документ: Удостоверение № 77-4021", "На имя")
    await teacher.taps("Назад")
    await teacher.is_shown("2 курса, 108 часов")


async def test_many_records_have_pages_by_year(teacher, city):
    person = await remembered(city, teacher, 10, 10, 10, 10, 10)
    await city.completed(person, days_ago=800, hours=20, title="Самый первый курс")
    await teacher.sends("/record_book")
    shown = await teacher.hears("6 курсов, 70 часов", "Страница 1 из 2")
    assert "Самый первый курс" not in shown.text
    await teacher.taps("Дальше")
    await teacher.is_shown("Самый первый курс", str((city.today - timedelta(days=800)).year))


async def test_an_empty_book_says_what_will_be_there_and_an_old_button_why_there_is_no_paper(teacher, head, city):
    await remembered(city, head, 72)
    await head.presses("Зачётная книжка")
    await head.hears("1 курс, 72 часа")
    await teacher.presses("Зачётная книжка")
    shown = await teacher.hears("Здесь появятся курсы", "0 часов из 144")
    assert "Скачать PDF" not in buttons_of(shown)
    await teacher.taps_raw(head.data_of("Скачать PDF"), on=shown)
    await teacher.told("пока нет записей")


async def test_nobody_opens_anothers_record(teacher, head, city):
    await remembered(city, teacher, 72, title="Вулканы")
    await teacher.presses("Зачётная книжка")
    await teacher.hears("Вулканы")
    button = teacher.data_of("Вулканы")
    await head.taps_raw(button, on=head.last)
    await head.told("недоступно")


async def test_the_paper_comes_as_a_file(teacher, city):
    await remembered(city, teacher, 72)
    await teacher.presses("Зачётная книжка")
    await teacher.hears("1 курс, 72 часа")
    await teacher.taps("Скачать PDF")
    sent = await teacher.hears("<document>")
    assert sent.content["document"]["file_name"] == f"Зачётная книжка {city.today:%Y-%m-%d}.pdf"
    assert sent.content["document"]["mime_type"] == "application/pdf"
    assert teacher.content_of(sent).startswith(b"%PDF-")


async def test_whoever_has_the_link_sees_whether_the_record_is_genuine_and_nothing_more(teacher, head, newcomer, city):
    await remembered(city, teacher, 72, title="Вулканы на уроке", document="удостоверение")
    await teacher.presses("Зачётная книжка")
    await teacher.hears("Вулканы")
    await teacher.taps("Вулканы")
    await teacher.is_shown("Скопировать ссылку для проверки")
    link = await teacher.taps("Скопировать ссылку для проверки")
    for somebody in (head, newcomer):
        await somebody.opens(link)
        checked = await somebody.hears("Запись подлинная", "Вулканы на уроке", "72 часа", teacher.account.first_name)
        for secret in ("77-4021", "Учитель", "Школа", "Центр"):
            assert secret not in checked.text
        assert not somebody.messages[-1].markup
    await newcomer.opens(link[:-1] + ("A" if link[-1] != "A" else "B"))
    await newcomer.hears("Такой записи нет")
    await newcomer.hears_nothing()


async def test_a_check_interrupts_nobodys_registration(newcomer):
    await newcomer.starts()
    await newcomer.hears("согласие")
    await newcomer.starts("r_" + "A" * 22)
    await newcomer.hears("Такой записи нет")
    await newcomer.taps("Согласен(на)")
    await newcomer.is_shown("Как вас зовут?")
