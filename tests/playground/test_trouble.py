"""Limits of pace and faults: off by default, exact when ordered."""

import asyncio

import aiohttp
import pytest

from playground.faults import WAYS, Fault, Scope, Share, Trouble
from playground.person import Person
from playground.stand_in import StandIn
from tests.playground.conftest import Bot


@pytest.fixture
async def teacher(stand_in: StandIn) -> Person:
    person = stand_in.person("Анна")
    await person.starts()
    return person


async def test_nothing_is_limited_unless_asked(bot: Bot, teacher: Person) -> None:
    for _ in range(40):
        await bot.call("sendMessage", chat_id=teacher.id, text="а")


async def test_one_chat_takes_a_short_burst_and_then_one_a_second(bot: Bot, stand_in: StandIn, teacher: Person) -> None:
    stand_in.pace.on = True
    for _ in range(5):
        await bot.call("sendMessage", chat_id=teacher.id, text="а")
    parameters = {"chat_id": teacher.id, "text": "а"}
    async with bot.session.post(bot.address("sendMessage"), json=parameters) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "3")
        assert await response.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 3",
            "parameters": {"retry_after": 3},
        }
    stand_in.clock.advance(2)
    assert await bot.refusal("sendMessage", **parameters) == "Too Many Requests: retry after 1"
    stand_in.clock.advance(1)
    assert await bot.call("sendMessage", **parameters)


async def test_all_chats_together_take_30_a_second_and_edits_count(
    bot: Bot, stand_in: StandIn, teacher: Person
) -> None:
    sent = await bot.call("sendMessage", chat_id=teacher.id, text="а")
    stand_in.pace.on = True
    stand_in.pace.per_second = 0.001
    people = [stand_in.person() for _ in range(29)]
    for person in people:
        await person.starts()
        await bot.call("sendMessage", chat_id=person.id, text="а")
    where = {"chat_id": teacher.id, "message_id": sent["message_id"]}
    await bot.call("editMessageText", **where, text="б")
    refusal = await bot.refusal("editMessageText", **where, text="в")
    assert refusal == "Too Many Requests: retry after 3"


async def test_answers_to_taps_and_polling_are_not_counted(bot: Bot, stand_in: StandIn, teacher: Person) -> None:
    stand_in.pace.on = True
    for _ in range(40):
        await teacher.taps_raw("apply", on=next(iter(teacher.chat.messages.values())), wait=False)
        query = (await bot.updates(offset=-1))[0]["callback_query"]
        await bot.call("answerCallbackQuery", callback_query_id=query["id"])


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(Trouble.TOO_MANY_REQUESTS, 429), (Trouble.SERVER_ERROR, 500), (Trouble.BAD_GATEWAY, 502)],
)
@pytest.mark.parametrize("after", [False, True])
async def test_the_next_calls_meet_the_trouble_and_the_rest_do_not(
    bot: Bot, stand_in: StandIn, teacher: Person, trouble: Trouble, status: int, after: bool
) -> None:
    stand_in.fails("sendMessage", trouble, times=2, after=after, retry_after=7)
    for expected in (status, status, 200):
        parameters = {"chat_id": teacher.id, "text": "а"}
        async with bot.session.post(bot.address("sendmessage"), json=parameters) as response:
            assert response.status == expected
            assert (response.content_type == "text/html") == (expected == 502)
            assert response.headers.get("Retry-After") == ("7" if expected == 429 else None)
    assert len(teacher.messages) == (3 if after else 1)


@pytest.mark.parametrize("after", [False, True])
async def test_a_connection_is_cut_before_or_after_the_effect(
    bot: Bot, stand_in: StandIn, teacher: Person, after: bool
) -> None:
    stand_in.fails("*", Trouble.CUT, after=after, chat_id=teacher.id)
    with pytest.raises(aiohttp.ClientError):
        await bot.call("sendMessage", chat_id=teacher.id, text="а")
    assert len(teacher.messages) == after
    (call,) = stand_in.calls.of("sendMessage")
    assert call.refusal == (None if after else "ordered trouble: CUT")


