"""The sender's use cases: claim what is due by a lease, and say what became of it."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import outbox, people
from db.engine import Database
from db.outbox import Priority
from db.types import AnyRow
from domain.clock import Calendar, Hours
from domain.status import Move, is_switched_off, sends_letter_of_changes
from services.changes import CHANGED
from services.moves import DIGEST, MOVED, MOVED_FOR_STAFF
from services.privacy import FAREWELL_PROMPT
from services.reminders import WITHOUT_GROUP
from services.roles import MENU
from services.watching import FAVOURITE

CHAT: Final = outbox.CHAT
MAIL: Final = outbox.MAIL
AT_ONCE: Final = 8
NEWS: Final = frozenset({MOVED, MOVED_FOR_STAFF, DIGEST, CHANGED})
"""What has become of applications: it comes later than a tap's consequence, but is no reminder to be paused."""
GATHERED: Final = frozenset({DIGEST, FAVOURITE, WITHOUT_GROUP})
"""All that is due for a person comes in one message."""
OF_THE_CHAT: Final = frozenset({MENU, FAREWELL_PROMPT})
"""These change what a chat shows and say nothing: where nobody is in the chat, nothing is lost without them."""
PAUSED: Final = "reminders are paused"
UNWANTED: Final = "letters of this kind are switched off"
BY_LETTER: Final = "a letter says it"
NO_CHAT: Final = "no chat to reach"
UNKNOWN_KIND: Final = "unknown kind"


LEASE: Final = timedelta(seconds=7)
"""For so long nobody else says what a process has claimed; a living one renews it, a dead one's is free after it."""
RENEW_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How a channel is tried again."""

    attempts: int
    first_pause: float
    longest_pause: float


PATIENCE: Final = {
    CHAT: Patience(attempts=12, first_pause=2.0, longest_pause=900.0),
    # Mail servers put strangers off for minutes and are down for nights: a day and a half in all.
    MAIL: Patience(attempts=44, first_pause=5.0, longest_pause=3600.0),
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to send: several notes where a digest gathers them.

    `chat_id` None: unreachable by chat; `address`, on the mail channel: the person's proved one. `user_id` None:
    somebody who is not registered.
    """

    ids: tuple[int, ...]
    user_id: int | None
    chat_id: int | None
    kind: str
    payloads: tuple[dict[str, Any], ...]
    attempts: int
    silent: bool
    priority: int
    created_at: datetime
    held_until: datetime
    address: str | None = None
    plain: bool = False
    """The person reads plain texts."""
    channel: str = CHAT

    @property
    def is_urgent(self) -> bool:
        """Whether it follows from a tap; reminders and bulk come after it."""
        return self.priority <= Priority.CONSEQUENCE


