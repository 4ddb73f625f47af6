"""What calendar files say, fixed in the transaction that makes it true; the file itself is drawn when it is sent."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import calendars
from db.types import AnyRow
from domain.agenda import CalendarEntry, concerns_calendar, days_of, next_sequence
from domain.status import Move, Status

ENTRY: Final = "calendar"
"""Under which name a note's payload carries its calendar entry; a note without one brings no file."""


async def moved_entry(
    tx: AsyncConnection, application: AnyRow, move: Move, target: Status, group_id: int | None, now: datetime
) -> CalendarEntry | None:
    """The entry that an application's move brings, asked before the move; None: no file is sent.

    `group_id`: the group it moves into. The move itself must write the entry's sequence down.
    """
    if not concerns_calendar(move, application.status, target):
        return None
    (row,) = await calendars.entries(tx, [application.id], group_id)
    return _entry(row, now, stands=target is Status.ENROLLED)


async def changed_entries(
    tx: AsyncConnection, application_ids: Collection[int], now: datetime
) -> dict[int, CalendarEntry]:
    """New entries, by application, where the dates or the place of its course or group have changed.

    Only who is enrolled has one, and its sequence is raised. What has lost its dates is taken out of calendars; where
    nothing was ever sent and there is nothing to send, the application is missing.
    """
    rows = [row for row in await calendars.entries(tx, application_ids) if row.status is Status.ENROLLED]
    found = {row.id: entry for row in rows if (entry := _entry(row, now, stands=True)) is not None}
    await calendars.raise_sequence(tx, found)
    return found


def _entry(row: AnyRow, now: datetime, *, stands: bool) -> CalendarEntry | None:
    first, last = days_of((row.group_starts_on, row.group_ends_on), (row.starts_on, row.ends_on))
    stands = stands and first is not None
    sequence = next_sequence(row.calendar_sequence, stands=stands)
    if sequence is None:
        return None
    return CalendarEntry(
        uid=f"application-{row.id}-{row.created_at:%Y%m%dT%H%M%S}@course-bot",
        sequence=sequence,
        cancelled=not stands,
        stamp=now,
        code=row.code,
        title=row.title,
        provider=row.provider,
        group_number=row.group_number,
        starts_on=first,
        ends_on=last,
        venue=row.group_venue or row.venue,
    )


def as_payload(entry: CalendarEntry | None) -> dict[str, Any]:
    """What a note's payload carries of an entry; nothing for None."""
    return {} if entry is None else {ENTRY: asdict(entry)}


def entry_in(payload: Mapping[str, Any]) -> CalendarEntry | None:
    """The entry that a note's payload carries, as it comes out of the database."""
    told = payload.get(ENTRY)
    if told is None:
        return None
    days = {name: told[name] and date.fromisoformat(told[name]) for name in ("starts_on", "ends_on")}
    return CalendarEntry(**{**told, **days, "stamp": datetime.fromisoformat(told["stamp"])})
