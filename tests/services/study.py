"""A course in the hands of its provider, with people who apply for it: what tests of groups begin with."""

from dataclasses import dataclass, replace

from sqlalchemy import select, update

from db.tables import Application, ProviderStaff
from domain.catalogue import Funding
from domain.person import Person
from services.completion import Completion
from services.enrolment import Enrolment
from services.groups import Groups
from tests.city import City


@dataclass
class Study:
    """An off-budget course of 30 seats, so that who applies is approved at once."""

    city: City
    provider: int
    course: int
    staff: Person

    @classmethod
    async def of(cls, city: City, **columns: object) -> "Study":
        """A new one; `columns` of the course, as City.course takes them."""
        provider = await city.provider()
        usual = {"funding": Funding.PAID, "seats": 30, "venue": "Аудитория 5", "provider_id": provider}
        course = await city.course(**usual | columns)  # type: ignore[arg-type]
        return cls(city, provider, course, await city.person(staff_of=provider))

    @property
    def groups(self) -> Groups:
        """The use cases of groups."""
        return self.city.services.groups

    @property
    def enrolment(self) -> Enrolment:
        """The use cases of people in them."""
        return self.city.services.enrolment

    @property
    def completion(self) -> Completion:
        """The use cases of the end of a course."""
        return self.city.services.completion

    async def group(self, **changes: object) -> int:
        """A new group as the course suggests it, but for these."""
        draft = await self.groups.new(self.course, self.staff)
        return (await self.groups.save(replace(draft, **changes), self.staff)).group.id  # type: ignore[arg-type]

    async def approved(self, person: Person | None = None) -> tuple[Person, int]:
        """Somebody who waits for a group, and the application."""
        person = person or await self.city.person()
        receipt = await self.city.services.applications.apply(self.course, person)
        return person, receipt.application.id

    async def enrolled(self, group: int) -> tuple[Person, int]:
        """Somebody in a group, and the application."""
        person, application = await self.approved()
        await self.enrolment.enrol(application, await self.version(application), group, self.staff)
        return person, application

    async def version(self, application: int) -> int:
        """The version that buttons are drawn for now."""
        return int(await self.city.one(select(Application.version).where(Application.id == application)))

    async def hold_roles(self) -> None:
        """As while a recovery waits for the old chat's word."""
        async with self.city.database.write() as tx:
            await tx.execute(update(ProviderStaff).where(ProviderStaff.user_id == self.staff.id).values(held=True))
