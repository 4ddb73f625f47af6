"""«Согласен(на)» under a new text of the consent; whatever else somebody is in the middle of goes on."""

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import redraw
from keyboards import consent as keyboards
from keyboards.consent import Agree
from services.portal import Services
from texts import registration as texts

router = Router(name="consent")
router.callback_query.filter(Registered())


@router.callback_query(Agree.filter())
async def agree(tap: CallbackQuery, callback_data: Agree, person: Person, services: Services) -> None:
    """To the text under which the button stands, or, where it has changed once more, to none yet."""
    newer = await services.consents.agree(callback_data.version, person)
    if newer is None:
        await redraw(tap, texts.AGREED)
    else:
        await redraw(tap, texts.consent_changed(newer.text), keyboards.agree(newer.version))
