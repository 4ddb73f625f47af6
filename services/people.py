"""Who somebody is: arrival, registration, schools, reachability."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import emails, outbox, people
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain.clock import Calendar
from domain.codes import normalise_name
from domain.errors import (
    AlreadyRegistered,
    CodeUnknown,
    DomainError,
    EmailTaken,
    SchoolUnknown,
)
from domain.person import NAME_LIMIT, POSITION_LIMIT, Change, Person, Purpose, full_name, within
from domain.settings import BUILT_IN_CONSENT
from services.invitations import MENU, NO_GOOD, accept
from services.views import Given, SchoolLine

CONSENT_VERSION: Final = BUILT_IN_CONSENT
SCHOOLS_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who writes, and what the bot and the chat are in the middle of."""

    person: Person | None
    state: str | None
    answers: dict[str, Any]
    blocked: bool = False
    """Whether the chat was held to be out of reach until now."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A new person, with the role their invitation gave, or why it gave none."""

    person: Person
    given: Given | None
    refusal: DomainError | None


class People:
    """Use cases of anybody."""

    def __init__(self, database: Database, calendar: Calendar, *, proves: bool) -> None:
        """`proves`: addresses are proved by letters, and nobody registers without."""
        self._database = database
        self._calendar = calendar
        self._proves = proves

    async def arrive(self, chat_id: int) -> Arrival:
        """Who writes from a chat: one statement, for strangers too."""
        async with self._database.read(brief=True) as connection:
            found = await people.arriving(connection, chat_id, self._calendar.today())
        return Arrival(*found)

    async def schools(self, text: str) -> tuple[list[SchoolLine], bool]:
        """Schools whose name holds what was typed, and whether there are more than are shown.

        Raises: SchoolUnknown.
        """
        words = normalise_name(within(text, NAME_LIMIT)).split()
        async with self._database.read() as connection:
            rows = await people.schools_like(connection, words, SCHOOLS_SHOWN + 1)
        if not rows:
            raise SchoolUnknown
        return [SchoolLine(*row) for row in rows[:SCHOOLS_SHOWN]], len(rows) > SCHOOLS_SHOWN

    async def school(self, school_id: int) -> SchoolLine:
        """One school.

        Raises: SchoolUnknown.
        """
        async with self._database.read() as connection:
            row = await people.school(connection, school_id)
        if row is None:
            raise SchoolUnknown
        return SchoolLine(*row)

    async def register(
        self,
        chat_id: int,
        name: str,
        school_id: int | None,
        position: str,
        token: str | None,
        *,
        email: str | None = None,
        code_id: int | None = None,
        agreed_to: str = CONSENT_VERSION,
    ) -> Registered:
        """A new person with the consent that they gave, by its version; an invitation's token gives its role at once.

        The address is that of the proof `code_id`; where addresses are not proved here, it is `email` as it was
        given. A token that is no good keeps nobody from registering. Raises: AlreadyRegistered, BadName, TooLong,
        TooShort, SchoolUnknown, CodeUnknown, EmailTaken.
        """
        async with self._database.write() as tx:
            if school_id is not None and await people.school(tx, school_id) is None:
                raise SchoolUnknown
            proved = await self._spend(tx, chat_id, code_id)
            user_id = await people.add(
                tx,
                chat_id,
                full_name=full_name(name),
                school_id=school_id,
                position=within(position, POSITION_LIMIT),
                consent_version=agreed_to,
                now=self._calendar.now(),
                email=proved.email if proved else email,
                email_key=proved.email_key if proved else None,
            )
            if user_id is None:
                taken = proved is not None and await emails.is_taken(tx, proved.email_key)
                raise EmailTaken if taken else AlreadyRegistered
            await people.write_down(tx, user_id, Change.REGISTERED, self._calendar.now(), user_id)
            given, refusal = await self._welcome_gift(tx, token, user_id)
            if given is None:
                await outbox.add(tx, [Note(f"menu:{user_id}", user_id, MENU)], self._calendar.now())
            person, *_ = await people.arriving(tx, chat_id, self._calendar.today())
        assert person is not None
        return Registered(person, given, refusal)

    async def _spend(self, tx: AsyncConnection, chat_id: int, code_id: int | None) -> AnyRow | None:
        """The proved address of a registration; None, where addresses are not proved."""
        if not self._proves:
            return None
        proved = await emails.spend(tx, code_id or 0, chat_id, Purpose.REGISTER, self._calendar.now())
        if proved is None:
            raise CodeUnknown
        if await emails.is_taken(tx, proved.email_key):
            raise EmailTaken
        return proved

    async def _welcome_gift(
        self, tx: AsyncConnection, token: str | None, user_id: int
    ) -> tuple[Given | None, DomainError | None]:
        if token is None:
            return None, None
        try:
            return await accept(tx, token, user_id, self._calendar), None
        except NO_GOOD as refusal:
            return None, refusal

    async def accept_invitation(self, token: str, by: Person) -> tuple[Given, Person]:
        """A registered person takes a role: the role, and who they are now.

        Raises: InvitationUnknown, InvitationUsed, InvitationExpired, InvitationRevoked, InvitationVoid, RoleHeld.
        """
        async with self._database.write() as tx:
            given = await accept(tx, token, by.id, self._calendar)
            person, *_ = await people.arriving(tx, by.chat_id, self._calendar.today())
        assert person is not None
        return given, person

    async def blocks(self, chat_id: int) -> None:
        """A person blocked the bot."""
        async with self._database.write() as tx:
            await people.set_blocked(tx, chat_id, self._calendar.now())

    async def comes_back(self, chat_id: int) -> None:
        """A person is in a chat that was held to be out of reach: it is used again, with the commands of today.

        It stands apart from whatever the person came for.
        """
        now = self._calendar.now()
        async with self._database.write(apart=True) as tx:
            if await people.set_reachable(tx, chat_id):
                menu = Note(f"{MENU}:back:{chat_id}:{now.timestamp()}", None, MENU, chat_id=chat_id)
                await outbox.add(tx, [menu], now)
