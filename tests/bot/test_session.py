"""Calls of the Bot API: whatever Telegram counts waits for its turn, and nothing else does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BufferedInputFile

from bot.limiter import PER_SECOND, Limiter
from bot.session import BotSession
from playground.faults import Scope, Trouble
from playground.person import Person as Phone
from playground.stand_in import StandIn
from tests.bot.test_limiter import Ticks

FILE = BufferedInputFile(b"1", "a.txt")


@pytest.fixture
async def anna(stand_in: StandIn) -> Phone:
    """Somebody with the bot's chat open."""
    phone = stand_in.person("Анна")
    await phone.starts()
    return phone


@pytest.fixture
def ticks() -> Ticks:
    """The limiter's seconds."""
    return Ticks()


@pytest.fixture
def limiter(ticks: Ticks) -> Limiter:
    """A limiter on them."""
    return Limiter(ticks)


@pytest.fixture
async def bot(stand_in: StandIn, limiter: Limiter) -> AsyncIterator[Bot]:
    """A bot that goes through it."""
    bot = Bot(stand_in.token, session=BotSession(stand_in.url, limiter))
    yield bot
    await bot.session.close()


async def _settle() -> None:
    """Let a call that need not wait reach the stand-in."""
    await asyncio.sleep(0.1)


COUNTED: dict[str, Callable[[Bot, int], Awaitable[Any]]] = {
    "sendMessage": lambda bot, chat: bot.send_message(chat, "а"),
    "sendDocument": lambda bot, chat: bot.send_document(chat, FILE),
    "sendPhoto": lambda bot, chat: bot.send_photo(chat, FILE),
    "editMessageText": lambda bot, chat: bot.edit_message_text("б", chat_id=chat, message_id=1),
    "editMessageReplyMarkup": lambda bot, chat: bot.edit_message_reply_markup(chat_id=chat, message_id=1),
}
UNCOUNTED: dict[str, Callable[[Bot], Awaitable[Any]]] = {
    "answerCallbackQuery": lambda bot: bot.answer_callback_query("1"),
    "getMe": lambda bot: bot.get_me(),
}


@pytest.mark.parametrize("method", COUNTED)
async def test_what_telegram_counts_waits_for_its_turn(
    bot: Bot, stand_in: StandIn, anna: Phone, limiter: Limiter, ticks: Ticks, method: str
) -> None:
    for chat in range(PER_SECOND):
        await limiter.turn(chat)
    call = asyncio.ensure_future(COUNTED[method](bot, anna.id))
    await _settle()
    assert not stand_in.calls.of(method)
    ticks.seconds += 1.0
    limiter.let_go()
    await asyncio.gather(call, return_exceptions=True)
    assert len(stand_in.calls.of(method)) == 1


@pytest.mark.parametrize("method", UNCOUNTED)
async def test_what_telegram_does_not_count_never_waits(
    bot: Bot, stand_in: StandIn, limiter: Limiter, method: str
) -> None:
    for chat in range(PER_SECOND):
        await limiter.turn(chat)
    await asyncio.gather(UNCOUNTED[method](bot), return_exceptions=True)
    assert len(stand_in.calls.of(method)) == 1


@pytest.mark.parametrize("scope", Scope)
async def test_a_429_is_obeyed_for_the_scope_it_means(
    bot: Bot, stand_in: StandIn, anna: Phone, limiter: Limiter, ticks: Ticks, scope: Scope
) -> None:
    boris = stand_in.person("Борис")
    await boris.starts()
    if scope is Scope.CHAT:  # which is a chat's own only after haste
        for _ in range(2):
            await bot.send_message(anna.id, "а")
    stand_in.fails("sendMessage", Trouble.TOO_MANY_REQUESTS, retry_after=3, scope=scope)
    calls = [asyncio.ensure_future(bot.send_message(anna.id, "а"))]
    await _settle()
    calls.append(asyncio.ensure_future(bot.send_message(boris.id, "а")))
    await _settle()
    assert len(boris.messages) == (scope is Scope.CHAT)
    ticks.seconds += 3.0
    stand_in.clock.advance(3.0)
    limiter.let_go()
    await asyncio.gather(*calls)
    assert (len(boris.messages), stand_in.pace.too_early) == (1, [])


async def test_a_call_that_fails_has_had_its_turn(bot: Bot, limiter: Limiter, ticks: Ticks) -> None:
    for _ in range(PER_SECOND):
        with pytest.raises(TelegramAPIError):
            await bot.send_message(7, "а")
    waiting = asyncio.ensure_future(limiter.turn(8))
    await asyncio.sleep(0)
    assert not waiting.done()
    ticks.seconds += 1.0
    limiter.let_go()
    await waiting
