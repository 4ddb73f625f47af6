"""What routers ask before a handler is called."""

from typing import Any

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.filters import Command, Filter
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


class FromMenu(Filter):
    """A line of the menu, tapped as its label or typed as its command."""

    def __init__(self, command: str, label: str) -> None:
        self.label = label
        self._command = Command(command)

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        """Whether the message is one."""
        return message.text == self.label or await self._command(message, bot)


class NotCommand(Filter):
    """A text that is no command."""

    async def __call__(self, message: Message) -> bool:
        """Whether it is such a text."""
        return message.text is not None and not message.text.startswith("/")


class Answer(NotCommand):
    """A text that can be the answer to a question: commands and the menu's labels lead out of it instead."""

    async def __call__(self, message: Message) -> bool:
        """Whether it is such a text."""
        return message.text not in labels.MENU and await super().__call__(message)


class PassedOn(Answer):
    """What support is told: an answer, a picture or a document. An album comes picture by picture."""

    async def __call__(self, message: Message) -> bool:
        """Whether it is such a message."""
        return bool(message.photo or message.document) or await super().__call__(message)
