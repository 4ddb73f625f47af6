"""Talking with support: who speaks, how much, until when a closed ticket can be opened again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.errors import TooShort
from domain.person import printable, within

SUBJECT_LIMIT: Final = 100
MESSAGE_LIMIT: Final = 4096
"""A text as long as Telegram takes one."""
DAY: Final = timedelta(days=1)
TICKETS_A_DAY: Final = 10
MESSAGES_A_DAY: Final = 50
"""Of the person, in one ticket."""
REOPENS_WITHIN: Final = timedelta(days=7)
"""So long after the end a ticket is rated, and opened again by a new message."""
STARS: Final = (1, 2, 3, 4, 5)


class Side(StrEnum):
    """What somebody is to a ticket."""

    OWNER = "owner"
    STAFF = "staff"


class Stage(StrEnum):
    """Whose turn it is."""

    WAITS = "waits"
    ANSWERED = "answered"
    CLOSED = "closed"


class FileKind(StrEnum):
    """Files that are passed on, by their id."""

    PHOTO = "photo"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Words:
    """One message: a text, or a file with or without one."""

    text: str | None
    file_kind: FileKind | None = None
    file_id: str | None = None


def words(text: str | None, file_kind: FileKind | None = None, file_id: str | None = None) -> Words:
    """A message as it is kept.

    Raises: TooShort (neither a text nor a file), TooLong.
    """
    if not file_id:
        return Words(within(text or "", MESSAGE_LIMIT))
    said = printable(text or "").strip()
    return Words(within(said, MESSAGE_LIMIT) if said else None, file_kind, file_id)


def subject(text: str) -> str:
    """A ticket's subject on one line.

    Raises: TooShort, TooLong.
    """
    line = " ".join(printable(text).split())
    if not line:
        raise TooShort
    return within(line, SUBJECT_LIMIT)


def stage(asked_at: datetime, answered_at: datetime | None, closed_at: datetime | None) -> Stage:
    """Whose turn it is; at the very same moment, it is the person's."""
    if closed_at is not None:
        return Stage.CLOSED
    return Stage.WAITS if answered_at is None or asked_at > answered_at else Stage.ANSWERED


def may_reopen(closed_at: datetime | None, now: datetime) -> bool:
    """Whether a closed ticket may still be rated or opened again."""
    return closed_at is not None and now - closed_at <= REOPENS_WITHIN
