"""A file between its report and its sender's word."""

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from domain.uploads import CATALOGUE, Kind
from keyboards.groups import ShowDesk as ShowCourse
from keyboards.rows import APPROVING, Id, Row, button, keyboard
from keyboards.ways import AskFile, ShowDesk
from services.uploads import Sent, UploadView
from texts import labels


class CallFile(CallbackData, prefix="file="):
    """What is in a file whose headings did not tell."""

    upload: Id
    kind: Kind


class LoadFile(CallbackData, prefix="file+"):
    """Bring it in, with or without the rows that have faults."""

    upload: Id
    skip: bool = False


class DropFile(CallbackData, prefix="file-"):
    """Forget it."""

    upload: Id


def back(kind: Kind, subject_id: int | None) -> Row:
    """To the screen that asks for such files."""
    if kind in CATALOGUE:
        return [button(labels.BACK, ShowDesk())]
    return [button(labels.TO_DESK, ShowCourse(course=subject_id or 0))]


def asked(kind: Kind, subject_id: int | None) -> InlineKeyboardMarkup | None:
    """The answer is a file; or out."""
    return keyboard(back(kind, subject_id))


def checked(view: UploadView) -> InlineKeyboardMarkup | None:
    """Load it as far as it can be loaded, or not."""
    report = view.report
    if report is None:
        each = ((labels.FILE_OF_COURSES, Kind.COURSES), (labels.FILE_OF_SCHOOLS, Kind.SCHOOLS))
        choice = [button(label, CallFile(upload=view.id, kind=kind)) for label, kind in each]
        return keyboard(choice, [button(labels.CANCEL, DropFile(upload=view.id))])
    if not report.new + report.changed:
        return settled(view.sent)
    if report.faults:
        load = button(labels.LOAD_VALID, LoadFile(upload=view.id, skip=True))
    else:
        load = button(labels.LOAD, LoadFile(upload=view.id), APPROVING)
    return keyboard([load], [button(labels.CANCEL, DropFile(upload=view.id))])


def settled(sent: Sent) -> InlineKeyboardMarkup | None:
    """On to another file, or back."""
    kind = Kind.UNKNOWN if sent.kind in CATALOGUE else sent.kind
    another = button(labels.ANOTHER_FILE, AskFile(kind=kind, subject=sent.subject_id or 0))
    return keyboard([another], back(sent.kind, sent.subject_id))
