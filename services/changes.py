"""Telling those approved or enrolled that dates, a place or a price have changed: once a change, old → new.

In the chat, and by letter as far as they want letters about their studies.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from db import enrolment, outbox
from db.outbox import MAIL, Note, Priority
from db.types import AnyRow
from domain.agenda import CalendarEntry
from domain.clock import Calendar
from domain.status import sends_letter_of_changes
from services.calendar_files import as_payload, changed_entries

CHANGED: Final = "changed"
"""Tells a teacher that their course or group is held at another time, at another place or for another price."""
TOLD: Final = ("starts_on", "ends_on", "venue", "price")
"""What is told when it changes."""

TOLD_OF_GROUP: Final = ("starts_on", "ends_on", "venue")

Change = tuple[str, Any, Any]
"""A field with its old and new value."""


def _differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    return [(name, was[name], now[name]) for name in TOLD if name in now and was[name] != now[name]]


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _notes(
    people: Iterable[AnyRow],
    course: Mapping[str, Any],
    changes: list[Change],
    entries: Mapping[int, CalendarEntry],
    moment: datetime,
) -> list[Note]:
    stored = [[name, _stored(before), _stored(after)] for name, before, after in changes]
    # The moment tells a change from the same one made again after it was taken back.
    told = hashlib.sha256(orjson.dumps([stored, moment.timestamp()])).hexdigest()[:16]
    notes = []
    for person in people:
        key = f"{CHANGED}:{person.id}:{told}"
        payload = {"application_id": person.id, **course, "changes": stored, **as_payload(entries.get(person.id))}
        notes.append(Note(key, person.user_id, CHANGED, payload, Priority.REMINDER))
        if person.email_proved_at and sends_letter_of_changes(person.letters_off):
            notes.append(
                Note(outbox.letter_key(key), person.user_id, CHANGED, payload, Priority.REMINDER, channel=MAIL)
            )
    return notes


def _told(group: AnyRow) -> dict[str, Any]:
    return {name: getattr(group, name) for name in TOLD_OF_GROUP}


async def tell_of_group(tx: AsyncConnection, was: AnyRow, now: AnyRow, calendar: Calendar) -> None:
    """A group's own values have changed, given as two rows of db.groups.group: tell those enrolled in it."""
    changes = _differences(_told(was), _told(now))
    if not changes:
        return
    moment = calendar.now()
    people = await enrolment.concerned(tx, [now.course_id], now.id)
    entries = await changed_entries(tx, [person.id for person in people], moment)
    course = {"code": now.code, "title": now.title, "group": now.number}
    await outbox.add(tx, _notes(people, course, changes, entries, moment), moment)


async def tell_of_courses(
    tx: AsyncConnection, changed: Mapping[int, tuple[Mapping[str, Any], Mapping[str, Any]]], calendar: Calendar
) -> None:
    """Courses have changed, given by their ids with what they said and what they say (TOLD, code and title).

    Those approved and enrolled are told, but not of what their group has otherwise anyway.
    """
    differences = {course_id: _differences(was, now) for course_id, (was, now) in changed.items()}
    telling = [course_id for course_id, changes in differences.items() if changes]
    if not telling:
        return
    moment = calendar.now()
    concerned: list[tuple[AnyRow, list[Change]]] = [
        (person, concerning)
        for person in await enrolment.concerned(tx, telling)
        if (concerning := _concerning(person, differences[person.course_id]))
    ]
    moved = [person.id for person, changes in concerned if _moves(changes) and person.group_number is not None]
    entries = await changed_entries(tx, moved, moment)
    notes: list[Note] = []
    for person, changes in concerned:
        _, now = changed[person.course_id]
        course = {"code": now["code"], "title": now["title"], "group": person.group_number}
        notes += _notes([person], course, changes, entries, moment)
    await outbox.add(tx, notes, moment)


def _concerning(person: AnyRow, changes: list[Change]) -> list[Change]:
    hidden = ({"starts_on", "ends_on"} if person.own_days else set()) | ({"venue"} if person.own_venue else set())
    return [change for change in changes if change[0] not in hidden]


def _moves(changes: list[Change]) -> bool:
    """Whether a calendar shows any of it."""
    return any(name in TOLD_OF_GROUP for name, _, _ in changes)
