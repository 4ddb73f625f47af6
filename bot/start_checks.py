"""What can be wrong around the bot when it starts: each is a line for whoever reads the log, in words."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import AiogramError

from bot.logs import told
from bot.webhook import SECRET_HEADER
from domain.clock import utc_now
from texts import commands

CLOCK_MAY_DIFFER: Final = 60.0
"""Seconds: codes, deadlines and quiet hours follow this machine's clock."""
ANSWER_WITHIN: Final = 5.0
WATCHES_EVERY: Final = 60.0
NO_UPDATE: Final = b"[]"
"""What no Telegram sends: the bot refuses it with 400, and nobody else knows to."""
REFUSED: Final = 400

log: Final = structlog.get_logger()


async def check_clock(bot: Bot) -> None:
    """Compare this machine's clock with that of Telegram's answers."""
    try:
        ahead = await _ahead(bot)
    except (aiohttp.ClientError, TimeoutError, ValueError, TypeError) as fault:
        log.info("clock_not_compared", fault=type(fault).__name__)
        return
    if abs(ahead) > CLOCK_MAY_DIFFER:
        log.warning("clock_is_wrong", seconds=round(ahead), says=commands.clock_is_wrong(round(ahead)))


async def _ahead(bot: Bot) -> float:
    """Seconds by which this machine is ahead."""
    session = bot.session
    assert isinstance(session, AiohttpSession)
    client = await session.create_session()
    async with asyncio.timeout(ANSWER_WITHIN), client.get(session.api.api_url(bot.token, "getMe")) as answer:
        return (utc_now() - parsedate_to_datetime(answer.headers["Date"])).total_seconds()


async def take_webhook_away(bot: Bot) -> None:
    """A bot that asks for updates gets none while a webhook is set. Raises: what a call raises."""
    url = (await bot.get_webhook_info()).url
    if url:
        await bot.delete_webhook(drop_pending_updates=False)
        log.warning("webhook_taken_away", says=commands.webhook_taken_away(urlsplit(url).hostname or ""))


async def check_webhook(url: str, secret: str) -> None:
    """Whether the public address leads to this bot, as far as that can be seen from here."""
    try:
        async with (
            asyncio.timeout(ANSWER_WITHIN),
            aiohttp.ClientSession() as client,
            client.post(url, data=NO_UPDATE, headers={SECRET_HEADER: secret}, allow_redirects=False) as answer,
        ):
            found = str(answer.status) if answer.status != REFUSED else None
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        found = type(fault).__name__
    if found is not None:
        log.warning("webhook_answers_wrongly", found=found, says=commands.webhook_answers_wrongly(found))


async def watch_webhook(bot: Bot, every: float = WATCHES_EVERY) -> None:
    """For ever: what Telegram says of its last deliveries, where that is new and bad."""
    known = datetime.now(UTC) - timedelta(seconds=1)  # Telegram counts whole seconds
    while True:
        await asyncio.sleep(every)
        try:
            stands = await bot.get_webhook_info()
        except AiogramError as fault:
            log.info("webhook_not_looked_at", fault=told(fault))
            continue
        if stands.last_error_date is not None and stands.last_error_date > known:
            known = stands.last_error_date
            why = stands.last_error_message or ""
            log.warning("webhook_fails", waiting=stands.pending_update_count, says=commands.webhook_fails(why))
