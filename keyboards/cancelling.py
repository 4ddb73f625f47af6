"""Cancelling a course."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardMarkup

from keyboards.applications import CourseOf, ShowApplication
from keyboards.groups import Cancel, ShowCourses, ShowDesk
from keyboards.rows import REFUSING, button, keyboard
from services.group_views import Cancellation
from services.views import CourseLine
from texts import labels
from texts.wording import clipped

BUTTON_TITLE: Final = 44


def confirm(view: Cancellation) -> InlineKeyboardMarkup | None:
    """The second tap, or back to where the first was."""
    back = ShowDesk(course=view.course_id) if view.runs_it else CourseOf(course=view.course_id)
    return keyboard(
        [button(labels.CANCEL_COURSE_YES, Cancel(course=view.course_id), REFUSING)], [button(labels.BACK, back)]
    )


def done(view: Cancellation) -> InlineKeyboardMarkup | None:
    """On to the other courses."""
    return keyboard([button(labels.TO_COURSES, ShowCourses())] if view.runs_it else [])


def pushed(application_id: int, similar: Sequence[CourseLine]) -> InlineKeyboardMarkup | None:
    """From the message about a cancelled course to similar ones, and to the application."""
    return keyboard(
        *([button(clipped(f"{line.code} · {line.title}", BUTTON_TITLE), CourseOf(course=line.id))] for line in similar),
        [button(labels.OPEN_APPLICATION, ShowApplication(application=application_id))],
    )
