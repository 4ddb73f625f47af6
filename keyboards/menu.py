"""The menu at the bottom of the chat, the commands, and the guide."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import BotCommand, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove
from pydantic import Field

from domain.person import Person
from keyboards.rows import button, keyboard
from texts import guide, labels
from texts import menu as texts


class ShowGuide(CallbackData, prefix="guide"):
    """A page of the guide; -1: its contents."""

    page: Annotated[int, Field(ge=-1, le=100)] = -1


def menu(person: Person) -> ReplyKeyboardMarkup:
    """What this person may open."""
    rows = [[labels.CATALOGUE, labels.RECORD_BOOK], [labels.APPLICATIONS], [labels.PROFILE, labels.SUPPORT]]
    if person.provider_staff:
        rows.insert(0, [labels.GROUPS])
    if person.decides:
        rows.insert(0, [labels.QUEUE])
    if person.support:
        rows.insert(0, [labels.DESK])
    if person.operator:
        rows.append([labels.MANAGEMENT])
    return ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text=label) for label in row] for row in rows],
        resize_keyboard=True,
        is_persistent=True,
        input_field_placeholder=texts.PLACEHOLDER,
    )


def no_menu() -> ReplyKeyboardRemove:
    """For whoever has no profile any more."""
    return ReplyKeyboardRemove()


def commands(person: Person | None = None) -> list[BotCommand]:
    """The commands menu of a person, or of anybody."""
    named = dict(texts.COMMANDS)
    if person is not None and (person.approver or person.provider_staff or person.operator):
        named = texts.OVERVIEW_COMMANDS | named
    if person is not None and person.provider_staff:
        named = texts.PROVIDER_COMMANDS | named
    if person is not None and person.decides:
        named = texts.APPROVER_COMMANDS | named
    if person is not None and person.support:
        named = texts.SUPPORT_COMMANDS | named
    if person is not None and person.operator:
        named = texts.OPERATOR_COMMANDS | named
    return [BotCommand(command=command, description=text) for command, text in named.items()]


def contents() -> InlineKeyboardMarkup | None:
    """The guide's pages."""
    return keyboard(*([button(title, ShowGuide(page=number))] for number, (title, _) in enumerate(guide.PAGES)))


def page(number: int) -> InlineKeyboardMarkup | None:
    """Through the guide."""
    turn = []
    if number > 0:
        turn.append(button(f"‹ {labels.BACK}", ShowGuide(page=number - 1)))
    if number < len(guide.PAGES) - 1:
        turn.append(button(f"{labels.NEXT} ›", ShowGuide(page=number + 1)))
    return keyboard(turn, [button(guide.TITLE, ShowGuide())])
