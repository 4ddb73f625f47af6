"""Inline mode: what a person types after `@bot` in any chat, the bot's answer, and the result they send."""

from typing import Any, Final

from playground.arguments import Arguments, as_argument
from playground.entities import formatted, with_found
from playground.keyboards import checked_markup
from playground.people import CHAT_LANE, NotPossible, Voice, bot_reads
from playground.refusals import (
    ARTICLE_TITLE_EMPTY,
    BUTTON_NOT_JSON,
    NEXT_OFFSET_INVALID,
    QUERY_TOO_OLD,
    RESULT_ID_DUPLICATE,
    RESULT_ID_EMPTY,
    RESULT_ID_INVALID,
    RESULT_TEXT_TOO_LONG,
    RESULTS_NOT_ARRAY,
    RESULTS_NOT_JSON,
    START_PARAMETER_CHARACTERS,
    START_PARAMETER_EMPTY,
    START_PARAMETER_TOO_LONG,
    TEXT_EMPTY,
    TOO_MANY_RESULTS,
    BadRequest,
)
from playground.updates import JsonObject
from playground.world import InlineAnswer, InlineQuery, Message, World

MAX_RESULTS: Final = 50
MAX_ID_BYTES: Final = 64
MAX_OFFSET_BYTES: Final = 64
MAX_QUERY: Final = 256
MAX_TEXT: Final = 4096
CACHED_FOR: Final = 300
LONGEST_CACHE: Final = 24 * 3600
PARAMETER: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
CANNOT_PARSE: Final = "can't parse InlineQueryResult: {}"


def answer_inline_query(world: World, arguments: Arguments) -> bool:
    """answerInlineQuery: once, within the query's life, with up to 50 articles.

    Of the kinds of results the stand-in knows articles with a text.
    """
    answer = InlineAnswer(
        tuple(_results(arguments)),
        _within(arguments.text("next_offset"), MAX_OFFSET_BYTES, NEXT_OFFSET_INVALID),
        _button(arguments),
        arguments.integer("cache_time", CACHED_FOR, 0, LONGEST_CACHE),
        arguments.flag("is_personal"),
    )
    if not world.answer_query(arguments.text("inline_query_id"), answer):
        raise BadRequest(QUERY_TOO_OLD)
    return True


def ask(world: World, voice: Voice, text: str, offset: str = "") -> InlineQuery:
    """Type `@bot TEXT` in a chat, or scroll on to `offset`; what the server remembers is answered at once.

    Where inline mode is off, nobody answers.
    """
    query = world.open_query(voice.account, voice.chat, text.strip()[:MAX_QUERY], offset)
    if query.answer is None and world.inline_mode:
        chat_type = "sender" if voice.chat.is_private else voice.chat.kind
        body = {"id": query.id, "from": voice.account.as_json(), "query": query.text, "offset": offset}
        world.updates.put("inline_query", {**body, "chat_type": chat_type}, f"queries of {voice.account.id}")
    return query


def pick(world: World, voice: Voice, query: InlineQuery, result_id: str) -> Message:
    """Send one of the results into the chat, as one's own message «via @bot»."""
    results = query.answer.results if query.answer else ()
    result = next((result for result in results if result["id"] == result_id), None)
    if result is None:
        raise NotPossible("there is no such result")
    if voice.chat.is_private and voice.chat.bot_status == "kicked":
        raise NotPossible("the bot is blocked here: unblock it first")
    content = {**result["content"], "via_bot": world.bot.as_json()}
    message = world.post(voice.chat, voice.account, content, result.get("reply_markup"))
    if voice.chat.is_private:
        voice.chat.bot_status = "member"
    if bot_reads(world, message):
        world.updates.put("message", message.as_json(), CHAT_LANE.format(voice.chat.id))
    return message


def _results(arguments: Arguments) -> list[JsonObject]:
    raw = _parsed(arguments, "results", RESULTS_NOT_JSON)
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise BadRequest(RESULTS_NOT_ARRAY)
    if len(raw) > MAX_RESULTS:
        raise BadRequest(TOO_MANY_RESULTS)
    results = [_result(each) for each in raw]
    if len({result["id"] for result in results}) < len(results):
        raise BadRequest(RESULT_ID_DUPLICATE)
    return results


def _result(raw: Any) -> JsonObject:
    if not isinstance(raw, dict):
        raise BadRequest(CANNOT_PARSE.format("expected an Object"))
    if raw.get("type") != "article":
        raise BadRequest(CANNOT_PARSE.format("invalid type specified"))
    texts = {name: _text(raw, name) for name in ("id", "title", "description")}
    if not texts["id"]:
        raise BadRequest(RESULT_ID_EMPTY)
    _within(texts["id"], MAX_ID_BYTES, RESULT_ID_INVALID)
    if not texts["title"].strip():
        raise BadRequest(ARTICLE_TITLE_EMPTY)
    return {**texts, "content": _content(raw.get("input_message_content")), **_markup(raw)}


def _content(raw: Any) -> JsonObject:
    if not isinstance(raw, dict) or not isinstance(raw.get("message_text"), str):
        raise BadRequest(CANNOT_PARSE.format("input message content is not specified"))
    entities = "" if raw.get("entities") is None else as_argument(raw["entities"])
    content = formatted(raw["message_text"], str(raw.get("parse_mode") or ""), entities)
    if not content.text.strip():
        raise BadRequest(TEXT_EMPTY)
    if len(content.text) > MAX_TEXT:
        raise BadRequest(RESULT_TEXT_TOO_LONG)
    return with_found(content).as_fields("text", "entities")


def _markup(raw: JsonObject) -> JsonObject:
    if raw.get("reply_markup") is None:
        return {}
    markup = checked_markup(as_argument(raw["reply_markup"]), inline_only=True)
    return {} if markup is None else {"reply_markup": markup}


def _button(arguments: Arguments) -> JsonObject | None:
    raw = _parsed(arguments, "button", BUTTON_NOT_JSON)
    if raw is None:
        return None
    if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
        raise BadRequest(BUTTON_NOT_JSON)
    parameter = str(raw.get("start_parameter") or "")
    if not parameter:
        raise BadRequest(START_PARAMETER_EMPTY)
    if len(parameter) > MAX_ID_BYTES:
        raise BadRequest(START_PARAMETER_TOO_LONG)
    if not PARAMETER.issuperset(parameter):
        raise BadRequest(START_PARAMETER_CHARACTERS)
    return {"text": raw["text"], "start_parameter": parameter}


def _parsed(arguments: Arguments, name: str, failure: str) -> Any:
    try:
        return arguments.json(name)
    except ValueError:
        raise BadRequest(failure) from None


def _text(raw: JsonObject, name: str) -> str:
    value = raw.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequest(CANNOT_PARSE.format(f'field "{name}" must be of type String'))
    return value


def _within(text: str, limit: int, failure: str) -> str:
    if len(text.encode()) > limit:
        raise BadRequest(failure)
    return text
