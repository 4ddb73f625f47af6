"""Keeping the copies of an application on approvers' screens true: shared by every use case that moves one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import people, prompts
from db.outbox import Note, Priority
from db.types import AnyRow
from domain import policy
from domain.clock import Calendar

PROMPT: Final = "prompt"
"""The kind of note that draws a copy, new or in place, as the application is when the note is sent."""

NUDGED: Final = "nudged"
"""The kind of note that brings a copy again, below everything else."""


@dataclass(frozen=True, slots=True)
class Screen:
    """The message a tap was on: its handler redraws it, so nobody else needs to."""

    chat_id: int
    message_id: int


def draw(prompt_id: int, user_id: int, occasion: int | str) -> Note:
    """The note that draws a copy, once an occasion (as a rule: once a version of its application)."""
    return Note(f"prompt:{prompt_id}:{occasion}", user_id, PROMPT, {"prompt_id": prompt_id})


def _without_undo(prompt_id: int, user_id: int, version: int, due_at: datetime) -> Note:
    """The note that takes «Отменить решение» off a copy, in place or not at all."""
    payload = {"prompt_id": prompt_id, "in_place": True}
    return Note(f"prompt:{prompt_id}:{version}:undo_over", user_id, PROMPT, payload, due_at=due_at)


def nudges(application_id: int, deciders: Iterable[AnyRow], now: datetime) -> list[Note]:
    """The notes that bring a waiting application to its deciders once more, in a new message; at night they wait."""
    return [
        Note(
            f"{NUDGED}:{application_id}:{row.user_id}:{now.timestamp()}",
            row.user_id,
            NUDGED,
            {"application_id": application_id},
            Priority.REMINDER,
        )
        for row in deciders
    ]


def _redraws(copies: Iterable[AnyRow], occasion: int | str, screen: Screen | None) -> list[Note]:
    tapped = (screen.chat_id, screen.message_id) if screen else None
    return [draw(copy.id, copy.user_id, occasion) for copy in copies if (copy.chat_id, copy.message_id) != tapped]


async def retire(
    tx: AsyncConnection,
    application_id: int,
    version: int,
    *,
    decided_by: int | None,
    screen: Screen | None,
    now: datetime,
) -> list[Note]:
    """The application waits no more: notes that show it on every copy but the tapped one.

    The decider's copies offer «Отменить решение»; they are drawn once more when its time is over.
    """
    copies = await prompts.close(tx, application_id)
    over = now + policy.UNDO_WINDOW
    return _redraws(copies, version, screen) + [
        _without_undo(copy.id, copy.user_id, version, over) for copy in copies if copy.user_id == decided_by
    ]


async def ask(
    tx: AsyncConnection,
    application_id: int,
    version: int,
    *,
    teacher_id: int,
    school_id: int | None,
    today: date,
    screen: Screen | None = None,
) -> list[Note]:
    """The application waits since this version: deciders get a copy or see theirs open again, others' close.

    Returns the notes that bring it to them.
    """
    wanted = await people.deciders(tx, school_id, teacher_id, today)
    copies = await prompts.of(tx, application_id)
    await _open_for(tx, copies, _places(wanted))
    notes = _redraws(copies, version, screen)
    return notes + await _new_copies(tx, application_id, version, wanted, copies)


async def ask_first(
    tx: AsyncConnection, application_id: int, version: int, *, teacher_id: int, school_id: int | None, today: date
) -> list[Note]:
    """The same of a new application, which has no copies yet."""
    added = await prompts.add_first(tx, application_id, version, school_id, teacher_id, today)
    return [draw(prompt_id, user_id, version) for prompt_id, user_id in added]


async def follow_roles(tx: AsyncConnection, waiting: AnyRow, calendar: Calendar) -> list[Note]:
    """Who decides has changed, the application (a row of waiting_at) has not: only copies that open or close
    are drawn."""
    wanted = await people.deciders(tx, waiting.school_id, waiting.user_id, calendar.today())
    copies = await prompts.of(tx, waiting.id)
    changed = await _open_for(tx, copies, _places(wanted))
    notes = _redraws(changed, f"{waiting.version}:{calendar.now().timestamp()}", None)
    return notes + await _new_copies(tx, waiting.id, waiting.version, wanted, copies)


def _places(rows: Iterable[AnyRow]) -> set[tuple[int, int]]:
    """People with the chats they are in: a copy in a chat that somebody has left is not theirs any more."""
    return {(row.user_id, row.chat_id) for row in rows}


async def _open_for(tx: AsyncConnection, copies: Sequence[AnyRow], wanted: set[tuple[int, int]]) -> list[AnyRow]:
    """Copies ask those who decide and nobody else; returns the copies that changed."""
    opening = [copy for copy in copies if (copy.user_id, copy.chat_id) in wanted and not copy.open]
    closing = [copy for copy in copies if (copy.user_id, copy.chat_id) not in wanted and copy.open]
    await prompts.set_open(tx, [copy.id for copy in opening], is_open=True)
    await prompts.set_open(tx, [copy.id for copy in closing], is_open=False)
    return opening + closing


async def _new_copies(
    tx: AsyncConnection,
    application_id: int,
    version: int,
    wanted: Sequence[AnyRow],
    copies: Sequence[AnyRow],
) -> list[Note]:
    missing = sorted(_places(wanted) - _places(copies))
    added = await prompts.add(tx, application_id, version, missing)
    return [draw(prompt_id, user_id, version) for prompt_id, user_id in added]
