"""A sheet for a notice board: one page whatever the course says, and a code that leads to it."""

from dataclasses import replace
from datetime import date

from domain.catalogue import COURSE_LENGTHS, Funding
from services.views import SharedCourse, SharedProvider
from tests.texts.test_documents import pages_of
from texts import posters

LINK = "https://t.me/course_bot?start=c_417"
COURSE = SharedCourse(
    id=417,
    code="ГМЦ-0417-Д",
    title="Смысловое чтение на уроках русского языка",
    provider="Городской методический центр «Ступени»",
    funding=Funding.PAID,
    price=12_500,
    hours=36,
    form="дистанционная",
    audience="Учителя русского языка",
    starts_on=date(2026, 12, 28),
    ends_on=date(2027, 1, 25),
    apply_until=date(2026, 12, 21),
    is_open=True,
)


async def test_a_sheet_is_a_picture_to_print_and_a_page():
    poster = await posters.course(COURSE, LINK, "t.me/course_bot")
    name, picture = poster.picture
    assert name == "Плакат ГМЦ-0417-Д.png"
    assert picture.startswith(b"\x89PNG")
    assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1240, 1754)
    assert pages_of(poster.paper[1]) == 1


async def test_the_longest_course_and_the_barest_stay_on_one_page():
    longest = {name: "Ё" * COURSE_LENGTHS[name] for name in ("code", "title", "provider", "form", "audience")}
    wordy = {name: ("слово " * 60)[: COURSE_LENGTHS[name]] for name in ("title", "provider", "form", "audience")}
    nothing = dict.fromkeys(("price", "hours", "form", "audience", "starts_on", "ends_on", "apply_until"))
    for changes in (longest, wordy, nothing):
        poster = await posters.course(replace(COURSE, **changes), LINK, f"t.me/{'b' * 32}")
        assert pages_of(poster.paper[1]) == 1


def test_what_stands_on_a_sheet():
    said = posters.told_of(COURSE, LINK, "t.me/course_bot")
    assert said["facts"] == [
        ("Когда", "28.12.2026 — 25.01.2027"),
        ("Объём", "36 часов"),
        ("Форма", "дистанционная"),
        ("Для кого", "Учителя русского языка"),
        ("Оплата", "внебюджет, 12 500 ₽"),
        ("Заявки", "до 21 декабря 2026"),
    ]
    assert said["short"] == ["ГМЦ-0417-Д", "t.me/course_bot"]
    assert said["code"] == posters.code(LINK)


async def test_markup_in_a_title_is_read_as_letters():
    poster = await posters.course(replace(COURSE, title="#panic() *курс* $x$ <a>"), LINK, "t.me/course_bot")
    assert pages_of(poster.paper[1]) == 1


async def test_a_providers_sheet_names_what_it_teaches_and_stays_on_one_page():
    directions = ("Математика", "Русский язык и литература")
    told = posters.told_of_catalogue(SharedProvider(5, "Центр «Ступени»", directions), LINK, "t.me/course_bot")
    assert told["facts"] == [("Направления", "Математика, Русский язык и литература")]
    for provider in (
        SharedProvider(5, "Ё" * 200, tuple(f"Очень длинное направление номер {number}" for number in range(40))),
        SharedProvider(5, "Центр", ()),
    ):
        poster = await posters.catalogue(provider, LINK, "t.me/course_bot")
        assert pages_of(poster.paper[1]) == 1
