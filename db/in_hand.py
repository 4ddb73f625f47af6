"""The update a worker has in hand: marked as handled in the very transaction that carries its effect."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Conversation, Update


class AlreadyHandled(Exception):
    """A replayed update: its effect is in the database, nothing is to be done again."""


@dataclass(slots=True)
class Talk:
    """The FSM's state and answers of one chat, and whether this update changed them."""

    state: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    changed: bool = False


@dataclass(slots=True)
class UpdateInHand:
    """One update on its way through the handlers."""

    update_id: int
    chat_id: int
    talk: Talk = field(default_factory=Talk)
    handled: bool = False
    in_database: float = 0.0
    """Seconds spent in transactions and reads so far."""


in_hand: Final[ContextVar[UpdateInHand | None]] = ContextVar("in_hand", default=None)


def done_with(now: datetime) -> dict[str, Any]:
    """What is written of a handled update: nobody needs what it said any more."""
    return {"handled_at": now, "payload": None}


async def mark_handled(tx: AsyncConnection, hand: UpdateInHand, now: datetime) -> None:
    """Claim the update's effect for this transaction.

    Raises: AlreadyHandled, where another transaction has committed it (a replay after a crash).
    """
    marked = await tx.execute(
        update(Update).where(Update.update_id == hand.update_id, Update.handled_at.is_(None)).values(done_with(now))
    )
    if marked.rowcount == 0:
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
