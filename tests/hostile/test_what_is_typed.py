"""Whatever is typed, linked to, tapped or brought is read, or refused by name: nothing that reads breaks."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import Any

import orjson
import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.hostile.buttons import kinds_of_buttons
from bot.dispatching import kind_of
from bot.intake import chat_of
from bot.session import dumps, loads
from domain import cells, groups, roles, tickets
from domain import settings as portal_settings
from domain.catalogue import FIRST_YEAR, LAST_YEAR, Funding, Problem
from domain.cells import Cell
from domain.errors import DomainError
from keyboards import links
from services.emails import EMAIL_LIMIT, address

TODAY = date(2026, 11, 24)
ANY = st.text(st.characters(), max_size=60)
"""Halves of surrogate pairs and NUL, too."""
NEARLY = st.text("0123456789.-/:,;ч–— гнеят@_яa٣\u200b\u202e", max_size=24)
TYPED = ANY | NEARLY
CELLS: st.SearchStrategy[Cell] = TYPED | st.integers() | st.floats() | st.none()
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY | st.sampled_from(["chat", "from", "id"]), inner),
    max_leaves=12,
)


@given(CELLS)
def test_any_cell_is_a_day_of_the_calendar_or_has_a_fault(cell: Cell) -> None:
    day = cells.read_day(cell)
    assert day is None or isinstance(day, Problem) or (type(day) is date and FIRST_YEAR <= day.year <= LAST_YEAR)


@given(CELLS)
def test_any_cell_is_a_number_within_bounds_or_has_a_fault(cell: Cell) -> None:
    number = cells.read_number(100, cell)
    assert number is None or isinstance(number, Problem) or (type(number) is int and 0 <= number <= 100)


@given(CELLS)
def test_any_cell_says_who_pays_or_has_a_fault(cell: Cell) -> None:
    assert isinstance(cells.read_funding(cell), Funding | Problem | None)


@given(CELLS)
def test_any_cell_is_a_text_that_can_be_kept_and_shown_or_has_a_fault(cell: Cell) -> None:
    for read in (cells.read_line(20, cell), cells.read_paragraphs(20, cell)):
        if isinstance(read, str) and not isinstance(read, Problem):
            assert len(read) <= 20
            assert not set(read) & {"\x00", "\u202e", "\u200b"}
            assert read.encode()
    assert "\n" not in str(cells.read_line(20, cell))


READERS: dict[str, Callable[[str], Any]] = {
    **{field.name: partial(groups.read_field, field) for field in groups.Field},
    **{name.name: partial(portal_settings.read_value, name) for name in portal_settings.Name},
    "document day": lambda text: groups.document_day(text, TODAY),
    "document numbers": lambda text: groups.document_numbers(text, 3),
    "last day": lambda text: roles.written_last_day(text, TODAY),
    "ticket": tickets.words,
    "subject": tickets.subject,
}


@pytest.mark.parametrize("what", READERS)
@given(TYPED)
def test_any_answer_is_read_or_refused_by_name(what: str, text: str) -> None:
    with suppress(DomainError):
        read = READERS[what](text)
        if isinstance(read, str):
            assert read.encode()
            assert "\x00" not in read


@given(st.dates(TODAY, TODAY + timedelta(days=300)))
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert roles.written_last_day(f"{day:%d.%m.%Y}", TODAY) == day
    assert groups.read_field(groups.Field.STARTS_ON, f" {day:%d.%m.%Y} ") == day


@given(st.integers(0, 23), st.integers(0, 23), st.sampled_from("-–—"))
def test_two_hours_are_read_as_they_are_written(first: int, last: int, dash: str) -> None:
    if first != last:
        assert portal_settings.read_value(portal_settings.Name.QUIET, f"{first} {dash} {last}") == [first, last]


@given(TYPED | st.emails())
def test_any_text_is_an_address_or_refused_by_name(text: str) -> None:
    with suppress(DomainError):
        found = address(text)
        assert found.email.partition("@")[0].isascii()
        assert found.email.count("@") == 1
        assert len(found.email) <= EMAIL_LIMIT
        assert address(found.email) == found


@given(TYPED | st.text("ABCxyz019_-", max_size=70).flatmap(lambda text: st.sampled_from([f"inv_{text}", f"c_{text}"])))
def test_any_payload_of_a_link_leads_somewhere_or_nowhere(payload: str) -> None:
    course = links.course_id(payload)
    assert course is None or 0 <= course < 10**9
    token = links.token(payload)
    assert token is None or payload == f"inv_{token}"
    assert links.record_token(payload) in {"", payload.removeprefix("r_")}


@settings(max_examples=400)
@given(st.sampled_from(kinds_of_buttons()), st.lists(TYPED | st.integers().map(str) | st.just(""), max_size=5))
def test_any_data_is_a_button_that_packs_the_same_or_none(kind: type[CallbackData], parts: list[str]) -> None:
    written = ":".join([kind.__prefix__, *parts])
    with suppress(ValueError, TypeError):  # what aiogram's filter takes for no button of this kind
        read = kind.unpack(written)
        assert kind.unpack(read.pack()) == read


@pytest.mark.parametrize("kind", kinds_of_buttons(), ids=lambda kind: kind.__prefix__)
def test_no_button_carries_a_number_that_no_column_could_hold(kind: type[CallbackData]) -> None:
    for name, field in kind.model_fields.items():
        if field.annotation is int:
            bounds = {type(bound).__name__ for bound in field.metadata}
            assert bounds & {"Ge", "Gt"}, f"{name} has no least value"
            assert bounds & {"Le", "Lt"}, f"{name} has no greatest value"


@given(st.dictionaries(st.sampled_from(["message", "callback_query", "poll", "новое"]) | ANY, JSON, max_size=3))
def test_any_update_has_a_kind_and_a_place_in_some_order_and_is_kept_as_what_can_be_sent(
    update: dict[str, Any],
) -> None:
    assert abs(chat_of(update)) < 2**63
    assert kind_of(update).isascii()
    kept = loads(dumps(update))
    assert kept.keys() == {name.encode("utf-8", "replace").decode() for name in update}
    assert json.dumps(kept, ensure_ascii=False).encode()


@given(st.binary(max_size=200))
def test_any_body_is_json_or_refused(body: bytes) -> None:
    with suppress(ValueError):
        assert isinstance(dumps(loads(body)), str)


def test_what_is_kept_needs_no_second_spelling() -> None:
    assert orjson.loads(dumps({"a": "ё\u202e"})) == {"a": "ё\u202e"}
