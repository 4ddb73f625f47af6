"""Sheets for a notice board: a course, a provider's catalogue."""

from aiogram import Bot, Router
from aiogram.types import CallbackQuery

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import answer, files_below
from keyboards import links
from keyboards.catalogue import DrawPoster
from keyboards.ways import DrawCatalogue
from services.portal import Services
from texts import posters as texts

router = Router(name="posters")
router.callback_query.filter(Registered())


@router.callback_query(DrawPoster.filter())
async def course(tap: CallbackQuery, callback_data: DrawPoster, bot: Bot, person: Person, services: Services) -> None:
    """A course, as a picture and as a page."""
    view = await services.sharing.course(callback_data.course, person)
    await answer(tap, texts.DRAWING)
    username = (await bot.me()).username or ""
    drawn = await texts.course(view, links.course(username, view.id), links.address(username))
    await files_below(tap, [drawn.picture, drawn.paper], texts.READY)


@router.callback_query(DrawCatalogue.filter())
async def catalogue(
    tap: CallbackQuery, callback_data: DrawCatalogue, bot: Bot, person: Person, services: Services
) -> None:
    """A provider's catalogue; of somebody's own providers, each."""
    views = await services.sharing.providers(callback_data.provider or None, person)
    await answer(tap, texts.DRAWING)
    username = (await bot.me()).username or ""
    for view in views:
        drawn = await texts.catalogue(view, links.provider(username, view.id), links.address(username))
        await files_below(tap, [drawn.picture, drawn.paper], texts.READY)
