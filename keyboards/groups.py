"""A provider's courses and their groups."""

from typing import Annotated, Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from pydantic import Field as Bounded

from domain.groups import Field
from domain.roles import RolePlace
from domain.uploads import Kind
from keyboards.overview import ShowOverview
from keyboards.rows import APPROVING, LEADING, REFUSING, Id, PageNumber, Row, button, keyboard, page_of, pages
from keyboards.ways import AskFile, DrawCatalogue
from services.group_views import CourseDesk, CourseOfProvider, GroupDraft, GroupLine, GroupView
from services.views import Page
from texts import groups as texts
from texts import labels
from texts.wording import clipped

BUTTON_TITLE: Final = 44
GROUPS_SHOWN: Final = 10
ENDED_SHOWN: Final = 5
NUMBERED: Final = tuple(Field)
"""A field goes into a button by its place here."""


class ShowCourses(CallbackData, prefix="gcs"):
    """A page of one's courses."""

    page: PageNumber = 0


class ShowDesk(CallbackData, prefix="gc"):
    """One of them, with a page of its groups."""

    course: Id
    page: PageNumber = 0


class Publish(CallbackData, prefix="gpub"):
    """Show a course in the catalogue, or not."""

    course: Id
    on: bool


class ShowGroup(CallbackData, prefix="gg"):
    """A group with a page of its people."""

    group: Id
    page: PageNumber = 0


class NewGroup(CallbackData, prefix="gnew"):
    """«Создать группу»."""

    course: Id


class ChangeGroup(CallbackData, prefix="gch"):
    """«Изменить группу»."""

    group: Id


class AskField(CallbackData, prefix="gf"):
    """Another value for one field of the draft."""

    field: Annotated[int, Bounded(ge=0, lt=len(NUMBERED))]


class LeaveOut(CallbackData, prefix="gf-"):
    """No value for it."""

    field: Annotated[int, Bounded(ge=0, lt=len(NUMBERED))]


class ShowDraft(CallbackData, prefix="gd"):
    """Back to the draft."""


class SaveGroup(CallbackData, prefix="gsave"):
    """«Создать» or «Сохранить»."""


class CloseGroup(CallbackData, prefix="gcl"):
    """Close a group, or open it again."""

    group: Id
    closed: bool


class ShowWaiting(CallbackData, prefix="gw"):
    """A page of those who wait for a group."""

    course: Id
    page: PageNumber = 0


class ShowApplicant(CallbackData, prefix="ga"):
    """One of them, or somebody enrolled."""

    application: Id


class AskCompletion(CallbackData, prefix="cq"):
    """«Закончили обучение»: who?"""

    group: Id


class WriteToGroup(CallbackData, prefix="gmsg"):
    """«Написать группе»."""

    group: Id


class ExportApplicants(CallbackData, prefix="gx"):
    """«Выгрузить заявки (xlsx)»."""

    course: Id


class AskCancel(CallbackData, prefix="cc?"):
    """The first tap on «Отменить курс»."""

    course: Id


class Cancel(CallbackData, prefix="cc"):
    """The second."""

    course: Id


def courses(page: Page[CourseOfProvider]) -> InlineKeyboardMarkup | None:
    """A button a course."""
    rows: list[Row] = [
        [button(clipped(f"{line.code} · {line.title}", BUTTON_TITLE), ShowDesk(course=line.id))] for line in page.lines
    ]
    summary = button(labels.OVERVIEW, ShowOverview(place=RolePlace.PROVIDER))
    poster = button(labels.CATALOGUE_POSTER, DrawCatalogue())
    return keyboard(*rows, pages(page, lambda number: ShowCourses(page=number)), [summary, poster])


def _group(group: GroupLine) -> Row:
    return [button(clipped(texts.group_title(group), BUTTON_TITLE), ShowGroup(group=group.id))]


def groups_of(view: CourseDesk, number: int = 0) -> Page[GroupLine]:
    """A page of a course's groups."""
    return page_of(view.groups, number, GROUPS_SHOWN)


