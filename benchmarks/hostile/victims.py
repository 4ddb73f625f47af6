"""A town whose things are reached for, and the people who reach: each with a role, few with a right."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from benchmarks.hostile.stage import Stage
from db.tables import Application, Invitation, PortalStaff, Record, Recovery, SchoolRole
from domain.catalogue import Funding
from domain.person import Person, Purpose, Role
from domain.status import Status
from domain.tickets import words
from domain.uploads import Kind
from services.prompting import Screen
from services.uploads import Sent

COURSES: Final = "Шифр;Название;Организация;Финансирование\nВРД-1;Курс;Центр;бюджет\n".encode()


@dataclass
class Victims:
    """The ids of everything in the town, by the names that buttons give them, and who is who there."""

    school: int
    provider: int
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    about: dict[int, int] = field(default_factory=dict)
    """Of tickets that are about an application."""

    def add(self, name: str, *numbers: int) -> None:
        """More things of a kind."""
        self.ids.setdefault(name, []).extend(numbers)


async def found(stage: Stage) -> Victims:
    """Build the town by the portal's own use cases."""
    city, services = stage.city, stage.services
    async with stage.database.write() as tx:
        # Those of earlier towns would hear of all that happens in this one.
        await tx.execute(delete(PortalStaff))
    school = await city.school()
    victims = Victims(school, await stage.provider())
    people = victims.people
    people["teacher"] = await stage.person(school)
    people["colleague"] = await stage.person(school)
    people["head"] = await stage.person(school, head_of=school)
    people["staff"] = await stage.person(staff_of=victims.provider)
    people["support"] = await stage.person(portal=Role.SUPPORT)
    people["operator"] = await stage.person(portal=Role.OPERATOR)
    everything = {"head_of": school, "staff_of": victims.provider, "portal": Role.OPERATOR}
    people["holder of every role"] = await stage.person(school, **everything)
    async with stage.database.write() as tx:
        await tx.execute(insert(PortalStaff).values(user_id=people["holder of every role"].id, role=Role.SUPPORT))
    people["moved"] = await stage.person(head_of=school)
    # Before anything waits: whoever comes later is asked by the clock, which nobody reaches.
    people["school admin"] = await _approver(stage, school, Role.ADMIN)
    people["deputy"] = await _approver(stage, school, Role.DEPUTY, city.today + timedelta(days=30))
    await _applications(stage, victims)
    await _tickets(stage, victims)
    await _accounts(stage, victims)
    content = Sent("courses.csv", "file-id", Kind.UNKNOWN)
    victims.add("upload", (await services.uploads.check(content, COURSES, people["operator"])).id)
    victims.add("school", school)
    victims.add("user", *(person.id for person in people.values()))
    victims.add("place", school, victims.provider, 0)
    victims.add("id", school, victims.provider, 0)
    victims.add("subject", *victims.ids["course"][:2])
    victims.add("search", 1, 2)
    return victims


async def _approver(stage: Stage, school: int, role: Role, until: date | None = None) -> Person:
    person = await stage.person(head_of=school, until=until)
    async with stage.database.write() as tx:
        await tx.execute(update(SchoolRole).where(SchoolRole.user_id == person.id).values(role=role))
    return person


async def _applications(stage: Stage, victims: Victims) -> None:
    """One in each state a button can be about."""
    city, services, people = stage.city, stage.services, victims.people
    teacher, head, staff = people["teacher"], people["head"], people["staff"]
    screen = Screen(head.chat_id, 1)

    async def applied(**course: Any) -> tuple[int, int]:
        course_id = await city.course(provider_id=victims.provider, **course)
        victims.add("course", course_id)
        application = (await services.applications.apply(course_id, teacher)).application.id
        victims.add("application", application)
        return application, course_id

    await applied()
    approved, _ = await applied()
    await services.approvals.approve(approved, 1, head, screen)
    rejected, _ = await applied()
    await services.approvals.reject(rejected, 1, "Причина", head, screen)
    withdrawn, _ = await applied()
    await services.applications.withdraw(withdrawn, 1, teacher)
    enrolled, course = await applied(funding=Funding.PAID)
    group = await city.group(course, starts_in=20)
    victims.add("group", group)
    await services.enrolment.enrol(enrolled, 1, group, staff)
    ended, course = await applied(funding=Funding.PAID)
    group = await city.group(course, "2", starts_in=-40)
    victims.add("group", group)
    await services.enrolment.enrol(ended, 1, group, staff)
    waits, course = await applied(funding=Funding.PAID)
    victims.add("group", await city.group(course, "3", starts_in=20))
    victims.add("record", await _record(stage, teacher))
    async with stage.database.read() as connection:
        rows = await connection.execute(select(Application.id, Application.version))
        victims.versions = {row.id: row.version for row in rows}
    assert waits in victims.versions


