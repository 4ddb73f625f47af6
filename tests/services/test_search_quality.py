"""How well the judged queries are answered, and that both databases answer alike (`python -m benchmarks.search`)."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.judged import ALL, HELD_OUT, JUDGED, KINDS, Finder, judged, scores
from benchmarks.search import DAY, OF_EACH_KIND, OVER_ALL, catalogue_of, opened, ours
from domain.errors import TooLong, TooShort
from domain.person import Person
from services.catalogue import Catalogue
from services.demo_catalogue import COURSES, dated_courses
from services.views import Found
from tests.conftest import KINDS as DATABASES
from tests.conftest import Databases

Top = Sequence[str]


class Both:
    """The demo's catalogue on both databases, with somebody who searches each."""

    def __init__(self) -> None:
        self.find: list[Finder] = []
        self.searches: list[tuple[Catalogue, Person]] = []

    async def tops(self, query: str) -> list[Top]:
        """The first ten of each."""
        return [(await find(query))[:10] for find in self.find]


@pytest.fixture(scope="module")
async def both(databases: Databases) -> AsyncIterator[Both]:
    content = dated_courses(COURSES.read_bytes(), DAY.date())
    made = Both()
    async with AsyncExitStack() as stack:
        for kind in DATABASES:
            url = await stack.enter_async_context(databases.fresh(kind))
            database, calendar, person = await stack.enter_async_context(opened(url, COURSES.name, content))
            catalogue = catalogue_of(database, calendar)
            made.find.append(ours(catalogue, person))
            made.searches.append((catalogue, person))
        yield made


def test_the_judged_set_is_large_enough_of_each_kind() -> None:
    kinds = [query.kind for query in judged()]
    assert len(kinds) >= 200
    assert all(kinds.count(kind) >= 25 for kind in KINDS)


@pytest.mark.parametrize("file", [JUDGED, HELD_OUT], ids=["judged", "held out"])
@pytest.mark.parametrize("place", range(len(DATABASES)), ids=DATABASES)
async def test_what_people_type_is_answered_among_the_first_five(both: Both, place: int, file: Path) -> None:
    by_kind = await scores(both.find[place], judged(file))
    assert by_kind[ALL].within(5) >= OVER_ALL, by_kind[ALL].missed
    for kind in KINDS:
        assert by_kind[kind].within(5) >= OF_EACH_KIND, (kind, by_kind[kind].missed)


async def test_both_databases_give_the_same_first_ten_for_every_judged_query(both: Both) -> None:
    for query in judged():
        sqlite, postgresql = await both.tops(query.query)
        assert sqlite == postgresql, query.query


TYPED: Final = tuple(word for query in judged() for word in query.query.split())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(words=st.lists(st.sampled_from(TYPED), min_size=1, max_size=4), cut=st.integers(0, 3))
async def test_both_databases_give_the_same_first_ten_for_any_words(both: Both, words: list[str], cut: int) -> None:
    text = " ".join(words)
    text = text[: len(text) - cut] or text
    sqlite, postgresql = await both.tops(text)
    assert sqlite == postgresql


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(max_size=400))
async def test_any_text_has_the_same_result_page_on_both(both: Both, text: str) -> None:
    pages: list[list[str] | str] = []
    for catalogue, person in both.searches:
        try:
            found = await catalogue.search(text, person)
        except (TooLong, TooShort) as refusal:
            pages.append(type(refusal).__name__)
            continue
        pages.append([line.code for line in found.page.lines] if isinstance(found, Found) else found.code)
    assert pages[0] == pages[1]
