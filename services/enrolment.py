"""The provider's side of an application: who waits, enrolling, moving, undoing, un-enrolling."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, enrolment
from db.engine import Database
from db.types import AnyRow
from domain.clock import Calendar
from domain.errors import CourseCancelled, GroupClosed, IllegalMove, MovedOn, NobodyChosen, NoSeats, NotAllowed
from domain.groups import fits, free
from domain.person import REASON_LIMIT, Person, within
from domain.status import Move, Status
from services.group_views import ApplicantView, EnrolOffer, EnrolReport, LeftOut, WaitingList
from services.moves import LostRace, Moving, move
from services.running import (
    applicant,
    applicant_lines,
    application_of_staff,
    application_to_move,
    desk,
    group_line,
    group_of_staff,
    held_group,
)
from services.views import Page

PAGE_SIZE: Final = 8
AT_ONCE: Final = 50
"""How many one transaction enrols: it must not hold the others for long."""
IN_ONE_GO: Final = 300
"""How many one tap enrols: its answer must not come too late."""
_OUT: Final[dict[str, Any]] = {"group_id": None}


class Enrolment:
    """Use cases of a provider's staff: people and the groups they are in."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def waiting(self, course_id: int, page: int, by: Person) -> WaitingList:
        """Who waits for a group, in order of arrival. A page past the end is the first one.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            course = await desk(connection, course_id, by.id, self._calendar.today())
            rows = await enrolment.waiting(connection, course_id, PAGE_SIZE, page * PAGE_SIZE)
        if not rows and page > 0:
            return await self.waiting(course_id, 0, by)
        return WaitingList(
            course_id=course.id,
            code=course.code,
            title=course.title,
            free_seats=course.free_seats,
            groups=() if course.cancelled else course.open_groups,
            page=Page(applicant_lines(rows), page, PAGE_SIZE, rows[0].total if rows else 0),
        )

    async def applicant(self, application_id: int, by: Person) -> ApplicantView:
        """One of them, or somebody enrolled.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            return await applicant(connection, application_id, by.id, self._calendar)

    async def to_end(self, application_id: int, version: int, by: Person) -> ApplicantView:
        """Somebody enrolled, before the question for a reason.

        Raises: NotAllowed, MovedOn.
        """
        view = await self.applicant(application_id, by)
        if view.version != version or view.status is not Status.ENROLLED:
            raise MovedOn(view)
        return view

    async def enrol(self, application_id: int, version: int, group_id: int, by: Person) -> ApplicantView:
        """Row 6: an approved applicant into a group of the course.

        Raises: NotAllowed, OwnApplication, MovedOn, GroupClosed, NoSeats, CourseCancelled.
        """
        return await self._into(Move.ENROL, application_id, version, group_id, by)

    async def change_group(self, application_id: int, version: int, group_id: int, by: Person) -> ApplicantView:
        """Row 7: somebody enrolled into another group of the course.

        Raises: NotAllowed, OwnApplication, MovedOn, GroupClosed, NoSeats, CourseCancelled.
        """
        return await self._into(Move.CHANGE_GROUP, application_id, version, group_id, by)

    async def _into(self, moving: Move, application_id: int, version: int, group_id: int, by: Person) -> ApplicantView:
        try:
            async with self._database.write() as tx:
                group = await held_group(tx, group_id, by.id)
                facts = await application_to_move(tx, application_id, by.id, self._calendar.today())
                if facts.course_id != group.course_id:
                    raise NotAllowed
                if facts.version != version or (facts.group_id == group_id and facts.status is Status.ENROLLED):
                    raise LostRace
                _require_place(group, moving)
                await move(tx, facts, into_group(moving, by.id, facts, group), self._calendar)
                return await applicant(tx, application_id, by.id, self._calendar)
        except (LostRace, IllegalMove):
            raise MovedOn(await self.applicant(application_id, by)) from None

    async def undo(self, application_id: int, version: int, reason: str, by: Person) -> ApplicantView:
        """Row 8: a mistaken enrolment is taken back, with a reason.

        Raises: NotAllowed, OwnApplication, MovedOn, TooLong, TooShort.
        """
        note = within(reason, REASON_LIMIT)
        return await self._out(Moving(Move.UNDO_ENROLMENT, by.id, note, _OUT), application_id, version, by)

    async def unenrol(self, application_id: int, version: int, reason: str, by: Person) -> ApplicantView:
        """Row 9: somebody studies no more, with a reason.

        Raises: NotAllowed, OwnApplication, MovedOn, TooLong, TooShort.
        """
        note = within(reason, REASON_LIMIT)
        return await self._out(Moving(Move.UNENROL, by.id, note), application_id, version, by)

    async def _out(self, moving: Moving, application_id: int, version: int, by: Person) -> ApplicantView:
        try:
            async with self._database.write() as tx:
                facts = await application_to_move(tx, application_id, by.id, self._calendar.today())
                if facts.version != version:
                    raise LostRace
                await move(tx, facts, moving, self._calendar)
                return await applicant(tx, application_id, by.id, self._calendar)
        except (LostRace, IllegalMove):
            raise MovedOn(await self.applicant(application_id, by)) from None

    async def offer(self, group_id: int, by: Person) -> EnrolOffer:
        """How many of those who wait fit into a group, before they are enrolled.

        Raises: NotAllowed, GroupClosed, NoSeats, CourseCancelled, NobodyChosen (nobody waits).
        """
        async with self._database.read() as connection:
            group = await group_of_staff(connection, group_id, by.id)
            _require_place(group, Move.ENROL)
            line = group_line(group, free(group.course_seats, group.course_enrolled), self._calendar.today())
            limit = IN_ONE_GO if line.fits is None else min(line.fits, IN_ONE_GO)
            ids = await enrolment.waiting_ids(connection, group.course_id, limit=limit)
        if not ids:
            raise NobodyChosen
        return EnrolOffer(group.course_id, group.code, group.title, line, len(ids), group.waiting, ids[-1])

    async def enrol_all(self, group_id: int, up_to: int, by: Person) -> EnrolReport:
        """Row 6 for those who waited when the offer was made (ids up to `up_to`), as many as fit now.

        Raises: NotAllowed, GroupClosed, NoSeats, CourseCancelled, NobodyChosen.
        """
        async with self._database.read() as connection:
            group = await group_of_staff(connection, group_id, by.id)
            ids = await enrolment.waiting_ids(connection, group.course_id, limit=IN_ONE_GO, up_to=up_to)
        return await self.enrol_many(group_id, ids, by)

    async def enrol_many(self, group_id: int, ids: Sequence[int], by: Person) -> EnrolReport:
        """Row 6 for several, in order of arrival, while there are seats; what is left out is reported.

        Many go in several transactions. Raises: NotAllowed, GroupClosed, NoSeats, CourseCancelled, NobodyChosen.
        """
        if not ids:
            raise NobodyChosen
        enrolled, left_out = 0, []
        in_order = sorted(set(ids))[:IN_ONE_GO]
        for start in range(0, len(in_order), AT_ONCE):
            some, without = await self._enrol_some(group_id, in_order[start : start + AT_ONCE], by)
            enrolled += some
            left_out += without
        async with self._database.read() as connection:
            group = await group_of_staff(connection, group_id, by.id)
        line = group_line(group, free(group.course_seats, group.course_enrolled), self._calendar.today())
        return EnrolReport(group.course_id, group.code, line, enrolled, tuple(left_out), group.waiting)

    async def _enrol_some(self, group_id: int, ids: Sequence[int], by: Person) -> tuple[int, list[LeftOut]]:
        enrolled, left_out = 0, []
        async with self._database.write() as tx:
            group = await held_group(tx, group_id, by.id)
            _require_open(group)
            room = _room(group)
            for application_id in ids:
                facts = await application_of_staff(tx, application_id, by.id, self._calendar.today())
                if facts.course_id != group.course_id:
                    raise NotAllowed
                own = facts.teacher_id == by.id
                if facts.status is Status.APPROVED and not own and (room is None or enrolled < room):
                    try:
                        await move(tx, facts, into_group(Move.ENROL, by.id, facts, group), self._calendar)
                        enrolled += 1
                    except LostRace:
                        left_out.append(LeftOut(facts.teacher, await self._status(tx, application_id, by)))
                else:
                    left_out.append(LeftOut(facts.teacher, facts.status, own))
        return enrolled, left_out

    async def _status(self, tx: AsyncConnection, application_id: int, by: Person) -> Status:
        facts = await applications.facts(tx, application_id, by.id, self._calendar.today())
        assert facts is not None
        status: Status = facts.status
        return status


