"""Statements about files that people sent to be imported."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import Upload
from db.types import AnyRow


async def add(
    tx: AsyncConnection, user_id: int, kind: str, subject_id: int | None, name: str, file_id: str, now: datetime
) -> int:
    """A file that waits for its sender's word: its id."""
    statement = insert(Upload).values(
        user_id=user_id, kind=kind, subject_id=subject_id, name=name, file_id=file_id, created_at=now
    )
    return (await tx.execute(statement.returning(Upload.id))).scalar_one()


async def one(connection: AsyncConnection, upload_id: int, user_id: int) -> AnyRow | None:
    """A file of this person's: id, kind, subject_id, name, file_id, settled_at."""
    statement = select(Upload.id, Upload.kind, Upload.subject_id, Upload.name, Upload.file_id, Upload.settled_at).where(
        Upload.id == upload_id, Upload.user_id == user_id
    )
    return (await connection.execute(statement)).one_or_none()


async def call(tx: AsyncConnection, upload_id: int, kind: str, known_as: str) -> bool:
    """What is in the file is known now; False, where it was known, or the file waits no more."""
    statement = (
        update(Upload)
        .where(Upload.id == upload_id, Upload.kind == known_as, Upload.settled_at.is_(None))
        .values(kind=kind)
    )
    return (await tx.execute(statement)).rowcount == 1


async def settle(tx: AsyncConnection, upload_id: int, now: datetime) -> bool:
    """The file is loaded or dropped; False, where it was before."""
    statement = update(Upload).where(Upload.id == upload_id, Upload.settled_at.is_(None)).values(settled_at=now)
    return (await tx.execute(statement)).rowcount == 1
