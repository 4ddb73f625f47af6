"""New messages that nobody asked for: a status that changed, a digest."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from aiogram.utils.formatting import Bold, Text, as_key_value, as_list

from domain.status import Move, Status
from texts.applications import MOVES
from texts.calendar_files import what_to_do
from texts.wording import clipped, period, plural, roubles, short_day, status_of

LISTED_TITLE: Final = 60
LISTED: Final = 25

Payload = Mapping[str, Any]

_HEADLINES: Final[dict[Move, Callable[[Payload], str]]] = {
    Move.APPROVE: lambda _: "✅ Согласована, ожидает зачисления",
    Move.REJECT: lambda told: f"⛔ Отклонена: {told['reason']}" if told["reason"] else "⛔ Отклонена",
    Move.ENROL: lambda told: f"🎓 {status_of(Status.ENROLLED, told['code'], told.get('group'))}",
    Move.CHANGE_GROUP: lambda told: f"🔁 Переведён(а): группа {told.get('earlier_group')} → группа {told.get('group')}",
    Move.UNDO_ENROLMENT: lambda _: "↩️ Зачисление отменено: заявка снова ожидает зачисления",
    Move.UNENROL: lambda _: "🚪 Отчислен(а)",
    Move.WITHDRAW_ENROLLED: lambda _: "↩️ Отозвана через службу поддержки",
    Move.COMPLETE: lambda told: f"🏅 Закончил(а): {told['code']}",
    Move.CANCEL_COURSE: lambda _: "🚫 Курс отменён",
    Move.TURN_PAID: lambda _: "✅ Согласована, ожидает зачисления: курс стал внебюджетным",
    Move.TAKE_BACK: lambda _: "🕓 Согласование отозвано: заявка снова на согласовании",
    Move.RECONSIDER: lambda _: "🕓 Отклонение отменено: заявка снова на согласовании",
    Move.EXPIRE: lambda _: "⌛ Истекла",
    Move.CHANGE_SCHOOL: lambda _: "🕓 Снова на согласовании — в новой школе",
}
_EXPLANATIONS: Final = {
    Move.APPROVE: "Организация зачислит вас в группу, и я сразу сообщу.",
    Move.REJECT: "Заявка перенесена в «Архив». Можно выбрать другой курс: напишите слова из названия.",
    Move.UNDO_ENROLMENT: "Место в очереди сохраняется по времени заявки. Когда вас зачислят, я сразу сообщу.",
    Move.UNENROL: "Заявка перенесена в «Архив». Можно выбрать другой курс: напишите слова из названия.",
    Move.COMPLETE: "Курс записан в вашу зачётную книжку. Поздравляем!",
    Move.CANCEL_COURSE: "Организация отменила курс, заявка перенесена в «Архив».",
    Move.WITHDRAW_ENROLLED: "Это сделала служба поддержки портала. Заявка перенесена в «Архив».",
    Move.EXPIRE: "Срок заявки вышел, а зачисления не было, поэтому она закрыта. Она лежит в «Архиве».",
}


def _headline(told: Payload) -> str:
    move = Move(told["move"])
    return _HEADLINES[move](told) if move in _HEADLINES else MOVES[move]


def moved(told: Payload) -> Text:
    """The teacher's application has a new state."""
    move = Move(told["move"])
    parts: list[Text] = [
        Text(Bold(_headline(told))),
        Text("Заявка на курс ", Bold(told["code"]), f" «{told['title']}»."),
    ]
    parts += _group_facts(told)
    if move is not Move.REJECT and told["reason"]:
        parts.append(as_key_value("Причина", told["reason"]))
    parts += [Text(line) for line in (_EXPLANATIONS.get(move), what_to_do(told)) if line]
    return as_list(*parts, sep="\n\n")


def _day(stored: str | None) -> date | None:
    return None if stored is None else date.fromisoformat(stored)


def _group_facts(told: Payload) -> list[Text]:
    """When and where the group meets."""
    named = (
        ("Даты", period(_day(told.get("starts_on")), _day(told.get("ends_on")))),
        ("Место", told.get("venue")),
        ("Документ №", told.get("document")),
    )
    facts = [as_key_value(name, value) for name, value in named if value]
    return [as_list(*facts)] if facts else []


_CHANGED: Final = {"starts_on": "Начало", "ends_on": "Окончание", "venue": "Место", "price": "Стоимость"}


def _value(name: str, value: Any) -> str:
    if value is None:
        return "не указано"
    if name in {"starts_on", "ends_on"}:
        return short_day(date.fromisoformat(value))
    return roubles(value) if name == "price" else str(value)


def changes_in(told: Payload) -> list[tuple[str, str]]:
    """What has changed on a course, each as its name and «было → стало»."""
    return [
        (_CHANGED[name], f"{_value(name, before)} → {_value(name, after)}") for name, before, after in told["changes"]
    ]


def changed(told: Payload) -> Text:
    """A course or group is held at another time, at another place or for another price."""
    group = f", группа {told['group']}" if told["group"] else ""
    lines = [as_key_value(name, values) for name, values in changes_in(told)]
    parts = [
        Text("📌 ", Bold("Изменения на вашем курсе")),
        Text(Bold(told["code"]), f" «{told['title']}»{group}"),
        as_list(*lines),
    ]
    parts += [Text(line) for line in (what_to_do(told),) if line]
    return as_list(*parts, sep="\n\n")


def moved_for_staff(told: Payload) -> Text:
    """An application known to approvers or a provider moved without them."""
    return Text(
        Bold(MOVES[Move(told["move"])]),
        ": ",
        told["teacher"],
        ", ",
        Bold(told["code"]),
        f" «{told['title']}».",
        f" Причина: {told['reason']}" if told.get("reason") else "",
    )


def not_ours(told: Payload) -> Text:
    """A school does not know the teacher."""
    codes = ", ".join(told["codes"])
    next_step = (
        "Выбрать её снова нельзя: так ответили уже три раза."
        if told["barred"]
        else "Проверьте школу: «Профиль» → «Указать школу», — и подайте заявки снова."
    )
    return as_list(
        Text("⛔ ", Bold(f"Школа «{told['school']}» сообщила, что вы в ней не работаете.")),
        f"Отклонены заявки: {codes}. Школа убрана из вашего профиля.",
        next_step,
        sep="\n\n",
    )


def digest(told: Sequence[Payload]) -> Text:
    """A day's news in one message."""
    counted = Counter((payload["move"], payload["code"], payload["title"]) for payload in told)
    lines = [
        Text(
            f"• {MOVES[Move(move)]}: ",
            Bold(code),
            f" «{clipped(title, LISTED_TITLE)}» — {plural(count, 'заявка', 'заявки', 'заявок')}",
        )
        for (move, code, title), count in list(counted.items())[:LISTED]
    ]
    if len(counted) > LISTED:
        lines.append(Text(f"…и ещё {len(counted) - LISTED}"))
    return as_list(Bold("Новости заявок"), as_list(*lines), sep="\n\n")
