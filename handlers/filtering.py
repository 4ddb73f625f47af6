"""«Фильтры»: what is chosen, choosing, and all of it cleared in one tap."""

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import redraw
from keyboards import catalogue as catalogue_keyboards
from keyboards import filtering as keyboards
from keyboards.filtering import Choose, ShowChoices
from keyboards.ways import ClearFilters, ShowFilters
from services.portal import Services
from texts import catalogue as catalogue_texts
from texts import filtering as texts

router = Router(name="filtering")
router.callback_query.filter(Registered())


@router.callback_query(ShowFilters.filter())
async def show(tap: CallbackQuery, callback_data: ShowFilters, person: Person, services: Services) -> None:
    """The kinds, with what is chosen of each."""
    view = await services.filtering.look(callback_data.search, person)
    await redraw(tap, texts.filters(view), keyboards.filters(view))


@router.callback_query(ShowChoices.filter())
async def choices(tap: CallbackQuery, callback_data: ShowChoices, person: Person, services: Services) -> None:
    """The choices of one kind."""
    asked = callback_data
    view = await services.filtering.choices(asked.kind, asked.search, asked.page, person)
    await redraw(tap, texts.choices(view), keyboards.choices(view))


@router.callback_query(Choose.filter())
async def choose(tap: CallbackQuery, callback_data: Choose, person: Person, services: Services) -> None:
    """A choice is kept."""
    asked = callback_data
    view = await services.filtering.choose(asked.kind, asked.key, asked.search, person)
    await redraw(tap, texts.filters(view), keyboards.filters(view))


@router.callback_query(ClearFilters.filter())
async def clear(tap: CallbackQuery, callback_data: ClearFilters, person: Person, services: Services) -> None:
    """Every course again, on the list itself."""
    view = await services.filtering.clear(callback_data.search, person)
    await redraw(tap, catalogue_texts.found(view), catalogue_keyboards.found(view))
