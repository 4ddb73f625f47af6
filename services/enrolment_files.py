"""A course's applicants as a spreadsheet: taken out, and brought back with groups or with completions."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import enrolment, groups
from db.engine import Database
from db.types import AnyRow
from domain import enrolment_files as sheet
from domain.catalogue import Fault, Problem
from domain.cells import read_day, read_line, read_number
from domain.clock import Calendar
from domain.enrolment_files import Applicant, Asked, GroupState, Plan, Planned, plan_completions, plan_enrolments
from domain.errors import CourseCancelled, NotAllowed
from domain.groups import DOCUMENT_NUMBER_LIMIT, NUMBER_LIMIT, free
from domain.person import NAME_LIMIT, Person
from domain.status import Move, Status
from services.completion import complete_one
from services.enrolment import into_group
from services.headed_tables import Column, Place, Record, read_records, refuse_twice
from services.imports import First, ImportReport, Progress
from services.moves import LostRace, move
from services.running import application_to_move, course_of_staff, group_line

TRIES: Final = 3
"""How often a file begins anew, where somebody else moves one of its applications in the same instant."""
MOST_ID: Final = 2**31 - 1

APPLICATION: Final = Column(
    "application",
    sheet.APPLICATION,
    sheet.APPLICATION_NAMES,
    partial(read_number, MOST_ID),
    Problem.NO_APPLICATION,
    MOST_ID,
)
NAME: Final = Column("name", sheet.NAME, sheet.NAME_NAMES, partial(read_line, NAME_LIMIT), limit=NAME_LIMIT)
GROUP: Final = Column(
    "group", sheet.GROUP, sheet.GROUP_NAMES, partial(read_line, NUMBER_LIMIT), limit=NUMBER_LIMIT, needed=True
)
DONE: Final = Column("done", sheet.DONE, sheet.DONE_NAMES, sheet.read_done, needed=True)
DOCUMENT: Final = Column(
    "document",
    sheet.DOCUMENT,
    sheet.DOCUMENT_NAMES,
    partial(read_line, DOCUMENT_NUMBER_LIMIT),
    limit=DOCUMENT_NUMBER_LIMIT,
)
GIVEN_ON: Final = Column("given_on", sheet.GIVEN_ON, sheet.GIVEN_ON_NAMES, read_day)


@dataclass(frozen=True, slots=True)
class ApplicantRow:
    """An application as its provider sees it in a file."""

    id: int
    teacher: str
    position: str
    school: str | None
    created_at: datetime
    status: Status
    group: str | None


@dataclass(frozen=True, slots=True)
class ApplicantSheet:
    """Those who wait for a group of a course, and those in one, in order of arrival."""

    code: str
    title: str
    rows: tuple[ApplicantRow, ...]


@dataclass(frozen=True, slots=True)
class Wishes:
    """A file as it was read: what its rows ask for, and what is wrong with the others."""

    asked: tuple[Asked, ...]
    faults: tuple[Fault, ...]
    places: dict[str, Place]
    records: dict[int, Record]


class EnrolmentFiles:
    """Use cases of a provider's staff who work with a spreadsheet."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def applicants(self, course_id: int, by: Person) -> ApplicantSheet:
        """Who waits for a group of the course, and who is in one.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            course = await course_of_staff(connection, course_id, by.id)
            rows = await enrolment.for_file(connection, course_id)
        return ApplicantSheet(course.code, course.title, tuple(ApplicantRow(*row) for row in rows))

    async def bring(
        self,
        moving: Move,
        course_id: int,
        by: Person,
        name: str,
        content: bytes,
        *,
        dry_run: bool,
        skip_invalid: bool,
        progress: Progress,
        first: First | None,
    ) -> ImportReport:
        """Enrol or move (rows 6 and 7), or complete (row 11), whom a file names; all of it or nothing.

        A row with faults keeps the whole file out, unless `skip_invalid`. Of the report, `new` counts those enrolled
        or completed, `changed` those moved. Raises: NotAllowed, CourseCancelled, TooManyRows, UnreadableFile,
        NoHeader, and what `first` raises.
        """
        read = _read_completions if moving is Move.COMPLETE else _read_enrolments
        wishes = await asyncio.to_thread(read, name, content)
        total = 2 * len(wishes.asked)
        if dry_run:
            async with self._database.read() as connection:
                plan = await self._plan(connection, moving, course_id, wishes, by)
            progress(total, total)
            return _report(plan, wishes, dry_run=True, written=False)
        for left in reversed(range(TRIES)):
            try:
                return await self._follow(moving, course_id, wishes, by, progress, first, skip_invalid=skip_invalid)
            except LostRace:
                if not left:
                    raise
        raise AssertionError("unreachable")

    async def _follow(
        self,
        moving: Move,
        course_id: int,
        wishes: Wishes,
        by: Person,
        progress: Progress,
        first: First | None,
        *,
        skip_invalid: bool,
    ) -> ImportReport:
        async with self._database.write() as tx:
            await groups.hold_course(tx, course_id)
            plan = await self._plan(tx, moving, course_id, wishes, by)
            report = _report(plan, wishes, dry_run=False, written=True)
            if report.faults and not skip_invalid:
                return _report(plan, wishes, dry_run=False, written=False)
            if first is not None:
                await first(tx)
            rows = {group_id: await groups.group(tx, group_id, by.id) for group_id in {m.group_id for m in plan.moves}}
            asked = len(wishes.asked)
            for number, planned in enumerate(plan.moves, 1 + asked):
                await self._move(tx, planned, rows[planned.group_id], by)
                progress(number, 2 * asked)
        return report

    async def _move(self, tx: AsyncConnection, planned: Planned, group: AnyRow | None, by: Person) -> None:
        facts = await application_to_move(tx, planned.asked.application, by.id, self._calendar.today())
        if group is None:
            raise NotAllowed
        if planned.move is Move.COMPLETE:
            asked = planned.asked
            await complete_one(tx, facts, group, asked.document, asked.given_on, by, self._calendar)
        else:
            await move(tx, facts, into_group(planned.move, by.id, facts, group), self._calendar)

    async def _plan(
        self, connection: AsyncConnection, moving: Move, course_id: int, wishes: Wishes, by: Person
    ) -> Plan:
        course = await course_of_staff(connection, course_id, by.id)
        if course.cancelled_at is not None:
            raise CourseCancelled
        today = self._calendar.today()
        applicants = {row.id: Applicant(*row) for row in await enrolment.known(connection, course_id, by.id)}
        lines = [group_line(row, None, today) for row in await groups.groups_of(connection, course_id)]
        states = [GroupState(line.id, line.number, line.free, line.closed, line.ended) for line in lines]
        if moving is Move.COMPLETE:
            return plan_completions(wishes.asked, applicants, states, today)
        return plan_enrolments(wishes.asked, applicants, states, free(course.seats, course.enrolled))


def _report(plan: Plan, wishes: Wishes, *, dry_run: bool, written: bool) -> ImportReport:
    refused = (
        wishes.places[refusal.field].fault(
            refusal.row, refusal.problem, wishes.records[refusal.row].cells[refusal.field]
        )
        for refusal in plan.refused
    )
    faults = tuple(sorted((*wishes.faults, *refused), key=lambda fault: fault.row))
    changed = sum(planned.move is Move.CHANGE_GROUP for planned in plan.moves)
    return ImportReport(
        new=len(plan.moves) - changed,
        changed=changed,
        unchanged=plan.unchanged,
        faults=faults,
        skipped=len({fault.row for fault in faults}),
        dry_run=dry_run,
        written=written,
    )


def _read_enrolments(name: str, content: bytes) -> Wishes:
    """Rows with a group; one without asks for nothing."""
    return _read(name, content, (APPLICATION, NAME, GROUP), _wants_group)


def _read_completions(name: str, content: bytes) -> Wishes:
    """Rows with a mark; one without asks for nothing, unless it names a document."""
    return _read(name, content, (APPLICATION, NAME, DONE, DOCUMENT, GIVEN_ON), _wants_completion)


def _wants_group(record: Record, places: dict[str, Place]) -> bool:
    return record.fields["group"] is not None or any(fault.column == places["group"].heading for fault in record.faults)


def _wants_completion(record: Record, places: dict[str, Place]) -> bool:
    done = places["done"]
    if record.fields["done"] is not None or any(fault.column == done.heading for fault in record.faults):
        return True
    if record.fields.get("document") is None and record.fields.get("given_on") is None:
        return False
    record.faults.append(done.fault(record.row, Problem.NOT_MARKED, record.cells["done"]))
    return True


def _read(
    name: str, content: bytes, columns: Sequence[Column], wants: Callable[[Record, dict[str, Place]], bool]
) -> Wishes:
    places, records = read_records(name, content, columns)
    first_rows: dict[int, int] = {}
    asked: list[Asked] = []
    faults: list[Fault] = []
    kept: dict[int, Record] = {}
    for record in records:
        if not wants(record, places):
            continue
        fields = record.fields
        refuse_twice(record, places["application"], fields["application"], Problem.APPLICATION_TWICE, first_rows)
        if record.faults:
            faults += record.faults
            continue
        kept[record.row] = record
        asked.append(
            Asked(
                record.row,
                fields["application"],
                fields.get("name"),
                fields.get("group"),
                fields.get("document"),
                fields.get("given_on"),
            )
        )
    return Wishes(tuple(asked), tuple(faults), places, kept)
