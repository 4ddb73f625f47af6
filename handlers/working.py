"""What takes long: one message that says how far it is and becomes what came of it; and files out of Telegram."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from types import TracebackType
from typing import Final, Self

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text
from aiohttp import ClientError

from domain.errors import DomainError, FileGone, FileTooLarge
from domain.uploads import require_size
from handlers.replies import answer, redraw, shows
from handlers.speech import content
from services.intake import AlreadyHandled
from texts import errors

FETCHED_WITHIN: Final = 60
_TOO_LARGE: Final = "file is too big"


async def fetched(bot: Bot, file_id: str) -> bytes:
    """A file's bytes from Telegram.

    Raises: FileTooLarge, FileGone.
    """
    try:
        file = await bot.get_file(file_id)
        require_size(file.file_size)
        if file.file_path is None:
            raise FileGone
        content = BytesIO()
        await bot.download_file(file.file_path, content, timeout=FETCHED_WITHIN)
    except (AiogramError, ClientError, TimeoutError) as refusal:
        raise (FileTooLarge if _TOO_LARGE in str(refusal) else FileGone) from None
    return content.getvalue()


class Working:
    """The message, as a context: `begin` it of a text or a tap, call `progress`, `end` it.

    A named error becomes what the message says, since nothing else would take away its «…».
    """

    def __init__(self, bot: Bot, chat_id: int, message_id: int, said: Callable[[int, int], str], every: float) -> None:
        """`every`: so many seconds between two words on how far it is."""
        self._every = every
        self._bot = bot
        self._chat_id = chat_id
        self._message_id = message_id
        self._said = said
        self._so_far: tuple[int, int] | None = None
        self._stopped = asyncio.Event()
        self._saying: asyncio.Task[None] | None = None

    @classmethod
    async def begin(
        cls, event: Message | CallbackQuery, first: str, said: Callable[[int, int], str], every: float
    ) -> Self:
        """A new message under a text, or the tapped one; it says `first`. A tap is answered: it cannot wait."""
        assert event.bot is not None
        if isinstance(event, Message):
            posted = await event.answer(first)
            return cls(event.bot, posted.chat.id, posted.message_id, said, every)
        message = event.message
        if isinstance(message, Message):
            await redraw(event, first)
            return cls(event.bot, message.chat.id, message.message_id, said, every)
        posted = await event.bot.send_message(event.from_user.id, first)
        await answer(event)
        return cls(event.bot, posted.chat.id, posted.message_id, said, every)

    def progress(self, done: int, total: int) -> None:
        """So much is done of so much."""
        self._so_far = (done, total)

    async def end(self, text: Text, keyboard: InlineKeyboardMarkup | None, file: tuple[str, bytes] | None) -> None:
        """What came of it, with a file in a message below."""
        await self._stop()
        if not await shows(self._bot, self._chat_id, self._message_id, text, keyboard):
            await self._bot.send_message(self._chat_id, **content(text), reply_markup=keyboard)
        if file is not None:
            await self._bot.send_document(self._chat_id, BufferedInputFile(file[1], file[0]))

    async def __aenter__(self) -> Self:
        self._saying = asyncio.create_task(self._say())
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> bool:
        await self._stop()
        if isinstance(error, DomainError):
            await self.end(Text(errors.said(error)), None, None)
            return True
        if isinstance(error, Exception) and not isinstance(error, AlreadyHandled):
            with suppress(AiogramError):  # the fault itself goes on to the log
                await self.end(Text(errors.UNEXPECTED), None, None)
        return False

    async def _say(self) -> None:
        """An edit that was begun comes to its end: it must not arrive after the last one."""
        told = None
        while not self._stopped.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), self._every)
            if self._so_far not in {None, told} and not self._stopped.is_set():
                told = self._so_far
                assert told is not None
                with suppress(AiogramError):  # how far it is can be left out
                    await shows(self._bot, self._chat_id, self._message_id, self._said(*told), None)

    async def _stop(self) -> None:
        self._stopped.set()
        if self._saying is not None:
            await self._saying
