"""Invitations: the only way to a role, single-use and expiring."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import invitations, outbox, people, staffing
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain.clock import Calendar
from domain.codes import normalise_name
from domain.errors import (
    AmbiguousSchool,
    InvitationExpired,
    InvitationRevoked,
    InvitationSettled,
    InvitationUnknown,
    InvitationUsed,
    InvitationVoid,
    NotAllowed,
    ProviderUnknown,
    RoleHeld,
    SchoolUnknown,
)
from domain.person import PORTAL_ROLES, SCHOOL_ROLES, Change, Person, Role
from domain.roles import VALID_FOR, RolePlace, Standing, gives_more, last_day, may_appoint, noted, place_of
from services.letters import add_security_letter
from services.roles import INVITATION_USED, MENU, follow, lose_school_role
from services.views import Draft, Given, InvitationList, InvitationState, InvitationView, Issued, Page

__all__ = ["MENU", "NO_GOOD", "Invitations", "accept", "lose_school_role"]

TOKEN_BYTES: Final = 24
"""192 random bits; with its prefix the token fits a deep link's 64 characters."""
PAGE_SIZE: Final = 7
NO_GOOD: Final = (
    InvitationUnknown,
    InvitationUsed,
    InvitationExpired,
    InvitationRevoked,
    InvitationVoid,
    RoleHeld,
)
"""Why an invitation may give nothing."""
_COMMAND_LINE: Final = Standing(operator=True, head=False)
"""Whoever has the machine may do what an operator may."""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Invitations:
    """Use cases of those who hand out roles. `by` None: the command line."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def invite(
        self,
        role: Role,
        school: str | None = None,
        provider: str | None = None,
        *,
        until: date | None = None,
        valid_for: timedelta = VALID_FOR,
    ) -> str:
        """A new invitation's token, from the command line; approvers need a school, staff a provider, by name.

        Raises: SchoolUnknown, AmbiguousSchool, ProviderUnknown, BadLastDay (a deputy has a last day).
        """
        async with self._database.write() as tx:
            place_id = await _named(tx, role, school, provider)
            issued = await self._issue(tx, role, place_id, until, valid_for, None)
        return issued.token

    async def draft(self, role: Role | None, place_id: int, by: Person) -> Draft:
        """An invitation in the making, for those who may give it: with the name of its place, once there is one.

        Raises: NotAllowed (also where there is no such place).
        """
        async with self._database.read() as connection:
            standing = await self._standing(connection, by, place_id if role in SCHOOL_ROLES else None)
            if not (standing.operator if role is None else may_appoint(standing, role)):
                raise NotAllowed
            place = await self._place(connection, role, place_id) if role and place_id else None
        return Draft(role, place)

    async def issue(self, role: Role, place_id: int, until: date | None, days: int, by: Person) -> Issued:
        """A new invitation, with the token that is shown this once.

        Raises: NotAllowed (also where there is no such place), BadLastDay (a deputy has a last day).
        """
        async with self._database.write() as tx:
            standing = await self._standing(tx, by, place_id if role in SCHOOL_ROLES else None)
            if not may_appoint(standing, role):
                raise NotAllowed
            await self._place(tx, role, place_id)
            return await self._issue(tx, role, place_id or None, until, timedelta(days), by.id)

    async def _issue(
        self,
        tx: AsyncConnection,
        role: Role,
        place_id: int | None,
        until: date | None,
        valid_for: timedelta,
        by: int | None,
    ) -> Issued:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now, today = self._calendar.now(), self._calendar.today()
        until = last_day(until, today) if role is Role.DEPUTY else None
        expires_at = now + valid_for if until is None else min(now + valid_for, self._end_of(until))
        place = place_of(role)
        invitation_id = await invitations.add(
            tx,
            token_hash=_hash(token),
            role=role,
            school_id=place_id if place is RolePlace.SCHOOL else None,
            provider_id=place_id if place is RolePlace.PROVIDER else None,
            until=until,
            invited_by=by,
            expires_at=expires_at,
            now=now,
        )
        row = await invitations.one(tx, invitation_id, today)
        assert row is not None
        return Issued(token, self._view(row))

    def _end_of(self, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(), self._calendar.zone)

    async def listed(self, school_id: int | None, page: int, by: Person | None, *, settled: bool) -> InvitationList:
        """Invitations that can be used, or (`settled`) that cannot any more, the newest first: of the portal, or of
        one school.

        Raises: NotAllowed (also where there is no such school).
        """
        today = self._calendar.today()
        async with self._database.read() as connection:
            standing = await self._standing(connection, by, school_id)
            roles = [role for role in Role if may_appoint(standing, role)]
            if not roles or (school_id is None and not standing.operator):
                raise NotAllowed
            school = None if school_id is None else await self._place(connection, Role.HEAD, school_id)
            rows = await invitations.listed(
                connection,
                settled=settled,
                school_id=school_id,
                roles=roles,
                now=self._calendar.now(),
                today=today,
                limit=PAGE_SIZE,
                offset=page * PAGE_SIZE,
            )
        if not rows and page > 0:
            return await self.listed(school_id, 0, by, settled=settled)
        lines = tuple(self._view(row) for row in rows)
        total = rows[0].total if rows else 0
        return InvitationList(school_id, school, settled, Page(lines, page, PAGE_SIZE, total))

    async def all_open(self) -> AsyncIterator[InvitationView]:
        """Every invitation that can still be used, the newest first: for the command line."""
        page, has_next = 0, True
        while has_next:
            found = await self.listed(None, page, None, settled=False)
            for line in found.page.lines:
                yield line
            page, has_next = page + 1, found.page.has_next

    async def one(self, invitation_id: int, by: Person) -> InvitationView:
        """One invitation, for those who may revoke it.

        Raises: NotAllowed (also where it does not exist).
        """
        async with self._database.read() as connection:
            return self._view(await self._theirs(connection, invitation_id, by))

    async def to_revoke(self, invitation_id: int, by: Person) -> InvitationView:
        """One invitation before the question whether to revoke it.

        Raises: NotAllowed (also where it does not exist), InvitationSettled (used or revoked; carries the view).
        """
        view = await self.one(invitation_id, by)
        if view.state in {InvitationState.USED, InvitationState.REVOKED}:
            raise InvitationSettled(view)
        return view

    async def revoke(self, invitation_id: int, by: Person | None) -> InvitationView:
        """Nobody can use the invitation any more.

        Raises: NotAllowed (also where it does not exist), InvitationSettled (used or revoked; carries the view).
        """
        async with self._database.write() as tx:
            await self._theirs(tx, invitation_id, by)
            revoked = await invitations.revoke(tx, invitation_id, self._calendar.now())
            row = await invitations.one(tx, invitation_id, self._calendar.today())
            assert row is not None
            view = self._view(row)
        if not revoked:
            raise InvitationSettled(view)
        return view

    async def _theirs(self, connection: AsyncConnection, invitation_id: int, by: Person | None) -> AnyRow:
        row = await invitations.one(connection, invitation_id, self._calendar.today())
        standing = await self._standing(connection, by, row.school_id if row else None)
        if row is None or not may_appoint(standing, row.role):
            raise NotAllowed
        return row

    async def _standing(self, connection: AsyncConnection, by: Person | None, school_id: int | None) -> Standing:
        if by is None:
            return _COMMAND_LINE
        return await staffing.standing(connection, by.id, school_id, self._calendar.today())

    async def _place(self, connection: AsyncConnection, role: Role, place_id: int) -> str | None:
        """The name of a role's place; None, where the role is the portal's own.

        Raises: NotAllowed (there is no such place).
        """
        place = place_of(role)
        if place is RolePlace.PORTAL:
            return None
        name = await staffing.place_name(connection, place, place_id)
        if name is None:
            raise NotAllowed
        return name

    def _view(self, row: AnyRow) -> InvitationView:
        return InvitationView(
            id=row.id,
            role=row.role,
            place=row.place,
            school_id=row.school_id,
            until=row.until,
            state=_state(row, self._calendar),
            expires_at=row.expires_at,
            created_at=row.created_at,
            inviter=row.inviter,
            bearer=row.bearer,
            settled_at=row.used_at or row.revoked_at,
        )


def _state(row: AnyRow, calendar: Calendar) -> InvitationState:
    """What a row of db.invitations is worth now."""
    if row.used_by is not None:
        return InvitationState.USED
    if row.revoked_at is not None:
        return InvitationState.REVOKED
    if row.expires_at <= calendar.now() or (row.until is not None and row.until < calendar.today()):
        return InvitationState.EXPIRED
    return InvitationState.OPEN if row.inviter_may else InvitationState.VOID


async def _named(tx: AsyncConnection, role: Role, school: str | None, provider: str | None) -> int | None:
    if role in SCHOOL_ROLES:
        return await _school(tx, school)
    return await _provider(tx, provider) if role is Role.PROVIDER else None


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


_REFUSALS: Final = {
    InvitationState.USED: InvitationUsed,
    InvitationState.REVOKED: InvitationRevoked,
    InvitationState.EXPIRED: InvitationExpired,
    InvitationState.VOID: InvitationVoid,
}


async def accept(tx: AsyncConnection, token: str, user_id: int, calendar: Calendar) -> Given:
    """Give the invitation's role, once, and bring the prompts that wait for whoever gains an approver's.

    One that would give nothing new is not used up. Raises: InvitationUnknown, InvitationUsed, InvitationExpired,
    InvitationRevoked, InvitationVoid (whoever gave it may not any more), RoleHeld.
    """
    now = calendar.now()
    invitation = await _good(tx, token, calendar)
    place_id = invitation.school_id or invitation.provider_id
    await staffing.hold_person(tx, user_id)
    held = await staffing.held(tx, user_id, invitation.role, place_id)
    anew = await staffing.waits(tx, user_id, invitation.role, place_id)
    if not anew and not gives_more(held, invitation.role, invitation.until, calendar.today()):
        raise RoleHeld
    if not await invitations.use(tx, invitation.id, user_id, now):
        await _good(tx, token, calendar)  # somebody used or revoked it in the same instant: it says which
        raise InvitationUsed
    await _give(tx, invitation, user_id)
    await people.write_down(
        tx,
        user_id,
        Change.ROLE_GIVEN,
        now,
        invitation.invited_by,
        noted(invitation.role, invitation.place, invitation.until),
    )
    notes = [Note(f"menu:{user_id}:{invitation.id}", user_id, MENU)]
    notes += await follow(tx, invitation.role, invitation.school_id, calendar)
    notes += await _word_to_inviter(tx, invitation, user_id)
    await outbox.add(tx, notes, now)
    await add_security_letter(
        tx,
        Change.ROLE_GIVEN,
        user_id,
        now,
        key=f"given:{invitation.id}",
        role=invitation.role,
        place=invitation.place,
    )
    return Given(invitation.role, invitation.school, invitation.provider, invitation.until)


async def _good(tx: AsyncConnection, token: str, calendar: Calendar) -> AnyRow:
    invitation = await invitations.find(tx, _hash(token), calendar.today())
    if invitation is None:
        raise InvitationUnknown
    state = _state(invitation, calendar)
    if state is not InvitationState.OPEN:
        raise _REFUSALS[state]
    return invitation


async def _give(tx: AsyncConnection, invitation: AnyRow, user_id: int) -> None:
    if invitation.role in SCHOOL_ROLES:
        await people.give_school_role(tx, user_id, invitation.school_id, invitation.role, invitation.until)
    elif invitation.role in PORTAL_ROLES:
        await people.give_portal_role(tx, user_id, invitation.role)
    else:
        await people.give_provider_role(tx, user_id, invitation.provider_id)


async def _word_to_inviter(tx: AsyncConnection, invitation: AnyRow, user_id: int) -> list[Note]:
    if invitation.invited_by is None or invitation.invited_by == user_id:
        return []
    payload = {
        "role": invitation.role.value,
        "place": invitation.place,
        "until": invitation.until.isoformat() if invitation.until else None,
        "person": await staffing.person_name(tx, user_id),
    }
    return [Note(f"{INVITATION_USED}:{invitation.id}", invitation.invited_by, INVITATION_USED, payload)]
