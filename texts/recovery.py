"""A profile that moves to another chat: what the new chat, the old one and support's stranger read."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Italic, Text, as_list

from domain.person import CLAIM_LIMIT, Role
from services.recovery import Agreed, Moved, Stopped
from texts import labels
from texts.roles import ROLES
from texts.wording import moment

Payload = Mapping[str, Any]

EMAIL: Final = as_list(
    Bold("Восстановим доступ"),
    "Напишите адрес почты, который указан в вашем профиле. Мы пришлём на него код, и профиль переедет в этот чат.",
    Italic("Например: anna@example.org"),
    sep="\n",
)
NO_LETTERS: Final = as_list(
    Bold("Восстановим доступ"),
    "Письма с кодами этот бот сейчас не отправляет, поэтому профиль перенесёт служба поддержки. "
    f"Нажмите «{labels.NO_MAILBOX}» и расскажите о себе.",
    sep="\n",
)
NO_PROFILE: Final = (
    "Адрес подтверждён, но профиля с ним нет. Напишите другой адрес, попросите помощи у поддержки или вернитесь "
    "назад и зарегистрируйтесь."
)
CLAIM: Final = as_list(
    Bold("Расскажите о себе"),
    "Напишите одним сообщением фамилию, имя и отчество, школу, должность и что случилось со старым чатом и почтой. "
    f"До {CLAIM_LIMIT} знаков. Это прочитает служба поддержки.",
    sep="\n",
)
ASKED: Final = as_list(
    Bold("Обращение отправлено."),
    "Служба поддержки проверит его и ответит сюда. Ждать у экрана не нужно: придёт сообщение.",
    sep="\n",
)
MOVED_ON: Final = as_list(
    Bold("Профиль перенесён в другой чат."),
    "Здесь он больше не открывается. Если это сделали не вы, напишите /start и нажмите "
    f"«{labels.KNOWN}» → «{labels.NO_MAILBOX}».",
    sep="\n",
)
SETTLED_BY_YOU: Final = "Спасибо! Теперь профиль открывается только в новом чате."
ROLES_KEPT: Final = "Роли уже начали действовать там."


def code_sent(email: str) -> Text:
    """Where the code went: the same words whether the address is known or not."""
    return as_list(
        Text(Bold("Мы отправили код на "), Bold(email), Bold(".")),
        "Напишите сюда шесть цифр из письма. Код действует 15 минут.",
        Italic(f"Письма нет? Проверьте папку «Спам» и адрес — или нажмите «{labels.NO_MAILBOX}»."),
        sep="\n",
    )


def _named(roles: Iterable[Role]) -> str:
    return ", ".join(ROLES[role] for role in roles)


def _held(roles: Iterable[Role], until: datetime, *, asks: bool) -> Text:
    first = f"после ответа «{labels.IT_WAS_ME}» в прежнем чате или " if asks else ""
    return as_list(
        Text("Пока действует только роль учителя. Придержаны: ", Bold(_named(roles)), "."),
        f"Они начнут действовать {first}{moment(until)}. Так чужой человек с вашей почтой не станет согласующим.",
        sep="\n",
    )


def moved(done: Moved, zone: ZoneInfo) -> Text:
    """Welcome back."""
    parts = [Text("✅ ", Bold("Профиль теперь в этом чате."), f" С возвращением, {done.person.full_name}!")]
    if done.roles:
        parts.append(_held(done.roles, done.roles_at.astimezone(zone), asks=done.asks_old_chat))
    elif done.asks_old_chat:
        parts.append(Text("Прежнему чату мы сообщили об этом. Он больше не открывает ваш профиль."))
    return as_list(*parts, sep="\n\n")


def moved_away(told: Payload, zone: ZoneInfo) -> Text:
    """The old chat is asked."""
    until = moment(datetime.fromisoformat(told["until"]).astimezone(zone))
    how = (
        f"Это сделала служба поддержки. Причина: {told['reason']}"
        if told["by_support"]
        else "Кто-то ввёл код из письма, которое пришло на вашу почту."
    )
    silence = (
        f"Не ответите до {until} — роли начнут действовать в новом чате."
        if told["roles"]
        else f"Вернуть профиль этой кнопкой можно до {until}."
    )
    return as_list(
        Text("⚠️ ", Bold("Ваш профиль перенесён в другой чат.")),
        f"{how}\nЗдесь профиль больше не открывается.",
        as_list(
            Text("Если это вы, нажмите ", Bold(f"«{labels.IT_WAS_ME}»"), "."),
            Text("Если нет — ", Bold(f"«{labels.IT_WAS_NOT_ME}»"), ": профиль сразу вернётся сюда."),
            silence,
        ),
        sep="\n\n",
    )


def agreed(done: Agreed) -> Text:
    """The old chat has said «Это я»."""
    return as_list(Bold(SETTLED_BY_YOU), *([ROLES_KEPT] if done.roles else []), sep="\n")


def stopped(done: Stopped) -> Text:
    """The old chat has said «Это не я»."""
    if done.person is None:
        return as_list(
            Bold("Перенос остановлен: в том чате профиль больше не открывается."),
            "Сюда его вернуть нельзя: в этом чате уже есть другой профиль. Вернуть его поможет служба поддержки.",
            sep="\n",
        )
    return as_list(
        Text("✅ ", Bold("Профиль снова в этом чате.")),
        "Возможно, кто-то читает вашу почту: смените пароль от неё. Адрес в профиле теперь не подтверждён, "
        "и восстановить доступ по нему нельзя, пока вы не подтвердите его заново.",
        sep="\n\n",
    )


def move_stopped(told: Payload) -> Text:
    """The new chat has lost the profile again."""
    reason = f"Причина: {told['reason']}" if told["reason"] else "Так ответил прежний чат владельца."
    return as_list(
        Bold("Перенос профиля отменён."),
        reason,
        f"Здесь профиль больше не открывается. Если он ваш, напишите /start и нажмите «{labels.KNOWN}».",
        sep="\n",
    )


def returned(told: Payload) -> Text:
    """Support has brought the profile back."""
    return as_list(
        Text("✅ ", Bold("Профиль снова в этом чате.")),
        f"Перенос остановила служба поддержки. Причина: {told['reason']}",
        "Почта в профиле теперь не подтверждена: подтвердите её заново и смените пароль от неё.",
        sep="\n",
    )


def roles_followed(told: Payload) -> Text:
    """The roles are in force here."""
    reason = [f"Их подтвердила служба поддержки. Причина: {told['reason']}"] if told["reason"] else []
    roles = _named(Role(role) for role in told["roles"])
    return as_list(Text("✅ ", Bold(f"Роли снова действуют: {roles}.")), *reason, "Меню обновлено.", sep="\n")


def answered(told: Payload, zone: ZoneInfo) -> Text:
    """What support has done about a request."""
    if not told["moved"]:
        return as_list(
            Bold("Служба поддержки не смогла перенести профиль."),
            f"Причина: {told['reason']}",
            "Можно написать ещё раз: /start.",
            sep="\n",
        )
    parts = [Text("✅ ", Bold("Служба поддержки перенесла профиль в этот чат."))]
    if told["roles"]:
        until = datetime.fromisoformat(told["until"]).astimezone(zone)
        parts.append(_held([Role(role) for role in told["roles"]], until, asks=told["asks_old_chat"]))
    parts.append(Text("Если почта в «Профиле» больше не ваша, смените её."))
    return as_list(*parts, sep="\n\n")
