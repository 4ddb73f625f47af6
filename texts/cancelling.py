"""Cancelling a course: the question, the answer, and what its provider hears."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiogram.utils.formatting import Bold, Text, as_list

from services.group_views import Cancellation
from services.views import CourseLine
from texts import pushes
from texts.wording import clipped, people, short_day

LISTED_TITLE: Final = 160


def _course(view: Cancellation) -> str:
    return f"{view.code} «{view.title}»"


def confirm(view: Cancellation) -> Text:
    """The question, with the number of people touched."""
    touched = f"Это коснётся: {people(view.live)}. Заявки закроются, и каждому придёт сообщение с похожими курсами."
    return as_list(
        Bold("Отменить курс?"),
        _course(view),
        touched if view.live else "Заявок на него сейчас нет.",
        "Курс исчезнет из каталога. Вернуть его нельзя.",
        sep="\n\n",
    )


def done(view: Cancellation) -> Text:
    """It is cancelled; many are told in the next minutes."""
    told = f"Сообщения получат: {people(view.live)}. Если их много, это займёт несколько минут." if view.live else ""
    return as_list(Text("🚫 ", Bold("Курс отменён.")), _course(view), *([told] if told else []), sep="\n\n")


def told_provider(told: Mapping[str, Any]) -> Text:
    """An operator has cancelled the provider's course."""
    return as_list(
        Text("🚫 ", Bold("Оператор портала отменил ваш курс")),
        Text(Bold(told["code"]), f" «{told['title']}»"),
        f"Заявки закрыты: {people(told['people'])}. Учителям я сообщил.",
        sep="\n\n",
    )


def told_teacher(told: Mapping[str, Any], similar: Sequence[CourseLine]) -> Text:
    """A teacher's course is cancelled, with others like it that are open."""
    if not similar:
        return pushes.moved(told)
    heading = Bold("Похожие курсы, на которые идёт запись:")
    return as_list(pushes.moved(told), as_list(heading, *map(_line, similar)), sep="\n\n")


def _line(line: CourseLine) -> str:
    starts = f", начало {short_day(line.starts_on)}" if line.starts_on else ""
    return f"• {line.code} — {clipped(line.title, LISTED_TITLE)}{starts}"
