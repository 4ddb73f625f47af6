"""What each kind of notification becomes as a letter."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from services.changes import CHANGED
from services.emails import EMAIL_CODE
from services.letters import FAREWELL, SECURITY, security_of
from services.moves import MOVED
from services.outbox import Parcel
from services.portal import Services
from texts import letters
from texts.letters import Letter

Outgoing = tuple[str, Letter]
"""An address and what goes there."""
Write = Callable[[Services, Parcel], Awaitable[Outgoing | None]]


async def _email_code(services: Services, parcel: Parcel) -> Outgoing | None:
    (told,) = parcel.payloads
    found = await services.emails.code_letter(told["code_id"])
    return None if found is None else (found.address, letters.email_code(found))


async def _moved(services: Services, parcel: Parcel) -> Outgoing | None:
    (told,) = parcel.payloads
    course = await services.letters.course_of(told["application_id"])
    return None if course is None else _to(parcel.address, letters.moved(told, course, services.calendar.zone))


async def _changed(services: Services, parcel: Parcel) -> Outgoing | None:
    (told,) = parcel.payloads
    course = await services.letters.course_of(told["application_id"])
    return None if course is None else _to(parcel.address, letters.changed(told, course, services.calendar.zone))


async def _security(services: Services, parcel: Parcel) -> Outgoing | None:
    """To the address that was replaced, or to the person's own."""
    (told,) = parcel.payloads
    replaced = told.get("code_id")
    address = parcel.address if replaced is None else await services.letters.replaced_by(replaced)
    return _to(address, letters.security(security_of(told), services.calendar.zone))


async def _farewell(services: Services, parcel: Parcel) -> Outgoing | None:
    """To the address of a profile that is gone."""
    (told,) = parcel.payloads
    return _to(told["address"], letters.security(security_of(told), services.calendar.zone))


def _to(address: str | None, letter: Letter) -> Outgoing | None:
    return None if address is None else (address, letter)


LETTERS: Final[Mapping[str, Write]] = {
    EMAIL_CODE: _email_code,
    MOVED: _moved,
    CHANGED: _changed,
    SECURITY: _security,
    FAREWELL: _farewell,
}
