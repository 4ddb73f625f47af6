"""A profile moves to another chat: by a code sent to its address, or by support. The old chat has the last word.

The chat says and does the same for every address, known or not, until its code was typed: whoever asks learns
nothing. A letter goes to each, and only whoever has the mailbox learns whether it has a profile. Roles are held
until the chat that had the profile last for certain agrees, or keeps silent for 24 hours, or support has been
convinced.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import access, applications, emails, outbox, people, recovery
from db.engine import Database
from db.outbox import Note
from db.recovery import HeldRoles
from db.types import AnyRow
from domain import policy, proof
from domain.clock import Calendar
from domain.errors import AlreadyRegistered, CodeUnknown, NotAllowed, RecoverySettled, WrongCode
from domain.person import Change, Person, Purpose, Role
from services import prompting
from services.emails import tried
from services.invitations import MENU
from services.letters import add_security_letter

MOVED_AWAY: Final = "moved_away"
"""Asks the old chat whether the move was its owner's."""
MOVED_ON: Final = "moved_on"
"""Tells a chat that had the profile for a while, and has no word in it, that it is elsewhere now."""
MOVE_STOPPED: Final = "move_stopped"
"""Tells the new chat that the profile went back."""
RETURNED: Final = "returned"
"""Tells the old chat that support has brought the profile back."""
ROLES_FOLLOWED: Final = "roles_followed"
"""Tells the person that the roles are in force."""
AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Moved:
    """A profile that is in a new chat now. `roles`: what is held, until `roles_at` at the latest."""

    person: Person
    roles: tuple[Role, ...]
    roles_at: datetime
    asks_old_chat: bool
    """Whether there is an old chat to agree."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The old chat said «Это я». `roles`: what came into force by it."""

    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A move that was taken back. `person`: who is in the old chat again; None, where it could not take them."""

    person: Person | None


class Recovery:
    """Use cases of whoever has lost a chat, and of the chat that was lost. `key`: what codes are derived from."""

    def __init__(self, database: Database, calendar: Calendar, key: bytes | None) -> None:
        self._database = database
        self._calendar = calendar
        self._key = key

    async def recover(self, code_id: int, chat_id: int, typed: str) -> Moved | None:
        """The code of the letter brings the profile into this chat; None, where the address has no profile.

        Every try is counted, also one that is refused. Raises: CodeUnknown, WrongCode, AlreadyRegistered.
        """
        assert self._key is not None, "codes are sent only where there is a key"
        moved = None
        async with self._database.write() as tx:
            asked = await emails.one(tx, code_id)
            if asked is None or asked.purpose is not Purpose.RECOVER:
                raise CodeUnknown
            # The person is locked before the try is counted: of two right codes one finds the other spent.
            user_id = await recovery.account_at(tx, asked.email_key)
            request, proved = await tried(tx, self._key, code_id, chat_id, typed, self._calendar.now())
            if proved:
                await emails.spend(tx, code_id, chat_id, Purpose.RECOVER, self._calendar.now())
            if proved and user_id is not None:
                moved = await move_account(tx, user_id, chat_id, Change.MOVED, self._calendar)
        # Raised after the commit: a refusal inside would take the counted try back.
        if request is None:
            raise CodeUnknown
        if not proved:
            raise WrongCode(proof.TRIES - request.attempts)
        return moved

    async def agree(self, recovery_id: int, chat_id: int) -> Agreed:
        """«Это я» in the old chat: the roles follow at once.

        Raises: NotAllowed (also where there is no such move), RecoverySettled.
        """
        async with self._database.write() as tx:
            moved = await _of_old_chat(tx, recovery_id, chat_id)
            return Agreed(await let_roles_follow(tx, moved, self._calendar, by=moved.user_id))

    async def stop(self, recovery_id: int, chat_id: int) -> Stopped:
        """«Это не я» in the old chat: the profile comes back, and its address proves nothing until it is proved again.

        Raises: NotAllowed (also where there is no such move), RecoverySettled.
        """
        async with self._database.write() as tx:
            moved = await _of_old_chat(tx, recovery_id, chat_id)
            return await take_back(tx, moved, self._calendar, by=moved.user_id)

    async def follow_due(self) -> int:
        """The old chats that kept silent for 24 hours: how many moves are settled by that. May run late or twice."""
        settled = 0
        while ids := await self._due():
            for recovery_id in ids:
                settled += await self._follow(recovery_id)
        return settled

    async def _due(self) -> list[int]:
        async with self._database.read() as connection:
            return list(await recovery.due(connection, self._calendar.now(), AT_ONCE))

    async def _follow(self, recovery_id: int) -> bool:
        """One move; False, where somebody else has settled it in the same instant."""
        try:
            async with self._database.write() as tx:
                moved = await recovery.one(tx, recovery_id)
                if moved is None:
                    return False
                await let_roles_follow(tx, moved, self._calendar, by=None)
        except RecoverySettled:
            return False
        return True


async def _of_old_chat(tx: AsyncConnection, recovery_id: int, chat_id: int) -> AnyRow:
    moved = await recovery.one(tx, recovery_id)
    if moved is None or moved.old_chat_id != chat_id:
        raise NotAllowed
    return moved


async def is_settled(tx: AsyncConnection, user_id: int) -> bool:
    """Whether nobody may take this person's profile back any more: what cannot be undone waits for that."""
    return await recovery.unsettled(tx, user_id) is None


