"""Keyboards as the server accepts them."""

from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from playground.refusals import (
    BUTTON_DATA_INVALID,
    COPY_TEXT_INVALID,
    INLINE_EXPECTED,
    MARKUP_NOT_JSON,
    MARKUP_NOT_OBJECT,
    MARKUP_TOO_LONG,
    TEXT_BUTTON,
    WRONG_STYLE,
    BadRequest,
)

JsonObject = dict[str, Any]

MAX_BUTTONS: Final = 100
MAX_BYTES: Final = 10 * 1024
STYLES: Final = {"danger", "success", "primary"}
LOOKS: Final = ("text", "style", "icon_custom_emoji_id")
ACTIONS: Final = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "disabled",
)
MARKUPS: Final = {"inline_keyboard": "InlineKeyboardMarkup", "keyboard": "ReplyKeyboardMarkup"}
REQUESTS: Final = (
    "request_contact",
    "request_location",
    "request_poll",
    "request_users",
    "request_chat",
    "web_app",
)


def checked_markup(raw: str, *, inline_only: bool = False) -> JsonObject | None:
    """The keyboard of a call as it will be shown, or None where there is none.

    `inline_only`: an edit and a channel take no other keyboard. Raises: BadRequest.
    """
    markup = _object(raw)
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        rows = [[_inline_button(button) for button in row] for row in _rows(markup, "inline_keyboard")]
        return _within_size({"inline_keyboard": rows}) if rows else None
    if inline_only:
        raise BadRequest(INLINE_EXPECTED)
    if "keyboard" in markup:
        rows = [[_plain_button(button) for button in row] for row in _rows(markup, "keyboard")]
        return _within_size({**markup, "keyboard": rows}) if rows else None
    return markup if markup.get("remove_keyboard") is True or markup.get("force_reply") is True else None


def _object(raw: str) -> JsonObject | None:
    try:
        markup = orjson.loads(raw) if raw else None
    except ValueError:
        raise BadRequest(MARKUP_NOT_JSON) from None
    if markup is not None and not isinstance(markup, dict):
        raise BadRequest(MARKUP_NOT_OBJECT)
    return markup


def _rows(markup: JsonObject, field: str) -> list[list[Any]]:
    rows = markup[field]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BadRequest(f'field "{field}" of the {MARKUPS[field]} must be an Array of Arrays')
    return [row for row in rows if row]


def _within_size(markup: JsonObject) -> JsonObject:
    rows = markup.get("inline_keyboard") or markup["keyboard"]
    if sum(len(row) for row in rows) > MAX_BUTTONS or len(orjson.dumps(markup)) > MAX_BYTES:
        raise BadRequest(MARKUP_TOO_LONG)
    return markup


def _inline_button(raw: Any) -> JsonObject:
    button = _looks(raw, "can't parse inline keyboard button", "InlineKeyboardButton")
    actions = {name: raw[name] for name in ACTIONS if raw.get(name) is not None}
    if not actions:
        raise BadRequest(f"can't parse inline keyboard button: {TEXT_BUTTON}")
    if len(actions) > 1:
        raise BadRequest("can't parse inline keyboard button: exactly one optional field must be used")
    _check_action(*next(iter(actions.items())))
    return {**button, **actions}


def _check_action(name: str, value: Any) -> None:
    if name == "callback_data" and not (isinstance(value, str) and 1 <= len(value.encode()) <= 64):
        raise BadRequest(BUTTON_DATA_INVALID)
    if name == "url":
        _check_url(str(value))
    if name == "copy_text":
        if not isinstance(value, dict):
            raise BadRequest('can\'t parse inline keyboard button: Field "copy_text" must be of type Object')
        if not 1 <= len(str(value.get("text", ""))) <= 256:
            raise BadRequest(COPY_TEXT_INVALID)
    if name in ("disabled", "web_app") and not isinstance(value, dict):
        raise BadRequest(f'can\'t parse inline keyboard button: Field "{name}" must be of type Object')


def _check_url(url: str) -> None:
    try:
        address = urlsplit(url if "://" in url else f"http://{url}")
        host = address.hostname or ""
    except ValueError:
        address, host = None, ""
    known = address is not None and address.scheme in ("http", "https", "tg", "ton")
    if not known or (address is not None and address.scheme in ("http", "https") and "." not in host):
        raise BadRequest(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _plain_button(raw: Any) -> JsonObject:
    if isinstance(raw, str):
        raw = {"text": raw}
    button = _looks(raw, "can't parse keyboard button", "KeyboardButton")
    return {**button, **{name: raw[name] for name in REQUESTS if raw.get(name)}}


def _looks(raw: Any, failure: str, kind: str) -> JsonObject:
    if not isinstance(raw, dict):
        raise BadRequest(f"{failure}: {kind} must be an Object")
    if not isinstance(raw.get("text"), str) or not raw["text"]:
        raise BadRequest(f'{failure}: Can\'t find field "text"')
    if raw.get("style") not in ("", None, *STYLES):
        raise BadRequest(f"{failure}: {WRONG_STYLE}")
    return {name: raw[name] for name in LOOKS if raw.get(name)}
