"""HTML and Markdown through Telegram's own parser: the optional package tdjson, which runs offline."""

import json
import re
from typing import Any, Final

from playground.refusals import BadRequest

MODES: Final = {
    "html": {"@type": "textParseModeHTML"},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
}
KINDS: Final = {
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "TextUrl": "text_link",
    "PreCode": "pre",
}


def parse(text: str, parse_mode: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the text without its markup, and its entities; `parse_mode` is a key of MODES.

    Raises: BadRequest as the server would word it, or saying that the parser is not installed.
    """
    try:
        from tdjson import td_execute
    except ImportError:
        raise BadRequest("this stand-in parses markup only with the package tdjson; send entities instead") from None
    td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())
    request = {"@type": "parseTextEntities", "text": text, "parse_mode": MODES[parse_mode]}
    answer = json.loads(td_execute(json.dumps(request).encode()) or b"{}")
    if answer.get("@type") != "formattedText":
        message = str(answer.get("message", "can't parse entities"))
        raise BadRequest(message[0].lower() + message[1:])
    return answer["text"], [_entity(entity) for entity in answer["entities"]]


def _entity(raw: dict[str, Any]) -> dict[str, Any]:
    kind = raw["type"]["@type"].removeprefix("textEntityType")
    entity = {
        "type": KINDS.get(kind) or re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower(),
        "offset": raw["offset"],
        "length": raw["length"],
    }
    if kind == "TextUrl":
        entity["url"] = raw["type"]["url"]
    if kind == "PreCode":
        entity["language"] = raw["type"]["language"]
    return entity
