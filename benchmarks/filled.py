"""A portal with a history: as many courses, people and applications as one asks for, written by the database itself.

Everything is spread evenly, so whoever is looked at has the same number of applications, and their school the same
number of teachers, however large the portal is; only the whole differs.
"""

import contextlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from db import vocabulary
from db.engine import Database
from domain.clock import Calendar

TEACHERS_A_SCHOOL: Final = 50
COURSES_A_PROVIDER: Final = 100
FIRST_CHAT: Final = 9_000_000_000
CYCLE: Final = 1_000
OPEN: Final = 45
"""So many of a thousand courses take applications for another fortnight."""
TITLES: Final = (
    "Смысловое чтение на уроках географии",
    "Проектная деятельность в начальной школе",
    "Цифровая образовательная среда учителя",
    "Инклюзивное образование: практика и оценивание",
    "Функциональная грамотность на уроках математики",
    "Подготовка к экзамену по русскому языку",
    "Методика преподавания программирования",
    "Классный руководитель и семья ученика",
)
"""What titles begin with; a number makes each its own."""
_EVERY: Final = """
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {size})
    SELECT {columns} FROM n
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a portal is."""

    courses: int
    people: int
    applications: int

    @property
    def schools(self) -> int:
        """Each with its head, who is the first of its teachers."""
        return max(1, self.people // TEACHERS_A_SCHOOL)

    @property
    def providers(self) -> int:
        """Each with a methodologist, who is one of the teachers."""
        return max(1, self.courses // COURSES_A_PROVIDER)


class _Words:
    """How the two databases spell what differs between them."""

    def __init__(self, tx: AsyncConnection, now: datetime, today: date) -> None:
        self._is_sqlite = tx.dialect.name == "sqlite"
        self._now, self._today = f"{now:%Y-%m-%d %H:%M:%S}", today.isoformat()
        self.yes, self.no = ("1", "0") if self._is_sqlite else ("true", "false")

    def day(self, days: str) -> str:
        """So many days after today."""
        if self._is_sqlite:
            return f"date('{self._today}', ({days}) || ' days')"
        return f"(date '{self._today}' + CAST({days} AS integer))"

    def moment(self, minutes: str) -> str:
        """So many minutes after now."""
        if self._is_sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%f000', '{self._now}', ({minutes}) || ' minutes')"
        return f"(timestamptz '{self._now}+00' + ({minutes}) * interval '1 minute')"

    def json(self, written: str) -> str:
        """A value of a JSON column."""
        return f"'{written}'" if self._is_sqlite else f"CAST('{written}' AS json)"


async def fill(database: Database, size: Size, calendar: Calendar, *, searchable: bool = True) -> None:
    """Put a portal of this size into an empty, migrated database; ids begin at 1.

    `searchable`: its courses are in the search index, too.
    """
    async with database.write() as tx:
        words = _Words(tx, calendar.now(), calendar.today())
        await _trust_what_is_written(tx)
        for table, rows, columns in _tables(size, words):
            names, values = zip(*columns.items(), strict=True)
            select = _EVERY.format(size=rows, columns=", ".join(values))
            await tx.execute(text(f"INSERT INTO {table} ({', '.join(names)}) {select}"))
        if tx.dialect.name == "postgresql":
            for table in {table for table, _, columns in _tables(size, words) if "id" in columns}:
                await tx.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
        if searchable:
            await vocabulary.make_anew(tx)
    if not database.is_sqlite:  # which nobody has to tidy up; here it is autovacuum's work, not to be waited for
        async with database.writer.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))


async def _trust_what_is_written(tx: AsyncConnection) -> None:
    """Nobody looks up each reference: that takes half of the time. A superuser's right, so it is only tried."""
    if tx.dialect.name == "sqlite":
        await tx.execute(text("PRAGMA defer_foreign_keys=ON"))
        return
    with contextlib.suppress(DBAPIError):
        async with tx.begin_nested():
            await tx.execute(text("SET LOCAL session_replication_role = replica"))


def code_of(number: int) -> str:
    """The code of the course with this id."""
    return f"РЦО-{number:06d}-Д"


def title_of(number: int) -> str:
    """Its title."""
    return f"{TITLES[number % len(TITLES)]} {number}"


