"""aiogram's models are built when they are used; each can be, and reads what it read before."""

import asyncio
import sys

EVERY_ONE = """
from bot.late_models import load_aiogram

load_aiogram()

from aiogram import methods, types
from pydantic import BaseModel

loaded = [getattr(module, name) for module in (types, methods) for name in module.__all__]
models = [each for each in loaded if isinstance(each, type) and issubclass(each, BaseModel)]
early = [each for each in models if issubclass(each, types.TelegramObject) and each.__pydantic_complete__]
assert not early, early
for model in models:
    assert model.model_rebuild() is not False, model
assert all(each.__pydantic_complete__ for each in models)
"""


async def test_every_model_of_aiograms_can_be_built_late() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", EVERY_ONE, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
