"""Statements about the copies of applications on approvers' screens."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final

from sqlalchemy import BigInteger, Integer, Row, bindparam, delete, exists, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db import people
from db.tables import Application, Chat, Prompt
from db.types import AnyRow
from domain.status import Status


async def of(connection: AsyncConnection, application_id: int) -> Sequence[AnyRow]:
    """All copies of an application: id, user_id, chat_id, message_id, open."""
    statement = select(Prompt.id, Prompt.user_id, Prompt.chat_id, Prompt.message_id, Prompt.open).where(
        Prompt.application_id == application_id
    )
    return (await connection.execute(statement)).all()


_CLOSE: Final = (
    update(Prompt)
    .where(Prompt.application_id == bindparam("application"))
    .values(open=False)
    .returning(Prompt.id, Prompt.user_id, Prompt.chat_id, Prompt.message_id, Prompt.open)
)


async def close(tx: AsyncConnection, application_id: int) -> Sequence[AnyRow]:
    """No copy asks for a decision any more; returns all of them as `of` does."""
    return (await tx.execute(_CLOSE, {"application": application_id})).all()


async def set_open(tx: AsyncConnection, prompt_ids: Collection[int], *, is_open: bool) -> None:
    """Whether these copies ask for a decision."""
    if prompt_ids:
        await tx.execute(update(Prompt).where(Prompt.id.in_(prompt_ids)).values(open=is_open))


async def add(
    tx: AsyncConnection, application_id: int, version: int, people: Iterable[tuple[int, int]]
) -> Sequence[Row[int, int]]:
    """A copy to be sent to each of these (user id, chat id): the new ids with their users."""
    rows = [
        {
            "application_id": application_id,
            "user_id": user_id,
            "chat_id": chat_id,
            "message_id": None,
            "drawn_version": version,
            "open": True,
        }
        for user_id, chat_id in people
    ]
    if not rows:
        return []
    return (await tx.execute(insert(Prompt).values(rows).returning(Prompt.id, Prompt.user_id))).all()


_deciding: Final = people.DECIDING.order_by(None).subquery()
_ADD_FIRST: Final = (
    insert(Prompt)
    .from_select(
        ["application_id", "user_id", "chat_id", "drawn_version", "open"],
        select(
            bindparam("application", type_=Integer),
            _deciding.c.user_id,
            _deciding.c.chat_id,
            bindparam("version", type_=Integer),
            true(),
        ),
    )
    .returning(Prompt.id, Prompt.user_id)
)


async def add_first(
    tx: AsyncConnection, application_id: int, version: int, school_id: int | None, teacher_id: int, today: date
) -> Sequence[Row[int, int]]:
    """A copy to be sent to each who decides on a new application: the new ids with their users."""
    given = {
        "application": application_id,
        "version": version,
        "school": school_id,
        "teacher": teacher_id,
        "today": today,
    }
    return sorted((await tx.execute(_ADD_FIRST, given)).all())


async def show(
    tx: AsyncConnection,
    application_id: int,
    version: int,
    *,
    user_id: int,
    chat_id: int,
    message_id: int,
    is_open: bool,
) -> None:
    """A message of an approver's chat shows this application now, whatever it showed before."""
    drawn = {"application_id": application_id, "drawn_version": version, "open": is_open}
    await tx.execute(
        insert(Prompt)
        .values(user_id=user_id, chat_id=chat_id, message_id=message_id, **drawn)
        .on_conflict_do_update(index_elements=[Prompt.chat_id, Prompt.message_id], set_=drawn)
    )


_COPY: Final = Prompt.id == bindparam("copy", type_=Integer())
_TO_DRAW: Final = select(
    Prompt.application_id,
    Prompt.user_id,
    Prompt.chat_id,
    Prompt.message_id,
    Prompt.open,
    (~exists().where(Chat.user_id == Prompt.user_id, Chat.chat_id == Prompt.chat_id)).label("left"),
).where(_COPY)


async def to_draw(connection: AsyncConnection, prompt_id: int) -> AnyRow | None:
    """A copy: application_id, user_id, chat_id, message_id, open, and whether its chat has been left."""
    return (await connection.execute(_TO_DRAW, {"copy": prompt_id})).one_or_none()


_BECAME: Final = (
    update(Prompt)
    .where(_COPY)
    .values(message_id=bindparam("message", type_=BigInteger()))
    .returning(
        Prompt.user_id,
        select(Application.version)
        .where(Application.id == Prompt.application_id)
        .correlate(Prompt)
        .scalar_subquery()
        .label("version"),
    )
)


async def sent(tx: AsyncConnection, prompt_id: int, message_id: int) -> AnyRow | None:
    """The message a copy became: whose it is (user_id), and the application's present version."""
    return (await tx.execute(_BECAME, {"copy": prompt_id, "message": message_id})).one_or_none()


async def version_of(connection: AsyncConnection, application_id: int) -> Row[int, Status]:
    """An application's version and state."""
    statement = select(Application.version, Application.status).where(Application.id == application_id)
    return (await connection.execute(statement)).one()


async def replaced(connection: AsyncConnection, application_id: int, chat_id: int, message_id: int) -> Sequence[AnyRow]:
    """The messages that show this application in the same chat above another: id, message_id."""
    statement = select(Prompt.id, Prompt.message_id).where(
        Prompt.application_id == application_id, Prompt.chat_id == chat_id, Prompt.message_id < message_id
    )
    return (await connection.execute(statement)).all()


async def forget(tx: AsyncConnection, prompt_ids: Collection[int]) -> None:
    """These messages show nothing any more."""
    await tx.execute(delete(Prompt).where(Prompt.id.in_(prompt_ids)))


async def by_message(connection: AsyncConnection, chat_id: int, message_id: int) -> int:
    """The copy that a message shows."""
    statement = select(Prompt.id).where(Prompt.chat_id == chat_id, Prompt.message_id == message_id)
    return (await connection.execute(statement)).scalar_one()
