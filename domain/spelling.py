"""How words come out of fingers: the other layout, Latin letters for Russian ones, letters that sound alike."""

import re
import unicodedata
from typing import Final

MAX_WORD: Final = 100
"""Code points of a word that count: PostgreSQL refuses words beyond 2 KB."""

_WORD: Final = re.compile(r"[^\W_]+")
_INSIDE_WORDS: Final = re.compile("[\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff]+")
"""Hyphenation, stress marks and joiners that come with copied text."""
_CYRILLIC: Final = re.compile("[а-я]")
_LATIN: Final = re.compile("[a-z]")
_LOOK_ALIKES: Final = str.maketrans("abcehkmoptxy", "авсенкмортху")


def plain_words(phrase: str) -> list[str]:
    """A text's words in their order: lower case, ё as е, without stress marks; Latin look-alikes in a Russian word as
    Cyrillic."""
    letters = unicodedata.normalize("NFC", phrase.lower())
    plain = _INSIDE_WORDS.sub("", letters).replace("ё", "е")
    return [_one_script(word) for word in _WORD.findall(plain)]


def _one_script(word: str) -> str:
    if word.isascii() or not (_LATIN.search(word) and _CYRILLIC.search(word)):
        return word
    folded = as_cyrillic(word)
    return word if _LATIN.search(folded) else folded


def as_cyrillic(word: str) -> str:
    """Latin letters as the Cyrillic ones that look the same: "pac" typed for «рас»."""
    return word.translate(_LOOK_ALIKES)


_QWERTY: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`" + 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~'
_JCUKEN: Final = "йцукенгшщзхъфывапролджэячсмитьбюё" + "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
_TO_RUSSIAN: Final = str.maketrans(_QWERTY, _JCUKEN)
_TO_ENGLISH: Final = str.maketrans(_JCUKEN, _QWERTY)


def other_layout(typed: str) -> str:
    """What the same keys give in the other layout: "vfntvfnbrf" is «математика», «знерщт» is "python"."""
    return typed.translate(_TO_ENGLISH if _CYRILLIC.search(typed.lower()) else _TO_RUSSIAN)


_VOWELS: Final = "аеиоуыэюя"
_SEVERAL: Final = (
    ("shch", "щ"),
    ("sch", "щ"),
    ("zh", "ж"),
    ("kh", "х"),
    ("ch", "ч"),
    ("sh", "ш"),
    ("ph", "ф"),
    ("ts", "ц"),
    ("tz", "ц"),
    ("eh", "э"),
    ("ya", "я"),
    ("ja", "я"),
    ("yu", "ю"),
    ("ju", "ю"),
    ("yo", "е"),
    ("jo", "е"),
    ("ye", "е"),
    ("je", "е"),
    ("x", "кс"),
    ("w", "в"),
    ("q", "к"),
)
_SINGLE: Final = str.maketrans("abdefghiklmnoprstuvz", "абдефгхиклмнопрстувз")


def transliterated(word: str) -> list[str]:
    """A Latin word in Russian letters by the commonest habits, the likeliest first; none for other words.

    "shahmaty" is «шахматы», "nejroseti" «нейросети», "klassnyy" «классный», "ekologiya" «екология» or «экология».
    """
    if not word.isascii() or not word.isalpha():
        return []
    letters: list[str] = []
    rest = word
    while rest:
        latin, cyrillic = next((pair for pair in _SEVERAL if rest.startswith(pair[0])), (rest[0], ""))
        letters.append(cyrillic or _by_neighbours(rest, vowel_before=bool(letters) and letters[-1][-1] in _VOWELS))
        rest = rest[len(latin) :]
    written = "".join(letters)
    written = f"{written[:-1]}я" if written.endswith("иа") else written
    return [written, f"э{written[1:]}"] if written.startswith("е") else [written]


def _by_neighbours(rest: str, *, vowel_before: bool) -> str:
    if rest[0] == "y":
        return "й" if vowel_before else "ы"
    if rest[0] == "j":
        return "й" if vowel_before else "ж"
    if rest[0] == "c":
        return "ц" if rest[1:2] in {"e", "i", "y"} else "к"
    return rest[0].translate(_SINGLE)


_SOUNDS: Final = str.maketrans({"э": "е", "й": "и", "ы": "и", "щ": "ш", "ь": None, "ъ": None})
_TWICE: Final = re.compile(r"([^\W\d_])\1+")


def sound(word: str) -> str:
    """A key that spellings of one sound share: «аттестацыя» and «аттестация», «булинг» and «буллинг». Another number is
    another number."""
    return _TWICE.sub(r"\1", word.translate(_SOUNDS).replace("тс", "ц"))
