"""What approvers read: prompts, decisions, the queue."""

from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.person import REASON_LIMIT
from domain.settings import READY_REASONS
from domain.status import Status
from services.views import BulkReport, Clash, DecisionView, NotOursReport, Page, Queue, WaitingLine
from texts.wording import MARKS, STATUSES, applications, clipped, days, hours, period, plural, status_of

NOT_OURS_REASON: Final = "школа сообщила, что вы в ней не работаете"
OUR_WORDS: Final = (*READY_REASONS, NOT_OURS_REASON)
"""Reasons that nobody wrote: they stay when whoever chose them is gone."""
OWN_REASON_QUESTION: Final = f"Напишите причину отказа одним сообщением, до {REASON_LIMIT} знаков. Учитель её увидит."
RETIRED: Final = "Эта заявка больше не ждёт вашего решения."
NOWHERE: Final = "школа не указана"
NOTHING_WAITS: Final = "Заявок на согласовании нет."
LISTED_TITLE: Final = 90
CLASHES_SHOWN: Final = 5


def _clash(clash: Clash) -> str:
    return f"{clash.code} «{clipped(clash.title, LISTED_TITLE)}», {period(clash.starts_on, clash.ends_on)}"


def _busy(view: DecisionView) -> str:
    """Whether the teacher is free on the course's days."""
    if view.starts_on is None:
        return "у курса нет дат"
    if not view.clashes:
        return "свободен(на)"
    courses = [_clash(clash) for clash in view.clashes[:CLASHES_SHOWN]]
    if len(view.clashes) > CLASHES_SHOWN:
        courses.append(f"и ещё {len(view.clashes) - CLASHES_SHOWN}")
    return f"занят(а): {'; '.join(courses)}"


def _course(view: DecisionView) -> Text:
    facts = [Text(Bold(view.code), f" «{view.title}»")]
    dates = period(view.starts_on, view.ends_on)
    if dates:
        facts.append(as_key_value("Даты", dates))
    if view.hours:
        facts.append(as_key_value("Объём", hours(view.hours)))
    return as_list(*facts)


def _teacher(view: DecisionView) -> Text:
    return as_list(Bold(view.teacher), f"{view.position}, {view.school or NOWHERE}")


def prompt(view: DecisionView) -> Text:
    """The question to an approver."""
    parts = [
        Text("📝 ", Bold("Заявка на согласование")),
        _teacher(view),
        _course(view),
        as_list(
            as_key_value("Пройдено за три года", hours(view.completed_hours)),
            as_key_value("В эти даты", _busy(view)),
        ),
    ]
    if view.nudged:
        parts.append(Text("⏰ ", Bold(f"Учитель просит ответить: заявка ждёт {days(view.waits_days)}.")))
    if view.earlier_reason:
        parts.append(as_key_value("Прошлая заявка отклонена", view.earlier_reason))
    return as_list(*parts, sep="\n\n")


def decided(view: DecisionView) -> Text:
    """What became of an application, and by whom."""
    status = status_of(view.status, view.code, view.group_number, view.reason)
    by_approver = view.status in {Status.APPROVED, Status.REJECTED} and view.decided_by
    parts = [Text(f"{MARKS[view.status]} ", Bold(status)), _teacher(view), _course(view)]
    if by_approver:
        parts.append(as_key_value("Решение", view.decided_by))
    return as_list(*parts, sep="\n\n")


def present(view: DecisionView) -> Text:
    """The application as it is now: a question while it waits, else what became of it."""
    return prompt(view) if view.status is Status.PENDING else decided(view)


def reasons(view: DecisionView) -> Text:
    """The choice of a reason."""
    return as_list(
        Bold("Вы можете указать причину отказа:"),
        Text(f"{view.teacher}, ", Bold(view.code), f" «{view.title}»"),
        sep="\n\n",
    )


def own_reason(view: DecisionView) -> Text:
    """The request for one's own words."""
    return as_list(
        Bold(OWN_REASON_QUESTION), Text(f"{view.teacher}, ", Bold(view.code), f" «{view.title}»"), sep="\n\n"
    )


def confirm_not_ours(view: DecisionView) -> Text:
    """The question before the second tap of «Не наш сотрудник»."""
    return as_list(
        Bold("Не наш сотрудник?"),
        Text(Bold(view.teacher), f", {view.position}"),
        f"Будут отклонены все ожидающие заявки этого человека в школе «{view.school}», "
        "а школа исчезнет из его профиля. После третьего раза выбрать вашу школу он(а) больше не сможет.",
        sep="\n\n",
    )


def not_ours_done(report: NotOursReport) -> Text:
    """What «Не наш сотрудник» did."""
    lines = [f"Отклонено: {applications(report.rejected)}. Школа убрана из профиля."]
    if report.barred:
        lines.append("Это третий раз: снова выбрать вашу школу этот человек не сможет.")
    return as_list(Text("⛔ ", Bold("Не наш сотрудник: "), report.teacher), *lines, sep="\n\n")


def _waiting(number: int, line: WaitingLine) -> Text:
    return Text(f"{number}. ", Bold(line.teacher), f" — {line.code} «{clipped(line.title, LISTED_TITLE)}»")


def queue(view: Queue) -> Text:
    """How many wait, and the first of them."""
    if not view.total:
        return as_list(Bold("Согласование заявок"), f"{NOTHING_WAITS} О каждой новой я сразу напишу.", sep="\n\n")
    lines = [_waiting(number, line) for number, line in enumerate(view.first, 1)]
    more = view.total - len(view.first)
    if more > 0:
        lines.append(Italic(f"…и ещё {more}"))
    verb = "ждёт" if view.total % 10 == 1 and view.total % 100 != 11 else "ждут"
    return as_list(
        Text(Bold("Согласование заявок"), f": {verb} решения {applications(view.total)}."),
        as_list(*lines),
        sep="\n\n",
    )


def confirm_all(view: Queue, at_once: int) -> Text:
    """The question before the second tap of «Согласовать все»."""
    count = min(view.total, at_once)
    rest = f" (за один раз — не больше {at_once})" if view.total > at_once else ""
    return Text(Bold(f"Согласовать {applications(count)} разом{rest}?"), "\n\nКаждому учителю сразу придёт сообщение.")


def bulk(report: BulkReport) -> Text:
    """What «Согласовать все» did, and what it left alone."""
    parts: list[Text] = [Text("✅ ", Bold(f"Согласовано: {applications(report.approved)}."))]
    if report.skipped:
        lines = [f"• {skip.teacher}, {skip.code}: {STATUSES[skip.status].lower()}" for skip in report.skipped[:20]]
        parts.append(as_list(Bold(f"Пропущено: {len(report.skipped)} — решены без вас раньше."), *lines))
    if report.left:
        parts.append(Text(f"Ещё ждут решения: {applications(report.left)}."))
    return as_list(*parts, sep="\n\n")


def approved(page: Page[WaitingLine]) -> Text:
    """Approvals that can still be taken back."""
    if not page.total:
        return as_list(Bold("Согласованные"), "Заявок, ожидающих зачисления, нет.", sep="\n\n")
    first = page.number * page.size + 1
    lines = [_waiting(first + index, line) for index, line in enumerate(page.lines)]
    count = plural(page.total, "заявка ожидает", "заявки ожидают", "заявок ожидают")
    return as_list(
        Text(Bold("Согласованные"), f": {count} зачисления. До зачисления согласование можно отозвать."),
        as_list(*lines),
        sep="\n\n",
    )
