"""How the bot presents itself: name, descriptions, the commands of strangers. Set only where they differ."""

from collections.abc import Sequence
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand

from keyboards.menu import commands
from texts import menu as texts

log: Final = structlog.get_logger()


async def present(bot: Bot) -> None:
    """Telegram allows few changes a day, and a bot works without them: a refusal is a line in the log."""
    try:
        changed = await _changed(bot)
    except AiogramError as refusal:
        log.warning("profile_not_set", fault=type(refusal).__name__)
    else:
        log.info("profile_set", changed=changed)


async def _changed(bot: Bot) -> list[str]:
    changed = []
    if (await bot.get_my_name()).name != texts.BOT_NAME:
        await bot.set_my_name(texts.BOT_NAME)
        changed.append("name")
    if (await bot.get_my_description()).description != texts.DESCRIPTION:
        await bot.set_my_description(texts.DESCRIPTION)
        changed.append("description")
    if (await bot.get_my_short_description()).short_description != texts.SHORT_DESCRIPTION:
        await bot.set_my_short_description(texts.SHORT_DESCRIPTION)
        changed.append("short description")
    if _spelled(await bot.get_my_commands()) != _spelled(commands()):
        await bot.set_my_commands(commands())
        changed.append("commands")
    return changed


def _spelled(listed: Sequence[BotCommand]) -> list[tuple[str, str]]:
    """Without the bot that aiogram binds to what Telegram answers, which would make equal commands differ."""
    return [(command.command, command.description) for command in listed]
