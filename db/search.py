"""The search: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, one rule of what comes first.

Both find courses by the same stems and the same conditions, and both add up the same whole numbers (domain/finding.py):
neither database's own ranking has a say.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, Subquery, column, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.filtering import BY_CODE, OPEN, Bound, Source, conditions, first_open
from db.search_index import IN_TITLE_MARK, stems_of
from db.types import AnyRow
from domain.finding import (
    CODE,
    CODE_BEGUN,
    IN_TITLE,
    MATCHED,
    WHOLE_CODE,
    Fidelity,
    Filters,
    Reading,
    Sort,
    Term,
    Wanted,
    WantedWord,
)
from domain.spelling import plain_words

RANKED: Final = 200
"""How many hits are ranked: ranking all hits of a common word takes a hundred times as long."""
LACKING_RANKED: Final = 100
"""The same of hits that lack a word."""
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
    """The hits' rows in the index, and their courses."""
    finds: str
    by_id: str
    by_code: str


_SQLITE: Final = _Dialect(
    "course_index AS ix CROSS JOIN courses AS c ON c.id = ix.rowid",
    "hit CROSS JOIN course_index AS ix ON ix.rowid = hit.id CROSS JOIN courses AS c ON c.id = hit.id",
    "course_index MATCH :{name}",
    "ix.rowid",
    BY_CODE["sqlite"],
)
_POSTGRES: Final = _Dialect(
    "course_index AS ix JOIN courses AS c ON c.id = ix.course_id",
    "hit JOIN course_index AS ix ON ix.course_id = hit.id JOIN courses AS c ON c.id = hit.id",
    "ix.vector @@ CAST(CAST(:{name} AS text) AS tsquery)",
    "ix.course_id",
    BY_CODE["postgresql"],
)
_PUBLISHED: Final = "c.published"
_CLOSED: Final = "c.closes_on < :today"
_ORDERS: Final = {
    Sort.RELEVANCE: f"c.score / {IN_TITLE} DESC, c.is_open DESC, c.score DESC",
    Sort.STARTS: f"c.score / {MATCHED} DESC, c.is_open DESC, c.starts_on IS NULL, c.starts_on",
    Sort.CLOSES: f"c.score / {MATCHED} DESC, c.is_open DESC, c.closes_on IS NULL, c.closes_on",
}
_CAP_ORDERS: Final = {
    Sort.RELEVANCE: "",
    Sort.STARTS: f"{OPEN} DESC, c.starts_on IS NULL, c.starts_on, ",
    Sort.CLOSES: f"{OPEN} DESC, c.closes_on IS NULL, c.closes_on, ",
}
"""Which hits are ranked where there are more than RANKED: the same on both databases."""

