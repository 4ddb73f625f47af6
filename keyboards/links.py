"""Deep links: what stands behind `https://t.me/<bot>?start=`."""

import re
from typing import Final

from aiogram.types import User

COURSE: Final = re.compile(r"c_(\d{1,9})")
PROVIDER: Final = re.compile(r"p_(\d{1,9})")
ROLE: Final = re.compile(r"inv_([A-Za-z0-9_-]{1,60})")
PORTAL: Final = "portal"
"""Leads to the bot itself, from where it has nothing to show."""
LETTERS: Final = "letters"
"""Leads to the preferences: which letters one wants."""
RECORD: Final = re.compile(r"r_([A-Za-z0-9_-]{1,62})")


def course_id(payload: str | None) -> int | None:
    """The course a link leads to."""
    found = COURSE.fullmatch(payload or "")
    return int(found[1]) if found else None


def provider_id(payload: str | None) -> int | None:
    """The provider whose courses a link leads to."""
    found = PROVIDER.fullmatch(payload or "")
    return int(found[1]) if found else None


def provider(username: str, provider_id: int) -> str:
    """The link that opens a provider's courses."""
    return bot(username, f"p_{provider_id}")


def address(username: str) -> str:
    """The bot's address as people type it."""
    return f"t.me/{username}"


def course(username: str, course_id: int) -> str:
    """The link that opens a course's card."""
    return bot(username, f"c_{course_id}")


def invitation_link(username: str | None, token: str) -> str:
    """The link that brings a token to the bot."""
    return f"https://t.me/{username}?start=inv_{token}"


def token(payload: str | None) -> str | None:
    """The invitation's token a link carries."""
    found = ROLE.fullmatch(payload or "")
    return found[1] if found else None


def bot(username: str, payload: str | None = None) -> str:
    """The link that opens the bot, with something to begin with."""
    return f"https://t.me/{username}" + (f"?start={payload}" if payload else "")


def record_token(payload: str | None) -> str:
    """The token of the record that a link checks; nobody's for any other payload."""
    found = RECORD.fullmatch(payload or "")
    return found[1] if found else ""


def check_link(me: User, token: str = "") -> str:
    """The link that checks a record, or what such links begin with."""
    return bot(me.username or "", f"r_{token}")
