"""The update a worker has in hand: marked as handled in the very transaction that carries its effect."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, exists, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from db.ready import Ready
from db.tables import Conversation, Update
from db.types import UtcDateTime


class AlreadyHandled(Exception):
    """A replayed update: its effect is in the database, nothing is to be done again; or it is not our turn."""


@dataclass(slots=True)
class Talk:
    """The FSM's state and answers of one chat, and whether this update changed them."""

    state: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    changed: bool = False


@dataclass(slots=True)
class UpdateInHand:
    """One update on its way through the handlers of its `owner`.

    `held_until`: once its effect is written, the chat stays with the owner until then or until it lets go; None:
    there is nobody else to take the chat's next update. `refused`: its effect was not for this owner to write.
    """

    update_id: int
    chat_id: int
    owner: str
    held_until: datetime | None = None
    talk: Talk = field(default_factory=Talk)
    handled: bool = False
    refused: bool = False
    in_database: float = 0.0
    """Seconds spent in transactions and reads so far."""


in_hand: Final[ContextVar[UpdateInHand | None]] = ContextVar("in_hand", default=None)


def is_open(kept: type[Update] = Update) -> ColumnElement[bool]:
    """In the words of the index."""
    return or_(kept.handled_at.is_(None), kept.claimed_until.is_not(None))


_earlier: Final = aliased(Update, name="earlier")
_EARLIER_ELSEWHERE: Final = exists().where(
    _earlier.chat_id == bindparam("chat"),
    _earlier.update_id < bindparam("number"),
    is_open(_earlier),
    _earlier.handled_at.is_(None),
    _earlier.claimed_by.is_distinct_from(bindparam("owner")),
)
_MARK: Final = Ready(
    update(Update)
    .where(
        Update.update_id == bindparam("number"),
        Update.handled_at.is_(None),
        Update.claimed_by == bindparam("owner"),
        ~_EARLIER_ELSEWHERE,
    )
    .values(
        handled_at=bindparam("now", type_=UtcDateTime()),
        claimed_until=bindparam("until", type_=UtcDateTime()),
        payload=None,
    )
    .returning(Update.update_id)
)
"""Nobody needs what it said any more."""


async def mark_handled(tx: AsyncConnection, hand: UpdateInHand, now: datetime) -> None:
    """Claim the update's effect for this transaction.

    Raises: AlreadyHandled, where another transaction has committed it (a replay after a crash), where another process
    has taken the update over, or where an earlier update of the chat waits elsewhere.
    """
    given = {"number": hand.update_id, "chat": hand.chat_id, "owner": hand.owner, "now": now, "until": hand.held_until}
    if await _MARK.first(tx, given) is None:
        hand.refused = True
        raise AlreadyHandled


async def keep_talk(tx: AsyncConnection, hand: UpdateInHand, now: datetime) -> None:
    """Write the conversation's new state beside the effect that moved it on, if this update changed it."""
    if not hand.talk.changed:
        return
    row = {"state": hand.talk.state, "answers": hand.talk.answers, "updated_at": now}
    await tx.execute(
        insert(Conversation)
        .values(chat_id=hand.chat_id, **row)
        .on_conflict_do_update(index_elements=[Conversation.chat_id], set_=row)
    )
