"""A search from the text to the courses: understood by the words of the catalogue, then found in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import filtering, search, vocabulary
from db.search import LACKING_RANKED, RANKED, Answer
from domain.finding import CODE, WHOLE_CODE, Filters, SearchRequest, Sort, Wanted
from domain.synonyms import SynonymTable
from services.understanding import understand
from services.vocabulary import Vocabulary

NEAREST: Final = 7
"""How many courses are shown where nothing answers."""


@dataclass(frozen=True, slots=True)
class Finds:
    """A page of the courses found, and how it was understood what was asked for."""

    wanted: Wanted
    page: Sequence[Answer]
    complete: int
    """How many courses hold every word, or the code."""
    total: int
    """Those that lack some included."""
    more: bool
    """There are more that are never ranked."""
    course_of_code: int | None
    """The one course whose code was typed, or its digits."""

    @property
    def is_nearest(self) -> bool:
        """Nothing was found: the courses are those that start next."""
        return any(answer.score == 0 for answer in self.page)


class Finding:
    """Keeps the words of the catalogue in memory, as they are by the last search."""

    def __init__(self, synonyms: SynonymTable | None = None) -> None:
        self._vocabulary = Vocabulary(synonyms)

    async def understood(self, connection: AsyncConnection, text: str, version: int) -> Wanted:
        """What a text asks for, by the words of the catalogue as they are at this version or later."""
        if version > self._vocabulary.version:
            self._vocabulary.update(await vocabulary.changed_since(connection, self._vocabulary.version))
        return understand(text, self._vocabulary)

    async def find(self, connection: AsyncConnection, asked: SearchRequest, today: date, size: int) -> Finds:
        """One page, of so many courses: one statement, another where nothing answers, and two more after a change of
        the catalogue."""
        first, past = asked.page * size, (asked.page + 1) * size
        how = (asked.filters, asked.sort, today, past)
        wanted = understand(asked.text, self._vocabulary)
        found = await search.find(connection, wanted, *how)
        if found.version > self._vocabulary.version:
            wanted = await self.understood(connection, asked.text, found.version)
            found = await search.find(connection, wanted, *how)
        if not found.first:
            nearest = await self._nearest(connection, asked.filters, today)
            return Finds(wanted, nearest[first:past], 0, len(nearest), more=False, course_of_code=None)
        total = found.complete + found.lacking
        more = found.complete >= RANKED or found.lacking >= LACKING_RANKED
        return Finds(wanted, found.first[first:], found.complete, total, more, _of_code(found.first))

    async def _nearest(self, connection: AsyncConnection, filters: Filters, today: date) -> list[Answer]:
        """The open courses that start next."""
        rows = await filtering.open_now(connection, filters, Sort.STARTS, today, NEAREST, 0)
        return [Answer(row.id, row.code, row.title, row.starts_on, is_open=True, score=0) for row in rows]


def _of_code(answers: Sequence[Answer]) -> int | None:
    """A code as it is comes before another course's digits; digits of two courses are a list."""
    for enough in (WHOLE_CODE, CODE):
        fitting = [answer.id for answer in answers[:2] if answer.score >= enough]
        if len(fitting) == 1:
            return fitting[0]
    return None
