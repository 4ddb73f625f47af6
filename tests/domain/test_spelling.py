"""What fingers do to words, undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.spelling import as_cyrillic, other_layout, plain_words, sound, transliterated


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Ещё ЁЖИК", ["еще", "ежик"]),
        ("робото\u00adтех\u200bника", ["робототехника"]),
        ("А\u0301нна", ["анна"]),
        ("мaтемaтикa", ["математика"]),
        ("Python-3 для_всех", ["python", "3", "для", "всех"]),
        ("… — !", []),
    ],
)
def test_words_come_out_plain(typed: str, words: list[str]) -> None:
    assert plain_words(typed) == words


@given(st.text())
def test_whatever_is_typed_its_plain_words_stay_as_they_are(typed: str) -> None:
    for word in plain_words(typed):
        assert word
        assert plain_words(word) == [word]


@pytest.mark.parametrize(("typed", "meant"), [("ehjrb", "уроки"), ("знерщт", "python"), ("[bvbz", "химия")])
def test_the_same_keys_give_the_word_in_the_other_layout(typed: str, meant: str) -> None:
    assert other_layout(typed) == meant


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюя", min_size=1))
def test_the_other_layout_of_the_other_layout_is_what_was_typed(typed: str) -> None:
    assert other_layout(other_layout(typed)) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("matematika", "математика"),
        ("shahmaty", "шахматы"),
        ("nejroseti", "нейросети"),
        ("klassnyy", "классный"),
        ("himiya", "химия"),
        ("geometria", "геометрия"),
        ("ekologiya", "экология"),
    ],
)
def test_russian_words_in_latin_letters_are_read(typed: str, meant: str) -> None:
    assert meant in transliterated(typed)


@given(st.text())
def test_only_latin_words_are_read_so(typed: str) -> None:
    assert all(spelling for spelling in transliterated(typed))
    if not (typed.isascii() and typed.isalpha()):
        assert transliterated(typed) == []


@pytest.mark.parametrize(
    ("one", "other"), [("аттестацыя", "аттестация"), ("булинг", "буллинг"), ("экологея", "екологея")]
)
def test_spellings_that_sound_alike_share_a_key(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_no_number_sounds_like_another() -> None:
    assert sound("2772") != sound("2722")


def test_latin_letters_that_look_russian_are_taken_for_them() -> None:
    assert as_cyrillic("pac") == "рас"
