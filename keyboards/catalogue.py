"""Lists of courses, the card and the way through applying."""

from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from domain.policy import Obstacle
from domain.status import Status
from keyboards.applications import AskSupport, AskWithdrawal, CourseOf, ShowApplication
from keyboards.groups import AskCancel, ShowDesk
from keyboards.profile import NameSchool
from keyboards.rows import LEADING, REFUSING, Id, PageNumber, Row, button, keyboard, pages
from keyboards.ways import ClearFilters, ShowFilters
from services.catalogue import FAVOURITES, OPEN_NOW
from services.views import CourseCard, Found, Receipt
from texts import labels
from texts.wording import clipped

BUTTON_TITLE: Final = 44
EARLIER_TITLE: Final = 24


class ShowPage(CallbackData, prefix="list"):
    """A page of a list; `search` 0: the courses that take applications now."""

    search: Id = 0
    page: PageNumber = 0


class SearchAgain(CallbackData, prefix="again"):
    """An earlier search: by the letter, or with all that is forgiven."""

    search: Id
    literal: bool


class ForgetSearches(CallbackData, prefix="forget"):
    """«Очистить»: what was searched for is kept no more."""


class ShowCourse(CallbackData, prefix="card"):
    """A card, with the list it was opened from."""

    course: Id
    search: Id = 0
    page: PageNumber = 0


class Apply(CallbackData, prefix="apply"):
    """The first tap on «Записаться»."""

    course: Id
    search: Id
    page: PageNumber


class ConfirmApply(CallbackData, prefix="apply2"):
    """The second."""

    course: Id
    search: Id
    page: PageNumber


class DrawPoster(CallbackData, prefix="poster"):
    """A course as a sheet for a notice board."""

    course: Id


class PutFavourite(CallbackData, prefix="fav"):
    """Keep an eye on a course, or keep it no more."""

    course: Id
    kept: bool
    search: Id
    page: PageNumber


def came_from(data: ShowCourse | Apply | ConfirmApply | CourseOf | PutFavourite) -> ShowPage:
    """The list a card was opened from."""
    return ShowPage() if isinstance(data, CourseOf) else ShowPage(search=data.search, page=data.page)


def found(view: Found) -> InlineKeyboardMarkup | None:
    """A button a course, and pages turned in place."""
    rows: list[Row] = [
        [
            button(
                clipped(f"{line.code} · {line.title}", BUTTON_TITLE),
                ShowCourse(course=line.id, search=view.search_id, page=view.page.number),
            )
        ]
        for line in view.page.lines
    ]
    may_loosen = view.is_nearest or (view.query is not None and not view.page.lines)
    return keyboard(
        *rows,
        pages(view.page, lambda number: ShowPage(search=view.search_id, page=number)),
        [button(labels.AS_TYPED, SearchAgain(search=view.search_id, literal=True))] if view.shown_for else [],
        [button(labels.FORGIVING, SearchAgain(search=view.search_id, literal=False))] if view.literal else [],
        [button(labels.CATALOGUE, ShowPage())] if may_loosen else [],
        *_narrowing(view),
        *_earlier(view),
        [button(labels.TO_CATALOGUE, ShowPage())] if view.search_id == FAVOURITES else [],
    )


def _narrowing(view: Found) -> list[Row]:
    """«Фильтры» of the list, and all of them cleared in one tap; the catalogue leads to the favourites, too."""
    if view.search_id == FAVOURITES:
        return []
    row = [button(labels.FILTERS, ShowFilters(search=view.search_id))]
    if view.chosen.is_any:
        row.append(button(labels.CLEAR_FILTERS, ClearFilters(search=view.search_id)))
    favourites = [button(labels.FAVOURITES, ShowPage(search=FAVOURITES))] if view.search_id == OPEN_NOW else []
    return [row, favourites] if view.chosen.is_any else [[*row, *favourites]]


def _earlier(view: Found) -> list[Row]:
    """One's latest searches, two in a row, and the way to forget them."""
    searches = [button(clipped(f"🔎 {each.query}", EARLIER_TITLE), ShowPage(search=each.id)) for each in view.earlier]
    if not searches:
        return []
    searches.append(button(labels.CLEAR_EARLIER, ForgetSearches()))
    return [searches[start : start + 2] for start in range(0, len(searches), 2)]


def card(view: CourseCard, came_from: ShowPage) -> InlineKeyboardMarkup | None:
    """What this person can do with a course."""
    return keyboard(
        _doing(view, came_from),
        [_favourite(view, came_from)],
        _passing_on(view),
        [button(labels.GROUPS, ShowDesk(course=view.id))] if view.may_run else [],
        [button(labels.CANCEL_COURSE, AskCancel(course=view.id), REFUSING)] if view.may_cancel else [],
        [_back(came_from)],
    )


def _favourite(view: CourseCard, came_from: ShowPage) -> InlineKeyboardButton:
    label = labels.REMOVE_FAVOURITE if view.favourite else labels.ADD_FAVOURITE
    place = {"search": came_from.search, "page": came_from.page}
    return button(label, PutFavourite(course=view.id, kept=not view.favourite, **place))


def _passing_on(view: CourseCard) -> Row:
    """To somebody else's chat, or onto a wall. The code brings the very card in inline mode."""
    if not view.published:
        return []
    share = InlineKeyboardButton(text=labels.SHARE, switch_inline_query=view.code)
    return [share, button(labels.POSTER, DrawPoster(course=view.id))]


def _back(came_from: ShowPage) -> InlineKeyboardButton:
    return button(labels.TO_FAVOURITES if came_from.search == FAVOURITES else labels.TO_RESULTS, came_from)


def _doing(view: CourseCard, came_from: ShowPage) -> Row:
    if view.obstacle is None:
        data = Apply(course=view.id, search=came_from.search, page=came_from.page)
        return [button(labels.APPLY, data, LEADING)]
    if view.obstacle is Obstacle.SCHOOL_NEEDED:
        return [button(labels.NAME_SCHOOL, NameSchool(), LEADING)]
    if view.mine is not None and view.version is not None and view.may_withdraw:
        return [button(labels.WITHDRAW, AskWithdrawal(application=view.mine.id, version=view.version), REFUSING)]
    if view.mine is not None and view.mine.status is Status.ENROLLED:
        return [button(labels.ASK_SUPPORT, AskSupport(application=view.mine.id))]
    return []


def confirm(view: CourseCard, came_from: ShowPage) -> InlineKeyboardMarkup | None:
    """The second tap, or back to the card."""
    place = {"course": view.id, "search": came_from.search, "page": came_from.page}
    return keyboard([button(labels.APPLY, ConfirmApply(**place), LEADING)], [button(labels.BACK, ShowCourse(**place))])


def receipt(view: Receipt, came_from: ShowPage) -> InlineKeyboardMarkup | None:
    """On to the application, or back to the list."""
    return keyboard(
        [button(labels.OPEN_APPLICATION, ShowApplication(application=view.application.id))],
        [_back(came_from)],
    )
