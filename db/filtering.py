"""What courses must be, as conditions of SQL, and how many there are of each kind: the same on both databases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import Boolean, Date, Integer, String, TextClause, bindparam, column, exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import AFTER_START, Course, Provider
from db.types import AnyRow
from domain.finding import Filters, Sort

OPEN: Final = "(c.closes_on IS NULL OR c.closes_on >= :today)"
BY_CODE: Final[Mapping[str, str]] = {"sqlite": "c.code", "postgresql": 'c.code COLLATE "C"'}
"""The order of codes: by letters, whatever language the server speaks."""
COUNTED: Final = 10_000
"""So many courses are looked at when they are counted; of more, those found are «so many and more»."""
TOLD: Final = 1_000
"""More courses of a kind are not told apart: «so many and more»."""


@dataclass(slots=True)
class Bound:
    """Values that a statement being written is given, by their names: nothing chosen or typed is ever SQL."""

    values: dict[str, Any] = field(default_factory=dict)
    _names: dict[tuple[type, Any], str] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """A name for one more, or the one it has."""
        name = self._names.setdefault((type(value), value), f"v{len(self.values)}")
        self.values[name] = value
        return name

    def prepared(self, statement: str, today: date, **more: Any) -> TextClause:
        """The statement with its values; `:today` is the portal's day."""
        values = {"today": today, **self.values, **more}
        typed = [
            bindparam(name, value, Date() if isinstance(value, date) else None)
            for name, value in values.items()
            if f":{name}" in statement
        ]
        return text(statement).bindparams(*typed)


def conditions(filters: Filters, bind: Callable[[Any], str]) -> Iterator[str]:
    """Of a course `c`; some need `:today`."""
    for name in ("funding", "form", "direction", "provider_id"):
        value = getattr(filters, name)
        if value is not None:
            yield f"c.{name} = :{bind(value)}"
    if filters.hours is not None:
        first, last = filters.hours
        yield f"c.hours >= :{bind(first)}"
        if last is not None:
            yield f"c.hours <= :{bind(last)}"
    if filters.starts is not None:
        first_day, next_first = filters.starts
        yield f"c.starts_on >= :{bind(first_day)} AND c.starts_on < :{bind(next_first)}"
    if filters.audiences is not None:
        named = "".join(f", :{bind(audience)}" for audience in filters.audiences)
        yield f"(c.audience IS NULL OR c.audience IN (''{named}))"
    if filters.open_only:
        yield OPEN


_BY_START: Final = "c.starts_on NULLS LAST"
_BY_END: Final = "c.closes_on NULLS LAST"
_ORDERS: Final = {Sort.RELEVANCE: _BY_START, Sort.STARTS: _BY_START, Sort.CLOSES: _BY_END}
_OPEN_PARTS: Final = ("c.closes_on >= :today", "c.closes_on IS NULL")
_BEGUN: Final = (
    f"{AFTER_START.format(course='c.')} AND c.closes_on >= :today AND (c.starts_on IS NULL OR c.starts_on < :today)"
)
"""Together with the former all that are open, each part off an index of its own: with one condition for all of them
every course that has closed would be passed over."""
_COURSES: Final = "courses AS c"
_EACH: Final = "SELECT {columns} FROM {tables} WHERE {where} AND {part}"
_COLUMNS: Final = "c.id, c.code, c.title, c.starts_on, c.closes_on"
_FIRST: Final = "SELECT * FROM ({each} ORDER BY {order}, {by_code} LIMIT {limit}) AS part"
_BY_DAY: Final = """
    SELECT * FROM (
        WITH RECURSIVE days(day, before) AS (
            SELECT min(c.starts_on), 0 FROM courses AS c WHERE c.published = TRUE AND c.starts_on >= :today
            UNION ALL
            SELECT
                (SELECT min(c.starts_on) FROM courses AS c WHERE c.published = TRUE AND c.starts_on > days.day),
                days.before + CAST((SELECT count(*) FROM ({of_day} LIMIT {limit}) AS counted) AS integer)
            FROM days WHERE days.day IS NOT NULL AND days.before < {limit}
        )
        {each} AND days.before < {limit} ORDER BY {order}, {by_code} LIMIT {limit}
    ) AS part
"""
"""From one day on which courses start to the next, until there are enough that are open: on the days before, all of
them may have closed, and are not passed over one by one."""
_STARTS_THAT_DAY: Final = "c.starts_on = days.day AND c.closes_on >= :today"
_ALL: Final = "SELECT * FROM (WITH begun AS MATERIALIZED ({each}) SELECT * FROM begun) AS part"
"""Few: PostgreSQL thinks them many, and would look for the first of them among all that ever began."""
_LISTED: Final = """
    WITH page AS MATERIALIZED (SELECT * FROM ({first}) AS c ORDER BY {order}, {by_code} LIMIT {limit} OFFSET {offset})
    SELECT c.id, c.code, c.title, c.starts_on, TRUE AS is_open,
        (SELECT count(*) FROM ({counted} LIMIT {most}) AS counted) AS total
    FROM page AS c ORDER BY {order}, {by_code}
"""
_LINE: Final = (
    column("id", Integer),
    column("code", String),
    column("title", String),
    column("starts_on", Date),
    column("is_open", Boolean),
    column("total", Integer),
)


