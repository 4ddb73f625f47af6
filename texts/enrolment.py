"""What a provider reads about people: who waits, who is enrolled, what an enrolment did."""

from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.person import REASON_LIMIT
from domain.status import Status
from services.group_views import ApplicantView, EnrolOffer, EnrolReport, LeftOut, WaitingList
from texts import labels
from texts.groups import group_title, next_up, person, room
from texts.wording import MARKS, STATUSES, day, people, plural, status_of

LEFT_OUT_SHOWN: Final = 15
NO_GROUPS: Final = "Групп со свободными местами нет: создайте группу или увеличьте число мест."
UNDO_QUESTION: Final = (
    f"Почему зачисление отменяется? Напишите одним сообщением, до {REASON_LIMIT} знаков: учитель это увидит. "
    "Заявка вернётся в очередь на своё место."
)
UNENROL_QUESTION: Final = (
    f"Почему отчисляете? Напишите причину одним сообщением, до {REASON_LIMIT} знаков. "
    "Её увидят учитель и согласующие школы."
)


def waiting(view: WaitingList, ticked: int | None = None) -> Text:
    """Who waits for a group; `ticked` so many, while several are chosen."""
    heading = Text(Bold(labels.WAITING), f"\n{view.code} «{view.title}»")
    if not view.page.total:
        return as_list(heading, "Сейчас никто не ждёт. О новых заявках я напишу.", sep="\n\n")
    first = view.page.number * view.page.size + 1
    where = f"Страница {view.page.number + 1} из {view.page.pages}. " if view.page.pages > 1 else ""
    hint = "Имя открывает заявку." if ticked is None else f"Нажимайте на имена. Отмечено: {ticked}."
    return as_list(
        heading,
        f"Ждут: {people(view.page.total)}, на курсе {room(view.free_seats)}. Порядок — по времени заявки.",
        as_list(*(person(first + index, line) for index, line in enumerate(view.page.lines))),
        Italic(f"{where}{hint}" if view.groups else f"{where}{NO_GROUPS}"),
        sep="\n\n",
    )


def applicant(view: ApplicantView, zone: ZoneInfo) -> Text:
    """One person's application as the organisation sees it."""
    status = status_of(view.status, view.code, view.group_number)
    facts = [
        as_key_value("Статус", f"{MARKS[view.status]} {status}"),
        as_key_value("Заявка подана", day(view.created_at.astimezone(zone).date())),
    ]
    if view.place is not None:
        facts.append(as_key_value("В очереди", f"{view.place}-й"))
    parts = [
        as_list(Bold(view.teacher), ", ".join(part for part in (view.position, view.school) if part)),
        Text(Bold(view.code), f" «{view.title}»"),
        as_list(*facts),
    ]
    if view.status is Status.APPROVED and not view.groups:
        parts.append(Italic("Курс отменён." if view.cancelled else NO_GROUPS))
    return as_list(*parts, sep="\n\n")


def freed(view: ApplicantView, zone: ZoneInfo) -> Text:
    """Somebody is out of a group: their application now, and whose turn it is."""
    return as_list(applicant(view, zone), "Место освободилось.", *next_up(view.next_in_line), sep="\n\n")


def reason(view: ApplicantView, question: str) -> Text:
    """The request for a reason."""
    return as_list(Bold(question), Text(Bold(view.teacher), f", {view.code} «{view.title}»"), sep="\n\n")


def choose_group(view: WaitingList, ticked: int | None) -> Text:
    """Into which group?"""
    course = f"{view.code} «{view.title}»"
    if not view.groups:  # the last one was closed or filled since the button was drawn
        return as_list(Bold(NO_GROUPS), course, sep="\n\n")
    whom = "всех, кто помещается" if ticked is None else people(ticked)
    return as_list(
        Bold(f"В какую группу зачислить: {whom}?"),
        course,
        as_list(*(f"• {group_title(group)}" for group in view.groups)),
        sep="\n\n",
    )


def offer(view: EnrolOffer) -> Text:
    """The question before all who fit are enrolled."""
    rest = view.waiting - view.count
    still = plural(rest, "человек останется", "человека останутся", "человек останутся")
    left = f" Ещё {still} в очереди." if rest > 0 else ""
    return as_list(
        Bold(f"Зачислить: {people(view.count)} в группу {view.group.number}?"),
        f"{view.code} «{view.title}»",
        f"Это первые в очереди.{left} Каждому сразу придёт сообщение.",
        sep="\n\n",
    )


def report(view: EnrolReport) -> Text:
    """What an enrolment of several did."""
    parts: list[Text] = [
        Text("🎓 ", Bold(f"Зачислено в группу {view.group.number}: {people(view.enrolled)}."), f"\n{view.code}")
    ]
    if view.left_out:
        lines = [f"• {left.teacher}: {why(left)}" for left in view.left_out[:LEFT_OUT_SHOWN]]
        if len(view.left_out) > LEFT_OUT_SHOWN:
            lines.append(f"…и ещё {len(view.left_out) - LEFT_OUT_SHOWN}")
        parts.append(as_list(Bold(f"Не зачислены: {len(view.left_out)}."), *lines))
    if view.waiting:
        parts.append(Text(f"Ещё ждут: {people(view.waiting)}. В группе {room(view.group.fits)}."))
    return as_list(*parts, sep="\n\n")


def why(left: LeftOut) -> str:
    """Why somebody was left out."""
    if left.own:
        return "это ваша собственная заявка, её ведёт коллега"
    return "не хватило места" if left.status is Status.APPROVED else STATUSES[left.status].lower()
