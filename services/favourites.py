"""♥: courses that somebody keeps an eye on."""

from dataclasses import replace

from db import courses, favourites
from db.engine import Database
from domain.clock import Calendar
from domain.person import Person
from services.catalogue import card_view
from services.views import CourseCard


class Favourites:
    """Use cases of whoever looks for a course. Their list is a page of services.catalogue."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def put(self, course_id: int, by: Person, *, kept: bool) -> CourseCard:
        """Keep an eye on a course, or keep it no more: its card. The same tap again changes nothing.

        Raises: NotAllowed, where there is no such course for this person.
        """
        async with self._database.write() as tx:
            view = card_view(await courses.card(tx, course_id, by.id), self._calendar.today())
            if kept:
                await favourites.add(tx, by.id, course_id, self._calendar.now())
            else:
                await favourites.remove(tx, by.id, course_id)
        return replace(view, favourite=kept)
