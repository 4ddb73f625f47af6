"""The demo's first day: an invented city whose people have applied, decided, studied and waited.

All of it is made by the use cases themselves, on a calendar that is set back to the day it happened on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from db import courses, demo_city
from db.engine import Database
from domain.clock import Calendar
from domain.codes import normalise_code, normalise_name
from domain.person import Person, Role
from domain.status import Move
from domain.tickets import words
from services.demo_catalogue import COURSES, SCHOOLS, dated_courses
from services.invitations import MENU
from services.portal import Services, open_portal
from services.prompting import PROMPT, Screen
from services.views import CourseCard

FIRST_CHAT: Final = 5_417_000_001
"""Chat ids past 32 bits, as Telegram's are."""
CAME_DAYS_AGO: Final = 400
FIRST_HOUR: Final = time(9, 20)
BETWEEN_DEEDS: Final = timedelta(minutes=7)

SCHOOL: Final = "Школа № 1417"
UNATTENDED: Final = "Гимназия № 19"
"""Nobody there decides: support does."""
CENTRE: Final = "Городской методический центр «Ступени»"
INSTITUTE: Final = "Институт развития образования «Горизонт»"


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who lives in the demo; one without a phone cannot be reached."""

    name: str
    position: str
    school: str | None = None
    role: Role | None = None
    provider: str | None = None
    has_phone: bool = False


RESIDENTS: Final = {
    "teacher": Resident("Орлова Марина Викторовна", "Учитель русского языка и литературы", SCHOOL, has_phone=True),
    "second_teacher": Resident("Гусев Илья Андреевич", "Учитель математики", SCHOOL, has_phone=True),
    "head": Resident("Лебедева Ольга Николаевна", "Директор", SCHOOL, Role.HEAD, has_phone=True),
    "school_admin": Resident("Тихонов Пётр Сергеевич", "Заместитель директора", SCHOOL, Role.ADMIN, has_phone=True),
    "methodologist": Resident("Зимина Вера Павловна", "Методист", None, Role.PROVIDER, CENTRE, has_phone=True),
    "support": Resident("Крылов Денис Олегович", "Специалист поддержки", None, Role.SUPPORT, has_phone=True),
    "operator": Resident("Белова Татьяна Игоревна", "Оператор портала", None, Role.OPERATOR, has_phone=True),
    "institute": Resident("Назаров Глеб Юрьевич", "Методист", None, Role.PROVIDER, INSTITUTE),
    "primary": Resident("Соболева Ирина Маратовна", "Учитель начальных классов", SCHOOL),
    "sports": Resident("Якушев Роман Ильич", "Учитель физической культуры", SCHOOL),
    "linguist": Resident("Фёдорова Лидия Ренатовна", "Учитель английского языка", UNATTENDED),
}


QUESTIONS: Final = (
    (5, "second_teacher", "Документ о курсе", "Курс закончен, а когда будет удостоверение?"),
    (1, "teacher", "Запись на курс", "Можно ли записаться на курс другого округа?"),
)
"""So many days ago, by whom, about what."""
ANSWERS: Final = {
    "second_teacher": "Удостоверение выдаёт организация в течение месяца. Его номер появится в зачётной книжке."
}
EMAILS: Final = {
    "teacher": "m.orlova@example.org",
    "second_teacher": "i.gusev@example.org",
    "head": "o.lebedeva@example.org",
    "school_admin": "p.tikhonov@example.org",
    "methodologist": "v.zimina@example.org",
    "support": "d.krylov@example.org",
    "operator": "t.belova@example.org",
    "institute": "g.nazarov@example.org",
    "primary": "i.soboleva@example.org",
    "sports": "r.yakushev@example.org",
    "linguist": "l.fyodorova@example.org",
}
"""Proved long ago: letters go there from the first day on."""


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """Those who have a phone in the demo."""

    teacher: Person
    second_teacher: Person
    head: Person
    school_admin: Person
    methodologist: Person
    support: Person
    operator: Person


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did, so many days before the first start.

    `note` is a reason, the number of a group or the number of a document.
    """

    days_ago: int
    move: Move
    by: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """One application of a teacher: applied so many days ago, and what came after."""

    teacher: str
    code: str
    applied: int
    deeds: tuple[Deed, ...] = ()


def _studied(
    applied: int, enrolled: int, completed: int, by: str, document: str, approver: str = "head"
) -> tuple[Deed, ...]:
    return (
        Deed(applied - 1, Move.APPROVE, approver),
        Deed(enrolled, Move.ENROL, by, "1"),
        Deed(completed, Move.COMPLETE, by, document),
    )


