"""Inline mode: what people type after `@bot`, what a bot may answer, what is sent then."""

import asyncio
from typing import Any

import pytest

from playground.person import Person
from playground.stand_in import StandIn
from tests.playground.conftest import Bot
from tests.playground.test_keyboards import TOO_OLD

WRONG = "Bad Request: "


def article(number: int = 1, **more: Any) -> dict[str, Any]:
    """A result with a text of its own."""
    content = {"message_text": f"Курс {number}"}
    return {"type": "article", "id": f"c{number}", "title": f"Питон {number}", "input_message_content": content, **more}


@pytest.fixture
async def teacher(stand_in: StandIn) -> Person:
    person = stand_in.person("Анна")
    await person.starts()
    return person


async def asked(bot: Bot) -> dict[str, Any]:
    """The newest inline query."""
    query: dict[str, Any] = (await bot.updates(offset=-1, timeout=5))[0]["inline_query"]
    return query


async def test_a_result_is_sent_as_ones_own_message_via_the_bot(bot: Bot, stand_in: StandIn, teacher: Person) -> None:
    staff_room = stand_in.group()
    typing = asyncio.create_task(teacher.types_inline("  питон ", chat=staff_room))
    await asyncio.sleep(0)
    query = await asked(bot)
    assert {**query, "id": ""} == {
        "id": "",
        "from": teacher.account.as_json(),
        "query": "питон",
        "offset": "",
        "chat_type": "group",
    }
    link = {"inline_keyboard": [[{"text": "Открыть", "url": "https://t.me/course_bot?start=c_1"}]]}
    results = [article(1, reply_markup=link, description="36 часов"), article(2)]
    await bot.call("answerInlineQuery", inline_query_id=query["id"], results=results, next_offset="2")
    offered = await typing
    assert offered.answer is not None
    assert offered.answer.next_offset == "2"
    sent = await teacher.picks("Питон 1", offered)
    assert (sent.chat, sent.sender, sent.text) == (staff_room, teacher.account, "Курс 1")
    assert sent.as_json()["via_bot"]["username"] == "course_bot"
    assert await teacher.taps("Открыть", on=sent) == "https://t.me/course_bot?start=c_1"


async def test_a_card_sent_to_the_bot_itself_reaches_it_as_a_message(bot: Bot, teacher: Person) -> None:
    query = teacher.begins_inline("питон")
    await bot.call("answerInlineQuery", inline_query_id=query.id, results=[article()])
    await teacher.picks("Питон", query)
    update = (await bot.updates(offset=-1))[0]["message"]
    assert (update["text"], update["via_bot"]["is_bot"]) == ("Курс 1", True)


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"results": [article(number) for number in range(51)]}, "too many inline query results specified"),
        ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
        ({"results": [article(id="ж" * 33)]}, "RESULT_ID_INVALID"),
        ({"results": [article(id="")]}, "RESULT_ID_EMPTY"),
        ({"results": [article(title="")]}, "ARTICLE_TITLE_EMPTY"),
        ({"results": [article(input_message_content={"message_text": "ж" * 4097})]}, "MESSAGE_TOO_LONG"),
        ({"results": [article(input_message_content={"message_text": " "})]}, "message text is empty"),
        ({"results": [article(reply_markup={"inline_keyboard": [[{"text": "а", "url": "localhost"}]]})]}, "URL"),
        ({"results": "["}, "can't parse JSON encoded inline query results"),
        ({"results": {}}, "expected an Array of inline query results"),
        ({"results": [5]}, "can't parse InlineQueryResult: expected an Object"),
        ({"results": [], "next_offset": "1" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": {"text": "а"}}, "can't use empty start_parameter"),
        (
            {"results": [], "button": {"text": "а", "start_parameter": "ж"}},
            "unallowed characters in start_parameter are used",
        ),
        ({"results": [], "button": {"text": "а", "start_parameter": "a" * 65}}, "too long start_parameter specified"),
    ],
)
async def test_an_answer_that_telegram_refuses_is_refused(
    bot: Bot, teacher: Person, parameters: dict[str, Any], refusal: str
) -> None:
    query = teacher.begins_inline("питон")
    said = await bot.refusal("answerInlineQuery", inline_query_id=query.id, **parameters)
    assert said.startswith(WRONG)
    assert refusal in said
    await bot.call("answerInlineQuery", inline_query_id=query.id, results=[article(id="ж" * 32)])


async def test_a_query_is_answered_once_and_within_half_a_minute(bot: Bot, stand_in: StandIn, teacher: Person) -> None:
    first, second = teacher.begins_inline("пит"), teacher.begins_inline("питон")
    await bot.call("answerInlineQuery", inline_query_id=first.id, results=[])
    stand_in.clock.advance(31)
    for query_id in (first.id, second.id, "5"):
        assert await bot.refusal("answerInlineQuery", inline_query_id=query_id, results=[]) == TOO_OLD
    assert not [update for update in await bot.updates() if "inline_query" in update]


async def test_an_answer_is_remembered_for_its_time_and_for_whom_it_was(
    bot: Bot, stand_in: StandIn, teacher: Person
) -> None:
    other = stand_in.person("Ольга")
    await bot.call(
        "answerInlineQuery",
        inline_query_id=teacher.begins_inline("питон").id,
        results=[article()],
        is_personal=True,
        cache_time=10,
    )
    assert teacher.begins_inline("питон").answer is not None
    assert other.begins_inline("питон").answer is None
    assert teacher.begins_inline("питон", offset="1").answer is None
    stand_in.clock.advance(11)
    assert teacher.begins_inline("питон").answer is None
    await bot.call("answerInlineQuery", inline_query_id=teacher.begins_inline("с++").id, results=[])
    assert other.begins_inline("с++").answer is not None


async def test_nobody_answers_where_inline_mode_is_off(bot: Bot, stand_in: StandIn, teacher: Person) -> None:
    stand_in.world.inline_mode = False
    teacher.begins_inline("питон")
    assert not [update for update in await bot.updates() if "inline_query" in update]
    assert (await bot.call("getMe"))["supports_inline_queries"] is False
