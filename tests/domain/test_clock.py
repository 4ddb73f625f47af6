"""Days, quiet hours and digests as the city's people live them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import DIGEST_AT, Calendar

MOSCOW = ZoneInfo("Europe/Moscow")
calendar = Calendar(MOSCOW)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def at(hour, minute=0):
    return datetime(2027, 2, 1, hour, minute, tzinfo=MOSCOW)


@pytest.mark.parametrize(("moment", "quiet"), [(at(20, 59), False), (at(21), True), (at(7, 59), True), (at(8), False)])
def test_quiet_hours_are_from_nine_in_the_evening_to_eight(moment, quiet):
    assert calendar.is_quiet(moment) is quiet


@given(moments)
def test_what_waits_for_the_morning_leaves_at_eight_within_eleven_hours(moment):
    due = calendar.out_of_quiet(moment)
    assert not calendar.is_quiet(due)
    assert timedelta(0) <= due - moment <= timedelta(hours=11)


@given(moments)
def test_a_digest_goes_out_once_a_day_and_never_at_night(moment):
    due = calendar.next_digest(moment)
    assert calendar.local(due).time() == DIGEST_AT
    assert timedelta(0) < due - moment <= timedelta(days=1)


def test_the_day_turns_at_the_citys_midnight():
    late = Calendar(MOSCOW, now=lambda: datetime(2027, 1, 31, 21, 30, tzinfo=UTC))
    assert late.today().isoformat() == "2027-02-01"
