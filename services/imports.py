"""Bringing the portal's files into the database: one transaction, only differences, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from db.engine import Database
from domain.catalogue import Fault
from domain.clock import Calendar

Progress = Callable[[int, int], None]
"""Called with the number of rows done and of all rows."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found and did. `written` is False for a dry run, or where faults held it back."""

    new: int
    changed: int
    unchanged: int
    faults: tuple[Fault, ...]
    skipped: int
    written: bool


class Imports:
    """Use cases of operators: files of courses and schools."""

    def __init__(self, database: Database, calendar: Calendar) -> None:
        self._database = database
        self._calendar = calendar
