"""Letters: those about a profile's safety are ordered here, and here the postman asks what a letter says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import emails, letters, outbox
from db.engine import Database
from db.outbox import MAIL, Note
from domain.catalogue import Funding
from domain.person import Change, Role

SECURITY: Final = "security"
"""The kind of note that becomes a letter about the profile's safety; nobody can switch it off."""
FAREWELL: Final = outbox.FAREWELL


@dataclass(frozen=True, slots=True)
class LetterCourse:
    """The course that a letter is about; days and place are the group's, where it has its own."""

    code: str
    title: str
    provider: str
    hours: int | None
    form: str | None
    funding: Funding
    price: int | None
    starts_on: date | None
    ends_on: date | None
    venue: str | None
    document: str | None
    group_number: str | None


@dataclass(frozen=True, slots=True)
class Security:
    """What a letter about a profile's safety says: `role` and `place` where a role came or went, `at` when."""

    change: Change
    at: datetime
    role: Role | None = None
    place: str | None = None


async def add_security_letter(
    tx: AsyncConnection,
    change: Change,
    user_id: int,
    now: datetime,
    *,
    key: str,
    role: Role | None = None,
    place: str | None = None,
    code_id: int | None = None,
    address: str | None = None,
) -> None:
    """Write a letter about a profile's safety into the outbox, within the transaction of what happened.

    It goes by mail only: what the chat says of the same thing is another note of the use case's own. It goes
    whatever kinds of letters the person has switched off. `key` is that note's, so that where the chat is out of
    reach nothing is written twice; without such a note any key that makes it unique.

    To whom:
    - `code_id`: the address that the proof took the place of (`email_codes.replaced` of that row), for
      Change.EMAIL. Write `replaced` first. The outbox holds the row's id only.
    - `address`: this one, for Change.REMOVED and MOVE_STOPPED, since the profile has no proved one any more. Write
      it after everything else was made anonymous: the note belongs to nobody (`user_id` None), and its payload is
      emptied once it is settled.
    - neither: the person's proved address as it is when the letter goes out; without one nothing is written. For
      Change.ROLE_GIVEN and ROLE_TAKEN (with `role` and `place`, the name of the school or provider), MOVED,
      MOVED_BY_SUPPORT and ROLES_FOLLOWED.

    Wording: texts.letters.security has a text for each of these changes, and for no other.
    """
    payload: dict[str, Any] = {"change": change.value, "at": now.isoformat()}
    payload |= {"role": role.value if role else None, "place": place}
    letter = outbox.letter_key(key)
    if address is not None:
        note = Note(letter, None, FAREWELL, payload | {"address": address}, channel=MAIL)
    elif code_id is not None:
        note = Note(letter, user_id, SECURITY, payload | {"code_id": code_id}, channel=MAIL)
    elif await outbox.addresses(tx, [user_id]):
        note = Note(letter, user_id, SECURITY, payload, channel=MAIL)
    else:
        return
    await outbox.add(tx, [note], now)


def security_of(told: Mapping[str, Any]) -> Security:
    """What a note's payload says."""
    role = Role(told["role"]) if told["role"] else None
    return Security(Change(told["change"]), datetime.fromisoformat(told["at"]), role, told["place"])


class Letters:
    """Use cases of the postman."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def course_of(self, application_id: int) -> LetterCourse | None:
        """The course of an application; None, where there is no such application any more."""
        async with self._database.read() as connection:
            row = await letters.course_of(connection, application_id)
        return None if row is None else LetterCourse(*row)

    async def replaced_by(self, code_id: int) -> str | None:
        """The address that a proof took the place of; None, where there was none, or it is forgotten."""
        async with self._database.read() as connection:
            return await emails.replaced(connection, code_id)