async def move_account(
    tx: AsyncConnection,
    user_id: int,
    chat_id: int,
    change: Change,
    calendar: Calendar,
    *,
    by: int | None = None,
    reason: str | None = None,
) -> Moved:
    """Move a profile, whose row is locked, to a chat: everything else follows it, roles are held.

    A second move before the first is settled takes its place: the chat that is asked stays the one that had the
    profile for certain. Back in that very chat nothing is held. Raises: AlreadyRegistered (the chat has a profile).
    """
    now = calendar.now()
    pending = await recovery.unsettled(tx, user_id)
    left = await recovery.leave(tx, user_id)
    if not await recovery.enter(tx, user_id, chat_id):
        raise AlreadyRegistered
    trusted = left if pending is None else pending.old_chat_id
    if pending is not None:
        await recovery.settle(tx, pending.id, now)
    chats = [chat for chat in {left, trusted, chat_id} if chat is not None]
    await recovery.void_codes(tx, user_id, chats, now)
    await recovery.forget_talks(tx, chats)
    await access.close_of(tx, chat_id, user_id, now)
    await people.write_down(tx, user_id, change, now, by or user_id, reason)
    at_home = chat_id == trusted
    held = await recovery.set_held(tx, user_id, held=not at_home)
    roles_at = now + policy.ROLES_FOLLOW_AFTER
    moved_id = pending.id if pending is not None else 0
    if not at_home:
        begun = await recovery.begin(tx, user_id, old_chat_id=trusted, new_chat_id=chat_id, now=now, roles_at=roles_at)
        assert begun is not None, "the person's row is locked, and what was unsettled is settled"
        moved_id = begun
    notes = await _roles_changed(tx, user_id, held, f"{moved_id}:{now.timestamp()}", calendar)
    if trusted is not None and not at_home:
        told = {"recovery": moved_id, "roles": bool(held.kinds), "until": roles_at.isoformat(), "reason": reason}
        told["by_support"] = change is Change.MOVED_BY_SUPPORT
        notes.append(Note(f"moved_away:{moved_id}", None, MOVED_AWAY, told, chat_id=trusted))
    if left is not None:
        notes.append(_commands_of(left, moved_id, "left"))
        if left != trusted:
            notes.append(Note(f"moved_on:{moved_id}:{now.timestamp()}", None, MOVED_ON, chat_id=left))
    await outbox.add(tx, notes, now)
    await add_security_letter(tx, change, user_id, now, key=f"moved:{moved_id}:{now.timestamp()}")
    person, *_ = await people.arriving(tx, chat_id, calendar.today())
    assert person is not None
    return Moved(person, () if at_home else held.kinds, roles_at, trusted is not None and not at_home)


