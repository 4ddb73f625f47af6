"""Counting over time: twelve months back from today, and what is in the middle."""

from datetime import date

import pytest

from domain.tallies import median, months_until


@pytest.mark.parametrize(
    ("counted", "middle"), [([], None), ([(5, 1)], 5), ([(1, 1), (9, 1)], 1), ([(1, 1), (2, 5), (90, 5)], 2)]
)
def test_the_median_is_the_value_in_the_middle(counted, middle):
    assert median(counted) == middle


def test_twelve_months_go_over_the_new_year():
    first, *_, last = months_until(date(2027, 1, 31))
    assert (first, last) == (date(2026, 2, 1), date(2027, 1, 1))