async def _record(stage: Stage, teacher: Person) -> int:
    application = await stage.city.completed(teacher, funding=Funding.PAID)
    assert await stage.city.status(application) is Status.COMPLETED
    return int(await stage.city.one(select(Record.id).where(Record.application_id == application)))


async def _tickets(stage: Stage, victims: Victims) -> None:
    """One that waits, one about an enrolment, one that was answered, one that is closed."""
    tickets, people = stage.services.tickets, victims.people
    teacher, support = people["teacher"], people["support"]
    enrolled = victims.ids["application"][4]
    for about, application in (("Вопрос", None), ("Отзыв", enrolled), ("Ответ", None), ("Конец", None)):
        view = await tickets.open(about, application, words("Помогите, пожалуйста"), teacher)
        victims.add("ticket", view.id)
        if application is not None:
            victims.about[view.id] = application
    answered, closed = victims.ids["ticket"][2:]
    await tickets.say(answered, words("Сейчас посмотрим"), support)
    view = await tickets.look(closed, teacher)
    await tickets.close(closed, view.newest, teacher)


async def _accounts(stage: Stage, victims: Victims) -> None:
    """Invitations, a profile that moved and waits for its roles, a stranger's request."""
    services, people = stage.services, victims.people
    await services.invitations.issue(Role.ADMIN, victims.school, None, 7, people["head"])
    await services.invitations.issue(Role.SUPPORT, 0, None, 7, people["operator"])
    revoked = await services.invitations.issue(Role.PROVIDER, victims.provider, None, 7, people["operator"])
    await services.invitations.revoke(revoked.invitation.id, people["operator"])
    new_chat, asking = stage.stranger().id, stage.stranger().id
    code_id = await services.emails.begin(new_chat, str(people["moved"].email), Purpose.RECOVER)
    assert code_id is not None
    letter = await services.emails.code_letter(code_id)
    assert letter is not None
    await services.recovery.recover(code_id, new_chat, letter.code)
    await services.access.ask(asking, "Потеряла телефон и почту, учитель из этой школы")
    async with stage.database.read() as connection:
        victims.add("invitation", *(await connection.execute(select(Invitation.id))).scalars())
        victims.add("recovery", *(await connection.execute(select(Recovery.id))).scalars())
    victims.add("request", *(line.id for line in (await services.access.waiting(0, people["support"])).lines))


Maker = Callable[[], Awaitable[Person | None]]


def outsiders(stage: Stage, victims: Victims) -> dict[str, Maker]:
    """Who has no right to anything of the town's: by role, how somebody new of that kind is made."""
    city = stage.city

    async def unknown() -> Person | None:
        return None

    async def teacher() -> Person:
        return await stage.person(await city.school())

    async def head() -> Person:
        school = await city.school()
        return await stage.person(school, head_of=school)

    async def expired_deputy() -> Person:
        return await _approver(stage, victims.school, Role.DEPUTY, city.today - timedelta(days=1))

    async def staff() -> Person:
        return await stage.person(staff_of=await stage.provider())

    return {
        "unknown person": unknown,
        "teacher": teacher,
        "approver of another school": head,
        "deputy whose time is over": expired_deputy,
        "staff of another provider": staff,
    }


INSIDERS: Final = ("holder of every role", "teacher", "head", "school admin", "deputy", "staff", "support", "operator")
