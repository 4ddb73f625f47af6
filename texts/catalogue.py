"""Lists of courses, a course's card, applying."""

from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.catalogue import Funding
from domain.finding import Sort
from domain.policy import Obstacle
from domain.status import Status
from services.catalogue import FAVOURITES
from services.views import CourseCard, CourseLine, Found, Receipt
from texts.filtering import summary
from texts.wording import MARKS, clipped, day, funding, hours, period, plural, short_day, status_of

LISTED_TITLE: Final = 160
SHOWN_QUERY: Final = 200
SHOWN_FILTERS: Final = 400
NOTHING_SO: Final = "Курсов с открытой записью и такими фильтрами сейчас нет."
FORGOTTEN: Final = "Прошлые запросы удалены"
FAVOURITES_TITLE: Final = "Избранное"
FAVOURITES_PURPOSE: Final = "Напишу, если откроется запись, появятся места или будет заканчиваться приём заявок."

OBSTACLES: Final = {
    Obstacle.ALREADY_APPLIED: "Вы уже подали заявку на этот курс.",
    Obstacle.CANCELLED: "Курс отменён: записаться нельзя.",
    Obstacle.UNPUBLISHED: "Курс снят с публикации: записаться нельзя.",
    Obstacle.DEADLINE_PASSED: "Приём заявок закончен: записаться уже нельзя.",
    Obstacle.SCHOOL_NEEDED: (
        "Записаться на бюджетный курс может сотрудник школы: "
        "укажите школу — согласовывать заявку будет её руководитель."
    ),
}


def _line(number: int, line: CourseLine) -> Text:
    starts = f"начало {short_day(line.starts_on)}" if line.starts_on else "даты уточняются"
    closed = "" if line.is_open else ", приём заявок закончен"
    return Text(f"{number}. ", Bold(line.code), f" — {clipped(line.title, LISTED_TITLE)}\n", Italic(starts + closed))


def found(view: Found) -> Text:
    """A page of courses; or that there is none, what to do, and the courses that are nearest."""
    if view.is_nearest or not view.page.total:
        return _nothing(view)
    where = f"Страница {view.page.number + 1} из {view.page.pages}" if view.page.pages > 1 else None
    hint = "Чтобы найти другой курс, напишите его шифр или слова из названия."
    return as_list(
        _heading(view), *_narrowed(view), *_lines(view), Italic(f"{where}. {hint}" if where else hint), sep="\n\n"
    )


def _narrowed(view: Found) -> list[Text]:
    """What is chosen stands over every list that it narrows."""
    return [Text(f"🔍 Фильтры: {clipped(summary(view.chosen), SHOWN_FILTERS)}")] if view.chosen.is_any else []


def _lines(view: Found) -> list[Text]:
    first = view.page.number * view.page.size + 1
    return [_line(first + index, line) for index, line in enumerate(view.page.lines)]


def _heading(view: Found) -> Text:
    count = plural(view.page.total, "курс", "курса", "курсов")
    if view.search_id == FAVOURITES:
        return Text(Bold(FAVOURITES_TITLE), f" — {count}.\n{FAVOURITES_PURPOSE}")
    if view.query is None:
        first = "первыми — те, где скоро закончится приём" if view.chosen.sort is Sort.CLOSES else "ближайшие — первыми"
        open_now = f"{view.page.total}+ курсов" if view.more else count
        return Text(Bold("Каталог курсов"), f"\nСейчас открыта запись: {open_now}, {first}.")
    how_many = f" — {_how_many(view, count)}."
    if view.shown_for is not None:
        return Text("Показаны результаты по запросу «", Bold(clipped(view.shown_for, SHOWN_QUERY)), "»", how_many)
    typed = ", ровно как набрано," if view.literal else ""
    return Text("По запросу «", Bold(view.query), f"»{typed}", how_many)


def _how_many(view: Found, count: str) -> str:
    complete = view.page.total if view.complete is None else view.complete
    if complete == view.page.total:
        return f"больше {complete} курсов, самые подходящие — первыми" if view.more else count
    alike = view.page.total - complete
    if complete == 0:
        return f"курсов со всеми словами нет, похожих — {'не меньше ' if view.more else ''}{alike}"
    like = f"не меньше {alike} похожих" if view.more else plural(alike, "похожий", "похожих", "похожих")
    return f"{plural(complete, 'курс', 'курса', 'курсов')} и ещё {like}"


