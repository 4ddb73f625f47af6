"""«Доставка»: the queue, failures to be repeated, updates that were set aside."""

from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from keyboards.rows import APPROVING, REFUSING, Id, PageNumber, Seconds, button, keyboard, pages
from keyboards.ways import ShowDesk
from services.delivery_desk import Batch, DeliveryView, SetAsideLine
from services.views import Page
from texts import delivery as texts
from texts import labels

IN_A_ROW: Final = 3


class ShowDelivery(CallbackData, prefix="dlv"):
    """The queue and a page of failures."""

    page: PageNumber = 0


class RetryFailure(CallbackData, prefix="dlv+"):
    """Say this one after all: as it failed at that second."""

    note: Id
    failed_at: Seconds
    page: PageNumber = 0


class AskRetryAll(CallbackData, prefix="dlv+?"):
    """The first tap on «Повторить все»."""


class RetryAll(CallbackData, prefix="dlv++"):
    """The second: what had failed by that second."""

    until: Seconds


class ShowSetAside(CallbackData, prefix="aside"):
    """A page of updates that could not be handled."""

    page: PageNumber = 0


class AskClearing(CallbackData, prefix="aside-?"):
    """The first tap on «Убрать»."""


class ClearSetAside(CallbackData, prefix="aside-"):
    """The second: what was set aside by that second."""

    until: Seconds


def delivery(view: DeliveryView) -> InlineKeyboardMarkup | None:
    """A button a failure, all of them at once, and what else went wrong."""
    page = view.failures
    each = [
        button(
            texts.retry_button(number),
            RetryFailure(note=line.id, failed_at=int(line.failed_at.timestamp()), page=page.number),
        )
        for number, line in enumerate(page.lines, page.number * page.size + 1)
        if line.may_repeat
    ]
    return keyboard(
        *(each[start : start + IN_A_ROW] for start in range(0, len(each), IN_A_ROW)),
        pages(page, lambda number: ShowDelivery(page=number)),
        [button(labels.RETRY_ALL, AskRetryAll())] if each else [],
        [button(labels.SET_ASIDE, ShowSetAside())],
        [button(labels.BACK, ShowDesk())],
    )


def confirm_all(batch: Batch) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    return keyboard(
        [button(labels.RETRY_ALL, RetryAll(until=batch.until), APPROVING)] if batch.count else [],
        [button(labels.BACK, ShowDelivery())],
    )


def set_aside(page: Page[SetAsideLine]) -> InlineKeyboardMarkup | None:
    """Pages, «Убрать», and back."""
    return keyboard(
        pages(page, lambda number: ShowSetAside(page=number)),
        [button(labels.CLEAR, AskClearing())] if page.total else [],
        [button(labels.BACK, ShowDelivery())],
    )


def confirm_clearing(batch: Batch) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    return keyboard(
        [button(labels.CLEAR_YES, ClearSetAside(until=batch.until), REFUSING)] if batch.count else [],
        [button(labels.BACK, ShowSetAside())],
    )
