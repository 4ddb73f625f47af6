"""The end of a course: who has completed it, with which document."""

from collections.abc import Collection
from datetime import date
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from keyboards import rows
from keyboards.groups import AskCompletion, ShowGroup
from keyboards.rows import APPROVING, LEADING, Id, PageNumber, Row, button, keyboard, pages
from services.group_views import ApplicantLine, CompletionReport, Roll
from services.views import Page
from texts import labels
from texts.wording import TICKED, UNTICKED, clipped, short_day

BUTTON_TITLE: Final = 44
PAGE_SIZE: Final = 8


class TickCompleted(CallbackData, prefix="ct"):
    """Tick somebody, or take the tick away."""

    group: Id
    application: Id
    page: PageNumber


class TurnCompletion(CallbackData, prefix="cp"):
    """Another page, with the ticks as they are."""

    group: Id
    page: PageNumber


class AskNumber(CallbackData, prefix="cn"):
    """On to the document."""

    group: Id


class NoDocument(CallbackData, prefix="cn-"):
    """«Без документа»."""

    group: Id


class GivenToday(CallbackData, prefix="cd"):
    """The document has today's date."""

    group: Id


class Complete(CallbackData, prefix="cok"):
    """The second tap."""

    group: Id


def page_of(roll: Roll, number: int) -> Page[ApplicantLine]:
    """A page of the roll."""
    return rows.page_of(roll.members, number, PAGE_SIZE)


def ticking(roll: Roll, page: Page[ApplicantLine], ticked: Collection[int]) -> InlineKeyboardMarkup | None:
    """A tick a person; pages keep the ticks."""
    people: list[Row] = [
        [
            button(
                clipped(f"{TICKED if line.id in ticked else UNTICKED} {line.teacher}", BUTTON_TITLE),
                TickCompleted(group=roll.group.id, application=line.id, page=page.number),
            )
        ]
        for line in page.lines
    ]
    group = roll.group.id
    return keyboard(
        *people,
        pages(page, lambda number: TurnCompletion(group=group, page=number)),
        [button(f"{labels.TO_DOCUMENT} ({len(ticked)})", AskNumber(group=group), LEADING)] if ticked else [],
        [button(labels.TO_GROUP, ShowGroup(group=group))],
    )


def number(roll: Roll) -> InlineKeyboardMarkup | None:
    """Without a document, or back."""
    return keyboard(
        [button(labels.NO_DOCUMENT, NoDocument(group=roll.group.id))],
        [button(labels.BACK, AskCompletion(group=roll.group.id))],
    )


def given_on(roll: Roll, today: date) -> InlineKeyboardMarkup | None:
    """Today, or back to the number."""
    return keyboard(
        [button(f"{labels.TODAY}, {short_day(today)}", GivenToday(group=roll.group.id))],
        [button(labels.BACK, AskNumber(group=roll.group.id))],
    )


def confirm(roll: Roll) -> InlineKeyboardMarkup | None:
    """The second tap, or back to the document."""
    return keyboard(
        [button(labels.COMPLETE, Complete(group=roll.group.id), APPROVING)],
        [button(labels.BACK, AskNumber(group=roll.group.id))],
    )


def report(view: CompletionReport) -> InlineKeyboardMarkup | None:
    """Back to the group."""
    return keyboard([button(labels.TO_GROUP, ShowGroup(group=view.group.id))])
