"""What a provider reads about courses and groups."""

from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.groups import NUMBER_LIMIT, VENUE_LIMIT, Field
from services.group_views import ApplicantLine, CourseDesk, CourseOfProvider, GroupDraft, GroupLine, GroupView
from services.views import Page
from texts import labels
from texts.wording import clipped, people, period, short_day

LISTED_TITLE: Final = 100
UNLIMITED: Final = "без ограничений"
NOT_SAID: Final = "не указано"

FIELDS: Final = {
    Field.NUMBER: labels.GROUP_NUMBER,
    Field.STARTS_ON: labels.GROUP_STARTS_ON,
    Field.ENDS_ON: labels.GROUP_ENDS_ON,
    Field.SEATS: labels.GROUP_SEATS,
    Field.VENUE: labels.GROUP_VENUE,
}
QUESTIONS: Final = {
    Field.NUMBER: f"Напишите номер или имя группы, до {NUMBER_LIMIT} знаков. Например: 2 или 2-А.",
    Field.STARTS_ON: "Напишите первый день занятий. Например: 05.02.2027.",
    Field.ENDS_ON: "Напишите последний день занятий. Например: 20.02.2027.",
    Field.SEATS: "Напишите, сколько в группе мест. Например: 25.",
    Field.VENUE: f"Напишите место занятий или ссылку, до {VENUE_LIMIT} знаков.",
}


def room(free_seats: int | None) -> str:
    """«свободно 5»."""
    if free_seats is None:
        return "мест без ограничений"
    return f"свободно {free_seats}" if free_seats else "мест нет"


def _standing(published: bool, cancelled: bool) -> str | None:
    if cancelled:
        return "🚫 Курс отменён"
    return None if published else "🙈 Снят с публикации: записаться нельзя"


def _course(number: int, line: CourseOfProvider) -> Text:
    counts = f"ждут {line.waiting} · зачислено {line.enrolled} · {room(line.free_seats)}"
    standing = _standing(line.published, line.cancelled)
    return Text(
        f"{number}. ",
        Bold(line.code),
        f" — {clipped(line.title, LISTED_TITLE)}\n",
        Italic(f"{standing}. {counts}" if standing else counts),
    )


def courses(page: Page[CourseOfProvider]) -> Text:
    """The courses of one's organisation."""
    heading = Bold(labels.GROUPS)
    if not page.total:
        return as_list(heading, "У вашей организации пока нет курсов в каталоге.", sep="\n\n")
    first = page.number * page.size + 1
    where = f"Страница {page.number + 1} из {page.pages}. " if page.pages > 1 else ""
    return as_list(
        heading,
        *(_course(first + index, line) for index, line in enumerate(page.lines)),
        Italic(f"{where}Первыми стоят курсы, где есть что сделать."),
        sep="\n\n",
    )


def group_title(group: GroupLine) -> str:
    """«Группа 2 · зачислено 12 · свободно 8»."""
    state = "набор закрыт" if group.closed else room(group.fits)
    return f"{labels.GROUP} {group.number} · зачислено {group.enrolled} · {state}"


def _group(group: GroupLine) -> Text:
    dates = period(group.starts_on, group.ends_on) or "даты не указаны"
    ended = ", обучение закончилось" if group.ended else ""
    return Text("• ", Bold(group_title(group)), f"\n{dates}{ended}")


def next_up(next_in_line: ApplicantLine | None) -> list[Text]:
    """Whose turn it is, where somebody waits."""
    if next_in_line is None:
        return []
    school = f", {next_in_line.school}" if next_in_line.school else ""
    return [Text(f"{labels.NEXT_IN_LINE}: ", Bold(next_in_line.teacher), f", {next_in_line.position}{school}")]


def desk(view: CourseDesk, page: Page[GroupLine]) -> Text:
    """A course as its organisation runs it."""
    facts = [
        as_key_value(labels.WAITING, people(view.waiting)),
        as_key_value("Зачислено", people(view.enrolled)),
        as_key_value("Мест на курсе", UNLIMITED if view.seats is None else f"{view.seats}, {room(view.free_seats)}"),
    ]
    dates = period(view.starts_on, view.ends_on)
    if dates:
        facts.insert(0, as_key_value("Даты", dates))
    standing = _standing(view.published, view.cancelled)
    parts = [Text(Bold(view.code), f" — {view.title}"), as_list(*facts)]
    if standing:
        parts.insert(1, Text(standing))
    if view.open_groups and not view.cancelled:
        parts += next_up(view.next_in_line)
    parts.append(as_list(Bold("Группы"), *(_group(group) for group in page.lines)))
    if not view.groups:
        parts[-1] = Text("Групп пока нет. Создайте группу — и в неё можно будет зачислять.")
    return as_list(*parts, sep="\n\n")


def group(view: GroupView) -> Text:
    """A group and the first of its people."""
    line = view.group
    taken = f"зачислено {line.enrolled}"
    facts = [
        as_key_value("Даты", period(line.starts_on, line.ends_on) or NOT_SAID),
        as_key_value("Место или ссылка", line.venue or NOT_SAID),
        as_key_value("Мест", f"{UNLIMITED if line.seats is None else line.seats}, {taken}"),
    ]
    parts = [Text(Bold(f"{labels.GROUP} {line.number}"), f"\n{view.code} «{view.title}»"), as_list(*facts)]
    if line.closed:
        parts.append(Italic("Набор закрыт: зачислить в эту группу нельзя."))
    elif line.fits is not None and line.fits == 0:
        parts.append(Italic("Свободных мест нет."))
    elif line.fits is not None:
        parts.append(Text(f"Можно зачислить ещё: {people(line.fits)}."))
    parts += next_up(view.next_in_line)
    if view.members.total:
        first = view.members.number * view.members.size + 1
        parts.append(
            as_list(
                Bold("В группе"),
                *(person(first + index, member) for index, member in enumerate(view.members.lines)),
            )
        )
    return as_list(*parts, sep="\n\n")


def person(number: int, line: ApplicantLine) -> Text:
    """«1. Соколова Анна — учитель, Школа № 5»."""
    school = f", {clipped(line.school, LISTED_TITLE)}" if line.school else ""
    return Text(f"{number}. ", Bold(line.teacher), f" — {clipped(line.position, LISTED_TITLE)}{school}")


def draft(view: GroupDraft) -> Text:
    """The group before it is created or saved."""
    heading = "Новая группа" if view.group_id is None else "Изменить группу"
    facts = {
        labels.GROUP_NUMBER: view.number,
        labels.GROUP_STARTS_ON: short_day(view.starts_on) if view.starts_on else NOT_SAID,
        labels.GROUP_ENDS_ON: short_day(view.ends_on) if view.ends_on else NOT_SAID,
        labels.GROUP_SEATS: UNLIMITED if view.seats is None else str(view.seats),
        labels.GROUP_VENUE: view.venue or NOT_SAID,
    }
    told = "Если изменятся даты или место, зачисленные сразу об этом узнают."
    proposed = "Так предлагает карточка курса. Проверьте и измените, что нужно."
    return as_list(
        Text(Bold(heading), f"\n{view.code} «{view.title}»"),
        as_list(*(as_key_value(name, value) for name, value in facts.items())),
        Italic(proposed if view.group_id is None else told),
        sep="\n\n",
    )


def question(field: Field, view: GroupDraft) -> Text:
    """The request for one field."""
    return as_list(Bold(QUESTIONS[field]), f"{view.code} «{view.title}», группа {view.number}", sep="\n\n")
