"""Queries with the courses that answer them, and how well a search does on them.

`judged_queries.tsv` was written before the search was tuned, `held_out_queries.tsv` after that, and nothing has been
tuned to it. A line: the kind of query, the query as people type it, the codes of the demo catalogue that a reasonable
person would accept.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
JUDGED: Final = HERE / "judged_queries.tsv"
HELD_OUT: Final = HERE / "held_out_queries.tsv"
KINDS: Final = ("plain", "inflected", "typo", "layout", "transliteration", "synonym", "prefix", "code")
ALL: Final = "all"

Finder = Callable[[str], Awaitable[Sequence[str]]]
"""Gives the codes of the courses found, the best first."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, and the codes of the courses that answer it."""

    kind: str
    query: str
    codes: frozenset[str]


@dataclass(slots=True)
class Score:
    """How a search did on the queries of one kind."""

    places: list[int] = field(default_factory=list)
    """Where the first right answer stands, from 1; 0: nowhere."""
    missed: list[str] = field(default_factory=list)
    """Queries without a right answer among the first five."""

    def within(self, first: int) -> float:
        """The share of queries with a right answer among the first so many."""
        return sum(0 < place <= first for place in self.places) / len(self.places)

    @property
    def reciprocal(self) -> float:
        """The mean reciprocal rank."""
        return sum(1 / place for place in self.places if place) / len(self.places)


def judged(file: Path = JUDGED) -> list[Judged]:
    """All queries of a file."""
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    return [
        Judged(kind, query, frozenset(codes.split())) for kind, query, codes in (line.split("\t") for line in lines)
    ]


async def scores(find: Finder, queries: Sequence[Judged]) -> dict[str, Score]:
    """By kind, and over all."""
    by_kind: defaultdict[str, Score] = defaultdict(Score)
    for one in queries:
        found = await find(one.query)
        place = next((place for place, code in enumerate(found, 1) if code in one.codes), 0)
        for kind in (one.kind, ALL):
            by_kind[kind].places.append(place)
            if not 0 < place <= 5:
                by_kind[kind].missed.append(one.query)
    return {kind: by_kind[kind] for kind in (*KINDS, ALL)}
