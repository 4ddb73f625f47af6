"""The profile, and the questions that change it."""

from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.person import Person
from services.views import ProfileView, RoleLine, SchoolChosen, SchoolPlan
from texts.roles import ROLES
from texts.wording import applications, clipped, day, plural

PLACE: Final = 120
ROLES_SHOWN: Final = 12
POSITION: Final = 120

RENAMED: Final = "Имя изменено."
POSITION_CHANGED: Final = "Должность изменена."
EMAIL_KEPT: Final = "Адрес сохранён. Писем портал сейчас не рассылает, поэтому подтвердить его пока нельзя."
EMAIL_PROVED: Final = "Адрес подтверждён. Письма приходят на него."
NAME: Final = as_list(
    Bold("Как вас зовут?"),
    "Напишите фамилию, имя и отчество — так, как они должны стоять в документе об обучении. "
    "Новое имя увидят согласующие и организации; в зачётной книжке прежние записи останутся как есть.",
    Italic("Например: Соколова Анна Петровна"),
    sep="\n",
)
EMAIL: Final = as_list(
    Bold("Новый адрес почты?"),
    "Я отправлю на него код. Пока вы не введёте код, в профиле остаётся прежний адрес.",
    Italic("Например: anna@example.org"),
    sep="\n",
)
EMAIL_UNPROVED: Final = as_list(
    Bold("Новый адрес почты?"),
    "Писем портал сейчас не рассылает: адрес будет сохранён без подтверждения.",
    Italic("Например: anna@example.org"),
    sep="\n",
)
SCHOOL: Final = as_list(
    Bold("Где вы работаете?"),
    "Напишите номер или часть названия школы, и я предложу подходящие. "
    "Прежде чем что-то изменится, я скажу, что станет с заявками.",
    sep="\n",
)


def _email(person: Person) -> str:
    if person.email is None:
        return "не указана"
    return f"{person.email} ({'подтверждена' if person.email_proved else 'не подтверждена'})"


def _role(role: RoleLine) -> str:
    place = f" ({clipped(role.place, PLACE)})" if role.place else ""
    until = f", по {day(role.until)} включительно" if role.until else ""
    return f"{ROLES[role.role]}{place}{until}"


def _roles(roles: tuple[RoleLine, ...]) -> Text:
    lines = [_role(role) for role in roles[:ROLES_SHOWN]]
    if len(roles) > ROLES_SHOWN:
        lines.append(f"и ещё {len(roles) - ROLES_SHOWN}")
    if len(lines) == 1:
        return as_key_value("Роль", lines[0])
    return as_list(Bold("Роли:"), *(f"• {line}" for line in lines))


def profile(view: ProfileView, news: str | None = None) -> Text:
    """What the portal knows of somebody; `news` says what has just changed."""
    person = view.person
    parts: list[Text | str] = [
        Text(news) if news else Bold("Профиль"),
        as_list(
            as_key_value("Имя", person.full_name),
            as_key_value("Почта", _email(person)),
            as_key_value("Школа", person.school or "не указана"),
            as_key_value("Должность", person.position),
        ),
    ]
    if view.roles:
        parts.append(_roles(view.roles))
    if person.school_id is None:
        parts.append("Без школы можно записываться только на внебюджетные курсы.")
    if person.email is not None and not person.email_proved and view.can_prove:
        parts.append("Подтвердите почту: на неё будут приходить письма, и с ней вы не потеряете профиль.")
    return as_list(*parts, sep="\n\n")


def _follows(plan: SchoolPlan) -> list[str]:
    lines = []
    if plan.waiting:
        decided_by = "согласующим новой школы" if plan.school else "службе поддержки"
        lines.append(f"{_waiting(plan.waiting)} {decided_by}")
    if plan.approved:
        where = "в новой школе" if plan.school else "у службы поддержки"
        count = plural(plan.approved, "согласованная заявка", "согласованные заявки", "согласованных заявок")
        lines.append(f"{count}: согласование нужно будет получить заново, {where}")
    if plan.enrolled:
        count = plural(plan.enrolled, "зачисление", "зачисления", "зачислений")
        lines.append(f"{count}: остаётся в силе" if plan.enrolled == 1 else f"{count}: остаются в силе")
    return lines


def _waiting(count: int) -> str:
    waiting = plural(count, "ожидающая заявка", "ожидающие заявки", "ожидающих заявок")
    return f"{waiting}: {'перейдёт' if count == 1 else 'перейдут'}"


def plan(view: SchoolPlan) -> Text:
    """What follows, before the second tap."""
    change = as_list(
        as_key_value("Сейчас", view.leaves or "школа не указана"),
        as_key_value("Будет", view.school or "временно не работаю"),
    )
    parts: list[Text | str] = [Bold("Сменить школу?" if view.school else "Больше не работаете в школе?"), change]
    lines = _follows(view)
    if lines:
        parts.append(as_list(Bold("Что станет с заявками на бюджетные курсы:"), *(f"• {line}" for line in lines)))
    else:
        parts.append("Действующих заявок, которых это коснётся, нет.")
    if view.school is None:
        parts.append("Пока школы нет, записываться можно только на внебюджетные курсы.")
    elif view.by_support:
        parts.append("В этой школе пока нет согласующего: решать будет служба поддержки портала.")
    return as_list(*parts, sep="\n\n")


def school_chosen(chosen: SchoolChosen) -> Text:
    """The new school or none, and what became of the applications."""
    if chosen.school is None:
        parts: list[Text | str] = [Bold("Школа убрана из профиля.")]
    else:
        parts = [Text("Ваша школа: ", Bold(chosen.school), ".")]
    decided_by = "Новым согласующим переданы" if chosen.school else "Службе поддержки переданы"
    if chosen.moved:
        parts.append(f"{decided_by}: {applications(chosen.moved)}.")
    if chosen.returned:
        parts.append(f"Снова ждут согласования: {applications(chosen.returned)}.")
    if chosen.school is not None:
        parts.append("Теперь можно записываться на бюджетные курсы.")
    return as_list(*parts, sep="\n\n")