async def open_now(
    connection: AsyncConnection, filters: Filters, sort: Sort, today: date, limit: int, offset: int
) -> Sequence[AnyRow]:
    """Courses that take applications and are as they must be, nearest start first unless the deadline is asked for.

    `total` is at most TOLD.
    """
    bound = Bound()
    where = " AND ".join(["c.published = TRUE", *conditions(filters, bound.bind)])
    by_code = BY_CODE[connection.dialect.name]
    statement = _LISTED.format(
        counted=" UNION ALL ".join(
            _EACH.format(columns=1, tables=_COURSES, where=where, part=part) for part in _OPEN_PARTS
        ),
        first=first_open(by_code, where, str(limit + offset), sort),
        order=_ORDERS[sort],
        by_code=by_code,
        limit=limit,
        offset=offset,
        most=TOLD,
    )
    # PostgreSQL plans a statement without parameters once, and one with a day and limits, which say much, each time.
    statement = statement.replace(":today", f"'{today.isoformat()}'")
    return (await connection.execute(bound.prepared(statement, today).columns(*_LINE))).all()


def first_open(by_code: str, where: str, limit: str, sort: Sort = Sort.STARTS) -> str:
    """The open courses among which the first so many are, as a statement without an order.

    `where`: what else they must be; `limit`: an expression.
    """
    order = _ORDERS[sort]
    how = {"order": order, "by_code": by_code, "limit": limit}

    def of(part: str, columns: Any = _COLUMNS, tables: str = _COURSES) -> str:
        return _EACH.format(columns=columns, tables=tables, where=where, part=part)

    if order == _BY_END:
        return " UNION ALL ".join(_FIRST.format(each=of(part), **how) for part in _OPEN_PARTS)
    yet_to_start = _BY_DAY.format(
        each=of(_STARTS_THAT_DAY, tables=f"days CROSS JOIN {_COURSES}"), of_day=of(_STARTS_THAT_DAY, 1), **how
    )
    return " UNION ALL ".join(
        [yet_to_start, _FIRST.format(each=of(_OPEN_PARTS[1]), **how), _ALL.format(each=of(_BEGUN))]
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many courses there are in all, and of each choice; `cut`: there are more, these were counted."""

    total: int
    of: tuple[int, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where courses are looked for: tables with `c` among them, by which condition, with its values."""

    tables: str = _COURSES
    condition: str = "c.published"
    values: Mapping[str, Any] = field(default_factory=dict)


_COUNTED: Final = """
    SELECT {columns} FROM (
        SELECT c.funding, c.form, c.hours, c.starts_on, c.direction, c.audience, c.provider_id, c.closes_on
        FROM {tables} WHERE {conditions} LIMIT :most
    ) AS c
"""


async def counted(
    connection: AsyncConnection, source: Source, filters: Filters, choices: Sequence[Filters], today: date
) -> Counts:
    """Count what is as it must be, and of that what is as each of the choices: one statement, one look at each."""
    bound = Bound(dict(source.values))
    where = " AND ".join(["c.published", source.condition, *conditions(filters, bound.bind)])
    columns = ["count(*)"]
    for choice in choices:
        chosen = " AND ".join(conditions(choice, bound.bind)) or "1 = 1"
        columns.append(f"count(CASE WHEN {chosen} THEN 1 END)")
    statement = _COUNTED.format(columns=", ".join(columns), tables=source.tables, conditions=where)
    row = (await connection.execute(bound.prepared(statement, today, most=COUNTED))).one()
    return Counts(row[0], tuple(row[1:]), row[0] == COUNTED)


_VALUES: Final = """
    WITH RECURSIVE found(value) AS (
        SELECT min(c.{column}) FROM courses AS c WHERE c.published = TRUE
        UNION ALL
        SELECT (SELECT min(c.{column}) FROM courses AS c WHERE c.published = TRUE AND c.{column} > found.value)
        FROM found WHERE found.value IS NOT NULL
    )
    SELECT value FROM found WHERE value IS NOT NULL
"""
"""From one value to the next by the index: as many steps as there are values, however many courses."""


async def values(connection: AsyncConnection, column: Literal["form", "direction", "audience"]) -> list[str]:
    """What published courses say there, by letters."""
    return sorted(filter(None, (await connection.execute(text(_VALUES.format(column=column)))).scalars()))


async def providers(connection: AsyncConnection) -> Sequence[AnyRow]:
    """Providers with published courses: id, name; by letters."""
    has_courses = exists().where(Course.provider_id == Provider.id, Course.published)
    rows = (await connection.execute(select(Provider.id, Provider.name).where(has_courses))).all()
    return sorted(rows, key=lambda row: row.name)