def _files(view: CourseDesk) -> list[Row]:
    """The same with a spreadsheet."""
    if not view.waiting + view.enrolled:
        return []
    completions = AskFile(kind=Kind.COMPLETIONS, subject=view.id)
    return [
        [button(labels.EXPORT_APPLICANTS, ExportApplicants(course=view.id))],
        [
            button(labels.UPLOAD_ENROLMENTS, AskFile(kind=Kind.ENROLMENTS, subject=view.id)),
            *([button(labels.UPLOAD_COMPLETIONS, completions)] if view.enrolled else []),
        ],
    ]


def desk(view: CourseDesk, page: Page[GroupLine]) -> InlineKeyboardMarkup | None:
    """What staff can do with a course."""
    ended = [group for group in view.groups if group.ended and group.enrolled]
    running = not view.cancelled
    shown = Publish(course=view.id, on=not view.published)
    return keyboard(
        [button(f"{labels.WAITING} ({view.waiting})", ShowWaiting(course=view.id), LEADING)] if view.waiting else [],
        *(_group(group) for group in page.lines),
        pages(page, lambda number: ShowDesk(course=view.id, page=number)),
        *(
            [
                button(
                    f"{labels.COMPLETE}: {labels.GROUP.lower()} {group.number}",
                    AskCompletion(group=group.id),
                    APPROVING,
                )
            ]
            for group in ended[:ENDED_SHOWN]
        ),
        *(_files(view) if running else ()),
        [button(labels.CREATE_GROUP, NewGroup(course=view.id))] if running else [],
        [button(labels.UNPUBLISH if view.published else labels.PUBLISH, shown)] if running else [],
        [button(labels.CANCEL_COURSE, AskCancel(course=view.id), REFUSING)] if running else [],
        [button(labels.TO_COURSES, ShowCourses())],
    )


def group(view: GroupView) -> InlineKeyboardMarkup | None:
    """What staff can do with a group, and its people."""
    line = view.group
    members: list[Row] = [
        [
            button(
                clipped(f"{member.teacher} · {member.school or ''}".rstrip(" ·"), BUTTON_TITLE),
                ShowApplicant(application=member.id),
            )
        ]
        for member in view.members.lines
    ]
    waiting = [button(f"{labels.WAITING} ({view.waiting})", ShowWaiting(course=view.course_id), LEADING)]
    over = line.ended is not False
    switch = CloseGroup(group=line.id, closed=not line.closed)
    return keyboard(
        waiting if line.takes_people and view.waiting and not view.cancelled else [],
        *members,
        pages(view.members, lambda number: ShowGroup(group=line.id, page=number)),
        [button(labels.COMPLETE, AskCompletion(group=line.id), APPROVING)] if line.enrolled and over else [],
        [button(labels.WRITE_TO_GROUP, WriteToGroup(group=line.id))] if line.enrolled else [],
        [button(labels.CHANGE_GROUP_DETAILS, ChangeGroup(group=line.id))],
        [button(labels.OPEN_GROUP if line.closed else labels.CLOSE_GROUP, switch)],
        [button(labels.TO_DESK, ShowDesk(course=view.course_id))],
    )


def draft(view: GroupDraft) -> InlineKeyboardMarkup | None:
    """Create or save it, change any of it, or leave it."""
    fields = [button(texts.FIELDS[field], AskField(field=number)) for number, field in enumerate(NUMBERED)]
    leave = ShowDesk(course=view.course_id) if view.group_id is None else ShowGroup(group=view.group_id)
    return keyboard(
        [button(labels.CREATE if view.group_id is None else labels.SAVE, SaveGroup(), APPROVING)],
        [fields[0], fields[3]],
        fields[1:3],
        fields[4:],
        [button(labels.BACK, leave)],
    )


def question(number: int) -> InlineKeyboardMarkup | None:
    """A field may be left out, but not the number."""
    optional = NUMBERED[number] is not Field.NUMBER
    return keyboard(
        [button(labels.LEAVE_OUT, LeaveOut(field=number))] if optional else [],
        [button(labels.BACK, ShowDraft())],
    )
