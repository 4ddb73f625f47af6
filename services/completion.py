"""«Закончили обучение»: a group's people complete the course, and their record books say so."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import enrolment
from db.engine import Database
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import DocumentNumbers, GroupGoesOn, NobodyChosen, NobodyInGroup
from domain.groups import completed_on, free, has_ended
from domain.person import Person
from domain.status import Move, Status
from services.group_views import CompletionReport, LeftOut, Roll
from services.moves import LostRace, Moving, move
from services.record_book import add_record
from services.running import applicant_lines, application_of_staff, group_line, group_of_staff, held_group

AT_ONCE: Final = 50
IN_ONE_GO: Final = 1000
"""How many one tap reports; whoever is left can be reported by the next."""


class Completion:
    """Use cases of a provider's staff at the end of a course; nobody completes it by their own word."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def roll(self, group_id: int, by: Person) -> Roll:
        """The people of a group that has ended, or whose days are not known.

        Raises: NotAllowed, GroupGoesOn, NobodyInGroup.
        """
        async with self._database.read() as connection:
            row = await group_of_staff(connection, group_id, by.id)
            if has_ended(row.starts_on, row.ends_on, self._calendar.today()) is False:
                raise GroupGoesOn
            members = await enrolment.members(connection, row.course_id, group_id, IN_ONE_GO)
        if not members:
            raise NobodyInGroup
        line = group_line(row, free(row.course_seats, row.course_enrolled), self._calendar.today())
        return Roll(line, row.course_id, row.code, row.title, applicant_lines(members))

    async def complete(
        self, group_id: int, chosen: Collection[int], numbers: Sequence[str], given_on: date | None, by: Person
    ) -> CompletionReport:
        """Row 11 for the chosen applications of a group, each with its line of the record book, once.

        `numbers` of documents: none, one for all, or one for each of the chosen in the order of the roll; `given_on`
        is their date. Many go in several transactions. Raises: NotAllowed, GroupGoesOn, NobodyChosen, NobodyInGroup,
        DocumentNumbers (somebody has left the group, and whose number is whose is not known any more).
        """
        roll = await self.roll(group_id, by)
        ids = [member.id for member in roll.members if member.id in set(chosen)]
        if not ids:
            raise NobodyChosen
        each = dict(zip(ids, _for_each(numbers, len(ids)), strict=True))
        completed, left_out = 0, []
        for start in range(0, len(ids), AT_ONCE):
            some, without = await self._complete_some(group_id, ids[start : start + AT_ONCE], each, given_on, by)
            completed += some
            left_out += without
        async with self._database.read() as connection:
            row = await group_of_staff(connection, group_id, by.id)
        line = group_line(row, free(row.course_seats, row.course_enrolled), self._calendar.today())
        return CompletionReport(line, row.course_id, row.code, completed, tuple(left_out))

    async def _complete_some(
        self, group_id: int, ids: Sequence[int], numbers: Mapping[int, str | None], given_on: date | None, by: Person
    ) -> tuple[int, list[LeftOut]]:
        completed, left_out = 0, []
        async with self._database.write() as tx:
            group = await held_group(tx, group_id, by.id)  # whoever cancels the course meanwhile waits for the end
            if has_ended(group.starts_on, group.ends_on, self._calendar.today()) is False:
                raise GroupGoesOn
            for application_id in ids:
                facts = await application_of_staff(tx, application_id, by.id, self._calendar.today())
                own = facts.teacher_id == by.id
                if own or facts.status is not Status.ENROLLED or facts.group_id != group_id:
                    left_out.append(LeftOut(facts.teacher, facts.status, own))
                    continue
                try:
                    await complete_one(tx, facts, group, numbers[application_id], given_on, by, self._calendar)
                    completed += 1
                except LostRace:
                    now = await application_of_staff(tx, application_id, by.id, self._calendar.today())
                    left_out.append(LeftOut(now.teacher, now.status))
        return completed, left_out


async def complete_one(
    tx: AsyncConnection,
    facts: AnyRow,
    group: AnyRow,
    number: str | None,
    given_on: date | None,
    by: Person,
    calendar: Calendar,
) -> None:
    """Row 11 for one application, with its line of the record book, in a group that has ended.

    Raises: IllegalMove, LostRace.
    """
    day = completed_on(group.starts_on, group.ends_on, calendar.today())
    told = {"document": number, "document_date": given_on.isoformat() if given_on else None}
    moving = Moving(Move.COMPLETE, by.id, values={"completed_on": day}, told=told)
    await move(tx, facts, moving, calendar)
    await add_record(tx, facts, document_number=number, document_date=given_on, completed_on=day)


def _for_each(numbers: Sequence[str], people: int) -> Sequence[str | None]:
    """None, everybody's, or one's own."""
    if len(numbers) not in {0, 1, people}:
        raise DocumentNumbers(len(numbers), people)
    return numbers if len(numbers) == people else [next(iter(numbers), None)] * people
