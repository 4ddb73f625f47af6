"""/start of a registered person: hello, a link to a course, an invitation."""

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from domain.person import Person
from handlers.filters import Registered
from handlers.replies import reply
from keyboards import catalogue as keyboards
from keyboards import preferences as preference_keyboards
from keyboards.links import COURSE, LETTERS, PROVIDER, ROLE, course_id, provider_id, token
from keyboards.menu import menu
from services.portal import Services
from texts import catalogue as texts
from texts import preferences, roles
from texts.menu import hello

router = Router(name="start")
router.message.filter(Registered())


@router.message(CommandStart(magic=F.args.regexp(COURSE.pattern)))
async def open_course(message: Message, command: CommandObject, person: Person, services: Services) -> None:
    """A link to a course opens its card."""
    view = await services.catalogue.card(course_id(command.args) or 0, person)
    await reply(message, texts.card(view), keyboards.card(view, keyboards.ShowPage()))


@router.message(CommandStart(magic=F.args.regexp(PROVIDER.pattern)))
async def open_provider(message: Message, command: CommandObject, person: Person, services: Services) -> None:
    """A link to a provider opens its courses that take applications now."""
    view = await services.filtering.of_provider(provider_id(command.args) or 0, person)
    await reply(message, texts.found(view), keyboards.found(view))


@router.message(CommandStart(magic=F.args.regexp(ROLE.pattern)))
async def accept(message: Message, command: CommandObject, person: Person, services: Services) -> None:
    """An invitation gives its role; the menu grows with the answer."""
    given, today = await services.people.accept_invitation(token(command.args) or "", person)
    await reply(message, roles.given(given), menu(today))


@router.message(CommandStart(magic=F.args == LETTERS))
async def open_letters(message: Message, state: FSMContext, person: Person, services: Services) -> None:
    """The link at the foot of a letter opens the choice of letters."""
    await state.clear()
    view = await services.profiles.view(person)
    await reply(message, preferences.letters(view), preference_keyboards.letters(view))


@router.message(CommandStart())
async def greet(message: Message, state: FSMContext, person: Person) -> None:
    """Hello again."""
    await state.clear()
    await reply(message, hello(person), menu(person))
