"""aiogram, with each of its models built when it is first used.

aiogram builds all of its four hundred types as it is imported, which is most of a bot's start and two thirds of its
memory; a dozen are ever used.
"""

import sys
from typing import Any

from pydantic import BaseModel


def load_aiogram() -> None:
    """Import it so; where it is imported already, it stays as it is."""
    if "aiogram" in sys.modules:
        return
    builds = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(_not_yet)  # type: ignore[assignment, method-assign]
    try:
        from aiogram import types
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


def _not_yet(_: type[BaseModel], /, **__: Any) -> None:
    return None
