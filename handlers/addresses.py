"""An address as it is typed, wherever one is asked for: a slip in a usual domain is offered corrected."""

from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from handlers.replies import reply
from keyboards import registration as keyboards
from keyboards.registration import ChooseEmail
from services.emails import address
from texts import registration as texts


async def read(message: Message, state: FSMContext) -> str | None:
    """The address that was typed; None, where it looks like a slip and the person is asked which was meant.

    Raises: BadEmail, TooLong, TooShort.
    """
    found = address(message.text or "")
    if found.corrected is None:
        return found.email
    await state.update_data(offered=[found.email, found.corrected])
    await reply(message, texts.corrected(found.email), keyboards.corrected(found.email, found.corrected))
    return None


async def chosen(callback_data: ChooseEmail, state: FSMContext) -> str | None:
    """Which of the two; None, where none are offered any more."""
    offered: list[str] | None = (await state.get_data()).get("offered")
    return None if offered is None else offered[callback_data.corrected]
