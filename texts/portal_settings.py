"""«Настройки портала»: what is in force, what each does, and what a change would do."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.settings import (
    BUILT_IN_CONSENT,
    CONSENT_LENGTH,
    MOST_DAYS,
    MOST_HOURS,
    MOST_REASONS,
    REASON_LENGTH,
    Name,
    PortalSettings,
    Reason,
)
from services.settings import SettingsView
from texts.preferences import hours as quiet_hours
from texts.registration import CONSENT
from texts.wording import days, hours, moment

TITLES: Final[Mapping[Name, str]] = {
    Name.HOURS_NORM: "Норма часов",
    Name.APPROVED_DAYS: "Срок согласованной заявки",
    Name.QUIET: "Тихие часы портала",
    Name.REASONS: "Готовые причины отказа",
    Name.CONSENT: "Текст согласия",
}
EFFECTS: Final[Mapping[Name, str]] = {
    Name.HOURS_NORM: (
        "С этой нормой зачётная книжка сравнивает часы за три года, и она стоит в выписке. Уже выданные выписки не "
        "изменятся."
    ),
    Name.APPROVED_DAYS: (
        "Согласованная заявка, по которой никого не зачислили, истекает через столько дней после начала курса; за три "
        "дня до этого учителю и организации приходит напоминание. Если уменьшить срок, просроченные заявки истекут в "
        "ближайший час, и учителя узнают об этом."
    ),
    Name.QUIET: (
        "В эти часы напоминания и сводки ждут, а ответы на чужие действия приходят без звука. Это касается тех, кто "
        "не выбрал своих часов."
    ),
    Name.REASONS: (
        "Эти причины видит согласующий, когда отклоняет заявку. Кнопки, которые уже на экранах, значат то же, что и "
        "раньше; причина, которую убрали, больше не сработает."
    ),
    Name.CONSENT: (
        "С новым текстом соглашаются при регистрации, а остальных я попрошу согласиться при следующем посещении. Пока "
        "человек не ответил, действует его прежняя редакция: заявки и роли остаются, а я напоминаю не чаще раза в день."
    ),
}
QUESTIONS: Final[Mapping[Name, str]] = {
    Name.HOURS_NORM: f"Сколько часов за три года? Напишите число от 1 до {MOST_HOURS}.",
    Name.APPROVED_DAYS: f"Через сколько дней истекает заявка? Напишите число от 1 до {MOST_DAYS}.",
    Name.QUIET: "С какого до какого часа? Например: 21–8. Если тихих часов нет, напишите «нет».",
    Name.REASONS: f"Напишите новую причину, до {REASON_LENGTH} знаков: она станет кнопкой.",
    Name.CONSENT: f"Напишите новый текст согласия целиком, до {CONSENT_LENGTH} знаков.",
}
SOON: Final = "Изменение подействует на всём портале в течение полуминуты."


def _value(name: Name, values: PortalSettings) -> str:
    return {
        Name.HOURS_NORM: hours(values.hours_norm),
        Name.APPROVED_DAYS: days(values.approved_days),
        Name.QUIET: quiet_hours(values.quiet),
        Name.REASONS: f"{len(values.reasons.ready)} из {MOST_REASONS}",
        Name.CONSENT: f"редакция {values.consent}",
    }[name]


def _new_value(name: Name, value: Any) -> str:
    if name is Name.QUIET:
        return quiet_hours((value[0], value[1]))
    if name is Name.HOURS_NORM:
        return hours(value)
    return days(value) if name is Name.APPROVED_DAYS else str(value)


def _changed(name: Name, view: SettingsView, zone: ZoneInfo) -> str:
    change = view.changed.get(name)
    if change is None:
        return "ещё не меняли"
    return f"{moment(change.at.astimezone(zone))}, {change.by or 'кого уже нет на портале'}"


def all_of_them(view: SettingsView) -> Text:
    """The values."""
    return as_list(
        Bold("Настройки портала"),
        as_list(*(as_key_value(title, _value(name, view.values)) for name, title in TITLES.items())),
        Italic("Выберите, что посмотреть или изменить."),
        sep="\n\n",
    )


def one(name: Name, view: SettingsView, zone: ZoneInfo) -> Text:
    """One of them, with its effect and its last change."""
    facts = as_list(
        as_key_value("Сейчас", _value(name, view.values)), as_key_value("Изменено", _changed(name, view, zone))
    )
    parts = [Bold(TITLES[name]), facts]
    if name is Name.REASONS:
        ready = view.values.reasons.ready
        listed = [f"{number}. {reason.text}" for number, reason in enumerate(ready, 1)]
        parts.append(as_list(*(listed or ["Готовых причин нет: согласующие пишут свои."])))
    if name is Name.CONSENT:
        parts.append(_consent(view))
    return as_list(*parts, Italic(EFFECTS[name]), sep="\n\n")


def _consent(view: SettingsView) -> Text:
    if view.values.consent == BUILT_IN_CONSENT or view.consent_text is None:
        return CONSENT
    return Text(view.consent_text)


def asked(name: Name) -> Text:
    """The request for another value."""
    return as_list(Bold(TITLES[name]), QUESTIONS[name], sep="\n\n")


def confirm(name: Name, value: Any, view: SettingsView) -> Text:
    """The question before the second tap: what was, what will be, and what follows."""
    if name is Name.REASONS:
        change: Text = as_key_value("Новая причина", value)
    elif name is Name.CONSENT:
        change = as_list("Новый текст:", Text(value), sep="\n\n")
    else:
        was, will = _value(name, view.values), _new_value(name, value)
        change = as_list(as_key_value("Сейчас", was), as_key_value("Станет", will))
    return as_list(Bold(TITLES[name]), change, EFFECTS[name], Italic(SOON), sep="\n\n")


def reason(which: Reason) -> Text:
    """One ready reason."""
    return as_list(Bold(TITLES[Name.REASONS]), Text(f"«{which.text}»"), sep="\n\n")


def confirm_removing(which: Reason) -> Text:
    """The question before the second tap."""
    effect = (
        "Согласующие больше не увидят эту причину, и на старых экранах она не сработает. В заявках, отклонённых с ней, "
        "она останется."
    )
    return as_list(Bold("Убрать причину?"), Text(f"«{which.text}»"), effect, Italic(SOON), sep="\n\n")
