"""«Зачётная книжка»: looking back, the paper, and checking somebody's record."""

from aiogram import Bot, F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from domain.person import Person
from handlers.filters import FromMenu, Registered
from handlers.replies import hand_over, redraw, reply
from keyboards import record_book as keyboards
from keyboards.links import RECORD, check_link, record_token
from keyboards.record_book import PrintRecords, ShowRecord, ShowRecords
from services.portal import Services
from texts import documents, labels
from texts import record_book as texts

router = Router(name="record_book")
router.message.filter(Registered())
router.callback_query.filter(Registered())
check_router = Router(name="record_check")


@check_router.message(CommandStart(magic=F.args.regexp(RECORD.pattern)))
async def check(message: Message, command: CommandObject, services: Services) -> None:
    """A record's QR code was scanned, by somebody the portal need not know; what they were asked stays open."""
    found = await services.record_book.check(record_token(command.args))
    await reply(message, texts.checked(found))


@router.message(FromMenu("record_book", labels.RECORD_BOOK))
async def look(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """Completed courses, the newest first."""
    await state.clear()
    view = await services.record_book.look(0, person)
    await reply(message, texts.book(view), keyboards.book(view))


@router.callback_query(ShowRecords.filter())
async def turn(tap: CallbackQuery, callback_data: ShowRecords, person: Person, services: Services) -> None:
    """A page of them, in place."""
    view = await services.record_book.look(callback_data.page, person)
    await redraw(tap, texts.book(view), keyboards.book(view))


@router.callback_query(ShowRecord.filter())
async def one(tap: CallbackQuery, callback_data: ShowRecord, bot: Bot, person: Person, services: Services) -> None:
    """One of them, whole."""
    view = await services.record_book.one(callback_data.record, person)
    link = check_link(await bot.me(), view.check_token)
    await redraw(tap, texts.record(view), keyboards.record(link, callback_data.page))


@router.callback_query(PrintRecords.filter())
async def download(tap: CallbackQuery, bot: Bot, person: Person, services: Services) -> None:
    """All of them on paper."""
    extract = await services.record_book.extract(person)
    pdf = await documents.record_book(extract, check_link(await bot.me()))
    await hand_over(tap, documents.record_book_name(extract), pdf)
