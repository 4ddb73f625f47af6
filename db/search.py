"""The search: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, one rule of what comes first.

Both find courses by the same stems and the same conditions, and both add up the same whole numbers (domain/finding.py):
neither database's own ranking has a say.
"""

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Final, NamedTuple

from sqlalchemy import Boolean, Date, Integer, String, Subquery, column, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.filtering import BY_CODE, OPEN, Bound, Source, conditions
from db.search_index import stems_of
from db.types import AnyRow
from domain.finding import (
    CODE,
    CODE_BEGUN,
    IN_TITLE,
    MATCHED,
    Fidelity,
    Filters,
    Reading,
    Sort,
    Term,
    Wanted,
    WantedWord,
)
from domain.spelling import plain_words

RANKED: Final = 1000
"""How many hits of one kind are ranked: ranking all hits of a common word takes twenty times as long."""
ENOUGH: Final = 10
"""Courses that lack a word are looked for where fewer than these have all of them."""
NEAREST: Final = 7
"""How many courses are shown where nothing answers."""
_RELAXED: Final = 5
"""Of more words than these, the rarest decide which courses that lack a word are looked at."""


class _Dialect(NamedTuple):
    """Where the two databases differ: how a search expression is written, and how a column is asked for a stem."""

    courses: str
    """The index joined with the courses it finds, as `ix` and `c`."""
    ranked: str
    """A course of the index again, by its id."""
    finds: str
    by_id: str
    by_code: str
    """The order of codes: by letters, whatever language the server speaks."""


_SQLITE: Final = _Dialect(
    "course_index AS ix CROSS JOIN courses AS c ON c.id = ix.rowid",
    "hit CROSS JOIN course_index AS ix ON ix.rowid = hit.id",
    "course_index MATCH :{name}",
    "ix.rowid",
    BY_CODE["sqlite"],
)
_POSTGRES: Final = _Dialect(
    "course_index AS ix JOIN courses AS c ON c.id = ix.course_id",
    "hit JOIN course_index AS ix ON ix.course_id = hit.id",
    "ix.vector @@ CAST(:{name} AS tsquery)",
    "ix.course_id",
    BY_CODE["postgresql"],
)
_ORDERS: Final = {
    Sort.RELEVANCE: f"score / {IN_TITLE} DESC, is_open DESC, score DESC",
    Sort.STARTS: f"score / {MATCHED} DESC, is_open DESC, c.starts_on IS NULL, c.starts_on",
    Sort.CLOSES: f"score / {MATCHED} DESC, is_open DESC, c.closes_on IS NULL, c.closes_on",
}
_CAP_ORDERS: Final = {
    Sort.RELEVANCE: "",
    Sort.STARTS: f"{OPEN} DESC, c.starts_on IS NULL, c.starts_on, ",
    Sort.CLOSES: f"{OPEN} DESC, c.closes_on IS NULL, c.closes_on, ",
}
"""Which hits are ranked where there are more than RANKED: the same on both databases."""


_KIND: Final = "{name} AS MATERIALIZED (SELECT c.id FROM {courses} WHERE {conditions} ORDER BY {order} LIMIT {limit})"
_FEWER_THAN: Final = "(SELECT count(*) FROM ({so_far}) AS found) < {count}"
_OF_KIND: Final = "SELECT id FROM {name}"
_NEAREST: Final = """
    SELECT c.id FROM courses AS c WHERE {conditions} ORDER BY c.starts_on IS NULL, c.starts_on, {by_code} LIMIT {limit}
"""
_SCORED: Final = "SELECT hit.id, {score} AS score FROM {ranked} UNION ALL SELECT id, 0 AS score FROM nearest"
_SCORED_NEAREST: Final = "SELECT id, 0 AS score FROM nearest"
_FOUND: Final = """
    WITH {kinds}
    SELECT c.id, c.code, c.title, c.starts_on, {is_open} AS is_open, score, count(*) OVER () AS total,
        count(CASE WHEN score >= {every} AND score > 0 THEN 1 END) OVER () AS complete
    FROM scored JOIN courses AS c ON c.id = scored.id
    ORDER BY {order}, {by_code} LIMIT :limit OFFSET :offset
"""


