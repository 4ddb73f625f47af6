"""What a provider reads at the end of a course."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.groups import DOCUMENT_NUMBER_LIMIT
from services.group_views import CompletionReport, Roll
from texts import labels
from texts.enrolment import why
from texts.wording import people, period, short_day

LEFT_OUT_SHOWN: Final = 15
NUMBERS_SHOWN: Final = 5
LISTED: Final = 25
NUMBER_QUESTION: Final = (
    f"Напишите номер документа, до {DOCUMENT_NUMBER_LIMIT} знаков. Если у каждого свой — по одному на строке, "
    "в порядке списка."
)
DATE_QUESTION: Final = "Напишите дату документа. Например: 05.02.2027."


def _heading(roll: Roll) -> Text:
    return Text(Bold(labels.COMPLETE), f"\nГруппа {roll.group.number}, {roll.code} «{roll.title}»")


def ticking(roll: Roll, ticked: int) -> Text:
    """Who has completed the course?"""
    dates = period(roll.group.starts_on, roll.group.ends_on)
    parts = [_heading(roll)]
    if roll.group.ended is None:
        parts.append(Text("⚠️ У группы нет дат: проверьте, что обучение действительно закончилось."))
    parts.append(
        Text(
            f"Даты: {dates}. Отмечены все. Снимите отметку с тех, кто не закончил."
            if dates
            else "Отмечены все. Снимите отметку с тех, кто не закончил."
        )
    )
    parts.append(Italic(f"Отмечено: {ticked} из {len(roll.members)}."))
    return as_list(*parts, sep="\n\n")


def question(roll: Roll, ticked: Collection[int], asked: str) -> Text:
    """The request for a number or a date, with the list in whose order numbers stand."""
    names = [member.teacher for member in roll.members if member.id in ticked]
    lines = [f"{number}. {name}" for number, name in enumerate(names[:LISTED], 1)]
    if len(names) > LISTED:
        lines.append(f"…и ещё {len(names) - LISTED}")
    return as_list(Bold(asked), _heading(roll), as_list(f"Закончили: {people(len(names))}.", *lines), sep="\n\n")


def confirm(roll: Roll, ticked: int, numbers: Sequence[str], given_on: date | None) -> Text:
    """The question before the second tap."""
    facts = [as_key_value("Закончили", f"{people(ticked)} из {len(roll.members)}")]
    if numbers:
        more = f" и ещё {len(numbers) - NUMBERS_SHOWN}" if len(numbers) > NUMBERS_SHOWN else ""
        facts.append(as_key_value("Документ №", ", ".join(numbers[:NUMBERS_SHOWN]) + more))
    facts.append(as_key_value("Дата документа", short_day(given_on) if given_on else "не указана"))
    return as_list(
        _heading(roll),
        as_list(*facts),
        "Курс появится в зачётных книжках, и каждому придёт сообщение. Отменить это нельзя.",
        sep="\n\n",
    )


def report(view: CompletionReport) -> Text:
    """What was done."""
    parts: list[Text] = [
        Text(
            "🏅 ", Bold(f"Закончили обучение: {people(view.completed)}."), f"\n{view.code}, группа {view.group.number}"
        )
    ]
    if view.left_out:
        lines = [f"• {left.teacher}: {why(left)}" for left in view.left_out[:LEFT_OUT_SHOWN]]
        parts.append(as_list(Bold(f"Пропущено: {len(view.left_out)}."), *lines))
    if view.group.enrolled:
        parts.append(Text(f"Остаются зачисленными: {people(view.group.enrolled)}."))
    return as_list(*parts, sep="\n\n")
