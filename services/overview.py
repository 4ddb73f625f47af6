"""«Сводка»: what a school, a provider or the whole portal looks like in numbers today."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from db import overview
from db.engine import Database
from db.types import AnyRow
from domain import policy
from domain.clock import Calendar
from domain.errors import NotAllowed
from domain.groups import free
from domain.person import Person
from domain.roles import RolePlace
from domain.status import LIVE, Move, Status
from domain.tallies import DECISION_WITHIN, begin_of, median, months_until
from services.settings import Settings

TEACHERS_AT_MOST: Final = 2000
COURSES_AT_MOST: Final = 500
PROVIDERS_AT_MOST: Final = 200
SCHOOLS_AT_MOST: Final = 1000
PORTAL_KEPT_FOR: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may look at: a school, a provider, or (id 0, no name) the portal."""

    place: RolePlace
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody with several hats is to say which."""

    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """How many applications did what in a month; what was undone is not counted."""

    first_day: date
    applied: int
    approved: int
    rejected: int
    enrolled: int
    completed: int


@dataclass(frozen=True, slots=True)
class TeacherHours:
    """Somebody's completed hours of the last three years."""

    full_name: str
    position: str
    hours: int
    courses: int


@dataclass(frozen=True, slots=True)
class SchoolOverview:
    """A school's budget applications, and the hours of its people who have applied or completed a course."""

    school: str
    at: datetime
    """On the wall clock of the city, as in all of these."""
    states: Mapping[Status, int]
    months: tuple[MonthCounts, ...]
    teachers: tuple[TeacherHours, ...]
    """Those with the most hours first."""
    teachers_total: int
    since: date
    norm: int


@dataclass(frozen=True, slots=True)
class CourseCounts:
    """A course with its applications by state; `free_seats` None: unlimited."""

    code: str
    title: str
    starts_on: date | None
    ends_on: date | None
    published: bool
    cancelled: bool
    groups: int
    seats: int | None
    free_seats: int | None
    states: Mapping[Status, int]

    @property
    def live(self) -> int:
        """Applications that have not ended."""
        return sum(self.states.get(status, 0) for status in LIVE)

    @property
    def queue(self) -> int:
        """Those who wait for a group and find no seat."""
        waiting = self.states.get(Status.APPROVED, 0)
        return 0 if self.free_seats is None else max(waiting - self.free_seats, 0)


@dataclass(frozen=True, slots=True)
class ProviderOverview:
    """A provider's courses: those that go on, and those that ended within the period."""

    provider: str
    at: datetime
    since: date
    courses: tuple[CourseCounts, ...]
    courses_total: int


@dataclass(frozen=True, slots=True)
class ProviderCounts:
    """A provider's part in the portal's applications."""

    name: str
    applications: int
    enrolled: int
    completed: int


@dataclass(frozen=True, slots=True)
class SchoolCounts:
    """A school that somebody should look after: how many applications wait; `since`: from when on, where it is known.

    `name` None: applications without a school.
    """

    name: str | None
    district: str | None
    waiting: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class PortalOverview:
    """The portal's applications of the last twelve months."""

    at: datetime
    since: date
    states: Mapping[Status, int]
    months: tuple[MonthCounts, ...]
    providers: tuple[ProviderCounts, ...]
    providers_total: int
    schools_total: int
    bare_schools: tuple[SchoolCounts, ...]
    """Without an approver."""
    bare_schools_total: int
    overdue: tuple[SchoolCounts, ...]
    overdue_total: int
    overdue_after: timedelta
    hours_to_decision: int | None
    """The median, from applying; None: nothing has been decided."""


Overview: TypeAlias = SchoolOverview | ProviderOverview | PortalOverview

_COUNTED: Final[Mapping[Move, str]] = {
    Move.APPLY: "applied",
    Move.APPLY_PAID: "applied",
    Move.APPROVE: "approved",
    Move.REJECT: "rejected",
    Move.ENROL: "enrolled",
    Move.COMPLETE: "completed",
}


