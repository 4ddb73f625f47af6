"""Who may do what, when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import policy
from domain.catalogue import Funding
from domain.errors import MovedByYou, NotAllowed, OwnApplication, OwnProfile, PortalProfile
from domain.policy import CourseFacts, DecisionFacts, Obstacle, ProfileFacts
from domain.status import LIVE, Status

TODAY = date(2027, 2, 1)
NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)


def course(*, published=True, funding=Funding.BUDGET, starts_in=30, closes_in=10):
    starts = None if starts_in is None else TODAY + timedelta(starts_in)
    closes = None if closes_in is None else TODAY + timedelta(closes_in)
    return CourseFacts(published, funding, starts, closes)


@pytest.mark.parametrize(
    ("facts", "has_school", "live", "expected"),
    [
        (course(), True, None, None),
        (course(closes_in=0), True, None, None),
        (course(closes_in=-1), True, None, Obstacle.DEADLINE_PASSED),
        (course(closes_in=None, starts_in=0), True, None, None),
        (course(closes_in=None, starts_in=-1), True, None, Obstacle.DEADLINE_PASSED),
        (course(closes_in=None, starts_in=None), True, None, None),
        (course(published=False), True, None, Obstacle.UNPUBLISHED),
        (course(), False, None, Obstacle.SCHOOL_NEEDED),
        (course(funding=Funding.PAID), False, None, None),
        (course(closes_in=-1), True, Status.PENDING, Obstacle.ALREADY_APPLIED),
        (course(), True, Status.COMPLETED, None),
        (course(), True, Status.REJECTED, None),
    ],
)
def test_why_one_cannot_apply(facts, has_school, live, expected):
    assert policy.obstacle(facts, has_school, live, TODAY) is expected


@given(st.sampled_from(sorted(LIVE)), st.booleans(), st.booleans(), st.integers(-50, 50))
def test_a_live_application_is_always_the_first_reason(live, published, has_school, closes_in):
    facts = course(published=published, closes_in=closes_in)
    assert policy.obstacle(facts, has_school, live, TODAY) is Obstacle.ALREADY_APPLIED


def decision(**facts):
    usual = {"teacher_id": 1, "by_id": 2, "by_is_approver": False, "by_is_support": False, "has_other_approver": True}
    return DecisionFacts(**(usual | facts))


def test_approvers_of_the_school_decide():
    policy.require_approver(decision(by_is_approver=True))


def test_nobody_decides_on_their_own_application():
    with pytest.raises(OwnApplication):
        policy.require_approver(decision(by_is_approver=True, by_id=1))
    with pytest.raises(OwnApplication):
        policy.require_approver(decision(by_is_support=True, by_id=1, has_other_approver=False))


def test_support_decides_only_where_the_school_has_no_other_approver():
    policy.require_approver(decision(by_is_support=True, has_other_approver=False))
    with pytest.raises(NotAllowed):
        policy.require_approver(decision(by_is_support=True))


def test_anybody_else_gets_the_answer_of_a_thing_that_does_not_exist():
    with pytest.raises(NotAllowed):
        policy.require_approver(decision())
    with pytest.raises(NotAllowed):
        policy.require_approver(decision(by_id=1))


@pytest.mark.parametrize(
    ("by", "after", "expected"),
    [(2, timedelta(0), True), (2, timedelta(minutes=5), True), (2, timedelta(minutes=5, seconds=1), False)],
)
def test_a_rejection_can_be_taken_back_for_five_minutes(by, after, expected):
    assert policy.may_reconsider(2, NOW, by, NOW + after) is expected


def test_only_the_one_who_rejected_takes_the_rejection_back():
    assert not policy.may_reconsider(2, NOW, 3, NOW)
    assert not policy.may_reconsider(None, None, 3, NOW)


days = st.dates(date(2026, 1, 1), date(2028, 1, 1))


@given(days, st.integers(0, 60), days, st.integers(0, 60))
def test_courses_clash_exactly_when_they_share_a_day(first, first_length, second, second_length):
    first_days = {first + timedelta(n) for n in range(first_length + 1)}
    second_days = {second + timedelta(n) for n in range(second_length + 1)}
    clash = policy.overlaps(first, first + timedelta(first_length), second, second + timedelta(second_length))
    assert clash == bool(first_days & second_days)


def test_courses_without_dates_never_clash():
    assert not policy.overlaps(None, None, TODAY, TODAY)
    assert not policy.overlaps(TODAY, None, None, TODAY)


@given(st.dates(date(2004, 1, 1), date(2090, 1, 1)))
def test_hours_count_for_three_years_to_the_day_also_from_a_leap_day(today):
    since = policy.hours_since(today)
    assert since.year == today.year - 3
    assert timedelta(365 * 3) <= today - since <= timedelta(366 * 3)


@pytest.mark.parametrize(
    ("facts", "mover", "releaser", "stopper"),
    [
        (ProfileFacts(1, 2, True, False), None, None, None),
        (ProfileFacts(1, 2, True, False, moved_by=3), None, None, None),
        (ProfileFacts(1, 2, True, False, moved_by=2), None, MovedByYou, None),
        (ProfileFacts(1, 2, True, True), PortalProfile, PortalProfile, None),
        (ProfileFacts(1, 1, True, False), OwnProfile, OwnProfile, OwnProfile),
        (ProfileFacts(1, 2, False, False), NotAllowed, NotAllowed, NotAllowed),
    ],
)
def test_support_moves_others_makes_nobody_support_and_confirms_no_move_of_its_own(facts, mover, releaser, stopper):
    for rule, refusal in (
        (policy.require_mover, mover),
        (policy.require_releaser, releaser),
        (policy.require_stopper, stopper),
    ):
        if refusal is None:
            rule(facts)
        else:
            with pytest.raises(refusal):
                rule(facts)
