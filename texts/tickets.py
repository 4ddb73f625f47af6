"""What support reads: the queue, a ticket, what became of it."""

from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.person import REASON_LIMIT
from domain.tickets import Side, Stage
from services.ticket_views import Passed, Said, Saying, TicketLine, TicketView
from services.views import Page
from texts import labels
from texts.support import MARKS, NAME_SHOWN, SUBJECT_LISTED, TITLE_SHOWN, said, stars
from texts.wording import STATUSES, clipped, moment, tickets

PLACE_SHOWN: Final = 80
REASON_QUESTION: Final = (
    f"Напишите причину, до {REASON_LIMIT} знаков: её увидят учитель, школа и организация. Или выберите готовую."
)
STAGES: Final = {Stage.WAITS: "ждёт ответа", Stage.ANSWERED: "отвечено", Stage.CLOSED: "закрыто"}


def _line(line: TicketLine, zone: ZoneInfo) -> Text:
    waits = f" с {moment(line.asked_at.astimezone(zone))}" if line.stage is Stage.WAITS else ""
    taken = "" if line.stage is Stage.CLOSED else ", никем не взято"
    if line.taken_by:
        taken = f", взял(а) {clipped(line.taken_by, NAME_SHOWN)}"
    return Text(
        f"{MARKS[line.stage]} ",
        Bold(f"№ {line.id}"),
        f" · {clipped(line.subject, SUBJECT_LISTED)}\n{clipped(line.owner, NAME_SHOWN)} — ",
        Italic(f"{STAGES[line.stage]}{waits}{taken}"),
    )


def queue(page: Page[TicketLine], zone: ZoneInfo) -> Text:
    """The open tickets."""
    if not page.total:
        return as_list(Bold(labels.DESK), "Открытых обращений нет. О каждом новом я сразу напишу.", sep="\n\n")
    return as_list(
        Text(Bold(labels.DESK), f" — открыто {tickets(page.total)}"),
        *(_line(line, zone) for line in page.lines),
        sep="\n\n",
    )


def closed(page: Page[TicketLine], zone: ZoneInfo) -> Text:
    """The closed tickets."""
    if not page.total:
        return as_list(Bold(labels.CLOSED_TICKETS), "Закрытых обращений пока нет.", sep="\n\n")
    return as_list(
        Text(Bold(labels.CLOSED_TICKETS), f" — {page.total}"), *(_line(line, zone) for line in page.lines), sep="\n\n"
    )


def _author(line: Said) -> str:
    return line.author if line.side is Side.OWNER else f"{line.author} ({labels.SUPPORT.lower()})"


def one(view: TicketView, zone: ZoneInfo) -> Text:
    """A ticket: who asks, about what, and what was said."""
    place = ", ".join(clipped(part, PLACE_SHOWN) for part in (view.position, view.school) if part)
    facts = [Text(Bold(view.owner)), Text(place)]
    if view.about is not None:
        about = view.about
        facts.append(
            Text(Bold(about.code), f" «{clipped(about.title, TITLE_SHOWN)}» — {STATUSES[about.status].lower()}")
        )
    taken = f", взял(а) {view.taken_by}" if view.taken_by else ", никем не взято"
    state = f"{MARKS[view.stage]} {STAGES[view.stage]}{'' if view.stage is Stage.CLOSED else taken}"
    if view.rating:
        state += f", оценка {stars(view.rating)}"
    earlier = [Italic(f"Это не всё: «{labels.EARLIER}».")] if view.has_earlier else []
    return as_list(
        as_list(Text(Bold(f"Обращение № {view.id}"), f" · {view.subject}"), Text(state)),
        as_list(*facts),
        *(said(line, _author(line), zone) for line in view.lines),
        *earlier,
        sep="\n\n",
    )


def to_write(view: TicketView, *, closing: bool) -> Text:
    """The request for an answer."""
    after = " После него обращение закроется." if closing else ""
    again = " Обращение закрыто, ответ откроет его снова." if view.stage is Stage.CLOSED else ""
    return Text(Bold(f"Обращение № {view.id}, {view.owner}."), f" Напишите ответ: текст, фото или файл.{after}{again}")


def passed(view: Passed) -> Text:
    """What became of an answer."""
    ticket = f"обращение № {view.ticket.id}, {view.ticket.owner}"
    if not view.passed_on:
        return Text("⚠️ ", Bold("Обращение уже закрыто, ответ не передан"), f": {ticket}.")
    if view.closed:
        return Text("🔒 ", Bold("Ответ отправлен, обращение закрыто"), f": {ticket}.")
    return Text("✉️ Ответ отправлен", f": {ticket}. Можно дописать ещё.")


def confirm_close(view: TicketView) -> Text:
    """The question before the second tap."""
    return as_list(
        Bold(f"Закрыть обращение № {view.id}?"),
        f"{view.owner}: {view.subject}",
        "Учитель сможет оценить ответ и в течение недели написать снова.",
        sep="\n\n",
    )


def _enrolment(view: TicketView) -> Text:
    assert view.about is not None
    return Text(f"{view.owner}, ", Bold(view.about.code), f" «{clipped(view.about.title, TITLE_SHOWN)}»")


def ask_reason(view: TicketView) -> Text:
    """Why is the enrolment to end?"""
    return as_list(Bold("Отозвать зачисление"), _enrolment(view), REASON_QUESTION, sep="\n\n")


def confirm_withdrawal(view: TicketView, reason: str) -> Text:
    """The question before the second tap."""
    return as_list(
        Bold("Отозвать зачисление?"),
        _enrolment(view),
        as_key_value("Причина", reason),
        "Место в группе освободится. Об этом узнают учитель, организация и согласующие школы.",
        sep="\n\n",
    )


def heading(view: Saying) -> Text:
    """What stands over the person's words, or over a message shown again."""
    kind = "Новое обращение" if view.is_first and view.side is Side.STAFF else "Обращение"
    return Text("📨 ", Bold(f"{kind} № {view.ticket_id}"), f" · {view.subject}\n", Bold(view.author))


def taken_over(view: TicketView) -> Text:
    """A colleague has the ticket now."""
    return Text(f"Обращение № {view.id} взял(а) {view.taken_by}.")


def closed_by_owner(view: TicketView) -> Text:
    """The person says that the question is answered."""
    return Text("🔒 ", Bold(f"Обращение № {view.id} закрыто"), f": {view.owner} отметил(а), что вопрос решён.")
