"""What each kind of notification becomes in a chat."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiogram import Bot
from aiogram.types import (
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.formatting import Text

from bot import passing_on, reminding
from domain.status import Move, Status
from handlers.replies import shows
from keyboards import applications as application_keyboards
from keyboards import approvals as approval_keyboards
from keyboards import cancelling as cancelling_keyboards
from keyboards import consent as consent_keyboards
from keyboards import desk as desk_keyboards
from keyboards import management as management_keyboards
from keyboards import profile as profile_keyboards
from keyboards import recovery as recovery_keyboards
from keyboards.menu import commands, menu
from services.access import ANSWERED, ASKED
from services.approvals import NOT_OURS
from services.cancelling import COURSE_CANCELLED
from services.changes import CHANGED
from services.circulars import CIRCULAR
from services.consents import CONSENT_CHANGED
from services.desk import UNATTENDED
from services.moves import DIGEST, MOVED, MOVED_FOR_STAFF
from services.outbox import Parcel
from services.portal import Services
from services.privacy import FAREWELL_PROMPT
from services.prompting import NUDGED, PROMPT
from services.prompts import Drawing
from services.recovery import MOVE_STOPPED, MOVED_AWAY, MOVED_ON, RETURNED, ROLES_FOLLOWED
from services.reminders import EXPIRING, STARTS, WAITING, WITHOUT_GROUP
from services.roles import DEPUTY_ENDED, INVITATION_USED, MENU, ROLE_TAKEN
from services.ticketing import TICKET_CLOSED, TICKET_SAID, TICKET_TAKEN
from services.views import DecisionView
from services.watching import FAVOURITE
from texts import approvals, cancelling, circulars, desk, pushes, recovery, registration, roles
from texts.calendar_files import CalendarFile, file_with

CAPTION_LIMIT: Final = 1024
"""In UTF-16 units, which are never fewer than what Telegram counts."""

Push = Callable[[Bot, Services, Parcel], Awaitable[None]]


async def _moved(bot: Bot, services: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    file = file_with(told, services.calendar.zone)
    if Move(told["move"]) is Move.CANCEL_COURSE:
        await _cancelled(bot, services, parcel, file)
        return
    await _send(bot, parcel, pushes.moved(told), application_keyboards.pushed(told["application_id"]), file)


async def _cancelled(bot: Bot, services: Services, parcel: Parcel, file: CalendarFile | None) -> None:
    """With similar courses that are open now."""
    (told,) = parcel.payloads
    assert parcel.user_id is not None, "applications have their teachers"
    similar = await services.catalogue.instead_of(told["course_id"], parcel.user_id)
    text = cancelling.told_teacher(told, similar)
    await _send(bot, parcel, text, cancelling_keyboards.pushed(told["application_id"], similar), file)


async def _course_cancelled(bot: Bot, _: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    await _send(bot, parcel, cancelling.told_provider(told))


async def _circular(bot: Bot, _: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    await _send(bot, parcel, circulars.received(told))


async def _changed(bot: Bot, services: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    file = file_with(told, services.calendar.zone)
    await _send(bot, parcel, pushes.changed(told), application_keyboards.pushed(told["application_id"]), file)


async def _moved_for_staff(bot: Bot, _: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    await _send(bot, parcel, pushes.moved_for_staff(told))


async def _not_ours(bot: Bot, _: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    offered = None if told["barred"] else profile_keyboards.name_school()
    await _send(bot, parcel, pushes.not_ours(told), offered)


async def _role_taken(bot: Bot, services: Services, parcel: Parcel) -> None:
    """With the menu of whoever is in the chat today."""
    (told,) = parcel.payloads
    person = (await services.people.arrive(_reached(parcel))).person
    await _send(bot, parcel, roles.taken(told), None if person is None else menu(person))


async def _deputy_ended(bot: Bot, _: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    await _send(bot, parcel, roles.deputy_ended(told))


async def _invitation_used(bot: Bot, _: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    await _send(bot, parcel, roles.invitation_used(told))


async def _digest(bot: Bot, _: Services, parcel: Parcel) -> None:
    await _send(bot, parcel, pushes.digest(parcel.payloads))


async def _menu(bot: Bot, services: Services, parcel: Parcel) -> None:
    """The commands of whoever is in the chat today."""
    chat_id = _reached(parcel)
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
    """The message that shows the copy now; None, where a retired one is out of reach."""
    text, keyboard = _present(drawing.view)
    if drawing.message_id is not None and await shows(bot, drawing.chat_id, drawing.message_id, text, keyboard):
        return drawing.message_id
    if drawing.view is None or drawing.view.status is not Status.PENDING:
        return None
    return (await _send(bot, parcel, text, keyboard)).message_id


def _present(view: DecisionView | None) -> tuple[Text, InlineKeyboardMarkup | None]:
    if view is None:
        return Text(approvals.RETIRED), None
    return approvals.present(view), approval_keyboards.present(view)


async def _moved_away(bot: Bot, services: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    text = recovery.moved_away(told, services.calendar.zone)
    await _send(bot, parcel, text, recovery_keyboards.moved_away(told["recovery"]))


async def _moved_on(bot: Bot, _: Services, parcel: Parcel) -> None:
    await _send(bot, parcel, recovery.MOVED_ON, ReplyKeyboardRemove())


async def _move_stopped(bot: Bot, _: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    await _send(bot, parcel, recovery.move_stopped(told), ReplyKeyboardRemove())


async def _returned(bot: Bot, services: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    await _send(bot, parcel, recovery.returned(told), await _menu_in(services, parcel))


async def _roles_followed(bot: Bot, services: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    await _send(bot, parcel, recovery.roles_followed(told), await _menu_in(services, parcel))


async def _answered(bot: Bot, services: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    text = recovery.answered(told, services.calendar.zone)
    await _send(bot, parcel, text, await _menu_in(services, parcel))


async def _asked(bot: Bot, _: Services, parcel: Parcel) -> None:
    (told,) = parcel.payloads
    await _send(bot, parcel, desk.NEW_REQUEST, desk_keyboards.new_request(told["request"]))


async def _unattended(bot: Bot, _: Services, parcel: Parcel) -> None:
    await _send(bot, parcel, desk.UNATTENDED, management_keyboards.invite_support())


async def _consent_changed(bot: Bot, services: Services, parcel: Parcel) -> None:
    assert parcel.user_id is not None
    given = await services.consents.to_agree(parcel.user_id)
    if given is not None:
        text = registration.consent_changed(given.text)
        await _send(bot, parcel, text, consent_keyboards.agree(given.version))


async def _menu_in(services: Services, parcel: Parcel) -> ReplyKeyboardMarkup | None:
    """The menu of whoever is in the chat today; a stranger has none."""
    person = (await services.people.arrive(_reached(parcel))).person
    return None if person is None else menu(person)


async def _farewell_prompt(bot: Bot, _: Services, parcel: Parcel) -> None:
    """Nobody's question any more."""
    (told,) = parcel.payloads
    await shows(bot, _reached(parcel), told["message_id"], Text(approvals.RETIRED), None)


