"""Whoever taps too fast is told once and then met with silence; nobody else notices, and nobody costs much."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiogram import Dispatcher, Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, InlineQuery, Message
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from bot.dispatching import portal_dispatcher
from bot.limits import KEYS_A_TAP, REMEMBERED, SILENCE, WINDOW, Allowance, Verdict
from db.engine import Database
from db.tables import Conversation, Update, User
from playground.stand_in import StandIn
from services.intake import in_hand
from tests.bot.conftest import Open
from tests.bot.test_intake import _until_handled
from tests.bot.test_limiter import Ticks

TAPS = 20
HANDLED, TOLD, SILENT = Verdict.HANDLED, Verdict.TOLD, Verdict.SILENT


def test_twenty_in_ten_seconds_then_one_sentence_then_silence_until_it_is_over() -> None:
    clock = Ticks()
    allowance = Allowance(TAPS, clock)
    assert {allowance.take(1) for _ in range(TAPS)} == {HANDLED}
    assert allowance.take(1) is TOLD
    assert {allowance.take(1) for _ in range(50)} == {SILENT}
    assert allowance.take(2) is HANDLED
    clock.seconds += SILENCE - 0.1
    assert allowance.take(1) is SILENT
    clock.seconds += 0.2
    assert {allowance.take(1) for _ in range(TAPS)} == {HANDLED}


def test_twenty_taps_that_take_longer_than_ten_seconds_are_nobodys_business() -> None:
    clock = Ticks()
    allowance = Allowance(TAPS, clock)
    for _ in range(500):
        clock.seconds += WINDOW / TAPS + 0.001
        assert allowance.take(1) is HANDLED


async def test_typing_after_the_bots_name_takes_nothing_from_the_taps_and_is_refused_without_a_word(
    open_application: Open, router: Router, stand_in: StandIn
) -> None:
    typed: list[str] = []

    @router.inline_query()
    async def note(query: InlineQuery) -> None:
        typed.append(query.query)

    @router.message()
    async def greet(message: Message) -> None:
        await message.answer("привет")

    await open_application(tap_limit="2")
    person = stand_in.person()
    for number in range(2 * KEYS_A_TAP + 3):
        person.begins_inline(str(number))
        await stand_in.updates_are_taken()
        await asyncio.sleep(0.02)
    await person.starts()
    await person.hears("привет")
    assert 0 < len(typed) <= 2 * KEYS_A_TAP
    assert not stand_in.calls.refused()


@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0, 3)), max_size=300))
def test_nobody_is_ever_heard_more_than_twenty_times_in_ten_seconds(taps: list[tuple[int, float]]) -> None:
    clock = Ticks()
    allowance = Allowance(TAPS, clock)
    heard: dict[int, list[float]] = {}
    for person, gap in taps:
        clock.seconds += gap * 0.2
        if allowance.take(person) is HANDLED:
            heard.setdefault(person, []).append(clock.seconds)
    for moments in heard.values():
        assert all(later - first >= WINDOW for first, later in zip(moments, moments[TAPS:], strict=False))


def test_thousands_of_strangers_do_not_fill_the_memory() -> None:
    clock = Ticks()
    allowance = Allowance(TAPS, clock)
    for person in range(3 * REMEMBERED):
        allowance.take(person)
    assert len(allowance) <= REMEMBERED
    clock.seconds += WINDOW
    for _ in range(REMEMBERED):
        allowance.take(1)
    assert len(allowance) == 1


async def test_a_quick_finger_is_told_once_every_tap_is_answered_and_others_are_served(
    open_application: Open, router: Router, stand_in: StandIn, database: Database
) -> None:
    handled: list[Any] = []

    @router.message()
    async def show(message: Message) -> None:
        key = InlineKeyboardButton(text="ещё", callback_data="more")
        await message.answer("вот", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[key]]))

    @router.callback_query()
    async def tapped(tap: CallbackQuery) -> None:
        handled.append(tap.from_user.id)
        await tap.answer("есть")

    await open_application(tap_limit=str(TAPS))
    quick, calm = stand_in.person("Анна"), stand_in.person("Борис")
    await quick.starts()
    await quick.hears("вот")
    toasts = [await quick.taps("ещё") for _ in range(TAPS + 3)]
    assert toasts[: TAPS - 1] == ["есть"] * (TAPS - 1)
    assert "Слишком быстро" in (toasts[TAPS - 1] or "")
    assert toasts[TAPS:] == [None, None, None]
    await quick.sends("эй")
    await calm.starts()
    await calm.hears("вот")
    assert await calm.taps("ещё") == "есть"
    await quick.hears_nothing()
    assert len(handled) == TAPS
    rows = await _until_handled(database, TAPS + 7)
    assert not [row.failure for row in rows if row.failure]


async def test_one_who_writes_too_fast_reads_one_sentence(
    open_application: Open, router: Router, stand_in: StandIn
) -> None:
    @router.message()
    async def echo(message: Message) -> None:
        await message.answer(f"эхо {message.text}")

    await open_application(tap_limit="3")
    person = stand_in.person()
    await person.starts()
    for number in range(6):
        await person.sends(f"раз {number}")
    await person.sees("Слишком быстро")
    await person.hears_nothing()
    texts = [message.text for message in person.messages]
    assert [text for text in texts if text.startswith("эхо")] == ["эхо /start", "эхо раз 0", "эхо раз 1"]
    assert len(texts) == 4


@contextmanager
def statements_of_updates(database: Database) -> Iterator[list[str]]:
    """What is asked of the database while an update is in hand; the intake's own book-keeping is not."""
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        ours = statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))  # and not what a driver asks by itself
        if in_hand.get() is not None and ours and not statement.startswith("UPDATE updates"):
            asked.append(statement)

    both = (database.writer, database.reader) if database.is_sqlite else (database.writer,)
    engines = [engine.sync_engine for engine in both]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


class TestStrangers:
    """The portal's own handlers."""

    @pytest.fixture
    def dispatcher(self) -> Dispatcher:
        """In place of the test's."""
        return portal_dispatcher()

    async def test_a_strangers_message_costs_one_read_and_no_write_unless_the_talk_moves_on(
        self, open_application: Open, stand_in: StandIn, database: Database
    ) -> None:
        application = await open_application()
        stranger = stand_in.person("Анна")
        with statements_of_updates(application.database) as asked:
            await stranger.starts()
            await stranger.hears("Согласен(на)")
            await _until_handled(database, 1)
            assert [statement.split()[0] for statement in asked] == ["SELECT", "INSERT"]
            asked.clear()
            for text in ("привет", "география", "/menu", "/profile", "x" * 4096):
                await stranger.sends(text)
                await stranger.hears("Согласен(на)")
            await stranger.sends_sticker()
            await stranger.hears("только текст")
            await _until_handled(database, 7)
        assert len(asked) == 6
        assert all(statement.startswith("SELECT") for statement in asked)
        async with database.read() as connection:
            assert await connection.scalar(select(func.count()).select_from(Conversation)) == 1
            assert await connection.scalar(select(func.count()).select_from(User)) == 0
            assert await connection.scalar(select(func.count()).select_from(Update)) == 7
