"""aiogram, with each of its models built when it is first used, and bound to its bot in one step.

aiogram builds all of its four hundred types as it is imported, which is most of a bot's start and two thirds of its
memory; a dozen are ever used. And pydantic sets the one private attribute of each object, its bot, once for every
class that it inherits from: a tap makes thirty such objects.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

BOT: Final = "_bot"


def load_aiogram() -> None:
    """Import it so; where it is imported already, it stays as it is."""
    if "aiogram" in sys.modules:
        return
    builds = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(_not_yet)  # type: ignore[assignment, method-assign]
    try:
        from aiogram import types
        from aiogram.client.context_controller import BotContextController
        from aiogram.client.default import Default
        from aiogram.methods import Response, TelegramMethod
    finally:
        BaseModel.model_rebuild = builds  # type: ignore[method-assign]
    # What annotations name is known to the module of all types alone.
    names = {name: getattr(types, name) for name in types.__all__} | {"Default": Default}

    def build(cls: type[BaseModel], /, **options: Any) -> bool | None:
        outcome: bool | None = builds.__func__(cls, **options | {"_types_namespace": names})
        return outcome

    for base in (types.TelegramObject, TelegramMethod, Response):
        base.model_rebuild = classmethod(build)  # type: ignore[method-assign, assignment]
    for cls in _all_of(BotContextController):
        if cls.__private_attributes__.keys() == {BOT}:
            cls.model_post_init = _bind  # type: ignore[method-assign]


def _all_of(cls: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield cls
    for heir in cls.__subclasses__():
        yield from _all_of(heir)


def _bind(self: BaseModel, context: Mapping[str, Any] | None) -> None:
    object.__setattr__(self, "__pydantic_private__", {BOT: context.get("bot") if context else None})


def _not_yet(_: type[BaseModel], /, **__: Any) -> None:
    return None
