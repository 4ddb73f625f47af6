"""Whoever imports a file reads what was found, what was written and what to do next."""

from dataclasses import replace
from typing import Final

import pytest

from domain.catalogue import Fault, NoHeader, Problem, Unreadable, UnreadableFile
from domain.errors import NotAllowed
from services.imports import ImportReport
from texts import imports
from texts.errors import said

DONE: Final = ImportReport(new=3, changed=2, unchanged=1, faults=(), skipped=0, dry_run=False, written=True)


def faults(number: int) -> tuple[Fault, ...]:
    return tuple(Fault(row, "Мест", Problem.NEGATIVE, "-1") for row in range(2, number + 2))


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_says_where_it_is_and_what_to_do(problem: Problem) -> None:
    told = imports.fault(Fault(12, "Столбец", problem, "как {есть}", limit=77, first_row=5))
    assert told.startswith("Строка 12, «Столбец»: ")
    advice = (
        "Впишите|Исправьте|Сократите|Оставьте|Возьмите|Сверьте|Создайте|Откройте|Увеличьте|Уберите|уберите|Загрузите"
    )
    assert any(what in told for what in advice.split("|"))
    assert "None" not in told
    assert "{есть}" in told or "{" not in told


def test_a_fault_shows_the_value_the_limit_and_the_first_row() -> None:
    assert "«скоро»" in imports.fault(Fault(2, "Начало", Problem.NOT_A_DATE, "скоро"))
    assert "до 300 знаков" in imports.fault(Fault(2, "Название", Problem.TOO_LONG, "Очень", limit=300))
    assert "не больше 100000" in imports.fault(Fault(2, "Мест", Problem.TOO_GREAT, "84951234567", limit=100_000))
    assert "в строке 5" in imports.fault(Fault(9, "Шифр", Problem.CODE_TWICE, "А-1", first_row=5))


def test_a_fault_without_a_column_names_its_row() -> None:
    assert imports.fault(Fault(2, None, Problem.NO_CODE)).startswith("Строка 2: нет шифра")


@pytest.mark.parametrize("reason", Unreadable)
def test_every_unreadable_file_is_named_with_the_way_out(reason: Unreadable) -> None:
    told = imports.unreadable(UnreadableFile("courses.xlsx", reason))
    assert "«courses.xlsx»" in told
    assert any(what in told for what in ("Сохраните", "сохраните", "Разделите"))


def test_missing_columns_are_named() -> None:
    assert "«Шифр», «Название»" in imports.unreadable(NoHeader(("Шифр", "Название")))


def test_any_other_refusal_has_its_own_words() -> None:
    assert imports.unreadable(NotAllowed()) == said(NotAllowed())


def test_a_clean_import_is_counted_and_done() -> None:
    assert imports.report(DONE) == "Новых: 3, изменённых: 2, без изменений: 1.\nВсё записано."


def test_an_import_of_the_same_file_says_that_nothing_is_new() -> None:
    assert "Записывать нечего" in imports.report(replace(DONE, new=0, changed=0))


def test_faults_hold_everything_back_and_the_way_out_is_named() -> None:
    told = imports.report(replace(DONE, faults=faults(2), skipped=2, written=False))
    assert "с ошибками: 2" in told
    assert "Строка 3, «Мест»" in told
    assert told.splitlines()[-1].startswith("Ничего не записано.")
    assert "--skip-invalid" in told


def test_skipped_rows_are_named_and_the_rest_is_written() -> None:
    told = imports.report(replace(DONE, faults=faults(1), skipped=1))
    assert "Строка 2" in told
    assert "пропущены, остальное записано" in told
    assert "--skip-invalid" not in told


def test_the_first_twenty_faults_are_shown_and_the_others_counted() -> None:
    twenty = imports.report(replace(DONE, faults=faults(20), skipped=20, written=False))
    more = imports.report(replace(DONE, faults=faults(41), skipped=41, written=False))
    assert (twenty.count("Строка "), more.count("Строка ")) == (20, 20)
    assert "ещё" not in twenty
    assert "…и ещё 21 ошибка." in more


def test_a_dry_run_says_that_it_was_one() -> None:
    clean = imports.report(replace(DONE, dry_run=True, written=False))
    faulty = imports.report(replace(DONE, faults=faults(1), skipped=1, dry_run=True, written=False))
    assert "проверка, ничего не записано" in clean
    assert "проверка, ничего не записано" in faulty
    assert "уберите --dry-run" in clean
