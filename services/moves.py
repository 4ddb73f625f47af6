"""How every application moves: guarded update → history line → notifications, from the row of the table."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, outbox, people
from db.outbox import Note
from db.types import AnyRow
from domain.agenda import CalendarEntry
from domain.catalogue import Funding
from domain.clock import Calendar
from domain.status import Audience, Manner, Move, Status, sends_letter, told, transition
from services import prompting
from services.calendar_files import as_payload, moved_entry
from services.prompting import Screen
from services.watching import tell_of_departure

MOVED: Final = "moved"
"""Tells the teacher of their application's new state."""
MOVED_FOR_STAFF: Final = "moved_for_staff"
"""Tells approvers or a provider of an application that moved without them."""
DIGEST: Final = "digest"
"""The same, gathered into one message at the hour of digests."""

_DECISIONS: Final = frozenset({Move.APPROVE, Move.REJECT})


class LostRace(Exception):
    """Somebody else moved the application in the same instant."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A move in words: who makes it, on which screen, with which note and which other columns.

    `told` is what messages say beside the usual. `quietly` leaves the teacher untold: the use case tells of several
    moves in one message.
    """

    move: Move
    by: int | None
    note: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    screen: Screen | None = None
    quietly: bool = False


@dataclass(frozen=True, slots=True)
class Announced:
    """What is told of an application, and to whom; a row of db.applications.facts says it, too."""

    id: int
    status: Status
    code: str
    title: str
    funding: Funding
    provider_id: int
    school_id: int | None
    teacher_id: int
    teacher: str
    teacher_email_proved_at: datetime | None
    teacher_letters_off: Collection[str]


async def move(tx: AsyncConnection, application: AnyRow, moving: Moving, calendar: Calendar) -> int:
    """Move an application, given as db.applications.facts read it in this transaction: its new version.

    Raises: IllegalMove (no such row in the table), LostRace (the guard found another version).
    """
    now = calendar.now()
    target = transition(moving.move, application.status).target
    values: dict[str, Any] = {"status": target, "updated_at": now, **moving.values}
    if moving.move in _DECISIONS:
        values |= {"decided_by": moving.by, "decided_at": now, "reason": moving.note}
    entry = await moved_entry(tx, application, moving.move, target, values.get("group_id"), now)
    if entry is not None:
        values["calendar_sequence"] = entry.sequence
    if not await applications.advance(tx, application.id, application.version, application.status, values):
        raise LostRace
    version: int = application.version + 1
    await applications.record(
        tx,
        application.id,
        moving.move,
        source=application.status,
        target=target,
        by=moving.by,
        note=moving.note,
        now=now,
    )
    notes = await _prompts(tx, application, version, target, moving, calendar)
    notes += await announcements(tx, application, version, moving, calendar, entry)
    await outbox.add(tx, notes, now)
    await tell_of_departure(tx, application.course_id, application.status, target, calendar)
    return version


async def _prompts(
    tx: AsyncConnection,
    application: AnyRow,
    version: int,
    target: Status,
    moving: Moving,
    calendar: Calendar,
) -> list[Note]:
    if target is not Status.PENDING:
        decided_by = moving.by if moving.move in _DECISIONS else None
        return await prompting.retire(
            tx, application.id, version, decided_by=decided_by, screen=moving.screen, now=calendar.now()
        )
    return await prompting.ask(
        tx,
        application.id,
        version,
        teacher_id=application.teacher_id,
        school_id=moving.values.get("school_id", application.school_id),
        today=calendar.today(),
        screen=moving.screen,
    )


async def announcements(
    tx: AsyncConnection,
    application: AnyRow | Announced,
    version: int,
    moving: Moving,
    calendar: Calendar,
    entry: CalendarEntry | None = None,
) -> list[Note]:
    """The notes to those whom the table names, beside the prompts; nobody is told of their own tap.

    `entry` is what the teacher's calendar is to show from now on.
    """
    audiences = told(moving.move, application.status)
    payload = {
        "application_id": application.id,
        "move": moving.move.value,
        "code": application.code,
        "title": application.title,
        "reason": moving.note,
        **moving.told,
    }
    key = f"{moving.move.value}:{application.id}:{version}"
    for_teacher = payload | as_payload(entry)
    notes: list[Note] = []
    teacher_key = f"{key}:teacher"
    if Audience.TEACHER in audiences and moving.by != application.teacher_id and not moving.quietly:
        # What the clock does is nobody's tap: it waits for the end of the teacher's quiet hours.
        priority = outbox.Priority.REMINDER if moving.by is None else outbox.Priority.CONSEQUENCE
        notes.append(Note(teacher_key, application.teacher_id, MOVED, for_teacher, priority))
    if application.teacher_email_proved_at and sends_letter(moving.move, application.teacher_letters_off):
        letter = outbox.letter_key(teacher_key)
        notes.append(Note(letter, application.teacher_id, MOVED, for_teacher, channel=outbox.MAIL))
    staff_payload = payload | {"teacher": application.teacher}
    for audience, manner in audiences.items():
        if audience is Audience.TEACHER or manner is Manner.PROMPT:
            continue
        for user_id in await _members(tx, audience, application, calendar):
            if user_id != moving.by:
                notes.append(_for_staff(f"{key}:{user_id}", user_id, manner, staff_payload, calendar))
    return notes


async def _members(
    tx: AsyncConnection, audience: Audience, application: AnyRow | Announced, calendar: Calendar
) -> list[int]:
    if audience is Audience.PROVIDER:
        return list(await people.staff_of(tx, application.provider_id))
    if application.funding is Funding.PAID:
        return []  # approvers see budget applications only
    deciders = await people.deciders(tx, application.school_id, application.teacher_id, calendar.today())
    return [row.user_id for row in deciders]


def _for_staff(key: str, user_id: int, manner: Manner, payload: dict[str, Any], calendar: Calendar) -> Note:
    if manner is Manner.DIGEST:
        due_at = calendar.next_digest(calendar.now())
        return Note(key, user_id, DIGEST, payload, outbox.Priority.REMINDER, due_at)
    return Note(key, user_id, MOVED_FOR_STAFF, payload)
