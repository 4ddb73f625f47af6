"""Invitations: the only way to a role, single-use and expiring."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, invitations, outbox, people
from db.engine import Database
from db.outbox import Note
from domain.clock import Calendar
from domain.codes import normalise_name
from domain.errors import (
    AmbiguousSchool,
    InvitationExpired,
    InvitationUnknown,
    InvitationUsed,
    ProviderUnknown,
    SchoolUnknown,
)
from domain.person import PORTAL_ROLES, SCHOOL_ROLES, Role
from services import prompting
from services.views import Given

VALID_FOR: Final = timedelta(days=7)
MENU: Final = "menu"
"""Sets a chat's commands menu to the person's roles of the moment."""
TOKEN_BYTES: Final = 24
"""192 random bits; with its prefix the token fits a deep link's 64 characters."""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Invitations:
    """Use cases of those who hand out roles."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def invite(self, role: Role, school: str | None = None, provider: str | None = None) -> str:
        """A new invitation's token, valid for seven days; approvers need a school, staff a provider, by name.

        Raises: SchoolUnknown, AmbiguousSchool, ProviderUnknown.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._calendar.now()
        async with self._database.write() as tx:
            school_id = await _school(tx, school) if role in SCHOOL_ROLES else None
            provider_id = await _provider(tx, provider) if role is Role.PROVIDER else None
            await invitations.add(
                tx,
                token_hash=_hash(token),
                role=role,
                school_id=school_id,
                provider_id=provider_id,
                expires_at=now + VALID_FOR,
                now=now,
            )
        return token


async def _school(tx: AsyncConnection, name: str | None) -> int:
    found = await invitations.schools_named(tx, normalise_name(name or ""))
    if not found:
        raise SchoolUnknown
    if len(found) > 1:
        raise AmbiguousSchool
    return found[0]


async def _provider(tx: AsyncConnection, name: str | None) -> int:
    found = await invitations.provider_named(tx, normalise_name(name or ""))
    if found is None:
        raise ProviderUnknown
    return found


async def accept(tx: AsyncConnection, token: str, user_id: int, calendar: Calendar) -> Given:
    """Give the invitation's role, once, and bring the prompts that wait for whoever gains an approver's.

    Raises: InvitationUnknown, InvitationUsed, InvitationExpired.
    """
    now = calendar.now()
    invitation = await invitations.find(tx, _hash(token))
    if invitation is None:
        raise InvitationUnknown
    if invitation.used_by is not None:
        raise InvitationUsed
    if invitation.expires_at <= now:
        raise InvitationExpired
    if not await invitations.use(tx, invitation.id, user_id, now):
        raise InvitationUsed
    if invitation.role in SCHOOL_ROLES:
        await people.give_school_role(tx, user_id, invitation.school_id, invitation.role)
        waiting = await applications.waiting_at(tx, school_id=invitation.school_id)
    elif invitation.role in PORTAL_ROLES:
        await people.give_portal_role(tx, user_id, invitation.role)
        unattended = invitation.role is Role.SUPPORT
        waiting = await applications.waiting_at(tx, unattended_on=calendar.today()) if unattended else []
    else:
        await people.give_provider_role(tx, user_id, invitation.provider_id)
        waiting = []
    notes = [Note(f"menu:{user_id}:{invitation.id}", user_id, MENU)]
    for application in waiting:
        notes += await prompting.follow_roles(tx, application, calendar)
    await outbox.add(tx, notes, now)
    return Given(invitation.role, invitation.school, invitation.provider)


async def lose_school_role(tx: AsyncConnection, user_id: int, school_id: int, calendar: Calendar) -> bool:
    """Take an approver's role: their prompts are retired, the others keep theirs, support steps in where none is left.

    Returns whether there was a role to take.
    """
    if not await people.take_school_role(tx, user_id, school_id):
        return False
    now = calendar.now()
    notes = [Note(f"menu:{user_id}:lost:{school_id}:{now.timestamp()}", user_id, MENU)]
    for application in await applications.waiting_at(tx, school_id=school_id):
        notes += await prompting.follow_roles(tx, application, calendar)
    await outbox.add(tx, notes, now)
    return True
