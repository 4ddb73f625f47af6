"""Texts are trimmed, measured and their entities checked as Telegram does it."""

import json
from typing import Any

import pytest
import tdjson
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.entities import clean, part, utf16_length, with_found
from playground.person import Person
from playground.refusals import BadRequest
from playground.stand_in import StandIn
from tests.playground.conftest import Bot

LETTERS = st.text(st.sampled_from("ab 👉\r\n\t\u2028\u0333ёЖ\x01\u200b\xa0"), min_size=1, max_size=12)


@pytest.fixture
async def teacher(stand_in: StandIn) -> Person:
    person = stand_in.person("Анна")
    await person.starts()
    return person


def telegrams_own(request: dict[str, Any]) -> dict[str, Any]:
    """What Telegram's own code answers; it runs offline."""
    answer: dict[str, Any] = json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"{}")
    return answer


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "Bad Request: message text is empty"),
        (" \n\t ", "Bad Request: text must be non-empty"),
        ("ж" * 4097, "Bad Request: message is too long"),
        ("ж" * 16_385, "Bad Request: text is too long"),
    ],
)
async def test_a_text_that_cannot_be_sent(bot: Bot, teacher: Person, text: str, refusal: str) -> None:
    assert await bot.refusal("sendMessage", chat_id=teacher.id, text=text) == refusal


async def test_4096_symbols_pass_however_many_units_they_take(bot: Bot, teacher: Person) -> None:
    await bot.call("sendMessage", chat_id=teacher.id, text="👉" * 4096)
    assert len(teacher.last.text) == 4096


async def test_an_edit_that_is_too_long_is_refused_in_other_words(bot: Bot, teacher: Person) -> None:
    sent = await bot.call("sendMessage", chat_id=teacher.id, text="Коротко")
    where = {"chat_id": teacher.id, "message_id": sent["message_id"]}
    refusal = await bot.refusal("editMessageText", **where, text="ж" * 4097)
    assert refusal == "Bad Request: MESSAGE_TOO_LONG"


async def test_whitespace_around_is_trimmed_and_entities_move_along(bot: Bot, teacher: Person) -> None:
    bold = {"type": "bold", "offset": 2, "length": 5}
    sent = await bot.call("sendMessage", chat_id=teacher.id, text="\n 👉 ёж \n", entities=[bold])
    assert sent["text"] == "👉 ёж"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 5}]


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        (
            {"type": "bold", "offset": 9, "length": 1},
            "entity begins after the end of the text at UTF-16 offset 9",
        ),
        (
            {"type": "bold", "offset": 3, "length": 6},
            "entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 9",
        ),
        (
            {"type": "bold", "offset": 1, "length": 2},
            "entity begins in a middle of a UTF-16 symbol at byte offset 4",
        ),
        (
            {"type": "bold", "offset": 0, "length": 1},
            "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4",
        ),
        ({"type": "bold", "offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
        ({"type": "bold", "offset": 0, "length": -1}, "receive an entity with incorrect length -1"),
        ({"type": "blod", "offset": 0, "length": 1}, "can't parse MessageEntity: Unsupported type specified"),
        ({"type": "bold", "length": 1}, "can't parse MessageEntity: Can't find field \"offset\""),
    ],
)
async def test_an_entity_that_does_not_fit(bot: Bot, teacher: Person, entity: dict[str, Any], reason: str) -> None:
    refusal = await bot.refusal("sendMessage", chat_id=teacher.id, text="👉 абвгд", entities=[entity])
    assert refusal == f"Bad Request: {reason}"


@settings(deadline=None)
@given(text=LETTERS, offset=st.integers(-2, 14), length=st.integers(-2, 14))
def test_entities_are_judged_as_by_telegrams_own_code(text: str, offset: int, length: int) -> None:
    span = {"@type": "textEntity", "offset": offset, "length": length}
    entity = {**span, "type": {"@type": "textEntityTypeUnderline"}}
    request = {"@type": "formattedText", "text": f"a{text}a", "entities": [entity]}
    theirs = telegrams_own({"@type": "getMarkdownText", "text": request})
    if theirs["@type"] == "error":
        with pytest.raises(BadRequest, match=f"(?i)^bad request: {theirs['message']}$"):
            clean(f"a{text}a", [{"type": "underline", "offset": offset, "length": length}])
        return
    mine = clean(f"a{text}a", [{"type": "underline", "offset": offset, "length": length}])
    assert mine.text == theirs["text"]
    covered = [part(theirs["text"], found).strip() for found in theirs["entities"]]
    assert [part(mine.text, found).strip() for found in mine.entities] == covered


@settings(deadline=None)
@given(st.text(max_size=50), st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60)), max_size=4))
def test_whatever_comes_is_cleaned_or_refused_and_never_breaks(text: str, spans: list[tuple[int, int]]) -> None:
    entities = [{"type": "bold", "offset": begin, "length": length} for begin, length in spans]
    try:
        content = with_found(clean(text, entities))
    except BadRequest:
        return
    ends = [found["offset"] + found["length"] for found in content.entities]
    assert all(0 < end <= utf16_length(content.text) for end in ends)


@pytest.mark.parametrize(
    "text",
    [
        "/start@course_bot @name1 и/или /help, пишите на school@example.org",
        "https://t.me/course_bot?start=c_1. сайт example.org и портал.рф (www.example.org/a) #курсы",
        "👉 /apply https://example.org/a/b?c=d#e",
        "http://127.0.0.1:8081/x /a/b @ab ГМЦ-0417-Д 12.03.2027 №5",
    ],
)
def test_links_commands_and_addresses_are_found_as_by_telegrams_own_code(text: str) -> None:
    theirs = telegrams_own({"@type": "getTextEntities", "text": text})["entities"]
    mine = with_found(clean(text)).entities
    assert [(found["offset"], found["length"]) for found in mine] == [
        (found["offset"], found["length"]) for found in theirs
    ]


async def test_an_unknown_parse_mode_is_refused(bot: Bot, teacher: Person) -> None:
    refusal = await bot.refusal("sendMessage", chat_id=teacher.id, text="а", parse_mode="BBCode")
    assert refusal == "Bad Request: unsupported parse_mode"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<b>а", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<i>а</b>", 'Unmatched end tag at byte offset 5, expected "</i>", found "</b>"'),
    ],
)
async def test_wrong_html_is_refused_in_telegrams_words(bot: Bot, teacher: Person, text: str, reason: str) -> None:
    refusal = await bot.refusal("sendMessage", chat_id=teacher.id, text=text, parse_mode="HTML")
    assert refusal == f"Bad Request: can't parse entities: {reason}"


async def test_html_becomes_entities(bot: Bot, teacher: Person) -> None:
    text = '<b>Курс</b> & <a href="https://example.org/">сайт</a>'
    sent = await bot.call("sendMessage", chat_id=teacher.id, text=text, parse_mode="HTML")
    assert sent["text"] == "Курс & сайт"
    assert [found["type"] for found in sent["entities"]] == ["bold", "text_link"]


async def test_a_caption_has_1024_symbols_at_most(bot: Bot, teacher: Person) -> None:
    parameters = {"chat_id": teacher.id, "document": "unknown", "caption": "ж" * 1025}
    assert await bot.refusal("sendDocument", **parameters) == "Bad Request: message caption is too long"
