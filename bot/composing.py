"""The words of each kind of notification that is the same in a chat and in a letter."""

from collections.abc import Mapping
from typing import Final

from aiogram.types import ReplyKeyboardMarkup, ReplyKeyboardRemove

from bot import passing_on, reminding
from bot.wording import Compose, Wording, reader
from domain.status import Move
from keyboards import applications as application_keyboards
from keyboards import cancelling as cancelling_keyboards
from keyboards import consent as consent_keyboards
from keyboards import desk as desk_keyboards
from keyboards import management as management_keyboards
from keyboards import profile as profile_keyboards
from keyboards import recovery as recovery_keyboards
from keyboards.menu import menu
from services.access import ANSWERED, ASKED
from services.approvals import NOT_OURS
from services.cancelling import COURSE_CANCELLED
from services.changes import CHANGED
from services.circulars import CIRCULAR
from services.consents import CONSENT_CHANGED
from services.desk import UNATTENDED
from services.faults import FAULT
from services.moves import DIGEST, MOVED, MOVED_FOR_STAFF
from services.news import NEW_COURSES
from services.outbox import Parcel
from services.portal import Services
from services.recovery import MOVE_STOPPED, MOVED_AWAY, MOVED_ON, RETURNED, ROLES_FOLLOWED
from services.reminders import EXPIRING, STARTS, WAITING, WITHOUT_GROUP
from services.roles import DEPUTY_ENDED, INVITATION_USED, ROLE_TAKEN
from services.ticketing import TICKET_CLOSED, TICKET_TAKEN
from services.watching import FAVOURITE
from texts import cancelling, circulars, desk, faults, pushes, recovery, registration, roles
from texts.calendar_files import file_with


async def _moved(services: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    if Move(told["move"]) is Move.CANCEL_COURSE:
        return await _cancelled(services, parcel)
    file = file_with(told, services.calendar.zone)
    return Wording(pushes.moved(told), application_keyboards.pushed(told["application_id"]), file)


async def _cancelled(services: Services, parcel: Parcel) -> Wording:
    """With similar courses that are open now."""
    (told,) = parcel.payloads
    similar = await services.catalogue.instead_of(told["course_id"], reader(parcel))
    text = cancelling.told_teacher(told, similar)
    keyboard = cancelling_keyboards.pushed(told["application_id"], similar)
    return Wording(text, keyboard, file_with(told, services.calendar.zone))


async def _course_cancelled(_: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(cancelling.told_provider(told))


async def _circular(_: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(circulars.received(told))


async def _changed(services: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    file = file_with(told, services.calendar.zone)
    return Wording(pushes.changed(told), application_keyboards.pushed(told["application_id"]), file)


async def _moved_for_staff(_: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(pushes.moved_for_staff(told))


async def _not_ours(_: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(pushes.not_ours(told), None if told["barred"] else profile_keyboards.name_school())


async def _role_taken(services: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(roles.taken(told), await _menu_in(services, parcel))


async def _deputy_ended(_: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(roles.deputy_ended(told))


async def _invitation_used(_: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(roles.invitation_used(told))


async def _digest(_: Services, parcel: Parcel) -> Wording:
    return Wording(pushes.digest(parcel.payloads))


async def _moved_away(services: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    text = recovery.moved_away(told, services.calendar.zone)
    return Wording(text, recovery_keyboards.moved_away(told["recovery"]))


async def _moved_on(_: Services, __: Parcel) -> Wording:
    return Wording(recovery.MOVED_ON, ReplyKeyboardRemove())


async def _move_stopped(_: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(recovery.move_stopped(told), ReplyKeyboardRemove())


async def _returned(services: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(recovery.returned(told), await _menu_in(services, parcel))


async def _roles_followed(services: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(recovery.roles_followed(told), await _menu_in(services, parcel))


async def _answered(services: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(recovery.answered(told, services.calendar.zone), await _menu_in(services, parcel))


async def _asked(_: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(desk.NEW_REQUEST, desk_keyboards.new_request(told["request"]))


async def _unattended(_: Services, __: Parcel) -> Wording:
    return Wording(desk.UNATTENDED, management_keyboards.invite_support())


async def _consent_changed(services: Services, parcel: Parcel) -> Wording | None:
    given = await services.consents.to_agree(reader(parcel), parcel.payloads[0]["version"])
    if given is None:
        return None
    return Wording(registration.consent_changed(given.text), consent_keyboards.agree(given.version))


async def _fault(services: Services, parcel: Parcel) -> Wording:
    (told,) = parcel.payloads
    return Wording(faults.told(told, services.calendar.zone))


async def _menu_in(services: Services, parcel: Parcel) -> ReplyKeyboardMarkup | None:
    """The menu of whoever is in the chat today; a stranger has none, and a letter neither."""
    if parcel.chat_id is None:
        return None
    person = (await services.people.arrive(parcel.chat_id)).person
    return None if person is None else menu(person)


WORDINGS: Final[Mapping[str, Compose]] = {
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
    WAITING: reminding.waiting,
    FAVOURITE: reminding.favourites,
    STARTS: reminding.starts,
    NEW_COURSES: reminding.new_courses,
    WITHOUT_GROUP: reminding.without_group,
    EXPIRING: reminding.expiring,
    MOVED_AWAY: _moved_away,
    MOVED_ON: _moved_on,
    MOVE_STOPPED: _move_stopped,
    RETURNED: _returned,
    ROLES_FOLLOWED: _roles_followed,
    ASKED: _asked,
    ANSWERED: _answered,
    CONSENT_CHANGED: _consent_changed,
    UNATTENDED: _unattended,
    FAULT: _fault,
    TICKET_CLOSED: passing_on.closed,
    TICKET_TAKEN: passing_on.taken_over,
}
