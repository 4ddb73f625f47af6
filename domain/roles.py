"""Roles: who gives and takes which, for how long, and which of two at one school is the stronger."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from domain.cells import read_day
from domain.errors import BadLastDay
from domain.person import PORTAL_ROLES, SCHOOL_ROLES, Role

VALID_DAYS: Final = (1, 7, 30)
"""How long an invitation may wait for whoever brings it, in days."""
VALID_FOR: Final = timedelta(days=7)
MOST_DAYS: Final = 90
"""The longest that the command line lets it wait."""
DEPUTY_DAYS: Final = (7, 14, 30)
"""The usual lengths of a deputy's time, today included."""
DEPUTY_AT_MOST: Final = 365
APPOINTED_BY_HEADS: Final = frozenset({Role.ADMIN, Role.DEPUTY})
"""What a head gives at the own school, and ends."""

_STRENGTH: Final = {Role.DEPUTY: 1, Role.ADMIN: 2, Role.HEAD: 3}
_BETWEEN: Final = " · "


class RolePlace(StrEnum):
    """What a role is held at."""

    SCHOOL = "school"
    PROVIDER = "provider"
    PORTAL = "portal"


ROLES_AT: Final = {
    RolePlace.SCHOOL: (Role.HEAD, Role.ADMIN, Role.DEPUTY),
    RolePlace.PROVIDER: (Role.PROVIDER,),
    RolePlace.PORTAL: (Role.SUPPORT, Role.OPERATOR),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is today: an operator, and the head of the school that is asked about."""

    operator: bool
    head: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has; `until` None: without an end."""

    role: Role
    until: date | None


def place_of(role: Role) -> RolePlace:
    """What a role is held at."""
    if role in SCHOOL_ROLES:
        return RolePlace.SCHOOL
    return RolePlace.PORTAL if role in PORTAL_ROLES else RolePlace.PROVIDER


def may_appoint(standing: Standing, role: Role) -> bool:
    """Who gives a role may take it, too: operators every one, a head those of school admins and deputies."""
    return standing.operator or (standing.head and role in APPOINTED_BY_HEADS)


def appoints(standing: Standing, place: RolePlace) -> tuple[Role, ...]:
    """The roles at such a place that somebody gives and takes."""
    return tuple(role for role in ROLES_AT[place] if may_appoint(standing, role))


def gives_more(held: Held | None, role: Role, until: date | None, today: date) -> bool:
    """Whether an invitation gives somebody more than they have at its place: nobody loses by opening a link.

    A head stays a head and an admin an admin; a deputy's time only grows.
    """
    if held is None or (held.until is not None and held.until < today):
        return True
    if held.role is not role:
        return _STRENGTH[role] > _STRENGTH[held.role]
    return held.until is not None and (until is None or until > held.until)


def last_day(day: date | None, today: date) -> date:
    """A deputy's last day: from today on, within a year.

    Raises: BadLastDay.
    """
    if day is None or not today <= day <= today + timedelta(DEPUTY_AT_MOST):
        raise BadLastDay
    return day


def written_last_day(text: str, today: date) -> date:
    """A deputy's last day as it was typed.

    Raises: BadLastDay.
    """
    day = read_day(text)
    return last_day(day if isinstance(day, date) else None, today)


def noted(role: Role, place: str | None, until: date | None) -> str:
    """A role in the history of a profile: its name, the school's or provider's, its last day."""
    return _BETWEEN.join(filter(None, (role.value, place, until.isoformat() if until else None)))


def is_noted_at(note: str | None, place: str | None) -> bool:
    """Whether a line of the history is of a role at this school or provider (None: of the portal's own)."""
    role, *rest = (note or "").split(_BETWEEN, 1)
    if place is None:
        return not rest and role in PORTAL_ROLES
    return bool(rest) and (rest[0] == place or rest[0].startswith(place + _BETWEEN))


def role_noted(note: str) -> Role:
    """The role of a line of the history."""
    return Role(note.split(_BETWEEN, 1)[0])