LIVES: Final = (
    Life("teacher", "ИРО-0375-С", 125, _studied(125, 115, 49, "institute", "ИРО-2417")),
    Life("teacher", "ИРО-0138-Д", 75, _studied(75, 54, 20, "institute", "ИРО-2688", approver="school_admin")),
    Life("teacher", "ИРО-0720-Д", 19, (Deed(9, Move.EXPIRE, "clock"),)),
    Life("teacher", "ЦЦО-0393-Д", 12, (Deed(11, Move.REJECT, "head", "Выберите другие даты"),)),
    Life(
        "teacher",
        "ГМЦ-0610-О",
        10,
        (Deed(9, Move.APPROVE, "head"), Deed(3, Move.ENROL, "methodologist", "1")),
    ),
    Life("teacher", "ПСИ-0260-О", 8, (Deed(7, Move.WITHDRAW, "teacher"),)),
    Life("teacher", "ГМЦ-0818-Д", 6, (Deed(5, Move.APPROVE, "school_admin"),)),
    Life("teacher", "ГМЦ-0513-О", 1),
    Life("second_teacher", "ИРО-0138-Д", 74, _studied(74, 54, 20, "institute", "ИРО-2689")),
    Life("second_teacher", "ГМЦ-0378-О", 30, _studied(30, 12, 3, "methodologist", "ГМЦ-0912")),
    Life(
        "second_teacher",
        "ГМЦ-0196-О",
        21,
        (Deed(20, Move.APPROVE, "school_admin"), Deed(8, Move.ENROL, "methodologist", "2")),
    ),
    Life("second_teacher", "ЕНО-0418-О", 15, (Deed(14, Move.APPROVE, "head"),)),
    Life("second_teacher", "ЦПК-0318-С", 8, (Deed(7, Move.REJECT, "head", "Нет замены на уроки"),)),
    Life("second_teacher", "ГМЦ-0698-Д", 5, (Deed(4, Move.WITHDRAW, "second_teacher"),)),
    Life("second_teacher", "ЦПК-0318-С", 1),
    Life("primary", "ГМЦ-0509-Д", 62, _studied(62, 54, 20, "methodologist", "ГМЦ-0871")),
    Life(
        "primary",
        "ГМЦ-0378-О",
        29,
        (Deed(28, Move.APPROVE, "head"), Deed(12, Move.ENROL, "methodologist", "1")),
    ),
    Life(
        "primary",
        "ГМЦ-0160-С",
        9,
        (Deed(8, Move.APPROVE, "school_admin"), Deed(4, Move.CANCEL_COURSE, "methodologist")),
    ),
    Life("primary", "ГМЦ-0772-С", 3),
    Life(
        "sports",
        "ГМЦ-0196-О",
        22,
        (
            Deed(21, Move.APPROVE, "head"),
            Deed(8, Move.ENROL, "methodologist", "2"),
            Deed(5, Move.UNENROL, "methodologist", "Не приступил к занятиям"),
        ),
    ),
    Life("sports", "ЗДР-0314-О", 2),
    Life("school_admin", "УПР-0874-Д", 2),
    Life("head", "УПР-0695-С", 1),
    Life("linguist", "ЛИН-0421-Д", 1),
)
"""Of every state there is one; applied for are a full course and one that soon closes. A group that has ended waits for
somebody to report that its last teacher has completed it."""


_BY_PROVIDERS: Final = frozenset({Move.ENROL, Move.COMPLETE, Move.UNENROL, Move.CANCEL_COURSE})


FAVOURITES: Final = (
    ("teacher", "ГМЦ-0417-Д"),
    ("teacher", "ЦПК-0318-С"),
    ("second_teacher", "ГМЦ-0513-О"),
)
"""One that is open, one that soon closes, one that is full."""


async def found(database: Database, calendar: Calendar) -> DemoPeople:
    """Fill an empty database with the first day: catalogue, schools, people and their applications.

    Nothing of the past is left to be said but the prompts that wait, and everybody's commands.
    """
    await _bring_files(open_portal(database, calendar), calendar)
    came = _at(calendar, CAME_DAYS_AGO)
    people = {key: await _register(open_portal(database, came), key) for key in RESIDENTS}
    async with database.write() as tx:
        await demo_city.prove(tx, {person.id: EMAILS[key] for key, person in people.items()}, came.now())
    chronicle = _Chronicle(database, people)
    for order, (days_ago, life, deed) in enumerate(_in_order()):
        await chronicle.write(life, deed, _at(calendar, days_ago, order))
    await _ask_support(database, calendar, people)
    await _keep_favourites(open_portal(database, _at(calendar, 1)), people)
    await open_portal(database, _at(calendar, 0)).reminders.remind()  # said this morning, whatever the hour is
    async with database.write() as tx:
        await demo_city.leave_past_unsaid(tx, calendar.now(), still=(MENU,), prompts=PROMPT)
    return DemoPeople(**{key: person for key, person in people.items() if RESIDENTS[key].has_phone})


async def _keep_favourites(portal: Services, people: dict[str, Person]) -> None:
    for who, code in FAVOURITES:
        found = await portal.catalogue.search(code, people[who])
        assert isinstance(found, CourseCard), "it is a course's code"
        await portal.favourites.put(found.id, people[who], kept=True)


