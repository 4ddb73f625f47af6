"""«Группы и зачисление»: a provider's courses and their groups."""

from datetime import date

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.errors import DraftGone
from domain.groups import Field, Value, read_field
from domain.person import Person
from handlers.filters import Answer, FromMenu, Registered
from handlers.replies import redraw, reply
from keyboards import groups as keyboards
from keyboards.groups import (
    NUMBERED,
    AskField,
    ChangeGroup,
    CloseGroup,
    LeaveOut,
    NewGroup,
    Publish,
    SaveGroup,
    ShowCourses,
    ShowDesk,
    ShowDraft,
    ShowGroup,
)
from services.group_views import GroupDraft
from services.portal import Services
from texts import groups as texts
from texts import labels

router = Router(name="groups")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Drafting(StatesGroup):
    """A group that is being entered: a look at it, or the question for one field."""

    summary = State()
    field = State()


@router.message(FromMenu("groups", labels.GROUPS))
async def courses(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The courses of one's organisation."""
    await state.clear()
    page = await services.groups.courses(0, person)
    await reply(message, texts.courses(page), keyboards.courses(page))


@router.callback_query(ShowCourses.filter())
async def turn(tap: CallbackQuery, callback_data: ShowCourses, person: Person, services: Services) -> None:
    """Another page of them."""
    page = await services.groups.courses(callback_data.page, person)
    await redraw(tap, texts.courses(page), keyboards.courses(page))


@router.callback_query(ShowDesk.filter())
async def desk(
    tap: CallbackQuery, callback_data: ShowDesk, state: FSMContext, person: Person, services: Services
) -> None:
    """One course."""
    await state.clear()
    view = await services.groups.desk(callback_data.course, person)
    page = keyboards.groups_of(view, callback_data.page)
    await redraw(tap, texts.desk(view, page), keyboards.desk(view, page))


@router.callback_query(Publish.filter())
async def publish(tap: CallbackQuery, callback_data: Publish, person: Person, services: Services) -> None:
    """«Опубликовать» and «Снять с публикации»."""
    view = await services.groups.publish(callback_data.course, person, published=callback_data.on)
    page = keyboards.groups_of(view)
    await redraw(tap, texts.desk(view, page), keyboards.desk(view, page))


@router.callback_query(ShowGroup.filter())
async def group(
    tap: CallbackQuery, callback_data: ShowGroup, state: FSMContext, person: Person, services: Services
) -> None:
    """A group with its people."""
    await state.clear()
    view = await services.groups.group(callback_data.group, callback_data.page, person)
    await redraw(tap, texts.group(view), keyboards.group(view))


@router.callback_query(CloseGroup.filter())
async def close(tap: CallbackQuery, callback_data: CloseGroup, person: Person, services: Services) -> None:
    """«Закрыть набор» and «Открыть набор»."""
    view = await services.groups.close(callback_data.group, person, closed=callback_data.closed)
    await redraw(tap, texts.group(view), keyboards.group(view))


@router.callback_query(NewGroup.filter())
async def new(
    tap: CallbackQuery, callback_data: NewGroup, state: FSMContext, person: Person, services: Services
) -> None:
    """«Создать группу»: as the course suggests it."""
    draft = await services.groups.new(callback_data.course, person)
    await _keep(state, draft)
    await redraw(tap, texts.draft(draft), keyboards.draft(draft))


@router.callback_query(ChangeGroup.filter())
async def change(
    tap: CallbackQuery, callback_data: ChangeGroup, state: FSMContext, person: Person, services: Services
) -> None:
    """«Изменить группу»: as it is."""
    draft = await services.groups.to_change(callback_data.group, person)
    await _keep(state, draft)
    await redraw(tap, texts.draft(draft), keyboards.draft(draft))


async def _keep(state: FSMContext, draft: GroupDraft) -> None:
    await state.set_state(Drafting.summary)
    await state.set_data(draft.answers())


async def _draft(state: FSMContext) -> GroupDraft:
    try:
        return GroupDraft.of(await state.get_data())
    except KeyError:
        raise DraftGone from None


async def _with(state: FSMContext, field: Field, value: Value) -> GroupDraft:
    """The draft with another value for a field, kept."""
    kept = value.isoformat() if isinstance(value, date) else value
    draft = GroupDraft.of((await _draft(state)).answers() | {field.value: kept})
    await _keep(state, draft)
    return draft


@router.callback_query(AskField.filter())
async def ask(tap: CallbackQuery, callback_data: AskField, state: FSMContext) -> None:
    """The next text is a field's value."""
    draft = await _draft(state)
    await state.set_state(Drafting.field)
    await state.update_data(asked=NUMBERED[callback_data.field].value)
    await redraw(tap, texts.question(NUMBERED[callback_data.field], draft), keyboards.question(callback_data.field))


@router.message(Drafting.field, Answer())
async def take(message: Message, state: FSMContext) -> None:
    """The value, as written; a bad one is refused with what to write."""
    field = Field((await state.get_data())["asked"])
    draft = await _with(state, field, read_field(field, message.text or ""))
    await reply(message, texts.draft(draft), keyboards.draft(draft))


@router.callback_query(LeaveOut.filter())
async def leave_out(tap: CallbackQuery, callback_data: LeaveOut, state: FSMContext) -> None:
    """«Не указывать»."""
    field = NUMBERED[callback_data.field]
    draft = await _draft(state) if field is Field.NUMBER else await _with(state, field, None)
    await redraw(tap, texts.draft(draft), keyboards.draft(draft))


@router.callback_query(ShowDraft.filter())
async def show_draft(tap: CallbackQuery, state: FSMContext) -> None:
    """«Назад» to the draft."""
    draft = await _draft(state)
    await _keep(state, draft)
    await redraw(tap, texts.draft(draft), keyboards.draft(draft))


@router.callback_query(SaveGroup.filter())
async def save(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """«Создать» and «Сохранить»."""
    draft = await _draft(state)
    await state.clear()
    view = await services.groups.save(draft, person)
    await redraw(tap, texts.group(view), keyboards.group(view))
