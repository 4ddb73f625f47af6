"""Agreeing anew: where the text of the consent has changed, people are asked at their next visit.

Whoever has not answered goes on with what they agreed to before: nothing is held back, and nothing of theirs ends.
"""

from typing import Final

from db import consents, outbox, people
from db.engine import Database
from db.outbox import Note
from domain.clock import Calendar
from domain.person import Change, Person
from services.settings import ConsentText, Settings

CONSENT_CHANGED: Final = "consent_changed"
"""Brings the text that is in force to somebody who agreed to another."""


class Consents:
    """Use cases of whoever is registered."""

    def __init__(self, database: Database, calendar: Calendar, settings: Settings) -> None:
        self._database = database
        self._calendar = calendar
        self._settings = settings

    async def visit(self, by: Person) -> None:
        """Somebody has done something: where they agreed to another text, the new one follows, once a day."""
        version = (await self._settings.current()).consent
        if by.consent == version:
            return
        key = f"{CONSENT_CHANGED}:{version}:{by.id}:{self._calendar.today().isoformat()}"
        async with self._database.read() as connection:
            if not await consents.is_to_be_asked(connection, by.id, version, key):
                return
        async with self._database.write() as tx:
            await outbox.add(tx, [Note(key, by.id, CONSENT_CHANGED, {"version": version})], self._calendar.now())

    async def to_agree(self, user_id: int, version: str) -> ConsentText | None:
        """The text of a version; None, where it is not in force any more, or the person has agreed to it."""
        given = await self._settings.consent()
        if given.version != version:
            return None
        async with self._database.read() as connection:
            row = await consents.of(connection, user_id)
        return None if row.version == given.version else given

    async def agree(self, version: str, by: Person) -> ConsentText | None:
        """«Согласен(на)» under a version's text: None, or the text that has taken its place in the meantime."""
        given = await self._settings.consent()
        if version != given.version:
            return given
        now = self._calendar.now()
        async with self._database.write() as tx:
            if await consents.renew(tx, by.id, version, now):
                await people.write_down(tx, by.id, Change.CONSENT, now, by.id, version)
        return None
