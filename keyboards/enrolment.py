"""People and the groups they are in."""

from collections.abc import Callable, Collection
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from domain.status import Status
from keyboards.applications import ShowHistory
from keyboards.groups import NewGroup, ShowApplicant, ShowDesk, ShowGroup, ShowWaiting
from keyboards.rows import APPROVING, LEADING, REFUSING, Id, PageNumber, Row, button, keyboard, pages
from services.group_views import ApplicantView, EnrolOffer, EnrolReport, GroupLine, WaitingList
from texts import labels
from texts.groups import room
from texts.wording import TICKED, UNTICKED, clipped

BUTTON_TITLE: Final = 44
GROUPS_SHOWN: Final = 12


class Enrol(CallbackData, prefix="en"):
    """One applicant into a group."""

    application: Id
    version: Id
    group: Id


class AskMove(CallbackData, prefix="mv?"):
    """Into which other group?"""

    application: Id
    version: Id


class MoveTo(CallbackData, prefix="mv"):
    """Into this one."""

    application: Id
    version: Id
    group: Id


class AskUndo(CallbackData, prefix="unen"):
    """«Отменить зачисление»: why?"""

    application: Id
    version: Id


class AskUnenrol(CallbackData, prefix="out"):
    """«Отчислить»: why?"""

    application: Id
    version: Id


class CompleteOne(CallbackData, prefix="c1"):
    """«Закончил(а)»: this person alone."""

    application: Id
    version: Id


class StartTicking(CallbackData, prefix="tick"):
    """«Отметить несколько»."""

    course: Id


class Tick(CallbackData, prefix="t"):
    """Tick somebody, or take the tick away."""

    course: Id
    application: Id
    page: PageNumber


class TurnTicking(CallbackData, prefix="tp"):
    """Another page, with the ticks as they are."""

    course: Id
    page: PageNumber


class ChooseForTicked(CallbackData, prefix="tg?"):
    """«Зачислить отмеченных»: into which group?"""

    course: Id


class EnrolTicked(CallbackData, prefix="tg"):
    """Into this one."""

    group: Id


class ChooseForAll(CallbackData, prefix="ea?"):
    """«Зачислить всех, кто помещается»: into which group?"""

    course: Id


class OfferAll(CallbackData, prefix="ea1"):
    """The question with the numbers."""

    group: Id


class EnrolAll(CallbackData, prefix="ea"):
    """Those up to this id."""

    group: Id
    up_to: Id


def _group(group: GroupLine, data: CallbackData, label: str = labels.GROUP, free: int | None = None) -> Row:
    return [button(clipped(f"{label} {group.number} · {room(free)}", BUTTON_TITLE), data)]


def waiting(view: WaitingList) -> InlineKeyboardMarkup | None:
    """A button an applicant, and the ways to enrol several."""
    people: list[Row] = [
        [
            button(
                clipped(f"{line.teacher} · {line.school or line.position}", BUTTON_TITLE),
                ShowApplicant(application=line.id),
            )
        ]
        for line in view.page.lines
    ]
    possible = bool(view.groups) and view.page.total > 0
    return keyboard(
        *people,
        pages(view.page, lambda number: ShowWaiting(course=view.course_id, page=number)),
        [button(labels.ENROL_ALL, ChooseForAll(course=view.course_id), APPROVING)] if possible else [],
        [button(labels.TICK, StartTicking(course=view.course_id))] if possible and view.page.total > 1 else [],
        [] if view.groups else [button(labels.CREATE_GROUP, NewGroup(course=view.course_id))],
        [button(labels.TO_DESK, ShowDesk(course=view.course_id))],
    )


def ticking(view: WaitingList, ticked: Collection[int]) -> InlineKeyboardMarkup | None:
    """A ☐ an applicant; pages keep the ticks."""
    people: list[Row] = [
        [
            button(
                clipped(f"{TICKED if line.id in ticked else UNTICKED} {line.teacher}", BUTTON_TITLE),
                Tick(course=view.course_id, application=line.id, page=view.page.number),
            )
        ]
        for line in view.page.lines
    ]
    enrol = ChooseForTicked(course=view.course_id)
    return keyboard(
        *people,
        pages(view.page, lambda number: TurnTicking(course=view.course_id, page=number)),
        [button(f"{labels.ENROL_TICKED} ({len(ticked)})", enrol, APPROVING)] if ticked else [],
        [button(labels.TO_WAITING, ShowWaiting(course=view.course_id))],
    )


