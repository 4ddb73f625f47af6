"""A teacher's side of an application: applying, looking, withdrawing."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import applications, courses, enrolment, outbox, people
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain import policy, reminding
from domain.clock import Calendar
from domain.errors import CannotApply, CannotNudge, CannotWithdraw, IllegalMove, NotAllowed, TooManyApplications
from domain.groups import free
from domain.person import Person
from domain.policy import Obstacle
from domain.status import ACTIVE, ARCHIVED, TRANSITIONS, Move, Status
from services import prompting
from services.catalogue import card_view
from services.moves import Announced, LostRace, Moving, announcements, move
from services.views import ApplicationView, CourseCard, HistoryLine, MyApplication, Page, Receipt

PAGE_SIZE: Final = 7
DAY: Final = timedelta(days=1)


class Applications:
    """Use cases of the teacher."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def apply(self, course_id: int, by: Person) -> Receipt:
        """Rows 1 and 2. Where a live application exists, its receipt comes again (`is_new` False).

        Raises: NotAllowed (no such course for this person), CannotApply (carries the card), TooManyApplications.
        """
        async with self._database.write(brief=True) as tx:
            # One's applications are made one after another, and never for a profile that was removed meanwhile.
            teacher = await people.hold_applicant(tx, by.id, self._calendar.today())
            row = await courses.card_to_apply(tx, course_id, by.id, self._calendar.now() - DAY)
            card = card_view(row, self._calendar.today())
            if teacher is None or row is None:
                raise NotAllowed
            if card.obstacle is Obstacle.ALREADY_APPLIED:
                return _existing(card, by)
            if card.obstacle is not None:
                raise CannotApply(card)
            if row.made >= policy.APPLICATIONS_A_DAY:
                raise TooManyApplications
            application_id = await self._add(tx, row, card, teacher, by)
            if application_id is None:  # a rejected one was taken up again in the same instant
                return _existing(card_view(await courses.card(tx, course_id, by.id), self._calendar.today()), by)
        applying = policy.applying(card.funding)
        by_support = applying is Move.APPLY and not teacher.has_other_approver
        mine = MyApplication(application_id, TRANSITIONS[applying].target, card.code, card.title)
        return Receipt(mine, by.school, by_support, card.queue_place)

    async def _add(self, tx: AsyncConnection, row: AnyRow, card: CourseCard, teacher: AnyRow, by: Person) -> int | None:
        """Guarded insert → history line → notifications, as services.moves does it for every later move."""
        now, today = self._calendar.now(), self._calendar.today()
        applying = policy.applying(card.funding)
        target = TRANSITIONS[applying].target
        application_id = await applications.add(
            tx,
            user_id=by.id,
            course_id=card.id,
            school_id=teacher.school_id,
            status=target,
            previous_id=row.previous_id,
            now=now,
        )
        if application_id is None:
            return None
        await applications.record(
            tx, application_id, applying, source=None, target=target, by=by.id, note=None, now=now
        )
        notes: list[Note] = []
        if applying is Move.APPLY:
            notes = await prompting.ask_first(
                tx, application_id, 1, teacher_id=by.id, school_id=teacher.school_id, today=today
            )
        announced = Announced(
            id=application_id,
            status=target,
            code=card.code,
            title=card.title,
            funding=card.funding,
            provider_id=row.provider_id,
            school_id=teacher.school_id,
            teacher_id=by.id,
            teacher=teacher.full_name,
            teacher_email_proved_at=teacher.email_proved_at,
            teacher_letters_off=teacher.letters_off,
        )
        notes += await announcements(tx, announced, 1, Moving(applying, by.id), self._calendar)
        await outbox.add(tx, notes, now)
        return application_id

    async def to_withdraw(self, application_id: int, version: int, by: Person) -> ApplicationView:
        """One's own application, before the question whether to withdraw it.

        Raises: NotAllowed, CannotWithdraw (it has moved on; carries the view).
        """
        view = await self.one(application_id, by)
        if view.version != version or not view.may_withdraw:
            raise CannotWithdraw(view)
        return view

    async def withdraw(self, application_id: int, version: int, by: Person) -> ApplicationView:
        """Row 5: the teacher's own way out, until enrolled.

        Raises: NotAllowed, CannotWithdraw (it has moved on; carries the view).
        """
        try:
            async with self._database.write(brief=True) as tx:
                facts = await self._own(tx, application_id, by)
                if facts.version != version:
                    raise LostRace
                await move(tx, facts, Moving(Move.WITHDRAW, by.id), self._calendar)
        except (LostRace, IllegalMove):
            raise CannotWithdraw(await self.one(application_id, by)) from None
        return await self.one(application_id, by)

    async def nudge(self, application_id: int, by: Person) -> ApplicationView:
        """«Напомнить руководителю»: whoever decides gets the question again; once in 48 hours.

        Raises: NotAllowed, CannotNudge (too early, or it waits no more; carries the view).
        """
        now = self._calendar.now()
        async with self._database.write() as tx:
            facts = await self._own(tx, application_id, by)
            nudged = await applications.nudge(
                tx, application_id, now, now - reminding.NUDGE_AFTER, now - reminding.NUDGE_EVERY
            )
            if nudged:
                deciders = await people.deciders(tx, facts.school_id, by.id, self._calendar.today())
                await outbox.add(tx, prompting.nudges(application_id, deciders, now), now)
        view = await self.one(application_id, by)
        if not nudged:
            raise CannotNudge(view)
        return view

    async def one(self, application_id: int, by: Person) -> ApplicationView:
        """One's own application with its history.

        Raises: NotAllowed (also where it does not exist).
        """
        async with self._database.read() as connection:
            facts = await self._own(connection, application_id, by)
            lines = await applications.history(connection, application_id)
            place, free_seats = await self._in_line(connection, facts)
        waits = facts.status is Status.PENDING
        nudge_from = reminding.nudge_from(facts.created_at, facts.nudged_at) if waits else None
        return ApplicationView(
            id=facts.id,
            version=facts.version,
            course_id=facts.course_id,
            status=facts.status,
            code=facts.code,
            title=facts.title,
            reason=facts.reason,
            group_number=facts.group_number,
            starts_on=facts.starts_on,
            ends_on=facts.ends_on,
            school=facts.school,
            created_at=facts.created_at,
            may_withdraw=policy.may_withdraw(facts.status),
            history=tuple(HistoryLine(*line) for line in lines),
            queue_place=place,
            free_seats=free_seats,
            nudged_at=facts.nudged_at,
            nudge_from=nudge_from,
            may_nudge=nudge_from is not None and nudge_from <= self._calendar.now(),
        )

    async def _in_line(self, connection: AsyncConnection, facts: AnyRow) -> tuple[int | None, int | None]:
        """Its place in line where more wait than there are seats, and how many of these are free."""
        if facts.status not in {Status.PENDING, Status.APPROVED}:
            return None, None
        free_seats = free(*await enrolment.seats_of(connection, facts.course_id))
        if free_seats is None:
            return None, None
        place = await enrolment.place_in_line(connection, facts.course_id, facts.id)
        return (place if place > free_seats else None), free_seats

    async def mine(self, page: int, by: Person) -> Page[MyApplication]:
        """Live and completed applications, the newest first."""
        return await self._list(page, by, ACTIVE)

    async def archive(self, page: int, by: Person) -> Page[MyApplication]:
        """Ended applications, the newest first."""
        return await self._list(page, by, ARCHIVED)

    async def _list(self, page: int, by: Person, statuses: Collection[Status]) -> Page[MyApplication]:
        async with self._database.read() as connection:
            rows = await applications.of_teacher(connection, by.id, statuses, PAGE_SIZE, page * PAGE_SIZE)
        if not rows and page > 0:
            return await self._list(0, by, statuses)
        lines = tuple(
            MyApplication(row.id, row.status, row.code, row.title, row.reason, row.group_number) for row in rows
        )
        return Page(lines, page, PAGE_SIZE, rows[0].total if rows else 0)

    async def _own(self, connection: AsyncConnection, application_id: int, by: Person) -> AnyRow:
        facts = await applications.facts(connection, application_id, by.id, self._calendar.today())
        if facts is None or facts.teacher_id != by.id:
            raise NotAllowed
        return facts


def _existing(card: CourseCard, by: Person) -> Receipt:
    assert card.mine is not None
    return Receipt(card.mine, by.school, decided_by_support=False, queue_place=None, is_new=False)
