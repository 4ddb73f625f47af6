"""Dates, numbers and states as people say them."""

from datetime import date, datetime
from typing import Final

from domain.catalogue import Funding
from domain.cells import MONTHS
from domain.person import Role
from domain.status import Status

MARKS: Final = {
    Status.PENDING: "🕓",
    Status.APPROVED: "✅",
    Status.ENROLLED: "🎓",
    Status.COMPLETED: "🏅",
    Status.REJECTED: "⛔",
    Status.WITHDRAWN: "↩️",
    Status.UNENROLLED: "🚪",
    Status.EXPIRED: "⌛",
    Status.CANCELLED: "🚫",
}
TICKED: Final = "☑️"
UNTICKED: Final = "☐"
"""Before the label of a button that puts something on and off."""
STATUSES: Final = {
    Status.PENDING: "На согласовании",
    Status.APPROVED: "Согласована, ожидает зачисления",
    Status.ENROLLED: "Зачислен(а)",
    Status.COMPLETED: "Закончил(а)",
    Status.REJECTED: "Отклонена",
    Status.WITHDRAWN: "Отозвана",
    Status.UNENROLLED: "Отчислен(а)",
    Status.EXPIRED: "Истекла",
    Status.CANCELLED: "Курс отменён",
}
ROLES: Final = {
    Role.HEAD: "руководитель школы",
    Role.ADMIN: "администратор школы",
    Role.DEPUTY: "заместитель",
    Role.PROVIDER: "методист организации",
    Role.SUPPORT: "служба поддержки",
    Role.OPERATOR: "оператор портала",
}


def status_of(status: Status, code: str, group_number: str | None = None, reason: str | None = None) -> str:
    """A state with what belongs to it: «Зачислен(а): шифр, группа N», «Отклонена: причина»."""
    if status is Status.ENROLLED:
        group = f", группа {group_number}" if group_number else ""
        return f"{STATUSES[status]}: {code}{group}"
    if status is Status.REJECTED and reason:
        return f"{STATUSES[status]}: {reason}"
    return STATUSES[status]


def day(value: date) -> str:
    """«5 февраля 2027»."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """«05.02.2027»."""
    return value.strftime("%d.%m.%Y")


def moment(value: datetime) -> str:
    """«05.02.2027, 14:30», on the wall clock the value carries."""
    return value.strftime("%d.%m.%Y, %H:%M")


def period(first: date | None, last: date | None) -> str | None:
    """«05.02.2027 — 20.02.2027», or the one end that is known."""
    if first is None and last is None:
        return None
    if first is None or last is None or first == last:
        known = first or last
        assert known is not None
        return short_day(known)
    return f"{short_day(first)} — {short_day(last)}"


def plural(count: int, one: str, few: str, many: str) -> str:
    """«1 заявка», «3 заявки», «11 заявок»."""
    tens, units = count % 100, count % 10
    if 10 < tens < 20 or units == 0 or units > 4:
        return f"{count} {many}"
    return f"{count} {one if units == 1 else few}"


def hours(count: int) -> str:
    """«36 часов»."""
    return plural(count, "час", "часа", "часов")


def days(count: int) -> str:
    """«7 дней»."""
    return plural(count, "день", "дня", "дней")


def seconds(count: int) -> str:
    """«1 секунду», as in «через 1 секунду»."""
    return plural(count, "секунду", "секунды", "секунд")


def attempts(count: int) -> str:
    """«3 попытки»."""
    return plural(count, "попытка", "попытки", "попыток")


def applications(count: int) -> str:
    """«5 заявок»."""
    return plural(count, "заявка", "заявки", "заявок")


def courses(count: int) -> str:
    """«5 курсов»."""
    return plural(count, "курс", "курса", "курсов")


def tickets(count: int) -> str:
    """«5 обращений»."""
    return plural(count, "обращение", "обращения", "обращений")


def roubles(amount: int) -> str:
    """«12 500 ₽»."""
    return f"{amount:,} ₽".replace(",", "\u202f")


def funding(kind: Funding, price: int | None) -> str:
    """Who pays, and how much."""
    if kind is Funding.BUDGET:
        return "бюджет, бесплатно для школы"
    return f"внебюджет, {roubles(price)}" if price else "внебюджет"


def clipped(text: str, limit: int) -> str:
    """The text, or as much of it as fits, with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def people(count: int) -> str:
    """«3 человека»."""
    return plural(count, "человек", "человека", "человек")
