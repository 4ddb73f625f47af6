"""`@bot …` in any chat: cards of courses to pass on."""

from aiogram import Bot, Router
from aiogram.types import InlineQuery

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import offer
from keyboards import inline as keyboards
from services.portal import Services

router = Router(name="inline")


@router.inline_query(Registered())
async def cards(query: InlineQuery, bot: Bot, person: Person, services: Services) -> None:
    """What answers the words typed so far; for none: own favourites and what closes soonest."""
    view = await services.sharing.offered(query.query, keyboards.offset(query.offset), person)
    button = None if view.courses else keyboards.portal()
    found = keyboards.cards(view, (await bot.me()).username or "")
    await offer(query, found, button, keyboards.next_offset(view))


@router.inline_query()
async def stranger(query: InlineQuery) -> None:
    """Somebody the portal does not know yet."""
    await offer(query, [], keyboards.portal())
