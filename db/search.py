"""The search index: the same stems on both databases, FTS5 on SQLite, a tsvector with GIN on PostgreSQL."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any, Final

import Stemmer
from sqlalchemy import Float, Integer, Subquery, TextClause, column, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.words import LITTLE

MAX_QUERY_WORDS: Final = 12
MAX_WORD: Final = 100
"""Code points of a word that count: PostgreSQL refuses words beyond 2 KB."""
RANKED: Final = 1000
"""How many hits are ranked, in titles and again anywhere: ranking all hits of a common word takes twenty times as
long."""

_WORD: Final = re.compile(r"[^\W_]+")
_INSIDE_WORDS: Final = re.compile("[\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff]+")
"""Hyphenation, stress marks and joiners that come with copied text."""


class _OfThread(threading.local):
    """A stemmer must not be called by two threads at once, and an import makes its words in a thread of its own."""

    def __init__(self) -> None:
        self.stemmer = Stemmer.Stemmer("russian")


_of_thread: Final = _OfThread()


@dataclass(frozen=True, slots=True)
class Words:
    """What the index keeps of a course's texts: stems, a space between them; the code's words are the title's."""

    title: str
    provider: str
    annotation: str


def stems(phrase: str) -> list[str]:
    """The stems of a text's words, ё as е, in their order."""
    letters = unicodedata.normalize("NFC", phrase.lower())
    plain = _INSIDE_WORDS.sub("", letters).replace("ё", "е")
    found: list[str] = _of_thread.stemmer.stemWords(_WORD.findall(plain))
    return [stem[:MAX_WORD] for stem in found]


def _one_word(code_key: str) -> str:
    """The key as one word: "гмц0417д"."""
    return "".join(_WORD.findall(code_key.lower()))[:MAX_WORD]


def words(code: str, code_key: str, title: str, provider: str, annotation: str) -> Words:
    """What the index keeps of a course: its code is found whole, by its beginning and by its parts."""
    in_title = [_one_word(code_key), *stems(code), *stems(title)]
    return Words(" ".join(in_title), " ".join(stems(provider)), " ".join(stems(annotation)))


_SQLITE_DELETE: Final = text("DELETE FROM course_index WHERE rowid = :id")
_SQLITE_INSERT: Final = text(
    "INSERT INTO course_index (rowid, title, provider, annotation) VALUES (:id, :title, :provider, :annotation)"
)
_POSTGRES_UPSERT: Final = text(
    """
    INSERT INTO course_index (course_id, vector) VALUES (:id, CAST(:vector AS tsvector))
    ON CONFLICT (course_id) DO UPDATE SET vector = excluded.vector
    """
)


def _vector(kept: Words) -> str:
    """The words as a tsvector is written, so that PostgreSQL's own parser has no say in what a word is."""
    weighted = chain(
        ((word, "A") for word in kept.title.split()),
        ((word, "B") for word in kept.provider.split()),
        ((word, "C") for word in kept.annotation.split()),
    )
    return " ".join(f"'{word}':{place}{weight}" for place, (word, weight) in enumerate(weighted, 1))


async def index(tx: AsyncConnection, courses: Iterable[tuple[int, Words]], *, fresh: bool) -> None:
    """Put courses, given by their ids, into the index; `fresh` says that none of them stands there yet."""
    if tx.dialect.name == "postgresql":
        await _each(tx, _POSTGRES_UPSERT, [{"id": course_id, "vector": _vector(kept)} for course_id, kept in courses])
        return
    rows = [{"id": course_id, **asdict(kept)} for course_id, kept in courses]
    if not fresh:
        await _each(tx, _SQLITE_DELETE, [{"id": row["id"]} for row in rows])
    await _each(tx, _SQLITE_INSERT, rows)


async def _each(tx: AsyncConnection, statement: TextClause, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await tx.execute(statement, rows)


def _fts5(tokens: Sequence[str], code: str) -> tuple[str, str]:
    """Every word quoted: what people type is full of FTS5's operators."""
    every = "(" + " AND ".join(f'"{word}"' for word in tokens) + ")"
    by_code = f'title : "{code}" *'
    return f"title : {every} OR {by_code}", f"{every} OR {by_code}"


def _tsquery(tokens: Sequence[str], code: str) -> tuple[str, str]:
    in_title = " & ".join(f"'{word}':A" for word in tokens)
    anywhere = " & ".join(f"'{word}'" for word in tokens)
    by_code = f"'{code}':*A"
    return f"{in_title} | {by_code}", f"{anywhere} | {by_code}"


_ALL_HITS: Final = """
    SELECT id, min(rank) AS rank FROM (
        SELECT * FROM ({in_title}) AS in_title UNION ALL SELECT * FROM ({anywhere}) AS anywhere
    ) AS hit GROUP BY id
"""
"""What is found in titles comes before the rest, and is never crowded out by it."""
_SQLITE_HITS: Final = """
    SELECT rowid AS id, bm25(course_index, 10, 2, 1) - {lead} AS rank FROM course_index
    WHERE course_index MATCH :{query} LIMIT :ranked
"""
_POSTGRES_HITS: Final = """
    SELECT course_id AS id, -ts_rank(vector, CAST(:{query} AS tsquery)) - {lead} AS rank FROM course_index
    WHERE vector @@ CAST(:{query} AS tsquery) LIMIT :ranked
"""
LEAD: Final = 1000
"""More than any rank."""


def _hits(one: str) -> TextClause:
    in_title, anywhere = one.format(lead=LEAD, query="in_title"), one.format(lead=0, query="anywhere")
    return text(_ALL_HITS.format(in_title=in_title, anywhere=anywhere))


_HITS: Final = {"sqlite": (_hits(_SQLITE_HITS), _fts5), "postgresql": (_hits(_POSTGRES_HITS), _tsquery)}


def _without_little_words(phrase: str) -> str:
    """«На уроках географии» asks for lessons and geography; a phrase of nothing but little words stays as it is."""
    telling = [word for word in phrase.split() if word.lower().replace("ё", "е") not in LITTLE]
    return " ".join(telling) or phrase


def hits(dialect: str, phrase: str, code_key: str) -> Subquery | None:
    """Courses that hold every stem of the phrase, or whose code begins so: `id` and `rank`, the best least.

    None, where the text has nothing to search for.
    """
    tokens = list(dict.fromkeys(stems(_without_little_words(phrase))))[:MAX_QUERY_WORDS]
    code = _one_word(code_key)
    if not tokens or not code:
        return None
    statement, queries = _HITS[dialect]
    in_title, anywhere = queries(tokens, code)
    return (
        statement.bindparams(in_title=in_title, anywhere=anywhere, ranked=RANKED)
        .columns(column("id", Integer), column("rank", Float))
        .subquery("hit")
    )
