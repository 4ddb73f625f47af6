"""Where a person leaves a trace: for each table what of it is theirs, what they may have of it, and what becomes of it
when the profile is removed. A test holds this to every column that refers to a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Table,
    Text,
    and_,
    cast,
    delete,
    false,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import (
    AccessRequest,
    AccountEvent,
    Application,
    ApplicationEvent,
    Chat,
    Conversation,
    Course,
    EmailCode,
    Favourite,
    Group,
    Invitation,
    Notification,
    PortalStaff,
    Prompt,
    Provider,
    ProviderStaff,
    Record,
    Recovery,
    School,
    SchoolRefusal,
    SchoolRole,
    Search,
    Setting,
    Ticket,
    TicketMessage,
    Update,
    Upload,
    User,
)
from db.types import AnySelect


class Fate(StrEnum):
    """What becomes of a row when its person's profile is removed."""

    DELETED = "deleted"
    BLANKED = "blanked"
    """It stays for others, without what the person wrote or was."""
    KEPT = "kept"
    """It names nobody but by the id of a profile that is anonymous, or stays as the record book does."""


@dataclass(frozen=True, slots=True)
class Whose:
    """A person as the tables know them."""

    user_id: int
    chat_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """One way in which rows of a table are about somebody.

    `by`: the columns that refer to the person, by profile or by chat. `through`: a column and the table whose rows
    belong to the person, where the rows belong to those. `shows`: the columns a person may have; None: all of them.
    `blank`: the new values of rows that stay. `only`: the rows among them that are blanked.
    """

    name: str
    table: Any
    by: tuple[str, ...]
    fate: Fate
    through: tuple[str, Any] | None = None
    shows: tuple[str, ...] | None = None
    blank: Mapping[str, Any] = field(default_factory=dict)
    only: ColumnElement[bool] = field(default_factory=true)

    @property
    def columns(self) -> list[Any]:
        """What a person may have of a row."""
        table: Table = self.table.__table__
        return [column for column in table.c if self.shows is None or column.name in self.shows]

    def theirs(self, whose: Whose) -> ColumnElement[bool]:
        """The rows that are about somebody."""
        columns = self.table.__table__.c
        parts: list[ColumnElement[bool]] = [
            columns[name].in_(whose.chat_ids) if name.endswith("chat_id") else columns[name] == whose.user_id
            for name in self.by
        ]
        if self.through is not None:
            name, owner = self.through
            parts.append(columns[name].in_(select(owner.id).where(owner.user_id == whose.user_id)))
        return or_(false(), *parts)


REMOVED_POSITION: Final = "—"
_DELETED, _BLANKED, _KEPT = Fate.DELETED, Fate.BLANKED, Fate.KEPT

TRACES: Final[tuple[Trace, ...]] = (
    Trace(
        "profile",
        User,
        ("id",),
        _BLANKED,
        blank={
            "position": REMOVED_POSITION,
            "school_id": None,
            "email": None,
            "email_key": None,
            "email_proved_at": None,
            "letters_off": [],
            "quiet_from": None,
            "quiet_to": None,
            "plain": False,
            "reminders_paused": False,
            "news_since": None,
            "news_direction": None,
            "filters": {},
        },
    ),
    Trace("chats", Chat, ("user_id", "chat_id"), _DELETED),
    Trace("school_roles", SchoolRole, ("user_id",), _DELETED),
    Trace("provider_roles", ProviderStaff, ("user_id",), _DELETED),
    Trace("portal_roles", PortalStaff, ("user_id",), _DELETED),
    Trace("school_refusals", SchoolRefusal, ("user_id",), _DELETED),
    Trace("account_events", AccountEvent, ("user_id",), _BLANKED, blank={"note": None}),
    Trace("account_changes", AccountEvent, ("by_id",), _KEPT, shows=("at", "change")),
    Trace("applications", Application, ("user_id",), _BLANKED, blank={"reason": None}),
    Trace(
        "application_events",
        ApplicationEvent,
        (),
        _BLANKED,
        through=("application_id", Application),
        blank={"note": None},
    ),
    Trace("records", Record, ("user_id",), _KEPT),
    Trace(
        "decisions",
        Application,
        ("decided_by",),
        _BLANKED,
        shows=("id", "course_id", "status", "reason", "decided_at"),
        blank={"reason": None},
    ),
    Trace(
        "moves",
        ApplicationEvent,
        ("user_id",),
        _BLANKED,
        shows=("application_id", "at", "move", "from_status", "to_status", "note"),
        blank={"note": None},
    ),
    Trace("prompts", Prompt, ("user_id", "chat_id"), _DELETED),
    Trace("favourites", Favourite, ("user_id",), _DELETED),
    Trace("searches", Search, ("user_id",), _DELETED),
    Trace("tickets", Ticket, ("user_id",), _BLANKED, blank={"subject": ""}),
    Trace(
        "ticket_messages",
        TicketMessage,
        (),
        _BLANKED,
        through=("ticket_id", Ticket),
        blank={"text": None, "file_kind": None, "file_id": None},
    ),
    Trace("tickets_taken", Ticket, ("taken_by",), _KEPT, shows=("id", "created_at", "answered_at", "closed_at")),
    Trace("answers", TicketMessage, ("user_id",), _KEPT, shows=("ticket_id", "at", "text", "file_kind")),
    Trace("email_codes", EmailCode, ("user_id", "chat_id"), _DELETED),
    Trace("recoveries", Recovery, ("user_id", "old_chat_id", "new_chat_id"), _DELETED),
    Trace("access_requests", AccessRequest, ("user_id", "chat_id"), _DELETED),
    Trace("access_requests_settled", AccessRequest, ("settled_by",), _KEPT, shows=("id", "created_at", "settled_at")),
    Trace(
        "invitations_used",
        Invitation,
        ("used_by",),
        _KEPT,
        shows=("role", "school_id", "provider_id", "created_at", "used_at", "until"),
    ),
    Trace(
        "invitations_given",
        Invitation,
        ("invited_by",),
        _KEPT,
        shows=("role", "school_id", "provider_id", "created_at", "expires_at", "used_at", "until", "revoked_at"),
    ),
    Trace("settings", Setting, ("changed_by",), _KEPT, shows=("name", "value", "changed_at")),
    Trace("uploads", Upload, ("user_id",), _DELETED),
    Trace("notifications", Notification, ("user_id", "chat_id"), _DELETED),
    Trace("conversation", Conversation, ("chat_id",), _DELETED),
    Trace(
        "updates",
        Update,
        ("chat_id",),
        _BLANKED,
        blank={"payload": None},
        only=Update.handled_at.is_not(None),
    ),
)

