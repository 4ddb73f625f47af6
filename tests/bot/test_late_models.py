"""aiogram's models are built when they are used; each can be, and reads what it read before."""

import asyncio
import sys

import pytest

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


BOUND = """
from bot.late_models import load_aiogram

load_aiogram()

from aiogram import Bot, types
from aiogram.methods import SendMessage

bot = Bot("1:" + "a" * 35)
chat = {"id": 1, "type": "private"}
read = types.Message.model_validate({"message_id": 1, "date": 1, "chat": chat}, context={"bot": bot})
assert read.bot is bot and read.chat.bot is bot
assert read.model_copy().bot is bot
assert read.answer("a").bot is bot
drawn = types.InlineKeyboardButton(text="a", callback_data="b")
assert drawn.bot is None
assert drawn.as_(bot).bot is bot
assert SendMessage(chat_id=1, text="a").bot is None
"""


@pytest.mark.parametrize("script", [EVERY_ONE, BOUND], ids=["each is built", "each knows its bot"])
async def test_every_model_of_aiograms_can_be_built_late(script: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