class Overviews:
    """The use case of whoever wants to see how things stand."""

    def __init__(self, database: Database, calendar: Calendar, settings: Settings) -> None:
        self._database = database
        self._calendar = calendar
        self._settings = settings
        self._portal: PortalOverview | None = None
        self._counting = asyncio.Lock()

    async def look(self, place: RolePlace | None, place_id: int, by: Person) -> Overview | Choice:
        """The summary of a school, a provider or the portal; without `place` or an id (0), of what somebody may see.

        Where that is more than one thing, the choice of them. An approver sees the schools they decide at today, staff
        their providers, operators the portal. Raises: NotAllowed, whether it exists or not.
        """
        norm = (await self._settings.current()).hours_norm
        async with self._database.read() as connection:
            scopes = await self._scopes(connection, place, place_id, by.id)
            if not scopes:
                raise NotAllowed
            if len(scopes) > 1:
                return Choice(tuple(scopes))
            (scope,) = scopes
            if scope.place is RolePlace.SCHOOL:
                return await self._school(connection, scope, norm)
            if scope.place is RolePlace.PROVIDER:
                return await self._provider(connection, scope)
        return await self._kept_portal()

    async def _scopes(
        self, connection: AsyncConnection, place: RolePlace | None, place_id: int, by: int
    ) -> list[Scope]:
        found: list[Scope] = []
        only = place_id or None
        if place in {None, RolePlace.SCHOOL}:
            rows = await overview.schools_of(connection, by, self._calendar.today(), only)
            found += [Scope(RolePlace.SCHOOL, row.id, row.name) for row in rows]
        if place in {None, RolePlace.PROVIDER}:
            rows = await overview.providers_of(connection, by, only)
            found += [Scope(RolePlace.PROVIDER, row.id, row.name) for row in rows]
        if place in {None, RolePlace.PORTAL} and await overview.may_see_portal(connection, by):
            found.append(Scope(RolePlace.PORTAL, 0, ""))
        return found

    async def _school(self, connection: AsyncConnection, scope: Scope, norm: int) -> SchoolOverview:
        since = policy.hours_since(self._calendar.today())
        states = await overview.states_at(connection, scope.id)
        months = await self._months(connection, scope.id)
        teachers = await overview.hours_of_teachers(connection, scope.id, since, TEACHERS_AT_MOST)
        return SchoolOverview(
            school=scope.name,
            at=self._now(),
            states=_states(states),
            months=months,
            teachers=tuple(TeacherHours(row.full_name, row.position, row.hours, row.courses) for row in teachers),
            teachers_total=_total(teachers),
            since=since,
            norm=norm,
        )

    async def _provider(self, connection: AsyncConnection, scope: Scope) -> ProviderOverview:
        since = months_until(self._calendar.today())[0]
        rows = await overview.courses_of(connection, scope.id, since, COURSES_AT_MOST)
        states: dict[int, dict[Status, int]] = {row.id: {} for row in rows}
        for counted in await overview.states_by_course(connection, list(states)):
            states[counted.course_id][counted.status] = counted.tally
        return ProviderOverview(
            provider=scope.name,
            at=self._now(),
            since=since,
            courses=tuple(_course(row, states[row.id]) for row in rows),
            courses_total=_total(rows),
        )

    async def _kept_portal(self) -> PortalOverview:
        """Counted once a minute at most, by whoever comes first; its statements look through a year."""
        async with self._counting:
            kept = self._portal
            if kept is None or not timedelta() <= self._now() - kept.at < PORTAL_KEPT_FOR:
                async with self._database.read() as connection:
                    kept = self._portal = await self._count_portal(connection)
            return kept

    async def _count_portal(self, connection: AsyncConnection) -> PortalOverview:
        today = self._calendar.today()
        since = months_until(today)[0]
        begin = begin_of(since, self._calendar.zone)
        providers = await overview.busiest_providers(connection, begin, PROVIDERS_AT_MOST)
        bare = await overview.schools_without_approver(connection, today, SCHOOLS_AT_MOST)
        waits_since = self._calendar.now() - DECISION_WITHIN
        overdue = await overview.overdue_decisions(connection, begin, waits_since, SCHOOLS_AT_MOST)
        decisions = await overview.hours_to_decision(connection, begin)
        return PortalOverview(
            at=self._now(),
            since=since,
            states=_states(await overview.states_since(connection, begin)),
            months=await self._months(connection, None),
            providers=tuple(
                ProviderCounts(row.name, int(row.applications), int(row.enrolled), int(row.completed))
                for row in providers
            ),
            providers_total=_total(providers),
            schools_total=await overview.count_schools(connection),
            bare_schools=tuple(SchoolCounts(row.name, row.district, row.waiting) for row in bare),
            bare_schools_total=_total(bare),
            overdue=tuple(
                SchoolCounts(row.name, row.district, row.tally, self._calendar.local(row.oldest)) for row in overdue
            ),
            overdue_total=_total(overdue),
            overdue_after=DECISION_WITHIN,
            hours_to_decision=median([(row.hours, row.tally) for row in decisions]),
        )

    async def _months(self, connection: AsyncConnection, school_id: int | None) -> tuple[MonthCounts, ...]:
        days = months_until(self._calendar.today())
        begins = [begin_of(day, self._calendar.zone) for day in days]
        counts = [dict.fromkeys(_COUNTED.values(), 0) for _ in days]
        for row in await overview.moves_by_month(connection, begins, list(_COUNTED), school_id):
            counts[row.month][_COUNTED[row.move]] += row.tally
        return tuple(MonthCounts(day, **counted) for day, counted in zip(days, counts, strict=True))

    def _now(self) -> datetime:
        return self._calendar.local(self._calendar.now())


def _states(rows: Sequence[AnyRow]) -> dict[Status, int]:
    """Every state, in the order of an application's life, with its count."""
    counted = {row.status: row.tally for row in rows}
    return {status: counted.get(status, 0) for status in Status}


def _total(rows: Sequence[AnyRow]) -> int:
    return int(rows[0].total) if rows else 0


def _course(row: AnyRow, states: Mapping[Status, int]) -> CourseCounts:
    return CourseCounts(
        code=row.code,
        title=row.title,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        published=row.published,
        cancelled=row.cancelled_at is not None,
        groups=row.groups,
        seats=row.seats,
        free_seats=free(row.seats, states.get(Status.ENROLLED, 0)),
        states=states,
    )