def _tables(size: Size, words: _Words) -> list[tuple[str, int, dict[str, str]]]:
    """Every table with how many rows it gets, and its columns as expressions of `i`, which counts from 0."""
    user, school = f"(i % {size.people} + 1)", f"(i % {size.schools} + 1)"
    # The newest application of each person is of a course that takes applications; a tenth of these waits, a tenth
    # is approved, a tenth enrolled. The others have ended.
    newest = f"i >= {size.applications - size.people}"
    open_course = f"(i % {OPEN} + {CYCLE} * ((i / {OPEN}) % {max(1, size.courses // CYCLE)}) + 1)"
    past_course = f"((i * 7 + (i / {size.people}) * 11) % {size.courses} + 1)"
    course = f"(CASE WHEN {newest} THEN {open_course} ELSE {past_course} END)"
    life = f"(CASE WHEN {newest} THEN i % 10 ELSE 3 + i % 7 END)"
    status = (
        f"CASE {life} WHEN 0 THEN 'pending' WHEN 1 THEN 'approved' WHEN 2 THEN 'enrolled' WHEN 7 THEN 'rejected' "
        f"WHEN 8 THEN 'withdrawn' WHEN 9 THEN 'expired' ELSE 'completed' END"
    )
    long_ago = words.moment(
        f"-60 * (24 * 90 * ({size.applications - 1} - CAST(i AS bigint)) / {size.people} + 24) - i % 60"
    )
    title = (
        f"CASE (i + 1) % {len(TITLES)} "
        + " ".join(f"WHEN {n} THEN '{title}'" for n, title in enumerate(TITLES))
        + " END || ' ' || (i + 1)"
    )
    padded = "replace(substr('000000' || (i + 1), length('000000' || (i + 1)) - 5), ' ', '')"
    code = f"'РЦО-' || {padded} || '-Д'"
    # Of each thousand courses sixty take applications; the others began within the last years.
    start = f"60 - i % {CYCLE}"
    applications = size.applications
    return [
        (
            "schools",
            size.schools,
            {
                "id": "i + 1",
                "name": "'Гимназия № ' || (i + 1)",
                "district": "'Центральный'",
                "name_key": "'гимназия ' || (i + 1)",
                "district_key": "'центральный'",
                "search_key": "'гимназия ' || (i + 1) || ' центральный'",
            },
        ),
        (
            "users",
            size.people,
            {
                "id": "i + 1",
                "full_name": "'Соколова Анна'",
                "school_id": school,
                "position": "'Учитель'",
                "email": "'person' || (i + 1) || '@example.org'",
                "email_key": "'person' || (i + 1) || '@example.org'",
                "email_proved_at": long_ago,
                "letters_off": words.json("[]"),
                "consent_version": "'2026-09'",
                "consent_at": long_ago,
                "created_at": long_ago,
            },
        ),
        (
            "chats",
            size.people,
            {"id": "i + 1", "messenger": "'telegram'", "chat_id": f"{FIRST_CHAT} + i + 1", "user_id": "i + 1"},
        ),
        (
            "school_roles",
            size.schools,
            {"id": "i + 1", "user_id": "i + 1", "school_id": "i + 1", "role": "'head'"},
        ),
        (
            "providers",
            size.providers,
            {"id": "i + 1", "name": "'Центр развития № ' || (i + 1)", "name_key": "'центр развития ' || (i + 1)"},
        ),
        ("provider_staff", size.providers, {"provider_id": "i + 1", "user_id": f"{size.people} - i"}),
        (
            "courses",
            size.courses,
            {
                "id": "i + 1",
                "code": code,
                "code_key": f"'РЦО' || {padded} || 'Д'",
                "title": title,
                "provider_id": f"i % {size.providers} + 1",
                "funding": "CASE WHEN i % 4 = 3 THEN 'paid' ELSE 'budget' END",
                "hours": "CASE i % 3 WHEN 0 THEN 18 WHEN 1 THEN 36 ELSE 72 END",
                "form": "'очная'",
                "audience": "'учителя'",
                "starts_on": words.day(f"{start} + 14"),
                "ends_on": words.day(f"{start} + 34"),
                "apply_until": words.day(start),
                "closes_on": words.day(start),
                "seats": "25",
                "annotation": "'О чём курс, для кого он и чему на нём учатся.'",
                "direction": "'Направление ' || (i % 40)",
                "document": "'удостоверение'",
                "venue": "'ул. Учительская, д. 1'",
                "published": words.yes,
            },
        ),
        (
            "groups",
            size.courses,
            {
                "id": "i + 1",
                "course_id": "i + 1",
                "number": "'1'",
                "starts_on": words.day(f"{start} + 14"),
                "ends_on": words.day(f"{start} + 34"),
                "seats": "25",
            },
        ),
        (
            "applications",
            applications,
            {
                "id": "i + 1",
                "user_id": user,
                "course_id": course,
                "school_id": f"({user} - 1) % {size.schools} + 1",
                "status": status,
                "version": f"CASE {life} WHEN 0 THEN 1 ELSE 2 END",
                "decided_by": f"CASE {life} WHEN 0 THEN NULL ELSE ({user} - 1) % {size.schools} + 1 END",
                "decided_at": f"CASE {life} WHEN 0 THEN NULL ELSE {long_ago} END",
                "group_id": f"CASE WHEN {life} IN (2, 3, 4, 5, 6) THEN {course} END",
                "completed_on": f"CASE WHEN {life} IN (3, 4, 5, 6) THEN {words.day('-(i % 900)')} END",
                "calendar_sequence": "0",
                "created_at": long_ago,
                "updated_at": long_ago,
            },
        ),
        (
            "application_events",
            applications * 2,
            {
                "id": "i + 1",
                "application_id": "i / 2 + 1",
                "at": words.moment("-60 * 24 * 10 - i % 1000000"),
                "user_id": f"(i / 2) % {size.people} + 1",
                "move": "CASE i % 2 WHEN 0 THEN 'apply' ELSE 'approve' END",
                "from_status": "CASE i % 2 WHEN 0 THEN NULL ELSE 'pending' END",
                "to_status": "CASE i % 2 WHEN 0 THEN 'pending' ELSE 'approved' END",
            },
        ),
        (
            "prompts",
            applications,
            {
                "id": "i + 1",
                "application_id": "i + 1",
                "user_id": f"({user} - 1) % {size.schools} + 1",
                "chat_id": f"{FIRST_CHAT} + ({user} - 1) % {size.schools} + 1",
                "message_id": "1000000 + i",
                "drawn_version": "1",
                "open": f"CASE {life} WHEN 0 THEN {words.yes} ELSE {words.no} END",
            },
        ),
        (
            "notifications",
            applications,
            {
                "id": "i + 1",
                "key": "'filled:' || i",
                "user_id": user,
                "kind": "'moved'",
                "payload": words.json("{}"),
                "channel": "'chat'",
                "priority": "0",
                "due_at": long_ago,
                "attempts": "1",
                "created_at": long_ago,
                "sent_at": long_ago,
            },
        ),
        (
            "updates",
            size.people,
            {
                "update_id": "i + 1",
                "chat_id": f"{FIRST_CHAT} + i + 1",
                "received_at": words.moment("-60"),
                "handled_at": words.moment("-60"),
            },
        ),
        (
            "records",
            applications // 4,
            {
                "id": "i + 1",
                "application_id": "i + 1",
                "user_id": user,
                "full_name": "'Соколова Анна'",
                "code": code,
                "title": "'Смысловое чтение'",
                "provider": "'Центр развития'",
                "hours": "36",
                "completed_on": words.day("-(i % 900)"),
                "document": "'удостоверение'",
                "check_token": "'token-' || i",
            },
        ),
        (
            "favourites",
            size.people,
            {"user_id": "i + 1", "course_id": open_course, "created_at": long_ago},
        ),
        (
            "searches",
            size.people,
            {"id": "i + 1", "user_id": "i + 1", "query": "'география'", "searched_at": long_ago},
        ),
        (
            "account_events",
            size.people,
            {"id": "i + 1", "user_id": "i + 1", "at": long_ago, "change": "'registered'"},
        ),
        (
            "tickets",
            max(1, size.people // 20),
            {
                "id": "i + 1",
                "user_id": f"i * 20 % {size.people} + 1",
                "subject": "'Вопрос'",
                "created_at": long_ago,
                "asked_at": long_ago,
                "closed_at": long_ago,
            },
        ),
        (
            "ticket_messages",
            max(1, size.people // 10),
            {
                "id": "i + 1",
                "ticket_id": f"i / 2 % {max(1, size.people // 20)} + 1",
                "user_id": f"(i / 2) * 20 % {size.people} + 1",
                "at": long_ago,
                "text": "'Здравствуйте'",
            },
        ),
        (
            "email_codes",
            size.people,
            {
                "id": "i + 1",
                "chat_id": f"{FIRST_CHAT} + i + 1",
                "user_id": "i + 1",
                "purpose": "'register'",
                "email": "'person' || (i + 1) || '@example.org'",
                "email_key": "'person' || (i + 1) || '@example.org'",
                "created_at": long_ago,
                "expires_at": long_ago,
                "attempts": "0",
            },
        ),
        (
            "fsm",
            size.people,
            {"chat_id": f"{FIRST_CHAT} + i + 1", "answers": words.json("{}"), "updated_at": long_ago},
        ),
    ]
