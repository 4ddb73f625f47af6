"""What each kind of notification becomes as a letter."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from services.emails import EMAIL_CODE
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
    return None if course is None or parcel.address is None else (parcel.address, letters.moved(told, course))


LETTERS: Final[Mapping[str, Write]] = {EMAIL_CODE: _email_code, MOVED: _moved}
