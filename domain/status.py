"""The whole life of an application as data: states, and the seventeen ways from one to another."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.errors import IllegalMove


class Status(StrEnum):
    """What an application is today."""

    PENDING = "pending"
    APPROVED = "approved"
    ENROLLED = "enrolled"
    COMPLETED = "completed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    UNENROLLED = "unenrolled"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


LIVE: Final = frozenset({Status.PENDING, Status.APPROVED, Status.ENROLLED})
ACTIVE: Final = LIVE | {Status.COMPLETED}
"""What «Все регистрации на курсы» lists; everything else is under «Архив»."""
ARCHIVED: Final = frozenset(Status) - ACTIVE


class Actor(StrEnum):
    """In which capacity somebody moves an application."""

    TEACHER = "teacher"
    APPROVER = "approver"
    PROVIDER = "provider"
    SUPPORT = "support"
    OPERATOR = "operator"
    CLOCK = "clock"


class Audience(StrEnum):
    """Who is told beside the one who tapped; approvers' prompts change in place on every move."""

    TEACHER = "teacher"
    APPROVERS = "approvers"
    PROVIDER = "provider"


class Manner(StrEnum):
    """How somebody is told."""

    PROMPT = "prompt"
    NOW = "now"
    DIGEST = "digest"


class Letter(StrEnum):
    """Whether the teacher gets a letter too."""

    ALWAYS = "always"
    IF_WANTED = "if_wanted"
    NEVER = "never"


class LetterKind(StrEnum):
    """What a person can switch off; letters about the profile's safety are none of these."""

    APPLICATIONS = "applications"
    DECISIONS = "decisions"
    STUDY = "study"


