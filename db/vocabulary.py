"""The words of the published courses, kept beside them: what typed words are compared with."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db import search_index
from db.search_index import CourseText, Words
from db.tables import Course, Provider, SearchState, SearchWord
from db.types import AnyRow, AnySelect

LONGEST: Final = 50
"""Code points: a longer word is an address or a slip, and nobody types it."""

course_texts: Final = (
    Course.code,
    Course.title,
    Provider.name_key.label("provider"),
    Course.audience,
    Course.direction,
    Course.form,
    Course.annotation,
)
"""The columns that CourseText is made of."""


def text_of(row: AnyRow) -> CourseText:
    """From a row with course_texts."""
    return CourseText(row.code, row.title, row.provider, row.audience, row.direction, row.form, row.annotation)


async def count(tx: AsyncConnection, changes: Mapping[str, int]) -> None:
    """So many more courses (or fewer) hold these words; comes last in a transaction, since others wait for its end.

    Versions are given in the order of commits, so whoever has seen one has seen all before it.
    """
    changed = {word: by for word, by in changes.items() if by and len(word) <= LONGEST}
    if not changed:
        return
    statement = update(SearchState).values(version=SearchState.version + 1).returning(SearchState.version)
    version = (await tx.execute(statement)).scalar_one()
    rows = [{"word": word, "courses": by, "version": version} for word, by in sorted(changed.items())]
    added = insert(SearchWord)
    await tx.execute(
        added.on_conflict_do_update(
            index_elements=[SearchWord.word],
            set_={"courses": SearchWord.courses + added.excluded.courses, "version": added.excluded.version},
        ),
        rows,
    )


async def words_of(connection: AsyncConnection, course_id: int) -> Words:
    """What the index keeps of a course."""
    statement = select(*course_texts).join(Provider, Provider.id == Course.provider_id).where(Course.id == course_id)
    return search_index.words(text_of((await connection.execute(statement)).one()))


async def count_course(tx: AsyncConnection, course_id: int, by: int) -> None:
    """The words of a course that has come into the catalogue (1) or left it (-1)."""
    await count(tx, dict.fromkeys((await words_of(tx, course_id)).spoken, by))


async def changed_since(connection: AsyncConnection, version: int) -> Sequence[AnyRow]:
    """The words that were counted anew after a version: `word`, `courses` (0: no course holds it), `version`."""
    statement = select(SearchWord.word, SearchWord.courses, SearchWord.version).where(SearchWord.version > version)
    return (await connection.execute(statement)).all()


AT_ONCE: Final = 1000


async def is_of_today(connection: AsyncConnection) -> bool:
    """Whether the index was made by this code's rules, or by those of a newer version that lives beside it."""
    return int(await connection.scalar(select(SearchState.form)) or 0) >= search_index.FORM


async def renew(tx: AsyncConnection) -> None:
    """Make the index and the vocabulary anew, where the index was made by older rules than today's."""
    await tx.execute(select(SearchState.id).with_for_update())
    if not await is_of_today(tx):
        await make_anew(tx)


async def make_anew(tx: AsyncConnection) -> None:
    """The index and the vocabulary as the courses want them."""
    await search_index.clear(tx)
    await tx.execute(update(SearchWord).values(courses=0))
    spoken: Counter[str] = Counter()
    last = 0
    while rows := (await tx.execute(_after(last))).all():
        kept = [(row, search_index.words(text_of(row))) for row in rows]
        await search_index.index(tx, [(row.id, words) for row, words in kept], fresh=True)
        for row, words in kept:
            spoken.update(words.spoken if row.published else ())
        last = rows[-1].id
    await count(tx, spoken)
    await tx.execute(update(SearchState).values(form=search_index.FORM))
    await search_index.settle(tx)


def _after(course_id: int) -> AnySelect:
    return (
        select(Course.id, Course.published, *course_texts)
        .join(Provider, Provider.id == Course.provider_id)
        .where(Course.id > course_id)
        .order_by(Course.id)
        .limit(AT_ONCE)
    )
