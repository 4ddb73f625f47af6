"""The pace: never past Telegram's limits, taps before pushes, quiet when told. On a clock of the test's own."""

import asyncio
import random
from collections import defaultdict
from heapq import heapify, heapreplace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limiter import BULK_PART, CHAT_BURST, DOUBT, PER_SECOND, Lane, Limiter, Pace, TooFast, lane

CHATS = st.integers(1, 6)
CALLS = st.lists(st.tuples(CHATS, st.sampled_from(Lane), st.floats(0, 2)), min_size=1, max_size=150)


class Ticks:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.asked = 0

    def __call__(self) -> float:
        self.asked += 1
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
            pace.count(chat, which)
            went.append(clock.seconds)
            if which is not Lane.TAP:
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
        pace.count(1, Lane.TAP)
    assert pace.wait(1, Lane.PUSH) > 1.0
    assert pace.wait(2, Lane.PUSH) == 0.0


def _hurry(pace: Pace, chat: int) -> None:
    """Write into a chat faster than one a second."""
    for _ in range(3):
        pace.count(chat, Lane.TAP)


def test_a_pause_after_haste_in_a_chat_is_that_chats_alone_and_everybodys_when_another_chat_is_told_so_too() -> None:
    clock = Ticks()
    pace = Pace(clock)
    _hurry(pace, 1)
    _hurry(pace, 2)
    pace.stop(1, 7)
    assert (pace.wait(1, Lane.TAP), pace.wait(2, Lane.TAP)) == (7.0, 0.0)
    pace.stop(2, 3)
    assert pace.wait(3, Lane.TAP) == 3.0
    clock.seconds += 3
    assert (pace.wait(1, Lane.TAP), pace.wait(2, Lane.TAP), pace.wait(3, Lane.TAP)) == (4.0, 0.0, 0.0)


def test_a_pause_that_a_chats_own_pace_does_not_explain_is_everybodys_the_long_ones_for_a_moment() -> None:
    clock = Ticks()
    pace = Pace(clock)
    pace.count(1, Lane.PUSH)
    pace.stop(1, 3)
    assert (pace.wait(1, Lane.TAP), pace.wait(2, Lane.TAP)) == (3.0, 3.0)
    clock.seconds += 3
    pace.stop(2, 300)
    assert (pace.wait(1, Lane.TAP), pace.wait(2, Lane.TAP)) == (DOUBT, 300.0)


def test_a_shorter_pause_never_ends_a_longer_one() -> None:
    pace = Pace(Ticks())
    pace.stop(1, 30)
    pace.stop(1, 2)
    assert pace.wait(1, Lane.TAP) == 30.0


def test_bulk_goes_evenly_and_leaves_room_for_a_tap_at_any_moment() -> None:
    clock = Ticks()
    pace = Pace(clock)
    began = clock.seconds
    for chat in range(200):
        clock.seconds += pace.wait(chat, Lane.BULK)
        assert pace.wait(chat, Lane.TAP) == 0.0
        pace.count(chat, Lane.BULK)
    evenly = PER_SECOND * BULK_PART
    assert evenly - 1 < 200 / (clock.seconds - began) <= evenly + 0.5


def test_chats_are_forgotten_again() -> None:
    clock = Ticks()
    pace = Pace(clock)
    for chat in range(20_000):
        pace.count(chat, Lane.PUSH)
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
        asyncio.create_task(_ask(limiter, chat, which, went))
        for chat, which in ((99, Lane.BULK), (100, Lane.PUSH), (101, Lane.TAP))
    ]
    await asyncio.sleep(0)
    assert went == []
    clock.seconds += 1.5
    limiter.let_go()
    await asyncio.gather(*waiting)
    assert went == [(101, Lane.TAP), (100, Lane.PUSH), (99, Lane.BULK)]


