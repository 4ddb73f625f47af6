"""What people mean by what they write into a cell: a text, a number, a day, who pays."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeAlias
from unicodedata import category

from domain.catalogue import FIRST_YEAR, LAST_YEAR, Funding, Problem
from domain.codes import normalise_name

Cell: TypeAlias = str | int | float | None
"""What a cell holds; a date is its ISO text or a spreadsheet's count of days."""
Read: TypeAlias = str | int | date | Funding | Problem | None
"""What a cell says, or what is wrong with it; None: nothing."""

NOTHING: Final = frozenset({"", "-", "--", "---", "нет", "н/д", "не указано", "не указана", "не указан"})
ZERO: Final = frozenset({"нет", "мест нет", "бесплатно", "бесплатная", "бесплатный", "безвозмездно"})
UNLIMITED: Final = frozenset({"без ограничений", "не ограничено", "не ограничены", "неограниченно"})

FUNDING_WORDS: Final = {
    Funding.BUDGET: (
        "бюджет|бюджетный|бюджетная|бюджетное|бюджетные средства|средства бюджета|за счёт бюджета"
        "|за счёт средств бюджета|городской бюджет|государственное задание|госзадание"
    ),
    Funding.PAID: (
        "внебюджет|внебюджетный|внебюджетная|внебюджетное|внебюджетные средства|за счёт внебюджетных средств"
        "|платно|платный|платная|платное|договор|по договору|хозрасчёт"
    ),
}

NUMBER: Final = re.compile(
    r"(?P<whole>[+-]?[0-9]{1,15})(?:[.,](?P<part>[0-9]{1,6}))?"
    r"(?:(?:ак\.?|академическ[а-я]+)?(?:ч|час|часа|часов)|р|руб|рубл[а-я]+|₽|чел|человека?|мест[оа]?)?\.?"
)
DAY: Final = re.compile(
    r"(?:(?P<day>[0-9]{1,2})[./-](?P<month>[0-9]{1,2})[./-](?P<year>[0-9]{4}|[0-9]{2})"
    r"|(?P<iso_year>[0-9]{4})[./-](?P<iso_month>[0-9]{1,2})[./-](?P<iso_day>[0-9]{1,2})"
    r"|(?P<named_day>[0-9]{1,2})\s(?P<name>[а-я]{3,8})\.?\s(?P<named_year>[0-9]{4}))"
    r"(?:\s?(?:г|года?)\.?)?(?:[t\s][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?z?)?"
)
MONTHS: Final = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
SERIAL: Final = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
BEFORE_DAY_ONE: Final = date(1899, 12, 30)
"""Spreadsheet programs count days from here; exact from March 1900 on."""


def letters(words: str) -> str:
    """Letters and digits only, ё as е: how headings and words of funding are compared."""
    return "".join(letter for letter in normalise_name(words) if letter.isalnum())


FUNDINGS: Final = {letters(word): funding for funding, words in FUNDING_WORDS.items() for word in words.split("|")}


def shown(cell: Cell) -> str:
    """The cell as people see it: 417.0 is "417"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def one_line(text: str) -> str:
    """Single spaces, and none of the invisible characters that disfigure a screen, such as a change of direction."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    visible = (letter for letter in line if category(letter) not in {"Cc", "Cf", "Cs"})
    return " ".join("".join(visible).split())


def _words(cell: Cell) -> str:
    return one_line(shown(cell)).lower().replace("\u2212", "-")


def _is_nothing(words: str) -> bool:
    return words.replace("–", "-").replace("—", "-") in NOTHING


def read_line(limit: int, cell: Cell) -> Read:
    """A text on one line of at most `limit` code points."""
    line = one_line(shown(cell))
    if len(line) > limit:
        return Problem.TOO_LONG
    return None if _is_nothing(line.lower()) else line


def read_paragraphs(limit: int, cell: Cell) -> Read:
    """A text of at most `limit` code points whose line ends are the author's; empty lines are left out."""
    text = "\n".join(filter(None, map(one_line, shown(cell).splitlines())))
    if len(text) > limit:
        return Problem.TOO_LONG
    return None if _is_nothing(text.lower()) else text


def read_funding(cell: Cell) -> Read:
    """Who pays."""
    words = _words(cell)
    return None if _is_nothing(words) else FUNDINGS.get(letters(words), Problem.UNKNOWN_FUNDING)


def read_number(limit: int, cell: Cell) -> Read:
    """A whole number from 0 to `limit`, with or without its unit: hours, roubles, people or seats."""
    words = _words(cell)
    if words in ZERO:
        return 0
    if _is_nothing(words) or words in UNLIMITED:
        return None
    found = NUMBER.fullmatch(words.replace(" ", ""))
    if found is None:
        return Problem.NOT_A_NUMBER
    number = Decimal(f"{found['whole']}.{found['part'] or 0}")
    if number < 0:
        return Problem.NEGATIVE
    if number > limit:
        return Problem.TOO_GREAT
    return int(number) if number == int(number) else Problem.NOT_WHOLE


def read_day(cell: Cell) -> Read:
    """A day between FIRST_YEAR and LAST_YEAR; the time of day is left out."""
    words = _words(cell)
    if _is_nothing(words):
        return None
    serial = SERIAL.fullmatch(words)
    day = BEFORE_DAY_ONE + timedelta(days=int(serial[1])) if serial else _written_day(words)
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else Problem.NOT_A_DATE


def _written_day(words: str) -> date | None:
    found = DAY.fullmatch(words)
    if found is None:
        return None
    year = int(found["year"] or found["iso_year"] or found["named_year"])
    month = found["month"] or found["iso_month"] or _month(found["name"])
    day = found["day"] or found["iso_day"] or found["named_day"]
    try:
        return date(year + 2000 if year < 100 else year, int(month), int(day))
    except ValueError:
        return None


def _month(name: str) -> int:
    """1 to 12, also of an abbreviation; 0, where it is no month's name."""
    numbers = (number for number, month in enumerate(MONTHS, 1) if month.startswith(name))
    return next(numbers, 0)
