"""A teacher's own applications."""

from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.status import Move, Status
from services.histories import HistoryView
from services.views import ApplicationView, HistoryLine, MyApplication, Page
from texts.catalogue import LISTED_TITLE
from texts.wording import MARKS, clipped, moment, period, plural, status_of

LISTED_STATUS: Final = 120
HISTORY_LINES: Final = 8
TIMELINE_LINES: Final = 10
HISTORY_NOTE: Final = 160
"""A screen holds the latest of a long history."""

NUDGED: Final = "Напомню руководителю: заявка придёт ещё раз"

MOVES: Final = {
    Move.APPLY: "Заявка подана",
    Move.APPLY_PAID: "Заявка подана",
    Move.APPROVE: "Согласована",
    Move.REJECT: "Отклонена",
    Move.WITHDRAW: "Отозвана",
    Move.ENROL: "Зачислен(а)",
    Move.CHANGE_GROUP: "Переведён(а) в другую группу",
    Move.UNDO_ENROLMENT: "Зачисление отменено",
    Move.UNENROL: "Отчислен(а)",
    Move.WITHDRAW_ENROLLED: "Отозвана через службу поддержки",
    Move.COMPLETE: "Закончил(а)",
    Move.TAKE_BACK: "Согласование отозвано",
    Move.RECONSIDER: "Отклонение отменено",
    Move.EXPIRE: "Истекла",
    Move.CANCEL_COURSE: "Курс отменён",
    Move.CHANGE_SCHOOL: "Сменилась школа: ждёт согласования заново",
    Move.TURN_PAID: "Курс стал внебюджетным: согласование не нужно",
}


_INTO_GROUP: Final = frozenset({Move.ENROL, Move.CHANGE_GROUP})
"""Their note is the group's number."""


def _line(number: int, mine: MyApplication) -> Text:
    status = clipped(status_of(mine.status, mine.code, mine.group_number, mine.reason), LISTED_STATUS)
    title = clipped(mine.title, LISTED_TITLE)
    return Text(f"{number}. ", Bold(mine.code), f" — {title}\n{MARKS[mine.status]} ", Italic(status))


def _listed(heading: Text, page: Page[MyApplication]) -> Text:
    first = page.number * page.size + 1
    return as_list(heading, *(_line(first + index, line) for index, line in enumerate(page.lines)), sep="\n\n")


def mine(page: Page[MyApplication]) -> Text:
    """Live and completed applications."""
    if not page.total:
        return as_list(
            Bold("Все регистрации на курсы"),
            "Действующих регистраций нет. Откройте каталог или напишите шифр курса или слова из его названия.",
            sep="\n\n",
        )
    count = plural(page.total, "регистрация", "регистрации", "регистраций")
    return _listed(Text(Bold("Все регистрации на курсы"), f" — {count}"), page)


def archive(page: Page[MyApplication]) -> Text:
    """Ended applications."""
    if not page.total:
        return as_list(Bold("Архив"), "Здесь появятся отклонённые, отозванные и истёкшие заявки.", sep="\n\n")
    count = plural(page.total, "заявка", "заявки", "заявок")
    return _listed(Text(Bold("Архив"), f" — {count}"), page)


def history(view: HistoryView, zone: ZoneInfo) -> Text:
    """An application's timeline for those who decide on it or run the course."""
    return as_list(
        Text(Bold("История заявки"), f"\n{view.teacher}, {view.code} «{clipped(view.title, LISTED_TITLE)}»"),
        as_list(*(_history(line, zone) for line in view.history[-TIMELINE_LINES:])),
        sep="\n\n",
    )


def _history(line: HistoryLine, zone: ZoneInfo) -> Text:
    who = f", {line.by}" if line.by else ""
    named = f"группа {line.note}" if line.move in _INTO_GROUP and line.note else line.note
    note = f": {clipped(named, HISTORY_NOTE)}" if named else ""
    return Text(f"• {moment(line.at.astimezone(zone))} — {MOVES[line.move]}{who}{note}")


def one(view: ApplicationView, zone: ZoneInfo) -> Text:
    """An application with its history."""
    status = status_of(view.status, view.code, view.group_number, view.reason)
    facts = [as_key_value("Статус", f"{MARKS[view.status]} {status}")]
    dates = period(view.starts_on, view.ends_on)
    if dates:
        facts.append(as_key_value("Даты", dates))
    if view.school:
        facts.append(as_key_value("Школа", view.school))
    if view.queue_place is not None:
        room = f", свободных мест {view.free_seats}" if view.free_seats else ", свободных мест пока нет"
        facts.append(as_key_value("Очередь", f"вы {view.queue_place}-й в очереди{room}"))
    parts = [Text(Bold(view.code), f" — {view.title}"), as_list(*facts)]
    nudging = _nudging(view, zone)
    if nudging:
        parts.append(Italic(nudging))
    if view.status is Status.ENROLLED:
        parts.append(Italic("Вы зачислены. Отозвать заявку теперь может служба поддержки: «Обратиться в поддержку»."))
    parts.append(as_list(Bold("История"), *(_history(line, zone) for line in view.history[-HISTORY_LINES:])))
    return as_list(*parts, sep="\n\n")


def _nudging(view: ApplicationView, zone: ZoneInfo) -> str | None:
    """What has been done to hurry the approvers, and when it can be done again."""
    if view.nudge_from is None or (view.nudged_at is None and view.may_nudge):
        return None
    may_from = moment(view.nudge_from.astimezone(zone))
    if view.nudged_at is None:
        return f"Если решения не будет, с {may_from} можно напомнить руководителю."
    told = f"Вы напомнили руководителю {moment(view.nudged_at.astimezone(zone))}."
    return told if view.may_nudge else f"{told} Снова напомнить можно с {may_from}."


def confirm_withdrawal(view: ApplicationView) -> Text:
    """The question before the second tap."""
    return as_list(
        Bold("Отозвать заявку?"),
        Text(Bold(view.code), f" — {view.title}"),
        "Место в очереди не сохранится. Подать заявку снова можно, пока идёт приём.",
        sep="\n\n",
    )


def withdrawn(view: ApplicationView) -> Text:
    """«Заявка отозвана.»"""
    return as_list(
        Bold("Заявка отозвана."),
        Text(Bold(view.code), f" — {view.title}"),
        "Она перенесена в «Архив».",
        sep="\n\n",
    )
