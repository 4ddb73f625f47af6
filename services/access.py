"""Somebody has lost both the chat and the mailbox and asks support for the profile; support looks into it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import access, outbox, people, recovery
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain import policy
from domain.clock import Calendar
from domain.codes import normalise_name
from domain.errors import (
    AlreadyRegistered,
    ChatTaken,
    NotAllowed,
    ProfileUnknown,
    RecoverySettled,
    RequestOpen,
    RequestSettled,
)
from domain.person import CLAIM_LIMIT, NAME_LIMIT, REASON_LIMIT, Change, Person, Role, as_sought, within
from domain.policy import ProfileFacts
from services.desk import unattended
from services.recovery import let_roles_follow, move_account, take_back
from services.views import Page

ASKED: Final = "access_asked"
"""Tells support of a new request."""
ANSWERED: Final = "access_answered"
"""Tells whoever asked what support has done."""
PAGE_SIZE: Final = 7
FOUND_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in the list."""

    id: int
    claim: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """As much of a profile as support needs to know whose it is."""

    id: int
    name: str
    position: str
    school: str | None


@dataclass(frozen=True, slots=True)
class ToMove:
    """A request and the profile it may be about."""

    request: RequestLine
    profile: ProfileLine
    roles: tuple[Role, ...]
    has_chat: bool
    """Whether there is a chat that will be asked."""


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A move that holds roles, in the list."""

    id: int
    name: str
    school: str | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A move that holds roles."""

    id: int
    profile: ProfileLine
    roles: tuple[Role, ...]
    moved_at: datetime
    roles_at: datetime
    by_support: bool
    has_old_chat: bool


