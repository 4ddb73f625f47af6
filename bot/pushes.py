"""What each kind of notification becomes in a chat."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from aiogram import Bot
from aiogram.types import BotCommandScopeChat, InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from bot import passing_on, reminding
from bot.composing import WORDINGS
from bot.wording import Compose, Wording, reached, send
from domain.status import Status
from handlers.replies import shows
from keyboards import approvals as approval_keyboards
from keyboards.menu import commands
from services.outbox import Parcel
from services.portal import Services
from services.privacy import FAREWELL_PROMPT
from services.prompting import NUDGED, PROMPT
from services.prompts import Drawing
from services.roles import MENU
from services.ticketing import TICKET_SAID
from services.views import DecisionView
from texts import approvals

Push = Callable[[Bot, Services, Parcel], Awaitable[None]]


async def _say(compose: Compose, bot: Bot, services: Services, parcel: Parcel) -> None:
    wording = await compose(services, parcel)
    if wording is not None:
        await send(bot, parcel, wording)


async def _menu(bot: Bot, services: Services, parcel: Parcel) -> None:
    """The commands of whoever is in the chat today."""
    chat_id = reached(parcel)
    arrival = await services.people.arrive(chat_id)
    await bot.set_my_commands(commands(arrival.person), BotCommandScopeChat(chat_id=chat_id))


async def _prompt(bot: Bot, services: Services, parcel: Parcel) -> None:
    """A copy of an application on an approver's screen: a new message, or the one it is on, as things are now."""
    prompt_id = parcel.payloads[0]["prompt_id"]
    drawing = await services.prompts.drawing(prompt_id)
    if drawing is None:
        return
    message_id = await _draw(bot, parcel, drawing)
    if message_id is not None and drawing.view is not None:
        await services.prompts.drawn(prompt_id, message_id, drawing.view.version)


async def _draw(bot: Bot, parcel: Parcel, drawing: Drawing) -> int | None:
    """The message that shows the copy now. Where the one it was on is out of reach, a new one comes in its place.

    None, where a new one would say nothing: that something else is no business of this person's, or only that the
    time for «Отменить решение» is over.
    """
    text, keyboard = _present(drawing.view)
    if drawing.message_id is not None and await shows(bot, drawing.chat_id, drawing.message_id, text, keyboard):
        return drawing.message_id
    waits = drawing.view is not None and drawing.view.status is Status.PENDING
    if drawing.view is None or (parcel.payloads[0].get("in_place") and not waits):
        return None
    return (await send(bot, parcel, Wording(text, keyboard))).message_id


def _present(view: DecisionView | None) -> tuple[Text, InlineKeyboardMarkup | None]:
    if view is None:
        return Text(approvals.RETIRED), None
    return approvals.present(view), approval_keyboards.present(view)


async def _farewell_prompt(bot: Bot, _: Services, parcel: Parcel) -> None:
    """Nobody's question any more."""
    (told,) = parcel.payloads
    await shows(bot, reached(parcel), told["message_id"], Text(approvals.RETIRED), None)


PUSHES: Final[Mapping[str, Push]] = {
    **{kind: partial(_say, compose) for kind, compose in WORDINGS.items()},
    MENU: _menu,
    PROMPT: _prompt,
    NUDGED: reminding.nudged,
    FAREWELL_PROMPT: _farewell_prompt,
    TICKET_SAID: passing_on.said,
}
