"""Random people make random moves; whatever they do, the invariants of an application's life hold."""

import contextlib
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from db.tables import Application, ApplicationEvent, Course, Group, PortalStaff, Prompt, Provider, Record
from domain.catalogue import Funding
from domain.errors import DomainError
from domain.person import Person, Role
from domain.status import LIVE, TRANSITIONS, Move, Status
from domain.tickets import words
from services.prompting import Screen
from tests.city import City
from tests.conftest import Clock

TEACHERS, HEADS, COURSES = 2, 2, 3
SEATS_OF_COURSE, SEATS_OF_GROUP = 2, 1


@dataclass
class Life:
    """Two schools with a head each who also works there, their teachers; a provider with its staff, two budget courses
    and an off-budget one, each with two groups that have ended; an operator, and support."""

    city: City
    clock: Clock
    schools: list[int] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    courses: list[int] = field(default_factory=list)
    groups: dict[int, list[int]] = field(default_factory=dict)

    async def begin(self) -> None:
        """New to each example, so that examples do not meet."""
        self.schools = [await self.city.school() for _ in range(HEADS)]
        self.people = [await self.city.person(self.schools[0]) for _ in range(TEACHERS)]
        self.people += [await self.city.person(school, head_of=school) for school in self.schools]
        provider = await self.city.provider()
        self.people.append(await self.city.person(staff_of=provider))
        self.people.append(await self.city.person(portal=Role.OPERATOR))
        self.people.append(await self.city.person(portal=Role.SUPPORT))
        seats = {"provider_id": provider, "seats": SEATS_OF_COURSE}
        self.courses = [await self.city.course(**seats) for _ in range(COURSES - 1)]
        self.courses.append(await self.city.course(funding=Funding.PAID, **seats))
        for course in self.courses:
            groups = [await self.city.group(course, number, starts_in=-9) for number in ("1", "2")]
            self.groups[course] = groups
            async with self.city.database.write() as tx:
                await tx.execute(update(Group).where(Group.id.in_(groups)).values(seats=SEATS_OF_GROUP))

    async def apply(self, person: Person, course: int, _: int) -> None:
        """Row 1."""
        await self.city.services.applications.apply(course, await self.city.again(person))

    async def withdraw(self, person: Person, course: int, version: int) -> None:
        """Row 5, with a button of some age."""
        await self.city.services.applications.withdraw(await self.newest(course), version, person)

    async def approve(self, person: Person, course: int, version: int) -> None:
        """Row 3."""
        await self.city.services.approvals.approve(await self.newest(course), version, person, self.screen(person))

    async def reject(self, person: Person, course: int, version: int) -> None:
        """Row 4."""
        application = await self.newest(course)
        await self.city.services.approvals.reject(application, version, "Причина", person, self.screen(person))

    async def undo(self, person: Person, course: int, version: int) -> None:
        """Rows 12 and 13."""
        await self.city.services.approvals.undo(await self.newest(course), version, person, self.screen(person))

    async def not_ours(self, person: Person, course: int, version: int) -> None:
        """Row 4, for all that waits."""
        application = await self.newest(course)
        await self.city.services.approvals.not_ours(application, version, "", person, self.screen(person))

    async def change_school(self, person: Person, course: int, _: int) -> None:
        """Row 16."""
        school = self.schools[self.courses.index(course) % HEADS]
        await self.city.services.profiles.choose_school(school, await self.city.again(person))

    async def enrol(self, person: Person, course: int, version: int) -> None:
        """Row 6, into the first group or the second."""
        group = self.groups[course][version % 2]
        await self.city.services.enrolment.enrol(await self.newest(course), await self.drawn(course), group, person)

    async def enrol_all(self, person: Person, course: int, version: int) -> None:
        """Row 6, for all who fit."""
        group = self.groups[course][version % 2]
        await self.city.services.enrolment.enrol_all(group, await self.newest(course), person)

    async def change_group(self, person: Person, course: int, version: int) -> None:
        """Row 7."""
        group = self.groups[course][version % 2]
        enrolment = self.city.services.enrolment
        await enrolment.change_group(await self.newest(course), await self.drawn(course), group, person)

    async def undo_enrolment(self, person: Person, course: int, version: int) -> None:
        """Row 8, with a button of some age."""
        await self.city.services.enrolment.undo(await self.newest(course), version, "Ошибка", person)

    async def unenrol(self, person: Person, course: int, version: int) -> None:
        """Row 9, with a button of some age."""
        await self.city.services.enrolment.unenrol(await self.newest(course), version, "Не посещает", person)

    async def complete(self, person: Person, course: int, version: int) -> None:
        """Row 11, for a whole group."""
        group = self.groups[course][version % 2]
        roll = await self.city.services.completion.roll(group, person)
        chosen = [member.id for member in roll.members]
        await self.city.services.completion.complete(group, chosen, ["17"], self.city.today, person)

    async def cancel(self, person: Person, course: int, version: int) -> None:
        """Row 15, once in a while."""
        if version == 1:
            await self.city.services.cancelling.cancel(course, person)
            await self.city.services.cancelling.carry_on()

    async def withdraw_enrolled(self, person: Person, course: int, _: int) -> None:
        """Row 10, out of a ticket of whoever studies."""
        application = await self.newest(course)
        owner = select(Application.user_id).where(Application.id == application)
        async with self.city.database.read() as connection:
            user_id = (await connection.execute(owner)).scalar()
        for teacher in self.people:
            if teacher.id == user_id:
                ticket = await self.city.services.tickets.open("Отзыв", application, words("Прошу отозвать"), teacher)
                desk = self.city.services.ticket_desk
                await desk.withdraw(ticket.id, await self.drawn(course), "Просьба учителя", person)

    async def turn_paid(self, _: Person, course: int, version: int) -> None:
        """Row 17, once in a while."""
        if version > 1:
            return
        named = select(Course.code, Course.title, Provider.name, Course.starts_on)
        async with self.city.database.read() as connection:
            row = (await connection.execute(named.join(Provider).where(Course.id == course))).one()
        head = "Шифр;Название;Организация;Финансирование;Мест;Дата начала"
        line = f"{row.code};{row.title};{row.name};внебюджет;{SEATS_OF_COURSE};{row.starts_on:%d.%m.%Y}"
        await self.city.services.imports.courses("c.csv", f"{head}\n{line}\n".encode())

    async def expire(self, _: Person, __: int, version: int) -> None:
        """Row 14, once in a while: courses and their groups began long ago."""
        if version == 1:
            self.clock.advance(timedelta(days=45))
            await self.city.services.expiry.expire()

    async def drawn(self, course: int) -> int:
        """The version of the latest application for a course, as a fresh button carries it."""
        newest = select(Application.version).where(Application.id == await self.newest(course))
        async with self.city.database.read() as connection:
            return (await connection.execute(newest)).scalar() or 0

    async def newest(self, course: int) -> int:
        """The latest application for a course, whoever's."""
        statement = select(Application.id).where(Application.course_id == course).order_by(Application.id.desc())
        async with self.city.database.read() as connection:
            return (await connection.execute(statement.limit(1))).scalar() or 0

    def screen(self, person: Person) -> Screen:
        """The message that is tapped."""
        return Screen(person.chat_id, 1)

    async def holds(self) -> None:
        """The invariants, over all that this example has made."""
        async with self.city.database.read() as connection:
            made = (
                await connection.execute(
                    select(
                        Application.id,
                        Application.user_id,
                        Application.course_id,
                        Application.status,
                        Application.school_id,
                        Application.version,
                        Application.group_id,
                    ).where(Application.course_id.in_(self.courses))
                )
            ).all()
            stands_in = select(PortalStaff.user_id).where(PortalStaff.role == Role.SUPPORT)
            support = set((await connection.execute(stands_in)).scalars())
            live = [(row.user_id, row.course_id) for row in made if row.status in LIVE]
            assert len(live) == len(set(live)), "one live application per teacher and course"
            for row in made:
                events = (
                    await connection.execute(
                        select(ApplicationEvent.move, ApplicationEvent.from_status, ApplicationEvent.to_status)
                        .where(ApplicationEvent.application_id == row.id)
                        .order_by(ApplicationEvent.id)
                    )
                ).all()
                states = [None, *(event.to_status for event in events)]
                assert [event.from_status for event in events] == states[:-1], "the history has no gap"
                assert states[-1] is row.status, "the last line is the state"
                assert all(event.to_status is TRANSITIONS[event.move].target for event in events)
                assert row.version >= len(events), "each move grows the version"
                asked = (
                    await connection.execute(select(Prompt.user_id).where(Prompt.application_id == row.id, Prompt.open))
                ).scalars()
                expected = set()
                if row.status is Status.PENDING:
                    heads = {self.people[TEACHERS + self.schools.index(row.school_id)].id} - {row.user_id}
                    expected = heads or support
                assert set(asked) == expected, "those who decide are asked, and nobody else"
                if row.status is Status.ENROLLED:
                    assert row.group_id in self.groups[row.course_id], "a group of this course"
            enrolled = [row for row in made if row.status is Status.ENROLLED]
            for course in self.courses:
                assert sum(row.course_id == course for row in enrolled) <= SEATS_OF_COURSE
                for group in self.groups[course]:
                    assert sum(row.group_id == group for row in enrolled) <= SEATS_OF_GROUP
            completed = {row.id for row in made if row.status is Status.COMPLETED}
            booked = select(Record.application_id).where(Record.application_id.in_([row.id for row in made]))
            assert sorted((await connection.execute(booked)).scalars()) == sorted(completed), "one record each"
            cancelled = select(Course.id).where(Course.id.in_(self.courses), Course.cancelled_at.is_not(None))
            over = set((await connection.execute(cancelled)).scalars())
            assert not [row for row in made if row.course_id in over and row.status in LIVE]

    async def moves(self) -> set[Move]:
        """The rows of the table that have occurred in this example."""
        statement = (
            select(ApplicationEvent.move)
            .join(Application, Application.id == ApplicationEvent.application_id)
            .where(Application.course_id.in_(self.courses))
        )
        async with self.city.database.read() as connection:
            return set((await connection.execute(statement)).scalars())


