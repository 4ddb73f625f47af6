"""Roles and how they are given."""

from typing import Final

from aiogram.utils.formatting import Bold, Text

from domain.person import Role
from services.views import Given

ROLES: Final = {
    Role.HEAD: "руководитель школы",
    Role.ADMIN: "администратор школы",
    Role.DEPUTY: "заместитель",
    Role.PROVIDER: "методист организации",
    Role.SUPPORT: "служба поддержки",
    Role.OPERATOR: "оператор портала",
}
DUTIES: Final = {
    Role.HEAD: "Заявки ваших сотрудников придут сюда, и вы сможете их согласовать.",
    Role.ADMIN: "Заявки сотрудников школы придут сюда, и вы сможете их согласовать.",
    Role.DEPUTY: "Заявки сотрудников школы придут сюда, и вы сможете их согласовать.",
    Role.PROVIDER: "Сюда будут приходить сообщения о заявках на ваши курсы.",
    Role.SUPPORT: "Сюда придут заявки из школ, где больше некому решать.",
    Role.OPERATOR: "Приглашения и загрузка каталога доступны из командной строки портала.",
}


def given(role: Given) -> Text:
    """A role that somebody has from now on."""
    place = role.school or role.provider
    return Text("Ваша роль: ", Bold(ROLES[role.role]), f" ({place})" if place else "", f". {DUTIES[role.role]}")
