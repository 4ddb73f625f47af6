"""The search: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, one rule of what comes first.

Both find courses by the same stems and the same conditions, and both add up the same whole numbers (domain/finding.py):
neither database's own ranking has a say. Searches of one shape are one statement, written once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations
from math import inf
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, Subquery, column, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.filtering import BY_CODE, OPEN, Bound, Source, conditions
from db.ready import run
from db.search_index import IN_TITLE_MARK, stems_of
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
LACKING_RANKED: Final = 40
"""The same of hits that lack a word."""
ENOUGH: Final = 10
"""Courses that lack a word are looked for where fewer than these have all of them."""
RARE: Final = 2000
"""So few hits PostgreSQL may look up at once, whatever they are; it guesses that a word it has no statistics of is in
500 of 100,000 courses, and would walk through all of them to meet the first."""
SHAPES: Final = 512
"""Statements that are kept as they were written."""
_RELAXED: Final = 5
"""Of more words than these, the rarest decide which courses that lack a word are looked at."""


class _Dialect(NamedTuple):
    """Where the two databases differ in how a statement is written."""

    courses: str
    """The index joined with the courses it finds, as `ix` and `c`."""
    ranked: str
    """The hits' rows in the index, and their courses."""
    finds: str
    expression: str
    """What is looked for, by its name."""
    by_id: str
    by_code: str
    place: str
    """Where the driver wants a value, by its number."""


_SQLITE: Final = _Dialect(
    "course_index AS ix CROSS JOIN courses AS c ON c.id = ix.rowid",
    # FTS5's own table, behind its back: by way of the virtual table a row takes three times as long.
    "hit CROSS JOIN course_index_content AS ix ON ix.id = hit.id CROSS JOIN courses AS c ON c.id = hit.id",
    "course_index MATCH {expression}",
    ":{name}",
    "ix.rowid",
    BY_CODE["sqlite"],
    "?{}",
)
_POSTGRES: Final = _Dialect(
    "course_index AS ix JOIN courses AS c ON c.id = ix.course_id",
    "hit JOIN course_index AS ix ON ix.course_id = hit.id JOIN courses AS c ON c.id = hit.id",
    "ix.vector @@ {expression}",
    "CAST(CAST(:{name} AS text) AS tsquery)",
    "ix.course_id",
    BY_CODE["postgresql"],
    "${}",
)
_DIALECTS: Final = {"sqlite": _SQLITE, "postgresql": _POSTGRES}
_NAMED: Final = re.compile(r"(?<!:):([a-z]\w*)")
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
_COLUMNS: Final = ("c0", "c1", "c2")
"""The title, what is said about the course, and the annotation, as FTS5's own table has them."""

_KIND: Final = "SELECT id FROM (SELECT c.id FROM {found} ORDER BY {order} LIMIT {limit}) AS kind WHERE {gate}"
"""The better kinds come first and may leave no room for the others: both databases take such a list in its order, and
begin a kind when the one before it has ended."""
_WITH_KEY: Final = "SELECT c.id FROM courses AS c WHERE c.code_key = :key AND c.published"
_NOTHING: Final = "SELECT c.id FROM courses AS c WHERE 1 = 0"
_EVERY: Final = "SELECT c.id FROM {found} LIMIT {limit}"
_EITHER: Final = " UNION ALL "
_IDS_OF: Final = "SELECT id FROM {name}"
_IF_FEW: Final = "SELECT id FROM every WHERE {few}"
_HITS: Final = "SELECT id, TRUE AS is_complete FROM complete"
_LACKING_HITS: Final = "SELECT id, FALSE FROM ({kinds} LIMIT {limit}) AS lacking"
_OF_UNSEEN: Final = "(SELECT {name} FROM unseen)"
_COUNTED: Final = "(SELECT count(*) FROM {name})"
_CTE: Final = "{name} AS MATERIALIZED ({select})"
_COMPLETE: Final = "SELECT DISTINCT id FROM ({kinds} LIMIT {limit}) AS kinds"
_LACKING: Final = "SELECT id FROM ({kinds} LIMIT {limit}) AS kinds"
_NOT_COMPLETE: Final = "{by_id} NOT IN (SELECT id FROM complete)"
_SCORED: Final = """
    SELECT hit.id, hit.is_complete, c.code, c.title, c.starts_on, c.closes_on, {is_open} AS is_open, {score} AS score
    FROM {ranked}
"""
_FOUND: Final = """
    WITH {ctes}
    SELECT (SELECT version FROM search_state), {complete}, {hits},
        c.id, c.code, c.title, c.starts_on, c.is_open, c.score
    FROM {once} LEFT JOIN scored AS c ON true
    ORDER BY c.is_complete DESC, {order}, {by_code} LIMIT {limit}
"""
_ONCE: Final = "(SELECT 1) AS once"
_DEARLY: Final = "generate_series(1, :one) AS once CROSS JOIN generate_series(1, :one) AS again"
"""The same one row, of which PostgreSQL thinks that it is a million where it does not know the number: after a few
searches for rare words it would settle on a plan that takes half a second for a common one."""
_FENCED: Final = """
    (SELECT found.course_id FROM course_index AS found WHERE found.vector @@ {expression} OFFSET 0) AS ix
    JOIN courses AS c ON c.id = ix.course_id
"""
"""OFFSET keeps PostgreSQL from walking through the courses by their ids, in the hope of meeting as many soon."""
_NEEDLES: Final = """
    SELECT word, CAST(query AS tsquery) AS query, score
    FROM (
        SELECT CAST(:words AS integer[]) AS words, CAST(:queries AS text[]) AS queries,
            CAST(:scores AS integer[]) AS scores
        OFFSET 0
    ) AS given, unnest(words, queries, scores) AS each(word, query, score)
"""
"""OFFSET keeps PostgreSQL from planning anew for each number of readings."""
_SUM: Final = """
    (SELECT coalesce(sum(best), 0) FROM (
        SELECT max(needle.score) AS best FROM needle WHERE ix.vector @@ needle.query GROUP BY needle.word
    ) AS held)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A course that answers. `score` is 0, where nothing does, and it is but one that starts soon."""

    id: int
    code: str
    title: str
    starts_on: date | None
    is_open: bool
    score: int


