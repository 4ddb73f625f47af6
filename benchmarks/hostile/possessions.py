"""What the database holds, and whose it is: what somebody without a right changed of others' is found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, select

from db.engine import Database
from db.outbox import FAREWELL
from db.tables import Base, SchoolRole

LEFT_OUT: Final = {"updates", "fsm", "searches"}
"""The intake, and what only steers somebody's own screen."""
GOES_ON_BY_ITSELF: Final = {
    "notifications": {"channel", "leased_until", "attempts", "sent_at", "failed_at", "failure", "due_at"},
    "prompts": {"message_id"},
}
AT_A_PLACE: Final = {"school_roles", "provider_staff", "invitations"}
PLACES: Final = {"schools", "providers"}
"""Where somebody new of a role belongs."""
OF_A_PERSON: Final = ("user_id", "invited_by", "changed_by")

Row = tuple[tuple[str, Any], ...]
Rows = dict[str, frozenset[Row]]


@dataclass(frozen=True)
class Whose:
    """The people who reach, by profile, by chat and by the roles they came with; and the places that are not theirs."""

    users: Collection[int]
    chats: Collection[int]
    roles: Collection[int]
    foreign_school: int
    foreign_provider: int


async def roles_of(database: Database, user_id: int) -> set[int]:
    """The roles at schools that somebody has, whether their time is over or not."""
    async with database.read() as connection:
        return set((await connection.execute(select(SchoolRole.id).where(SchoolRole.user_id == user_id))).scalars())


async def snapshot(database: Database) -> Rows:
    """Every row of every table, as far as people change it."""
    rows: Rows = {}
    async with database.read() as connection:
        for name, table in Base.metadata.tables.items():
            if name not in LEFT_OUT:
                found = (await connection.execute(select(table))).mappings()
                rows[name] = frozenset(_row(table, row) for row in found)
    return rows


def _row(table: Table, row: Mapping[Any, Any]) -> Row:
    skipped = GOES_ON_BY_ITSELF.get(table.name, set())
    if table.name == "notifications" and row["kind"] == FAREWELL:
        skipped = {*skipped, "payload"}  # the address is gone once it is settled
    return tuple((column.name, repr(row[column.name])) for column in table.c if column.name not in skipped)


def taken(before: Rows, after: Rows, whose: Whose) -> list[str]:
    """What changed that is not theirs, a line each."""
    own = _Own(after, whose)
    lines = []
    for name in before:
        for sign, rows in (("+", after[name] - before[name]), ("-", before[name] - after[name])):
            lines += [f"{sign}{name} {dict(row)}" for row in rows if not own.has(name, dict(row), new=sign == "+")]
    return lines


class _Own:
    """What belongs to those who reach, worked out from the rows as they are now."""

    def __init__(self, rows: Rows, whose: Whose) -> None:
        self._users = {repr(user) for user in whose.users}
        self._chats = {repr(chat) for chat in whose.chats}
        self._roles = {repr(role) for role in whose.roles}
        self._foreign = {"school_id": repr(whose.foreign_school), "provider_id": repr(whose.foreign_provider)}
        self._applications = {row["id"] for row in map(dict, rows["applications"]) if row["user_id"] in self._users}
        self._messages = {row["id"] for row in map(dict, rows["ticket_messages"]) if row["user_id"] in self._users}
        self._requests = {row["id"] for row in map(dict, rows["access_requests"]) if row["chat_id"] in self._chats}
        self._codes = {row["id"] for row in map(dict, rows["email_codes"]) if row["chat_id"] in self._chats}
        self._farewells = {f"'letter:removed:{user}'" for user in self._users}
        self._prompts = {row["id"] for row in map(dict, rows["prompts"]) if row["application_id"] in self._applications}

    def has(self, name: str, row: Mapping[str, str], *, new: bool) -> bool:
        """Whether a row is theirs to change, or to add."""
        if name == "school_roles" and row["id"] in self._roles:
            return True
        if new and (name == "portal_staff" or (name in AT_A_PLACE and self._is_elsewhere(row))):
            return False
        if new and name in PLACES:
            return True
        if name in {"application_events", "prompts"}:
            return row["application_id"] in self._applications
        if name == "users":
            return row["id"] in self._users
        if row.get("chat_id") in self._chats or any(row.get(column) in self._users for column in OF_A_PERSON):
            return True
        return name == "notifications" and (row["key"] in self._farewells or self._is_about_their_own(row["payload"]))

    def _is_elsewhere(self, row: Mapping[str, str]) -> bool:
        return any(row.get(column) == place for column, place in self._foreign.items())

    def _is_about_their_own(self, payload: str) -> bool:
        about = {
            "application": self._applications,
            "application_id": self._applications,
            "prompt_id": self._prompts,
            "message_id": self._messages,
            "request": self._requests,
            "code_id": self._codes,
        }
        named = (f"'{field}': {number}{end}" for field, numbers in about.items() for number in numbers for end in ",}")
        return any(part in payload for part in named)
