"""What inline mode offers: cards for any chat, and the way into the bot."""

from typing import Final

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from keyboards import links
from services.views import Offered, SharedCourse
from texts import labels
from texts import sharing as texts
from texts.wording import clipped

TITLE: Final = 120


def cards(view: Offered, username: str) -> list[InlineQueryResultArticle]:
    """A card a course; each sends the course with a button that opens it in the bot."""
    return [_card(course, username) for course in view.courses]


def _card(course: SharedCourse, username: str) -> InlineQueryResultArticle:
    text, entities = texts.shared(course).render()
    opened = InlineKeyboardButton(text=labels.OPEN_COURSE, url=links.course(username, course.id))
    return InlineQueryResultArticle(
        id=f"c{course.id}",
        title=clipped(course.title, TITLE),
        description=texts.described(course),
        input_message_content=InputTextMessageContent(
            message_text=text, entities=entities, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[opened]]),
    )


def portal() -> InlineQueryResultsButton:
    """Into the bot, for whoever it does not know and where nothing is found."""
    return InlineQueryResultsButton(text=labels.OPEN_PORTAL, start_parameter=links.PORTAL)


def next_offset(view: Offered) -> str:
    """From where on there are more cards; empty: there are none."""
    return "" if view.next_offset is None else str(view.next_offset)


def offset(given: str) -> int:
    """Where the cards go on; an offset that is none of ours begins anew."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0