def into_group(moving: Move, by: int, facts: AnyRow, group: AnyRow) -> Moving:
    """The move of an application, as facts, into a group, as db.groups.group reads it."""
    told = {
        "group": group.number,
        "starts_on": _stored(group.starts_on),
        "ends_on": _stored(group.ends_on),
        "venue": group.venue,
        "reason": None,  # the note is the group's number
    }
    if moving is Move.CHANGE_GROUP:
        told["earlier_group"] = facts.group_number
    return Moving(moving, by, note=_groups_named(facts, group), values={"group_id": group.id}, told=told)


def _stored(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _groups_named(facts: AnyRow, group: AnyRow) -> str:
    """The history's note: the number, or the old one and the new one."""
    if facts.status is Status.ENROLLED and facts.group_number:
        return f"{facts.group_number} → {group.number}"
    return str(group.number)


def _room(group: AnyRow) -> int | None:
    return fits(free(group.course_seats, group.course_enrolled), free(group.seats, group.enrolled))


def _require_open(group: AnyRow) -> None:
    if group.cancelled_at is not None:
        raise CourseCancelled
    if group.closed_at is not None:
        raise GroupClosed


def _require_place(group: AnyRow, moving: Move) -> None:
    """A seat in the group, and one of the course's too, unless the person has one of these already."""
    _require_open(group)
    group_free = free(group.seats, group.enrolled)
    room = group_free if moving is Move.CHANGE_GROUP else _room(group)
    if room == 0:
        raise NoSeats
