"""Limits of pace and faults: off by default, exact when ordered."""

import aiohttp
import pytest

from playground.faults import Trouble
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
