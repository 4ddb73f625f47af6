"""«Настройки портала»: what is in force, read cheaply by every process; operators change it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import consents, settings, staffing
from db.engine import Database
from domain.clock import Calendar, Hours
from domain.errors import NotAllowed, SettingMoved
from domain.person import Person
from domain.settings import BUILT_IN_CONSENT, Name, PortalSettings, Reasons, settings_of

LIFE: Final = timedelta(seconds=20)
"""How old what a process knows may be: so late another process sees a change at the most, give or take a tick."""


@dataclass(frozen=True, slots=True)
class Changed:
    """When a setting was changed last, and by whom; `by` None: the person is gone."""

    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class SettingsView:
    """What is in force, when it was changed, and the text of the consent (None: the one the bot brings along)."""

    values: PortalSettings
    changed: dict[Name, Changed]
    consent_text: str | None


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What new people agree to; `text` None: the one the bot brings along."""

    version: str
    text: str | None


class Settings:
    """What every use case asks, and the use cases of operators.

    A process keeps what it has read for `LIFE`. The clock reads it again (bot/ticks.py), so that what cannot wait for
    a statement, such as the quiet hours, is never older either; a change is known to its own process at once.
    """

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar
        self._known = PortalSettings()
        self._read_at: datetime | None = None

    async def current(self) -> PortalSettings:
        """What is in force; to be asked outside a transaction."""
        now = self._calendar.now()
        if self._read_at is None or not self._read_at <= now < self._read_at + LIFE:
            async with self._database.read() as connection:
                self._keep(settings_of(await settings.stored(connection)), now)
        return self._known

    async def refresh(self) -> int:
        """The clock's: read again, if it is time. Nothing is done by it that is worth a line in the log."""
        await self.current()
        return 0

    def quiet(self) -> Hours:
        """The portal's quiet hours, as far as this process knows."""
        return self._known.quiet

    async def consent(self) -> ConsentText:
        """What new people agree to today."""
        version = (await self.current()).consent
        if version == BUILT_IN_CONSENT:
            return ConsentText(version, None)
        async with self._database.read() as connection:
            return ConsentText(version, await consents.text_of(connection, version))

    async def look(self, by: Person) -> SettingsView:
        """All of them, as they are now.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            await self._require(connection, by)
            return await self._view(connection)

    async def change(self, name: Name, value: Any, by: Person) -> SettingsView:
        """Another norm, number of days, quiet hours, text of the consent, or one more ready reason.

        `value` is what domain.settings.read_value gave. A changed consent is a new version: whoever has agreed stays
        with what they have read. Raises: NotAllowed, SettingMoved, TooManyReasons.
        """
        if name is Name.REASONS:
            return await self._rearrange(lambda reasons: reasons.added(value), by)
        async with self._database.write() as tx:
            await self._require(tx, by)
            was_at = await settings.hold(tx, name.value)
            stored = await self._new_consent(tx, value) if name is Name.CONSENT else value
            await self._write(tx, name, stored, was_at, by)
            view = await self._view(tx)
        self._keep(view.values, self._calendar.now())
        return view

    async def remove_reason(self, reason_id: int, by: Person) -> SettingsView:
        """One ready reason less.

        Raises: NotAllowed, SettingMoved, ReasonGone.
        """
        return await self._rearrange(lambda reasons: reasons.removed(reason_id), by)

    async def raise_reason(self, reason_id: int, by: Person) -> SettingsView:
        """A ready reason a place earlier.

        Raises: NotAllowed, SettingMoved, ReasonGone.
        """
        return await self._rearrange(lambda reasons: reasons.raised(reason_id), by)

    async def _rearrange(self, change: Callable[[Reasons], Reasons], by: Person) -> SettingsView:
        async with self._database.write() as tx:
            await self._require(tx, by)
            was_at = await settings.hold(tx, Name.REASONS.value)
            now_so = settings_of(await settings.stored(tx)).reasons
            await self._write(tx, Name.REASONS, change(now_so).as_stored(), was_at, by)
            view = await self._view(tx)
        self._keep(view.values, self._calendar.now())
        return view

    async def _write(self, tx: AsyncConnection, name: Name, value: Any, was_at: datetime | None, by: Person) -> None:
        if not await settings.change(tx, name.value, value, was_at, by.id, self._calendar.now()):
            raise SettingMoved

    async def _new_consent(self, tx: AsyncConnection, text: str) -> str:
        version = _next_version(self._calendar.today(), await consents.versions_like(tx, str(self._calendar.today())))
        await consents.keep(tx, version, text, self._calendar.now())
        return version

    async def _view(self, connection: AsyncConnection) -> SettingsView:
        values = settings_of(await settings.stored(connection))
        rows = await settings.changes(connection)
        changed = {Name(row.name): Changed(row.changed_at, row.changed_by) for row in rows if row.name in set(Name)}
        own = values.consent != BUILT_IN_CONSENT
        text = await consents.text_of(connection, values.consent) if own else None
        return SettingsView(values, changed, text)

    async def _require(self, connection: AsyncConnection, by: Person) -> None:
        if not (await staffing.standing(connection, by.id, None, self._calendar.today())).operator:
            raise NotAllowed

    def _keep(self, values: PortalSettings, at: datetime) -> None:
        self._known, self._read_at = values, at


def _next_version(today: date, taken: set[str]) -> str:
    """The day, with a number where the day has a version already."""
    day = today.isoformat()
    names = (day, *(f"{day}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
