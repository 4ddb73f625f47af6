"""What follows when somebody gains or loses a role: shared by every use case that gives or takes one."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, outbox, people, staffing
from db.outbox import Note
from domain.clock import Calendar
from domain.person import SCHOOL_ROLES, Change, Role
from domain.roles import noted, place_of
from services import prompting
from services.letters import add_security_letter

MENU: Final = "menu"
"""Sets a chat's commands menu to the person's roles of the moment."""
ROLE_TAKEN: Final = "role_taken"
"""Tells somebody that a role of theirs is over."""
DEPUTY_ENDED: Final = "deputy_ended"
"""Tells a head that a deputy's time is over."""
INVITATION_USED: Final = "invitation_used"
"""Tells whoever gave an invitation that it was taken up."""


async def follow(tx: AsyncConnection, role: Role, school_id: int | None, calendar: Calendar) -> list[Note]:
    """Somebody has gained or lost a role: applications that wait are asked about where they are to be asked now."""
    if role in SCHOOL_ROLES:
        waiting = await applications.waiting_at(tx, school_id=school_id)
    elif role is Role.SUPPORT:
        waiting = await applications.waiting_at(tx, unattended_on=calendar.today())
    else:
        return []
    notes = []
    for application in waiting:
        notes += await prompting.follow_roles(tx, application, calendar)
    return notes


async def lost(
    tx: AsyncConnection,
    user_id: int,
    role: Role,
    place_id: int | None,
    place: str | None,
    calendar: Calendar,
    by: int | None,
) -> None:
    """A role has just been taken from somebody: the history's line, the word to them, and what follows.

    `by` None: the clock, or the command line.
    """
    now = calendar.now()
    key = f"{user_id}:{role.value}:{place_id or 0}:{now.timestamp()}"
    await people.write_down(tx, user_id, Change.ROLE_TAKEN, now, by, noted(role, place, None))
    payload = {"role": role.value, "place": place, "by_clock": by is None}
    # What the clock does is nobody's tap: it waits for the end of the quiet hours.
    due_at = calendar.out_of_quiet(now) if by is None else None
    told = Note(f"{ROLE_TAKEN}:{key}", user_id, ROLE_TAKEN, payload, due_at=due_at)
    notes = [Note(f"menu:lost:{key}", user_id, MENU), told]
    notes += await follow(tx, role, place_id, calendar)
    await outbox.add(tx, notes, now)
    await add_security_letter(tx, Change.ROLE_TAKEN, user_id, now, key=told.key, role=role, place=place)


async def lose_school_role(
    tx: AsyncConnection, user_id: int, school_id: int, calendar: Calendar, by: int | None = None
) -> bool:
    """Take whatever role somebody has at a school: whether there was one to take."""
    held = await staffing.held(tx, user_id, Role.HEAD, school_id)
    if held is None or not await staffing.take(tx, user_id, held.role, school_id):
        return False
    place = await staffing.place_name(tx, place_of(held.role), school_id)
    await lost(tx, user_id, held.role, school_id, place, calendar, by)
    return True
