"""Updates of every type the Bot API knows, made of aiogram's own models: whole, half, wrong, from the future."""

import random
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from aiogram.types import Update
from pydantic import BaseModel
from sqlalchemy import func, select

from benchmarks.hostile.buttons import Forger, kinds_of_buttons, packed
from benchmarks.hostile.judging import INVENTED
from benchmarks.hostile.stage import Stage
from benchmarks.hostile.tally import Tally
from benchmarks.hostile.victims import found
from benchmarks.hostile.words import WORDS
from db.tables import Update as StoredUpdate
from playground.person import Person as Phone

KINDS: Final = tuple(name for name in Update.model_fields if name != "update_id")
DEEPEST: Final = 4
"""Past it, only what must be there."""
DEEPEST_OF_ALL: Final = 12
OFTEN: Final = {"text": 3.0, "data": 3.0, "message": 3.0, "document": 1.5}
WRITTEN: Final = {"text", "caption", "query", "title", "first_name", "last_name", "file_name", "phone_number", "email"}
"""What people write themselves."""
BATCH: Final = 100
JUNK: Final[tuple[Any, ...]] = (
    None, True, -1, 0, 2**31, 2**63, 2**70, 1.5, "", "слово", "\x00", "\ud83d", [], {}, [[]], [None], {"id": {}},
    [{"id": 1}],
)  # fmt: skip
NEWS: Final = "what_telegram_adds_tomorrow"


class Maker:
    """Makes updates by chance."""

    def __init__(self, chance: random.Random, phones: list[Phone], stage: Stage, forger: Forger) -> None:
        self._chance = chance
        self._phones = phones
        self._stage = stage
        self._forger = forger
        self._buttons = kinds_of_buttons()

    def update(self, kind: str) -> dict[str, Any]:
        """One of this kind, without its id. One in five is damaged somewhere; some are of tomorrow's kinds."""
        annotation = Update.model_fields[kind].annotation
        damage = 0.05 if self._chance.random() < 0.2 else 0.0
        made = {kind: self._value(kind, annotation, 0, damage)}
        if self._chance.random() < 0.02:
            made = {NEWS: made[kind]}
        return made

    def _object(self, model: type[BaseModel], depth: int, damage: float) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, field in model.model_fields.items():
            wanted = field.is_required() or get_origin(field.annotation) is Literal  # which tells kinds apart
            wanted = wanted or (depth <= DEEPEST and self._chance.random() < OFTEN.get(name, 0.5) / (depth * 3 + 2))
            if wanted and not (damage and self._chance.random() < damage):
                made[field.alias or name] = self._value(name, field.annotation, depth + 1, damage)
        if damage and self._chance.random() < damage * 2:
            made[NEWS] = self._chance.choice(JUNK)
        return made

    def _value(self, name: str, annotation: Any, depth: int, damage: float) -> Any:
        if damage and self._chance.random() < damage:
            return self._chance.choice(JUNK)
        if name in {"chat", "from_user", "user"} and self._chance.random() < 0.9:
            return self._party(name)
        return self._of(name, annotation, depth, damage)

    def _party(self, name: str) -> dict[str, Any]:
        """Somebody, or a chat, that there is."""
        phone = self._chance.choice(self._phones)
        if name != "chat":
            return phone.account.as_json()
        chats = list(self._stage.stand_in.world.chats.values())
        return (phone.chat if self._chance.random() < 0.8 else self._chance.choice(chats)).as_json()

    def _of(self, name: str, annotation: Any, depth: int, damage: float) -> Any:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self._of(name, arguments[0], depth, damage)
        if origin in {Union, UnionType}:
            options = [option for option in arguments if option is not NoneType]
            return self._of(name, self._chance.choice(options), depth, damage)
        if origin is Literal:
            return self._chance.choice(arguments) if self._chance.random() > damage else "unheard-of"
        if origin is list:
            return [self._of(name, arguments[0], depth + 1, damage) for _ in range(self._chance.randint(0, 2))]
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return {} if depth > DEEPEST_OF_ALL else self._object(annotation, depth, damage)
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return self._chance.choice(list(annotation)).value
        return self._plain(name, annotation)

    def _plain(self, name: str, annotation: Any) -> Any:
        if annotation is bool:
            return self._chance.random() < 0.5
        if annotation is int or annotation in {datetime, date}:
            return self._chance.choice([0, 1, 5, 1_764_000_000, 2**31, 2**40])
        if annotation is float:
            return self._chance.choice([0.0, -1.5, 1e300])
        if name == "data":
            kind = self._chance.choice(self._buttons)
            return packed(kind, self._forger.any_of(kind))
        if name in WRITTEN:
            return self._chance.choice(WORDS)
        return self._chance.choice(["", "x", "private", "member", "слово", "1" * 70])


async def thrown(stage: Stage, chance: random.Random, count: int) -> Tally:
    """`count` updates: all stored, all handled or set aside, and whoever writes after them is answered."""
    tally = Tally(f"generated updates of all {len(KINDS)} types of Bot API 10.3")
    victims = await found(stage)
    phones = [stage.phone(person) for person in victims.people.values()] + [stage.stranger() for _ in range(5)]
    teacher = phones[0]
    for kind in ("group", "supergroup", "channel"):
        await teacher.adds_bot(stage.stand_in.group(kind=kind))
    await stage.stand_in.updates_are_taken()
    await stage.settles()
    stage.troubles()
    maker = Maker(chance, phones, stage, Forger(victims.ids, victims.versions, victims.about, chance))
    numbers: list[int] = []
    for batch in _batches(maker, count):
        numbers += await stage.throws(batch)
    await stage.settles()
    tally.tried = len(numbers)
    async with stage.database.read() as connection:
        range_of_ours = StoredUpdate.update_id.between(numbers[0], numbers[-1])
        kept = await connection.scalar(select(func.count()).where(range_of_ours))
    if kept != count:
        tally.fails(f"{count - (kept or 0)} were not stored")
    for trouble in stage.troubles():
        if not any(expected in trouble for expected in INVENTED):
            tally.fails(trouble)
    for phone in [*phones, stage.stranger()]:
        handled = await stage.says(phone, "/start")
        if handled.failure or not handled.calls:
            tally.fails(f"/start is not answered after them: {handled.failure}")
    stage.troubles()
    return tally


def _batches(maker: Maker, count: int) -> Iterator[list[dict[str, Any]]]:
    for first in range(0, count, BATCH):
        yield [maker.update(KINDS[number % len(KINDS)]) for number in range(first, min(first + BATCH, count))]
