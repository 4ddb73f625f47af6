"""A real aiogram bot lives with the stand-in as with Telegram."""

import asyncio

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)

from playground.stand_in import StandIn

router = Router()


@router.message(F.text.startswith("/start"))
async def greet(message: Message) -> None:
    keys = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="📚 Каталог курсов")]], is_persistent=True)
    await message.answer("Здравствуйте", reply_markup=keys)


@router.message(F.text.contains("Каталог"))
async def offer(message: Message) -> None:
    row = [
        InlineKeyboardButton(text="✅ Записаться", callback_data="apply:1", style="success"),
        InlineKeyboardButton(text="Записаться позже", callback_data="later"),
    ]
    await message.answer("Курс", reply_markup=InlineKeyboardMarkup(inline_keyboard=[row]))
    await message.answer_document(BufferedInputFile(b"BEGIN:VCALENDAR", "курс.ics"))


@router.callback_query(F.data == "apply:1")
async def accept(tap: CallbackQuery) -> None:
    assert isinstance(tap.message, Message)
    await tap.message.edit_text("Ваша заявка принята")
    await tap.answer("Готово", show_alert=True)


async def test_a_real_bot_polls_answers_edits_and_sends_files(stand_in: StandIn) -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(stand_in.url))
    bot = Bot(stand_in.token, session=session)
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    teacher = stand_in.person("Анна")
    await teacher.starts()
    await teacher.hears("Здравствуйте")
    await teacher.presses("Каталог курсов")
    await teacher.is_shown("Курс", "Записаться")
    calendar = await teacher.hears("<document>")
    assert calendar.content["document"]["file_name"] == "курс.ics"
    assert await teacher.taps("Записаться") == "Готово"
    assert (await teacher.told()).alert
    accepted = await teacher.is_shown("Ваша заявка принята")
    assert not accepted.buttons
    await dispatcher.stop_polling()
    await polling
    await session.close()
