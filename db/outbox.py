"""Statements about notifications: written with what caused them, claimed by a lease, sent, given up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate

from db import wakes
from db.engine import leaves_something_to_say
from db.people import TELEGRAM
from db.tables import Chat, Notification, User
from db.types import AnyRow, AnySelect, UtcDateTime, among

CHAT: Final = "chat"
MAIL: Final = "mail"
FAREWELL: Final = "farewell"
"""The kind of note to somebody whose profile is gone: it alone holds an address, until it is settled."""


SHARES: Final = 64
"""Statements in memory: one for each place that this sender has had among the others."""
_LETTER: Final = "letter:"


def letter_key(key: str) -> str:
    """The key of the letter that is sent anyway beside the note of this key in the chat."""
    return f"{_LETTER}{key}"


class Priority(IntEnum):
    """What somebody sits and waits for (a code), a tap's other consequences, then reminders, then bulk."""

    AWAITED = -1
    CONSEQUENCE = 0
    REMINDER = 1
    BULK = 2


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say to a person. `key` makes it unique: the same key again is the same note.

    `chat_id` names a chat that is not, or not any more, the person's.
    """

    key: str
    user_id: int | None
    kind: str
    payload: dict[str, Any] = field(default_factory=dict)
    priority: Priority = Priority.CONSEQUENCE
    due_at: datetime | None = None
    channel: str = CHAT
    chat_id: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One of `count` senders, by its `place`: each person is written to by one of them, so that what they are told
    keeps its order and its pace."""

    place: int
    count: int

    def holds(self) -> ColumnElement[bool]:
        """The notes that are this sender's."""
        if self.count == 1:
            return true()
        return func.coalesce(Notification.user_id, Notification.id) % self.count == self.place


_ADD: Final = insert(Notification).on_conflict_do_nothing(index_elements=[Notification.key])


async def add(tx: AsyncConnection, notes: Sequence[Note], now: datetime) -> None:
    """Write notes, in one trip; those whose key stands already are left as they are."""
    if not notes:
        return
    rows = [
        {
            "key": note.key,
            "user_id": note.user_id,
            "kind": note.kind,
            "payload": note.payload,
            "channel": note.channel,
            "chat_id": note.chat_id,
            "priority": int(note.priority),
            "due_at": note.due_at or now,
            "attempts": 0,
            "created_at": now,
        }
        for note in notes
    ]
    await tx.execute(wakes.telling(tx, _ADD, wakes.OUTBOX), rows)
    leaves_something_to_say()


_NOW: Final = bindparam("now", type_=UtcDateTime())
_UNTIL: Final = bindparam("until", type_=UtcDateTime())
_IDS: Final = Notification.id.in_(bindparam("ids", expanding=True))


def _due(note: type[Notification] = Notification) -> ColumnElement[bool]:
    free = or_(note.leased_until.is_(None), note.leased_until <= _NOW)
    return and_(note.sent_at.is_(None), note.failed_at.is_(None), note.due_at <= _NOW, free)


_claimed: Final = (
    Notification.id,
    Notification.key,
    Notification.user_id,
    Notification.chat_id,
    Notification.kind,
    Notification.payload,
    Notification.priority,
    Notification.attempts,
    Notification.created_at,
)


_UNTRIED: Final[dict[str, Any]] = {"attempts": Notification.attempts - 1}


def _due_but(share: Share) -> ColumnElement[bool]:
    others = or_(Notification.user_id.is_(None), Notification.user_id.not_in(bindparam("but", expanding=True)))
    return and_(Notification.channel == bindparam("by"), _due(), share.holds(), others)


@lru_cache(maxsize=SHARES)
def _any_due(share: Share) -> AnySelect:
    return select(exists().where(_due_but(share)))


async def is_any_due(
    connection: AsyncConnection, now: datetime, channel: str, share: Share, but: Collection[int]
) -> bool:
    """Whether there is something for this sender to say now by this channel to anybody but these users."""
    return bool(await connection.scalar(_any_due(share), {"now": now, "by": channel, "but": list(but)}))


def _is_first(gathered: Collection[str]) -> ColumnElement[bool]:
    """Of a kind that is gathered only the oldest that is due for a person: the others go with it.

    So two senders that claim in one instant never say halves of one digest each.
    """
    earlier = aliased(Notification, name="earlier")
    goes_with = exists().where(
        earlier.user_id == Notification.user_id,
        earlier.kind == Notification.kind,
        earlier.channel == Notification.channel,
        earlier.id < Notification.id,
        _due(earlier),
    )
    return or_(~among(Notification.kind, sorted(gathered)), ~goes_with)


