"""Plain texts, for those whose phone reads aloud: no emoji, no drawn lines, marks and separators in words."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, TypeVar

from aiogram.types import InlineKeyboardMarkup, MessageEntity, ReplyKeyboardMarkup

from texts.support import MARKS as TICKET_MARKS
from texts.tickets import STAGES
from texts.wording import MARKS, STATUSES, TICKED, UNTICKED

Markup = TypeVar("Markup", bound=InlineKeyboardMarkup | ReplyKeyboardMarkup)

NOTHING_LEFT: Final = "без названия"
"""What was drawn with emoji alone: Telegram refuses an empty text."""

_PICTURES: Final = (
    "\u200d\u203c\u2049\u20e3\u2139\u2194-\u2199\u21a9\u21aa\u2300-\u23ff\u24c2\u2500-\u2775\u2794-\u27bf"
    "\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe0e\ufe0f\U0001f000-\U0001ffff\U000e0000-\U000e007f"
)
"""Emoji with what joins and varies them, arrows that are drawn as such, boxes, bars and bullets."""
_EDITED: Final = re.compile(
    rf"(?P<line>^(?:[{_PICTURES}][ \t]*)+\n*)"
    rf"|(?P<picture>[ \t]*(?:[{_PICTURES}][ \t]*)+)"
    r"|(?P<bullet>^[•‣] ?)"
    r"|(?P<separator> ?[·•] ?)"
    r"|(?P<arrow> ?→ ?)"
    r"|(?P<turn> ?[‹›] ?)",
    re.MULTILINE,
)
_ENDS: Final = re.compile(r"^[\s,]+|[\s,]+$")
_WORDS: Final = {"separator": ", ", "arrow": ", затем "}
_CLOSES: Final = frozenset("\n.,:;!?)»…·•→")
_OPENS: Final = frozenset("\n(«·•→ ")
_LABELS: Final = {
    **{MARKS[status].rstrip("\ufe0f"): STATUSES[status] for status in MARKS},
    **{TICKET_MARKS[stage]: STAGES[stage].capitalize() for stage in STAGES},
    TICKED.rstrip("\ufe0f"): "выбрано",
    UNTICKED.rstrip("\ufe0f"): "не выбрано",
}


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    words: str


def _edits(text: str) -> list[_Edit]:
    edits = []
    for found in _EDITED.finditer(text):
        kind = found.lastgroup or ""
        words = _WORDS.get(kind, "")
        if kind == "picture":
            before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
            words = "" if not before or not after or before in _OPENS or after in _CLOSES else " "
        edits.append(_Edit(found.start(), found.end(), words))
    return edits


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.words]
        done = edit.end
    return "".join([*pieces, text[done:]])


def words(text: str) -> str:
    """A text without formatting in its plain form."""
    return message(text, None)[0]


def message(text: str, entities: Sequence[MessageEntity] | None) -> tuple[str, list[MessageEntity] | None]:
    """A formatted text in its plain form: what was bold stays bold, wherever it has moved to."""
    edits = _edits(text)
    plain = _applied(text, edits)
    if not plain.strip():
        return NOTHING_LEFT, None
    if not entities:
        return plain, None
    move = _mover(text, edits)
    moved = []
    for entity in entities:
        start, end = move(entity.offset), move(entity.offset + entity.length)
        if start < end and entity.custom_emoji_id is None:
            moved.append(entity.model_copy(update={"offset": start, "length": end - start}))
    return plain, moved


def _units(text: str) -> int:
    """Telegram counts places in UTF-16 units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _mover(text: str, edits: Sequence[_Edit]) -> Callable[[int], int]:
    """Where a place of the text has moved to, both in UTF-16 units."""
    before = list(accumulate((1 + (letter > "\uffff") for letter in text), initial=0))
    starts = [before[edit.start] for edit in edits]
    shifts = list(accumulate((_units(edit.words) - before[edit.end] + before[edit.start] for edit in edits), initial=0))

    def moved(place: int) -> int:
        index = bisect_right(starts, place)
        if index == 0:
            return place
        last = edits[index - 1]
        if place >= before[last.end]:
            return place + shifts[index]
        # Inside of what was replaced: what begins or ends there does so where the words of it begin.
        return starts[index - 1] + shifts[index - 1]

    return moved


def label(text: str) -> str:
    """A button's label in its plain form: a mark before it is a word, «🕓 ГМЦ-1» → «На согласовании: ГМЦ-1»."""
    for mark, meaning in _LABELS.items():
        if text.startswith(mark):
            return f"{meaning}: {_without_ends(text.removeprefix(mark))}"
    return _without_ends(text)


def _without_ends(text: str) -> str:
    """What stands between two separators, where there is nothing outside of them."""
    return _ENDS.sub("", words(text)) or NOTHING_LEFT


def keyboard(markup: Markup) -> Markup:
    """A keyboard with plain labels; what its buttons do stays."""
    if isinstance(markup, InlineKeyboardMarkup):
        rows = [
            [button.model_copy(update={"text": label(button.text)}) for button in row] for row in markup.inline_keyboard
        ]
        return markup.model_copy(update={"inline_keyboard": rows})
    keys = [[key.model_copy(update={"text": label(key.text)}) for key in row] for row in markup.keyboard]
    return markup.model_copy(update={"keyboard": keys})
