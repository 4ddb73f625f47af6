"""Letters: the same sentences as plain text and as a page that any mail program shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.status import Move
from services.emails import CodeLetter
from services.letters import LetterCourse
from texts.applications import MOVES
from texts.wording import hours, period

SENDER: Final = "Портал курсов для учителей"
_LATER: Final = "Все ваши регистрации — в боте портала, раздел «Все регистрации на курсы»."
_NOT_YOU: Final = "Если вы этого не делали, просто удалите письмо: без кода ничего не произойдёт."
_APPLIED: Final = frozenset({Move.APPLY, Move.APPLY_PAID})
_NEXT: Final[Mapping[Move, str]] = {
    Move.APPLY: "Заявку рассмотрит руководитель вашей школы. О решении сообщим в боте и письмом.",
    Move.APPLY_PAID: "Согласование не требуется: организация зачислит вас в группу и сообщит об этом.",
    Move.APPROVE: "Организация зачислит вас в группу, об этом тоже придёт сообщение.",
    Move.REJECT: "Заявка перенесена в «Архив». В боте можно выбрать другой курс.",
    Move.WITHDRAW: "Заявка перенесена в «Архив». Записаться снова можно, пока открыта запись.",
}

_pages: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says. `code` stands large on a line of its own."""

    subject: str
    heading: str
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    code: str | None = None
    footer: str = _LATER


def email_code(told: CodeLetter) -> Letter:
    """The code that proves an address."""
    spaced = f"{told.code[:3]} {told.code[3:]}"
    return Letter(
        subject=f"Код подтверждения: {spaced}",
        heading="Подтвердите адрес почты",
        lines=("Напишите этот код в чат с ботом. Он действует 15 минут.",),
        code=spaced,
        footer=_NOT_YOU,
    )


def moved(told: Mapping[str, Any], course: LetterCourse) -> Letter:
    """A teacher's application has come or has a new state."""
    move = Move(told["move"])
    applied = f"Вы успешно зарегистрировались на курс {course.code} «{course.title}»"
    heading = applied if move in _APPLIED else MOVES[move]
    reason = (f"Причина: {told['reason']}",) if told["reason"] else ()
    return Letter(
        subject=f"{course.code}: {'заявка принята' if move in _APPLIED else MOVES[move].lower()}",
        heading=heading,
        lines=(*reason, *((_NEXT[move],) if move in _NEXT else ())),
        facts=_facts(course),
    )


def _facts(course: LetterCourse) -> tuple[tuple[str, str], ...]:
    named = (
        ("Курс", f"{course.code} — {course.title}"),
        ("Организация", course.provider),
        ("Даты", period(course.starts_on, course.ends_on)),
        ("Объём", hours(course.hours) if course.hours else None),
        ("Группа", course.group_number),
        ("Место", course.venue),
    )
    return tuple((name, value) for name, value in named if value)


def as_plain(letter: Letter) -> str:
    """The letter for programs that show no pages."""
    facts = "\n".join(f"{name}: {value}" for name, value in letter.facts)
    parts = (letter.heading, letter.code, *letter.lines, facts, f"-- \n{letter.footer}")
    return "\n\n".join(part for part in parts if part) + "\n"


def as_html(letter: Letter) -> str:
    """The letter as a page; whatever people wrote is escaped."""
    return _pages.get_template("letter.html").render(letter=letter, sender=SENDER)
