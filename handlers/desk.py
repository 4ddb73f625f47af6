"""«Обращения»: what waits for support."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from domain.person import REASON_LIMIT, Person, within
from handlers.filters import Answer, FromMenu, Registered
from handlers.replies import redraw, reply
from keyboards import desk as keyboards
from keyboards.desk import (
    AskMove,
    AskRefuse,
    AskSettle,
    ConfirmMove,
    FindProfile,
    OpenHold,
    OpenProfile,
    OpenRequest,
    ShowDesk,
    ShowHolds,
    ShowRequests,
)
from services.portal import Services
from texts import desk as texts
from texts import labels

router = Router(name="desk")
router.message.filter(Registered())
router.callback_query.filter(Registered())


class Desk(StatesGroup):
    """What the bot may be waiting for."""

    profile = State()
    move_reason = State()
    move = State()
    refusal = State()
    settling = State()


@router.message(FromMenu("desk", labels.DESK))
async def desk(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """How much of what waits."""
    await state.clear()
    lines = await services.desk.work(person)
    await reply(message, texts.desk(lines), keyboards.desk(lines))


@router.callback_query(ShowDesk.filter())
async def back_to_desk(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """The same, in place."""
    await state.clear()
    lines = await services.desk.work(person)
    await redraw(tap, texts.desk(lines), keyboards.desk(lines))


@router.callback_query(ShowRequests.filter())
async def requests(tap: CallbackQuery, callback_data: ShowRequests, person: Person, services: Services) -> None:
    """«Восстановление доступа»: who waits."""
    page = await services.access.waiting(callback_data.page, person)
    await redraw(tap, texts.requests(page), keyboards.requests(page))


@router.callback_query(OpenRequest.filter())
async def request(
    tap: CallbackQuery, callback_data: OpenRequest, state: FSMContext, person: Person, services: Services
) -> None:
    """What somebody wrote."""
    await state.clear()
    line = await services.access.request(callback_data.request, person)
    await redraw(tap, texts.request(line), keyboards.request(line))


@router.callback_query(FindProfile.filter())
async def ask_whose(
    tap: CallbackQuery, callback_data: FindProfile, state: FSMContext, person: Person, services: Services
) -> None:
    """«Найти профиль»: the next text is searched for."""
    line = await services.access.request(callback_data.request, person)
    await state.set_state(Desk.profile)
    await state.set_data({"request": line.id})
    await redraw(tap, texts.search(line), keyboards.back_to_request(line.id))


@router.message(Desk.profile, Answer())
async def find(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """Profiles that fit; one may search again."""
    request_id = (await state.get_data())["request"]
    found, more = await services.access.find(request_id, message.text or "", person)
    await reply(message, texts.found(found, more), keyboards.found(request_id, found))


@router.callback_query(OpenProfile.filter())
async def profile(
    tap: CallbackQuery, callback_data: OpenProfile, state: FSMContext, person: Person, services: Services
) -> None:
    """A profile beside the request."""
    await state.clear()
    view = await services.access.to_move(callback_data.request, callback_data.user, person)
    await redraw(tap, texts.to_move(view), keyboards.to_move(view))


@router.callback_query(AskMove.filter())
async def ask_move(
    tap: CallbackQuery, callback_data: AskMove, state: FSMContext, person: Person, services: Services
) -> None:
    """«Перенести профиль»: the next text is the reason."""
    view = await services.access.to_move(callback_data.request, callback_data.user, person)
    await state.set_state(Desk.move_reason)
    await state.set_data({"request": view.request.id, "user": view.profile.id})
    await redraw(tap, texts.move_reason(view), keyboards.move_reason(view))


@router.message(Desk.move_reason, Answer())
async def confirm_move(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The reason, and a last look."""
    asked = await state.get_data()
    reason = within(message.text or "", REASON_LIMIT)
    view = await services.access.to_move(asked["request"], asked["user"], person)
    await state.set_state(Desk.move)
    await state.update_data(reason=reason)
    await reply(message, texts.confirm_move(view, reason), keyboards.confirm_move(view))


@router.callback_query(Desk.move, ConfirmMove.filter())
async def move(
    tap: CallbackQuery, callback_data: ConfirmMove, state: FSMContext, person: Person, services: Services
) -> None:
    """The second tap: what was asked about, for the reason that was written."""
    asked = await state.get_data()
    await state.clear()
    if (asked["request"], asked["user"]) != (callback_data.request, callback_data.user):
        await profile(tap, OpenProfile(**callback_data.model_dump()), state, person, services)
        return
    moved = await services.access.move(asked["request"], asked["user"], asked["reason"], person)
    await redraw(tap, texts.moved(moved), keyboards.to_desk())


@router.callback_query(AskRefuse.filter())
async def ask_refusal(
    tap: CallbackQuery, callback_data: AskRefuse, state: FSMContext, person: Person, services: Services
) -> None:
    """«Отказать»: the next text is the reason."""
    line = await services.access.request(callback_data.request, person)
    await state.set_state(Desk.refusal)
    await state.set_data({"request": line.id})
    await redraw(tap, texts.REFUSAL, keyboards.back_to_request(line.id))


@router.message(Desk.refusal, Answer())
async def refuse(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The reason, as written."""
    request_id = (await state.get_data())["request"]
    await state.clear()
    await services.access.refuse(request_id, message.text or "", person)
    await reply(message, texts.REFUSED, keyboards.to_desk())


@router.callback_query(ShowHolds.filter())
async def holds(tap: CallbackQuery, callback_data: ShowHolds, person: Person, services: Services) -> None:
    """«Роли ждут подтверждения»."""
    page = await services.access.holds(callback_data.page, person)
    await redraw(tap, texts.holds(page), keyboards.holds(page))


@router.callback_query(OpenHold.filter())
async def hold(
    tap: CallbackQuery, callback_data: OpenHold, state: FSMContext, person: Person, services: Services
) -> None:
    """A move that holds roles."""
    await state.clear()
    view = await services.access.hold(callback_data.recovery, person)
    await redraw(tap, texts.hold(view), keyboards.hold(view))


@router.callback_query(AskSettle.filter())
async def ask_settling(
    tap: CallbackQuery, callback_data: AskSettle, state: FSMContext, person: Person, services: Services
) -> None:
    """«Подтвердить роли» or «Остановить перенос»: the next text is the reason."""
    view = await services.access.to_settle(callback_data.recovery, person, agree=callback_data.agree)
    await state.set_state(Desk.settling)
    await state.set_data({"recovery": view.id, "agree": callback_data.agree})
    asked = texts.ROLES_REASON if callback_data.agree else texts.STOP_REASON
    await redraw(tap, asked, keyboards.back_to_hold(view.id))


@router.message(Desk.settling, Answer())
async def settle(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The reason: the roles follow, or the profile goes back."""
    asked = await state.get_data()
    await state.clear()
    await services.access.settle(asked["recovery"], message.text or "", person, agree=asked["agree"])
    await reply(message, texts.CONFIRMED if asked["agree"] else texts.STOPPED, keyboards.to_desk())
