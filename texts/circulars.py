"""What an organisation writes to a group, on both sides."""

from collections.abc import Mapping
from typing import Any, Final

from aiogram.utils.formatting import Bold, Italic, Text, as_list

from domain.groups import MESSAGE_LIMIT
from services.group_views import Audience
from texts.wording import clipped, people

LISTED_TITLE: Final = 120
LISTED_PROVIDER: Final = 160


def _group(view: Audience) -> str:
    return f"Группа {view.group_number}, {view.code} «{clipped(view.title, LISTED_TITLE)}»"


def question(view: Audience) -> Text:
    """The request for the text."""
    return as_list(
        Bold(f"Напишите сообщение группе, до {MESSAGE_LIMIT} знаков."),
        f"{_group(view)}: {people(view.people)}. Я подпишу его именем организации.",
        sep="\n\n",
    )


def confirm(view: Audience, text: str) -> Text:
    """The text with the number of people, before the second tap."""
    return as_list(
        Bold(f"Отправить: {people(view.people)}?"),
        _group(view),
        text,
        Italic("Ночью сообщения не приходят: отправленное вечером дойдёт утром."),
        sep="\n\n",
    )


def sent(view: Audience) -> Text:
    """It is on its way."""
    return as_list(Text("📨 ", Bold(f"Отправлено: {people(view.people)}.")), _group(view), sep="\n\n")


def received(told: Mapping[str, Any]) -> Text:
    """The message as the group reads it."""
    course = f"{told['code']} «{clipped(told['title'], LISTED_TITLE)}», группа {told['group']}"
    return as_list(
        Text("📣 ", Bold(clipped(told["provider"], LISTED_PROVIDER)), f"\n{course}"), told["text"], sep="\n\n"
    )