def choose_group(view: WaitingList, chosen: Callable[[int], CallbackData]) -> InlineKeyboardMarkup | None:
    """A button a group that takes people."""
    return keyboard(
        *(_group(group, chosen(group.id), free=group.fits) for group in view.groups[:GROUPS_SHOWN]),
        [] if view.groups else [button(labels.CREATE_GROUP, NewGroup(course=view.course_id))],
        [button(labels.TO_WAITING, ShowWaiting(course=view.course_id))],
    )


def for_ticked(view: WaitingList) -> InlineKeyboardMarkup | None:
    """Into which group those who are ticked go."""
    return choose_group(view, lambda group: EnrolTicked(group=group))


def for_all(view: WaitingList) -> InlineKeyboardMarkup | None:
    """Into which group all who fit go."""
    return choose_group(view, lambda group: OfferAll(group=group))


def offer(view: EnrolOffer) -> InlineKeyboardMarkup | None:
    """The second tap, or back."""
    return keyboard(
        [button(labels.ENROL, EnrolAll(group=view.group.id, up_to=view.up_to), APPROVING)],
        [button(labels.BACK, ShowWaiting(course=view.course_id))],
    )


def report(view: EnrolReport) -> InlineKeyboardMarkup | None:
    """On to the group, or to those who still wait."""
    waiting = ShowWaiting(course=view.course_id)
    return keyboard(
        [button(f"{labels.WAITING} ({view.waiting})", waiting)] if view.waiting else [],
        [button(labels.TO_GROUP, ShowGroup(group=view.group.id))],
        [button(labels.TO_DESK, ShowDesk(course=view.course_id))],
    )


def applicant(view: ApplicantView) -> InlineKeyboardMarkup | None:
    """What staff can do with an application."""
    drawn = {"application": view.id, "version": view.version}
    rows: list[Row] = []
    if view.status is Status.APPROVED and not view.cancelled:
        rows = [
            _group(group, Enrol(**drawn, group=group.id), labels.ENROL_TO, group.fits)
            for group in view.groups[:GROUPS_SHOWN]
        ]
        rows += [] if view.groups else [[button(labels.CREATE_GROUP, NewGroup(course=view.course_id))]]
    elif view.status is Status.ENROLLED:
        rows = [
            [button(labels.COMPLETE_ONE, CompleteOne(**drawn), APPROVING)] if view.may_complete else [],
            [button(labels.MOVE_TO, AskMove(**drawn))] if view.groups else [],
            [
                button(labels.UNDO_ENROLMENT, AskUndo(**drawn)),
                button(labels.UNENROL, AskUnenrol(**drawn), REFUSING),
            ],
        ]
    history = ShowHistory(application=view.id, provider=True)
    return keyboard(*rows, [button(labels.HISTORY, history)], *_ways_back(view))


def _ways_back(view: ApplicantView) -> list[Row]:
    waiting = [button(labels.TO_WAITING, ShowWaiting(course=view.course_id))]
    if view.group_id is not None and view.status is Status.ENROLLED:
        return [[button(labels.TO_GROUP, ShowGroup(group=view.group_id))], waiting]
    return [waiting, [button(labels.TO_DESK, ShowDesk(course=view.course_id))]]


def moves(view: ApplicantView) -> InlineKeyboardMarkup | None:
    """A button a group that somebody can be moved to."""
    drawn = {"application": view.id, "version": view.version}
    return keyboard(
        *(
            _group(group, MoveTo(**drawn, group=group.id), labels.MOVE_TO, group.free)
            for group in view.groups[:GROUPS_SHOWN]
        ),
        [button(labels.BACK, ShowApplicant(application=view.id))],
    )


def reason(view: ApplicantView) -> InlineKeyboardMarkup | None:
    """Back, without a word."""
    return keyboard([button(labels.BACK, ShowApplicant(application=view.id))])


def freed(view: ApplicantView) -> InlineKeyboardMarkup | None:
    """A seat is free: on to those who wait for it."""
    return keyboard(
        [button(labels.WAITING, ShowWaiting(course=view.course_id), LEADING)],
        [button(labels.TO_DESK, ShowDesk(course=view.course_id))],
    )
