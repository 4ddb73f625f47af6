"""Text and its entities as the server accepts them. Offsets and lengths count UTF-16 units."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

import orjson

from playground.refusals import (
    TEXT_TOO_MANY_BYTES,
    UNSUPPORTED_PARSE_MODE,
    BadRequest,
)

Entity = dict[str, Any]

STYLES: Final = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
}
FOUND_BY_ITSELF: Final = {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bank_card_number",
}
OPAQUE: Final = {"code", "pre", "text_link", "text_mention", "custom_emoji"}
KEPT_FIELDS: Final = {
    "text_link": ("url",),
    "text_mention": ("user",),
    "pre": ("language",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time", "date_time_format"),
}
MAX_BYTES: Final = 1 << 15
TRIMMED: Final = " \n"
REPLACED: Final = {
    **{code: " " for code in range(0x20) if code != 0x0A},
    **dict.fromkeys((0x0D, 0x030A, 0x0333, 0x033F, *range(0x2028, 0x202F))),
}

PATTERNS: Final = (
    ("email", re.compile(r"(?<![\w.%+-])[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?![\w-])")),
    (
        "url",
        re.compile(
            r"(?<![\w@.])(?:https?://(?:[\w-]+\.)+[\w-]+|(?:[\w-]+\.)+(?:ru|рф|com|org|net|io|me|info|su))"
            r"(?![\w-])(?::\d+)?(?:[/?#][^\s<>\"«»]*)?"
        ),
    ),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d_])\w{1,256}(?!\w)")),
)


@dataclass(frozen=True)
class FormattedText:
    """A text as it is stored, and its entities sorted as the server returns them."""

    text: str
    entities: tuple[Entity, ...] = field(default=())

    def as_fields(self, text_field: str, entities_field: str) -> dict[str, Any]:
        """The fields of a message that carry this text; no entities, no field."""
        fields: dict[str, Any] = {text_field: self.text}
        if self.entities:
            fields[entities_field] = list(self.entities)
        return fields


def utf16_length(text: str) -> int:
    """How many UTF-16 units `text` takes."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part(text: str, entity: Entity) -> str:
    """The words that an entity covers."""
    encoded = text.encode("utf-16-le")
    return encoded[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


def formatted(text: str, parse_mode: str = "", entities_json: str = "") -> FormattedText:
    """Check and clean a text that came from a bot.

    The result may be empty: what an empty text means is for the caller to say.
    Raises: BadRequest with the server's wording.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise BadRequest(TEXT_TOO_MANY_BYTES)
    if text and parse_mode and parse_mode.lower() != "none":
        text, given = _parsed(text, parse_mode.lower())
    else:
        given = _given(entities_json)
    return clean(text, given)


def clean(text: str, entities: Iterable[Entity] = ()) -> FormattedText:
    """Drop what the server drops, trim, and move entities along; those left without a symbol go.

    Raises: BadRequest naming the first entity that does not fit the text.
    """
    styled = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    edges = {unit: index for index, unit in enumerate(_unit_edges(text))}
    for entity in styled:
        _check_span(text, edges, entity)
    shown = _shown(text)
    kept = shown.strip(TRIMMED)
    cut = len(shown) - len(shown.lstrip(TRIMMED))
    moved = []
    for entity in (entity for entity in styled if entity["length"]):
        before = (utf16_length(_shown(text[: edges[unit]])) - cut for unit in _span(entity))
        begin, end = (min(max(0, unit), utf16_length(kept)) for unit in before)
        if begin < end:
            moved.append({**entity, "offset": begin, "length": end - begin})
    return FormattedText(kept, tuple(moved))


def with_found(content: FormattedText) -> FormattedText:
    """Add links, addresses, mentions, commands and hashtags, which are found in any text."""
    entities = list(content.entities)
    taken = [_span(entity) for entity in entities if entity["type"] in OPAQUE]
    starts = _unit_edges(content.text)
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(content.text):
            end = match.end()
            if kind == "url":
                end = match.start() + len(match.group().rstrip(".,:;!?'\")…"))
            begin, until = starts[match.start()], starts[end]
            if all(until <= low or high <= begin for low, high in taken):
                taken.append((begin, until))
                entities.append({"type": kind, "offset": begin, "length": until - begin})
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return FormattedText(content.text, tuple(entities))


def _span(entity: Entity) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]


def _unit_edges(text: str) -> list[int]:
    """Where symbols begin, in UTF-16 units, and where the last one ends."""
    return [0, *accumulate(1 if symbol <= "\uffff" else 2 for symbol in text)]


def _shown(text: str) -> str:
    """The text without what the server drops; control characters become spaces."""
    return text.translate(REPLACED)


def _given(entities_json: str) -> list[Entity]:
    try:
        raw = orjson.loads(entities_json) if entities_json else []
    except ValueError:
        raw = []  # the server, too, takes what is no list for nothing
    if not isinstance(raw, list):
        return []
    checked = [_checked(entity) for entity in raw]
    return [entity for entity in checked if entity["type"] not in FOUND_BY_ITSELF]


def _checked(raw: Any) -> Entity:
    if not isinstance(raw, dict):
        raise _wrong_entity("expected an Object")
    kind = raw.get("type")
    if not isinstance(kind, str):
        raise _wrong_entity('Can\'t find field "type"')
    if kind not in STYLES | FOUND_BY_ITSELF:
        raise _wrong_entity("Unsupported type specified")
    for name in ("offset", "length"):
        if not isinstance(raw.get(name), int) or isinstance(raw[name], bool):
            raise _wrong_entity(f'Can\'t find field "{name}"')
    kept = {name: raw[name] for name in KEPT_FIELDS.get(kind, ()) if raw.get(name)}
    return {"type": kind, "offset": raw["offset"], "length": raw["length"], **kept}


def _wrong_entity(reason: str) -> BadRequest:
    return BadRequest(f"can't parse MessageEntity: {reason}")


def _check_span(text: str, edges: Mapping[int, int], entity: Entity) -> None:
    """An entity begins and ends on a symbol's edge, inside the text."""
    begin, end = _span(entity)
    last = next(reversed(edges))
    if begin < 0:
        raise BadRequest(f"receive an entity with incorrect offset {begin}")
    if entity["length"] < 0:
        raise BadRequest(f"receive an entity with incorrect length {entity['length']}")
    if entity["length"] == 0:
        return
    if begin > last:
        raise BadRequest(f"entity begins after the end of the text at UTF-16 offset {begin}")
    if begin not in edges:
        place = _byte_offset(text, edges[begin + 1])
        raise BadRequest(f"entity begins in a middle of a UTF-16 symbol at byte offset {place}")
    if end > last:
        raise BadRequest(
            f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}"
        )
    if end not in edges:
        raise BadRequest(
            f"entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol"
            f" at byte offset {_byte_offset(text, edges[end + 1])}"
        )


def _byte_offset(text: str, index: int) -> int:
    return len(text[:index].encode())


def _parsed(text: str, parse_mode: str) -> tuple[str, list[Entity]]:
    """Parse markup with Telegram's own parser, where the optional package tdjson is installed."""
    from playground.markup_parser import parse

    if parse_mode not in ("html", "markdown", "markdownv2"):
        raise BadRequest(UNSUPPORTED_PARSE_MODE)
    return parse(text, parse_mode)
