"""The file of synonyms, as an editor of the portal writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.synonyms import read_synonyms


def test_equal_phrases_find_each_other() -> None:
    meanings = read_synonyms("ДОУ = детский сад").meanings
    assert meanings == {("доу",): (("детский", "сад"),), ("детский", "сад"): (("доу",),)}


def test_an_arrow_leads_one_way_and_to_all_that_is_equal_to_its_end() -> None:
    meanings = read_synonyms("физра > физкультура, спорт\nфизкультура = физвоспитание").meanings
    assert meanings["физра",] == (("физкультура",), ("физвоспитание",), ("спорт",))
    assert meanings["физкультура",] == (("физвоспитание",),)
    assert ("спорт",) not in meanings


def test_what_is_equal_in_two_lines_is_equal_altogether() -> None:
    meanings = read_synonyms("ИИ = искусственный интеллект\nИИ = нейросети").meanings
    assert set(meanings["нейросети",]) == {("ии",), ("искусственный", "интеллект")}


def test_comments_empty_lines_and_a_mark_at_the_beginning_say_nothing() -> None:
    table = read_synonyms("\ufeff# Сокращения\n\n  \nЕГЭ = единый государственный экзамен\n")
    assert len(table.meanings) == 2
    assert table.faults == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("просто слова", "нет ни «=», ни «>»"),
        ("а = б > в", "«=» и «>» в одной строке"),
        ("а > б > в", "«>» дважды"),
        ("а = ", "пустое место вместо слова"),
        ("а = А", "одно и то же дважды"),
        ("один два три четыре пять шесть семь = много", "больше 6 слов подряд"),
    ],
)
def test_a_faulty_line_is_left_out_and_named(line: str, reason: str) -> None:
    table = read_synonyms(f"ДОУ = детский сад\n{line}\n")
    assert len(table.meanings) == 2
    assert [(fault.number, fault.line, fault.reason) for fault in table.faults] == [(2, line.strip(), reason)]


@given(st.text(alphabet=st.sampled_from("абв =>,#\n\r\x85\ufeff") | st.characters()))
def test_any_file_is_read_and_no_phrase_finds_itself(text: str) -> None:
    table = read_synonyms(text)
    assert all(phrase not in others for phrase, others in table.meanings.items())
    assert all(fault.reason and fault.number > 0 for fault in table.faults)
