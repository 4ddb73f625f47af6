"""The keys by which people's spellings of codes and names match."""

import re
import unicodedata
from typing import Final

DIAERESIS: Final = "\u0308"
"""Taken off after decomposition, so that ё is е and a Latin ë is one more look-alike of е."""

_SPACES: Final = r"\s\u200b-\u200f\u2060\ufeff"
_DASHES: Final = (
    r"\-\u00ad\u02d7\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2500\u2e17\u2e1a"
    r"\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010d6e\U00010ead"
)
_QUOTES: Final = "\"'`«»‘’‚‛“”„‟‹›′″"
_LOOK_ALIKES: Final = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")

_BETWEEN_LETTERS: Final = re.compile(f"[{_SPACES}{_DASHES}{DIAERESIS}]+")
_SPACE_RUNS: Final = re.compile(f"[{_SPACES}]+")
_DASH_RUNS: Final = re.compile(f"[{_DASHES}]+")
_NOT_COMPARED: Final = re.compile(f"[{_QUOTES}{DIAERESIS}]+")


def normalise_code(text: str) -> str:
    """The key of a course's code: upper case, no spaces, no dashes, ё as е, Latin look-alikes as Cyrillic.

    "гмц – 0417 -д", "ГМЦ0417Д" and "ГMЦ-0417-Д" with a Latin M have the same key.
    """
    letters = unicodedata.normalize("NFD", text).upper()
    return unicodedata.normalize("NFC", _BETWEEN_LETTERS.sub("", letters).translate(_LOOK_ALIKES))


def normalise_name(text: str) -> str:
    """The key of a school's, provider's or column's name: case folded, ё as е, no quotes, single spaces.

    Dashes of all kinds are a hyphen, and "№1417" is "№ 1417".
    """
    letters = _NOT_COMPARED.sub("", unicodedata.normalize("NFD", text.casefold())).casefold()
    joined = _DASH_RUNS.sub("-", unicodedata.normalize("NFC", letters))
    return _SPACE_RUNS.sub(" ", joined.replace("№", " № ")).strip()


CODE_MARK: Final = "№"
"""Before a code in the search index, where it must not pass for a word of a title."""
_CODE_LETTERS: Final = re.compile(r"[^\W_]+")
_ONE_NUMBER: Final = re.compile(r"(\D*?)0*(\d+)(\D*)")
_NAMES_OF_CODES: Final = re.compile(r"^\W*(?:курс|шифр|код|номер)\b", re.IGNORECASE)


def _one_word(text: str) -> str:
    return "".join(_CODE_LETTERS.findall(normalise_code(text))).lower()[:40]


def code_forms(code: str) -> list[str]:
    """What a code is found by, each with its mark: "ГМЦ-0417-Д" as гмц0417д, гмц417д, гмц417, 417д and 417."""
    whole = _one_word(code)
    forms = {whole: None}
    numbered = _ONE_NUMBER.fullmatch(whole)
    if numbered:
        letters, number, rest = numbered.groups()
        forms |= dict.fromkeys((f"{letters}{number}{rest}", f"{letters}{number}", f"{number}{rest}", number))
    return [f"{CODE_MARK}{form}" for form in forms if form]


def typed_code(text: str) -> str | None:
    """The beginning of one of code_forms, where a text may be a code or its digits: "гмц 417", «шифр 0417»."""
    whole = _one_word(_NAMES_OF_CODES.sub("", text))
    if not any(character.isdecimal() for character in whole):
        return None
    numbered = _ONE_NUMBER.fullmatch(whole)
    return CODE_MARK + ("".join(numbered.groups()) if numbered else whole)
