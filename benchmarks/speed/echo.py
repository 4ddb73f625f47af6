"""The bare bot: it says what it hears, and a tap edits the message."""

from aiogram import Dispatcher
from aiogram.types import CallbackQuery, Message

from benchmarks.speed.served import serve


async def on_message(message: Message) -> None:
    """Say it again."""
    await message.answer(message.text or "")


async def on_tap(tap: CallbackQuery) -> None:
    """One edit, one answer."""
    if isinstance(tap.message, Message):
        await tap.message.edit_text(tap.data or "")
    await tap.answer()


def main() -> None:
    """Serve it."""
    dispatcher = Dispatcher()
    dispatcher.message.register(on_message)
    dispatcher.callback_query.register(on_tap)
    serve(dispatcher)


if __name__ == "__main__":
    main()
