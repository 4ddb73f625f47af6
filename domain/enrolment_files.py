"""A provider's spreadsheet of a course's applicants: its headings, and what its rows ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.catalogue import Problem
from domain.cells import Cell, Read, letters, shown
from domain.codes import normalise_name
from domain.errors import TooManyRows
from domain.groups import fits
from domain.status import Move, Status

APPLICATION: Final = "№ заявки"
AT_ONCE: Final = 300
"""Applications that one file moves: all of it is one transaction, and the others wait for its end."""
NAME: Final = "Фамилия, имя, отчество"
POSITION: Final = "Должность"
SCHOOL: Final = "Школа"
ARRIVED: Final = "Подана"
STATUS: Final = "Состояние"
GROUP: Final = "Группа"
DONE: Final = "Закончил(а)"
DOCUMENT: Final = "Номер документа"
GIVEN_ON: Final = "Дата документа"

APPLICATION_NAMES: Final = "номер заявки|заявка|id заявки|номер регистрации|регистрация"
NAME_NAMES: Final = "фио|ф.и.о.|имя|слушатель|учитель|фамилия имя отчество"
GROUP_NAMES: Final = "номер группы|№ группы|группа №|зачислить в группу"
DONE_NAMES: Final = "закончил|закончила|закончили обучение|завершил|завершила|завершение|окончание|обучение завершено"
DOCUMENT_NAMES: Final = "№ документа|документ|документ №|номер удостоверения|удостоверение|регистрационный номер"
GIVEN_ON_NAMES: Final = "выдан|дата выдачи|дата удостоверения|дата выдачи документа"

YES: Final = frozenset(
    map(letters, ("да", "yes", "1", "x", "х", "закончил", "закончила", "закончил(а)", "завершил", "завершила"))
)
MARKS: Final = frozenset({"+", "✓", "✔", "✅", "☑"})
NO: Final = frozenset(map(letters, ("нет", "no", "0", "не закончил", "не закончила", "не завершил", "не завершила")))
NO_MARKS: Final = frozenset({"", "-", "–", "—"})
COMPLETED: Final = "да"
"""What a marked cell is read as."""


def read_done(cell: Cell) -> Read:
    """Whether somebody has completed the course: COMPLETED, or nothing."""
    words = shown(cell).strip()
    if words in MARKS or letters(words) in YES:
        return COMPLETED
    return None if words in NO_MARKS or letters(words) in NO else Problem.NOT_YES_OR_NO


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application for the course, as the plan needs it."""

    id: int
    name: str
    status: Status
    group_id: int | None
    own: bool = False
    """Whether it is of the very person who sent the file: a colleague moves it."""


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group of the course: its own free seats (None: unlimited), whether it takes people, whether it is over."""

    id: int
    number: str
    free: int | None
    closed: bool
    ended: bool | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row of the file asks for."""

    row: int
    application: int
    name: str | None = None
    group: str | None = None
    document: str | None = None
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be followed: which of its cells is the reason, and why."""

    row: int
    field: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Planned:
    """A row that can be followed."""

    asked: Asked
    move: Move
    group_id: int


@dataclass(slots=True)
class Plan:
    """What following a file would do."""

    moves: list[Planned]
    refused: list[Refused]
    unchanged: int = 0


def _bounded(plan: Plan) -> Plan:
    if len(plan.moves) > AT_ONCE:
        raise TooManyRows(AT_ONCE)
    return plan


def _stranger(asked: Asked, applicants: Mapping[int, Applicant]) -> Refused | None:
    applicant = applicants.get(asked.application)
    if applicant is None:
        return Refused(asked.row, "application", Problem.UNKNOWN_APPLICATION)
    if asked.name and normalise_name(asked.name) != normalise_name(applicant.name):
        return Refused(asked.row, "name", Problem.OTHER_NAME)
    return None


def plan_enrolments(
    rows: Iterable[Asked], applicants: Mapping[int, Applicant], groups: Iterable[GroupState], course_free: int | None
) -> Plan:
    """Rows 6 and 7: who can be enrolled or moved, in the file's order, while there are seats.

    Raises: TooManyRows.
    """
    by_number = {normalise_name(group.number): group for group in groups}
    own_free = {group.id: group.free for group in by_number.values()}
    plan = Plan([], [])
    for asked in rows:
        group = by_number.get(normalise_name(asked.group or ""))
        refused = _stranger(asked, applicants)
        if refused is None and group is None:
            refused = Refused(asked.row, "group", Problem.UNKNOWN_GROUP)
        if refused is not None or group is None:
            plan.refused += [refused] if refused else []
            continue
        applicant = applicants[asked.application]
        if applicant.group_id == group.id and applicant.status in {Status.ENROLLED, Status.COMPLETED}:
            plan.unchanged += 1
            continue
        if applicant.own:
            plan.refused.append(Refused(asked.row, "application", Problem.OWN_APPLICATION))
            continue
        moves = applicant.status is Status.ENROLLED
        room = own_free[group.id] if moves else fits(course_free, own_free[group.id])
        problem = _obstacle(applicant, group, room)
        if problem is not None:
            field = "application" if problem is Problem.NOT_WAITING else "group"
            plan.refused.append(Refused(asked.row, field, problem))
            continue
        own_free[group.id] = _less(own_free[group.id])
        if not moves:
            course_free = _less(course_free)
        elif applicant.group_id is not None and own_free.get(applicant.group_id) is not None:
            own_free[applicant.group_id] = (own_free[applicant.group_id] or 0) + 1
        plan.moves.append(Planned(asked, Move.CHANGE_GROUP if moves else Move.ENROL, group.id))
    return _bounded(plan)


def _obstacle(applicant: Applicant, group: GroupState, room: int | None) -> Problem | None:
    if applicant.status not in {Status.APPROVED, Status.ENROLLED}:
        return Problem.NOT_WAITING
    if group.closed:
        return Problem.GROUP_CLOSED
    return Problem.NO_SEATS if room == 0 else None


def _less(free: int | None) -> int | None:
    return None if free is None else free - 1


def plan_completions(
    rows: Iterable[Asked], applicants: Mapping[int, Applicant], groups: Iterable[GroupState], today: date
) -> Plan:
    """Row 11: whose course is over.

    Raises: TooManyRows.
    """
    by_id = {group.id: group for group in groups}
    plan = Plan([], [])
    for asked in rows:
        refused = _stranger(asked, applicants)
        if refused is not None:
            plan.refused.append(refused)
            continue
        applicant = applicants[asked.application]
        if applicant.status is Status.COMPLETED:
            plan.unchanged += 1
        elif applicant.own:
            plan.refused.append(Refused(asked.row, "application", Problem.OWN_APPLICATION))
        elif applicant.status is not Status.ENROLLED or applicant.group_id is None:
            plan.refused.append(Refused(asked.row, "application", Problem.NOT_ENROLLED))
        elif by_id[applicant.group_id].ended is False:
            plan.refused.append(Refused(asked.row, "done", Problem.GROUP_GOES_ON))
        elif asked.given_on is not None and asked.given_on > today:
            plan.refused.append(Refused(asked.row, "given_on", Problem.IN_FUTURE))
        else:
            plan.moves.append(Planned(asked, Move.COMPLETE, applicant.group_id))
    return _bounded(plan)
