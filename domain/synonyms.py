"""Other words for the same: the file that an editor of the portal keeps."""

from dataclasses import dataclass
from typing import Final

from domain.spelling import plain_words

EQUAL: Final = "="
ONE_WAY: Final = ">"
COMMENT: Final = "#"
LONGEST: Final = 6
"""Words of a phrase."""

Phrase = tuple[str, ...]
"""Its words, as plain_words gives them."""


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """A line of the file that is left out; `number` counts from 1."""

    number: int
    line: str
    reason: str


@dataclass(frozen=True, slots=True)
class SynonymTable:
    """What else to look for where somebody looks for a phrase, and the lines that could not be read."""

    meanings: dict[Phrase, tuple[Phrase, ...]]
    faults: tuple[FaultyLine, ...]


def read_synonyms(text: str) -> SynonymTable:
    """A line: `ДОУ = детский сад` (each finds the other), or `физра > физкультура, спорт` (the left finds the right).

    What is equal to a phrase finds all that the phrase finds. Empty lines and those that begin with # say nothing.
    A faulty line is left out and named.
    """
    equal: dict[Phrase, dict[Phrase, None]] = {}
    finds: dict[Phrase, list[Phrase]] = {}
    faults = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(COMMENT):
            continue
        try:
            left, right = _sides(line)
        except ValueError as fault:
            faults.append(FaultyLine(number, line.strip(), str(fault)))
            continue
        for phrase in left:
            finds.setdefault(phrase, []).extend(right)
        if not right:
            _join(equal, left)
    return SynonymTable(_closed(equal, finds), tuple(faults))


def not_readable() -> SynonymTable:
    """The table of a file in another encoding."""
    return SynonymTable({}, (FaultyLine(1, "", "файл сохранён не в кодировке UTF-8"),))


def _sides(line: str) -> tuple[list[Phrase], list[Phrase]]:
    """What stands before the arrow and after it; or phrases that are equal, and nothing."""
    if EQUAL in line and ONE_WAY in line:
        raise ValueError("«=» и «>» в одной строке")
    if EQUAL in line:
        equal = [_phrase(part) for part in line.split(EQUAL)]
        if len(set(equal)) < len(equal):
            raise ValueError("одно и то же дважды")
        return equal, []
    left, arrow, right = line.partition(ONE_WAY)
    if not arrow:
        raise ValueError("нет ни «=», ни «>»")
    if ONE_WAY in right:
        raise ValueError("«>» дважды")
    return [_phrase(one) for one in left.split(",")], [_phrase(other) for other in right.split(",")]


def _join(equal: dict[Phrase, dict[Phrase, None]], phrases: list[Phrase]) -> None:
    """These are equal, and so is whatever is equal to one of them."""
    together: dict[Phrase, None] = {}
    for phrase in phrases:
        together |= equal.get(phrase, {phrase: None})
    for phrase in together:
        equal[phrase] = together


def _closed(
    equal: dict[Phrase, dict[Phrase, None]], finds: dict[Phrase, list[Phrase]]
) -> dict[Phrase, tuple[Phrase, ...]]:
    meanings = {}
    for phrase in dict.fromkeys([*equal, *finds]):
        same = equal.get(phrase, {phrase: None})
        found = [other for member in same for other in finds.get(member, ())]
        all_of_them = [*same, *(one for other in found for one in equal.get(other, {other: None}))]
        meanings[phrase] = tuple(one for one in dict.fromkeys(all_of_them) if one != phrase)
    return meanings


def _phrase(part: str) -> Phrase:
    words = tuple(plain_words(part))
    if not words:
        raise ValueError("пустое место вместо слова")
    if len(words) > LONGEST:
        raise ValueError(f"больше {LONGEST} слов подряд")
    return words
