"""«Настройки»: letters, quiet hours, plain texts, reminders."""

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import answer, redraw
from handlers.speech import reads_plain
from keyboards import preferences as keyboards
from keyboards.preferences import (
    KeepPortalsQuiet,
    KeepQuiet,
    PauseReminders,
    ReadPlainly,
    ShowLetters,
    ShowNews,
    ShowQuiet,
    StopNews,
    SwitchLetters,
    WantNews,
)
from keyboards.profile import ShowPreferences
from services.portal import Services
from texts import preferences as texts

router = Router(name="preferences")
router.message.filter(Registered())
router.callback_query.filter(Registered())


@router.callback_query(ShowPreferences.filter())
async def show(tap: CallbackQuery, state: FSMContext, person: Person, services: Services) -> None:
    """All of them."""
    await state.clear()
    await redraw(tap, texts.preferences(person, services.calendar.quiet()), keyboards.preferences(person))


@router.callback_query(ShowLetters.filter())
async def letters(tap: CallbackQuery, person: Person, services: Services) -> None:
    """Which letters come."""
    view = await services.profiles.view(person)
    await redraw(tap, texts.letters(view), keyboards.letters(view))


@router.callback_query(SwitchLetters.filter())
async def switch_letters(tap: CallbackQuery, callback_data: SwitchLetters, person: Person, services: Services) -> None:
    """A kind of letters, on or off."""
    view = await services.profiles.switch_letters(callback_data.kind, person, on=callback_data.on)
    await redraw(tap, texts.letters(view), keyboards.letters(view))


@router.callback_query(ShowQuiet.filter())
async def quiet(tap: CallbackQuery, person: Person, services: Services) -> None:
    """When it is quiet."""
    await redraw(tap, texts.QUIET_HOURS, keyboards.quiet(person, services.calendar.quiet()))


@router.callback_query(KeepQuiet.filter())
async def keep_quiet(tap: CallbackQuery, callback_data: KeepQuiet, person: Person, services: Services) -> None:
    """Own hours, or none."""
    view = await services.profiles.keep_quiet((callback_data.first, callback_data.last), person)
    await redraw(tap, texts.QUIET_HOURS, keyboards.quiet(view.person, services.calendar.quiet()))


@router.callback_query(KeepPortalsQuiet.filter())
async def keep_portals_quiet(tap: CallbackQuery, person: Person, services: Services) -> None:
    """«Как на портале»."""
    view = await services.profiles.keep_quiet(None, person)
    await redraw(tap, texts.QUIET_HOURS, keyboards.quiet(view.person, services.calendar.quiet()))


@router.callback_query(ReadPlainly.filter())
async def read_plainly(tap: CallbackQuery, callback_data: ReadPlainly, person: Person, services: Services) -> None:
    """Plain texts, beginning with this very screen."""
    view = await services.profiles.read_plainly(person, on=callback_data.on)
    reads_plain.set(view.person.plain)
    await redraw(tap, texts.preferences(view.person, services.calendar.quiet()), keyboards.preferences(view.person))


@router.callback_query(ShowNews.filter())
async def news(tap: CallbackQuery, callback_data: ShowNews, person: Person, services: Services) -> None:
    """New courses once a week."""
    view = await services.news.choice(callback_data.page, person)
    await redraw(tap, texts.news(view), keyboards.news(view))


@router.callback_query(WantNews.filter())
async def want_news(tap: CallbackQuery, callback_data: WantNews, person: Person, services: Services) -> None:
    """Of a direction, or for one's position."""
    view = await services.profiles.want_news(callback_data.direction or None, callback_data.page, person)
    await redraw(tap, texts.news(view), keyboards.news(view))


@router.callback_query(StopNews.filter(F.pushed))
async def stop_news_here(tap: CallbackQuery, person: Person, services: Services) -> None:
    """«Не присылать» on the message itself, which stays to be read."""
    await services.profiles.stop_news(person)
    await answer(tap, texts.NEWS_STOPPED, alert=True)


@router.callback_query(StopNews.filter())
async def stop_news(tap: CallbackQuery, person: Person, services: Services) -> None:
    """«Не присылать»."""
    view = await services.profiles.stop_news(person)
    await redraw(tap, texts.preferences(view.person, services.calendar.quiet()), keyboards.preferences(view.person))


@router.callback_query(PauseReminders.filter())
async def pause_reminders(
    tap: CallbackQuery, callback_data: PauseReminders, person: Person, services: Services
) -> None:
    """Reminders paused, or not any more."""
    view = await services.profiles.pause_reminders(person, on=callback_data.on)
    await redraw(tap, texts.preferences(view.person, services.calendar.quiet()), keyboards.preferences(view.person))
