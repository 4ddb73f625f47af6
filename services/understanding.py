"""What a typed text asks for: its words as they stand, as they may have been meant, and what else means the same."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from db.search_index import stems_of
from domain.codes import normalise_code, typed_code
from domain.finding import Fidelity, Reading, Term, Wanted, WantedWord
from domain.person import printable
from domain.spelling import as_cyrillic, other_layout, plain_words, transliterated
from domain.synonyms import LONGEST
from domain.words import LITTLE
from services.vocabulary import Vocabulary

MAX_WORDS: Final = 12
SHORTEST_BEGUN: Final = 3
"""Letters from which on a word may be the beginning of another."""
SURELY_BEGUN: Final = 4
"""Letters from which on a beginning is enough to believe in the other keyboard layout."""
SHORTEST_ROOT: Final = 5
READINGS: Final = 10
"""Of one word: each costs time."""
_QUOTED: Final = re.compile(r"""\s*["«“„](.*)["»”“]\s*""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Typed:
    """A word, and how it is shown; `corrected`: it is not as it was typed."""

    word: str
    stem: str
    shown: str
    corrected: bool = False
    others: tuple[Reading, ...] = ()
    meant: str = ""
    """The stem of the word it was corrected to."""


def literally(text: str) -> str:
    """The text in quotes: a search for exactly these words."""
    return f"«{without_quotes(text)}»"


def without_quotes(text: str) -> str:
    """The text inside its quotes, if it stands in some."""
    quoted = _QUOTED.fullmatch(text)
    return quoted.group(1) if quoted else text


def understand(text: str, vocabulary: Vocabulary) -> Wanted:
    """Read a text against the words of the catalogue; in quotes it is taken by the letter."""
    text = printable(text)
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        stems = dict.fromkeys(stems_of(_telling(plain_words(quoted.group(1)))))
        return Wanted(tuple(_exactly(stem, vocabulary) for stem in list(stems)[:MAX_WORDS]), literal=True)
    tokens = list(_in_right_layout(text.split(), vocabulary))
    words = [word for token in tokens for word in token]
    telling = set(_telling([word.word for word in words]))
    kept = [word for word in words if word.word in telling][:MAX_WORDS]
    read = [_read(word, vocabulary, is_last=word is kept[-1]) for word in kept]
    wanted = dict.fromkeys(_phrases(read, vocabulary))
    shown = {word.word: word for word in read}
    corrected = any(word.corrected for word in (*read, *words))
    shown_for = " ".join(shown.get(word.word, word).shown for word in words) if corrected else None
    return Wanted(tuple(wanted), normalise_code(text), typed_code(text), shown_for=shown_for)


def _telling(words: Sequence[str]) -> list[str]:
    """«На уроках географии» asks for lessons and geography; a text of nothing but little words stays as it is."""
    return [word for word in words if word not in LITTLE] or list(words)


def _exactly(stem: str, vocabulary: Vocabulary) -> WantedWord:
    readings = (_reading([stem], Fidelity.EXACT),)
    return WantedWord(readings, vocabulary.weight(readings), vocabulary.at_most(readings))


def _reading(stems: Sequence[str], fidelity: Fidelity) -> Reading:
    return Reading(tuple(Term(stem) for stem in stems), fidelity)


def _begun(word: str, fidelity: Fidelity) -> Reading:
    return Reading((Term(word, is_prefix=True),), fidelity)


def _in_right_layout(tokens: Sequence[str], vocabulary: Vocabulary) -> Iterator[list[_Typed]]:
    """The words of each part between spaces, in the keyboard layout in which they make sense: «[bvbz» is «химия»."""
    for token in tokens:
        words = list(_with_stems(plain_words(token)))
        switched = [] if _all_known(words, vocabulary) else list(_with_stems(plain_words(other_layout(token))))
        if switched and _all_known(switched, vocabulary, begun=True):
            yield [_Typed(word, stem, word, corrected=True) for word, stem in switched]
        else:
            yield [_Typed(word, stem, word) for word, stem in words]


