"""How one wants to be told of things."""

from collections.abc import Mapping
from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.clock import Hours
from domain.person import Person
from domain.status import LetterKind
from services.views import NewsChoice, ProfileView

LETTERS: Final[Mapping[LetterKind, str]] = {
    LetterKind.APPLICATIONS: "Мои заявки: подана, отозвана",
    LetterKind.DECISIONS: "Решения по заявкам",
    LetterKind.STUDY: "Учёба: зачисление, изменения, окончание",
}


def _hour(value: int) -> str:
    return f"{value}:00"


def hours(own: Hours) -> str:
    """«22:00 — 7:00», or none."""
    return "Без тихих часов" if own[0] == own[1] else f"{_hour(own[0])} — {_hour(own[1])}"


def portals_hours(portal: Hours) -> str:
    """The choice of the portal's own hours."""
    return f"Как на портале: {hours(portal)}"


def _letters(person: Person) -> str:
    off = [kind for kind in LetterKind if kind in person.letters_off]
    if not off:
        return "приходят все"
    return (
        "только о безопасности профиля"
        if len(off) == len(LetterKind)
        else f"выключено видов: {len(off)} из {len(LetterKind)}"
    )


def _quiet(person: Person, portal: Hours) -> str:
    if person.quiet is None:
        return f"{hours(portal)}, как на портале"
    return hours(person.quiet) if person.quiet[0] != person.quiet[1] else "нет"


def preferences(person: Person, portal: Hours) -> Text:
    """All of them, with what each does; `portal`: the portal's quiet hours."""
    return as_list(
        Bold("Настройки"),
        as_list(
            as_key_value("Письма", _letters(person)),
            as_key_value("Тихие часы", _quiet(person, portal)),
            as_key_value("Простой текст", "включён" if person.plain else "выключен"),
            as_key_value("Напоминания", "приостановлены" if person.reminders_paused else "приходят"),
            as_key_value("Новые курсы", _news(person)),
        ),
        Italic(
            "Простой текст — без значков, состояния словами: удобно, если телефон читает экран вслух. "
            "Напоминания — о сроках и о том, что ждёт вас; сообщения о ваших заявках приходят всегда."
        ),
        sep="\n\n",
    )


def _news(person: Person) -> str:
    if not person.news:
        return "не приходят"
    return "раз в неделю, " + (person.news_direction or "по моей должности")


def news(view: NewsChoice) -> Text:
    """New courses once a week: what comes now, and what it means to choose."""
    person = view.person
    parts: list[Text | str] = [
        Bold("Новые курсы раз в неделю"),
        "По понедельникам утром я пришлю курсы, которые появились в каталоге за неделю и на которые открыта запись. "
        "Если новых нет, сообщения не будет.",
        as_key_value("Сейчас", _news(person)),
        f"Ваша должность: {person.position}. Выберите её или направление:",
    ]
    if person.news and person.reminders_paused:
        parts.append(Italic("Напоминания приостановлены, поэтому новые курсы пока не приходят."))
    return as_list(*parts, sep="\n\n")


NEWS_STOPPED: Final = "Больше не пришлю. Включить снова: «Профиль» → «Настройки» → «Новые курсы раз в неделю»."


def letters(view: ProfileView) -> Text:
    """Which letters come, and where."""
    person = view.person
    if not view.can_prove:
        where = "Сейчас портал писем не рассылает. Ваш выбор сохранится."
    elif person.email is None or not person.email_proved:
        where = "Письма приходят только на подтверждённый адрес. Подтвердить его можно в профиле."
    else:
        where = f"Письма приходят на {person.email}."
    return as_list(
        Bold("Какие письма присылать?"),
        f"{where} Нажмите на вид писем, чтобы включить или выключить его.",
        Italic("Письма о безопасности профиля (смена адреса, роли, перенос) приходят всегда."),
        sep="\n\n",
    )


QUIET_HOURS: Final = as_list(
    Bold("Когда не беспокоить?"),
    "В тихие часы напоминания, сводки и рассылки ждут. Ответ на чьё-то действие, например решение по заявке, "
    "приходит сразу, но без звука.",
    Italic("Часы — по времени портала."),
    sep="\n\n",
)