class Outbox:
    """Use cases of the sender. `share`: of all notes those that this process says."""

    def __init__(self, database: Database, calendar: Calendar, *, mails: bool = False) -> None:
        """`mails`: letters go out from here."""
        self._database = database
        self._calendar = calendar
        self._mails = mails
        self.share = outbox.Share(0, 1)

    async def claim(self, but: Collection[int] = (), channel: str = CHAT, limit: int = AT_ONCE) -> list[Parcel]:
        """Lease what is due by a channel to anybody but these users, the most urgent first, oldest first for each.

        All that is gathered for a person comes as one parcel. What is nobody's tap waits, in a chat, for the end of the
        reader's quiet hours, and reminders are dropped for those who have paused them. That is judged here and not
        when a note is written, so the hours and wishes of the moment hold, whatever they were before.
        """
        while True:
            now = self._calendar.now()
            async with self._database.read(brief=True) as connection:
                if not await outbox.is_any_due(connection, now, channel, self.share, but):
                    return []
            async with self._database.write(brief=True) as tx:
                parcels, claimed = await self._claim(tx, now, channel, but, limit)
            if parcels or not claimed:
                return parcels

    async def _claim(
        self, tx: AsyncConnection, now: datetime, channel: str, but: Collection[int], limit: int
    ) -> tuple[list[Parcel], int]:
        """What is to be said now, and how many notes were looked at."""
        until = now + LEASE
        rows = list(await outbox.claim(tx, now, until, limit, channel, self.share, but, GATHERED))
        groups = []
        for row in rows:
            more: Sequence[AnyRow] = []
            if row.kind in GATHERED:
                more = await outbox.claim_all_of_kind(tx, row.user_id, row.kind, channel, now, until)
            groups.append([row, *sorted(more, key=lambda other: other.id)])
        known = {row.user_id for row in rows if row.user_id is not None}
        readers = await outbox.readers(tx, known) if known else {}
        parcels = [
            self._parcel(group, readers.get(group[0].user_id), channel, now)
            for group in groups
            if not await self._held(tx, group, readers.get(group[0].user_id), channel, now)
        ]
        return parcels, len(rows)

    async def _held(
        self, tx: AsyncConnection, group: list[AnyRow], reader: AnyRow | None, channel: str, now: datetime
    ) -> bool:
        """Whether notes are not to be said now; those are put off or dropped."""
        first, ids = group[0], [row.id for row in group]
        if reader is None or first.priority <= Priority.CONSEQUENCE:
            return False
        if reader.reminders_paused and first.priority == Priority.REMINDER and first.kind not in NEWS:
            await outbox.mark_sent(tx, ids, now, PAUSED)
            return True
        own = _own_hours(reader)
        if channel == CHAT and self._calendar.is_quiet(now, own):
            await outbox.postpone(tx, ids, self._calendar.out_of_quiet(now, own), tried=False)
            return True
        return False

    def _parcel(self, group: list[AnyRow], reader: AnyRow | None, channel: str, now: datetime) -> Parcel:
        return Parcel(
            ids=tuple(row.id for row in group),
            user_id=group[0].user_id,
            chat_id=group[0].chat_id or (reader.chat_id if reader and channel == CHAT else None),
            address=reader.email if reader and channel == MAIL else None,
            kind=group[0].kind,
            payloads=tuple(row.payload for row in group),
            attempts=group[0].attempts,
            silent=self._calendar.is_quiet(now, _own_hours(reader)),
            plain=bool(reader and reader.plain),
            priority=group[0].priority,
            created_at=group[0].created_at,
            held_until=now + LEASE,
            channel=channel,
        )

    async def hold(self, held: Mapping[int, datetime]) -> dict[int, datetime]:
        """Hold on to notes of whose lease something is left: until when each of them is held now."""
        now = self._calendar.now()
        mine = [number for number, until in held.items() if until > now]
        if mine:
            async with self._database.write() as tx:
                await outbox.hold(tx, mine, now + LEASE)
        return dict.fromkeys(mine, now + LEASE)

    def is_free(self, until: datetime) -> bool:
        """Whether a lease has run out: somebody else may be saying what was held by it."""
        return until <= self._calendar.now()

    async def sent(self, ids: Sequence[int]) -> None:
        """These have been said."""
        async with self._database.write(brief=True) as tx:
            await outbox.mark_sent(tx, ids, self._calendar.now())

    async def wait(self, ids: Sequence[int], seconds: float) -> None:
        """Say these after so many seconds: Telegram asked for it. It does not count as an attempt."""
        await self._postpone(ids, seconds, tried=False)

    async def release(self, ids: Sequence[int]) -> None:
        """These were claimed and not tried: the next to come takes them."""
        if not ids:
            return
        async with self._database.write() as tx:
            await outbox.release(tx, ids)

    async def retry(self, parcel: Parcel, failure: str) -> None:
        """A passing fault: try again later, longer each time; after many attempts give up."""
        patience = PATIENCE[parcel.channel]
        if parcel.attempts >= patience.attempts:
            await self.give_up(parcel.ids, failure)
            return
        pause = min(patience.first_pause * 2 ** (parcel.attempts - 1), patience.longest_pause)
        await self._postpone(parcel.ids, pause * random.uniform(0.75, 1.25), tried=True)

    async def give_up(self, ids: Sequence[int], failure: str) -> None:
        """These can never be said; operators see them with the reason."""
        async with self._database.write() as tx:
            await outbox.give_up(tx, ids, failure, self._calendar.now())

    async def blocked(self, parcel: Parcel, failure: str) -> None:
        """The person is out of reach by this chat until they come back: a letter says it in place of a message.

        What no letter can say of is dropped, where it is of the chat alone, or given up.
        """
        now = self._calendar.now()
        async with self._database.write() as tx:
            if parcel.chat_id is not None:
                await people.set_blocked(tx, parcel.chat_id, now)
            if parcel.kind in OF_THE_CHAT:
                await outbox.mark_sent(tx, parcel.ids, now, failure)
            elif not await self._goes_by_letter(tx, parcel, now):
                await outbox.give_up(tx, parcel.ids, failure, now)

    async def _goes_by_letter(self, tx: AsyncConnection, parcel: Parcel, now: datetime) -> bool:
        """Whether that is settled: by a letter, or since the person wants none of that kind."""
        reader = await outbox.on_mail(tx, parcel.user_id) if self._mails and parcel.user_id is not None else None
        if reader is None or not reader.proved:
            return False
        if any(_is_unwanted(parcel.kind, payload, reader.letters_off) for payload in parcel.payloads):
            await outbox.mark_sent(tx, parcel.ids, now, UNWANTED)
        else:
            await outbox.mark_written_of(tx, parcel.ids, now, BY_LETTER)
            await outbox.move_to_mail(tx, parcel.ids, now)
        return True

    async def _postpone(self, ids: Sequence[int], seconds: float, *, tried: bool) -> None:
        until = self._calendar.now() + timedelta(seconds=seconds)
        async with self._database.write() as tx:
            await outbox.postpone(tx, ids, until, tried=tried)


def _is_unwanted(kind: str, told: Mapping[str, Any], letters_off: Collection[str]) -> bool:
    """Whether somebody wants no letters of such moves, and has blocked the bot besides."""
    if kind == MOVED:
        return is_switched_off(Move(told["move"]), letters_off)
    return kind == CHANGED and not sends_letter_of_changes(letters_off)


def _own_hours(reader: AnyRow | None) -> Hours | None:
    """Somebody's own quiet hours; None: the portal's."""
    if reader is None or reader.quiet_from is None or reader.quiet_to is None:
        return None
    return reader.quiet_from, reader.quiet_to
