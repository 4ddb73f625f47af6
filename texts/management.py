"""«Управление» and «Согласующие школы»: invitations, and the people with a role."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Code, Italic, Text, as_key_value, as_list

from domain.person import Change, Role
from domain.roles import RolePlace
from services.views import (
    Draft,
    InvitationList,
    InvitationState,
    InvitationView,
    Issued,
    Member,
    MemberCard,
    PlaceLine,
    RoleEvent,
    Staff,
)
from texts.roles import named, noted
from texts.wording import ROLES, clipped, day, days, moment, plural, short_day

PLACE_LISTED: Final = 120
"""A school's or provider's name in a list or a heading."""
PORTAL: Final = "Сотрудники портала"

DESK: Final = as_list(Bold("Управление"), "Выберите раздел.", sep="\n\n")
ROLE_QUESTION: Final = as_list(Bold("Новое приглашение"), "Какую роль оно даёт?", sep="\n\n")
PEOPLE_QUESTION: Final = as_list(
    Bold("Люди школы или организации"),
    "Напишите номер или часть названия школы или организации — или откройте сотрудников портала.",
    sep="\n\n",
)
WHICH_SCHOOL: Final = as_list(Bold("Согласующие школы"), "Какой из ваших школ?", sep="\n\n")

_MARKS: Final = {
    InvitationState.OPEN: "🕓",
    InvitationState.USED: "✅",
    InvitationState.REVOKED: "↩️",
    InvitationState.EXPIRED: "⌛",
    InvitationState.VOID: "🚫",
}
_STATES: Final = {
    InvitationState.OPEN: "ждёт того, кому передана ссылка",
    InvitationState.USED: "использовано",
    InvitationState.REVOKED: "отозвано",
    InvitationState.EXPIRED: "срок истёк",
    InvitationState.VOID: "не действует: у пригласившего больше нет права давать эту роль",
}
_PLACE_QUESTIONS: Final = {
    RolePlace.SCHOOL: "В какой школе? Напишите её номер или часть названия.",
    RolePlace.PROVIDER: "В какой организации? Напишите часть названия.",
}


def _role(role: Role) -> str:
    return ROLES[role][:1].upper() + ROLES[role][1:]


def _where(place: str | None) -> str:
    return clipped(place, PLACE_LISTED) if place else "портал"


def place_question(draft: Draft, place: RolePlace) -> Text:
    """For which school or provider?"""
    assert draft.role is not None
    return as_list(Bold(f"Приглашение: {ROLES[draft.role]}"), _PLACE_QUESTIONS[place], sep="\n\n")


def last_day_question(draft: Draft) -> Text:
    """Until when is somebody a deputy?"""
    return as_list(
        Bold(f"Заместитель, {_where(draft.place)}"),
        "По какой день включительно? Выберите кнопкой или напишите дату, например 01.09.2027. "
        "Потом роль закончится сама.",
        sep="\n\n",
    )


def last_day_button(length: int, end: date) -> str:
    """A usual length of a deputy's time on a button, with the day it ends on."""
    return f"{days(length)}, по {short_day(end)}"


def days_question(draft: Draft) -> Text:
    """How long may the invitation wait?"""
    assert draft.role is not None
    heading = f"Приглашение: {named(draft.role, clipped(draft.place, PLACE_LISTED) if draft.place else None)}"
    return as_list(Bold(heading), "Сколько дней ссылка может ждать? Обычно хватает семи.", sep="\n\n")


def places(more: bool) -> Text:
    """Which of the schools and providers that fit."""
    lines = ["Если нужного здесь нет, напишите название точнее."] if more else []
    return as_list(Bold("Выберите:"), *lines, sep="\n")


def place_button(line: PlaceLine) -> str:
    """A school or provider on a button."""
    return f"{line.name} ({line.district})" if line.district else line.name


def issued(view: Issued, link: str, zone: ZoneInfo) -> Text:
    """The link to hand on, this once."""
    invitation = view.invitation
    return as_list(
        Text("🔗 ", Bold("Приглашение готово")),
        _facts(invitation),
        Text("Передайте ссылку тому, кому даёте роль. Она сработает один раз, ", _valid(invitation, zone), ":"),
        Code(link),
        Italic("Ссылка видна только сейчас. Если она попала не туда — отзовите приглашение."),
        sep="\n\n",
    )


def _valid(view: InvitationView, zone: ZoneInfo) -> str:
    return f"до {_at(view.expires_at, zone)}"


def _at(value: datetime, zone: ZoneInfo) -> str:
    return moment(value.astimezone(zone))


def _facts(view: InvitationView) -> Text:
    facts = [as_key_value("Роль", _role(view.role)), as_key_value("Где", _where(view.place))]
    if view.until:
        facts.append(as_key_value("Последний день роли", day(view.until)))
    return as_list(*facts)


