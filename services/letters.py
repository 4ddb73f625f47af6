"""What the postman asks when it writes a letter."""

from dataclasses import dataclass
from datetime import date

from db import letters
from db.engine import Database


@dataclass(frozen=True, slots=True)
class LetterCourse:
    """The course that a letter is about."""

    code: str
    title: str
    provider: str
    hours: int | None
    starts_on: date | None
    ends_on: date | None
    venue: str | None
    group_number: str | None


class Letters:
    """Use cases of the postman."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def course_of(self, application_id: int) -> LetterCourse | None:
        """The course of an application; None, where there is no such application any more."""
        async with self._database.read() as connection:
            row = await letters.course_of(connection, application_id)
        return None if row is None else LetterCourse(*row)