async def _send(
    bot: Bot,
    parcel: Parcel,
    text: Text,
    keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None = None,
    file: CalendarFile | None = None,
) -> Message:
    """One message: a text, or a file with the text under it where it fits there."""
    chat_id, silent = _reached(parcel), parcel.silent
    under_it = file is not None and len(text) <= CAPTION_LIMIT
    if file is None or not under_it:
        sent = await bot.send_message(chat_id, **text.as_kwargs(), reply_markup=keyboard, disable_notification=silent)
        if file is None:
            return sent
    caption = text.as_caption_kwargs() if under_it else {}
    return await bot.send_document(
        chat_id,
        BufferedInputFile(file.content, file.name),
        **caption,
        reply_markup=keyboard if under_it else None,
        disable_notification=silent,
    )


def _reached(parcel: Parcel) -> int:
    assert parcel.chat_id is not None, "the sender gives up what has no chat before it is drawn"
    return parcel.chat_id


PUSHES: Final[Mapping[str, Push]] = {
    MOVED: _moved,
    CHANGED: _changed,
    COURSE_CANCELLED: _course_cancelled,
    CIRCULAR: _circular,
    MOVED_FOR_STAFF: _moved_for_staff,
    NOT_OURS: _not_ours,
    ROLE_TAKEN: _role_taken,
    DEPUTY_ENDED: _deputy_ended,
    INVITATION_USED: _invitation_used,
    DIGEST: _digest,
    MENU: _menu,
    PROMPT: _prompt,
    NUDGED: reminding.nudged,
    WAITING: reminding.waiting,
    FAVOURITE: reminding.favourites,
    STARTS: reminding.starts,
    WITHOUT_GROUP: reminding.without_group,
    EXPIRING: reminding.expiring,
    FAREWELL_PROMPT: _farewell_prompt,
    MOVED_AWAY: _moved_away,
    MOVED_ON: _moved_on,
    MOVE_STOPPED: _move_stopped,
    RETURNED: _returned,
    ROLES_FOLLOWED: _roles_followed,
    ASKED: _asked,
    ANSWERED: _answered,
    CONSENT_CHANGED: _consent_changed,
    UNATTENDED: _unattended,
    TICKET_SAID: passing_on.said,
    TICKET_CLOSED: passing_on.closed,
    TICKET_TAKEN: passing_on.taken_over,
}
