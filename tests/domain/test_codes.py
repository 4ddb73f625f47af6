"""Codes and names match however people spell them."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codes import normalise_code, normalise_name

DASHES = [chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) == "Pd"] + ["−"]
SPACES = [" ", "\u00a0", "\u2009", "\u202f", "\u200b", "\t"]
LATIN = str.maketrans("АВСЕНКМОРТХУ", "ABCEHKMOPTXY")

codes = st.lists(st.text("АБВГДЕЁЖЗИКЛМНОПРСТУФХЦЧШ0123456789", min_size=1, max_size=5), min_size=1, max_size=4)


@pytest.mark.parametrize(
    "spelling",
    [
        "ГМЦ-0417-Д",
        "гмц-0417-д",
        "ГМЦ – 0417 – Д",
        "ГМЦ 0417 Д",
        "ГМЦ0417Д",
        "ГMЦ—0417\u00a0-Д",
        " гmц‑0417−д",
    ],
)
def test_a_code_is_found_however_it_is_typed(spelling: str) -> None:
    assert normalise_code(spelling) == "ГМЦ0417Д"


@pytest.mark.parametrize("dash", DASHES)
def test_every_dash_of_unicode_may_stand_in_a_code(dash: str) -> None:
    assert normalise_code(f"ИРО{dash}12") == "ИРО12"


@given(codes, st.sampled_from(DASHES), st.sampled_from(SPACES), st.booleans(), st.booleans())
def test_dash_space_case_and_script_do_not_matter(
    parts: list[str], dash: str, space: str, small: bool, latin: bool
) -> None:
    spelled = f"{space}{dash}".join(parts)
    spelled = spelled.translate(LATIN) if latin else spelled
    spelled = spelled.lower() if small else spelled
    assert normalise_code(spelled) == "".join(parts).replace("Ё", "Е")


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert normalise_code(normalise_code(text)) == normalise_code(text)
    assert normalise_name(normalise_name(text)) == normalise_name(text)


@given(codes, codes)
def test_different_codes_stay_different(one: list[str], other: list[str]) -> None:
    same = "".join(one).replace("Ё", "Е") == "".join(other).replace("Ё", "Е")
    assert (normalise_code("-".join(one)) == normalise_code("-".join(other))) is same


def test_short_i_is_not_i() -> None:
    assert normalise_code("МАЙ-1") == normalise_code(unicodedata.normalize("NFD", "май-1")) != normalise_code("МАИ-1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Гимназия «Росток» № 23", 'гимназия "росток" №23'),
        ("Школа  № 1417", "ШКОЛА №\u00a01417"),
        ("Детский сад „Ёлочка“", "детский сад 'елочка'"),
        ("Центр – развития", "центр - развития"),
    ],
)
def test_a_name_is_the_same_in_other_quotes_and_case(one: str, other: str) -> None:
    assert normalise_name(one) == normalise_name(other)


def test_different_schools_stay_different() -> None:
    assert normalise_name("Школа № 141") != normalise_name("Школа № 1417")