async def test_whoever_waits_for_their_own_chat_keeps_nobody_else_waiting() -> None:
    clock = Ticks()
    limiter = Limiter(clock)
    went: list[tuple[int, Lane]] = []
    for _ in range(2):
        await _ask(limiter, 1, Lane.TAP, [])
    limiter.stop(1, 3)
    held = asyncio.create_task(_ask(limiter, 1, Lane.PUSH, went))
    await asyncio.sleep(0)
    await _ask(limiter, 2, Lane.PUSH, went)
    clock.seconds += 3
    limiter.let_go()
    await held
    assert went == [(2, Lane.PUSH), (1, Lane.PUSH)]


async def test_a_turn_costs_little_however_many_wait() -> None:
    async def looks_at_the_clock(waiting: int) -> float:
        clock = Ticks()
        limiter = Limiter(clock)
        went: list[tuple[int, Lane]] = []
        asking = [asyncio.create_task(_ask(limiter, chat, Lane.TAP, went)) for chat in range(waiting)]
        await asyncio.sleep(0)
        while len(went) < waiting:
            clock.seconds += 1.0
            limiter.let_go()
            await asyncio.sleep(0)
        assert [chat for chat, _ in went] == list(range(waiting))
        await asyncio.gather(*asking)
        return clock.asked / waiting

    assert await looks_at_the_clock(800) < 2 * await looks_at_the_clock(100)


async def test_what_would_wait_too_long_is_refused_at_once() -> None:
    limiter = Limiter(Ticks())
    limiter.stop(1, 3600)
    assert limiter.rest(1, Lane.PUSH) == 0.0
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


@given(st.integers(1, 90), st.randoms(use_true_random=False))
def test_however_many_processes_share_the_pace_together_they_have_thirty_a_second_and_never_more(
    processes: int, chance: random.Random
) -> None:
    clock = Ticks()
    paces = [Pace(clock) for _ in range(processes)]
    for place, pace in enumerate(paces):
        pace.divide(processes, place)
    # Each calls as soon as it may, from a moment of its own on.
    free = [(clock() + chance.random(), place) for place in range(processes)]
    heapify(free)
    went: list[float] = []
    while len(went) < 6 * max(PER_SECOND, processes):
        moment, place = free[0]
        clock.seconds = max(clock.seconds, moment)
        if (seconds := paces[place].wait_for_all(Lane.PUSH)) == 0.0:
            paces[place].count(len(went), Lane.PUSH)
            went.append(clock.seconds)
        heapreplace(free, (clock.seconds + seconds, place))
    within = max(1.0, processes / PER_SECOND)
    together = round(within * PER_SECOND)
    for earlier, later in zip(went, went[together:], strict=False):
        assert later - earlier >= within - 1e-6
    assert len(went) / (went[-1] - went[0] + within) > 0.8 * PER_SECOND


@given(st.integers(1, 90))
def test_what_the_processes_may_send_of_bulk_stays_below_the_whole_pace_too(processes: int) -> None:
    clock = Ticks()
    paces = [Pace(clock) for _ in range(processes)]
    sent, seconds = 0, 10 * max(1.0, processes / PER_SECOND)
    for place, pace in enumerate(paces):
        clock.seconds = 1000.0
        pace.divide(processes, place)
        while True:
            clock.seconds += pace.wait_for_all(Lane.BULK)
            if clock.seconds >= 1000.0 + seconds - 1e-6:
                break
            pace.count(sent, Lane.BULK)
            sent += 1
    assert 0.9 * BULK_PART * PER_SECOND * seconds <= sent <= PER_SECOND * seconds + 1e-6


def test_whoever_stays_alone_has_the_whole_pace_again() -> None:
    clock = Ticks()
    pace = Pace(clock)
    pace.divide(3)
    for number in range(10):
        assert pace.wait(number, Lane.PUSH) == 0.0
        pace.count(number, Lane.PUSH)
    assert pace.wait(10, Lane.PUSH) > 0.0
    pace.divide(1)
    for number in range(10, 30):
        assert pace.wait(number, Lane.PUSH) == 0.0
        pace.count(number, Lane.PUSH)
    assert pace.wait(30, Lane.PUSH) > 0.0
