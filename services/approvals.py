"""The approvers' side: prompts, the queue, decisions and their undoing."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, outbox, people, prompts
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain import policy
from domain.clock import Calendar
from domain.errors import (
    AlreadyDecided,
    IllegalMove,
    NewerApplication,
    NotAllowed,
    NothingWaits,
    TeacherLeft,
    UndoTooLate,
    WithView,
)
from domain.person import BARRED_AFTER, REASON_LIMIT, Person, within
from domain.settings import Reason
from domain.status import Move, Status
from services.deciding import decision_view, facts_for_decision
from services.moves import LostRace, Moving, move
from services.prompting import Screen
from services.settings import Settings
from services.views import (
    BulkReport,
    DecisionView,
    NotOursReport,
    Page,
    Queue,
    Skipped,
    WaitingLine,
)

PAGE_SIZE: Final = 7
LISTED: Final = 10
"""How many of the queue its first screen names."""
AT_ONCE: Final = 50
"""How many one «Согласовать все» takes: one transaction must not hold the others for long."""

NOT_OURS: Final = "not_ours"
"""Tells the teacher that a school does not know them, once for all their applications there."""


_UNDECIDED: Final = {"decided_by": None, "decided_at": None, "reason": None}


class Approvals:
    """Use cases of those who decide: a school's approvers, or support in their stead."""

    def __init__(self, database: Database, calendar: Calendar, settings: Settings) -> None:
        self._database = database
        self._calendar = calendar
        self._settings = settings

    async def look(self, application_id: int, by: Person) -> DecisionView:
        """An application as it is now, for those who may decide on it.

        Raises: NotAllowed (also where it does not exist), OwnApplication.
        """
        return await self._present(application_id, by.id)

    async def to_decide(self, application_id: int, version: int, by: Person) -> DecisionView:
        """A waiting application, before a question about it.

        Raises: NotAllowed, OwnApplication, AlreadyDecided (it has moved on since this version).
        """
        view = await self._present(application_id, by.id)
        if view.status is not Status.PENDING or view.version != version:
            raise AlreadyDecided(view)
        return view

    async def to_reject(self, application_id: int, version: int, by: Person) -> tuple[DecisionView, tuple[Reason, ...]]:
        """The same before the question for a reason, with the ready ones.

        Raises: NotAllowed, OwnApplication, AlreadyDecided.
        """
        view = await self.to_decide(application_id, version, by)
        return view, (await self._settings.current()).reasons.ready

    async def approve(self, application_id: int, version: int, by: Person, screen: Screen) -> DecisionView:
        """Row 3.

        Raises: NotAllowed, OwnApplication, AlreadyDecided (carries the view to show).
        """
        return await self._decide(application_id, version, Moving(Move.APPROVE, by.id, screen=screen))

    async def reject(
        self, application_id: int, version: int, reason: str | None, by: Person, screen: Screen | None
    ) -> DecisionView:
        """Row 4, with a reason of up to 500 characters or none.

        Raises: NotAllowed, OwnApplication, AlreadyDecided, TooLong, TooShort.
        """
        note = None if reason is None else within(reason, REASON_LIMIT)
        return await self._decide(application_id, version, Moving(Move.REJECT, by.id, note, screen=screen))

    async def reject_because(
        self, application_id: int, version: int, reason_id: int | None, by: Person, screen: Screen | None
    ) -> DecisionView:
        """Row 4 with a ready reason, by its id, or with none.

        Raises: NotAllowed, OwnApplication, AlreadyDecided, ReasonGone.
        """
        await self.to_decide(application_id, version, by)
        reasons = (await self._settings.current()).reasons
        reason = None if reason_id is None else reasons.find(reason_id).text
        return await self.reject(application_id, version, reason, by, screen)

    async def _decide(self, application_id: int, version: int, moving: Moving) -> DecisionView:
        assert moving.by is not None
        try:
            async with self._database.write(brief=True) as tx:
                facts = await self._facts(tx, application_id, moving.by)
                if facts.version != version:
                    raise LostRace
                await move(tx, facts, moving, self._calendar)
                facts = await self._facts(tx, application_id, moving.by)
                return await self._view(tx, facts, moving.by)
        except (LostRace, IllegalMove):
            raise AlreadyDecided(await self._present(application_id, moving.by)) from None

    async def undo(self, application_id: int, version: int, by: Person, screen: Screen) -> DecisionView:
        """Row 12 (an approval, any time before enrolment) or row 13 (one's own rejection, five minutes).

        Raises: NotAllowed, OwnApplication, AlreadyDecided, UndoTooLate, NewerApplication, TeacherLeft.
        """
        try:
            async with self._database.write(brief=True) as tx:
                facts = await self._facts(tx, application_id, by.id)
                if facts.version != version:
                    raise LostRace
                undoing = Move.TAKE_BACK if facts.status is Status.APPROVED else Move.RECONSIDER
                refusal = await self._refusal_to_undo(tx, facts, by)
                if refusal is not None:
                    raise refusal(await self._view(tx, facts, by.id))
                await move(tx, facts, Moving(undoing, by.id, screen=screen, values=_UNDECIDED), self._calendar)
                facts = await self._facts(tx, application_id, by.id)
                await self._show(tx, facts, by, screen)  # it may be a message no prompt has known so far
                return await self._view(tx, facts, by.id)
        except (LostRace, IllegalMove):
            raise AlreadyDecided(await self._present(application_id, by.id)) from None

    async def _refusal_to_undo(self, tx: AsyncConnection, facts: AnyRow, by: Person) -> type[WithView] | None:
        if facts.status is not Status.REJECTED:
            return None
        if not policy.may_reconsider(facts.decided_by, facts.decided_at, by.id, self._calendar.now()):
            return UndoTooLate
        if facts.teacher_school_id != facts.school_id:
            return TeacherLeft
        if await applications.newer_live(tx, facts.id, facts.teacher_id, facts.course_id):
            return NewerApplication
        return None

    async def not_ours(self, application_id: int, version: int, note: str, by: Person, screen: Screen) -> NotOursReport:
        """«Не наш сотрудник»: reject all that waits of this teacher at the school, and clear it from the profile.

        `note` is the reason written beside each. Raises: NotAllowed (also where the teacher works nowhere),
        OwnApplication, AlreadyDecided.
        """
        try:
            async with self._database.write() as tx:
                facts = await self._facts(tx, application_id, by.id)
                if facts.version != version or facts.status is not Status.PENDING:
                    raise LostRace
                if facts.school_id is None:
                    raise NotAllowed
                rejected = await self._reject_all_of(tx, facts, note, by, screen)
                await people.leave_school(tx, facts.teacher_id, facts.school_id)
                times = await people.count_refusal(tx, facts.teacher_id, facts.school_id)
                barred = times >= BARRED_AFTER
                payload = {"school": facts.school, "codes": rejected, "barred": barred}
                key = f"not_ours:{facts.teacher_id}:{facts.school_id}:{times}"
                await outbox.add(tx, [Note(key, facts.teacher_id, NOT_OURS, payload)], self._calendar.now())
                waiting = await applications.count_waiting_for(tx, by.id, self._calendar.today())
        except LostRace:
            raise AlreadyDecided(await self._present(application_id, by.id)) from None
        return NotOursReport(facts.teacher, facts.school, len(rejected), barred, waiting)

    async def _reject_all_of(
        self, tx: AsyncConnection, facts: AnyRow, note: str, by: Person, screen: Screen
    ) -> list[str]:
        codes = []
        for live in await applications.live_of(tx, facts.teacher_id, school_id=facts.school_id):
            if live.status is Status.PENDING:
                waiting = await self._facts(tx, live.id, by.id)
                moving = Moving(Move.REJECT, by.id, note, screen=screen, quietly=True)
                await move(tx, waiting, moving, self._calendar)
                codes.append(waiting.code)
        return codes

    async def queue(self, by: Person) -> Queue:
        """How many applications wait for this person, and the first of them.

        Raises: NotAllowed, for those who decide on nothing.
        """
        if not by.decides:
            raise NotAllowed
        today = self._calendar.today()
        async with self._database.read() as connection:
            total = await applications.count_waiting_for(connection, by.id, today)
            rows = await applications.waiting_for(connection, by.id, today, limit=AT_ONCE)
            approved = await applications.decided_for(connection, by.id, today, 1, 0)
        lines = tuple(WaitingLine(row.id, row.teacher, row.code, row.title) for row in rows)
        return Queue(
            total=total,
            first=lines[:LISTED],
            up_to=lines[-1].id if lines else 0,
            approved=approved[0].total if approved else 0,
            counted_at=int(self._calendar.now().timestamp()),
            is_head=by.head,
            is_approver=by.approver,
        )

    async def open_next(self, after: int, by: Person, screen: Screen) -> DecisionView:
        """The next waiting application after an id, from the start again past the last, shown on a screen.

        Raises: NothingWaits.
        """
        today = self._calendar.today()
        async with self._database.write() as tx:
            rows = await applications.waiting_for(tx, by.id, today, after=after, limit=1)
            if not rows and after:
                rows = await applications.waiting_for(tx, by.id, today, limit=1)
            if not rows:
                raise NothingWaits
            await self._show(tx, rows[0], by, screen)
            return await self._view(tx, rows[0], by.id)

    async def open(self, application_id: int, by: Person, screen: Screen) -> DecisionView:
        """One application, shown on a screen that follows it from now on.

        Raises: NotAllowed, OwnApplication.
        """
        async with self._database.write() as tx:
            facts = await self._facts(tx, application_id, by.id)
            await self._show(tx, facts, by, screen)
            return await self._view(tx, facts, by.id)

    async def _show(self, tx: AsyncConnection, facts: AnyRow, by: Person, screen: Screen) -> None:
        await prompts.show(
            tx,
            facts.id,
            facts.version,
            user_id=by.id,
            chat_id=screen.chat_id,
            message_id=screen.message_id,
            is_open=facts.status is Status.PENDING,
        )

    async def approved(self, page: int, by: Person) -> Page[WaitingLine]:
        """Approvals that may still be taken back (row 12), the newest first."""
        async with self._database.read() as connection:
            rows = await applications.decided_for(
                connection, by.id, self._calendar.today(), PAGE_SIZE, page * PAGE_SIZE
            )
        if not rows and page > 0:
            return await self.approved(0, by)
        lines = tuple(WaitingLine(row.id, row.teacher, row.code, row.title) for row in rows)
        return Page(lines, page, PAGE_SIZE, rows[0].total if rows else 0)

    async def approve_all(self, up_to: int, since: datetime, by: Person) -> BulkReport:
        """Approve what waited when the confirmation was drawn: ids up to `up_to`, at the moment `since`.

        What others have moved in between is reported as skipped, what arrived later is left.
        """
        today = self._calendar.today()
        approved, lost = 0, []
        async with self._database.write() as tx:
            for facts in await applications.waiting_for(tx, by.id, today, up_to=up_to, limit=AT_ONCE):
                try:
                    await move(tx, facts, Moving(Move.APPROVE, by.id), self._calendar)
                    approved += 1
                except LostRace:
                    lost.append(facts.id)
            skipped = await applications.moved_since(tx, by.id, today, up_to=up_to, since=since, also=lost)
            left = await applications.count_waiting_for(tx, by.id, today)
        return BulkReport(approved, tuple(Skipped(row.teacher, row.code, row.status) for row in skipped), left)

    async def _facts(self, connection: AsyncConnection, application_id: int, by: int) -> AnyRow:
        return await facts_for_decision(connection, application_id, by, self._calendar)

    async def _present(self, application_id: int, by: int) -> DecisionView:
        async with self._database.read() as connection:
            return await self._view(connection, await self._facts(connection, application_id, by), by)

    async def _view(self, connection: AsyncConnection, facts: AnyRow, by: int) -> DecisionView:
        return await decision_view(connection, facts, by, self._calendar)
