"""What somebody wants courses to be: chosen kind by kind, kept until they choose otherwise."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final, Self

from domain.catalogue import Funding
from domain.finding import Sort


class Kind(StrEnum):
    """What can be chosen of; the values stand on buttons."""

    FUNDING = "fund"
    FORM = "form"
    HOURS = "hours"
    MONTH = "month"
    DIRECTION = "dir"
    CATEGORY = "who"
    PROVIDER = "org"
    OPEN = "open"
    SORT = "sort"


FIELDS: Final[Mapping[Kind, str]] = {
    Kind.FUNDING: "funding",
    Kind.FORM: "form",
    Kind.HOURS: "hours",
    Kind.MONTH: "month",
    Kind.DIRECTION: "direction",
    Kind.CATEGORY: "category",
    Kind.PROVIDER: "provider",
    Kind.OPEN: "open_only",
    Kind.SORT: "sort",
}
"""Where each kind stands in Chosen."""
LENGTHS: Final[tuple[tuple[int, int | None], ...]] = ((1, 18), (19, 36), (37, 72), (73, None))
"""Ranges of hours, both ends included; None: no end."""
MONTHS_AHEAD: Final = 12
FOR_ME: Final = "me"
"""The category that means one's own position."""
_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is kept of somebody's choices; None: whatever it is.

    `hours`: the first of a range of LENGTHS; `month`: «2026-12»; `category`: a position, or FOR_ME; `provider`: an id,
    with the name as it was when chosen.
    """

    funding: Funding | None = None
    form: str | None = None
    hours: int | None = None
    month: str | None = None
    direction: str | None = None
    category: str | None = None
    provider: int | None = None
    provider_name: str | None = None
    open_only: bool = False
    sort: Sort = Sort.RELEVANCE

    @property
    def is_any(self) -> bool:
        """Whether anything is chosen at all."""
        return self != Chosen()

    @property
    def is_narrow(self) -> bool:
        """Whether any course is left out: the order leaves out none."""
        return replace(self, sort=Sort.RELEVANCE) != Chosen()

    def without(self, kind: Kind) -> Self:
        """The same, but for one kind."""
        changes: dict[str, Any] = {FIELDS[kind]: getattr(Chosen(), FIELDS[kind])}
        if kind is Kind.PROVIDER:
            changes["provider_name"] = None
        return replace(self, **changes)

    def kept(self) -> dict[str, Any]:
        """As it is stored: what is chosen, by its name."""
        return {name: value for name, value in asdict(self).items() if value != getattr(Chosen(), name)}


def chosen(kept: Mapping[str, Any], today: date) -> Chosen:
    """What was stored, as far as it means anything today: a month that is over is chosen no more."""
    values = {name: check(kept[name]) for name, check in _CHECKS.items() if name in kept}
    found = Chosen(**{name: value for name, value in values.items() if value is not None})
    if found.month is not None and found.month < month_of(today):
        found = found.without(Kind.MONTH)
    return found


def month_of(day: date) -> str:
    """«2026-12»."""
    return f"{day:%Y-%m}"


def months(today: date) -> list[str]:
    """This month and those that follow."""
    first = today.year * 12 + today.month - 1
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, first + MONTHS_AHEAD)]


def days_of(month: str) -> tuple[date, date]:
    """The first day of a month, and of the next."""
    year, number = map(int, month.split("-"))
    return date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)


def length(first: int) -> tuple[int, int | None]:
    """The range of hours that begins so."""
    return next(each for each in LENGTHS if each[0] == first)


def _of(kind: type[Funding] | type[Sort], value: Any) -> Any:
    return kind(value) if value in set(kind) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


_CHECKS: Final[Mapping[str, Any]] = {
    "funding": lambda value: _of(Funding, value),
    "form": _text,
    "hours": lambda value: value if value in {first for first, _ in LENGTHS} else None,
    "month": lambda value: value if isinstance(value, str) and _MONTH.fullmatch(value) else None,
    "direction": _text,
    "category": _text,
    "provider": lambda value: value if isinstance(value, int) else None,
    "provider_name": _text,
    "open_only": lambda value: value if value is True else None,
    "sort": lambda value: _of(Sort, value),
}
"""What is stored is read again by another version of this program perhaps: what it does not know is left out."""
