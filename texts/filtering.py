"""«Фильтры»: what is chosen, in a line and in buttons."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.catalogue import Funding
from domain.filtering import FOR_ME, Chosen, Kind, length
from domain.finding import Sort
from services.filtering import Choice, Choices, Count, FiltersView
from texts.wording import hours, plural

KINDS: Final[Mapping[Kind, str]] = {
    Kind.FUNDING: "Финансирование",
    Kind.FORM: "Форма",
    Kind.HOURS: "Часы",
    Kind.MONTH: "Начало",
    Kind.DIRECTION: "Направление",
    Kind.CATEGORY: "Для кого",
    Kind.PROVIDER: "Организация",
    Kind.OPEN: "Запись",
    Kind.SORT: "Порядок",
}
_ANYTHING: Final[Mapping[Kind, str]] = {
    Kind.FUNDING: "Любое финансирование",
    Kind.FORM: "Любая форма",
    Kind.HOURS: "Сколько угодно часов",
    Kind.MONTH: "Любое начало",
    Kind.DIRECTION: "Любое направление",
    Kind.CATEGORY: "Для всех",
    Kind.PROVIDER: "Любая организация",
}
_FUNDINGS: Final = {Funding.BUDGET: "бюджет", Funding.PAID: "внебюджет"}
_SORTS: Final = {
    Sort.RELEVANCE: "сначала подходящие",
    Sort.STARTS: "сначала ближайшие",
    Sort.CLOSES: "сначала те, где скоро закончится приём заявок",
}
_SHORT_SORTS: Final = {
    Sort.RELEVANCE: "По совпадению",
    Sort.STARTS: "По дате начала",
    Sort.CLOSES: "По сроку подачи заявок",
}
_MONTHS: Final = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)


def _length(first: int) -> str:
    least, most = length(first)
    if most is None:
        return f"больше {least - 1} часов"
    return f"до {hours(most)}" if least == 1 else f"{least}–{hours(most)}"


def _month(month: str) -> str:
    year, number = month.split("-")
    return f"{_MONTHS[int(number) - 1]} {year}"


_SAID: Final[Mapping[Kind, Callable[[Any], str]]] = {
    Kind.FUNDING: lambda value: _FUNDINGS[value],
    Kind.FORM: str,
    Kind.HOURS: _length,
    Kind.MONTH: _month,
    Kind.DIRECTION: str,
    Kind.CATEGORY: lambda value: "для меня" if value == FOR_ME else str(value),
    Kind.PROVIDER: str,
    Kind.OPEN: lambda value: "запись открыта" if value else "",
    Kind.SORT: lambda value: "" if value is Sort.RELEVANCE else _SORTS[value],
}


def said(chosen: Chosen, kind: Kind) -> str | None:
    """What is chosen of a kind, in a word or two; None: nothing."""
    values = {
        Kind.FUNDING: chosen.funding,
        Kind.FORM: chosen.form,
        Kind.HOURS: chosen.hours,
        Kind.MONTH: chosen.month,
        Kind.DIRECTION: chosen.direction,
        Kind.CATEGORY: chosen.category,
        Kind.PROVIDER: chosen.provider_name,
        Kind.OPEN: chosen.open_only,
        Kind.SORT: chosen.sort,
    }
    value = values[kind]
    return None if value is None else _SAID[kind](value) or None


def summary(chosen: Chosen) -> str:
    """All that is chosen, in one line."""
    return "; ".join(part for kind in Kind if (part := said(chosen, kind)))


def _counted(count: Count) -> str:
    return f"{count.courses}+" if count.more else str(count.courses)


def how_many(count: Count) -> str:
    """«1000+ курсов», «3 курса»."""
    return f"{count.courses}+ курсов" if count.more else plural(count.courses, "курс", "курса", "курсов")


def choice(choices: Choices, line: Choice) -> str:
    """A choice on its button, with how many courses are so."""
    if choices.kind is Kind.SORT:
        return _SHORT_SORTS[line.value]
    name = line.name or _SAID[choices.kind](line.value)
    named = f"Для меня ({choices.position})" if line.value == FOR_ME else name[:1].upper() + name[1:]
    if line.count is None or (line.count.more and not line.count.courses):
        return named
    return f"{_counted(line.count)} · {named}"


def filters(view: FiltersView) -> Text:
    """What is chosen, and what to do about it."""
    where = "в каталоге, где открыта запись" if view.query is None else f"по запросу «{view.query}»"
    return as_list(
        Bold("Фильтры"),
        as_list(
            as_key_value("Выбрано", summary(view.chosen) or "ничего, показаны любые курсы"),
            as_key_value("Подходит", f"{how_many(view.count)} {where}"),
        ),
        Italic("Фильтры сохранятся и будут действовать в каталоге и в поиске, пока вы их не сбросите."),
        sep="\n\n",
    )


_ASKED: Final[Mapping[Kind, str]] = {
    Kind.FUNDING: "Кто платит за курс?",
    Kind.FORM: "Какая форма обучения?",
    Kind.HOURS: "Сколько часов?",
    Kind.MONTH: "Когда начало?",
    Kind.DIRECTION: "Какое направление?",
    Kind.CATEGORY: "Для кого курс?",
    Kind.PROVIDER: "Какая организация?",
    Kind.OPEN: "Только с открытой записью?",
    Kind.SORT: "Какие курсы показывать первыми?",
}


def anything(kind: Kind) -> str:
    """The choice of none."""
    return _ANYTHING.get(kind, "Не важно")


def choices(view: Choices) -> Text:
    """The question of one kind."""
    parts: list[Text | str] = [Bold(_ASKED[view.kind])]
    if view.page.total == 0:
        parts.append("В каталоге сейчас нет ничего, из чего выбирать.")
    elif view.kind is not Kind.SORT:
        parts.append(Italic("На кнопках — сколько таких курсов с учётом остальных фильтров."))
    if view.page.pages > 1:
        parts.append(Italic(f"Страница {view.page.number + 1} из {view.page.pages}"))
    return as_list(*parts, sep="\n\n")
