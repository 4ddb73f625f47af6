"""What an organisation writes to everybody in a group."""

from typing import Final

from db import enrolment, outbox
from db.engine import Database
from db.outbox import Note, Priority
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import NobodyInGroup
from domain.groups import MESSAGE_LIMIT
from domain.person import Person, within
from services.group_views import Audience
from services.running import group_of_staff

CIRCULAR: Final = "circular"
"""Brings a teacher what the organisation writes to the group."""


class Circulars:
    """Use cases of a provider's staff who write to a group."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def audience(self, group_id: int, by: Person) -> Audience:
        """Whom a message would reach.

        Raises: NotAllowed, NobodyInGroup.
        """
        async with self._database.read() as connection:
            row = await group_of_staff(connection, group_id, by.id)
        if not row.enrolled:
            raise NobodyInGroup
        return _audience(row, row.enrolled)

    async def send(self, group_id: int, text: str, by: Person) -> Audience:
        """A message to everybody in the group, behind what is more urgent and never in quiet hours.

        Raises: NotAllowed, NobodyInGroup, TooLong, TooShort.
        """
        said = within(text, MESSAGE_LIMIT)
        now = self._calendar.now()
        async with self._database.write() as tx:
            row = await group_of_staff(tx, group_id, by.id)
            people = [
                person for person in await enrolment.concerned(tx, [row.course_id], group_id) if person.user_id != by.id
            ]
            if not people:
                raise NobodyInGroup
            payload = {
                "code": row.code,
                "title": row.title,
                "group": row.number,
                "provider": row.provider,
                "text": said,
            }
            key = f"{CIRCULAR}:{group_id}:{by.id}:{now.timestamp()}"
            notes = [Note(f"{key}:{person.id}", person.user_id, CIRCULAR, payload, Priority.BULK) for person in people]
            await outbox.add(tx, notes, now)
        return _audience(row, len(people))


def _audience(row: AnyRow, people: int) -> Audience:
    return Audience(row.id, row.number, row.code, row.title, row.provider, people)
