"""When people are reminded."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.clock import Calendar
from domain.reminding import Stage, frees, is_time, nudge_from, stage, takes_again, waits_days

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 9, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("days", "due"),
    [(-1, None), (0, None), (1, Stage.TOMORROW), (2, Stage.SOON), (3, Stage.SOON), (4, None)],
)
def test_a_start_is_reminded_of_three_days_and_one_day_before(days, due):
    assert stage(DAY + timedelta(days), DAY) is due


def test_the_first_reminder_of_approvers_is_a_day_after_applying_the_next_two_days_after_the_last():
    assert nudge_from(NOON, None) == NOON + timedelta(hours=24)
    assert nudge_from(NOON, NOON + timedelta(hours=30)) == NOON + timedelta(hours=78)


@pytest.mark.parametrize(("hour", "due"), [(0, False), (8, False), (9, True), (20, True), (21, False), (23, False)])
def test_the_clock_reminds_between_the_hour_of_digests_and_quiet_hours(hour, due):
    moment = datetime(2026, 11, 24, hour, tzinfo=MOSCOW)
    assert is_time(Calendar(MOSCOW), moment) is due


@pytest.mark.parametrize(
    ("was", "now", "opens"),
    [(-1, 0, True), (-1, None, True), (-1, -1, False), (-5, -2, False), (0, 3, False), (None, 3, False)],
)
def test_a_course_opens_when_its_deadline_was_over_and_is_not(was, now, opens):
    days = [None if left is None else DAY + timedelta(left) for left in (was, now)]
    assert takes_again(days[0], days[1], DAY) is opens


@pytest.mark.parametrize(
    ("before", "now", "frees_seats"),
    [((30, 30), (30, 29), True), ((30, 29), (30, 28), False), ((30, 31), (30, 30), False), ((1, 1), (None, 1), True)],
)
def test_seats_appear_where_there_were_none(before, now, frees_seats):
    assert frees(before[0], now[0], before[1], now[1]) is frees_seats


def test_days_are_counted_as_people_count_them():
    late = datetime(2026, 11, 24, 20, 59, tzinfo=UTC)  # a minute before midnight in Moscow
    calendar = Calendar(MOSCOW, lambda: late + timedelta(minutes=2))
    assert waits_days(late, calendar) == 1
