"""«Мои данные» and «Удалить профиль»."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import answer, below, files_below, redraw
from keyboards import privacy as keyboards
from keyboards.menu import no_menu
from keyboards.privacy import ReadMyConsent, RemoveProfile
from keyboards.profile import AskRemoval, SendMyData
from services.portal import Services
from texts import approvals, my_data
from texts import privacy as texts

router = Router(name="privacy")
router.callback_query.filter(Registered())


@router.callback_query(SendMyData.filter())
async def send_my_data(tap: CallbackQuery, person: Person, services: Services) -> None:
    """Everything that is kept about the person, as files."""
    everything = await services.privacy.my_data(person)
    await answer(tap, texts.ON_THE_WAY)
    files = await my_data.files(everything, services.calendar.zone)
    await files_below(tap, files, texts.FILES, keyboards.my_data())


@router.callback_query(ReadMyConsent.filter())
async def read_my_consent(tap: CallbackQuery, person: Person, services: Services) -> None:
    """The text that the person agreed to."""
    given = await services.privacy.consent(person)
    await answer(tap)
    await below(tap, texts.consent(given, services.calendar.zone))


@router.callback_query(AskRemoval.filter())
async def ask_removal(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """The first tap: what would happen."""
    await state.clear()
    removal = await services.privacy.to_remove(person)
    await redraw(tap, texts.confirm_removal(removal), keyboards.confirm_removal(removal))


@router.callback_query(RemoveProfile.filter())
async def remove_profile(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """The second tap: the chat is a stranger's from now on."""
    await state.clear()
    removed = await services.privacy.remove(person, approvals.OUR_WORDS)
    await redraw(tap, texts.removed(removed))
    await below(tap, texts.COME_AGAIN, no_menu())
