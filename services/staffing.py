"""Who holds which role: looked at and taken away by those who may, ended by the day."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from db import outbox, staffing
from db.engine import Database
from db.outbox import Note
from db.types import AnyRow
from domain.clock import Calendar
from domain.codes import normalise_name
from domain.errors import LastOperator, NotAllowed, PlaceUnknown, ProviderUnknown, SchoolUnknown
from domain.person import NAME_LIMIT, Person, Role, within
from domain.roles import RolePlace, Standing, appoints, is_noted_at, may_appoint, place_of
from services.roles import DEPUTY_ENDED, lost
from services.views import Member, MemberCard, Page, PlaceLine, RoleEvent, Staff

PAGE_SIZE: Final = 7
PLACES_SHOWN: Final = 8
EVENTS_LOOKED_AT: Final = 100
EVENTS_SHOWN: Final = 6
AT_ONCE: Final = 20

_UNKNOWN: Final = {
    frozenset({RolePlace.SCHOOL}): SchoolUnknown,
    frozenset({RolePlace.PROVIDER}): ProviderUnknown,
}


class Staffing:
    """Use cases of operators, of heads at their own schools, and of the clock."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar

    async def desk(self, by: Person) -> None:
        """The operators' first screen is for operators.

        Raises: NotAllowed.
        """
        async with self._database.read() as connection:
            await self._operator(connection, by)

    async def places(self, text: str, wanted: frozenset[RolePlace], by: Person) -> tuple[tuple[PlaceLine, ...], bool]:
        """Schools and providers whose name holds what was typed, and whether there are more than are shown.

        Raises: NotAllowed, SchoolUnknown, ProviderUnknown, PlaceUnknown (nothing of either), TooLong, TooShort.
        """
        words = normalise_name(within(text, NAME_LIMIT)).split()
        async with self._database.read() as connection:
            await self._operator(connection, by)
            rows = await staffing.places_like(connection, words, wanted, PLACES_SHOWN + 1)
        if not rows:
            raise _UNKNOWN.get(wanted, PlaceUnknown)
        lines = (PlaceLine(RolePlace(row.place), row.id, row.name, row.district or None) for row in rows)
        return tuple(lines)[:PLACES_SHOWN], len(rows) > PLACES_SHOWN

    async def headed(self, by: Person) -> Staff | tuple[PlaceLine, ...]:
        """The approvers of the school that somebody heads; of several schools, the choice.

        Raises: NotAllowed, for those who head none.
        """
        async with self._database.read() as connection:
            rows = await staffing.schools_headed(connection, by.id, self._calendar.today())
        if not rows:
            raise NotAllowed
        if len(rows) > 1:
            return tuple(PlaceLine(RolePlace.SCHOOL, *row) for row in rows)
        return await self.staff(RolePlace.SCHOOL, rows[0].id, 0, by)

    async def staff(self, place: RolePlace, place_id: int, page: int, by: Person) -> Staff:
        """Those with a role at a school, at a provider or (`place_id` 0) at the portal.

        Raises: NotAllowed (also where there is no such place).
        """
        today = self._calendar.today()
        async with self._database.read() as connection:
            standing, name = await self._look(connection, place, place_id, by)
            rows = await staffing.members(connection, place, place_id, today, PAGE_SIZE, page * PAGE_SIZE)
        if not rows and page > 0:
            return await self.staff(place, place_id, 0, by)
        lines = tuple(_member(row) for row in rows)
        total = rows[0].total if rows else 0
        return Staff(
            place=place,
            id=place_id,
            name=name,
            page=Page(lines, page, PAGE_SIZE, total),
            appoints=appoints(standing, place),
            by_operator=standing.operator,
        )

    async def member(self, user_id: int, role: Role, place_id: int, by: Person) -> MemberCard:
        """Somebody's role, and how it came.

        Raises: NotAllowed (also where there is no such role, place or person).
        """
        place = place_of(role)
        async with self._database.read() as connection:
            standing, name = await self._look(connection, place, place_id, by)
            row = await staffing.member(connection, place, place_id, user_id, role, self._calendar.today())
            if row is None:
                raise NotAllowed
            events = await staffing.role_events(connection, user_id, EVENTS_LOOKED_AT)
        here = [RoleEvent(*event) for event in events if is_noted_at(event.note, name)]
        return MemberCard(
            member=_member(row),
            place=place,
            place_id=place_id,
            name=name,
            may_take=may_appoint(standing, role),
            history=tuple(here[:EVENTS_SHOWN]),
        )

    async def to_take(self, user_id: int, role: Role, place_id: int, by: Person) -> MemberCard:
        """A role before the question whether to take it.

        Raises: NotAllowed (also where there is no such role, or it is not this person's to take).
        """
        card = await self.member(user_id, role, place_id, by)
        if not card.may_take:
            raise NotAllowed
        return card

    async def take(self, user_id: int, role: Role, place_id: int, by: Person) -> MemberCard:
        """Take a role away: it is gone with the next tap, prompts and menu follow, the person is told.

        Raises: NotAllowed (also where there is no such role, or it is not this person's to take), LastOperator.
        """
        place = place_of(role)
        async with self._database.write() as tx:
            # Two operators who take each other's role in the same instant meet here: the second is none any more.
            operators = await staffing.hold_operators(tx) if role is Role.OPERATOR else set()
            standing, name = await self._look(tx, place, place_id, by)
            row = await staffing.member(tx, place, place_id, user_id, role, self._calendar.today())
            if row is None or not may_appoint(standing, role):
                raise NotAllowed
            if role is Role.OPERATOR and not operators - {user_id}:
                raise LastOperator
            if not await staffing.take(tx, user_id, role, place_id or None):
                raise NotAllowed
            await lost(tx, user_id, role, place_id or None, name, self._calendar, by.id)
        return MemberCard(_member(row), place, place_id, name, may_take=False, history=())

    async def end_deputies(self) -> int:
        """End roles whose last day is over, a bounded number in a transaction: how many. Both sides are told."""
        ended = 0
        while batch := await self._end_some():
            ended += batch
        return ended

    async def _end_some(self) -> int:
        today = self._calendar.today()
        async with self._database.read() as connection:
            if not await staffing.is_any_overdue(connection, today):
                return 0
        async with self._database.write() as tx:
            rows = await staffing.end_overdue(tx, today, AT_ONCE)
            for row in rows:
                school = await staffing.place_name(tx, RolePlace.SCHOOL, row.school_id)
                await lost(tx, row.user_id, row.role, row.school_id, school, self._calendar, None)
                await outbox.add(tx, await self._word_to_heads(tx, row, school), self._calendar.now())
        return len(rows)

    async def _word_to_heads(self, tx: AsyncConnection, row: AnyRow, school: str | None) -> list[Note]:
        now = self._calendar.now()
        person = await staffing.person_name(tx, row.user_id)
        payload = {"role": row.role.value, "place": school, "person": person, "until": row.until.isoformat()}
        key = f"{DEPUTY_ENDED}:{row.user_id}:{row.school_id}:{row.until.isoformat()}"
        return [
            Note(f"{key}:{head}", head, DEPUTY_ENDED, payload, due_at=self._calendar.out_of_quiet(now))
            for head in await staffing.heads(tx, row.school_id, self._calendar.today())
        ]

    async def _operator(self, connection: AsyncConnection, by: Person) -> None:
        if not (await staffing.standing(connection, by.id, None, self._calendar.today())).operator:
            raise NotAllowed

    async def _look(
        self, connection: AsyncConnection, place: RolePlace, place_id: int, by: Person
    ) -> tuple[Standing, str | None]:
        """What somebody is to a place, and its name, for those who may see its people.

        Raises: NotAllowed (also where there is no such place).
        """
        school_id = place_id if place is RolePlace.SCHOOL else None
        standing = await staffing.standing(connection, by.id, school_id, self._calendar.today())
        if not (standing.operator or standing.head):
            raise NotAllowed
        if place is RolePlace.PORTAL:
            return standing, None
        name = await staffing.place_name(connection, place, place_id)
        if name is None:
            raise NotAllowed
        return standing, name


def _member(row: AnyRow) -> Member:
    return Member(row.user_id, row.full_name, Role(row.role), row.until, bool(row.held))
