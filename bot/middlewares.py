"""Who is this person today: asked once for each update, before any filter."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram import BaseMiddleware, Bot
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.enums import ChatType
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import StorageKey
from aiogram.types import TelegramObject, Update

from bot.fsm_storage import TalkKeeper, TalkStorage, current
from handlers.speech import reads_plain
from services.intake import PAST_64_BITS, Talk
from services.portal import Services

_storage: Final = TalkStorage()


def private_chat(context: EventContext) -> int | None:
    """The chat of somebody who writes in private; None for groups and channels."""
    if context.chat is None:
        return context.user_id
    return context.chat.id if context.chat.type == ChatType.PRIVATE else None


def _is_about_membership(event: TelegramObject) -> bool:
    """Telegram tells of a block in the chat that is blocked: nobody is there."""
    return isinstance(event, Update) and event.my_chat_member is not None


class Arriving(BaseMiddleware):
    """Hands on `person`, `state` and `raw_state`; expects `services` and `talks`.

    A handler that fails leaves the conversation as it was, before any error handler draws an answer.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """One statement, and one more trip where conversations are kept elsewhere."""
        chat_id = private_chat(data[EVENT_CONTEXT_KEY])
        data |= {"person": None, "raw_state": None}
        if chat_id is None:
            return await handler(event, data)
        if abs(chat_id) >= PAST_64_BITS:
            return None  # no chat of Telegram's: nobody waits for an answer
        services: Services = data["services"]
        talks: TalkKeeper = data["talks"]
        bot: Bot = data["bot"]
        arrival = await services.people.arrive(chat_id)
        if arrival.blocked and not _is_about_membership(event):
            await services.people.comes_back(chat_id)
        reads_plain.set(arrival.person is not None and arrival.person.plain)
        # A conversation is a person's in a chat: when a profile moves, nobody goes on with what it was asked here.
        key = StorageKey(bot.id, chat_id, arrival.person.id if arrival.person else chat_id)
        talk = await talks.load(key, arrival)
        current.set(talk)
        data |= {"person": arrival.person, "state": FSMContext(_storage, key), "raw_state": talk.state}
        before = Talk(talk.state, talk.answers)
        try:
            result = await handler(event, data)
        except BaseException:
            talk.state, talk.answers, talk.changed = before.state, before.answers, False
            raise
        await talks.save(key, talk)
        return result


class AskingAgain(BaseMiddleware):
    """What somebody came for comes first; then, where the text of the consent has changed, they are asked anew."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Expects what Arriving hands on."""
        result = await handler(event, data)
        if data["person"] is not None:
            await data["services"].consents.visit(data["person"])
        return result
