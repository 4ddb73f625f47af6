"""Names and texts as people give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadName, TooLong, TooShort
from domain.person import NAME_LIMIT, full_name, within


@pytest.mark.parametrize(
    "name",
    [
        "Соколова Анна",
        "Соколова Анна Петровна",
        "Салтыков-Щедрин Михаил Евграфович",
        "О’Нил Мария",
        "О'Нил Мария Д'Артаньяновна",
        "Гасан Али Мамед оглы",
        "Ёлкина Алёна",
        "Müller Anna",
    ],
)
def test_a_full_name_is_kept_as_written(name):
    assert full_name(f"  {name.replace(' ', '   ')} ") == name


@pytest.mark.parametrize(
    "name", ["Анна", "Анна1 Петровна", "а б в г д", "<b>Анна</b> Петрова", "Анна -", "", " ", "Анна — Петрова", "🙂 🙂"]
)
def test_anything_else_is_refused(name):
    with pytest.raises(BadName):
        full_name(name)


def test_a_name_longer_than_its_field_is_refused_with_the_number():
    with pytest.raises(TooLong) as refusal:
        full_name("А" * NAME_LIMIT + " Б")
    assert (refusal.value.length, refusal.value.limit) == (NAME_LIMIT + 2, NAME_LIMIT)


@given(st.text(st.characters(), max_size=300))
def test_any_text_is_a_name_or_a_named_refusal(text):
    try:
        name = full_name(text)
    except (BadName, TooLong):
        return
    assert 2 <= len(name.split(" ")) <= 4
    assert full_name(name) == name


@given(st.text(st.characters(), max_size=60))
def test_any_text_fits_its_field_or_is_refused_by_name(text):
    try:
        kept = within(text, 20)
    except (TooLong, TooShort):
        return
    assert 0 < len(kept) <= 20
    assert "\x00" not in kept
    assert kept.encode()
