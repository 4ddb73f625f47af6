"""What the use cases of tickets return: frozen, complete for a screen."""

from dataclasses import dataclass
from datetime import datetime

from domain.status import Status
from domain.tickets import FileKind, Side, Stage


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in a list; `taken_by` None: nobody's."""

    id: int
    subject: str
    stage: Stage
    owner: str
    asked_at: datetime
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """A message in a conversation."""

    id: int
    at: datetime
    side: Side
    author: str
    text: str | None
    file_kind: FileKind | None


@dataclass(frozen=True, slots=True)
class About:
    """The application that a ticket is about."""

    id: int
    version: int
    course_id: int
    code: str
    title: str
    status: Status
    may_withdraw: bool
    """Whether whoever looks may end the enrolment (row 10)."""
    may_decide: bool
    """Whether it waits, and for whoever looks: its school has nobody else (row 3)."""


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket with the latest of its conversation, or with what came before one of its messages."""

    id: int
    side: Side
    """What whoever looks is to it."""
    subject: str
    stage: Stage
    owner: str
    position: str
    school: str | None
    created_at: datetime
    taken_by: str | None
    taken_by_id: int | None
    is_taker: bool
    may_reopen: bool
    rating: int | None
    about: About | None
    lines: tuple[Said, ...]
    has_earlier: bool
    is_past: bool
    """Whether these are not the latest messages."""
    newest: int
    """The newest message of the other side when this was drawn; 0: there is none."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of somebody's message: `passed_on` False, where the ticket was closed in the meantime."""

    ticket: TicketView
    passed_on: bool
    closed: bool = False
    """Whether the answer closed the ticket."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A message on its way to somebody: what it is about, who wrote it, and its content."""

    ticket_id: int
    side: Side
    """What the one who is told is to the ticket."""
    subject: str
    author: str
    is_first: bool
    is_own: bool
    """Whether the reader wrote it: it is shown again."""
    text: str | None
    file_kind: FileKind | None
    file_id: str | None


@dataclass(frozen=True, slots=True)
class AskingAbout:
    """One's own application, before the question what support is to do about it; with the ticket that is open."""

    id: int
    code: str
    title: str
    status: Status
    open_ticket: TicketView | None
