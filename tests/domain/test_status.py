"""The table of transitions, row by row, as domain.md has it."""

import pytest

from domain.errors import IllegalMove
from domain.status import (
    ACTIVE,
    ARCHIVED,
    LIVE,
    TRANSITIONS,
    Actor,
    Audience,
    Letter,
    Manner,
    Move,
    Status,
    told,
    transition,
)

NEW = None
P, A, E = Status.PENDING, Status.APPROVED, Status.ENROLLED
ROWS = [
    (1, Move.APPLY, {NEW}, P, {Actor.TEACHER}),
    (2, Move.APPLY_PAID, {NEW}, A, {Actor.TEACHER}),
    (3, Move.APPROVE, {P}, A, {Actor.APPROVER, Actor.SUPPORT}),
    (4, Move.REJECT, {P}, Status.REJECTED, {Actor.APPROVER, Actor.SUPPORT}),
    (5, Move.WITHDRAW, {P, A}, Status.WITHDRAWN, {Actor.TEACHER}),
    (6, Move.ENROL, {A}, E, {Actor.PROVIDER}),
    (7, Move.CHANGE_GROUP, {E}, E, {Actor.PROVIDER}),
    (8, Move.UNDO_ENROLMENT, {E}, A, {Actor.PROVIDER}),
    (9, Move.UNENROL, {E}, Status.UNENROLLED, {Actor.PROVIDER}),
    (10, Move.WITHDRAW_ENROLLED, {E}, Status.WITHDRAWN, {Actor.SUPPORT}),
    (11, Move.COMPLETE, {E}, Status.COMPLETED, {Actor.PROVIDER}),
    (12, Move.TAKE_BACK, {A}, P, {Actor.APPROVER, Actor.SUPPORT}),
    (13, Move.RECONSIDER, {Status.REJECTED}, P, {Actor.APPROVER, Actor.SUPPORT}),
    (14, Move.EXPIRE, {P, A}, Status.EXPIRED, {Actor.CLOCK}),
    (15, Move.CANCEL_COURSE, {P, A, E}, Status.CANCELLED, {Actor.PROVIDER, Actor.OPERATOR}),
    (16, Move.CHANGE_SCHOOL, {A}, P, {Actor.TEACHER}),
    (17, Move.TURN_PAID, {P}, A, {Actor.OPERATOR}),
]


@pytest.mark.parametrize(("number", "move", "sources", "target", "actors"), ROWS, ids=[row[1] for row in ROWS])
def test_each_row_leads_where_the_table_says_and_nowhere_else(number, move, sources, target, actors):
    assert list(TRANSITIONS).index(move) == number - 1
    assert TRANSITIONS[move].by == actors
    for status in [None, *Status]:
        if status in sources:
            assert transition(move, status).target is target
        else:
            with pytest.raises(IllegalMove):
                transition(move, status)


def test_the_table_has_seventeen_rows():
    assert len(TRANSITIONS) == 17 == len(ROWS)


def test_every_end_is_in_the_archive_and_nothing_leaves_it_but_a_fresh_rejection():
    assert {P, A, E} == LIVE
    assert LIVE | {Status.COMPLETED} == ACTIVE
    leaving = {move for move, row in TRANSITIONS.items() if row.sources & ARCHIVED}
    assert leaving == {Move.RECONSIDER}


def test_the_teacher_is_told_of_every_move_but_their_own():
    own = {Move.APPLY, Move.APPLY_PAID, Move.WITHDRAW}
    assert {move for move in Move if Audience.TEACHER not in TRANSITIONS[move].tells} == own


def test_providers_hear_of_a_withdrawal_only_after_the_approval():
    assert told(Move.WITHDRAW, P) == {}
    assert told(Move.WITHDRAW, A) == {Audience.PROVIDER: Manner.NOW}


def test_an_expired_application_is_told_to_whoever_had_it_to_decide_or_to_enrol():
    assert told(Move.EXPIRE, P) == {Audience.TEACHER: Manner.NOW, Audience.APPROVERS: Manner.DIGEST}
    assert told(Move.EXPIRE, A) == {Audience.TEACHER: Manner.NOW, Audience.PROVIDER: Manner.DIGEST}


def test_a_reconsidered_rejection_sends_no_letter_and_an_approval_only_if_wanted():
    letters = {move: row.letter for move, row in TRANSITIONS.items() if row.letter is not Letter.ALWAYS}
    assert letters == {Move.APPROVE: Letter.IF_WANTED, Move.RECONSIDER: Letter.NEVER}
