"""«Зачётная книжка»: what a teacher has completed, for good."""

import secrets
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import records
from db.types import AnyRow

CHECK_BYTES: Final = 16
"""128 random bits: nobody comes upon somebody's record by guessing."""


async def add_record(
    tx: AsyncConnection,
    facts: AnyRow,
    *,
    document_number: str | None,
    document_date: date | None,
    completed_on: date,
) -> bool:
    """A line of the record book for an application that is completed in this transaction (row 11).

    `facts` is the application's row, of which its id is taken. What the record says stays as it is now, whatever
    becomes of the course or the profile. False, where the application has its record already: there is never a second.
    """
    return await records.add(
        tx,
        facts.id,
        completed_on=completed_on,
        document_number=document_number,
        document_date=document_date,
        check_token=secrets.token_urlsafe(CHECK_BYTES),
    )
