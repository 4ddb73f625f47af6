"""«Доставка»: what waits, what could not be said, which updates were set aside; for operators."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import queues, staffing
from db.engine import Database
from db.outbox import FAREWELL
from domain.clock import Calendar
from domain.errors import NotAllowed
from domain.person import Person
from services.queues import Queue, Standing, standing_of
from services.views import Page, page_within

FAILURES_SHOWN: Final = 5
SET_ASIDE_SHOWN: Final = 10
UNREADABLE: Final = "unparsable"
"""In the place of a fault's name: the update is of no kind that is known."""


@dataclass(frozen=True, slots=True)
class FailureLine:
    """A notification that was given up. `name`: whose it was, of those whom operators know; else a profile's number."""

    id: int
    kind: str
    channel: str
    failed_at: datetime
    reason: str
    user_id: int | None
    name: str | None
    may_repeat: bool


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """How the queues stand, and a page of failures."""

    queues: tuple[Queue, ...]
    failures: Page[FailureLine]


@dataclass(frozen=True, slots=True)
class SetAsideLine:
    """An update that could not be handled: of what kind, for what fault, never what it said."""

    update_id: int
    kind: str | None
    fault: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """So many that went wrong up to a moment: what comes later is not meant."""

    count: int
    until: int


class DeliveryDesk:
    """Use cases of operators. Moments in buttons are seconds since the epoch: a button means what it was drawn for."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def look(self, page: int, by: Person) -> DeliveryView:
        """The queues and a page of what was given up.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            await self._operator(connection, by)
            standing = await standing_of(connection, self._calendar.now())
            return await _view(connection, standing, page)

    async def retry(self, note_id: int, failed_at: int, page: int, by: Person) -> tuple[bool, DeliveryView]:
        """Say one of them after all: whether it goes back to the queue now, and what there is then.

        A second tap changes nothing: what has failed anew since is another failure. Raises: NotAllowed.
        """
        now = self._calendar.now()
        async with self._database.write() as tx:
            await self._operator(tx, by)
            anew = await queues.again(tx, now, _after(failed_at), note_id)
            return anew > 0, await _view(tx, await standing_of(tx, now), page)

    async def to_retry_all(self, by: Person) -> Batch:
        """How many «Повторить все» would say after all.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            await self._operator(connection, by)
            return Batch(await queues.count_failures(connection), self._this_second())

    async def retry_all(self, until: int, by: Person) -> tuple[int, DeliveryView]:
        """All that had failed when it was asked: how many go back to the queue, and what there is then.

        Raises: NotAllowed.
        """
        now = self._calendar.now()
        async with self._database.write() as tx:
            await self._operator(tx, by)
            anew = await queues.again(tx, now, _after(until))
            return anew, await _view(tx, await standing_of(tx, now), 0)

    async def set_aside(self, page: int, by: Person) -> Page[SetAsideLine]:
        """A page of updates that could not be handled.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            await self._operator(connection, by)
            return await _set_aside(connection, page)

    async def to_clear(self, by: Person) -> Batch:
        """How many «Убрать» would forget.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            await self._operator(connection, by)
            return Batch(await queues.count_set_aside(connection), self._this_second())

    async def clear(self, until: int, by: Person) -> tuple[int, Page[SetAsideLine]]:
        """Forget those that were there when it was asked: how many, and what there is then.

        Raises: NotAllowed.
        """
        async with self._database.write() as tx:
            await self._operator(tx, by)
            return await queues.clear_set_aside(tx, _after(until)), await _set_aside(tx, 0)

    def _this_second(self) -> int:
        return int(self._calendar.now().timestamp())

    async def _operator(self, connection: AsyncConnection, by: Person) -> None:
        if not (await staffing.standing(connection, by.id, None, self._calendar.today())).operator:
            raise NotAllowed


def _after(second: int) -> datetime:
    """The end of a second."""
    return datetime.fromtimestamp(second, UTC) + timedelta(seconds=1)


async def _view(connection: AsyncConnection, standing: Standing, page: int) -> DeliveryView:
    number = page_within(page, FAILURES_SHOWN, standing.given_up)
    rows = await queues.failures(connection, FAILURES_SHOWN, number * FAILURES_SHOWN)
    lines = (
        FailureLine(
            id=row.id,
            kind=row.kind,
            channel=row.channel,
            failed_at=row.failed_at,
            reason=row.failure or "",
            user_id=row.user_id,
            name=row.name,
            may_repeat=row.kind != FAREWELL,
        )
        for row in rows
    )
    return DeliveryView(standing.queues, Page(tuple(lines), number, FAILURES_SHOWN, standing.given_up))


async def _set_aside(connection: AsyncConnection, page: int) -> Page[SetAsideLine]:
    total = await queues.count_set_aside(connection)
    number = page_within(page, SET_ASIDE_SHOWN, total)
    rows = await queues.set_aside(connection, SET_ASIDE_SHOWN, number * SET_ASIDE_SHOWN)
    lines = (_set_aside_line(row.update_id, row.failure, row.handled_at) for row in rows)
    return Page(tuple(lines), number, SET_ASIDE_SHOWN, total)


def _set_aside_line(update_id: int, failure: str, at: datetime) -> SetAsideLine:
    fault, _, kind = failure.partition(": ")
    return SetAsideLine(update_id, kind or None, fault, at)