@dataclass(frozen=True, slots=True)
class Answers:
    """The first of what answers; how many courses hold every word, or the code, and how many lack some of the words;
    `version` is that of the catalogue's words."""

    version: int
    complete: int
    lacking: int
    first: Sequence[Answer]


class _Expressions:
    """What is wanted, as expressions of FTS5 and of tsquery."""

    def __init__(self, dialect: str, wanted: Wanted) -> None:
        self.is_sqlite = dialect == "sqlite"
        self.wanted = wanted

    def _term(self, term: Term, weight: str = "", mark: str = "") -> str:
        if self.is_sqlite:
            return f'"{term.stem}"{" *" if term.is_prefix else ""}'
        return f"'{mark}{term.stem}':{'*' if term.is_prefix else ''}{weight}".removesuffix(":")

    def _joined(self, parts: Sequence[str], operator: str) -> str:
        return parts[0] if len(parts) == 1 else f"({operator.join(parts)})"

    def _and(self, parts: Sequence[str]) -> str:
        return self._joined(parts, " AND " if self.is_sqlite else " & ")

    def or_(self, parts: Sequence[str]) -> str:
        """What answers any of them."""
        return self._joined(parts, " OR " if self.is_sqlite else " | ")

    def but(self, expression: str, *better: str) -> str:
        """What answers the one and none of the others: no course is found as two kinds."""
        return f"({expression}) {'NOT' if self.is_sqlite else '& !'} ({self.or_(better)})" if better else expression

    def code(self, *, is_prefix: bool) -> str:
        """The code, or its beginning."""
        term = self._term(Term(self.wanted.code or "", is_prefix=is_prefix), mark=IN_TITLE_MARK)
        return f"(title : {term})" if self.is_sqlite else term

    def any_of(self, choices: Sequence[Sequence[WantedWord]], *, in_title: bool = False) -> str:
        """All words of some choice anyhow, or where they count as standing in the title."""
        expression = self.or_([self._and([self._word(word, in_title=in_title) for word in words]) for words in choices])
        return f"(title : ({expression}))" if self.is_sqlite and in_title else expression

    def _word(self, word: WantedWord, *, in_title: bool) -> str:
        readings = [
            self._and([self._term(term, mark=IN_TITLE_MARK if in_title else "") for term in reading.terms])
            for reading in word.readings
            if not in_title or reading.fidelity is not Fidelity.PERHAPS
        ]
        return self.or_(readings)

    def lacking(self) -> Iterator[tuple[tuple[str, float], ...]]:
        """Of courses that lack one word, then of those that lack more: those with the rarest of the words in their
        title, those with others of them there, and the rest; each kind with how many it has at most."""
        words = self.wanted.words
        rarest = sorted(words, key=lambda word: -word.weight)[:_RELAXED]
        fewest = 1 if len(words) <= _RELAXED else 2
        better: tuple[str, ...] = ()
        for count in range(len(rarest) - (len(words) == len(rarest)), fewest - 1, -1):
            choices = list(combinations(rarest, count))
            best = self.any_of(choices[:1], in_title=True)
            in_title, anywhere = self.any_of(choices, in_title=True), self.any_of(choices)
            most = sum(map(_at_most, choices))
            yield (
                (self.but(best, *better), _at_most(choices[0])),
                (self.but(in_title, best, *better), most),
                (self.but(anywhere, in_title, *better), most),
            )
            better = (anywhere,)

    def needles(self) -> Iterator[tuple[int, str, int]]:
        """PostgreSQL's score: a word's place among the words, how it is looked for, and what it then adds; of one word
        the most counts."""
        if self.wanted.code:
            for is_prefix, score in ((False, CODE), (True, CODE_BEGUN)):
                yield -1, self._term(Term(self.wanted.code, is_prefix=is_prefix), "A"), score
        for place, word in enumerate(self.wanted.words):
            for reading in word.readings:
                for weight, score in zip(("A", "B", ""), reading.fidelity.scores(word.weight), strict=True):
                    yield place, " & ".join(self._term(term, weight) for term in reading.terms), score