DEEDS = [
    "apply",
    "withdraw",
    "approve",
    "reject",
    "undo",
    "not_ours",
    "change_school",
    "enrol",
    "enrol_all",
    "change_group",
    "undo_enrolment",
    "unenrol",
    "complete",
    "cancel",
    "withdraw_enrolled",
    "turn_paid",
    "expire",
]
STAFF, OPERATOR, SUPPORT = TEACHERS + HEADS, TEACHERS + HEADS + 1, TEACHERS + HEADS + 2
steps = st.tuples(
    st.sampled_from(DEEDS),
    st.integers(0, SUPPORT),
    st.integers(0, COURSES - 1),
    st.integers(1, 4),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=5, max_size=25))
async def test_whatever_people_do_the_invariants_hold(city, clock, moves):
    life = Life(city, clock)
    await life.begin()
    for deed, person, course, version in moves:
        with contextlib.suppress(DomainError):
            await getattr(life, deed)(life.people[person], life.courses[course], version)
        await life.holds()


SCRIPT = [
    ("apply", 0, 0, 1),
    ("reject", TEACHERS, 0, 1),
    ("undo", TEACHERS, 0, 2),
    ("approve", TEACHERS, 0, 3),
    ("undo", TEACHERS, 0, 4),
    ("approve", TEACHERS, 0, 5),
    ("change_school", 0, 1, 1),
    ("approve", TEACHERS + 1, 0, 7),
    ("enrol", STAFF, 0, 1),
    ("change_group", STAFF, 0, 2),
    ("undo_enrolment", STAFF, 0, 10),
    ("withdraw", 0, 0, 11),
    ("apply", 0, 2, 1),
    ("enrol", STAFF, 2, 1),
    ("unenrol", STAFF, 2, 2),
    ("apply", 0, 2, 1),
    ("enrol_all", STAFF, 2, 1),
    ("complete", STAFF, 2, 1),
    ("apply", 1, 2, 1),
    ("enrol", STAFF, 2, 1),
    ("withdraw_enrolled", SUPPORT, 2, 1),
    ("apply", 1, 1, 1),
    ("cancel", OPERATOR, 1, 1),
    ("apply", 1, 0, 1),
    ("turn_paid", OPERATOR, 0, 1),
    ("expire", OPERATOR, 0, 1),
]
"""A way through all rows of the table."""


async def test_every_row_of_the_table_occurs(city, clock):
    life = Life(city, clock)
    await life.begin()
    for deed, person, course, version in SCRIPT:
        await getattr(life, deed)(life.people[person], life.courses[course], version)
        await life.holds()
    assert await life.moves() == set(Move)
