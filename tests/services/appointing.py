"""A school, a provider and people of every role, for tests of who gives and takes what."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from db import people
from db.tables import AccountEvent, Invitation, PortalStaff, ProviderStaff, SchoolRole
from domain.person import Change, Person, Role
from domain.roles import RolePlace, place_of
from tests.city import City


@dataclass
class Offices:
    """Who is there, and what became of them."""

    city: City
    school: int
    provider: int
    operator: Person
    head: Person
    admin: Person
    deputy: Person
    methodologist: Person
    support: Person
    teacher: Person
    foreign_head: Person

    @classmethod
    async def open(cls, city: City) -> "Offices":
        """Everybody once; the deputy until tomorrow."""
        school, provider = await city.school(), await city.provider()
        offices = cls(
            city,
            school,
            provider,
            operator=await city.person(portal=Role.OPERATOR),
            head=await city.person(head_of=school),
            admin=await city.person(),
            deputy=await city.person(),
            methodologist=await city.person(staff_of=provider),
            support=await city.person(portal=Role.SUPPORT),
            teacher=await city.person(school),
            foreign_head=await city.person(head_of=await city.school()),
        )
        await offices.give(offices.admin, Role.ADMIN)
        await offices.give(offices.deputy, Role.DEPUTY, city.today + timedelta(1))
        return offices

    async def give(self, person: Person, role: Role, until: date | None = None) -> None:
        """A role at the school, without an invitation."""
        async with self.city.database.write() as tx:
            await people.give_school_role(tx, person.id, self.school, role, until)

    def place(self, role: Role) -> int:
        """The id of the place where such a role is held here."""
        return {RolePlace.SCHOOL: self.school, RolePlace.PROVIDER: self.provider}.get(place_of(role), 0)

    def holder(self, role: Role) -> Person:
        """Who has this role here."""
        return {
            Role.HEAD: self.head,
            Role.ADMIN: self.admin,
            Role.DEPUTY: self.deputy,
            Role.PROVIDER: self.methodologist,
            Role.SUPPORT: self.support,
            Role.OPERATOR: self.operator,
        }[role]

    def without_rights(self) -> list[Person]:
        """Those who give and take nothing here."""
        return [self.admin, self.deputy, self.methodologist, self.support, self.teacher, self.foreign_head]

    async def token(self, role: Role, by: Person | None = None, *, until: date | None = None, days: int = 7) -> str:
        """An invitation by somebody: its token."""
        if until is None and role is Role.DEPUTY:
            until = self.city.today + timedelta(10)
        issued = await self.city.services.invitations.issue(role, self.place(role), until, days, by or self.operator)
        return issued.token

    async def opens(self, person: Person, token: str) -> Any:
        """Somebody opens a link: the role it gave."""
        return (await self.city.services.people.accept_invitation(token, person))[0]

    async def role_of(self, person: Person) -> tuple[Role, date | None] | None:
        """What somebody holds at the school."""
        statement = select(SchoolRole.role, SchoolRole.until).where(
            SchoolRole.user_id == person.id, SchoolRole.school_id == self.school
        )
        async with self.city.database.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else (row.role, row.until)

    async def roles(self) -> tuple[int, ...]:
        """How many roles and open invitations there are."""
        tables = (SchoolRole, ProviderStaff, PortalStaff, Invitation)
        return (*[await self.city.count(table) for table in tables], await self.city.count(Invitation, revoked_at=None))

    async def events(self, person: Person) -> list[tuple[Change, int | None, str | None]]:
        """How somebody's roles came and went, and by whom."""
        statement = (
            select(AccountEvent.change, AccountEvent.by_id, AccountEvent.note)
            .where(AccountEvent.user_id == person.id, AccountEvent.change != Change.REGISTERED)
            .order_by(AccountEvent.id)
        )
        async with self.city.database.read() as connection:
            return [(row.change, row.by_id, row.note) for row in await connection.execute(statement)]