_KIND: Final = "SELECT c.id FROM {courses} WHERE {conditions} ORDER BY {order} LIMIT {limit}"
_WITH_KEY: Final = "SELECT c.id FROM courses AS c WHERE c.code_key = :{key} AND {conditions}"
_OF_KIND: Final = "SELECT id FROM ({kind}) AS {name}"
_IDS_OF: Final = "SELECT id FROM {name}"
_ALL_OF: Final = "SELECT * FROM {name}"
_COUNTED: Final = "(SELECT count(*) FROM {name})"
_HITS: Final = "hit AS MATERIALIZED (SELECT DISTINCT id FROM ({kinds} LIMIT {limit}) AS kinds)"
"""The better kinds come first and may leave no room for the others: both databases take such a list in its order, and
begin a kind when the one before it has ended."""
_NEAREST: Final = """
    nearest AS MATERIALIZED (
        SELECT c.id, c.code, c.title, c.starts_on, c.closes_on, TRUE AS is_open, 0 AS score FROM ({first}) AS c
        ORDER BY c.starts_on NULLS LAST, {by_code} LIMIT {limit}
    )
"""
_SCORED: Final = """
    scored AS MATERIALIZED (
        SELECT hit.id, c.code, c.title, c.starts_on, c.closes_on, {is_open} AS is_open, {score} AS score FROM {ranked}
    )
"""
_ANSWERS: Final = """
    SELECT c.id, c.code, c.title, c.starts_on, c.is_open, c.score, count(*) OVER () AS total,
        row_number() OVER (ORDER BY {order}, {by_code}) AS place
    FROM {scored} AS c ORDER BY place LIMIT {limit}
"""
_WITH_VERSION: Final = """
    WITH {ctes}, best AS ({answers})
    SELECT version, best.* FROM search_state LEFT JOIN best ON true ORDER BY place
"""
_OTHERS: Final = "WITH {ctes} {answers}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A course that answers. `score` is 0, where nothing does, and it is but one that starts soon; `total` counts the
    answers of its kind."""

    id: int
    code: str
    title: str
    starts_on: date | None
    is_open: bool
    score: int
    total: int


class _Statement:
    """A search being written: what was typed becomes bound values, and never SQL."""

    def __init__(self, dialect: str, wanted: Wanted, filters: Filters, sort: Sort) -> None:
        self.is_sqlite = dialect == "sqlite"
        self.dialect = _SQLITE if self.is_sqlite else _POSTGRES
        self.wanted = wanted
        self.sort = sort
        self.bound = Bound()
        self.where = " AND ".join([_PUBLISHED, *conditions(filters, self.bound.bind)])

    # Expressions of FTS5 and of tsquery

    def _term(self, term: Term, weight: str = "", mark: str = "") -> str:
        if self.is_sqlite:
            return f'"{term.stem}"{" *" if term.is_prefix else ""}'
        return f"'{mark}{term.stem}':{'*' if term.is_prefix else ''}{weight}".removesuffix(":")

    def _joined(self, parts: Sequence[str], operator: str) -> str:
        return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"

    def _and(self, parts: Sequence[str]) -> str:
        return self._joined(parts, " AND " if self.is_sqlite else " & ")

    def _or(self, parts: Sequence[str]) -> str:
        return self._joined(parts, " OR " if self.is_sqlite else " | ")

    def _but(self, expression: str, better: str) -> str:
        """What answers the one and not the other: no course is found as two kinds."""
        return f"({expression}) {'NOT' if self.is_sqlite else '& !'} ({better})"

    def _code(self, *, is_prefix: bool) -> str:
        term = self._term(Term(self.wanted.code or "", is_prefix=is_prefix), mark=IN_TITLE_MARK)
        return f"(title : {term})" if self.is_sqlite else term

    def _all(self, words: Sequence[WantedWord], *, in_title: bool = False) -> str:
        """All of the words anyhow, or where they count as standing in the title."""
        expression = self._and([self._word(word, in_title=in_title) for word in words])
        return f"title : ({expression})" if self.is_sqlite and in_title else expression

    def _word(self, word: WantedWord, *, in_title: bool) -> str:
        readings = [
            self._and([self._term(term, mark=IN_TITLE_MARK if in_title else "") for term in reading.terms])
            for reading in word.readings
            if not in_title or reading.fidelity is not Fidelity.PERHAPS
        ]
        return self._or(readings)

    # Kinds of hits

    def _kind(self, expression: str, *conditions: str, limit: str = str(RANKED)) -> str:
        found = self.dialect.finds.format(name=self.bound.bind(expression))
        return _KIND.format(
            courses=self.dialect.courses,
            conditions=" AND ".join([found, *conditions]),
            order=f"{_CAP_ORDERS[self.sort]}{self.dialect.by_id}",
            limit=limit,
        )

    def _complete_kinds(self) -> Iterator[str]:
        """Courses with the code that was typed, whatever else they are, and with every word: in the title, open,
        first."""
        words, code = self.wanted.words, self.wanted.code
        if self.wanted.code_key:
            yield _WITH_KEY.format(key=self.bound.bind(self.wanted.code_key), conditions=_PUBLISHED)
        if code:
            yield self._kind(self._code(is_prefix=False), _PUBLISHED)
            yield self._kind(self._code(is_prefix=True), self.where)
        if words:
            in_title, anywhere = self._all(words, in_title=True), self._all(words)
            for expression in (in_title, self._but(anywhere, in_title)):
                yield self._kind(expression, self.where, OPEN)
                yield self._kind(expression, self.where, _CLOSED)

    def _lacking_kinds(self, but: Collection[int]) -> Iterator[tuple[str, str]]:
        """Courses that lack one word, and more words where those are few: each kind with its name."""
        words = self.wanted.words
        rarest = sorted(words, key=lambda word: -word.weight)[:_RELAXED]
        fewest = 1 if len(words) <= _RELAXED else 2
        not_these = f"c.id NOT IN ({', '.join(f':{self.bound.bind(one)}' for one in but)})" if but else "true"
        better: list[str] = []
        limit, last = str(LACKING_RANKED), ""
        for count in range(len(rarest) - (len(words) == len(rarest)), fewest - 1, -1):
            some = self._or([self._all(chosen) for chosen in combinations(rarest, count)])
            yield (
                f"lacking{count}",
                self._kind(self._but(some, last) if last else some, self.where, not_these, limit=limit),
            )
            better.append(f"lacking{count}")
            limit, last = self._unless_enough(better, LACKING_RANKED), some

    def _unless_enough(self, better: Sequence[str], limit: int, enough: int = ENOUGH) -> str:
        so_far = " + ".join(_COUNTED.format(name=name) for name in better)
        return f"CASE WHEN {so_far} < {enough} THEN {limit} ELSE 0 END"

    # The score

    def _holds(self, reading: Reading, place: str) -> str:
        if not self.is_sqlite:
            weight = {"title": "A", "about": "B", "annotation": ""}[place]
            query = " & ".join(self._term(term, weight) for term in reading.terms)
            return self.dialect.finds.format(name=self.bound.bind(query))
        needles = (f" {term.stem}{'' if term.is_prefix else ' '}" for term in reading.terms)
        return " AND ".join(f"instr(ix.{place}, :{self.bound.bind(needle)}) > 0" for needle in needles)

    def _number(self, number: int) -> str:
        """Bound, too: a statement in the same words as an earlier one is not compiled again."""
        return f"CAST(:{self.bound.bind(number)} AS integer)"

    def _scored(self) -> str:
        parts = [self._score_of(word) for word in self.wanted.words]
        if self.wanted.code_key:
            key = self.bound.bind(self.wanted.code_key)
            parts.append(f"CASE WHEN c.code_key = :{key} THEN {WHOLE_CODE} ELSE 0 END")
        if self.wanted.code:
            whole = Reading((Term(self.wanted.code),), Fidelity.EXACT)
            begun = Reading((Term(self.wanted.code, is_prefix=True),), Fidelity.EXACT)
            parts.append(
                f"CASE WHEN {self._holds(whole, 'title')} THEN {CODE}"
                f" WHEN {self._holds(begun, 'title')} THEN {CODE_BEGUN} ELSE 0 END"
            )
        return _SCORED.format(is_open=OPEN, score=" + ".join(parts), ranked=self.dialect.ranked)

    def _score_of(self, word: WantedWord) -> str:
        places = ("title", "about", "annotation")
        by_score = sorted(
            (
                (score, reading, place)
                for reading in word.readings
                for score, place in zip(reading.fidelity.scores(word.weight), places, strict=True)
            ),
            key=lambda one: -one[0],
        )
        cases = " ".join(
            f"WHEN {self._holds(reading, place)} THEN {self._number(score)}" for score, reading, place in by_score
        )
        return f"CASE {cases} ELSE 0 END"

    # Statements

    def complete(self, limit: int) -> str:
        """The courses of every word, and the version of the catalogue's words: in a row of its own, where there are
        no such courses."""
        kinds = [_OF_KIND.format(kind=kind, name=f"kind{place}") for place, kind in enumerate(self._complete_kinds())]
        if not kinds:
            return "SELECT version, NULL FROM search_state"
        ctes = [_HITS.format(kinds=" UNION ALL ".join(kinds), limit=RANKED), self._scored()]
        return _WITH_VERSION.format(ctes=", ".join(ctes), answers=self._answers("scored", limit))

    def others(self, limit: int, but: Collection[int]) -> str:
        """The courses of fewer words; where there are none either, and no other course was found (`but`), the open
        ones that start next."""
        lacking = [] if self.wanted.literal else list(self._lacking_kinds(but))
        names = [name for name, _ in lacking]
        ctes = [f"{name} AS MATERIALIZED ({kind})" for name, kind in lacking]
        scored = []
        if lacking:
            kinds = " UNION ALL ".join(_IDS_OF.format(name=name) for name in names)
            ctes += [_HITS.format(kinds=kinds, limit=LACKING_RANKED), self._scored()]
            scored.append("scored")
        if not but:
            ctes.append(self._nearest(self._unless_enough(names, NEAREST, enough=1) if names else str(NEAREST)))
            scored.append("nearest")
        together = " UNION ALL ".join(_ALL_OF.format(name=name) for name in scored)
        return _OTHERS.format(ctes=", ".join(ctes), answers=self._answers(f"({together})", limit))

    def _nearest(self, limit: str) -> str:
        by_code = self.dialect.by_code
        first = first_open(by_code, f"c.published = TRUE AND {self.where}", limit)
        return _NEAREST.format(first=first, by_code=by_code, limit=limit)

    def _answers(self, scored: str, limit: int) -> str:
        return _ANSWERS.format(scored=scored, order=_ORDERS[self.sort], by_code=self.dialect.by_code, limit=limit)

    def source(self) -> Source:
        """Courses that hold every word, or whose code begins so."""
        found = [self._all(self.wanted.words)] if self.wanted.words else []
        if self.wanted.code:
            found.append(self._code(is_prefix=True))
        finds = self.dialect.finds.format(name=self.bound.bind(self._or(found))) if found else "1 = 0"
        return Source(self.dialect.courses, finds, self.bound.values)


async def complete(
    connection: AsyncConnection, wanted: Wanted, filters: Filters, sort: Sort, today: date, limit: int
) -> tuple[int, list[Answer]]:
    """The courses with every word, or with the code, the best first; and the version of the catalogue's words.

    Filters hold before any limit on hits.
    """
    dialect = connection.dialect.name
    searching = _Statement(dialect, wanted, filters, sort)
    sent = searching.bound.for_driver(dialect, searching.complete(limit), today)
    rows: Sequence[AnyRow] = (await connection.exec_driver_sql(*sent)).all()
    return rows[0][0], [_answer(row[1:]) for row in rows if row[1] is not None]


async def others(
    connection: AsyncConnection,
    wanted: Wanted,
    filters: Filters,
    sort: Sort,
    today: date,
    limit: int,
    but: Collection[int] = (),
) -> list[Answer]:
    """The courses that lack some of the words, those that lack the fewest first, without those found before (`but`).

    Where nothing at all is found: the open courses that start next, their `score` 0.
    """
    if but and (wanted.literal or len(wanted.words) < 2):
        return []
    dialect = connection.dialect.name
    searching = _Statement(dialect, wanted, filters, sort)
    sent = searching.bound.for_driver(dialect, searching.others(limit, but), today)
    return [_answer(row) for row in (await connection.exec_driver_sql(*sent)).all()]


def _answer(row: Sequence[Any]) -> Answer:
    course_id, code, title, starts_on, is_open, score, total, _ = row
    day = date.fromisoformat(starts_on) if isinstance(starts_on, str) else starts_on
    return Answer(course_id, code, title, day, bool(is_open), score, total)


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
    stem = f'title : "{stems[0]}"' if dialect == "sqlite" else f"'{IN_TITLE_MARK}{stems[0]}'"
    return text(_WITH_STEM[dialect]).bindparams(stem=stem, ranked=RANKED).columns(column("id", Integer)).subquery("hit")
