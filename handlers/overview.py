"""«Сводка»: how things stand at a school, a provider or the whole portal, as a picture and as tables."""

from aiogram import Bot, Router
from aiogram.enums import ChatAction
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import answer, below, reply
from keyboards import overview as keyboards
from keyboards.overview import ShowOverview
from services.overview import Choice, Overview
from services.portal import Services
from texts import overview as texts

router = Router(name="overview")
router.message.filter(Registered())
router.callback_query.filter(Registered())


@router.message(Command("overview"))
async def of_mine(message: Message, state: FSMContext, bot: Bot, person: Person, services: Services) -> None:
    """Of whatever the person may see; who may see more than one thing is asked."""
    await state.clear()
    view = await services.overviews.look(None, 0, person)
    if isinstance(view, Choice):
        await reply(message, texts.choose(view), keyboards.choose(view))
    else:
        await _send(bot, person.chat_id, view)


@router.callback_query(ShowOverview.filter())
async def of_one(tap: CallbackQuery, callback_data: ShowOverview, bot: Bot, person: Person, services: Services) -> None:
    """Of a school, a provider or the portal, below the screen that it was asked from."""
    view = await services.overviews.look(callback_data.place, callback_data.id, person)
    if isinstance(view, Choice):
        await answer(tap)
        await below(tap, texts.choose(view), keyboards.choose(view))
    else:
        await answer(tap, texts.DRAWING)
        await _send(bot, person.chat_id, view)


async def _send(bot: Bot, chat_id: int, view: Overview) -> None:
    """The picture with the main numbers in words, then the tables; without a picture the words go with the tables."""
    await bot.send_chat_action(chat_id, ChatAction.UPLOAD_PHOTO)
    picture = await texts.picture(view)
    file = BufferedInputFile(await texts.tables(view), texts.table_name(view))
    said = texts.caption(view).as_caption_kwargs()
    if picture is None:
        await bot.send_document(chat_id, file, **said)
        return
    await bot.send_photo(chat_id, BufferedInputFile(picture, texts.picture_name(view)), **said)
    await bot.send_document(chat_id, file, caption=texts.FILE)
