"""The search index: of each course the same stems in the same three places, in FTS5 and in a tsvector."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from sys import intern
from typing import Any, Final

import Stemmer
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.codes import code_forms
from domain.spelling import MAX_WORD, plain_words

FORM: Final = 2
"""The form of what the index keeps: after a change of it, the index is made anew at the next start."""
SHORTEST_STEMMED: Final = 4
IN_TITLE_MARK: Final = "^"
"""Before a word of the title, which PostgreSQL keeps once more so: its index knows no weights, and whoever asks for one
has to look at every course of the word."""


class _OfThread(threading.local):
    """A stemmer must not be called by two threads at once, and an import makes its words in a thread of its own."""

    def __init__(self) -> None:
        self.stemmer = Stemmer.Stemmer("russian")


_of_thread: Final = _OfThread()


def stems_of(words: Sequence[str]) -> list[str]:
    """The stems of plain words, in their order; of the shortest next to nothing would be left: «ИИ», «ДОУ»."""
    stems = zip(_of_thread.stemmer.stemWords(words), words, strict=True)
    return [(stem if len(word) >= SHORTEST_STEMMED else word)[:MAX_WORD] for stem, word in stems]


@dataclass(frozen=True, slots=True)
class CourseText:
    """Of a course, what it is found by."""

    code: str
    title: str
    provider: str
    audience: str | None = None
    direction: str | None = None
    form: str | None = None
    annotation: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What the index keeps of a course: stems, a space before and after each; the code's words are the title's."""

    title: str
    about: str
    annotation: str
    spoken: tuple[str, ...]
    """The words as they are written, each once, for the vocabulary that typed ones are compared with."""


def words(course: CourseText) -> Words:
    """What the index keeps of a course."""
    code = plain_words(course.code)
    title = plain_words(course.title)
    about = plain_words(" ".join(filter(None, (course.provider, course.audience, course.direction, course.form))))
    annotation = plain_words(course.annotation or "")
    spoken = chain((word for word in code if word.isalpha()), title, about, annotation)
    return Words(
        _spaced(chain(code_forms(course.code), stems_of(code), stems_of(title))),
        _spaced(stems_of(about)),
        _spaced(stems_of(annotation)),
        tuple({intern(word) for word in spoken}),
    )


def _spaced(stems: Iterable[str]) -> str:
    return f" {' '.join(stems)} "


_SQLITE_DELETE: Final = text("DELETE FROM course_index WHERE rowid = :id")
_SQLITE_INSERT: Final = text(
    "INSERT INTO course_index (rowid, title, about, annotation) VALUES (:id, :title, :about, :annotation)"
)
_POSTGRES_UPSERT: Final = text(
    """
    INSERT INTO course_index (course_id, vector) VALUES (:id, CAST(:vector AS tsvector))
    ON CONFLICT (course_id) DO UPDATE SET vector = excluded.vector
    """
)


def _vector(kept: Words) -> str:
    """The words as a tsvector is written, so that PostgreSQL's own parser has no say in what a word is."""
    title = kept.title.split()
    weighted = chain(
        ((word, "A") for word in title),
        ((f"{IN_TITLE_MARK}{word}", "A") for word in title),
        ((word, "B") for word in kept.about.split()),
        ((word, "C") for word in kept.annotation.split()),
    )
    return " ".join(f"'{word}':{place}{weight}" for place, (word, weight) in enumerate(weighted, 1))


async def index(tx: AsyncConnection, courses: Iterable[tuple[int, Words]], *, fresh: bool) -> None:
    """Put courses, given by their ids, into the index; `fresh` says that none of them stands there yet."""
    if tx.dialect.name == "postgresql":
        await _each(tx, _POSTGRES_UPSERT, [{"id": course_id, "vector": _vector(kept)} for course_id, kept in courses])
        return
    rows = [
        {"id": course_id, "title": kept.title, "about": kept.about, "annotation": kept.annotation}
        for course_id, kept in courses
    ]
    if not fresh:
        await _each(tx, _SQLITE_DELETE, [{"id": row["id"]} for row in rows])
    await _each(tx, _SQLITE_INSERT, rows)


async def _each(tx: AsyncConnection, statement: TextClause, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await tx.execute(statement, rows)


_SETTLE: Final = (
    text("SELECT gin_clean_pending_list('ix_course_index_vector')"),
    text("ANALYZE courses, course_index"),
)


async def settle(tx: AsyncConnection) -> None:
    """After many courses have come: PostgreSQL would look for words in all of them until its autovacuum had run.

    Words wait in a list of the index's, which each search reads to its end, and the statistics say that there are no
    courses. Without such a list an import takes twice as long.
    """
    if tx.dialect.name == "postgresql":
        for statement in _SETTLE:
            await tx.execute(statement)


async def clear(tx: AsyncConnection) -> None:
    """Empty the index."""
    await tx.execute(text("DELETE FROM course_index"))
