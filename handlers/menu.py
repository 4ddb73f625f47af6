"""The menu, the guide, /cancel."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import redraw, reply
from keyboards import menu as keyboards
from keyboards.menu import ShowGuide
from texts import guide
from texts import menu as texts

router = Router(name="menu")
router.message.filter(Registered())


@router.message(Command("menu"))
async def show_menu(message: Message, state: FSMContext, person: Person) -> None:
    """The menu, whatever went on before."""
    await state.clear()
    await reply(message, texts.MENU, keyboards.menu(person))


@router.message(Command("cancel"))
async def cancel(message: Message, state: FSMContext, raw_state: str | None, person: Person) -> None:
    """Out of whatever question was open."""
    await state.clear()
    await reply(message, texts.CANCELLED if raw_state else texts.NOTHING_TO_CANCEL, keyboards.menu(person))


guide_router = Router(name="guide")


@guide_router.message(Command("help"))
async def show_guide(message: Message) -> None:
    """«В первый раз на портале», for strangers too."""
    await reply(message, guide.contents(), keyboards.contents())


@guide_router.callback_query(ShowGuide.filter(F.page < 0))
async def contents(tap: CallbackQuery) -> None:
    """Back to the contents."""
    await redraw(tap, guide.contents(), keyboards.contents())


@guide_router.callback_query(ShowGuide.filter())
async def page(tap: CallbackQuery, callback_data: ShowGuide) -> None:
    """A page of the guide, turned in place."""
    await redraw(tap, guide.page(callback_data.page), keyboards.page(callback_data.page))