def _with_stems(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(words, stems_of(words), strict=True)


def _all_known(words: Sequence[tuple[str, str]], vocabulary: Vocabulary, *, begun: bool = False) -> bool:
    """Of words with their stems."""
    return all(
        word in LITTLE
        or vocabulary.knows(stem)
        or (begun and len(word) >= SURELY_BEGUN and bool(vocabulary.begins(word)))
        for word, stem in words
    )


def _read(typed: _Typed, vocabulary: Vocabulary, *, is_last: bool) -> _Typed:
    """A word with its readings beside the exact one; where no course holds it, what it may have been meant to be."""
    word, stem = typed.word, typed.stem
    if vocabulary.knows(stem):
        may_go_on = is_last and len(word) >= SHORTEST_BEGUN and vocabulary.goes_on(word, stem)
        return replace(typed, others=(_begun(word, Fidelity.PERHAPS),)) if may_go_on else typed
    beginning = _beginning(word, stem, vocabulary)
    if beginning:
        return replace(typed, others=beginning)
    for meant in _meant(word, stem, vocabulary):
        if meant.others:
            return meant
    return replace(typed, others=tuple(_related(stem, vocabulary)))


def _beginning(word: str, stem: str, vocabulary: Vocabulary) -> tuple[Reading, ...]:
    """What a word begins, or else its root: «экология» may be asked of «экологическая тропа»."""
    for beginning, shortest in ((word, SHORTEST_BEGUN), (stem, SHORTEST_ROOT)):
        begun = vocabulary.begins(beginning) if len(beginning) >= shortest else []
        if begun:
            shorter = (_reading([one], Fidelity.BEGUN) for one in begun if not one.startswith(beginning))
            return (_begun(beginning, Fidelity.BEGUN), *shorter)
    return ()


def _meant(word: str, stem: str, vocabulary: Vocabulary) -> Iterator[_Typed]:
    """How a word that no course holds may be written rightly, the surest first; without readings, where it may not."""

    def right(shown: str, *stems: str) -> _Typed:
        readings = (_reading(stems, Fidelity.MEANT),)
        return _Typed(word, stem, shown, corrected=True, others=readings, meant=stems[0] if len(stems) == 1 else "")

    others = (as_cyrillic(word), *transliterated(word), _switched(word))
    spellings = list(_with_stems([other for other in dict.fromkeys(others) if other and other != word]))
    yield from (right(spelling, its_stem) for spelling, its_stem in spellings if vocabulary.knows(its_stem))
    for spelling, its_stem in [(word, stem), *spellings]:
        alike = vocabulary.sounding(its_stem)
        if alike is not None:
            yield right(vocabulary.written(alike, spelling), alike)
    apart = vocabulary.apart(word)
    if apart is not None:
        yield right(" ".join(apart), *stems_of(apart))
    for spelling, its_stem in spellings:
        if len(spelling) >= SURELY_BEGUN:
            yield _Typed(word, stem, spelling, corrected=True, others=_beginning(spelling, its_stem, vocabulary))
    for spelling, its_stem in [(word, stem), *spellings]:
        near = vocabulary.nearest(spelling, its_stem)
        if near is not None:
            yield right(vocabulary.written(near, spelling), near)


def _switched(word: str) -> str | None:
    """The one word that the same keys give in the other layout."""
    words = plain_words(other_layout(word))
    return words[0] if len(words) == 1 else None


def _related(stem: str, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Words that hold the letters in their midst, else words of the same root."""
    holding = vocabulary.holding(stem)
    yield from (_reading([one], Fidelity.BEGUN) for one in holding)
    for length in range(len(stem) - 1, max(SHORTEST_ROOT, len(stem) * 2 // 3) - 1, -1):
        if not holding and vocabulary.begins(stem[:length]):
            yield _begun(stem[:length], Fidelity.BEGUN)
            return


def _phrases(words: Sequence[_Typed], vocabulary: Vocabulary) -> Iterator[WantedWord]:
    """What is wanted, word by word; words that are one thing together («детский сад») are wanted together."""
    place = 0
    while place < len(words):
        length = _phrase_at(words, place, vocabulary)
        yield _wanted(words[place : place + length], vocabulary)
        place += length


def _phrase_at(words: Sequence[_Typed], place: int, vocabulary: Vocabulary) -> int:
    for length in range(min(LONGEST, len(words) - place), 1, -1):
        part = words[place : place + length]
        if _meaning(part) in vocabulary.synonyms or (length == 2 and _together(part, vocabulary)):
            return length
    return 1


def _meaning(part: Sequence[_Typed]) -> tuple[str, ...]:
    """The stems that the table of synonyms is asked for: the right ones of corrected words."""
    return tuple(word.meant or word.stem for word in part)


def _together(part: Sequence[_Typed], vocabulary: Vocabulary) -> str | None:
    """The stem of two words that courses write as one."""
    stem: str = stems_of(["".join(word.word for word in part)])[0]
    return stem if vocabulary.knows(stem) else None


def _wanted(part: Sequence[_Typed], vocabulary: Vocabulary) -> WantedWord:
    readings = [_reading([word.stem for word in part], Fidelity.EXACT), _reading(_meaning(part), Fidelity.MEANT)]
    if len(part) == 1:
        readings += part[0].others
    else:
        together = _together(part, vocabulary)
        readings += [_reading([together], Fidelity.MEANT)] if together else []
    same = vocabulary.synonyms.get(_meaning(part), ())
    readings += (_reading(phrase, Fidelity.MEANT) for phrase in same if vocabulary.holds(phrase))
    unlike = tuple({reading.terms: reading for reading in reversed(readings)}.values())[::-1][:READINGS]
    return WantedWord(unlike, vocabulary.weight(unlike), vocabulary.at_most(unlike))