class _Statement:
    """The search being written: expressions become bound values, so nothing that was typed is ever SQL."""

    def __init__(self, dialect: str, wanted: Wanted, filters: Filters, sort: Sort) -> None:
        self.is_sqlite = dialect == "sqlite"
        self.dialect = _SQLITE if self.is_sqlite else _POSTGRES
        self.wanted = wanted
        self.sort = sort
        self.bound = Bound()
        self.where = " AND ".join(["c.published", *conditions(filters, self.bound.bind)])
        self._names: list[str] = []
        self._kinds: list[str] = []

    # Expressions of FTS5 and of tsquery

    def _term(self, term: Term, place: str) -> str:
        if self.is_sqlite:
            return f'"{term.stem}"{" *" if term.is_prefix else ""}'
        return f"'{term.stem}':{'*' if term.is_prefix else ''}{'A' if place == 'title' else ''}".removesuffix(":")

    def _joined(self, parts: Sequence[str], operator: str) -> str:
        return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"

    def _and(self, parts: Sequence[str]) -> str:
        return self._joined(parts, " AND " if self.is_sqlite else " & ")

    def _or(self, parts: Sequence[str]) -> str:
        return self._joined(parts, " OR " if self.is_sqlite else " | ")

    def _word(self, word: WantedWord, place: str) -> str:
        """Anyhow, or where it counts as standing in the title."""
        readings = [
            self._and([self._term(term, place) for term in reading.terms])
            for reading in word.readings
            if place == "anywhere" or reading.fidelity is not Fidelity.PERHAPS
        ]
        return self._or(readings)

    def _all(self, words: Sequence[WantedWord], place: str) -> str:
        expression = self._and([self._word(word, place) for word in words])
        return f"title : ({expression})" if self.is_sqlite and place == "title" else expression

    # Kinds of hits, the best first

    def _add(self, condition: str, *guards: str) -> None:
        name = f"kind{len(self._names)}"
        self._kinds.append(
            _KIND.format(
                name=name,
                courses=self.dialect.courses,
                conditions=" AND ".join([condition, self.where, *guards]),
                order=f"{_CAP_ORDERS[self.sort]}{self.dialect.by_id}",
                limit=RANKED,
            )
        )
        self._names.append(name)

    def _fewer_than(self, count: int) -> str:
        return _FEWER_THAN.format(so_far=self._so_far(), count=count)

    def _so_far(self) -> str:
        return " UNION ".join(_OF_KIND.format(name=name) for name in self._names)

    def _finds(self, expression: str) -> str:
        return self.dialect.finds.format(name=self.bound.bind(expression))

    def _find(self) -> None:
        words = self.wanted.words
        if self.wanted.code:
            term = self._term(Term(self.wanted.code, is_prefix=True), "title")
            self._add(self._finds(f"title : {term}" if self.is_sqlite else term))
        if not words:
            return
        in_title, anywhere = self._finds(self._all(words, "title")), self._finds(self._all(words, "anywhere"))
        self._add(in_title, OPEN)
        for condition, *guards in ((in_title,), (anywhere, OPEN), (anywhere,)):
            self._add(condition, *guards, self._fewer_than(RANKED))
        if not self.wanted.literal:
            self._find_with_fewer(words)

    def _find_with_fewer(self, words: Sequence[WantedWord]) -> None:
        rarest = sorted(words, key=lambda word: -word.weight)[:_RELAXED]
        fewest = 1 if len(words) <= _RELAXED else 2
        for count in range(len(rarest) - (len(words) == len(rarest)), fewest - 1, -1):
            some = [self._all(chosen, "anywhere") for chosen in combinations(rarest, count)]
            self._add(self._finds(self._or(some)), self._fewer_than(ENOUGH))

    # The score

    def _holds(self, reading: Reading, place: str) -> str:
        if not self.is_sqlite:
            weight = {"title": "A", "about": "B", "annotation": ""}[place]
            return self._finds(" & ".join(self._weighted(term, weight) for term in reading.terms))
        needles = (f" {term.stem}{'' if term.is_prefix else ' '}" for term in reading.terms)
        return " AND ".join(f"instr(ix.{place}, :{self.bound.bind(needle)}) > 0" for needle in needles)

    def _weighted(self, term: Term, weight: str) -> str:
        return f"'{term.stem}':{'*' if term.is_prefix else ''}{weight}".removesuffix(":")

    def _score(self) -> str:
        parts = [self._score_of(word) for word in self.wanted.words]
        if self.wanted.code:
            whole = Reading((Term(self.wanted.code),), Fidelity.EXACT)
            begun = Reading((Term(self.wanted.code, is_prefix=True),), Fidelity.EXACT)
            parts.append(
                f"CASE WHEN {self._holds(whole, 'title')} THEN {CODE}"
                f" WHEN {self._holds(begun, 'title')} THEN {CODE_BEGUN} ELSE 0 END"
            )
        return " + ".join(parts) or "0"

    def _score_of(self, word: WantedWord) -> str:
        by_score = sorted(
            (
                (score, reading, place)
                for reading in word.readings
                for score, place in zip(
                    reading.fidelity.scores(word.weight), ("title", "about", "annotation"), strict=True
                )
            ),
            key=lambda one: -one[0],
        )
        cases = " ".join(f"WHEN {self._holds(reading, place)} THEN {score}" for score, reading, place in by_score)
        return f"CASE {cases} ELSE 0 END"

    def source(self) -> Source:
        """Courses that hold every word, or whose code begins so."""
        found = [self._all(self.wanted.words, "anywhere")] if self.wanted.words else []
        if self.wanted.code:
            term = self._term(Term(self.wanted.code, is_prefix=True), "title")
            found.append(f"(title : {term})" if self.is_sqlite else term)
        return Source(self.dialect.courses, self._finds(self._or(found)) if found else "1 = 0", self.bound.values)

    def written(self) -> str:
        """The statement; its values are in `bound`."""
        self._find()
        conditions = [self.where, OPEN]
        kinds, scored = [], _SCORED_NEAREST
        if self._names:
            conditions.append(self._fewer_than(1))
            kinds = [*self._kinds, f"hit AS MATERIALIZED ({self._so_far()})"]
            scored = _SCORED.format(score=self._score(), ranked=self.dialect.ranked)
        by_code = self.dialect.by_code
        nearest = _NEAREST.format(conditions=" AND ".join(conditions), by_code=by_code, limit=NEAREST)
        return _FOUND.format(
            kinds=", ".join([*kinds, f"nearest AS MATERIALIZED ({nearest})", f"scored AS MATERIALIZED ({scored})"]),
            is_open=OPEN,
            every=MATCHED * len(self.wanted.words),
            order=_ORDERS[self.sort],
            by_code=by_code,
        )


