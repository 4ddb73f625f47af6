"""Finding a course, reading its card, applying."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from domain.person import Person
from handlers.filters import FromMenu, NotCommand, Registered
from handlers.replies import redraw, reply
from keyboards import catalogue as keyboards
from keyboards.applications import CourseOf
from keyboards.catalogue import (
    Apply,
    ConfirmApply,
    ForgetSearches,
    PutFavourite,
    SearchAgain,
    ShowCourse,
    ShowPage,
)
from services.portal import Services
from services.views import CourseCard
from texts import catalogue as texts
from texts import labels

router = Router(name="catalogue")
search_router = Router(name="search")
for each in (router, search_router):
    each.message.filter(Registered())
    each.callback_query.filter(Registered())


@router.message(FromMenu("catalogue", labels.CATALOGUE))
async def open_now(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The courses that take applications now, the nearest first."""
    await state.clear()
    view = await services.catalogue.page(0, 0, person)
    await reply(message, texts.found(view), keyboards.found(view))


@search_router.message(NotCommand())
async def search(message: Message, person: Person, services: Services) -> None:
    """Any text that is not the answer to a question."""
    view = await services.catalogue.search(message.text or "", person)
    if isinstance(view, CourseCard):
        await reply(message, texts.card(view), keyboards.card(view, ShowPage()))
    else:
        await reply(message, texts.found(view), keyboards.found(view))


@router.callback_query(ShowPage.filter())
async def turn(tap: CallbackQuery, callback_data: ShowPage, person: Person, services: Services) -> None:
    """A page of a list, in place."""
    view = await services.catalogue.page(callback_data.search, callback_data.page, person)
    await redraw(tap, texts.found(view), keyboards.found(view))


@router.callback_query(SearchAgain.filter())
async def search_again(tap: CallbackQuery, callback_data: SearchAgain, person: Person, services: Services) -> None:
    """A search by the letter, or with all that is forgiven, in place."""
    view = await services.catalogue.search_again(callback_data.search, person, literal=callback_data.literal)
    await redraw(tap, texts.found(view), keyboards.found(view))


@router.callback_query(ForgetSearches.filter())
async def forget(tap: CallbackQuery, person: Person, services: Services) -> None:
    """«Очистить»."""
    view = await services.catalogue.forget_searches(person)
    await redraw(tap, texts.found(view), keyboards.found(view), texts.FORGOTTEN)


@router.callback_query(ShowCourse.filter())
@router.callback_query(CourseOf.filter())
async def card(tap: CallbackQuery, callback_data: ShowCourse | CourseOf, person: Person, services: Services) -> None:
    """A course's card, in place."""
    view = await services.catalogue.card(callback_data.course, person)
    await redraw(tap, texts.card(view), keyboards.card(view, keyboards.came_from(callback_data)))


@router.callback_query(PutFavourite.filter())
async def put(tap: CallbackQuery, callback_data: PutFavourite, person: Person, services: Services) -> None:
    """♥, and back."""
    view = await services.favourites.put(callback_data.course, person, kept=callback_data.kept)
    shown = keyboards.card(view, keyboards.came_from(callback_data))
    await redraw(tap, texts.card(view), shown, texts.kept(kept=view.favourite))


@router.callback_query(Apply.filter())
async def ask(tap: CallbackQuery, callback_data: Apply, person: Person, services: Services) -> None:
    """The first tap on «Записаться»: the question, or the card where it has no answer any more."""
    view = await services.catalogue.card_to_apply(callback_data.course, person)
    await redraw(tap, texts.confirm(view), keyboards.confirm(view, keyboards.came_from(callback_data)))


@router.callback_query(ConfirmApply.filter())
async def apply(tap: CallbackQuery, callback_data: ConfirmApply, person: Person, services: Services) -> None:
    """The second tap."""
    view = await services.applications.apply(callback_data.course, person)
    await redraw(tap, texts.receipt(view), keyboards.receipt(view, keyboards.came_from(callback_data)))
