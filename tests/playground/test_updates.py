"""Updates wait until they are confirmed, and go to one taker."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.clock import Clock
from playground.stand_in import StandIn
from playground.updates import UpdateQueue
from tests.playground.conftest import Bot

OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    for text in ("раз", "два", "три"):
        await teacher.sends(text)
    first = await bot.updates()
    assert await bot.updates() == first
    assert [update["message"]["text"] for update in first] == ["раз", "два", "три"]
    rest = await bot.updates(offset=first[0]["update_id"] + 1, limit=1)
    assert rest == first[1:2]
    assert await bot.updates() == first[1:]
    assert await bot.updates(offset=-1) == first[2:]
    assert await bot.updates(offset=first[2]["update_id"] + 1) == []


@pytest.mark.parametrize(("limit", "count"), [(0, 1), (2, 2), (1000, 100)])
async def test_a_limit_is_pulled_into_1_to_100(bot: Bot, stand_in: StandIn, limit: int, count: int) -> None:
    teacher = stand_in.person()
    for _ in range(101):
        await teacher.sends("а")
    assert len(await bot.updates(limit=limit)) == count


@settings(deadline=None)
@given(st.lists(st.integers(-5, 15), max_size=6), st.integers(0, 10))
def test_whatever_the_offsets_nothing_confirmed_comes_again(offsets: list[int], count: int) -> None:
    queue = UpdateQueue(Clock())
    for number in range(count):
        queue.put("message", {"number": number}, "chat")
    first = queue.waiting()[0].id if count else 0
    confirmed = first
    for offset in offsets:
        found = queue.take(first + offset if offset >= 0 else offset, 100)
        assert [update.id for update in found] == sorted(update.id for update in found)
        assert all(update.id >= confirmed for update in found)
        confirmed = max([confirmed, first + offset if offset >= 0 else confirmed, *[u.id for u in found[:1]]])


async def test_a_long_poll_ends_with_the_first_update(bot: Bot, stand_in: StandIn) -> None:
    poll = asyncio.create_task(bot.updates(timeout=50))
    await stand_in.bot_is_up()
    assert not poll.done()
    await stand_in.person().sends("а")
    assert len(await poll) == 1


async def test_a_second_poller_ends_the_first(bot: Bot, stand_in: StandIn) -> None:
    first = asyncio.create_task(bot.refusal("getUpdates", timeout=50))
    await stand_in.bot_is_up()
    second = asyncio.create_task(bot.updates(timeout=50))
    assert await first == OTHER
    await stand_in.person().sends("а")
    assert len(await second) == 1


async def test_a_poller_that_died_loses_nothing(bot: Bot, stand_in: StandIn) -> None:
    dying = asyncio.create_task(bot.updates(timeout=50))
    await stand_in.bot_is_up()
    dying.cancel()
    await stand_in.person().sends("а")
    assert len(await bot.updates(timeout=50)) == 1


async def test_polling_and_a_webhook_exclude_each_other(bot: Bot, stand_in: StandIn) -> None:
    poll = asyncio.create_task(bot.refusal("getUpdates", timeout=50))
    await stand_in.bot_is_up()
    await bot.call("setWebhook", url="https://bot.example.org/hook")
    assert await poll == "Conflict: terminated by setWebhook request"
    assert await bot.refusal("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await bot.call("deleteWebhook")
    assert await bot.updates() == []


async def test_a_tap_lives_150_seconds_in_the_queue_and_a_message_a_day(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    message = await teacher.sends("а")
    await teacher.taps_raw("apply", on=message, wait=False)
    assert len(await bot.updates()) == 2
    stand_in.clock.advance(151)
    assert ["message" in update for update in await bot.updates()] == [True]
    stand_in.clock.advance(24 * 3600)
    assert await bot.updates() == []


async def test_a_bot_gets_only_the_kinds_it_asked_for(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await bot.updates(allowed_updates=["callback_query"])
    message = await teacher.sends("а")
    await teacher.taps_raw("apply", on=message, wait=False)
    assert ["callback_query" in update for update in await bot.updates()] == [True]
    await bot.updates(allowed_updates=[])
    await teacher.sends("б")
    assert len(await bot.updates()) == 2


async def test_taken_means_confirmed(bot: Bot, stand_in: StandIn) -> None:
    await stand_in.person().sends("а")
    update = (await bot.updates())[0]
    with pytest.raises(AssertionError, match="not taken"):
        await stand_in.updates_are_taken(timeout=0.01)
    taken = asyncio.create_task(stand_in.updates_are_taken())
    await bot.updates(offset=update["update_id"] + 1)
    await taken


async def test_a_bot_that_never_comes_is_missed(stand_in: StandIn) -> None:
    with pytest.raises(AssertionError, match="no bot came"):
        await stand_in.bot_is_up(timeout=0.01)