async def let_roles_follow(
    tx: AsyncConnection, moved: AnyRow, calendar: Calendar, *, by: int | None, reason: str | None = None
) -> tuple[Role, ...]:
    """The move is its owner's: held roles come into force in the new chat, with the prompts that wait for them.

    `by` None: the old chat was silent. Returns the roles. Raises: RecoverySettled.
    """
    now = calendar.now()
    await people.hold(tx, moved.user_id)
    if not await recovery.settle(tx, moved.id, now):
        raise RecoverySettled
    roles = await recovery.set_held(tx, moved.user_id, held=False)
    if not roles.kinds:
        return ()
    await people.write_down(tx, moved.user_id, Change.ROLES_FOLLOWED, now, by, reason)
    notes = await _roles_changed(tx, moved.user_id, roles, f"{moved.id}:followed", calendar)
    told = {"roles": [role.value for role in roles.kinds], "reason": reason}
    due_at = calendar.out_of_quiet(now) if by is None else None
    notes.append(Note(f"roles_followed:{moved.id}", moved.user_id, ROLES_FOLLOWED, told, due_at=due_at))
    await outbox.add(tx, notes, now)
    await add_security_letter(tx, Change.ROLES_FOLLOWED, moved.user_id, now, key=f"roles_followed:{moved.id}")
    return roles.kinds


async def take_back(
    tx: AsyncConnection, moved: AnyRow, calendar: Calendar, *, by: int, reason: str | None = None
) -> Stopped:
    """The move was not its owner's: the profile leaves the new chat and goes back to the old one, with its roles.

    Where the old chat cannot take it (there is none, or it has another profile by now), it is in no chat and its
    roles stay held, until support moves it. Whatever address it has proves nothing any more. Raises: RecoverySettled.
    """
    now = calendar.now()
    await people.hold(tx, moved.user_id)
    if not await recovery.settle(tx, moved.id, now):
        raise RecoverySettled
    await recovery.leave(tx, moved.user_id)
    back = moved.old_chat_id is not None and await recovery.enter(tx, moved.user_id, moved.old_chat_id)
    chats = [moved.new_chat_id] + ([moved.old_chat_id] if back else [])
    await recovery.void_codes(tx, moved.user_id, chats, now)
    await recovery.forget_talks(tx, chats)
    proved = await outbox.addresses(tx, [moved.user_id])
    await recovery.distrust_address(tx, moved.user_id)
    await people.write_down(tx, moved.user_id, Change.MOVE_STOPPED, now, by, reason)
    notes = [
        Note(f"move_stopped:{moved.id}", None, MOVE_STOPPED, {"reason": reason}, chat_id=moved.new_chat_id),
        _commands_of(moved.new_chat_id, moved.id, "stopped"),
    ]
    person = None
    if back:
        roles = await recovery.set_held(tx, moved.user_id, held=False)
        notes += await _roles_changed(tx, moved.user_id, roles, f"{moved.id}:returned", calendar)
        person, *_ = await people.arriving(tx, moved.old_chat_id, calendar.today())
        if by != moved.user_id:
            notes.append(Note(f"returned:{moved.id}", moved.user_id, RETURNED, {"reason": reason}))
    await outbox.add(tx, notes, now)
    if address := proved.get(moved.user_id):
        await add_security_letter(
            tx, Change.MOVE_STOPPED, moved.user_id, now, key=f"move_stopped:{moved.id}", address=address
        )
    return Stopped(person)


async def _roles_changed(
    tx: AsyncConnection, user_id: int, roles: HeldRoles, occasion: str, calendar: Calendar
) -> list[Note]:
    """The commands menu of the person's chat, and prompts where they belong now."""
    notes = [Note(f"menu:{user_id}:recovery:{occasion}", user_id, MENU)]
    waiting = {row.id: row for school in roles.schools for row in await applications.waiting_at(tx, school_id=school)}
    if Role.SUPPORT in roles.kinds:
        waiting |= {row.id: row for row in await applications.waiting_at(tx, unattended_on=calendar.today())}
    for _, application in sorted(waiting.items()):
        notes += await prompting.follow_roles(tx, application, calendar)
    return notes


def _commands_of(chat_id: int, recovery_id: int, occasion: str) -> Note:
    """The commands menu of a chat that the profile has left."""
    return Note(f"menu:chat:{chat_id}:{recovery_id}:{occasion}", None, MENU, chat_id=chat_id)
