"""The search index: the same stems on both databases, FTS5 on SQLite, a tsvector with GIN on PostgreSQL."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import Stemmer
from sqlalchemy import Float, Integer, Subquery, column, text
from sqlalchemy.ext.asyncio import AsyncConnection

MAX_QUERY_WORDS: Final = 12
RANKED: Final = 1000
"""How many hits are ranked: ranking all hits of a common word costs twenty times as much."""

_WORD: Final = re.compile(r"[^\W_]+")
_stemmer: Final = Stemmer.Stemmer("russian")


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the index keeps of a course."""

    course_id: int
    code_key: str
    title: str
    provider: str
    annotation: str


def stems(words: str) -> list[str]:
    """The stems of a text's words, ё as е, in their order."""
    found: list[str] = _stemmer.stemWords(_WORD.findall(words.lower().replace("ё", "е")))
    return found


def _columns(course: Indexed) -> dict[str, object]:
    return {
        "id": course.course_id,
        "title": " ".join([course.code_key.lower(), *stems(course.title)]),
        "provider": " ".join(stems(course.provider)),
        "annotation": " ".join(stems(course.annotation)),
    }


_SQLITE_DELETE: Final = text("DELETE FROM course_index WHERE rowid = :id")
_SQLITE_INSERT: Final = text(
    "INSERT INTO course_index (rowid, title, provider, annotation) VALUES (:id, :title, :provider, :annotation)"
)
_POSTGRES_UPSERT: Final = text(
    """
    INSERT INTO course_index (course_id, vector)
    VALUES (:id, setweight(to_tsvector('simple', :title), 'A') || setweight(to_tsvector('simple', :provider), 'B')
                 || setweight(to_tsvector('simple', :annotation), 'C'))
    ON CONFLICT (course_id) DO UPDATE SET vector = excluded.vector
    """
)


async def index(tx: AsyncConnection, courses: Iterable[Indexed], *, fresh: bool) -> None:
    """Put courses into the index; `fresh` says that none of them stands there yet."""
    rows = [_columns(course) for course in courses]
    if not rows:
        return
    if tx.dialect.name == "postgresql":
        await tx.execute(_POSTGRES_UPSERT, rows)
        return
    if not fresh:
        await tx.execute(_SQLITE_DELETE, [{"id": row["id"]} for row in rows])
    await tx.execute(_SQLITE_INSERT, rows)


def _fts5(words: Sequence[str], code: str) -> str:
    """Every word quoted: what people type is full of FTS5's operators."""
    every = " AND ".join(f'"{word}"' for word in words)
    return " OR ".join(part for part in (every and f"({every})", code and f'"{code.lower()}" *') if part)


def _tsquery(words: Sequence[str], code: str) -> str:
    every = " & ".join(f"'{word}'" for word in words)
    return " | ".join(part for part in (every and f"({every})", code and f"'{code.lower()}':*") if part)


_HITS: Final = {
    "sqlite": """
        SELECT rowid AS id, bm25(course_index, 10, 2, 1) AS rank FROM course_index
        WHERE course_index MATCH :query LIMIT :ranked
    """,
    "postgresql": """
        SELECT course_id AS id, -ts_rank(vector, to_tsquery('simple', :query)) AS rank FROM course_index
        WHERE vector @@ to_tsquery('simple', :query) LIMIT :ranked
    """,
}
_QUERY: Final = {"sqlite": _fts5, "postgresql": _tsquery}


def hits(dialect: str, words: str, code_key: str) -> Subquery | None:
    """Courses that hold every stem of the words, or whose code begins so: `id` and `rank`, the best least.

    None, where the text has nothing to search for.
    """
    tokens = list(dict.fromkeys(stems(words)))[:MAX_QUERY_WORDS]
    code = code_key if code_key.isalnum() else ""
    if not tokens and not code:
        return None
    query = _QUERY[dialect](tokens, code)
    return (
        text(_HITS[dialect])
        .bindparams(query=query, ranked=RANKED)
        .columns(column("id", Integer), column("rank", Float))
        .subquery("hit")
    )
