"""A small invented city in the database: schools, people and courses, each new to its test."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, insert, select, update

from db import applications, search_index, vocabulary
from db.engine import Database
from db.tables import (
    Application,
    ApplicationEvent,
    Chat,
    Course,
    Group,
    Notification,
    PortalStaff,
    Provider,
    ProviderStaff,
    School,
    SchoolRole,
    User,
)
from domain.catalogue import Funding
from domain.codes import normalise_code, normalise_name
from domain.person import Person, Role
from domain.policy import closes_on
from domain.status import Move, Status
from services.moves import Moving, move
from services.portal import Services, open_portal
from services.record_book import add_record

_numbers = count(1)
_chats = count(5_000_000_001)
"""Chat ids past 32 bits, as Telegram's are."""


class City:
    """Builds people and things; asks what became of them."""

    def __init__(self, database: Database, services: Services) -> None:
        self.database = database
        self.services = services
        self._unproved = open_portal(database, services.calendar)
        """Registers without a letter; where letters are sent, the address is set as proved afterwards."""

    @property
    def today(self) -> date:
        """The city's day."""
        return self.services.calendar.today()

    async def school(self, name: str | None = None, district: str = "Центральный") -> int:
        """A new school's id."""
        name = name or f"Школа № {next(_numbers)}"
        key, district_key = normalise_name(name), normalise_name(district)
        row = {
            "name": name,
            "district": district,
            "name_key": key,
            "district_key": district_key,
            "search_key": f"{key} {district_key}",
        }
        return await self._insert(School, row)

    async def provider(self, **columns: Any) -> int:
        """A new provider's id."""
        number = next(_numbers)
        return await self._insert(Provider, {"name": f"Центр № {number}", "name_key": f"центр № {number}", **columns})

    async def course(self, *, starts_in: int | None = 30, closes_in: int | None = 10, **columns: Any) -> int:
        """A new course's id: budget, published, open for ten days and starting in thirty, unless told otherwise."""
        number = next(_numbers)
        code = columns.pop("code", f"ТСТ-{number:04d}-Д")
        starts_on = None if starts_in is None else self.today + timedelta(starts_in)
        apply_until = None if closes_in is None else self.today + timedelta(closes_in)
        row = {
            "code": code,
            "code_key": normalise_code(code),
            "title": f"Курс номер {number}",
            "provider_id": columns.pop("provider_id", None) or await self.provider(),
            "funding": Funding.BUDGET,
            "hours": 36,
            "starts_on": starts_on,
            "ends_on": None if starts_on is None else starts_on + timedelta(10),
            "apply_until": apply_until,
            "closes_on": closes_on(apply_until, starts_on),
            "published": True,
            **columns,
        }
        async with self.database.write() as tx:
            course_id = (await tx.execute(insert(Course).values(row).returning(Course.id))).scalar_one()
            await search_index.index(tx, [(course_id, await vocabulary.words_of(tx, course_id))], fresh=True)
            await vocabulary.count_course(tx, course_id, int(row["published"]))
        return int(course_id)

    async def code_of(self, course_id: int) -> str:
        """A course's code."""
        return str(await self.one(select(Course.code).where(Course.id == course_id)))

    async def group(self, course_id: int, number: str = "1", starts_in: int | None = None) -> int:
        """A new group's id."""
        starts_on = None if starts_in is None else self.today + timedelta(starts_in)
        return await self._insert(Group, {"course_id": course_id, "number": number, "starts_on": starts_on})

    async def person(
        self,
        school_id: int | None = None,
        *,
        name: str | None = None,
        chat_id: int | None = None,
        head_of: int | None = None,
        staff_of: int | None = None,
        portal: Role | None = None,
        until: date | None = None,
    ) -> Person:
        """A registered person, with the roles named."""
        chat_id = chat_id or next(_chats)
        name = name or f"Соколова Анна {_in_words(next(_numbers))}"
        email = f"person{chat_id}@example.org"
        people = self._unproved.people
        registered = await people.register(chat_id, name, school_id, "Учитель", None, email=email)
        roles: list[tuple[Any, dict[str, Any]]] = []
        if head_of is not None:
            roles.append((SchoolRole, {"school_id": head_of, "role": Role.HEAD, "until": until}))
        if staff_of is not None:
            roles.append((ProviderStaff, {"provider_id": staff_of}))
        if portal is not None:
            roles.append((PortalStaff, {"role": portal}))
        async with self.database.write() as tx:
            for table, values in roles:
                await tx.execute(insert(table).values(user_id=registered.person.id, **values))
            if self.services.emails.can_prove:
                proved = {"email_key": email, "email_proved_at": self.services.calendar.now()}
                await tx.execute(update(User).where(User.id == registered.person.id).values(proved))
        return await self.again(registered.person)

    async def again(self, person: Person) -> Person:
        """The person as the next tap finds them."""
        found = (await self.services.people.arrive(person.chat_id)).person
        assert found is not None
        return found

    async def status(self, application_id: int) -> Status:
        """What an application is now."""
        status = await self.one(select(Application.status).where(Application.id == application_id))
        assert isinstance(status, Status)
        return status

    async def put(self, application_id: int, **columns: Any) -> None:
        """Set what only later journeys can reach, such as ENROLLED or COMPLETED."""
        async with self.database.write() as tx:
            await tx.execute(update(Application).where(Application.id == application_id).values(**columns))

    async def put_person(self, person: Person, **columns: Any) -> None:
        """Set what the profile's own journeys set, or undo it."""
        async with self.database.write() as tx:
            await tx.execute(update(User).where(User.id == person.id).values(**columns))

    async def moves(
        self, application_id: int, made: Move, *, by: Person | None = None, note: str | None = None, **values: Any
    ) -> None:
        """An application makes a move of the table, by somebody or by the clock."""
        async with self.database.write() as tx:
            facts = await applications.facts(tx, application_id, 0, self.today)
            assert facts is not None
            await move(tx, facts, Moving(made, by.id if by else None, note, values), self.services.calendar)

    async def completed(
        self, person: Person, *, days_ago: int = 0, number: str | None = "77-4021", group: bool = False, **course: Any
    ) -> int:
        """Somebody has completed a new course, and has it in the record book: the application's id."""
        course_id = await self.course(**course)
        application_id = (await self.services.applications.apply(course_id, person)).application.id
        group_id = await self.group(course_id, "1", starts_in=12) if group else None
        completed_on = self.today - timedelta(days_ago)
        await self.put(application_id, status=Status.COMPLETED, completed_on=completed_on, group_id=group_id)
        await self.write_down(application_id, completed_on, number)
        return application_id

    async def write_down(self, application_id: int, completed_on: date, number: str | None = None) -> bool:
        """A completion is written into the record book, as its use case does it."""
        async with self.database.write() as tx:
            facts = await applications.facts(tx, application_id, 0, self.today)
            assert facts is not None
            return await add_record(
                tx, facts, document_number=number, document_date=completed_on, completed_on=completed_on
            )

    async def history(self, application_id: int) -> list[tuple[Status | None, Status]]:
        """From where to where an application has gone."""
        statement = (
            select(ApplicationEvent.from_status, ApplicationEvent.to_status)
            .where(ApplicationEvent.application_id == application_id)
            .order_by(ApplicationEvent.id)
        )
        async with self.database.read() as connection:
            return [(row[0], row[1]) for row in await connection.execute(statement)]

    async def told(self, person: Person, kind: str | None = None) -> list[dict[str, Any]]:
        """The payloads of what was or will be said to somebody, in order."""
        statement = select(Notification.payload).where(Notification.user_id == person.id).order_by(Notification.id)
        if kind is not None:
            statement = statement.where(Notification.kind == kind)
        async with self.database.read() as connection:
            return list((await connection.execute(statement)).scalars())

    async def block(self, person: Person) -> bool:
        """Whether the person's chat is known as blocked."""
        return (await self.one(select(Chat.blocked_since).where(Chat.chat_id == person.chat_id))) is not None

    async def count(self, table: Any, **columns: Any) -> int:
        """How many rows have these values."""
        return int(await self.one(select(func.count()).select_from(table).filter_by(**columns)))

    async def one(self, statement: Any) -> Any:
        """The single value of a statement."""
        async with self.database.read() as connection:
            return (await connection.execute(statement)).scalar_one()

    async def _insert(self, table: Any, row: dict[str, Any]) -> int:
        async with self.database.write() as tx:
            return int((await tx.execute(insert(table).values(row).returning(table.id))).scalar_one())


def _in_words(number: int) -> str:
    """A number as letters, since names have no digits."""
    return "Я" + "".join(chr(ord("а") + int(digit)) for digit in str(number))
