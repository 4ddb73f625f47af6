"""The words of the catalogue in memory, and which of them a mistyped word may be."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from db.search_index import stems_of
from db.types import AnyRow
from domain.finding import RAREST, Reading
from domain.spelling import sound
from domain.synonyms import Phrase, SynonymTable

FORGIVEN: Final = ((8, 2), (4, 1))
"""So many slips (a letter wrong, missing, extra, or two in each other's place) in a word of so many letters."""
COMPARED: Final = 24
"""Of the nearest words, those that are weighed against each other."""
SHORTEST_PART: Final = 4
"""Letters of each of two words that were run together."""
SHORTEST_INSIDE: Final = 5
LONGEST_TYPED: Final = 40
"""Letters: whatever is longer is not compared."""


class Vocabulary:
    """What words the published courses hold, kept level with the database by versions; takes some 300 bytes a stem."""

    def __init__(self, synonyms: SynonymTable | None = None) -> None:
        self.version = 0
        self._courses: dict[str, int] = {}
        self._forms: defaultdict[str, list[str]] = defaultdict(list)
        """The words of each stem."""
        self.synonyms = _by_stems(synonyms.meanings if synonyms else {})
        self._lists = _Lists(self._forms, self._courses, self.synonyms)

    def update(self, rows: Iterable[AnyRow]) -> None:
        """Take in what has changed since `version`; what another task has brought in meanwhile stays."""
        rows = [row for row in rows if row.version > self.version]
        if not rows:
            return
        self.version = max(row.version for row in rows)
        stems_change = False
        for row, stem in zip(rows, stems_of([row.word for row in rows]), strict=True):
            forms = self._forms[stem]
            if row.courses > 0 and row.word not in self._courses:
                forms.append(row.word)
                stems_change = True
            if row.courses > 0:
                self._courses[row.word] = row.courses
            elif self._courses.pop(row.word, None) is not None:
                forms.remove(row.word)
                stems_change = True
            if not forms:
                del self._forms[stem]
        if stems_change:
            self._lists = _Lists(self._forms, self._courses, self.synonyms)

    def knows(self, stem: str) -> bool:
        """Whether a course holds the stem, or the table of synonyms explains it."""
        return stem in self._forms or stem in self._lists.explained

    def holds(self, stems: Iterable[str]) -> bool:
        """Whether courses hold these stems, each some course."""
        return all(stem in self._forms for stem in stems)

    def count(self, stem: str) -> int:
        """How many courses hold the stem, or somewhat more: a course may hold it in two forms."""
        return sum(self._courses[word] for word in self._forms.get(stem, ()))

    def weight(self, readings: Iterable[Reading]) -> int:
        """1 for a word of every course, RAREST for a rare one: what it says of a course to hold it."""
        most = max((self._courses[word] for word in self._lists.commonest), default=1)
        held = max((min(self.count(term.stem) for term in reading.terms) for reading in readings), default=0)
        return max(1, min(RAREST, (most // max(1, held)).bit_length()))

    def at_most(self, readings: Iterable[Reading]) -> int | None:
        """How many courses hold a word read so, or somewhat more; None, where it may be a part of codes, whose digits
        nobody counts."""
        terms = [reading.terms for reading in readings]
        if not all(term.stem.isalpha() for of_one in terms for term in of_one):
            return None
        return sum(min(self._begun(t.stem) if t.is_prefix else self.count(t.stem) for t in of_one) for of_one in terms)

    def _begun(self, typed: str) -> int:
        """How many courses hold words that begin so, a course with two of them counted twice."""
        return sum(self._courses[word] for word in self._beginning(typed))

    def goes_on(self, typed: str, stem: str) -> bool:
        """Whether the letters begin another stem than their own."""
        stems = self._lists.stems
        first = bisect_left(stems, typed)
        return any(other != stem and other.startswith(typed) for other in stems[first : first + 2])

    def begins(self, typed: str) -> list[str]:
        """The stems of the commonest words that begin so."""
        return list(dict.fromkeys(stems_of(self._commonest(self._beginning(typed)))))

    def _beginning(self, typed: str) -> list[str]:
        words = self._lists.words
        return words[bisect_left(words, typed) : bisect_left(words, typed + "\U0010ffff")]

    def holding(self, typed: str) -> list[str]:
        """The commonest stems with these letters in their midst."""
        if not SHORTEST_INSIDE <= len(typed) <= LONGEST_TYPED:
            return []
        return self._commonest_stems(stem for stem in self._forms if typed in stem)

    def written(self, stem: str, typed: str) -> str:
        """The word of a stem as it is written in courses, in the form that is nearest to the typed one."""
        forms = self._forms.get(stem) or [stem]
        return min(forms, key=lambda word: (OSA.distance(word, typed), -self._courses.get(word, 0), word))

    def sounding(self, stem: str) -> str | None:
        """The commonest stem that sounds the same."""
        alike = self._lists.sounds.get(sound(stem), ())
        return self._commonest_stems(alike)[0] if alike else None

    def nearest(self, typed: str, stem: str) -> str | None:
        """The stem of the word that was most probably meant, by as many slips as are forgiven."""
        slips = next((slips for letters, slips in FORGIVEN if len(typed) >= letters), 0)
        if not slips or len(typed) > LONGEST_TYPED or any(character.isdecimal() for character in typed):
            return None
        near = [*self._near(stem, self._lists.stems_by_length, slips)] if len(stem) >= min(FORGIVEN)[0] else []
        if not near:
            words = self._near(typed, self._lists.words_by_length, slips)
            near = [(slips, stems_of([word])[0]) for slips, word in words]
        ranked = ((slips, one[:1] != stem[:1], -self.count(one), one) for slips, one in near)
        return min(ranked, default=(0, False, 0, None))[-1]

    def apart(self, typed: str) -> tuple[str, str] | None:
        """Two words that were run together; the likeliest two."""
        if len(typed) > LONGEST_TYPED:
            return None
        pairs = [
            (typed[:cut], typed[cut:])
            for cut in range(SHORTEST_PART, len(typed) - SHORTEST_PART + 1)
            if typed[:cut] in self._courses and typed[cut:] in self._courses
        ]
        return max(pairs, key=lambda pair: (min(map(self.count, stems_of(pair))), pair), default=None)

    def _near(self, typed: str, by_length: dict[int, list[str]], slips: int) -> Iterable[tuple[int, str]]:
        for length in range(len(typed) - slips, len(typed) + slips + 1):
            hits = process.extract(
                typed, by_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips, limit=COMPARED
            )
            yield from ((int(distance), word) for word, distance, _ in hits)

    def _commonest(self, words: Sequence[str]) -> list[str]:
        return sorted(words, key=lambda word: (-self._courses[word], word))[:COMPARED]

    def _commonest_stems(self, stems: Iterable[str]) -> list[str]:
        return sorted(stems, key=lambda stem: (-self.count(stem), stem))[:COMPARED]


class _Lists:
    """What is worked out of the words when it is first asked for."""

    def __init__(
        self, forms: dict[str, list[str]], courses: dict[str, int], synonyms: dict[Phrase, tuple[Phrase, ...]]
    ) -> None:
        self._forms = forms
        self._courses = courses
        self.explained = {stem for phrase in synonyms for stem in phrase}

    @cached_property
    def words(self) -> list[str]:
        return sorted(self._courses)

    @cached_property
    def stems(self) -> list[str]:
        return sorted(self._forms)

    @cached_property
    def commonest(self) -> list[str]:
        return sorted(self._courses, key=lambda word: -self._courses[word])[:1]

    @cached_property
    def stems_by_length(self) -> dict[int, list[str]]:
        return _by_length({*self._forms, *self.explained})

    @cached_property
    def words_by_length(self) -> dict[int, list[str]]:
        return _by_length(self._courses)

    @cached_property
    def sounds(self) -> dict[str, list[str]]:
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for stem in sorted({*self._forms, *self.explained}):
            alike[sound(stem)].append(stem)
        return alike


def _by_length(words: Iterable[str]) -> dict[int, list[str]]:
    lengths: defaultdict[int, list[str]] = defaultdict(list)
    for word in sorted(words):
        if not any(character.isdecimal() for character in word):
            lengths[len(word)].append(word)
    return lengths


def _by_stems(meanings: dict[Phrase, tuple[Phrase, ...]]) -> dict[Phrase, tuple[Phrase, ...]]:
    """The table in stems; phrases that differ in endings alone are one."""
    found: defaultdict[Phrase, dict[Phrase, None]] = defaultdict(dict)
    for phrase, others in meanings.items():
        found[tuple(stems_of(phrase))].update((tuple(stems_of(other)), None) for other in others)
    return {phrase: tuple(others) for phrase, others in found.items()}
