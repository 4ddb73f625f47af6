"""Courses as they are shown to others."""

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from services.views import SharedCourse
from texts.wording import clipped, day, funding, hours, period

DESCRIBED = 180


def described(course: SharedCourse) -> str:
    """The line under a card's title, in a list of cards: what helps to choose."""
    parts = (
        None if course.is_open else "приём заявок закончен",
        period(course.starts_on, course.ends_on),
        hours(course.hours) if course.hours else None,
        funding(course.funding, course.price),
        course.provider,
    )
    return clipped(", ".join(part for part in parts if part), DESCRIBED)


def shared(course: SharedCourse) -> Text:
    """The message that a card sends: for anybody, with or without the bot."""
    facts = {
        "Организация": course.provider,
        "Даты": period(course.starts_on, course.ends_on),
        "Объём": hours(course.hours) if course.hours else None,
        "Форма обучения": course.form,
        "Финансирование": funding(course.funding, course.price),
        "Для кого": course.audience,
        "Приём заявок до": day(course.apply_until) if course.apply_until and course.is_open else None,
    }
    parts: list[Text] = [
        Text(Bold(course.title), f"\nШифр {course.code}"),
        as_list(*(as_key_value(name, value) for name, value in facts.items() if value)),
    ]
    if not course.is_open:
        parts.append(Text(Italic("Приём заявок закончен.")))
    return as_list(*parts, sep="\n\n")
