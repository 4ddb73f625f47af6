"""What each kind of notification becomes as a letter."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from bot import passing_on
from bot.composing import WORDINGS
from bot.wording import Compose, Wording, reader
from domain.status import Status
from services.changes import CHANGED
from services.emails import EMAIL_CODE
from services.letters import FAREWELL, SECURITY, security_of
from services.moves import MOVED
from services.outbox import Parcel
from services.portal import Services
from services.prompting import NUDGED, PROMPT
from services.ticketing import TICKET_SAID
from texts import approvals, letters
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


async def _prompt(services: Services, parcel: Parcel) -> Wording | None:
    """A question for an approver that has not reached their screen; what was on it is not written of again."""
    drawing = await services.prompts.drawing(parcel.payloads[0]["prompt_id"])
    if drawing is None or drawing.message_id is not None or drawing.view is None:
        return None
    return Wording(approvals.prompt(drawing.view)) if drawing.view.status is Status.PENDING else None


async def _nudged(services: Services, parcel: Parcel) -> Wording | None:
    """A question whose answer is waited for."""
    view = await services.prompts.again(parcel.payloads[0]["application_id"], reader(parcel))
    return None if view is None else Wording(approvals.prompt(view))


async def _in_place(compose: Compose, services: Services, parcel: Parcel) -> Outgoing | None:
    """What the chat does not take, in the words that it would have been said in there."""
    wording = await compose(services, parcel)
    return None if wording is None else _to(parcel.address, letters.in_place_of_message(wording.text, wording.file))


IN_PLACE: Final[Mapping[str, Compose]] = {
    **WORDINGS,
    PROMPT: _prompt,
    NUDGED: _nudged,
    TICKET_SAID: passing_on.written,
}
"""Every message that says something to a registered person, for when only a letter reaches them."""
LETTERS: Final[Mapping[str, Write]] = {
    **{kind: partial(_in_place, compose) for kind, compose in IN_PLACE.items()},
    EMAIL_CODE: _email_code,
    MOVED: _moved,
    CHANGED: _changed,
    SECURITY: _security,
    FAREWELL: _farewell,
}