def invitations(view: InvitationList, zone: ZoneInfo) -> Text:
    """A page of invitations."""
    title = "Использованные и закрытые приглашения" if view.settled else "Действующие приглашения"
    heading = Text(Bold(title), f", {_where(view.school)}" if view.school else "")
    if not view.page.total:
        nothing = "Пока ни одного." if view.settled else "Сейчас ни одного."
        return as_list(heading, nothing, sep="\n\n")
    first = view.page.number * view.page.size + 1
    lines = [_line(first + index, line, zone) for index, line in enumerate(view.page.lines)]
    count = plural(view.page.total, "приглашение", "приглашения", "приглашений")
    return as_list(Text(heading, f" — {count}"), *lines, sep="\n\n")


def _line(number: int, view: InvitationView, zone: ZoneInfo) -> Text:
    role = named(view.role, clipped(view.place, PLACE_LISTED) if view.place else None, view.until)
    return Text(f"{number}. ", Bold(role), f"\n{_MARKS[view.state]} {_state(view, zone)}")


def _state(view: InvitationView, zone: ZoneInfo) -> str:
    if view.state is InvitationState.OPEN:
        return f"ждёт {_valid(view, zone)}"
    if view.state is InvitationState.USED and view.bearer and view.settled_at:
        return f"{view.bearer}, {_at(view.settled_at, zone)}"
    return _STATES[view.state]


def invitation(view: InvitationView, zone: ZoneInfo) -> Text:
    """One invitation: for what, by whom, until when, used by whom."""
    facts = [
        as_key_value("Состояние", f"{_MARKS[view.state]} {_STATES[view.state]}"),
        as_key_value("Кто пригласил", view.inviter or "командная строка портала"),
        as_key_value("Создано", _at(view.created_at, zone)),
        as_key_value("Действует до", _at(view.expires_at, zone)),
    ]
    if view.bearer:
        facts.append(as_key_value("Кто принял", view.bearer))
    if view.settled_at:
        facts.append(as_key_value("Принято" if view.bearer else "Отозвано", _at(view.settled_at, zone)))
    return as_list(Bold("Приглашение"), _facts(view), as_list(*facts), sep="\n\n")


def confirm_revoking(view: InvitationView) -> Text:
    """The question before the second tap."""
    return as_list(
        Bold("Отозвать приглашение?"), _facts(view), "Ссылка перестанет действовать, у кого бы она ни была.", sep="\n\n"
    )


def staff(view: Staff) -> Text:
    """Who has which role here."""
    title = {
        RolePlace.SCHOOL: "Согласующие школы",
        RolePlace.PROVIDER: "Методисты организации",
        RolePlace.PORTAL: PORTAL,
    }[view.place]
    heading = as_list(Bold(title), *([clipped(view.name, PLACE_LISTED)] if view.name else []), sep="\n")
    if not view.page.total:
        return as_list(heading, "Пока никого: передайте кому-нибудь приглашение.", sep="\n\n")
    first = view.page.number * view.page.size + 1
    lines = [_member(first + index, line) for index, line in enumerate(view.page.lines)]
    return as_list(heading, as_list(*lines), sep="\n\n")


def _member(number: int, line: Member) -> Text:
    until = f" по {short_day(line.until)}" if line.until else ""
    held = " (роль ждёт переноса профиля)" if line.held else ""
    return Text(f"{number}. ", Bold(line.name), f" — {ROLES[line.role]}{until}{held}")


def member(view: MemberCard, zone: ZoneInfo) -> Text:
    """Somebody's role, and how it came."""
    parts = [Bold(view.member.name), _role_facts(view)]
    if view.member.held:
        parts.append(Italic("Роль не действует, пока профиль переносится в другой чат."))
    if view.history:
        parts.append(as_list(Bold("История"), *(_event(event, zone) for event in view.history)))
    return as_list(*parts, sep="\n\n")


def _role_facts(view: MemberCard) -> Text:
    facts = [as_key_value("Роль", _role(view.member.role)), as_key_value("Где", _where(view.name))]
    if view.member.until:
        facts.append(as_key_value("Последний день", day(view.member.until)))
    return as_list(*facts)


def _event(event: RoleEvent, zone: ZoneInfo) -> Text:
    what = "назначение" if event.change is Change.ROLE_GIVEN else "роль снята"
    by = f", {event.by}" if event.by else ""
    return Text(f"• {_at(event.at, zone)} — {noted(event.note)}: {what}{by}")


def confirm_taking(view: MemberCard) -> Text:
    """The question before the second tap."""
    return as_list(
        Bold("Снять роль?"),
        Text(Bold(view.member.name)),
        _role_facts(view),
        "Человек сразу потеряет доступ и узнает об этом. Вернуть роль можно только новым приглашением.",
        sep="\n\n",
    )


def taken(view: MemberCard) -> Text:
    """The role is gone."""
    return as_list(
        Text("Роль снята: ", Bold(view.member.name), f" — {named(view.member.role, view.name)}."),
        "Человек уже получил сообщение об этом.",
        sep="\n\n",
    )


def invitation_button(view: InvitationView) -> str:
    """An invitation on a button."""
    return named(view.role, view.place)


def role_button(role: Role) -> str:
    """A role on a button."""
    return _role(role)


def member_button(line: Member) -> str:
    """Somebody with a role on a button."""
    return f"{line.name} · {ROLES[line.role]}"