FREE_TEXTS: Final[tuple[Any, ...]] = tuple(
    table.__table__.c[name]
    for table, name in (
        (ApplicationEvent, "note"),
        (AccountEvent, "note"),
        (Application, "reason"),
        (Ticket, "subject"),
        (TicketMessage, "text"),
        (AccessRequest, "claim"),
        (Search, "query"),
        (Notification, "payload"),
        (Notification, "failure"),
        (Conversation, "answers"),
        (Upload, "name"),
        (Update, "payload"),
    )
)
"""Where other people, or the bot on their behalf, may have written somebody's name or address."""


async def chats_of(connection: AsyncConnection, user_id: int) -> tuple[int, ...]:
    """Where a person is reached."""
    return tuple((await connection.execute(select(Chat.chat_id).where(Chat.user_id == user_id))).scalars())


async def rows_of(connection: AsyncConnection, trace: Trace, whose: Whose) -> list[dict[str, Any]]:
    """What a person may have of a trace, oldest first."""
    key = trace.table.__table__.primary_key.columns
    statement: AnySelect = select(*trace.columns).where(trace.theirs(whose)).order_by(*key)
    return [dict(row._mapping) for row in await connection.execute(statement)]


_NAMES: Final[dict[str, AnySelect]] = {
    "schools": select(School.id, School.name),
    "providers": select(Provider.id, Provider.name),
    "courses": select(Course.id, Course.code + " — " + Course.title),
    "groups": select(Group.id, Group.number),
    "applications": select(Application.id, Course.code).join(Course, Course.id == Application.course_id),
}
"""How a row is called where another one refers to it; people are not called by name in somebody else's export."""


async def names_of(connection: AsyncConnection, table: str, ids: set[int]) -> dict[int, str]:
    """The names of rows that others refer to."""
    statement = _NAMES.get(table)
    if statement is None or not ids:
        return {}
    key = statement.selected_columns[0]
    return {row[0]: row[1] for row in await connection.execute(statement.where(key.in_(ids)))}


async def wipe(tx: AsyncConnection, whose: Whose, name: str, ready: Sequence[str], now: datetime) -> None:
    """Anonymise every trace; `name` takes the place of the person's, `ready` are texts that are nobody's own words."""
    for trace in TRACES:
        if trace.fate is Fate.DELETED:
            await tx.execute(delete(trace.table).where(trace.theirs(whose)))
        elif trace.fate is Fate.BLANKED:
            await tx.execute(_blanked(trace, whose, ready))
    await tx.execute(update(User).where(User.id == whose.user_id).values(full_name=name, removed_at=now))
    open_tickets = update(Ticket).where(Ticket.user_id == whose.user_id, Ticket.closed_at.is_(None))
    await tx.execute(open_tickets.values(closed_at=now))


def _blanked(trace: Trace, whose: Whose, ready: Sequence[str]) -> Any:
    """Texts that stand on the portal's own buttons stay."""
    columns = trace.table.__table__.c
    theirs = and_(trace.theirs(whose), trace.only)
    words = [name for name in trace.blank if name in {"note", "reason"}]
    own = [columns[name].not_in(ready) for name in words]
    return update(trace.table).where(theirs, *own).values(dict(trace.blank))


async def forget_words(
    tx: AsyncConnection, words: Mapping[str, str], is_about_another: Callable[[Column[Any], Any], bool]
) -> None:
    """Put other words in the place of these wherever others may have written them: a look through whole tables, for
    the rare moment when a profile is removed. What `is_about_another` (a column, its value) stays."""
    for column in FREE_TEXTS:
        for word, instead in words.items():
            if isinstance(column.type, JSON):
                await _forget_in_json(tx, column, word, instead, is_about_another)
            else:
                found = update(column.table).where(column.contains(word, autoescape=True))
                await tx.execute(found.values({column.name: func.replace(column, word, instead)}))


async def _forget_in_json(
    tx: AsyncConnection,
    column: Column[Any],
    word: str,
    instead: str,
    is_about_another: Callable[[Column[Any], Any], bool],
) -> None:
    (key,) = column.table.primary_key.columns
    found = select(key, column).where(cast(column, Text).contains(word, autoescape=True))
    for row_key, value in (await tx.execute(found)).all():
        if not is_about_another(column, value):
            changed = update(column.table).where(key == row_key)
            await tx.execute(changed.values({column.name: _without(value, word, instead)}))


def _without(value: Any, word: str, instead: str) -> Any:
    if isinstance(value, str):
        return value.replace(word, instead)
    if isinstance(value, list):
        return [_without(part, word, instead) for part in value]
    if isinstance(value, dict):
        return {key: _without(part, word, instead) for key, part in value.items()}
    return value
