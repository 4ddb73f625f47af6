"""New messages that nobody asked for: a status that changed, a digest."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from aiogram.utils.formatting import Bold, Text, as_list

from domain.status import Move
from texts.applications import MOVES
from texts.calendar_files import what_to_do
from texts.wording import clipped, plural

LISTED_TITLE: Final = 60
LISTED: Final = 25

Payload = Mapping[str, Any]

_HEADLINES: Final[dict[Move, Callable[[Payload], str]]] = {
    Move.APPROVE: lambda _: "✅ Согласована, ожидает зачисления",
    Move.REJECT: lambda told: f"⛔ Отклонена: {told['reason']}" if told["reason"] else "⛔ Отклонена",
    Move.TAKE_BACK: lambda _: "🕓 Согласование отозвано: заявка снова на согласовании",
    Move.RECONSIDER: lambda _: "🕓 Отклонение отменено: заявка снова на согласовании",
    Move.EXPIRE: lambda _: "⌛ Истекла",
    Move.CHANGE_SCHOOL: lambda _: "🕓 Снова на согласовании — в новой школе",
}
_EXPLANATIONS: Final = {
    Move.APPROVE: "Организация зачислит вас в группу, и я сразу сообщу.",
    Move.REJECT: "Заявка перенесена в «Архив». Можно выбрать другой курс: напишите слова из названия.",
    Move.EXPIRE: "До начала курса заявка так и не была решена, поэтому она закрыта. Она лежит в «Архиве».",
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
    parts += [Text(line) for line in (_EXPLANATIONS.get(move), what_to_do(told)) if line]
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


ROLE_LOST: Final = "Ваша роль согласующего в школе больше не действует. Меню обновлено."
