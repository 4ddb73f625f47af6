"""What the bot and a person are in the middle of: kept with its effect, untouched by what failed."""

import asyncio
from typing import Any

import pytest
from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import ErrorEvent, Message
from sqlalchemy import select

from db.engine import Database
from db.tables import Conversation, Search
from domain.keeping import CONVERSATIONS
from domain.person import Person
from playground.stand_in import StandIn
from services.portal import Services
from tests.bot.conftest import Open
from tests.city import City


@pytest.fixture
def talkative(router: Router) -> Router:
    """Handlers that remember what they were told."""

    @router.message(F.text.startswith("помни"))
    async def remember(message: Message, state: FSMContext) -> None:
        await state.set_state("listening")
        heard = await state.update_data(heard=[*(await state.get_data()).get("heard", []), message.text])
        await message.answer(f"помню {len(heard['heard'])}")

    @router.message(F.text == "провал")
    async def fail(message: Message, state: FSMContext) -> None:
        await state.set_state("lost")
        await state.set_data({"heard": []})
        raise ValueError

    @router.message(F.text == "забудь")
    async def forget(message: Message, state: FSMContext) -> None:
        await state.clear()
        await message.answer("забыто")

    @router.message()
    async def show(message: Message, state: FSMContext, raw_state: str | None) -> None:
        await message.answer(f"{raw_state}: {len((await state.get_data()).get('heard', []))}")

    @router.error()
    async def sorry(event: ErrorEvent, state: FSMContext, raw_state: str | None) -> None:
        assert event.update.message
        await event.update.message.answer(f"извините, {raw_state} {await state.get_state()}")

    return router


async def _conversation(open_application: Open, stand_in: StandIn, **settings: str) -> None:
    first = await open_application(**settings)
    person, other = stand_in.person("Анна"), stand_in.person("Борис")
    await person.sends("помни раз")
    await person.hears("помню 1")
    await person.sends("провал")
    await person.hears("извините, listening listening")
    await first.stop()
    await open_application(**settings)
    await person.sends("помни два")
    await person.hears("помню 2")
    await other.sends("что?")
    await other.hears("None: 0")
    await person.sends("что?")
    await person.hears("listening: 2")
    await person.sends("забудь")
    await person.hears("забыто")
    await person.sends("что?")
    await person.hears("None: 0")


@pytest.mark.usefixtures("talkative")
async def test_a_conversation_outlives_a_restart_and_a_failed_handler_leaves_it_alone(
    open_application: Open, stand_in: StandIn
) -> None:
    await _conversation(open_application, stand_in)


@pytest.mark.usefixtures("talkative")
async def test_the_same_in_redis_and_nothing_of_it_in_the_database(
    open_application: Open, stand_in: StandIn, redis_url: str, database: Database
) -> None:
    await _conversation(open_application, stand_in, redis_url=redis_url)
    async with database.read() as connection:
        assert (await connection.execute(select(Conversation.chat_id))).all() == []


@pytest.mark.usefixtures("talkative")
async def test_redis_forgets_a_conversation_that_nobody_goes_on_with(
    open_application: Open, stand_in: StandIn, redis_url: str
) -> None:
    await open_application(redis_url=redis_url)
    person = stand_in.person("Анна")
    await person.sends("помни раз")
    await person.hears("помню 1")
    from redis.asyncio import Redis

    async with Redis.from_url(redis_url) as redis:
        async with asyncio.timeout(10):
            while len(keys := await redis.keys("fsm:*")) < 2:  # noqa: ASYNC110 - it is kept after the answer
                await asyncio.sleep(0.02)
        left = [await redis.ttl(key) for key in keys]
        assert all(0 < seconds <= CONVERSATIONS.total_seconds() for seconds in left)


@pytest.mark.usefixtures("application")
async def test_the_step_and_its_effect_are_kept_together_or_not_at_all(
    router: Router, stand_in: StandIn, database: Database, services: Services
) -> None:
    async def moved_on(message: Message, state: FSMContext, services: Services, person: Person) -> None:
        await state.set_state("searching")
        await services.catalogue.search(message.text or "", person)

    @router.message(F.text == "вулканы")
    async def works(message: Message, state: FSMContext, services: Services, person: Person) -> None:
        await moved_on(message, state, services, person)
        await message.answer("нашлось")

    @router.message(F.text == "облака")
    async def fails(message: Message, state: FSMContext, services: Services, person: Person) -> None:
        await state.set_state("lost")
        raise ValueError

    @router.message()
    async def show(message: Message, raw_state: str | None) -> None:
        await message.answer(f"вижу {raw_state}")

    known = await City(database, services).person()
    phone = stand_in.person(id=known.chat_id)
    await phone.sends("вулканы")
    await phone.hears("нашлось")
    await phone.sends("облака")
    await phone.sends("что?")
    await phone.hears("вижу searching")
    async with database.read() as connection:
        searches = (await connection.execute(select(Search.query))).scalars().all()
        state = (await connection.execute(select(Conversation.state))).scalar_one()
    assert (searches, state) == (["вулканы"], "searching")


@pytest.mark.usefixtures("application")
async def test_in_a_group_there_is_nobody_and_no_conversation(router: Router, stand_in: StandIn) -> None:
    met: list[Any] = []
    noted = asyncio.Event()

    @router.message()
    async def note(message: Message, **given: Any) -> None:
        met.append((given["person"], given["raw_state"], given.get("state")))
        noted.set()

    group, person = stand_in.group(), stand_in.person()
    await person.adds_bot(group)
    await person.sends("/start", chat=group)
    await stand_in.updates_are_taken()
    await asyncio.wait_for(noted.wait(), 5)
    assert set(met) == {(None, None, None)}
