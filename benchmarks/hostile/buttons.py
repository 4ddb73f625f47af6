"""Every kind of button there is, and data that a hostile client may send in its name."""

import importlib
import pkgutil
import random
from collections.abc import Iterator, Mapping
from enum import Enum
from math import prod
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from aiogram.filters.callback_data import CallbackData

import keyboards

MISSING: Final = 2_000_000_000
"""No row has this id."""
ODD_NUMBERS: Final = (0, -1, 2**31, 2**32 + 1, 2**63, 2**64 + 5, 10**30)
ODD_WORDS: Final = (
    "abc", "1.5", "1e9", "٣", "+1", "1_0", "true", "None", "", " ", "\x00", "\u0301", "🙂", "'; DROP TABLE users",
)  # fmt: skip
MOST_VARIANTS: Final = 24
"""Of a button with several choices."""


def kinds_of_buttons() -> list[type[CallbackData]]:
    """All of them, whatever file of keyboards/ they stand in: a new one is tried without a word here."""
    for module in pkgutil.walk_packages(keyboards.__path__, "keyboards."):
        importlib.import_module(module.name)
    return sorted(_below(CallbackData), key=lambda kind: (kind.__module__, kind.__name__))


def _below(kind: type[CallbackData]) -> Iterator[type[CallbackData]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("keyboards."):
            yield child
            yield from _below(child)


def named(kind: type[CallbackData]) -> str:
    """A kind of button, as failures name it."""
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"


def packed(kind: type[CallbackData], values: Mapping[str, Any]) -> str:
    """Data as a client may write it: nothing is checked."""
    written = [_written(values[name]) for name in kind.model_fields]
    return kind.__separator__.join([kind.__prefix__, *written])


def _written(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)


class Forger:
    """Fills the fields of buttons: with the ids of a town, or with nonsense."""

    def __init__(
        self,
        ids: Mapping[str, list[int]],
        versions: Mapping[int, int],
        about: Mapping[int, int],
        chance: random.Random,
    ) -> None:
        """`versions` of applications, and which of them some tickets are `about`."""
        self._ids = ids
        self._versions = versions
        self._about = about
        self._chance = chance

    def points_at(self, kind: type[CallbackData]) -> list[str]:
        """The fields that name a thing of the town."""
        return [name for name in kind.model_fields if name in self._ids]

    def true(self, kind: type[CallbackData]) -> Iterator[dict[str, Any]]:
        """Things that exist and every choice, each once where a field names it, with the version that it has."""
        choices = {name: found for name in kind.model_fields if (found := self._choices(name, kind))}
        sizes = [len(found) for found in choices.values()]
        for turn in range(max(max(sizes, default=1), min(MOST_VARIANTS, prod(sizes)) if self._has_choice(kind) else 1)):
            values = self.any_of(kind)
            left = turn
            for name, found in choices.items():
                values[name] = found[left % len(found)]
                left = left // len(found) if self._has_choice(kind) else turn
            if "version" in kind.model_fields:
                meant = values.get("application") or self._about.get(values.get("ticket", 0))
                of = meant or self._chance.choice(self._ids["application"])
                values["version"] = self._versions.get(of, 1)
            yield values

    def _choices(self, name: str, kind: type[CallbackData]) -> list[Any]:
        return self._ids.get(name) or _members(kind.model_fields[name].annotation)

    def _has_choice(self, kind: type[CallbackData]) -> bool:
        return any(name not in self._ids and _members(field.annotation) for name, field in kind.model_fields.items())

    def missing(self, kind: type[CallbackData], like: Mapping[str, Any]) -> dict[str, Any]:
        """The same of something that does not exist."""
        return {**like, **dict.fromkeys(self.points_at(kind), MISSING)}

    def bounds(self, kind: type[CallbackData]) -> Iterator[str]:
        """Ids that nothing has, negative and huge ones, a stale version, data cut short."""
        values = next(self.true(kind))
        numbers = [name for name, field in kind.model_fields.items() if name in self._ids or field.annotation is int]
        for number in (MISSING, -1, 2**63) if numbers else ():
            yield packed(kind, {**values, **dict.fromkeys(numbers, number)})
        if "version" in kind.model_fields:
            yield packed(kind, {**values, "version": values["version"] - 1})
        yield packed(kind, values)[:-1]

    def odd(self, kind: type[CallbackData]) -> Iterator[str]:
        """Numbers past every column, other versions, wrong types, data cut short, too long, with too much."""
        whole = packed(kind, next(self.true(kind)))
        for name in kind.model_fields:
            for odd in (*ODD_NUMBERS, *ODD_WORDS):
                yield packed(kind, {**next(self.true(kind)), name: odd})
        if "version" in kind.model_fields:
            for step in (-1, 1, 100):
                values = next(self.true(kind))
                yield packed(kind, {**values, "version": values["version"] + step})
        yield from (whole[:-1], whole.rpartition(":")[0], f"{kind.__prefix__}:", kind.__prefix__[:1])
        yield from (f"{whole}:1", f"{whole}:{'9' * 70}", f"{whole}{'x' * 4000}", f"{whole}\u202e🙂")
        yield f"{kind.__prefix__}::::"

    def any_of(self, kind: type[CallbackData]) -> dict[str, Any]:
        """Values that a button of this kind may have."""
        return {name: self._value(name, field.annotation) for name, field in kind.model_fields.items()}

    def _value(self, name: str, annotation: Any) -> Any:
        if name in self._ids:
            return self._chance.choice(self._ids[name])
        if members := _members(annotation):
            return self._chance.choice(members)
        return self._chance.choice([0, 0, 1, 2, 3]) if annotation is int else self._chance.choice(["", "name", "email"])


def _members(annotation: Any) -> list[Any]:
    """What a field with few values may have."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    options = [part for part in get_args(annotation) if part is not NoneType]
    of = options[0] if options else annotation
    if of is bool:
        return [False, True]
    return list(of) if isinstance(of, type) and issubclass(of, Enum) else []