async def test_silence_lasts_until_the_bot_gives_up(bot: Bot, stand_in: StandIn, teacher: Person) -> None:
    stand_in.fails("sendMessage", Trouble.SILENCE)
    brief = aiohttp.ClientTimeout(total=0.1)
    with pytest.raises(TimeoutError):
        await bot.session.post(bot.address("sendMessage"), json={"chat_id": teacher.id, "text": "а"}, timeout=brief)
    assert teacher.messages == []
    assert await bot.call("sendMessage", chat_id=teacher.id, text="а")


async def test_what_a_429_has_closed_stays_closed_for_its_time_and_nothing_else_does(
    bot: Bot, stand_in: StandIn, teacher: Person
) -> None:
    other = stand_in.person("Борис")
    await other.starts()
    stand_in.fails("sendMessage", Trouble.TOO_MANY_REQUESTS, retry_after=3, scope=Scope.CHAT)
    here, there = {"chat_id": teacher.id, "text": "а"}, {"chat_id": other.id, "text": "а"}
    await bot.refusal("sendMessage", **here)
    await bot.call("sendMessage", **there)
    stand_in.clock.advance(1.5)
    assert await bot.refusal("sendMessage", **here) == "Too Many Requests: retry after 2"
    (early,) = stand_in.pace.too_early
    assert (early.chat_id, early.everywhere) == (str(teacher.id), False)
    assert (1.5 <= early.after < 2, 1 < early.left <= 1.5) == (True, True)
    stand_in.clock.advance(1.5)
    await bot.call("sendMessage", **here)

    stand_in.fails("sendMessage", Trouble.TOO_MANY_REQUESTS, retry_after=3, scope=Scope.EVERYTHING)
    await bot.refusal("sendMessage", **here)
    await bot.refusal("sendMessage", **there)
    await bot.call("setMyName", name="Курсы")
    stand_in.clock.advance(3)
    await bot.call("sendMessage", **there)
    assert [early.everywhere for early in stand_in.pace.too_early] == [False, True]


def _met(share: Share, calls: int) -> list[Fault | None]:
    return [share.meet(counts=True, hasty=number % 2 == 0) for number in range(calls)]


def test_a_share_of_all_calls_goes_wrong_in_every_way_and_the_same_ones_for_the_same_seed() -> None:
    met = _met(Share(0.2, seed=5), 3000)
    assert met == _met(Share(0.2, seed=5), 3000)
    assert met != _met(Share(0.2, seed=6), 3000)
    faults = [fault for fault in met if fault]
    assert 450 < len(faults) < 750
    assert {(fault.trouble, fault.after) for fault in faults} == {
        (trouble, at) for trouble, when in WAYS for at in when
    }
    assert {fault.scope for fault in met[::2] if fault} == {Scope.CHAT}
    assert {fault.scope for fault in met[1::2] if fault} == set(Scope)


def test_what_does_not_count_as_writing_never_meets_a_429() -> None:
    share = Share(1.0)
    met = [share.meet(counts=False, hasty=False) for _ in range(100)]
    assert not [fault for fault in met if fault and fault.trouble is Trouble.TOO_MANY_REQUESTS]


async def test_a_silence_may_end_with_a_broken_connection(bot: Bot, stand_in: StandIn, teacher: Person) -> None:
    stand_in.faults.order("sendMessage", Fault(Trouble.SILENCE, silence=0.05, after=True))
    with pytest.raises(aiohttp.ClientError):
        await bot.call("sendMessage", chat_id=teacher.id, text="а")
    assert len(teacher.messages) == 1


async def test_answers_may_take_their_time(bot: Bot, stand_in: StandIn, teacher: Person) -> None:
    stand_in.desk.delay = 0.2
    call = asyncio.create_task(bot.call("sendMessage", chat_id=teacher.id, text="а"))
    await teacher.hears("а")
    assert not call.done()
    await call
