"""What the portal keeps about a person, and how it forgets them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Column
from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, consents, farewells, outbox, people, staffing, traces
from db.engine import Database
from db.outbox import Note
from db.traces import TRACES, Trace, Whose
from domain.clock import Calendar
from domain.errors import JustMoved, LastOperator, NotAllowed, StillEnrolled, TooManyExports
from domain.person import REMOVED_NAME, Change, Person
from domain.policy import may_withdraw
from domain.status import Move, Status
from services import prompting
from services.invitations import MENU
from services.letters import add_security_letter
from services.moves import LostRace, Moving, move
from services.people import CONSENT_VERSION
from services.recovery import is_settled
from services.settings import Settings

EXPORTS_A_DAY: Final = 3
DAY: Final = timedelta(days=1)
FAREWELL_PROMPT: Final = "prompt_left"
"""Retires a copy of an application on the screen of somebody who is an approver no more, nor anybody."""


class Party(StrEnum):
    """A person in somebody's export: people are called by name in their own only."""

    SELF = "self"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a row refers to: its id, and how it is called."""

    id: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of what is kept: `name` is that of the trace, rows map columns to values, oldest first."""

    name: str
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class MyData:
    """Everything that is kept about a person."""

    full_name: str
    at: datetime
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """What a person agreed to. `text` None: it was not kept."""

    version: str
    text: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing the profile would do, or why it cannot be."""

    withdrawn: int
    """Applications that it would withdraw."""
    enrolled: tuple[str, ...]
    """Codes of the courses that the person is enrolled in: while there are any, the profile stays."""
    records: int
    """Completed courses; the record book keeps them, with the name."""
    is_last_operator: bool
    has_roles: bool
    left_alone: tuple[str, ...]
    """Schools that would have no approver."""

    @property
    def is_possible(self) -> bool:
        """Whether the second tap may come."""
        return not self.enrolled and not self.is_last_operator


@dataclass(frozen=True, slots=True)
class Removed:
    """What removing the profile did."""

    withdrawn: int
    records: int
    by_letter: bool
    """Whether a last letter is on its way."""


class Privacy:
    """Use cases of whoever wants to know what is kept, or wants it gone."""

    def __init__(self, database: Database, calendar: Calendar, settings: Settings) -> None:
        self._database = database
        self._calendar = calendar
        self._settings = settings

    async def keep_consent(self, text: str) -> None:
        """The text in force, kept under its version, when that is new. Comes at the start."""
        async with self._database.write() as tx:
            await consents.keep(tx, CONSENT_VERSION, text, self._calendar.now())

    async def consent(self, by: Person) -> ConsentGiven:
        """The text a person agreed to, as it was then."""
        async with self._database.read() as connection:
            row = await consents.of(connection, by.id)
        return ConsentGiven(row.version, row.text, row.consent_at)

    async def my_data(self, by: Person) -> MyData:
        """Everything that is kept about the person, a few times a day. That it was asked for is kept, too.

        Raises: TooManyExports, JustMoved.
        """
        now = self._calendar.now()
        async with self._database.write() as tx:
            if not await people.hold(tx, by.id):
                raise NotAllowed
            if not await is_settled(tx, by.id):
                raise JustMoved
            if await people.count_changes(tx, by.id, Change.DATA_SENT, now - DAY) >= EXPORTS_A_DAY:
                raise TooManyExports
            await people.write_down(tx, by.id, Change.DATA_SENT, now, by.id)
        async with self._database.read() as connection:
            whose = Whose(by.id, await traces.chats_of(connection, by.id))
            found = [(trace, await traces.rows_of(connection, trace, whose)) for trace in TRACES]
            names = await self._names(connection, found)
        sections = (
            Section(trace.name, tuple(_told(trace, row, names, by.id) for row in rows)) for trace, rows in found
        )
        return MyData(by.full_name, now, tuple(section for section in sections if section.rows))

    async def _names(
        self, connection: AsyncConnection, found: Sequence[tuple[Trace, list[dict[str, Any]]]]
    ) -> dict[str, dict[int, str]]:
        """How the things are called that the rows refer to, by table and id: one statement for each table."""
        wanted: dict[str, set[int]] = {}
        for trace, rows in found:
            for column in trace.columns:
                for table in _refers_to(column):
                    wanted.setdefault(table, set()).update(row[column.name] for row in rows if row[column.name])
        return {table: await traces.names_of(connection, table, ids) for table, ids in wanted.items()}

    async def to_remove(self, by: Person) -> Removal:
        """What would happen, before the question whether to remove the profile.

        Raises: JustMoved.
        """
        async with self._database.read() as connection:
            if not await is_settled(connection, by.id):
                raise JustMoved
            return await self._removal(connection, by.id)

    async def _removal(self, connection: AsyncConnection, user_id: int) -> Removal:
        live = await applications.live_of(connection, user_id)
        return Removal(
            withdrawn=sum(may_withdraw(application.status) for application in live),
            enrolled=tuple(await farewells.enrolled_codes(connection, user_id)),
            records=await farewells.count_records(connection, user_id),
            is_last_operator=await farewells.is_last_operator(connection, user_id),
            has_roles=await farewells.has_roles(connection, user_id),
            left_alone=tuple(await farewells.schools_left_alone(connection, user_id, self._calendar.today())),
        )

    async def remove(self, by: Person, ready: Sequence[str]) -> Removed:
        """Withdraw what can be withdrawn, end the roles, make everything anonymous; the chat is a stranger's then.

        `ready`: texts of the portal's own buttons, which stay where the person chose one of them as a reason; so do
        the ready reasons that operators have put there. Raises: NotAllowed (the profile is gone already), JustMoved,
        StillEnrolled, LastOperator.
        """
        of_operators = [reason.text for reason in (await self._settings.current()).reasons.ready]
        async with self._database.write() as tx:
            if not await people.hold(tx, by.id):
                raise NotAllowed
            if not await is_settled(tx, by.id):
                raise JustMoved
            await staffing.hold_operators(tx)
            before = await self._removal(tx, by.id)
            if before.is_last_operator:
                raise LastOperator
            withdrawn = await self._withdraw_all(tx, by)
            await self._forget(tx, by, (*ready, *of_operators))
            by_letter = by.email is not None and by.email_proved
            if by_letter:
                await add_security_letter(
                    tx, Change.REMOVED, by.id, self._calendar.now(), key=f"removed:{by.id}", address=by.email
                )
        return Removed(withdrawn, before.records, by_letter)

    async def _withdraw_all(self, tx: AsyncConnection, by: Person) -> int:
        """Row 5 for everything live, also what an approver is deciding in this instant."""
        withdrawn = 0
        for live in await applications.live_of(tx, by.id):
            moved = False
            while not moved:
                facts = await applications.facts(tx, live.id, by.id, self._calendar.today())
                assert facts is not None
                if facts.status is Status.ENROLLED:
                    raise StillEnrolled
                if not may_withdraw(facts.status):
                    break
                try:
                    await move(tx, facts, Moving(Move.WITHDRAW, by.id), self._calendar)
                except LostRace:
                    continue
                moved = True
            withdrawn += moved
        return withdrawn

    async def _forget(self, tx: AsyncConnection, by: Person, ready: Sequence[str]) -> None:
        """Everything anonymous; then those who decide in the person's place are asked, and the screens follow."""
        now, today = self._calendar.now(), self._calendar.today()
        whose = Whose(by.id, await traces.chats_of(tx, by.id))
        schools, is_support = await farewells.decides_at(tx, by.id)
        screens = await farewells.open_prompts(tx, by.id)
        own = await farewells.application_ids(tx, by.id)
        await traces.wipe(tx, whose, REMOVED_NAME, ready, now)
        words = {by.full_name: REMOVED_NAME} | ({by.email: REMOVED_NAME} if by.email else {})
        await traces.forget_words(tx, words, lambda column, value: _is_of_another(column, value, own))
        await people.write_down(tx, by.id, Change.REMOVED, now, by.id)
        waiting = [row for school_id in schools for row in await applications.waiting_at(tx, school_id=school_id)]
        waiting += await applications.waiting_at(tx, unattended_on=today) if is_support else []
        notes = [note for row in waiting for note in await prompting.follow_roles(tx, row, self._calendar)]
        key = f"{by.id}:{now.timestamp()}"
        notes += [Note(f"menu:left:{chat}:{key}", None, MENU, chat_id=chat) for chat in whose.chat_ids]
        notes += [
            Note(
                f"{FAREWELL_PROMPT}:{screen.message_id}:{key}",
                None,
                FAREWELL_PROMPT,
                {"message_id": screen.message_id},
                outbox.Priority.BULK,
                chat_id=screen.chat_id,
            )
            for screen in screens
        ]
        await outbox.add(tx, notes, now)


def _refers_to(column: Column[Any]) -> list[str]:
    return [key.column.table.name for key in column.foreign_keys]


def _told(trace: Trace, row: Mapping[str, Any], names: Mapping[str, Mapping[int, str]], user_id: int) -> dict[str, Any]:
    """A row with names where it refers to something, and without other people's ids."""
    told: dict[str, Any] = {}
    for column in trace.columns:
        value = row[column.name]
        for table in _refers_to(column) if value is not None else ():
            value = _party(value, user_id) if table == "users" else Named(value, names[table].get(value))
        told[column.name] = value
    return told


def _party(user_id: int, own: int) -> Party:
    return Party.SELF if user_id == own else Party.OTHER


def _is_of_another(column: Column[Any], value: Any, own: frozenset[int]) -> bool:
    """A note about an application of somebody else, who has the same name."""
    if column.table.name != "notifications" or not isinstance(value, dict):
        return False
    return value.get("application_id", None) not in {None, *own}