class Access:
    """Use cases of strangers who ask, and of support who answer."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def ask(self, chat_id: int, text: str) -> None:
        """A stranger's request in own words; support is told that there is one, or operators that nobody is there.

        Raises: TooLong, TooShort, RequestOpen (one at a time).
        """
        claim = within(text, CLAIM_LIMIT)
        now = self._calendar.now()
        async with self._database.write() as tx:
            request_id = await access.ask(tx, chat_id, claim, now)
            if request_id is None:
                raise RequestOpen
            notes = [
                Note(f"access:{request_id}:{user_id}", user_id, ASKED, {"request": request_id})
                for user_id in await people.portal_staff(tx, Role.SUPPORT)
            ]
            await outbox.add(tx, notes or await unattended(tx, f"access:{request_id}"), now)

    async def waiting(self, page: int, by: Person) -> Page[RequestLine]:
        """Requests that nobody has answered. Raises: NotAllowed."""
        async with self._database.read() as connection:
            await _require_support(connection, by)
            rows = await access.waiting(connection, PAGE_SIZE, page * PAGE_SIZE)
        if not rows and page > 0:
            return await self.waiting(0, by)
        return Page(tuple(map(self._line, rows)), page, PAGE_SIZE, rows[0].total if rows else 0)

    async def request(self, request_id: int, by: Person) -> RequestLine:
        """A request that waits. Raises: NotAllowed, RequestSettled."""
        async with self._database.read() as connection:
            await _require_support(connection, by)
            return self._line(await _open(connection, request_id))

    async def find(self, request_id: int, text: str, by: Person) -> tuple[list[ProfileLine], bool]:
        """Profiles by an address, or by words of name and school, and whether there are more than are shown.

        Raises: NotAllowed, RequestSettled, TooLong, TooShort, ProfileUnknown.
        """
        sought = within(text, NAME_LIMIT)
        async with self._database.read() as connection:
            await _require_support(connection, by)
            await _open(connection, request_id)
            if "@" in sought:
                rows = await access.profiles_at(connection, sought, FOUND_SHOWN + 1)
            else:
                words = [(as_sought(word).title(), normalise_name(word)) for word in sought.split()]
                rows = await access.profiles_like(connection, words, FOUND_SHOWN + 1)
        if not rows:
            raise ProfileUnknown
        return [ProfileLine(*row) for row in rows[:FOUND_SHOWN]], len(rows) > FOUND_SHOWN

    async def to_move(self, request_id: int, user_id: int, by: Person) -> ToMove:
        """A request beside a profile, where support may move it.

        Raises: NotAllowed, RequestSettled, OwnProfile, PortalProfile.
        """
        async with self._database.read() as connection:
            await _require_support(connection, by)
            request = await _open(connection, request_id)
            profile = await access.profile(connection, user_id)
            if profile is None:
                raise NotAllowed
            policy.require_mover(await _facts(connection, user_id, by))
            roles = await recovery.roles_of(connection, user_id)
            has_chat = await recovery.has_chat(connection, user_id)
        return ToMove(self._line(request), ProfileLine(*profile), roles, has_chat)

    async def move(self, request_id: int, user_id: int, reason: str, by: Person) -> ProfileLine:
        """Move the profile to the chat that asked, with a reason in its history; its roles are held as after any move.

        Raises: NotAllowed, RequestSettled, ChatTaken, OwnProfile, PortalProfile, TooLong, TooShort.
        """
        note = within(reason, REASON_LIMIT)
        now = self._calendar.now()
        try:
            async with self._database.write() as tx:
                await _require_support(tx, by)
                if not await people.hold(tx, user_id):
                    raise NotAllowed
                request = await _open(tx, request_id)
                policy.require_mover(await _facts(tx, user_id, by))
                if not await access.settle(tx, request_id, by.id, user_id, now):
                    raise RequestSettled
                moved = await move_account(
                    tx, user_id, request.chat_id, Change.MOVED_BY_SUPPORT, self._calendar, by=by.id, reason=note
                )
                told = {
                    "moved": True,
                    "reason": note,
                    "roles": [role.value for role in moved.roles],
                    "until": moved.roles_at.isoformat(),
                    "asks_old_chat": moved.asks_old_chat,
                }
                await outbox.add(tx, [Note(f"answered:{request_id}", user_id, ANSWERED, told)], now)
                profile = await access.profile(tx, user_id)
        except AlreadyRegistered:
            raise ChatTaken from None
        assert profile is not None
        return ProfileLine(*profile)

    async def refuse(self, request_id: int, reason: str, by: Person) -> None:
        """Tell whoever asked that the profile cannot be moved, and why.

        Raises: NotAllowed, RequestSettled, TooLong, TooShort.
        """
        note = within(reason, REASON_LIMIT)
        now = self._calendar.now()
        async with self._database.write() as tx:
            await _require_support(tx, by)
            request = await _open(tx, request_id)
            if not await access.settle(tx, request_id, by.id, None, now):
                raise RequestSettled
            told = {"moved": False, "reason": note}
            answer = Note(f"answered:{request_id}", None, ANSWERED, told, chat_id=request.chat_id)
            await outbox.add(tx, [answer], now)

    async def holds(self, page: int, by: Person) -> Page[HoldLine]:
        """Moves that hold roles. Raises: NotAllowed."""
        async with self._database.read() as connection:
            await _require_support(connection, by)
            rows = await recovery.holds(connection, PAGE_SIZE, page * PAGE_SIZE)
        if not rows and page > 0:
            return await self.holds(0, by)
        lines = tuple(HoldLine(row.id, row.full_name, row.school) for row in rows)
        return Page(lines, page, PAGE_SIZE, rows[0].total if rows else 0)

    async def hold(self, recovery_id: int, by: Person) -> Hold:
        """A move that waits for a word. Raises: NotAllowed, RecoverySettled."""
        async with self._database.read() as connection:
            await _require_support(connection, by)
            row = await recovery.hold(connection, recovery_id)
            if row is None:
                raise NotAllowed
            if row.settled_at is not None:
                raise RecoverySettled
            roles = await recovery.roles_of(connection, row.user_id)
            moved_by = await recovery.moved_by(connection, row.user_id)
        return Hold(
            id=row.id,
            profile=ProfileLine(row.user_id, row.full_name, row.position, row.school),
            roles=roles,
            moved_at=self._calendar.local(row.started_at),
            roles_at=self._calendar.local(row.roles_at),
            by_support=moved_by is not None,
            has_old_chat=row.old_chat_id is not None,
        )

    async def to_settle(self, recovery_id: int, by: Person, *, agree: bool) -> Hold:
        """The same, before a question about it: whether support's word may be this person's.

        Raises: NotAllowed, RecoverySettled, OwnProfile, PortalProfile, MovedByYou.
        """
        view = await self.hold(recovery_id, by)
        async with self._database.read() as connection:
            _require_word(await _facts(connection, view.profile.id, by), agree=agree)
        return view

    async def settle(self, recovery_id: int, reason: str, by: Person, *, agree: bool) -> None:
        """Support's word in place of the old chat's: the roles follow, or the profile goes back; with a reason.

        Raises: NotAllowed, RecoverySettled, OwnProfile, PortalProfile, MovedByYou, TooLong, TooShort.
        """
        note = within(reason, REASON_LIMIT)
        async with self._database.write() as tx:
            await _require_support(tx, by)
            moved = await recovery.one(tx, recovery_id)
            if moved is None:
                raise NotAllowed
            _require_word(await _facts(tx, moved.user_id, by), agree=agree)
            if agree:
                await let_roles_follow(tx, moved, self._calendar, by=by.id, reason=note)
            else:
                await take_back(tx, moved, self._calendar, by=by.id, reason=note)

    def _line(self, row: AnyRow) -> RequestLine:
        return RequestLine(row.id, row.claim, self._calendar.local(row.created_at))


async def _require_support(connection: AsyncConnection, by: Person) -> None:
    if not await recovery.is_support(connection, by.id):
        raise NotAllowed


def _require_word(facts: ProfileFacts, *, agree: bool) -> None:
    if agree:
        policy.require_releaser(facts)
    else:
        policy.require_stopper(facts)


async def _open(connection: AsyncConnection, request_id: int) -> AnyRow:
    request = await access.one(connection, request_id)
    if request is None:
        raise NotAllowed
    if request.settled_at is not None:
        raise RequestSettled
    return request


async def _facts(connection: AsyncConnection, user_id: int, by: Person) -> ProfileFacts:
    roles = await recovery.roles_of(connection, user_id)
    return ProfileFacts(
        owner_id=user_id,
        by_id=by.id,
        by_is_support=await recovery.is_support(connection, by.id),
        has_portal_role=bool({Role.SUPPORT, Role.OPERATOR} & set(roles)),
        moved_by=await recovery.moved_by(connection, user_id),
    )
