"""«Фильтры»: every kind narrows every list, before any limit; counts say what a tap would show; choices are kept."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from benchmarks.filters import measure, report
from benchmarks.large_catalogue import large_catalogue
from db import filtering
from db.filtering import Source
from db.tables import Course, User
from domain.catalogue import Funding
from domain.choices import key_of
from domain.errors import NotAllowed, SearchGone
from domain.filtering import FOR_ME, MONTHS_AHEAD, Chosen, Kind, chosen, days_of, months
from domain.finding import Filters
from services.catalogue import OPEN_NOW, PAGE_SIZE
from services.filtering import CHOICES_SHOWN, Count
from services.views import Found
from tests.db.test_search import keep
from texts import catalogue


@pytest.fixture
async def person(city):
    made = await city.person()
    await city.put_person(made, position="Учитель математики")
    return await city.again(made)


@pytest.fixture
def chooses(services, city, person):
    """The person chooses, and is who they are then."""

    async def chose(kind, key, search=OPEN_NOW):
        await services.filtering.choose(kind, key, search, await city.again(person))
        return await city.again(person)

    return chose


async def listed(services, by, search=OPEN_NOW):
    """Everything on the list, page after page."""
    ids, number = [], 0
    while True:
        found = await services.catalogue.page(search, number, by)
        ids += [line.id for line in found.page.lines]
        if not found.page.has_next:
            return ids
        number += 1


async def searched(services, by, text="робототехника"):
    found = await services.catalogue.search(text, by)
    assert isinstance(found, Found)
    return found


MATCHING: dict[Kind, tuple[str, dict[str, Any], dict[str, Any]]] = {
    Kind.FUNDING: ("paid", {"funding": Funding.PAID}, {}),
    Kind.FORM: (key_of("очная"), {"form": "очная"}, {"form": "заочная"}),
    Kind.HOURS: ("19", {"hours": 19}, {"hours": 18}),
    Kind.MONTH: ("2026-12", {"starts_in": 20}, {"starts_in": 40}),
    Kind.DIRECTION: (key_of("Математика"), {"direction": "Математика"}, {"direction": "Физика"}),
    Kind.CATEGORY: (FOR_ME, {"audience": "Учителя математики"}, {"audience": "Воспитатели"}),
}


@pytest.mark.parametrize("kind", MATCHING)
async def test_each_kind_narrows_the_catalogue_and_a_search(city, services, person, chooses, kind):
    key, fits, differs = MATCHING[kind]
    right = await city.course(title="Робототехника", **fits)
    await city.course(title="Робототехника", **differs)
    by = await chooses(kind, key)
    assert await listed(services, by) == [right]
    found = await searched(services, by)
    assert [line.id for line in found.page.lines] == [right]
    assert await listed(services, by, found.search_id) == [right]
    cleared = await services.filtering.clear(found.search_id, by)
    assert (cleared.page.total, cleared.chosen) == (2, Chosen())
    assert (await city.again(person)).filters == {}


async def test_a_provider_and_open_ones_narrow_too_and_filters_add_up(city, services, person, chooses):
    provider = await city.provider()
    open_one = await city.course(title="Робототехника", provider_id=provider)
    closed = await city.course(title="Робототехника", provider_id=provider, closes_in=-1)
    await city.course(title="Робототехника")
    by = await chooses(Kind.PROVIDER, str(provider))
    assert {line.id for line in (await searched(services, by)).page.lines} == {open_one, closed}
    by = await chooses(Kind.OPEN, "1")
    assert [line.id for line in (await searched(services, by)).page.lines] == [open_one]
    by = await chooses(Kind.FUNDING, "paid")
    found = await searched(services, by)
    assert (found.page.lines, found.chosen.is_narrow) == ((), True)


async def test_filters_apply_before_any_limit_on_hits(city, services, person, chooses):
    """More courses answer than are ever ranked, and the one that is as it must be comes after all of them."""
    rows = [{"title": "Робототехника", "closes_on": date(2027, 1, 1)} for _ in range(1_050)]
    await keep(city.database, *rows, {"title": "Робототехника", "code": "Я-1", "funding": Funding.PAID})
    by = await chooses(Kind.FUNDING, "paid")
    found = await searched(services, by)
    assert [line.code for line in found.page.lines] == ["Я-1"]


async def test_the_order_is_chosen_and_closed_ones_stay_last(city, services, person, chooses):
    late_start = await city.course(title="Робототехника", starts_in=50, closes_in=3)
    early_start = await city.course(title="Робототехника", starts_in=20, closes_in=15)
    closed = await city.course(title="Робототехника", starts_in=1, closes_in=-1)
    for sort, first in (("starts", [early_start, late_start]), ("closes", [late_start, early_start])):
        by = await chooses(Kind.SORT, sort)
        assert [line.id for line in (await searched(services, by)).page.lines] == [*first, closed]
        assert await listed(services, by) == first
    assert not chosen(by.filters, city.today).is_narrow


async def test_no_open_course_is_left_out_or_out_of_its_place_whenever_it_begins_and_closes(
    city, services, person, chooses
):
    days = (None, -40, -1, 0, 1, 40)
    for starts_in, closes_in in product(days, days):
        for _ in range(2):
            await city.course(starts_in=starts_in, closes_in=closes_in)
    async with city.database.read() as connection:
        rows = (await connection.execute(select(Course.id, Course.code, Course.starts_on, Course.closes_on))).all()
    is_open = [row for row in rows if row.closes_on is None or row.closes_on >= city.today]
    for sort, day in (("starts", "starts_on"), ("closes", "closes_on")):
        expected = sorted(is_open, key=lambda row: (getattr(row, day) or date.max, row.code))
        assert await listed(services, await chooses(Kind.SORT, sort)) == [row.id for row in expected]


async def test_counts_say_what_a_tap_would_show(city, services, person, chooses):
    for funding, form, title in (
        (Funding.BUDGET, "очная", "Робототехника"),
        (Funding.BUDGET, "очная", "Химия"),
        (Funding.PAID, "очная", "Робототехника"),
        (Funding.PAID, "заочная", "Робототехника"),
    ):
        await city.course(funding=funding, form=form, title=title)
    await city.course(form="очная", published=False)
    found = await searched(services, person)
    for search, expected in ((OPEN_NOW, [2, 2]), (found.search_id, [1, 2])):
        view = await services.filtering.choices(Kind.FUNDING, search, 0, person)
        assert [line.count.courses for line in view.page.lines] == expected
    by = await chooses(Kind.FUNDING, "paid")
    forms = await services.filtering.choices(Kind.FORM, found.search_id, 0, by)
    assert {line.value: line.count.courses for line in forms.page.lines} == {"очная": 1, "заочная": 1}
    funding = await services.filtering.choices(Kind.FUNDING, found.search_id, 0, by)
    assert [(line.count.courses, line.chosen) for line in funding.page.lines] == [(1, False), (2, True)]
    view = await services.filtering.look(found.search_id, by)
    assert (view.query, view.count) == ("робототехника", Count(2))


async def test_past_a_thousand_counts_are_not_told_apart(city, services, person):
    await keep(city.database, *({"title": "Робототехника", "form": "очная"} for _ in range(filtering.TOLD + 1)))
    view = await services.filtering.choices(Kind.FORM, OPEN_NOW, 0, person)
    assert [line.count for line in view.page.lines] == [Count(filtering.TOLD, more=True)]


async def test_of_very_many_those_counted_are_at_least_so_many(city, services, person):
    """One course more than are counted."""
    await city.course()
    provider_id = await city.provider()
    common = {"title": "Курс", "provider_id": provider_id, "funding": Funding.BUDGET, "published": True}
    rows = [{"code": f"К-{number}", "code_key": f"К{number}", **common} for number in range(filtering.COUNTED)]
    async with city.database.write() as tx:
        for start in range(0, len(rows), 1_000):
            await tx.execute(insert(Course), rows[start : start + 1_000])
    view = await services.filtering.choices(Kind.FUNDING, OPEN_NOW, 0, person)
    assert [line.count for line in view.page.lines] == [Count(filtering.TOLD, more=True), Count(0, more=True)]
    found = await services.catalogue.page(OPEN_NOW, 0, person)
    assert (found.page.total, found.more) == (filtering.TOLD, True)
    assert "1000+ курсов" in catalogue.found(found).as_kwargs()["text"]
    last = filtering.TOLD // PAGE_SIZE
    assert (await services.catalogue.page(OPEN_NOW, last, person)).page.number == last


async def test_counting_asks_once_however_many_choices_there_are(city, services):
    await city.course(form="очная", hours=36)
    every = [Filters(form="очная"), Filters(hours=(1, 36)), Filters(audiences=()), Filters(starts=days_of("2026-12"))]
    async with city.database.read() as connection:
        counts = await filtering.counted(connection, Source(), Filters(open_only=True), every, city.today)
    assert (counts.total, counts.of, counts.cut) == (1, (1, 1, 1, 1), False)


async def test_what_is_chosen_is_kept_as_far_as_it_means_anything(city, services, person, chooses, clock):
    await chooses(Kind.MONTH, "2026-12")
    await chooses(Kind.HOURS, "73")
    by = await city.again(person)
    assert chosen(by.filters, city.today) == Chosen(month="2026-12", hours=73)
    assert chosen(by.filters, date(2027, 1, 1)) == Chosen(hours=73)
    odd = {"funding": "gold", "hours": 5, "month": "2026-13", "sort": 7, "open_only": "да", "provider": "x", "new": 1}
    assert chosen(odd, city.today) == Chosen()
    async with city.database.write() as tx:
        await tx.execute(update(User).where(User.id == person.id).values(filters=odd))
    assert (await services.catalogue.page(OPEN_NOW, 0, await city.again(person))).chosen == Chosen()


@pytest.mark.parametrize(
    ("kind", "key"),
    [(Kind.FUNDING, "gold"), (Kind.FORM, key_of("нет")), (Kind.PROVIDER, "77"), (Kind.MONTH, "2020-01")],
)
async def test_what_cannot_be_chosen_is_not_kept(city, services, person, kind, key):
    with pytest.raises(NotAllowed):
        await services.filtering.choose(kind, key, OPEN_NOW, person)
    assert (await city.again(person)).filters == {}


async def test_somebody_elses_list_has_no_filters_screen(city, services, person):
    await city.course(title="Робототехника")
    found = await searched(services, person)
    other = await city.person()
    for attempt in (
        services.filtering.look(found.search_id, other),
        services.filtering.choices(Kind.FORM, found.search_id, 0, other),
        services.filtering.clear(found.search_id, other),
    ):
        with pytest.raises(SearchGone):
            await attempt


async def test_choices_are_shown_page_by_page(city, services, person):
    view = await services.filtering.choices(Kind.MONTH, OPEN_NOW, 1, person)
    assert (view.page.total, len(view.page.lines)) == (MONTHS_AHEAD, MONTHS_AHEAD - CHOICES_SHOWN)
    assert (await services.filtering.choices(Kind.MONTH, OPEN_NOW, 9, person)).page.number == 0
    assert months(date(2026, 11, 24))[:3] == ["2026-11", "2026-12", "2027-01"]


async def test_a_providers_link_shows_its_courses_alone(city, services, person, chooses):
    provider = await city.provider()
    await city.course()
    own = [await city.course(provider_id=provider, starts_in=number) for number in (20, 30)]
    by = await chooses(Kind.HOURS, "19")
    found = await services.filtering.of_provider(provider, by)
    assert [line.id for line in found.page.lines] == own
    assert (found.chosen.provider, found.chosen.hours) == (provider, None)
    with pytest.raises(NotAllowed):
        await services.filtering.of_provider(await city.provider(), by)


async def test_inline_cards_and_a_code_know_no_filters(city, services, person, chooses):
    course = await city.course(title="Робототехника", funding=Funding.BUDGET, code="РБТ-9001-Д")
    await city.course(funding=Funding.PAID)
    by = await chooses(Kind.FUNDING, "paid")
    assert [each.id for each in (await services.sharing.offered("робототехника", 0, by)).courses] == [course]
    assert (await services.catalogue.search("РБТ-9001-Д", by)).id == course


async def test_the_latest_different_searches_stand_under_the_catalogue_and_are_forgotten(city, services, person, clock):
    for text in ("химия", "физика", "ХИМИЯ", "«физика»", "биология", "география", "история", "музыка"):
        await services.catalogue.search(text, person)
        clock.advance(timedelta(minutes=1))
    first = await services.catalogue.page(OPEN_NOW, 0, person)
    assert [each.query for each in first.earlier] == ["музыка", "история", "география", "биология", "физика"]
    again = await services.catalogue.page(first.earlier[0].id, 0, person)
    assert again.query == "музыка"
    assert (await services.catalogue.page(OPEN_NOW, 0, await city.person())).earlier == ()
    cleared = await services.catalogue.forget_searches(person)
    assert cleared.earlier == ()
    with pytest.raises(SearchGone):
        await services.catalogue.page(first.earlier[0].id, 0, person)


async def test_a_screen_of_choices_costs_few_statements_however_many_there_are(city, services, database, person):
    content, _ = large_catalogue(60)
    await services.imports.courses("courses.csv", content)
    figures = await measure(database, services, person)
    assert max(figure.statements for figure in figures) <= 3
    assert "a common word: form" in report(figures)
