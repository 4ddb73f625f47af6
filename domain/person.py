"""Who somebody is today, as far as menus need to know; rights are worked out again in each use case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from domain.errors import BadName, TooLong, TooShort

NAME_LIMIT: Final = 120
POSITION_LIMIT: Final = 120
REASON_LIMIT: Final = 500
CLAIM_LIMIT: Final = 1000
REMOVED_NAME: Final = "Удалённый пользователь"
"""Who somebody is to others once the profile is removed."""
BARRED_AFTER: Final = 3
"""The third «Не наш сотрудник» bars the school for the person."""

SPELLED_ALIKE: Final = (("ё", "е"), ("Ё", "Е"))
"""Letters of names that people write either way."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*['’ʼ]?")


class Role(StrEnum):
    """What an invitation can give."""

    HEAD = "head"
    ADMIN = "admin"
    DEPUTY = "deputy"
    PROVIDER = "provider"
    SUPPORT = "support"
    OPERATOR = "operator"


class Change(StrEnum):
    """What can happen to a profile: its history's words."""

    REGISTERED = "registered"
    NAME = "name"
    SCHOOL = "school"
    POSITION = "position"
    EMAIL = "email"
    PREFERENCES = "preferences"
    ROLE_GIVEN = "role_given"
    ROLE_TAKEN = "role_taken"
    MOVED = "moved"
    MOVED_BY_SUPPORT = "moved_by_support"
    MOVE_STOPPED = "move_stopped"
    ROLES_FOLLOWED = "roles_followed"
    REMOVED = "removed"
    DATA_SENT = "data_sent"
    CONSENT = "consent"


class Purpose(StrEnum):
    """Why an address is proved."""

    REGISTER = "register"
    CHANGE = "change"
    RECOVER = "recover"


SCHOOL_ROLES: Final = frozenset({Role.HEAD, Role.ADMIN, Role.DEPUTY})
PORTAL_ROLES: Final = frozenset({Role.SUPPORT, Role.OPERATOR})


@dataclass(frozen=True, slots=True)
class Person:
    """A registered person at the moment of the tap."""

    id: int
    chat_id: int
    full_name: str
    position: str
    school_id: int | None
    school: str | None
    approver: bool = False
    provider_staff: bool = False
    support: bool = False
    operator: bool = False
    head: bool = False
    email: str | None = None
    email_proved: bool = False
    letters_off: tuple[str, ...] = ()
    quiet: tuple[int, int] | None = None
    """Own quiet hours, from and to, as hours of the day; None: the portal's."""
    plain: bool = False
    reminders_paused: bool = False
    news: bool = False
    """Whether new courses are told of, once a week."""
    news_direction: str | None = None
    """Those of this direction; None: those for the position."""
    filters: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What courses must be to be shown, as it is kept: domain.filtering.chosen reads it."""
    consent: str = ""
    """The version of the text that they agreed to."""

    @property
    def decides(self) -> bool:
        """Whether applications may wait for this person's decision."""
        return self.approver or self.support


def full_name(text: str) -> str:
    """A name as its owner writes it, with single spaces.

    Raises: BadName, unless it has 2–4 words of letters, hyphens and apostrophes; TooLong.
    """
    words = text.split()
    if not 2 <= len(words) <= 4 or not all(_WORD.fullmatch(word) for word in words):
        raise BadName
    return within(" ".join(words), NAME_LIMIT)


def as_sought(text: str) -> str:
    """A name, or a part of it, as names are compared when somebody is looked for."""
    for written, read in SPELLED_ALIKE:
        text = text.replace(written, read)
    return text


def printable(text: str) -> str:
    """The text without NUL, which PostgreSQL cannot store, and without halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def within(text: str, limit: int) -> str:
    """The text without the spaces around it.

    Raises: TooLong (more code points than the limit), TooShort (nothing left).
    """
    trimmed = printable(text).strip()
    if not trimmed:
        raise TooShort
    if len(trimmed) > limit:
        raise TooLong(len(trimmed), limit)
    return trimmed
