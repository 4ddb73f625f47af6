"""Roles: how they are given, and that one is over."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from aiogram.utils.formatting import Bold, Text, as_list

from domain.person import Role
from domain.roles import role_noted
from services.views import Given
from texts.wording import ROLES as ROLES
from texts.wording import clipped, day

PLACE_SHOWN: Final = 300
_WHERE: Final = "Их список и решения — на кнопке «Согласование заявок»."
DUTIES: Final = {
    Role.HEAD: (
        f"Заявки ваших сотрудников придут сюда, и вы сможете их согласовать. {_WHERE} "
        "Там же, в разделе «Согласующие школы», можно назначить администратора или заместителя."
    ),
    Role.ADMIN: f"Заявки сотрудников школы придут сюда, и вы сможете их согласовать. {_WHERE}",
    Role.DEPUTY: f"Заявки сотрудников школы придут сюда, и вы сможете их согласовать. {_WHERE}",
    Role.PROVIDER: "Заявки на ваши курсы ждут на кнопке «Группы и зачисление», а новости о них придут сюда.",
    Role.SUPPORT: "Сюда придут заявки из школ, где больше некому решать, и обращения тех, кто потерял доступ.",
    Role.OPERATOR: "Приглашения и роли людей — на кнопке «Управление».",
}


def named(role: Role, place: str | None = None, until: date | None = None) -> str:
    """«заместитель, Школа № 5, по 1 декабря 2026»."""
    parts = (ROLES[role], clipped(place, PLACE_SHOWN) if place else None, f"по {day(until)}" if until else None)
    return ", ".join(part for part in parts if part)


def given(role: Given) -> Text:
    """A role that somebody has from now on."""
    place = role.school or role.provider
    last = f"Последний день — {day(role.until)}. " if role.until else ""
    return Text("Ваша роль: ", Bold(ROLES[role.role]), f" ({place})" if place else "", f". {last}{DUTIES[role.role]}")


def taken(told: Mapping[str, Any]) -> Text:
    """A role that somebody has no more."""
    role = named(Role(told["role"]), told["place"])
    what = "закончилась" if told["by_clock"] else "снята"
    return as_list(
        Text(f"Ваша роль {what}: ", Bold(role), "."),
        "То, что было с ней связано, больше не показывается. Ваши курсы и заявки остаются с вами.",
        sep="\n\n",
    )


def deputy_ended(told: Mapping[str, Any]) -> Text:
    """To a head: a deputy's time is over."""
    last = day(date.fromisoformat(told["until"]))
    return as_list(
        Text("Срок заместителя закончился: ", Bold(told["person"]), "."),
        f"{_capital(named(Role(told['role']), told['place']))}, последний день — {last}. "
        "Назначить снова: «Согласование заявок» → «Согласующие школы».",
        sep="\n\n",
    )


def invitation_used(told: Mapping[str, Any]) -> Text:
    """To whoever gave an invitation: who has the role now."""
    until = date.fromisoformat(told["until"]) if told["until"] else None
    role = named(Role(told["role"]), told["place"], until)
    return Text("Приглашение принято: ", Bold(told["person"]), f" — {role}.")


def noted(note: str) -> str:
    """The role of a line of a profile's history."""
    return ROLES[role_noted(note)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