_COLUMNS: Final = (
    column("id", Integer),
    column("code", String),
    column("title", String),
    column("starts_on", Date),
    column("is_open", Boolean),
    column("score", Integer),
    column("total", Integer),
    column("complete", Integer),
)


async def found(
    connection: AsyncConnection, wanted: Wanted, filters: Filters, sort: Sort, today: date, limit: int, offset: int
) -> Sequence[AnyRow]:
    """Courses that answer, the best first: those of every word, those of fewer, and where there are none at all, the
    open ones that start next (their `score` is 0).

    `total` counts all rows, `complete` those that hold every word. Filters hold before any limit on hits.
    """
    searching = _Statement(connection.dialect.name, wanted, filters, sort)
    prepared = searching.bound.prepared(searching.written(), today, limit=limit, offset=offset)
    return (await connection.execute(prepared.columns(*_COLUMNS))).all()


def source(dialect: str, wanted: Wanted) -> Source:
    """Where the courses are that hold every word."""
    return _Statement(dialect, wanted, Filters(), Sort.RELEVANCE).source()


_WITH_STEM: Final = {
    "sqlite": "SELECT rowid AS id FROM course_index WHERE course_index MATCH :stem ORDER BY rowid LIMIT :ranked",
    "postgresql": (
        "SELECT course_id AS id FROM course_index WHERE vector @@ CAST(:stem AS tsquery) ORDER BY 1 LIMIT :ranked"
    ),
}


def with_word(dialect: str, word: str) -> Subquery | None:
    """The ids of courses with this word in the title; None, where the text holds no word."""
    stems = stems_of(plain_words(word))[:1]
    if not stems:
        return None
    stem = f'title : "{stems[0]}"' if dialect == "sqlite" else f"'{stems[0]}':A"
    return text(_WITH_STEM[dialect]).bindparams(stem=stem, ranked=RANKED).columns(column("id", Integer)).subquery("hit")