class Move(StrEnum):
    """The rows of the table, in its order."""

    APPLY = "apply"
    APPLY_PAID = "apply_paid"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    ENROL = "enrol"
    CHANGE_GROUP = "change_group"
    UNDO_ENROLMENT = "undo_enrolment"
    UNENROL = "unenrol"
    WITHDRAW_ENROLLED = "withdraw_enrolled"
    COMPLETE = "complete"
    TAKE_BACK = "take_back"
    RECONSIDER = "reconsider"
    EXPIRE = "expire"
    CANCEL_COURSE = "cancel_course"
    CHANGE_SCHOOL = "change_school"
    TURN_PAID = "turn_paid"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: from where, to where, by whom, and who hears of it. `sources` is empty for a new application."""

    sources: frozenset[Status]
    target: Status
    by: frozenset[Actor]
    tells: Mapping[Audience, Manner]
    letter: Letter = Letter.ALWAYS


def _row(
    sources: set[Status],
    target: Status,
    by: set[Actor],
    tells: Mapping[Audience, Manner],
    letter: Letter = Letter.ALWAYS,
) -> Transition:
    return Transition(frozenset(sources), target, frozenset(by), tells, letter)


_TEACHER: Final = {Audience.TEACHER: Manner.NOW}
_TEACHER_AND_PROVIDER: Final = _TEACHER | {Audience.PROVIDER: Manner.NOW}
_PROMPT: Final = {Audience.APPROVERS: Manner.PROMPT}
_APPROVERS: Final = {Audience.APPROVERS: Manner.NOW}

TRANSITIONS: Final[Mapping[Move, Transition]] = {
    Move.APPLY: _row(set(), Status.PENDING, {Actor.TEACHER}, _PROMPT),
    Move.APPLY_PAID: _row(set(), Status.APPROVED, {Actor.TEACHER}, {Audience.PROVIDER: Manner.DIGEST}),
    Move.APPROVE: _row(
        {Status.PENDING},
        Status.APPROVED,
        {Actor.APPROVER, Actor.SUPPORT},
        _TEACHER,
        Letter.IF_WANTED,
    ),
    Move.REJECT: _row({Status.PENDING}, Status.REJECTED, {Actor.APPROVER, Actor.SUPPORT}, _TEACHER),
    Move.WITHDRAW: _row(
        {Status.PENDING, Status.APPROVED},
        Status.WITHDRAWN,
        {Actor.TEACHER},
        {Audience.PROVIDER: Manner.NOW},
    ),
    Move.ENROL: _row(
        {Status.APPROVED},
        Status.ENROLLED,
        {Actor.PROVIDER},
        _TEACHER | {Audience.APPROVERS: Manner.DIGEST},
    ),
    Move.CHANGE_GROUP: _row({Status.ENROLLED}, Status.ENROLLED, {Actor.PROVIDER}, _TEACHER),
    Move.UNDO_ENROLMENT: _row({Status.ENROLLED}, Status.APPROVED, {Actor.PROVIDER}, _TEACHER),
    Move.UNENROL: _row({Status.ENROLLED}, Status.UNENROLLED, {Actor.PROVIDER}, _TEACHER | _APPROVERS),
    Move.WITHDRAW_ENROLLED: _row(
        {Status.ENROLLED}, Status.WITHDRAWN, {Actor.SUPPORT}, _TEACHER_AND_PROVIDER | _APPROVERS
    ),
    Move.COMPLETE: _row({Status.ENROLLED}, Status.COMPLETED, {Actor.PROVIDER}, _TEACHER),
    Move.TAKE_BACK: _row({Status.APPROVED}, Status.PENDING, {Actor.APPROVER, Actor.SUPPORT}, _TEACHER_AND_PROVIDER),
    Move.RECONSIDER: _row({Status.REJECTED}, Status.PENDING, {Actor.APPROVER, Actor.SUPPORT}, _TEACHER, Letter.NEVER),
    Move.EXPIRE: _row(
        {Status.PENDING, Status.APPROVED},
        Status.EXPIRED,
        {Actor.CLOCK},
        _TEACHER | {Audience.APPROVERS: Manner.DIGEST, Audience.PROVIDER: Manner.DIGEST},
    ),
    Move.CANCEL_COURSE: _row(
        set(LIVE),
        Status.CANCELLED,
        {Actor.PROVIDER, Actor.OPERATOR},
        # Many applications end at once: approvers read of them in one message, a provider is told of the course.
        _TEACHER | {Audience.APPROVERS: Manner.DIGEST},
    ),
    Move.CHANGE_SCHOOL: _row({Status.APPROVED}, Status.PENDING, {Actor.TEACHER}, _TEACHER | _PROMPT),
    Move.TURN_PAID: _row({Status.PENDING}, Status.APPROVED, {Actor.OPERATOR}, _TEACHER),
}
"""Rows 1–17 of the table of transitions, in its order."""


LETTERS: Final[Mapping[LetterKind, frozenset[Move]]] = {
    LetterKind.APPLICATIONS: frozenset({Move.APPLY, Move.APPLY_PAID, Move.WITHDRAW}),
    LetterKind.DECISIONS: frozenset(
        {Move.APPROVE, Move.REJECT, Move.TAKE_BACK, Move.EXPIRE, Move.CHANGE_SCHOOL, Move.TURN_PAID, Move.CANCEL_COURSE}
    ),
    LetterKind.STUDY: frozenset(
        {
            Move.ENROL,
            Move.CHANGE_GROUP,
            Move.UNDO_ENROLMENT,
            Move.UNENROL,
            Move.WITHDRAW_ENROLLED,
            Move.COMPLETE,
        }
    ),
}
"""Which of a person's kinds of letters a move belongs to; what has none of them sends no letter."""


def sends_letter(move: Move, letters_off: Collection[str]) -> bool:
    """Whether the teacher gets a letter, given the kinds that the teacher has switched off."""
    return TRANSITIONS[move].letter is not Letter.NEVER and not is_switched_off(move, letters_off)


def is_switched_off(move: Move, letters_off: Collection[str]) -> bool:
    """Whether the teacher wants no letters of such moves."""
    return any(move in moves for kind, moves in LETTERS.items() if kind in letters_off)


def sends_letter_of_changes(letters_off: Collection[str]) -> bool:
    """Whether the teacher gets a letter of another date, place or price of a course, given the kinds switched off."""
    return LetterKind.STUDY not in letters_off


def transition(move: Move, status: Status | None) -> Transition:
    """The row for a move out of a state (None: a new application).

    Raises: IllegalMove, where the table has no such row.
    """
    row = TRANSITIONS[move]
    if status is None and not row.sources:
        return row
    if status not in row.sources:
        raise IllegalMove
    return row


def told(move: Move, source: Status | None) -> Mapping[Audience, Manner]:
    """Who hears of a move: approvers know an application while it waits, providers once it is approved."""
    audiences = dict(TRANSITIONS[move].tells)
    if source is Status.PENDING:
        audiences.pop(Audience.PROVIDER, None)
    elif move is Move.EXPIRE:
        audiences.pop(Audience.APPROVERS, None)
    return audiences
