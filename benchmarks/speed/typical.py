"""A bot as tutorials build them: a session for each update on the engine as it comes, a row for the user, LIKE."""

import os
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram import Dispatcher, F
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, TelegramObject
from sqlalchemy import BigInteger, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.speed.served import serve

PAGE: Final = 7
Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Base(DeclarativeBase):
    """Its tables."""


class Reader(Base):
    """Whoever writes to the bot."""

    __tablename__ = "typical_readers"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]


class Lesson(Base):
    """A course."""

    __tablename__ = "typical_lessons"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    title: Mapped[str]
    annotation: Mapped[str]


def with_sessions(make: async_sessionmaker[AsyncSession]) -> Callable[..., Awaitable[Any]]:
    """The middleware: a session and the user, for each update."""

    async def middleware(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        async with make() as session:
            user = data["event_from_user"]
            if await session.get(Reader, user.id) is None:
                session.add(Reader(id=user.id, name=user.full_name))
            data["session"] = session
            outcome = await handler(event, data)
            await session.commit()
            return outcome

    return middleware


async def search(message: Message, session: AsyncSession) -> None:
    """The first page of what holds the text."""
    pattern = f"%{message.text}%"
    found = select(Lesson).where(Lesson.title.ilike(pattern) | Lesson.annotation.ilike(pattern)).limit(PAGE)
    lessons = (await session.scalars(found)).all()
    rows = [
        [InlineKeyboardButton(text=f"{one.code} · {one.title[:40]}", callback_data=f"card:{one.id}")] for one in lessons
    ]
    text = "\n\n".join(f"{one.code} — {one.title}" for one in lessons) or "Ничего не нашлось"
    await message.answer(text, reply_markup=InlineKeyboardMarkup(inline_keyboard=rows))


async def card(tap: CallbackQuery, session: AsyncSession) -> None:
    """A course."""
    lesson = await session.get(Lesson, int((tap.data or "").partition(":")[2]))
    if lesson is not None and isinstance(tap.message, Message):
        back = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Назад", callback_data="back")]])
        await tap.message.edit_text(f"{lesson.code}\n{lesson.title}\n\n{lesson.annotation}", reply_markup=back)
    await tap.answer()


def main() -> None:
    """Serve it."""
    engine = create_async_engine(os.environ["DATABASE_URL"])
    dispatcher = Dispatcher()
    dispatcher.update.outer_middleware(with_sessions(async_sessionmaker(engine, expire_on_commit=False)))
    dispatcher.message.register(search)
    dispatcher.callback_query.register(card, F.data.startswith("card:"))
    serve(dispatcher)


if __name__ == "__main__":
    main()