async def _ask_support(database: Database, calendar: Calendar, people: dict[str, Person]) -> None:
    """One question that was answered, and one that waits."""
    for asked, who, subject, question in QUESTIONS:
        portal = open_portal(database, _at(calendar, asked))
        ticket = await portal.tickets.open(subject, None, words(question), people[who])
        if who in ANSWERS:
            later = open_portal(database, _at(calendar, asked - 1))
            await later.tickets.say(ticket.id, words(ANSWERS[who]), people["support"])


async def _bring_files(portal: Services, calendar: Calendar) -> None:
    await portal.imports.schools(SCHOOLS.name, SCHOOLS.read_bytes())
    await portal.imports.courses(COURSES.name, dated_courses(COURSES.read_bytes(), calendar.today()))


def _at(calendar: Calendar, days_ago: int, order: int = 0) -> Calendar:
    """The calendar as it stood in the morning of a past day; deeds of one day come one after the other."""
    moment = datetime.combine(calendar.today() - timedelta(days=days_ago), FIRST_HOUR, calendar.zone)
    past = (moment + order * BETWEEN_DEEDS).astimezone(UTC)
    return Calendar(calendar.zone, lambda: past)


def _in_order() -> Iterator[tuple[int, Life, Deed | None]]:
    """What happened, the longest ago first; None: the teacher applied."""
    happened: list[tuple[int, Life, Deed | None]] = [(life.applied, life, None) for life in LIVES]
    happened += [(deed.days_ago, life, deed) for life in LIVES for deed in life.deeds]
    return iter(sorted(happened, key=lambda event: -event[0]))


async def _register(portal: Services, key: str) -> Person:
    """Register somebody the way everybody does; a role comes by an invitation."""
    resident = RESIDENTS[key]
    chat_id = FIRST_CHAT + list(RESIDENTS).index(key)
    school_id = await _school_id(portal, resident.school) if resident.school else None
    token = None
    if resident.role:
        token = await portal.invitations.invite(resident.role, resident.school, resident.provider)
    registered = await portal.people.register(
        chat_id, resident.name, school_id, resident.position, token, email=EMAILS[key]
    )
    if not resident.has_phone:
        await portal.people.blocks(chat_id)
    return registered.person


async def _school_id(portal: Services, name: str) -> int:
    lines, _ = await portal.people.schools(name)
    return next(line.id for line in lines if normalise_name(line.name) == normalise_name(name))


class _Chronicle:
    """Makes the past happen, deed by deed."""

    def __init__(self, database: Database, people: dict[str, Person]) -> None:
        self._database = database
        self._people = people
        self._ids: dict[Life, int] = {}

    async def write(self, life: Life, deed: Deed | None, calendar: Calendar) -> None:
        """Let a deed happen at this calendar's moment; None: the teacher applies."""
        portal = open_portal(self._database, calendar)
        if deed is None:
            await self._apply(portal, life)
        elif deed.move is Move.EXPIRE:
            await portal.expiry.expire()
        elif deed.move in _BY_PROVIDERS:
            await self._run(portal, life, deed)
        else:
            await self._decide(portal, life, deed)

    async def _apply(self, portal: Services, life: Life) -> None:
        async with self._database.read() as connection:
            course_id = await courses.by_code(connection, normalise_code(life.code))
        assert course_id is not None
        receipt = await portal.applications.apply(course_id, self._people[life.teacher])
        self._ids[life] = receipt.application.id

    async def _decide(self, portal: Services, life: Life, deed: Deed) -> None:
        application_id, by = self._ids[life], self._people[deed.by]
        version = (await portal.applications.one(application_id, self._people[life.teacher])).version
        screen = Screen(by.chat_id, 0)
        if deed.move is Move.WITHDRAW:
            await portal.applications.withdraw(application_id, version, by)
        elif deed.move is Move.APPROVE:
            await portal.approvals.approve(application_id, version, by, screen)
        else:
            await portal.approvals.reject(application_id, version, deed.note, by, screen)

    async def _run(self, portal: Services, life: Life, deed: Deed) -> None:
        """What a provider's staff did."""
        application_id, by = self._ids[life], self._people[deed.by]
        view = await portal.enrolment.applicant(application_id, by)
        if deed.move is Move.ENROL:
            group = await self._group(portal, view.course_id, deed.note or "1", by)
            await portal.enrolment.enrol(application_id, view.version, group, by)
        elif deed.move is Move.COMPLETE:
            numbers = [deed.note] if deed.note else []
            given_on = portal.calendar.today()
            await portal.completion.complete(view.group_id or 0, [application_id], numbers, given_on, by)
        elif deed.move is Move.UNENROL:
            await portal.enrolment.unenrol(application_id, view.version, deed.note or "", by)
        else:
            await portal.cancelling.cancel(view.course_id, by)

    async def _group(self, portal: Services, course_id: int, number: str, by: Person) -> int:
        """A course's group with this number, made as the course suggests it where it is missing."""
        for group in (await portal.groups.desk(course_id, by)).groups:
            if group.number == number:
                return group.id
        draft = await portal.groups.new(course_id, by)
        return (await portal.groups.save(replace(draft, number=number), by)).group.id