@lru_cache(maxsize=SHARES)
def _claim(share: Share, gathered: frozenset[str]) -> ReturningUpdate[*tuple[Any, ...]]:
    due = (
        select(Notification.id)
        .where(_due_but(share), _is_first(gathered))
        .order_by(Notification.priority, Notification.due_at, Notification.id)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return (
        update(Notification)
        .where(Notification.id.in_(due))
        .values(leased_until=_UNTIL, attempts=Notification.attempts + 1)
        .returning(*_claimed)
    )


async def claim(
    tx: AsyncConnection,
    now: datetime,
    until: datetime,
    limit: int,
    channel: str,
    share: Share,
    but: Collection[int],
    gathered: frozenset[str],
) -> Sequence[AnyRow]:
    """Lease, until a moment, what is due by a channel to anybody but these users, most urgent first; a lease that ran
    out is taken over. Of kinds that are `gathered`, one for each person."""
    given = {"now": now, "until": until, "most": limit, "by": channel, "but": list(but)}
    rows = (await tx.execute(_claim(share, gathered), given)).all()
    return sorted(rows, key=lambda row: row.id)


async def claim_all_of_kind(
    tx: AsyncConnection, user_id: int, kind: str, channel: str, now: datetime, until: datetime
) -> Sequence[AnyRow]:
    """Lease everything of one kind that is due for one person by a channel: a digest says it in one message."""
    of_kind = and_(Notification.user_id == user_id, Notification.kind == kind, Notification.channel == channel)
    statement = (
        update(Notification)
        .where(of_kind, _due())
        .values(leased_until=until, attempts=Notification.attempts + 1)
        .returning(*_claimed)
    )
    return (await tx.execute(statement, {"now": now})).all()


async def hold(tx: AsyncConnection, ids: Sequence[int], until: datetime) -> None:
    """Those of these that are under way stay leased until a moment."""
    under_way = and_(Notification.sent_at.is_(None), Notification.leased_until.is_not(None))
    await tx.execute(update(Notification).where(Notification.id.in_(ids), under_way).values(leased_until=until))


_READERS: Final = (
    select(
        User.id,
        case((User.email_proved_at.is_not(None), User.email)).label("email"),
        Chat.chat_id,
        User.quiet_from,
        User.quiet_to,
        User.plain,
        User.reminders_paused,
    )
    .outerjoin(Chat, and_(Chat.user_id == User.id, Chat.messenger == TELEGRAM, Chat.blocked_since.is_(None)))
    .where(User.id.in_(bindparam("people", expanding=True)))
)


async def readers(connection: AsyncConnection, user_ids: Collection[int]) -> dict[int, AnyRow]:
    """These people as readers: id, email where it is proved, chat_id where it is not blocked, quiet_from, quiet_to,
    plain, reminders_paused."""
    return {row.id: row for row in await connection.execute(_READERS, {"people": list(user_ids)})}


async def addresses(connection: AsyncConnection, user_ids: Sequence[int]) -> dict[int, str]:
    """The proved addresses of these people."""
    statement = select(User.id, User.email).where(User.id.in_(user_ids), User.email_proved_at.is_not(None))
    return {row.id: row.email for row in await connection.execute(statement)}


_SETTLED: Final[dict[str, Any]] = {
    "leased_until": None,
    "payload": case((Notification.kind == FAREWELL, literal({}, JSON)), else_=Notification.payload),
}


_MARK_SENT: Final = update(Notification).where(_IDS).values(sent_at=_NOW, failure=bindparam("why"), **_SETTLED)


async def mark_sent(tx: AsyncConnection, ids: Sequence[int], now: datetime, failure: str | None = None) -> None:
    """These have been said; with a `failure`: nobody wanted to hear them."""
    await tx.execute(_MARK_SENT, {"ids": list(ids), "now": now, "why": failure})


async def postpone(tx: AsyncConnection, ids: Sequence[int], until: datetime, *, tried: bool) -> None:
    """Say these at a later time; what was not `tried` does not count as an attempt."""
    values = {"due_at": until, "leased_until": None} | ({} if tried else _UNTRIED)
    await tx.execute(update(Notification).where(Notification.id.in_(ids)).values(values))


async def release(tx: AsyncConnection, ids: Sequence[int]) -> None:
    """These were claimed and not tried: anybody may take them, and the attempt does not count."""
    values = {"leased_until": None} | _UNTRIED
    free = update(Notification).where(Notification.id.in_(ids)).values(values)
    await tx.execute(wakes.telling(tx, free, wakes.OUTBOX))


async def on_mail(connection: AsyncConnection, user_id: int) -> AnyRow | None:
    """Whether letters reach somebody: proved, and letters_off, the kinds that they want none of."""
    statement = select(User.email_proved_at.is_not(None).label("proved"), User.letters_off).where(User.id == user_id)
    return (await connection.execute(statement)).one_or_none()


async def mark_written_of(tx: AsyncConnection, ids: Sequence[int], now: datetime, failure: str) -> None:
    """Those of these that a letter was written beside are said by it."""
    beside = aliased(Notification, name="beside")
    written = exists().where(beside.key == literal(_LETTER) + Notification.key)
    values = {"sent_at": now, "failure": failure, **_SETTLED}
    await tx.execute(update(Notification).where(Notification.id.in_(ids), written).values(values))


async def move_to_mail(tx: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """Those of these that are not said yet go by letter from now on."""
    waits = and_(Notification.sent_at.is_(None), Notification.failed_at.is_(None))
    values = {"channel": MAIL, "due_at": now, "leased_until": None, "attempts": 0}
    await tx.execute(update(Notification).where(Notification.id.in_(ids), waits).values(values))


async def give_up(tx: AsyncConnection, ids: Sequence[int], failure: str, now: datetime) -> None:
    """These cannot be said; operators see them with the reason."""
    values = {"failed_at": now, "failure": failure, **_SETTLED}
    await tx.execute(update(Notification).where(Notification.id.in_(ids)).values(values))
