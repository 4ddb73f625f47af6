"""A search from the text to the courses: understood by the words of the catalogue, then found in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from db import search, vocabulary
from db.search import ENOUGH, LACKING_RANKED, RANKED, Answer
from domain.finding import CODE, WHOLE_CODE, SearchRequest, Wanted
from domain.synonyms import SynonymTable
from services.understanding import understand
from services.vocabulary import Vocabulary


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
        """One page, of so many courses; two statements at most, and a third after a change of the catalogue."""
        first, past = asked.page * size, (asked.page + 1) * size
        how = (asked.filters, asked.sort, today)
        wanted = understand(asked.text, self._vocabulary)
        version, answers = await search.complete(connection, wanted, *how, max(past, ENOUGH))
        if version > self._vocabulary.version:
            wanted = await self.understood(connection, asked.text, version)
            _, answers = await search.complete(connection, wanted, *how, max(past, ENOUGH))
        complete = answers[0].total if answers else 0
        others: Sequence[Answer] = ()
        if complete < ENOUGH:
            but = [answer.id for answer in answers]
            others = await search.others(connection, wanted, *how, past, but)
        lacking = others[0].total if others else 0
        total = complete + lacking
        more = complete >= RANKED or lacking >= LACKING_RANKED
        if total and not complete and not others[0].score:
            others = sorted(others, key=lambda answer: (answer.starts_on or date.max, answer.code))
        return Finds(wanted, [*answers, *others][first:past], complete, total, more, _of_code(answers))


def _of_code(answers: Sequence[Answer]) -> int | None:
    """A code as it is comes before another course's digits; digits of two courses are a list."""
    for enough in (WHOLE_CODE, CODE):
        fitting = [answer.id for answer in answers[:2] if answer.score >= enough]
        if len(fitting) == 1:
            return fitting[0]
    return None
