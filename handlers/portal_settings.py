"""«Настройки портала»: looked at and changed by operators, each change at a second tap."""

from typing import Final

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.errors import AnswerGone
from domain.person import Person
from domain.settings import Name, read_value
from handlers.filters import Answer, Registered
from handlers.replies import redraw, reply
from keyboards import portal_settings as keyboards
from keyboards.portal_settings import (
    AskRemoving,
    AskSetting,
    RaiseReason,
    RemoveReason,
    SaveSetting,
    ShowReason,
    ShowSetting,
    ShowSettings,
)
from services.portal import Services
from texts import portal_settings as texts

router = Router(name="portal_settings")
router.message.filter(Registered())
router.callback_query.filter(Registered())

_WRITTEN: Final = "written"


class Setting(StatesGroup):
    """What the bot waits for."""

    value = State()


@router.callback_query(ShowSettings.filter())
async def show(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """All of them."""
    await state.clear()
    view = await services.settings.look(person)
    await redraw(tap, texts.all_of_them(view), keyboards.all_of_them())


@router.callback_query(ShowSetting.filter())
async def one(
    tap: CallbackQuery, callback_data: ShowSetting, state: FSMContext, person: Person, services: Services
) -> None:
    """One of them, with its effect and its last change."""
    await state.clear()
    name, view = callback_data.name, await services.settings.look(person)
    await redraw(tap, texts.one(name, view, services.calendar.zone), keyboards.one(name, view))


@router.callback_query(AskSetting.filter())
async def ask(
    tap: CallbackQuery, callback_data: AskSetting, state: FSMContext, person: Person, services: Services
) -> None:
    """«Изменить»: the next text is the new value."""
    await services.settings.look(person)
    await state.set_state(Setting.value)
    await state.set_data({"name": callback_data.name.value})
    await redraw(tap, texts.asked(callback_data.name), keyboards.asked(callback_data.name))


@router.message(Setting.value, Answer())
async def write(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The new value, before the second tap."""
    name = Name((await state.get_data())["name"])
    value = read_value(name, message.text or "")
    view = await services.settings.look(person)
    await state.set_state(None)
    await state.set_data({"name": name.value, _WRITTEN: value})
    await reply(message, texts.confirm(name, value, view), keyboards.confirm(name))


@router.callback_query(SaveSetting.filter())
async def save(
    tap: CallbackQuery, callback_data: SaveSetting, state: FSMContext, person: Person, services: Services
) -> None:
    """The second tap."""
    name, answers = callback_data.name, await state.get_data()
    if answers.get("name") != name.value or _WRITTEN not in answers:
        raise AnswerGone
    await state.clear()
    view = await services.settings.change(name, answers[_WRITTEN], person)
    await redraw(tap, texts.one(name, view, services.calendar.zone), keyboards.one(name, view))


@router.callback_query(ShowReason.filter())
async def reason(tap: CallbackQuery, callback_data: ShowReason, person: Person, services: Services) -> None:
    """One ready reason."""
    view = await services.settings.look(person)
    which = view.values.reasons.find(callback_data.reason)
    await redraw(tap, texts.reason(which), keyboards.reason(which, view))


@router.callback_query(RaiseReason.filter())
async def raise_reason(tap: CallbackQuery, callback_data: RaiseReason, person: Person, services: Services) -> None:
    """«Поднять выше»."""
    view = await services.settings.raise_reason(callback_data.reason, person)
    await redraw(tap, texts.one(Name.REASONS, view, services.calendar.zone), keyboards.one(Name.REASONS, view))


@router.callback_query(AskRemoving.filter())
async def ask_removing(tap: CallbackQuery, callback_data: AskRemoving, person: Person, services: Services) -> None:
    """The first tap on «Убрать причину»."""
    view = await services.settings.look(person)
    which = view.values.reasons.find(callback_data.reason)
    await redraw(tap, texts.confirm_removing(which), keyboards.confirm_removing(which))


@router.callback_query(RemoveReason.filter())
async def remove(tap: CallbackQuery, callback_data: RemoveReason, person: Person, services: Services) -> None:
    """The second."""
    view = await services.settings.remove_reason(callback_data.reason, person)
    await redraw(tap, texts.one(Name.REASONS, view, services.calendar.zone), keyboards.one(Name.REASONS, view))
