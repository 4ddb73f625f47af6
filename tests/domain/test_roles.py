"""Who gives and takes which role, and that nobody loses by opening a link."""

from datetime import date, timedelta

import pytest

from domain.errors import BadLastDay
from domain.person import Role
from domain.roles import (
    DEPUTY_AT_MOST,
    Held,
    RolePlace,
    Standing,
    appoints,
    gives_more,
    is_noted_at,
    last_day,
    may_appoint,
    noted,
    place_of,
    role_noted,
    written_last_day,
)

TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(1)
NOBODY = Standing(operator=False, head=False)
HEAD = Standing(operator=False, head=True)
OPERATOR = Standing(operator=True, head=False)


@pytest.mark.parametrize("role", Role)
def test_operators_give_every_role_heads_two_and_nobody_else_any(role):
    assert may_appoint(OPERATOR, role)
    assert may_appoint(HEAD, role) == (role in {Role.ADMIN, Role.DEPUTY})
    assert not may_appoint(NOBODY, role)
    assert role in appoints(OPERATOR, place_of(role))


def test_a_head_appoints_at_schools_only():
    assert appoints(HEAD, RolePlace.SCHOOL) == (Role.ADMIN, Role.DEPUTY)
    assert appoints(HEAD, RolePlace.PROVIDER) == ()
    assert appoints(HEAD, RolePlace.PORTAL) == ()


@pytest.mark.parametrize(
    ("held", "role", "until", "more"),
    [
        (None, Role.DEPUTY, TOMORROW, True),
        (Held(Role.HEAD, None), Role.ADMIN, None, False),
        (Held(Role.HEAD, None), Role.DEPUTY, TOMORROW, False),
        (Held(Role.HEAD, None), Role.HEAD, None, False),
        (Held(Role.ADMIN, None), Role.DEPUTY, TOMORROW, False),
        (Held(Role.ADMIN, None), Role.HEAD, None, True),
        (Held(Role.DEPUTY, TODAY), Role.ADMIN, None, True),
        (Held(Role.DEPUTY, TODAY), Role.DEPUTY, TOMORROW, True),
        (Held(Role.DEPUTY, TOMORROW), Role.DEPUTY, TOMORROW, False),
        (Held(Role.DEPUTY, TOMORROW), Role.DEPUTY, TODAY, False),
        (Held(Role.DEPUTY, None), Role.DEPUTY, TOMORROW, False),
        (Held(Role.DEPUTY, TODAY - timedelta(1)), Role.DEPUTY, TODAY, True),
        (Held(Role.SUPPORT, None), Role.SUPPORT, None, False),
    ],
)
def test_a_link_gives_more_or_nothing(held, role, until, more):
    assert gives_more(held, role, until, TODAY) is more


@pytest.mark.parametrize("days", [0, 1, DEPUTY_AT_MOST])
def test_a_deputys_last_day_is_from_today_within_a_year(days):
    assert last_day(TODAY + timedelta(days), TODAY) == TODAY + timedelta(days)


@pytest.mark.parametrize("day", [None, TODAY - timedelta(1), TODAY + timedelta(DEPUTY_AT_MOST + 1)])
def test_no_other_day_will_do(day):
    with pytest.raises(BadLastDay):
        last_day(day, TODAY)


def test_a_last_day_is_read_as_people_write_it():
    for text in ("01.12.2026", "1.12.26", " 1 декабря 2026 ", "2026-12-01"):
        assert written_last_day(text, TODAY) == date(2026, 12, 1)
    for text in ("", "завтра", "31.02.2027", "99.99.9999", "24.11.2025", "1" * 5000, "нет"):
        with pytest.raises(BadLastDay):
            written_last_day(text, TODAY)


def test_the_history_tells_places_apart():
    line = noted(Role.DEPUTY, "Школа № 1", TOMORROW)
    assert role_noted(line) is Role.DEPUTY
    assert is_noted_at(line, "Школа № 1")
    assert not is_noted_at(line, "Школа № 11")
    assert not is_noted_at(line, "Школа")
    assert not is_noted_at(line, None)
    assert is_noted_at(noted(Role.OPERATOR, None, None), None)
    assert not is_noted_at(None, None)
