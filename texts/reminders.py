"""What the clock reminds people of, and the news of favourite courses."""

from collections.abc import Callable, Sequence
from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.reminding import Watched
from domain.status import Status
from services.views import (
    CourseLine,
    CourseNews,
    CourseToGroup,
    ExpiringView,
    NewCourses,
    StartView,
    WaitingDigest,
    WaitingSince,
)
from texts.wording import applications, clipped, courses, days, people, short_day

LISTED_TITLE: Final = 90
LISTED: Final = 10
BELOW: Final = "Эта заявка ждёт вашего решения. Она пришла ещё раз — смотрите ниже."
_SOON: Final = {0: "сегодня", 1: "завтра"}


def since(count: int) -> str:
    """«ждёт 3 дня»."""
    return f"ждёт {days(count)}" if count else "пришла сегодня"


def _in(count: int) -> str:
    """«завтра», «через 3 дня»."""
    return _SOON.get(count) or f"через {days(count)}"


def _listed(lines: Sequence[Text], total: int) -> Text:
    more = total - len(lines)
    return as_list(*lines, *([Italic(f"…и ещё {more}")] if more > 0 else []))


def _waiting(line: WaitingSince) -> Text:
    course = f" — {line.code} «{clipped(line.title, LISTED_TITLE)}», {since(line.days)}"
    return Text("• ", Bold(line.teacher), course)


def waiting(view: WaitingDigest) -> Text:
    """The morning's digest for an approver."""
    return as_list(
        Text("🗂 ", Bold(f"Ждут вашего решения: {applications(view.total)}")),
        _listed([_waiting(line) for line in view.oldest], view.total),
        "Откройте их по одной: на каждую хватит одного нажатия.",
        sep="\n\n",
    )


def _opened(view: CourseNews) -> str:
    return f"открылась запись{_until(view)}"


def _until(view: CourseNews) -> str:
    return f", заявки принимают до {short_day(view.closes_on)}" if view.closes_on else ""


def _free(view: CourseNews) -> str:
    if view.free_seats is None:
        return "появились места"
    queue = f", в очереди уже {people(view.waiting)}" if view.waiting else ""
    return f"появились места, свободно {view.free_seats}{queue}"


def _closes(view: CourseNews) -> str:
    assert view.closes_on is not None, "what has no last day never closes"
    return f"заявки принимают только до {short_day(view.closes_on)}"


_NEWS: Final[dict[Watched, tuple[str, Callable[[CourseNews], str]]]] = {
    Watched.OPENED: ("🔓", _opened),
    Watched.SEATS: ("🪑", _free),
    Watched.CLOSING: ("⏳", _closes),
}


def _news(view: CourseNews) -> Text:
    mark, said = _NEWS[view.news]
    return Text(f"{mark} ", Bold(view.code), f" «{clipped(view.title, LISTED_TITLE)}» — {said(view)}")


def favourites(news: Sequence[CourseNews]) -> Text:
    """What has become of favourite courses, in one message."""
    return as_list(
        Text("❤️ ", Bold("Избранное")),
        _listed([_news(line) for line in news[:LISTED]], len(news)),
        sep="\n\n",
    )


def new_courses(view: NewCourses) -> Text:
    """Courses that came into the catalogue, for somebody."""
    return as_list(
        Text("🆕 ", Bold(f"Новое для вас: {courses(view.total)}")),
        _listed([_new(line) for line in view.lines], view.total),
        sep="\n\n",
    )


def _new(line: CourseLine) -> Text:
    starts = f", начало {short_day(line.starts_on)}" if line.starts_on else ""
    return Text("• ", Bold(line.code), f" «{clipped(line.title, LISTED_TITLE)}»{starts}")


def start(view: StartView) -> Text:
    """A course starts soon."""
    facts = [as_key_value("Начало", short_day(view.starts_on)), as_key_value("Группа", view.group_number)]
    if view.venue:
        facts.append(as_key_value("Место", view.venue))
    return as_list(
        Text("📅 ", Bold(f"Курс начинается {_in(view.days)}")),
        Text(Bold(view.code), f" «{view.title}»"),
        as_list(*facts),
        sep="\n\n",
    )


def _to_group(line: CourseToGroup) -> Text:
    starts = f" «{clipped(line.title, LISTED_TITLE)}», начало {short_day(line.starts_on)}"
    ends = f"; после {short_day(line.expires_after)} заявки закроются" if line.expires_after else ""
    return Text("• ", Bold(line.code), starts, f" — без группы {people(line.waiting)}{ends}")


def without_group(lines: Sequence[CourseToGroup]) -> Text:
    """Courses of a provider with people who have no group shortly before the start, or before they expire."""
    starting = any(line.expires_after is None for line in lines)
    heading = "Курсы скоро начнутся, а группы есть не у всех" if starting else "Заявки скоро закроются: нет группы"
    return as_list(
        Text("👥 ", Bold(heading)),
        _listed([_to_group(line) for line in lines[:LISTED]], len(lines)),
        sep="\n\n",
    )


_EXPIRING: Final = {
    Status.PENDING: (
        "Заявка ещё не согласована",
        "После начала курса заявка закроется. Откройте её: там видно, когда можно напомнить руководителю.",
    ),
    Status.APPROVED: (
        "Вас ещё не зачислили в группу",
        "Если группы не будет, заявка закроется. Если курс вам нужен, спросите о группе в разделе «Поддержка».",
    ),
}


def expiring(view: ExpiringView) -> Text:
    """An application waits still, or has no group yet, and expires soon."""
    heading, advice = _EXPIRING[view.status]
    return as_list(
        Text("⌛ ", Bold(heading)),
        Text(Bold(view.code), f" «{view.title}», начало {short_day(view.starts_on)}"),
        Text("Заявка действует до ", Bold(short_day(view.expires_after)), " включительно."),
        advice,
        sep="\n\n",
    )
