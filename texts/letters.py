"""Letters: the same sentences as plain text and as a page that any mail program shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.person import Change
from domain.status import Move
from services.emails import CodeLetter
from services.letters import LetterCourse, Security
from texts.applications import MOVES
from texts.calendar_files import CalendarFile, file_with, what_to_do
from texts.roles import ROLES
from texts.wording import hours, moment, period

SENDER: Final = "Портал курсов для учителей"
_LATER: Final = "Все ваши регистрации — в боте портала, раздел «Все регистрации на курсы»."
_NOT_YOU: Final = "Если вы этого не делали, просто удалите письмо: без кода ничего не произойдёт."
_ABOUT_SAFETY: Final = "Такие письма приходят ради безопасности профиля, поэтому отключить их нельзя."
_GET_BACK: Final = (
    "Если это были не вы, сразу верните профиль себе: откройте бота, нажмите «Я уже зарегистрирован(а)» "
    "и подтвердите свою почту."
)
_ASK_SUPPORT: Final = "Если вы этого не ждали, напишите в боте в раздел «Поддержка»."
_SECURITY: Final[Mapping[Change, tuple[str, tuple[str, ...]]]] = {
    Change.EMAIL: (
        "Адрес почты профиля изменён",
        (
            "Письма портала теперь приходят на другой адрес, и восстановить профиль можно только через него.",
            "Если это были не вы, откройте бота и нажмите «Поддержка»: мы вернём прежний адрес.",
        ),
    ),
    Change.ROLE_GIVEN: ("У вас новая роль на портале", (_ASK_SUPPORT,)),
    Change.ROLE_TAKEN: ("Ваша роль на портале больше не действует", (_ASK_SUPPORT,)),
    Change.MOVED: (
        "Профиль перенесён в другой чат",
        (
            "Кто-то подтвердил код из вашей почты, и теперь профиль открывается в другом чате. "
            "В прежнем чате он больше не работает.",
            "Если это были не вы, нажмите «Это не я» в прежнем чате с ботом и смените пароль от почты.",
        ),
    ),
    Change.MOVED_BY_SUPPORT: (
        "Служба поддержки перенесла профиль в другой чат",
        ("В прежнем чате он больше не работает.", _GET_BACK),
    ),
    Change.MOVE_STOPPED: (
        "Перенос профиля остановлен",
        (
            "Профиль снова открывается в прежнем чате.",
            "Код для переноса пришёл на вашу почту, и кто-то его ввёл. Если это были не вы, смените пароль от почты.",
        ),
    ),
    Change.ROLES_FOLLOWED: (
        "Роли перенесены вместе с профилем",
        ("Все ваши роли на портале теперь действуют в новом чате.", _GET_BACK),
    ),
    Change.REMOVED: (
        "Ваш профиль удалён",
        (
            "Имя, почта, школа и должность стёрты, действующие заявки отозваны. Писем больше не будет.",
            "Чтобы снова записываться на курсы, зарегистрируйтесь в боте заново.",
        ),
    ),
}
SECURITY_LETTERS: Final = frozenset(_SECURITY)
"""The changes of a profile that have a letter."""
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
    attachments: tuple[CalendarFile, ...] = ()
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


def moved(told: Mapping[str, Any], course: LetterCourse, zone: ZoneInfo) -> Letter:
    """A teacher's application has come or has a new state."""
    move = Move(told["move"])
    applied = f"Вы успешно зарегистрировались на курс {course.code} «{course.title}»"
    heading = applied if move in _APPLIED else MOVES[move]
    reason = f"Причина: {told['reason']}" if told["reason"] else None
    file = file_with(told, zone)
    return Letter(
        subject=f"{course.code}: {'заявка принята' if move in _APPLIED else MOVES[move].lower()}",
        heading=heading,
        lines=tuple(line for line in (reason, _NEXT.get(move), what_to_do(told)) if line),
        facts=_facts(course),
        attachments=() if file is None else (file,),
    )


def security(told: Security, zone: ZoneInfo) -> Letter:
    """Something happened to the profile that its owner must know of."""
    heading, lines = _SECURITY[told.change]
    named = (
        ("Роль", ROLES[told.role].capitalize() if told.role else None),
        ("Где", told.place),
        ("Когда", moment(told.at.astimezone(zone))),
    )
    facts = tuple((name, value) for name, value in named if value)
    return Letter(subject=heading, heading=heading, lines=lines, facts=facts, footer=_ABOUT_SAFETY)


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
