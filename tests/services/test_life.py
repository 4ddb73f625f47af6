"""Random people make random moves; whatever they do, the invariants of an application's life hold."""

import contextlib
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.tables import Application, ApplicationEvent, Prompt
from domain.errors import DomainError
from domain.person import Person
from domain.status import LIVE, TRANSITIONS, Status
from services.prompting import Screen
from tests.city import City

TEACHERS, HEADS, COURSES = 2, 2, 2


@dataclass
class Life:
    """Two schools with a head each who also works there, their teachers, and two courses."""

    city: City
    schools: list[int] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    courses: list[int] = field(default_factory=list)

    async def begin(self) -> None:
        """New to each example, so that examples do not meet."""
        self.schools = [await self.city.school() for _ in range(HEADS)]
        self.people = [await self.city.person(self.schools[0]) for _ in range(TEACHERS)]
        self.people += [await self.city.person(school, head_of=school) for school in self.schools]
        self.courses = [await self.city.course() for _ in range(COURSES)]

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
        school = self.schools[self.courses.index(course)]
        await self.city.services.profiles.choose_school(school, await self.city.again(person))

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
                    ).where(Application.course_id.in_(self.courses))
                )
            ).all()
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
                heads = {self.people[TEACHERS + self.schools.index(row.school_id)].id} - {row.user_id}
                expected = heads if row.status is Status.PENDING else set()
                assert set(asked) == expected, "those who decide are asked, and nobody else"


DEEDS = ["apply", "withdraw", "approve", "reject", "undo", "not_ours", "change_school"]
steps = st.tuples(
    st.sampled_from(DEEDS),
    st.integers(0, TEACHERS + HEADS - 1),
    st.integers(0, COURSES - 1),
    st.integers(1, 4),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=5, max_size=25))
async def test_whatever_people_do_the_invariants_hold(city, moves):
    life = Life(city)
    await life.begin()
    for deed, person, course, version in moves:
        with contextlib.suppress(DomainError):
            await getattr(life, deed)(life.people[person], life.courses[course], version)
        await life.holds()
