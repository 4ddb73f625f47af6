"""The way to the Bot API: quick JSON, and every call that Telegram counts goes through the limiter."""

import json
import math
from http import HTTPStatus
from typing import Any, Final

import orjson
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    GetMe,
    GetMyDescription,
    GetMyName,
    GetMyShortDescription,
    Response,
    SendMessage,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiohttp import FormData
from aiohttp.payload import BytesPayload, Payload

from bot import metrics
from bot.limiter import Lane, Limiter, TooFast, lane
from handlers.speech import spoken

ANSWER_WITHIN: Final = 20.0
"""Seconds: well below the sender's lease."""
TRIES: Final = 3
WORTH_WAITING: Final = 10.0
"""Seconds that a tap is kept waiting after a 429; past them it fails and the person taps again."""


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates without a look into the updates: one that does not parse must not hide the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


_USED: Final[tuple[type[TelegramMethod[Any]], ...]] = (
    AnswerCallbackQuery,
    EditMessageText,
    GetMe,
    GetMyDescription,
    GetMyName,
    GetMyShortDescription,
    GetRawUpdates,
    SendMessage,
)
_PLAIN: Final = frozenset({"reply_markup", "entities", "caption_entities"})
"""What holds neither files nor aiogram's defaults, at any depth: pydantic has made it ready for JSON."""
_KEPT: Final = [Response[method.__returning__] for method in _USED]  # type: ignore[name-defined]
"""pydantic keeps such models weakly, and aiogram would build them anew for each call."""


def loads(text: str | bytes) -> Any:
    """JSON; half a surrogate pair, which can neither be kept nor sent back, is a question mark. Raises: ValueError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace"))
        except RecursionError:
            raise ValueError("nested too deep") from None


def dumps(value: Any) -> str:
    """JSON of anything that `loads` returns. Raises: ValueError, a few levels before `loads` does."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        try:
            return json.dumps(value)
        except RecursionError:
            raise ValueError("nested too deep") from None


class BotSession(AiohttpSession):
    """aiogram's session with our limiter in it."""

    def __init__(self, api_url: str, limiter: Limiter) -> None:
        super().__init__(
            api=TelegramAPIServer.from_base(api_url), json_loads=loads, json_dumps=dumps, timeout=ANSWER_WITHIN
        )
        self.limiter = limiter
        self.middleware(metrics.count_cuts)

    def build_form_data(self, bot: Bot, method: TelegramMethod[TelegramType]) -> FormData | Payload:  # type: ignore[override]
        """The call as JSON, which costs a fifth of a form; with files in it, aiogram's form."""
        files: dict[str, Any] = {}
        given = {}
        for name, item in method.model_dump(warnings=False, exclude_none=True).items():
            value = item if name in _PLAIN else self.prepare_value(item, bot, files, _dumps_json=False)
            if value is not None and value != "":
                given[name] = value
        if files:
            return super().build_form_data(bot, method)
        return BytesPayload(dumps(given).encode(), content_type="application/json")

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        """As aiogram's; what Telegram refuses is counted."""
        if status_code != HTTPStatus.OK:
            metrics.refused(status_code)
        return super().check_response(bot, method, status_code, content)

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """Call when it is one's turn; a tap tries again when Telegram's pause is short.

        Raises: what aiogram's session raises; TelegramRetryAfter also for a turn that is too far off.
        """
        method = spoken(method)
        # pydantic takes its time to say that a model has no such field.
        chat = method.__dict__.get("chat_id")
        if chat is None:  # Telegram counts what goes into a chat: not answers to taps, polling or the bot's profile
            return await super().make_request(bot, method, timeout)
        for tries_left in reversed(range(TRIES)):
            await self._turn(chat, method)
            try:
                return await super().make_request(bot, method, timeout)
            except TelegramRetryAfter as pause:
                self.limiter.stop(chat, pause.retry_after)
                if not tries_left or lane.get() is not Lane.TAP or pause.retry_after > WORTH_WAITING:
                    raise
        raise AssertionError("unreachable")

    async def _turn(self, chat: int | str, method: TelegramMethod[Any]) -> None:
        try:
            await self.limiter.turn(chat)
        except TooFast as refused:
            raise TelegramRetryAfter(method, "no turn yet", math.ceil(refused.seconds)) from None


def limiter_of(bot: Bot) -> Limiter:
    """What all calls of a bot go through."""
    assert isinstance(bot.session, BotSession), "the bot has another session than startup gives it"
    return bot.session.limiter
