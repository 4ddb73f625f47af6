"""What somebody looks for in the catalogue, and by which rule courses answer it: the same on every database."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from typing import Final

from domain.catalogue import Funding


class Sort(StrEnum):
    """The order of a list; more of the words come first in each."""

    RELEVANCE = "relevance"
    STARTS = "starts"
    CLOSES = "closes"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a course must be to stand in a list; None: whatever it is."""

    funding: Funding | None = None
    form: str | None = None
    hours: tuple[int, int | None] | None = None
    """The least and the most; None: no end."""
    starts: tuple[date, date] | None = None
    """From a day on, and before another."""
    direction: str | None = None
    audiences: tuple[str, ...] | None = None
    """Any of these, or none named."""
    provider_id: int | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One page of one search; `page` counts from 0."""

    text: str
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    page: int = 0


MATCHED: Final = 1_000_000
IN_TITLE: Final = 10_000
"""A course's score is a sum over the words it holds: MATCHED for each, IN_TITLE times its weight for each that stands
in the title, and points. So `score // IN_TITLE` is the course's merit: more words first, then more of them, and rarer
ones, in the title. At equal merit open courses come before closed ones; then more points, then the code."""
CODE_BEGUN: Final = 100 * MATCHED
"""More than any words: a code begins with what was typed."""
CODE: Final = 2 * CODE_BEGUN
"""What was typed is a code without its zeros, or its digits."""
WHOLE_CODE: Final = 2 * CODE
"""What was typed is the code."""
RAREST: Final = 8
"""The weight of a word that few courses hold; a word of every course weighs 1."""


class Fidelity(Enum):
    """How near to the letters typed a reading is: its points in the title, in what is said about the course (provider,
    audience, direction, form) and in the annotation; and whether it counts as standing in the title."""

    EXACT = (10, 4, 1, True)
    MEANT = (9, 3, 1, True)
    """Corrected, or another word for the same."""
    BEGUN = (8, 2, 1, True)
    """The word was begun, and is no word of the catalogue as it stands."""
    PERHAPS = (5, 2, 1, False)
    """It is a word of the catalogue, and may be the beginning of another."""

    def scores(self, weight: int) -> tuple[int, int, int]:
        """What a word read so adds to a course's score, by where it stands; `weight` is 1 to RAREST."""
        title, about, annotation, counts = self.value
        in_title = MATCHED + (IN_TITLE * weight if counts else 0) + title * weight
        return in_title, MATCHED + about * weight, MATCHED + annotation * weight


@dataclass(frozen=True, slots=True)
class Term:
    """A stem of the index, or the beginning of stems."""

    stem: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a word: a course that holds all of the terms holds the word."""

    terms: tuple[Term, ...]
    fidelity: Fidelity


@dataclass(frozen=True, slots=True)
class WantedWord:
    """A word, or a phrase that is one thing («детский сад»), with all its readings; `weight` is 1 to RAREST.

    `courses`: at most so many hold it; None, where nobody has counted.
    """

    readings: tuple[Reading, ...]
    weight: int = 1
    courses: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a typed text asks for."""

    words: tuple[WantedWord, ...] = ()
    code_key: str = ""
    """The key of the code that the text may be."""
    code: str | None = None
    """The beginning of a code, as the index keeps codes."""
    literal: bool = False
    """Every word as it was typed, or nothing."""
    shown_for: str | None = None
    """The text that is searched in place of the typed one, where it was corrected."""
