"""From a reminder to what it is about."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardMarkup

from keyboards.approvals import OpenNext
from keyboards.catalogue import ShowCourse
from keyboards.groups import ShowDesk
from keyboards.preferences import StopNews
from keyboards.rows import LEADING, button, keyboard
from services.catalogue import FAVOURITES
from services.views import CourseNews, CourseToGroup, NewCourses
from texts import labels
from texts.reminders import LISTED
from texts.wording import clipped

BUTTON_TITLE: Final = 44


def waiting() -> InlineKeyboardMarkup | None:
    """Through the queue."""
    return keyboard([button(labels.ONE_BY_ONE, OpenNext(), LEADING)])


def favourites(news: Sequence[CourseNews]) -> InlineKeyboardMarkup | None:
    """A button a course."""
    return keyboard(
        *(
            [
                button(
                    clipped(f"{line.code} · {line.title}", BUTTON_TITLE),
                    ShowCourse(course=line.course_id, search=FAVOURITES),
                )
            ]
            for line in news[:LISTED]
        )
    )


def new_courses(view: NewCourses) -> InlineKeyboardMarkup | None:
    """A button a course, and the way out."""
    rows = [
        [button(clipped(f"{line.code} · {line.title}", BUTTON_TITLE), ShowCourse(course=line.id))]
        for line in view.lines
    ]
    return keyboard(*rows, [button(labels.NO_NEWS, StopNews(pushed=True))])


def without_group(lines: Sequence[CourseToGroup]) -> InlineKeyboardMarkup | None:
    """A button a course: to its desk, or to its card for those who do not run it."""
    return keyboard(
        *(
            [
                button(
                    clipped(f"{line.code} · {line.title}", BUTTON_TITLE),
                    ShowDesk(course=line.course_id) if line.may_run else ShowCourse(course=line.course_id),
                )
            ]
            for line in lines[:LISTED]
        )
    )
