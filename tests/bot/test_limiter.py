"""The pace: never past Telegram's limits, taps before pushes, quiet when told. On a clock of the test's own."""

import asyncio
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limiter import CHAT_BURST, PER_SECOND, Lane, Limiter, Pace, TooFast, lane

CHATS = st.integers(1, 6)
CALLS = st.lists(st.tuples(CHATS, st.sampled_from(Lane), st.floats(0, 2)), min_size=1, max_size=150)


class Ticks:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@given(CALLS)
def test_never_more_than_thirty_in_any_second_nor_pushes_past_one_a_second_in_a_chat(
    calls: list[tuple[int, Lane, float]],
) -> None:
    clock = Ticks()
    pace = Pace(clock)
    went: list[float] = []
    pushed = defaultdict(list)
    for chat, which, gap in calls:
        clock.seconds += gap * 0.05
        for _ in range(3):  # more than allowed is wanted
            clock.seconds += pace.wait(chat, which)
            assert pace.wait(chat, which) <= 1e-9
            pace.count(chat)
            went.append(clock.seconds)
            if which is Lane.PUSH:
                pushed[chat].append(clock.seconds)
    for first, later in zip(went, went[PER_SECOND:], strict=False):
        assert later - first >= 1.0 - 1e-6
    for moments in pushed.values():
        for number, start in enumerate(moments):
            for end, moment in enumerate(moments[number:], 1):
                assert end <= CHAT_BURST + (moment - start) + 1e-6


def test_a_persons_own_taps_do_not_wait_but_pushes_make_room_for_them() -> None:
    clock = Ticks()
    pace = Pace(clock)
    for _ in range(10):
        assert pace.wait(1, Lane.TAP) == 0.0
        pace.count(1)
    assert pace.wait(1, Lane.PUSH) > 1.0
    assert pace.wait(2, Lane.PUSH) == 0.0


def test_a_pause_that_telegram_asks_for_holds_the_chat_and_then_everything() -> None:
    clock = Ticks()
    pace = Pace(clock)
    pace.stop(1, 7)
    assert (pace.wait(1, Lane.TAP), pace.wait(2, Lane.TAP)) == (7.0, 0.0)
    pace.stop(2, 3)
    assert pace.wait(3, Lane.TAP) == 3.0
    clock.seconds += 3
    assert (pace.wait(1, Lane.TAP), pace.wait(2, Lane.TAP), pace.wait(3, Lane.TAP)) == (4.0, 0.0, 0.0)


def test_chats_are_forgotten_again() -> None:
    clock = Ticks()
    pace = Pace(clock)
    for chat in range(20_000):
        pace.count(chat)
        clock.seconds += 0.05
    assert len(pace) < 200


async def _ask(limiter: Limiter, chat: int, which: Lane, went: list[tuple[int, Lane]]) -> None:
    lane.set(which)
    await limiter.turn(chat)
    went.append((chat, which))


async def test_taps_go_before_pushes_that_asked_earlier() -> None:
    clock = Ticks()
    limiter = Limiter(clock)
    went: list[tuple[int, Lane]] = []
    for chat in range(PER_SECOND):
        await _ask(limiter, chat, Lane.PUSH, [])
    waiting = [
        asyncio.create_task(_ask(limiter, chat, which, went)) for chat, which in ((100, Lane.PUSH), (101, Lane.TAP))
    ]
    await asyncio.sleep(0)
    assert went == []
    clock.seconds += 1.5
    limiter.let_go()
    await asyncio.gather(*waiting)
    assert went == [(101, Lane.TAP), (100, Lane.PUSH)]


async def test_what_would_wait_too_long_is_refused_at_once() -> None:
    limiter = Limiter(Ticks())
    limiter.stop(1, 3600)
    with pytest.raises(TooFast) as refused:
        await limiter.turn(1)
    assert refused.value.seconds == 3600


async def test_whoever_gives_up_waiting_takes_nobodys_turn() -> None:
    clock = Ticks()
    limiter = Limiter(clock)
    limiter.stop(1, 2)
    went: list[tuple[int, Lane]] = []
    first, second = (asyncio.create_task(_ask(limiter, 1, Lane.TAP, went)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    clock.seconds += 2
    limiter.let_go()
    await second
    assert went == [(1, Lane.TAP)]
