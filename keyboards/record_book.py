"""The record book, a record's screen, the paper."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from keyboards.applications import BUTTON_TITLE
from keyboards.rows import LEADING, Id, PageNumber, Row, button, keyboard, pages
from services.record_book import Book
from texts import labels
from texts.wording import clipped


class ShowRecords(CallbackData, prefix="book"):
    """A page of the record book."""

    page: PageNumber = 0


class ShowRecord(CallbackData, prefix="rec"):
    """One's own record, with the page it was opened from."""

    record: Id
    page: PageNumber = 0


class PrintRecords(CallbackData, prefix="bookpdf"):
    """«Скачать PDF»."""


def book(view: Book) -> InlineKeyboardMarkup | None:
    """A button a record, pages, and the paper."""
    number = view.page.number
    rows: list[Row] = [
        [button(clipped(f"{line.code} · {line.title}", BUTTON_TITLE), ShowRecord(record=line.id, page=number))]
        for line in view.page.lines
    ]
    return keyboard(
        *rows,
        pages(view.page, lambda page: ShowRecords(page=page)),
        [button(labels.DOWNLOAD_PDF, PrintRecords(), LEADING)] if rows else [],
    )


def record(check_link: str, page: int) -> InlineKeyboardMarkup | None:
    """The link to show others, and the way back."""
    copy = InlineKeyboardButton(text=labels.COPY_CHECK_LINK, copy_text=CopyTextButton(text=check_link))
    return keyboard([copy], [button(labels.BACK, ShowRecords(page=page))])
