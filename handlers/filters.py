"""What routers ask before a handler is called."""

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from domain.person import Person
from texts import labels


class Registered(Filter):
    """Somebody the portal knows."""

    async def __call__(self, event: TelegramObject, person: Person | None = None) -> bool:
        """Whether the chat has its person."""
        return person is not None


class Operates(Filter):
    """An operator, as of this update."""

    async def __call__(self, event: TelegramObject, person: Person | None = None) -> bool:
        """Whether the person is one."""
        return person is not None and person.operator


class Private(Filter):
    """The bot acts in private chats only."""

    async def __call__(self, event: Message | CallbackQuery) -> bool:
        """Whether the event comes from one."""
        message = event.message if isinstance(event, CallbackQuery) else event
        return message is None or message.chat.type == ChatType.PRIVATE


class Shared(Filter):
    """A card of this very bot, sent from a list of cards."""

    async def __call__(self, message: Message, bot: Bot) -> bool:
        """Whether the message is one."""
        return message.via_bot is not None and message.via_bot.id == bot.id


class Answer(Filter):
    """A text that can be the answer to a question: commands and the menu's labels lead out of it instead."""

    async def __call__(self, message: Message) -> bool:
        """Whether it is such a text."""
        return message.text is not None and not message.text.startswith("/") and message.text not in labels.MENU
