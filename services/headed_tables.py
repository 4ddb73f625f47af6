"""Rows under known headings in a file of unknown origin, however its columns are ordered and worded."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeAlias

from domain.catalogue import MAX_NUMBERS, SHOWN_VALUE, Fault, NoHeader, Problem
from domain.cells import Cell, Read, letters, one_line, read_line, read_number, shown
from services.tables import Table, read_tables

LONGEST_HEADING: Final = 100
REMEMBERED: Final = 10_000
"""Values of one column: where there are more, they do not come again."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a file may have: the field it fills, its name in messages, its other names."""

    field: str
    name: str
    synonyms: str
    read: Callable[[Cell], Read]
    missing: Problem | None = None
    """What to say of an empty cell; None: it may be empty."""
    limit: int | None = None
    needed: bool = False
    """Whether the file must have the column, though its cells may be empty."""


def line_column(
    lengths: Mapping[str, int], field: str, name: str, synonyms: str, missing: Problem | None = None
) -> Column:
    """A column of texts on one line, as long as `lengths` says of the field."""
    return Column(field, name, synonyms, partial(read_line, lengths[field]), missing, lengths[field])


def number_column(field: str, name: str, synonyms: str) -> Column:
    """A column of whole numbers, as great as the field may be."""
    limit = MAX_NUMBERS[field]
    return Column(field, name, synonyms, partial(read_number, limit), limit=limit)


def _known_headings(columns: Sequence[Column]) -> dict[str, Column]:
    return {letters(name): column for column in columns for name in (column.name, *column.synonyms.split("|"))}


ASIDE: Final = re.compile(r"\(.*?\)|[,*:].*", re.DOTALL)
"""What a heading adds to its name: "Стоимость, руб.", "Объём (ч.)", "Начало: дд.мм.гггг"."""


def _column_of(cell: Cell, known: Mapping[str, Column]) -> Column | None:
    if not isinstance(cell, str) or len(cell) > LONGEST_HEADING:
        return None
    return known.get(letters(cell)) or known.get(letters(ASIDE.sub("", cell)))


@dataclass(slots=True)
class Place:
    """Where a column stands in the file, and what its first values were read as: most come again."""

    index: int
    heading: str
    column: Column
    seen: dict[Cell, Read] = field(default_factory=dict)

    def read(self, cell: Cell) -> Read:
        """What the cell says."""
        if cell in self.seen:
            return self.seen[cell]
        said = self.column.read(cell)
        if len(self.seen) < REMEMBERED:
            self.seen[cell] = said
        return said

    def fault(self, row: int, problem: Problem, cell: Cell, first_row: int | None = None) -> Fault:
        """What is wrong with the cell."""
        limited = problem in {Problem.TOO_LONG, Problem.TOO_GREAT}
        value = one_line(shown(cell))[:SHOWN_VALUE] or None
        return Fault(row, self.heading, problem, value, self.column.limit if limited else None, first_row)


def _places(cells: Sequence[Cell], known: Mapping[str, Column]) -> dict[str, Place]:
    """The columns that a row's cells name, by their fields; of two equal headings the first counts."""
    places: dict[str, Place] = {}
    for index, cell in enumerate(cells):
        column = _column_of(cell, known)
        if column and column.field not in places:
            places[column.field] = Place(index, one_line(shown(cell)), column)
    return places


Records: TypeAlias = Iterator[tuple[int, list[Cell]]]


def _under_header(tables: Iterable[Table], columns: Sequence[Column]) -> tuple[dict[str, Place], Records]:
    """The places of the columns and the rows under them, of the first table that has all columns needed.

    Raises: NoHeader.
    """
    known = _known_headings(columns)
    needed = [column for column in columns if column.missing or column.needed]
    missing = [column.name for column in needed]
    for table in tables:
        rows = iter(table)
        for _, cells in rows:
            places = _places(cells, known)
            lacking = [column.name for column in needed if column.field not in places]
            if not lacking:
                return places, rows
            missing = min(missing, lacking, key=len)
    raise NoHeader(tuple(missing))


@dataclass(slots=True)
class Record:
    """One row as read: what its fields say, its cells for messages, and its faults so far."""

    row: int
    cells: dict[str, Cell]
    fields: dict[str, Any]
    faults: list[Fault]


def _records(places: Mapping[str, Place], rows: Records) -> Iterator[Record]:
    """Rows that say anything in the known columns; a header printed again on a new page says nothing."""
    by_place = [(name, place, place.index, place.column.missing) for name, place in places.items()]
    for row, values in rows:
        cells = {name: values[index] if index < len(values) else None for name, _, index, _ in by_place}
        fields: dict[str, Any] = {name: place.read(cells[name]) for name, place, _, _ in by_place}
        if not any(value is not None for value in fields.values()) or _is_header(places, cells):
            continue
        faults = []
        for name, place, _, missing in by_place:
            problem = fields[name] if fields[name] is not None else missing
            if isinstance(problem, Problem):
                faults.append(place.fault(row, problem, cells[name]))
                fields[name] = None
        yield Record(row, cells, fields, faults)


def _is_header(places: Mapping[str, Place], cells: Mapping[str, Cell]) -> bool:
    return all(one_line(shown(cells[name])) == place.heading for name, place in places.items())


def read_records(name: str, content: bytes, columns: Sequence[Column]) -> tuple[dict[str, Place], Iterator[Record]]:
    """The places of the columns, and the rows under their headings.

    Raises: UnreadableFile; NoHeader, with the names of the columns that were not found.
    """
    places, rows = _under_header(read_tables(name, content), columns)
    return places, _records(places, rows)


def refuse_twice(record: Record, place: Place, key: Any, problem: Problem, first_rows: dict[Any, int]) -> None:
    """Of rows that name one thing the first counts; `first_rows` is what has been named so far."""
    if not key:
        return
    first_row = first_rows.setdefault(key, record.row)
    if first_row != record.row:
        cell = record.cells[place.column.field]
        record.faults.append(place.fault(record.row, problem, cell, first_row))