def _at_most(words: Sequence[WantedWord]) -> float:
    """How many courses hold all of the words, at most."""
    return min((word.courses for word in words if word.courses is not None), default=inf)


class _Shape(NamedTuple):
    """What two searches have in common that are one statement with other values."""

    dialect: str
    sort: Sort
    limit: int
    where: str
    """What courses must be."""
    has_words: bool
    few: bool
    """Fewer courses than are ranked hold every word."""
    maybe_few: bool
    """It may be so, and is found out."""
    rare: frozenset[str]
    """The expressions that no more than RARE courses answer."""
    lacking: int
    """How many times as many words may be lacking."""
    by_key: bool
    by_code: bool
    readings: tuple[tuple[int, ...], ...] = ()
    """How many terms each reading of each word has: SQLite's score is written out."""


class _Writer:
    """The statement of a shape: names stand for all that is typed or chosen."""

    def __init__(self, shape: _Shape) -> None:
        self.shape = shape
        self.is_sqlite = shape.dialect == "sqlite"
        self.dialect = _DIALECTS[shape.dialect]
        self._unseen: dict[str, str] = {}
        """Expressions that PostgreSQL's planner does not see: where it sees none, it plans the statement once."""
        self._seen = False

    def statement(self) -> str:
        """The whole, with its names."""
        steps = [f"lacking{step}" for step in range(self.shape.lacking)]
        ctes = [*self._complete()]
        for step, name in enumerate(steps):
            ctes.append((name, self._lacking(name, ["complete", *steps[:step]])))
        hits = [_HITS]
        if steps:
            kinds = _EITHER.join(_IDS_OF.format(name=name) for name in steps)
            hits.append(_LACKING_HITS.format(kinds=kinds, limit=LACKING_RANKED))
        ctes.append(("hit", _EITHER.join(hits)))
        if not self.is_sqlite:
            ctes.append(("needle", _NEEDLES))
        if self._unseen:
            columns = ", ".join(f"{expression} AS {name}" for name, expression in self._unseen.items())
            ctes.insert(0, ("unseen", f"SELECT {columns}"))
        score = " + ".join(self._scores()) or "0"
        ctes.append(("scored", _SCORED.format(is_open=OPEN, score=score, ranked=self.dialect.ranked)))
        return _FOUND.format(
            ctes=", ".join(_CTE.format(name=name, select=select) for name, select in ctes),
            complete=_COUNTED.format(name="complete"),
            hits=_COUNTED.format(name="hit"),
            order=_ORDERS[self.shape.sort],
            limit=self.shape.limit,
            once=_DEARLY if self._seen else _ONCE,
            by_code=self.dialect.by_code,
        )

    def _complete(self) -> Iterator[tuple[str, str]]:
        """Courses with the code that was typed, whatever else they are, and with every word: all of them where they
        are few, else those in whose title the words stand, and of these the open ones, first."""
        coded = [_WITH_KEY] if self.shape.by_key else []
        if self.shape.by_code:
            coded += [self._kind("code", _PUBLISHED), self._kind("code_begun", self.shape.where)]
        yield "coded", _EITHER.join(coded) or _NOTHING
        kinds = [_IDS_OF.format(name="coded")]
        if self.shape.few:
            kinds.append(self._kind("anywhere", self.shape.where))
        elif self.shape.has_words:
            gate = "true"
            if self.shape.maybe_few:
                yield "every", _EVERY.format(found=self._found("anywhere", self.shape.where), limit=RANKED)
                few = f"({_COUNTED.format(name='coded')} + {_COUNTED.format(name='every')} < {RANKED})"
                kinds.append(_IF_FEW.format(few=few))
                gate = f"NOT {few}"
            kinds += [
                self._kind(name, self.shape.where, which, gate=gate)
                for name in ("in_title", "elsewhere")
                for which in (OPEN, _CLOSED)
            ]
        yield "complete", _COMPLETE.format(kinds=_EITHER.join(kinds), limit=RANKED)

    def _lacking(self, name: str, better: Sequence[str]) -> str:
        not_complete = _NOT_COMPLETE.format(by_id=self.dialect.by_id)
        kinds = [
            self._kind(f"{name}_{place}", self.shape.where, not_complete, limit=LACKING_RANKED) for place in range(3)
        ]
        so_far = " + ".join(_COUNTED.format(name=one) for one in better)
        limit = f"CASE WHEN {so_far} < {ENOUGH} THEN {LACKING_RANKED} ELSE 0 END"
        return _LACKING.format(kinds=_EITHER.join(kinds), limit=limit)

    def _kind(self, name: str, *conditions: str, limit: int = RANKED, gate: str = "true") -> str:
        return _KIND.format(
            found=self._found(name, *conditions),
            order=f"{_CAP_ORDERS[self.shape.sort]}{self.dialect.by_id}",
            limit=limit,
            gate=gate,
        )

    def _found(self, name: str, *conditions: str) -> str:
        """The courses that answer an expression and are as they must be: tables and conditions."""
        expression = self.dialect.expression.format(name=name)
        if self.is_sqlite or name not in self.shape.rare:
            self._seen = not self.is_sqlite
            tables, conditions = self.dialect.courses, (self.dialect.finds.format(expression=expression), *conditions)
        else:
            self._unseen[name] = expression
            tables = _FENCED.format(expression=_OF_UNSEEN.format(name=name))
        return f"{tables} WHERE {' AND '.join(conditions)}"

    def _scores(self) -> Iterator[str]:
        if self.shape.by_key:
            yield f"CASE WHEN c.code_key = :key THEN {WHOLE_CODE} ELSE 0 END"
        if not self.is_sqlite:
            yield _SUM
            return
        if self.shape.by_code:
            yield (
                f"CASE WHEN instr(ix.c0, :whole) > 0 THEN {CODE} WHEN instr(ix.c0, :begun) > 0 THEN {CODE_BEGUN}"
                " ELSE 0 END"
            )
        for place, readings in enumerate(self.shape.readings):
            yield self._score_of(f"w{place}", readings)

    def _score_of(self, word: str, readings: Sequence[int]) -> str:
        """The first that holds adds the most: a place before the next, and in each the surest reading first."""
        cases = [
            f"WHEN {self._holds(f'{word}r{reading}', terms, column)} THEN :{word}r{reading}p{place}"
            for place, column in enumerate(_COLUMNS)
            for reading, terms in enumerate(readings)
        ]
        return f"CASE {' '.join(cases)} ELSE 0 END"

    def _holds(self, reading: str, terms: int, column: str) -> str:
        """In the last of the places it is enough that the terms stand anywhere."""
        columns = _COLUMNS if column == _COLUMNS[-1] and terms > 1 else (column,)
        return " AND ".join(
            f"({' OR '.join(f'instr(ix.{one}, :{reading}t{term}) > 0' for one in columns)})" for term in range(terms)
        )


