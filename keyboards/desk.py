"""Support's buttons."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from keyboards.rows import APPROVING, LEADING, REFUSING, Id, PageNumber, button, keyboard, pages
from services.access import Hold, HoldLine, ProfileLine, RequestLine, ToMove
from services.desk import Work, WorkLine
from services.views import Page
from texts import desk as texts
from texts import labels


class ShowDesk(CallbackData, prefix="desk"):
    """The work that waits."""


class ShowTicketQueue(CallbackData, prefix="desk1"):
    """Open tickets."""

    page: PageNumber = 0


class ShowClosedTickets(CallbackData, prefix="desk2"):
    """Closed ones."""

    page: PageNumber = 0


class ShowRequests(CallbackData, prefix="asks"):
    """Requests for profiles."""

    page: PageNumber = 0


class OpenRequest(CallbackData, prefix="ask"):
    """One of them."""

    request: Id


class FindProfile(CallbackData, prefix="ask?"):
    """«Найти профиль»."""

    request: Id


class OpenProfile(CallbackData, prefix="prof"):
    """A profile that was found."""

    request: Id
    user: Id


class AskMove(CallbackData, prefix="move?"):
    """«Перенести профиль»: for which reason?"""

    request: Id
    user: Id


class ConfirmMove(CallbackData, prefix="move"):
    """The second tap."""

    request: Id
    user: Id


class AskRefuse(CallbackData, prefix="ask-"):
    """«Отказать»: for which reason?"""

    request: Id


class ShowHolds(CallbackData, prefix="holds"):
    """Moves that hold roles."""

    page: PageNumber = 0


class OpenHold(CallbackData, prefix="hold"):
    """One of them."""

    recovery: Id


class AskSettle(CallbackData, prefix="hold?"):
    """«Подтвердить роли» or «Остановить перенос»: for which reason?"""

    recovery: Id
    agree: bool


_OPENS: Final[Mapping[Work, Callable[[], CallbackData]]] = {
    Work.TICKETS: ShowTicketQueue,
    Work.ACCESS: ShowRequests,
    Work.HOLDS: ShowHolds,
}


def desk(lines: Sequence[WorkLine]) -> InlineKeyboardMarkup | None:
    """A button a kind of work."""
    return keyboard(*([button(texts.work_button(line), _OPENS[line.work]())] for line in lines))


def requests(page: Page[RequestLine]) -> InlineKeyboardMarkup | None:
    """A button a request."""
    return keyboard(
        *([button(texts.request_button(line), OpenRequest(request=line.id))] for line in page.lines),
        pages(page, lambda number: ShowRequests(page=number)),
        [button(labels.TO_REQUESTS, ShowDesk())],
    )


def new_request(request_id: int) -> InlineKeyboardMarkup | None:
    """Straight to it."""
    return keyboard([button(labels.OPEN_REQUEST, OpenRequest(request=request_id), LEADING)])


def request(line: RequestLine) -> InlineKeyboardMarkup | None:
    """Whose it is, or a refusal."""
    return keyboard(
        [button(labels.FIND_PROFILE, FindProfile(request=line.id), LEADING)],
        [button(labels.REFUSE, AskRefuse(request=line.id), REFUSING)],
        [button(labels.BACK, ShowRequests())],
    )


def back_to_request(request_id: int) -> InlineKeyboardMarkup | None:
    """Back, without a word."""
    return keyboard([button(labels.BACK, OpenRequest(request=request_id))])


def found(request_id: int, profiles: Sequence[ProfileLine]) -> InlineKeyboardMarkup | None:
    """A button a profile."""
    return keyboard(
        *(
            [button(texts.profile_button(profile), OpenProfile(request=request_id, user=profile.id))]
            for profile in profiles
        ),
        [button(labels.BACK, OpenRequest(request=request_id))],
    )


def to_move(view: ToMove) -> InlineKeyboardMarkup | None:
    """Move it, or look for another."""
    return keyboard(
        [button(labels.MOVE_PROFILE, AskMove(request=view.request.id, user=view.profile.id), LEADING)],
        [button(labels.BACK, FindProfile(request=view.request.id))],
    )


def move_reason(view: ToMove) -> InlineKeyboardMarkup | None:
    """Back to the profile."""
    return keyboard([button(labels.BACK, OpenProfile(request=view.request.id, user=view.profile.id))])


def confirm_move(view: ToMove) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    ids = {"request": view.request.id, "user": view.profile.id}
    return keyboard([button(labels.MOVE_YES, ConfirmMove(**ids), REFUSING)], [button(labels.BACK, OpenProfile(**ids))])


def to_desk() -> InlineKeyboardMarkup | None:
    """On with the work."""
    return keyboard([button(labels.TO_REQUESTS, ShowDesk())])


def holds(page: Page[HoldLine]) -> InlineKeyboardMarkup | None:
    """A button a move."""
    return keyboard(
        *([button(texts.hold_button(line), OpenHold(recovery=line.id))] for line in page.lines),
        pages(page, lambda number: ShowHolds(page=number)),
        [button(labels.TO_REQUESTS, ShowDesk())],
    )


def hold(view: Hold) -> InlineKeyboardMarkup | None:
    """Support's word."""
    return keyboard(
        [button(labels.CONFIRM_ROLES, AskSettle(recovery=view.id, agree=True), APPROVING)],
        [button(labels.STOP_MOVE, AskSettle(recovery=view.id, agree=False), REFUSING)],
        [button(labels.BACK, ShowHolds())],
    )


def back_to_hold(recovery_id: int) -> InlineKeyboardMarkup | None:
    """Back, without a word."""
    return keyboard([button(labels.BACK, OpenHold(recovery=recovery_id))])
