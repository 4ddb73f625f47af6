"""«Фильтры» and the latest searches: chosen by buttons, said over the list, cleared in one tap."""

from domain.catalogue import Funding
from tests.journeys.town import buttons_of


async def test_filters_narrow_a_search_are_said_and_cleared_in_one_tap(teacher, city):
    word = city.rare_word()
    await city.course(title=word, funding=Funding.BUDGET, hours=36)
    paid = await city.course(title=word, funding=Funding.PAID, hours=36)
    code = await city.code_of(paid)
    await teacher.sends(word)
    await teacher.hears(f"По запросу «{word}» — 2 курса", "Фильтры")
    await teacher.taps("Фильтры")
    shown = await teacher.is_shown(
        "Выбрано: ничего", f"Подходит: 2 курса по запросу «{word}»", "Только с открытой записью"
    )
    assert len(shown.labels) <= 7, "a screen, not a wall"
    await teacher.taps("Финансирование")
    await teacher.is_shown("Кто платит за курс?", "1 · Бюджет", "1 · Внебюджет", "Любое финансирование")
    await teacher.taps("1 · Внебюджет")
    await teacher.is_shown("Выбрано: внебюджет", "Подходит: 1 курс", "☑️ Внебюджет")
    await teacher.taps("Часы")
    await teacher.is_shown("1 · 19–36 часов", "0 · До 18 часов")
    await teacher.taps("1 · 19–36 часов")
    await teacher.is_shown("Выбрано: внебюджет; 19–36 часов")
    await teacher.taps("Только с открытой записью")
    await teacher.is_shown("запись открыта", "☑️ Только с открытой записью")
    await teacher.taps("Порядок")
    await teacher.is_shown("Какие курсы показывать первыми?", "☑️ По совпадению")
    await teacher.taps("По дате начала")
    await teacher.is_shown("сначала ближайшие")
    await teacher.taps("Показать: 1 курс")
    await teacher.is_shown(f"По запросу «{word}» — 1 курс", "Фильтры: внебюджет; 19–36 часов; запись открыта", code)
    await teacher.sends(word)
    await teacher.hears("Фильтры: внебюджет", code, "Сбросить фильтры")
    await teacher.taps("Сбросить фильтры")
    found = await teacher.is_shown(f"По запросу «{word}» — 2 курса")
    assert "Сбросить фильтры" not in buttons_of(found)


async def test_where_filters_leave_nothing_the_way_out_stands_there(teacher, city):
    word = city.rare_word()
    await city.course(title=word, form="очная")
    await city.course(form="заочная по субботам", closes_in=-1)
    await teacher.sends(word)
    await teacher.hears(word)
    await teacher.taps("Фильтры")
    await teacher.is_shown("Форма")
    await teacher.taps("Форма")
    await teacher.is_shown("Какая форма обучения?", "Заочная по субботам")
    await teacher.taps("Заочная по субботам")
    await teacher.is_shown("Подходит: 0 курсов")
    await teacher.taps("Показать: 0 курсов")
    await teacher.is_shown("ничего не нашлось", "Фильтры: заочная по субботам", "мешают фильтры", "Сбросить фильтры")
    await teacher.presses("Каталог курсов")
    await teacher.hears("Курсов с открытой записью и такими фильтрами сейчас нет", "Сбросить фильтры")
    await teacher.taps("Сбросить фильтры")
    await teacher.is_shown("Каталог курсов", "Сейчас открыта запись")


async def test_for_me_means_the_position_of_the_profile(teacher, city):
    word = city.rare_word()
    await city.put_person(await city.again_of(teacher), position="Педагог-психолог")
    mine = await city.course(title=word, audience="Педагоги-психологи, социальные педагоги")
    await city.course(title=word, audience="Директора школ")
    await teacher.sends(word)
    await teacher.hears(word)
    await teacher.taps("Фильтры")
    await teacher.is_shown("Для кого")
    await teacher.taps("Для кого")
    await teacher.is_shown("1 · Для меня (Педагог-психолог)", "1 · Директор")
    await teacher.taps("Для меня")
    await teacher.is_shown("Выбрано: для меня")
    await teacher.taps("Показать")
    await teacher.is_shown("1 курс", await city.code_of(mine))


async def test_the_latest_searches_stand_under_the_catalogue_and_are_forgotten(teacher, city):
    word = city.rare_word()
    await city.course(title=word)
    await teacher.presses("Каталог курсов")
    first = await teacher.hears("Каталог курсов")
    assert "Очистить" not in buttons_of(first)
    await teacher.sends(word)
    await teacher.hears(word)
    await teacher.presses("Каталог курсов")
    catalogue = await teacher.hears("Каталог курсов", f"🔎 {word}")
    await teacher.taps(f"🔎 {word}")
    await teacher.is_shown(f"По запросу «{word}» — 1 курс")
    await teacher.presses("Каталог курсов")
    await teacher.hears("Очистить")
    assert await teacher.taps("Очистить") == "Прошлые запросы удалены"
    shown = await teacher.is_shown("Каталог курсов")
    assert "Очистить" not in buttons_of(shown)
    assert catalogue is not shown


async def test_forged_choices_are_refused(teacher, city):
    await teacher.presses("Каталог курсов")
    shown = await teacher.hears("Каталог курсов")
    for forged, said in (
        ("flt!:fund:0:gold", "недоступно"),
        ("flt!:gold:0:budget", "Эта кнопка устарела"),
        ("flt!:fund:0:'; DROP TABLE", "Эта кнопка устарела"),
        ("flt:2000000000", "Этот список устарел"),
    ):
        await teacher.taps_raw(forged, on=shown)
        await teacher.told(said)
