"""What a person sees of an outcome, and whether it is what they should."""

import re
from typing import Final

import orjson

from benchmarks.hostile.stage import Handled
from texts.errors import UNEXPECTED

RUSSIAN: Final = re.compile("[а-яё]{3}", re.IGNORECASE)
CODE_IN_SIGHT: Final = re.compile(r"Traceback|<class|object at 0x|\bNone\b|\bNULL\b|[a-z]Error\b")
FILES: Final = {"document", "photo"}
INVENTED: Final = (
    "update_unparsable", "chat not found", "bot can't initiate conversation", "bot was kicked",
    "invalid file_id", "wrong file identifier", "file_id is not specified", "message to edit not found",
    "message identifier is not specified",
)  # fmt: skip
"""An update that cannot be read is logged and set aside; what it invented is nowhere."""


def shown(handled: Handled) -> list[str]:
    """What the person reads."""
    parameters = [call.parameters for call in (*handled.answers, *handled.calls)]
    return [text for given in parameters if (text := given.get("text") or given.get("caption"))]


def heard(handled: Handled) -> str:
    """What somebody can tell an outcome by."""
    calls = (*handled.answers, *handled.calls)
    kept = ("text", "caption", "show_alert", "reply_markup")
    outcome = [(call.method, [call.parameters.get(name) for name in kept]) for call in calls]
    return orjson.dumps(sorted(outcome, key=repr)).decode()


def wrong_with(handled: Handled, *, is_tap: bool = False) -> list[str]:
    """What is wrong with an outcome, whoever it is."""
    wrong = [handled.failure] if handled.failure else []
    if is_tap and len(handled.answers) != 1:
        wrong.append(f"answered {len(handled.answers)} times")
    wrong += [f"answered in vain: {call.refusal}" for call in handled.answers if call.refusal]
    read = shown(handled)
    has_file = any(FILES & call.parameters.keys() for call in handled.calls)
    if not has_file and not any(RUSSIAN.search(text) for text in read):
        wrong.append(f"no Russian word: {read}")
    wrong += [f"shows {text[:80]!r}" for text in read if text == UNEXPECTED or CODE_IN_SIGHT.search(text)]
    return wrong
