"""Files that people send to be imported: asked for or not, looked at, loaded at a tap."""

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Document, Message

from domain.person import Person
from domain.uploads import Kind, require_size
from handlers.filters import Answer, Operates, Registered
from handlers.replies import redraw, reply
from handlers.working import Working, fetched
from keyboards import uploads as keyboards
from keyboards.uploads import CallFile, DropFile, LoadFile
from keyboards.ways import AskFile
from services.portal import Services
from services.uploads import Sent, UploadView
from texts import uploads as texts

router = Router(name="uploads")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Uploading(StatesGroup):
    """What the bot waits for."""

    file = State()


@router.callback_query(AskFile.filter())
async def ask(
    tap: CallbackQuery, callback_data: AskFile, state: FSMContext, person: Person, services: Services
) -> None:
    """«Загрузить файл»: the next document is it."""
    kind, subject = callback_data.kind, callback_data.subject or None
    await services.uploads.require(kind, subject, person)
    await state.set_state(Uploading.file)
    await state.set_data({"kind": kind.value, "subject": subject})
    await redraw(tap, texts.asked(kind), keyboards.asked(kind, subject))


@router.message(Uploading.file, F.document.as_("document"))
async def take_asked(
    message: Message,
    document: Document,
    state: FSMContext,
    person: Person,
    services: Services,
    progress_every: float,
) -> None:
    """The file that was asked for."""
    asked = await state.get_data()
    await state.clear()
    sent = Sent(texts.named(document.file_name), document.file_id, Kind(asked["kind"]), asked["subject"])
    await _check(message, sent, document.file_size, person, services, progress_every)


@router.message(Operates(), F.document.as_("document"))
async def take(
    message: Message,
    document: Document,
    state: FSMContext,
    person: Person,
    services: Services,
    progress_every: float,
) -> None:
    """An operator's file, at any time."""
    await state.clear()
    sent = Sent(texts.named(document.file_name), document.file_id, Kind.UNKNOWN)
    await _check(message, sent, document.file_size, person, services, progress_every)


@router.message(Uploading.file, Answer())
async def not_a_file(message: Message) -> None:
    """A text, where a file is waited for."""
    await reply(message, texts.NOT_A_FILE)


async def _check(
    message: Message, sent: Sent, size: int | None, person: Person, services: Services, progress_every: float
) -> None:
    require_size(size)
    assert message.bot is not None
    async with await Working.begin(message, texts.READING, texts.progress, progress_every) as work:
        content = await fetched(message.bot, sent.file_id)
        view = await services.uploads.check(sent, content, person, work.progress)
        await _show(work, view)


async def _show(work: Working, view: UploadView) -> None:
    loaded = view.report is not None and view.report.written
    drawn = keyboards.settled(view.sent) if loaded else keyboards.checked(view)
    await work.end(texts.checked(view), drawn, await texts.faults_file(view))


@router.callback_query(CallFile.filter())
async def call(
    tap: CallbackQuery,
    callback_data: CallFile,
    person: Person,
    services: Services,
    progress_every: float,
) -> None:
    """«Курсы» or «Школы»: what the headings did not tell."""
    waits = await services.uploads.find(callback_data.upload, person)
    assert tap.bot is not None
    async with await Working.begin(tap, texts.READING, texts.progress, progress_every) as work:
        content = await fetched(tap.bot, waits.sent.file_id)
        view = await services.uploads.call(waits.id, callback_data.kind, content, person, work.progress)
        await _show(work, view)


@router.callback_query(LoadFile.filter())
async def load(
    tap: CallbackQuery,
    callback_data: LoadFile,
    person: Person,
    services: Services,
    progress_every: float,
) -> None:
    """«Загрузить», all of it or without the rows that have faults."""
    waits = await services.uploads.find(callback_data.upload, person)
    assert tap.bot is not None
    async with await Working.begin(tap, texts.READING, texts.progress, progress_every) as work:
        content = await fetched(tap.bot, waits.sent.file_id)
        skip = callback_data.skip
        view = await services.uploads.load(waits.id, content, person, skip_invalid=skip, progress=work.progress)
        await _show(work, view)


@router.callback_query(DropFile.filter())
async def drop(tap: CallbackQuery, callback_data: DropFile, person: Person, services: Services) -> None:
    """«Отмена»."""
    view = await services.uploads.drop(callback_data.upload, person)
    await redraw(tap, texts.dropped(view.sent), keyboards.settled(view.sent))