def _nothing(view: Found) -> Text:
    if view.search_id == FAVOURITES:
        return as_list(
            Bold(FAVOURITES_TITLE),
            f"Здесь пока пусто. Откройте карточку курса и нажмите «В избранное». {FAVOURITES_PURPOSE}",
            sep="\n\n",
        )
    if view.query is None and view.chosen.is_narrow:
        return as_list(NOTHING_SO, *_narrowed(view), sep="\n\n")
    if view.query is None:
        return Text("Сейчас запись на курсы закрыта. Напишите шифр или слова из названия — я поищу по всему каталогу.")
    typed = ", ровно как набрано," if view.literal else ""
    parts = [
        Text("По запросу «", Bold(view.query), f"»{typed} ничего не нашлось."),
        Text("Попробуйте одно-два слова из названия, например «география», или шифр курса, например ГМЦ-0417-Д."),
    ]
    if view.chosen.is_narrow:
        parts = [parts[0], *_narrowed(view), Text("Возможно, мешают фильтры: сбросьте их одним нажатием.")]
    if view.page.lines:
        parts.append(Text("А пока — ближайшие курсы, на которые можно записаться:"))
    return as_list(*parts, *_lines(view), sep="\n\n")


def _seats(view: CourseCard) -> str | None:
    if view.seats is None:
        return None
    in_all = f"{view.seats}, " if view.seats else ""
    if view.free_seats:
        return f"{in_all}свободно {view.free_seats}"
    if view.obstacle is None:
        return f"{in_all}мест нет, вы будете {view.queue_place}-м в очереди"
    return f"{in_all}свободных нет"


def card(view: CourseCard) -> Text:
    """All that is known of one course, and one's own application for it."""
    facts = {
        "Организация": view.provider,
        "Объём": hours(view.hours) if view.hours else None,
        "Форма обучения": view.form,
        "Финансирование": funding(view.funding, view.price),
        "Для кого": view.audience,
        "Направление": view.direction,
        "Даты": period(view.starts_on, view.ends_on),
        "Приём заявок до": day(view.apply_until) if view.apply_until else None,
        "Мест": _seats(view),
        "Документ": view.document,
        "Место проведения": view.venue,
    }
    parts: list[Text] = [
        Text(Bold(view.code), "\n", Bold(view.title)),
        as_list(*(as_key_value(name, value) for name, value in facts.items() if value)),
    ]
    if view.annotation:
        parts.append(Text(view.annotation))
    parts.extend(_standing(view))
    return as_list(*parts, sep="\n\n")


def _standing(view: CourseCard) -> list[Text]:
    if view.mine is not None and view.mine.status is not Status.COMPLETED:
        status = status_of(view.mine.status, view.code, view.mine.group_number)
        return [Text(f"{MARKS[view.mine.status]} ", Bold("Ваша заявка: "), status)]
    standing = []
    if view.completed_before:
        standing.append(Text(f"{MARKS[Status.COMPLETED]} Вы уже закончили этот курс."))
    if view.obstacle is not None:
        standing.append(Italic(OBSTACLES[view.obstacle]))
    return standing


def kept(*, kept: bool) -> str:
    """The passing line of ♥."""
    return "Курс в избранном: напишу, если что-то изменится" if kept else "Убрано из избранного"


def confirm(view: CourseCard) -> Text:
    """The question before the second tap."""
    parts: list[Text] = [Text(Bold("Записаться на курс?")), Text(Bold(view.code), f" — {view.title}")]
    dates = period(view.starts_on, view.ends_on)
    if dates:
        parts.append(as_key_value("Даты", dates))
    if view.completed_before:
        parts.append(Text("Вы уже закончили этот курс. Записаться ещё раз можно."))
    if view.queue_place is not None:
        parts.append(Text(f"Мест нет, вы будете {view.queue_place}-м в очереди."))
    parts.append(
        Text("Заявку согласует руководитель вашей школы.")
        if view.funding is Funding.BUDGET
        else Text("Согласование не нужно: заявка сразу уйдёт организации.")
    )
    return as_list(*parts, sep="\n\n")


def receipt(view: Receipt) -> Text:
    """«Ваша заявка на курс принята.» and what happens next; or the application that exists."""
    mine = view.application
    course = Text(Bold(mine.code), f" — {mine.title}")
    status = as_key_value("Статус", f"{MARKS[mine.status]} {status_of(mine.status, mine.code, mine.group_number)}")
    if not view.is_new:
        return as_list(Bold("Вы уже подали заявку на этот курс."), course, status, sep="\n\n")
    parts: list[Text] = [Text(Bold("Ваша заявка на курс принята.")), course, status, Text(_next(view))]
    if view.queue_place is not None:
        parts.append(Text(f"Свободных мест пока нет: вы {view.queue_place}-й в очереди."))
    return as_list(*parts, sep="\n\n")


def _next(view: Receipt) -> str:
    if view.application.status is Status.APPROVED:
        return "Что дальше: организация зачислит вас в группу, и я сразу сообщу."
    if view.decided_by_support:
        return (
            "Что дальше: в вашей школе нет другого согласующего, поэтому решение примет служба поддержки портала. "
            "Я сразу сообщу."
        )
    return f"Что дальше: заявку согласует руководитель ({view.school}). Я сразу сообщу о решении."