@lru_cache(SHAPES)
def _written(shape: _Shape) -> tuple[str, tuple[str, ...]]:
    """The statement of a shape as the driver takes it, and the names of its values in their order.

    It takes longer to be written, and for SQLAlchemy to compile it, than to run.
    """
    statement = _Writer(shape).statement()
    names = tuple(dict.fromkeys(_NAMED.findall(statement)))
    places = {name: _DIALECTS[shape.dialect].place.format(place) for place, name in enumerate(names, 1)}
    return _NAMED.sub(lambda name: places[name[1]], statement), names


def _asked(dialect: str, wanted: Wanted, filters: Filters, sort: Sort, limit: int) -> tuple[_Shape, dict[str, Any]]:
    """The shape of a search, and its values by their names."""
    bound, found = Bound(), _Expressions(dialect, wanted)
    where = " AND ".join([_PUBLISHED, *conditions(filters, bound.bind)])
    values = bound.values
    if wanted.code_key:
        values["key"] = wanted.code_key
    if wanted.code:
        values |= {"code": found.code(is_prefix=False), "code_begun": found.code(is_prefix=True)}
    lacking: list[tuple[tuple[str, float], ...]] = []
    most: dict[str, float] = {}
    if wanted.words:
        in_title, anywhere = found.any_of([wanted.words], in_title=True), found.any_of([wanted.words])
        complete = {"anywhere": anywhere, "in_title": in_title, "elsewhere": found.but(anywhere, in_title)}
        values |= complete
        most = dict.fromkeys(complete, _at_most(wanted.words))
        lacking = [] if wanted.literal else list(found.lacking())
    for step, kinds in enumerate(lacking):
        for place, (expression, at_most) in enumerate(kinds):
            name = f"lacking{step}_{place}"
            values[name], most[name] = expression, at_most
    every = most.get("anywhere", inf)
    shape = _Shape(
        dialect,
        sort,
        limit,
        where,
        has_words=bool(wanted.words),
        few=every < RANKED,
        maybe_few=len(wanted.words) > 1 and RANKED <= every <= RARE,
        rare=frozenset(name for name, at_most in most.items() if at_most <= RARE and dialect != "sqlite"),
        lacking=len(lacking),
        by_key=bool(wanted.code_key),
        by_code=bool(wanted.code),
    )
    if dialect != "sqlite":
        words, queries, scores = zip(*found.needles(), strict=True) if wanted.words or wanted.code else ((), (), ())
        return shape, values | {"words": words, "queries": queries, "scores": scores}
    if wanted.code:
        values |= {"whole": f" {wanted.code} ", "begun": f" {wanted.code}"}
    readings = [sorted(word.readings, key=lambda reading: _SUREST.index(reading.fidelity)) for word in wanted.words]
    for place, (word, surest) in enumerate(zip(wanted.words, readings, strict=True)):
        values |= dict(_of_word(f"w{place}", word.weight, surest))
    shape = shape._replace(readings=tuple(tuple(len(reading.terms) for reading in surest) for surest in readings))
    return shape, {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


_SUREST: Final = tuple(Fidelity)


def _of_word(name: str, weight: int, readings: Sequence[Reading]) -> Iterator[tuple[str, Any]]:
    """What SQLite's score of a word is made of: stems between spaces, and numbers."""
    for place, reading in enumerate(readings):
        for number, term in enumerate(reading.terms):
            yield f"{name}r{place}t{number}", f" {term.stem}{'' if term.is_prefix else ' '}"
        for number, score in enumerate(reading.fidelity.scores(weight)):
            yield f"{name}r{place}p{number}", score


async def find(
    connection: AsyncConnection, wanted: Wanted, filters: Filters, sort: Sort, today: date, limit: int
) -> Answers:
    """The courses with every word, or with the code, the best first; where they are few, then those that lack some of
    the words, those that lack the fewest first.

    Filters hold before any limit on hits.
    """
    dialect = connection.dialect.name
    shape, values = _asked(dialect, wanted, filters, sort, limit)
    statement, names = _written(shape)
    values["one"] = 1
    values["today"] = today.isoformat() if dialect == "sqlite" else today
    rows = await run(connection, statement, tuple(values[name] for name in names))
    version, complete, hits = rows[0][:3]
    return Answers(version, complete, hits - complete, [_answer(row[3:]) for row in rows if row[3] is not None])


def _answer(row: Sequence[Any]) -> Answer:
    course_id, code, title, starts_on, is_open, score = row
    day = date.fromisoformat(starts_on) if isinstance(starts_on, str) else starts_on
    return Answer(course_id, code, title, day, bool(is_open), score)


def source(dialect: str, wanted: Wanted) -> Source:
    """Where the courses are that hold every word, or whose code begins so."""
    expressions = _Expressions(dialect, wanted)
    found = [expressions.any_of([wanted.words])] if wanted.words else []
    if wanted.code:
        found.append(expressions.code(is_prefix=True))
    bound, tables = Bound(), _DIALECTS[dialect]
    if not found:
        return Source(tables.courses, "1 = 0")
    expression = tables.expression.format(name=bound.bind(expressions.or_(found)))
    return Source(tables.courses, tables.finds.format(expression=expression), bound.values)


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
