"""Letters: the same sentences as plain text and as a page that any mail program shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Text

from domain.person import Change, Purpose
from domain.status import Move, Status
from services.emails import CodeLetter
from services.letters import LetterCourse, Security
from texts import plain
from texts.calendar_files import CalendarFile, file_with, what_to_do
from texts.pushes import changes_in
from texts.roles import ROLES
from texts.wording import clipped, funding, hours, moment, period, status_of

if TYPE_CHECKING:
    from jinja2 import Template

HEADING_TITLE: Final = 120
_OF_THE_BOT: Final = "Сообщение бота"
_INSTEAD: Final = (
    "Обычно это приходит сообщением в Telegram, но бот не может вам написать: он остановлен или заблокирован. "
    "Откройте его и нажмите «Запустить», и сообщения снова будут приходить в чат."
)
SENDER: Final = "Курсы для учителей"
"""Short enough for one encoded word of a header: some programs put a space between two."""
_LATER: Final = "Все ваши регистрации — в боте портала, раздел «Все регистрации на курсы»."
_NOT_YOU: Final = "Если вы этого не делали, просто удалите письмо: без кода ничего не произойдёт."
_OPEN_BOT: Final = "Открыть бота"
_SWITCH_OFF: Final = "Выбрать, какие письма получать"
_IN_ARCHIVE: Final = "Заявка перенесена в «Архив». Записаться снова можно, пока открыт приём."
_IF_MISTAKEN: Final = "Если это ошибка, напишите в боте в раздел «Поддержка»."
_CHANGED: Final = "Изменения на вашем курсе"
_IF_IT_DOES_NOT_SUIT: Final = "Если так вам не подходит, откройте заявку в боте: там видно, как от неё отказаться."
_ABOUT_SAFETY: Final = "Такие письма приходят ради безопасности профиля, поэтому отключить их нельзя."
_GET_BACK: Final = (
    "Если это были не вы, сразу верните профиль себе: откройте бота, нажмите «Я уже зарегистрирован(а)» "
    "и подтвердите свою почту."
)
_MENU_IS_NEW: Final = "Меню бота уже изменилось."
_ASK_SUPPORT: Final = "Если вы этого не ждали, напишите в боте в раздел «Поддержка»."
_SECURITY: Final[Mapping[Change, tuple[str, tuple[str, ...]]]] = {
    Change.EMAIL: (
        "Адрес почты профиля изменён",
        (
            "Письма портала теперь приходят на другой адрес, и восстановить профиль можно только через него.",
            "Если это были не вы, откройте бота и нажмите «Поддержка»: мы вернём прежний адрес.",
        ),
    ),
    Change.ROLE_GIVEN: ("У вас новая роль на портале", (_MENU_IS_NEW, _ASK_SUPPORT)),
    Change.ROLE_TAKEN: ("Ваша роль на портале больше не действует", (_MENU_IS_NEW, _ASK_SUPPORT)),
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
            "Если кто-то другой читает вашу почту, смените пароль от неё и подтвердите адрес заново в «Профиле».",
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
_CODES: Final[Mapping[Purpose, tuple[str, str]]] = {
    Purpose.REGISTER: ("Подтвердите адрес почты", "Напишите этот код в чат с ботом, чтобы завершить регистрацию."),
    Purpose.CHANGE: ("Подтвердите новый адрес почты", "Напишите этот код в чат с ботом, чтобы сменить адрес."),
    Purpose.RECOVER: ("Код для переноса профиля", "Напишите этот код в новый чат с ботом, и профиль переедет туда."),
}
_VALID: Final = "Код действует 15 минут. Никому его не сообщайте: сотрудники портала никогда его не спрашивают."
_SURPRISES: Final[Mapping[tuple[Purpose, bool], str]] = {
    (Purpose.REGISTER, True): (
        "С этим адресом на портале уже есть профиль. Чтобы открыть его в новом чате, "
        "нажмите в боте «Я уже зарегистрирован(а)»."
    ),
    (Purpose.CHANGE, True): "С этим адресом на портале уже есть профиль, поэтому второй с ним завести нельзя.",
    (Purpose.RECOVER, False): "Профиля с этим адресом на портале нет. Проверьте адрес или зарегистрируйтесь заново.",
}
"""Told to whoever has the mailbox and to nobody else: what the chat says is the same for every address."""

_ON_COURSE: Final = "на курс"
_REASONED: Final = frozenset(
    {Move.REJECT, Move.UNDO_ENROLMENT, Move.UNENROL, Move.WITHDRAW_ENROLLED, Move.TAKE_BACK, Move.CANCEL_COURSE}
)
_MOVED: Final[Mapping[Move, tuple[str, str]]] = {
    Move.APPLY: (
        "Вы успешно зарегистрировались на курс",
        "Заявка на согласовании: её рассмотрит ваша школа, а если там некому — служба поддержки портала. "
        "О решении сообщим в боте.",
    ),
    Move.APPLY_PAID: (
        "Вы успешно зарегистрировались на курс",
        "Согласование не нужно: организация зачислит вас в группу, и мы сразу сообщим.",
    ),
    Move.APPROVE: ("Заявка согласована", "Теперь организация зачислит вас в группу, и мы сразу сообщим."),
    Move.REJECT: ("Заявка отклонена", f"{_IN_ARCHIVE} В боте можно выбрать и другой курс."),
    Move.WITHDRAW: ("Заявка отозвана", _IN_ARCHIVE),
    Move.ENROL: (
        "Вы зачислены на курс",
        "Запишите даты и место. Если планы изменились, напишите в боте в раздел «Поддержка»: "
        "после зачисления отозвать заявку может только она.",
    ),
    Move.CHANGE_GROUP: ("Вы переведены в другую группу", "Проверьте даты и место: они могли измениться."),
    Move.UNDO_ENROLMENT: ("Зачисление отменено", "Заявка остаётся согласованной и снова ждёт зачисления."),
    Move.UNENROL: ("Вы отчислены с курса", f"Заявка перенесена в «Архив». {_IF_MISTAKEN}"),
    Move.WITHDRAW_ENROLLED: ("Заявка отозвана через службу поддержки", _IN_ARCHIVE),
    Move.COMPLETE: ("Вы закончили курс", "Поздравляем! Курс записан в вашу зачётную книжку."),
    Move.TAKE_BACK: (
        "Согласование отозвано",
        "Заявка снова на согласовании. Когда её рассмотрят ещё раз, мы сообщим.",
    ),
    Move.RECONSIDER: ("Отклонение отменено", "Заявка снова на согласовании. О новом решении сообщим в боте."),
    Move.EXPIRE: (
        "Срок заявки истёк",
        "Время курса пришло, а зачисления не было, поэтому заявка закрыта и перенесена в «Архив». "
        "В боте можно выбрать другой курс.",
    ),
    Move.CANCEL_COURSE: ("Курс отменён", "Заявка закрыта и перенесена в «Архив». В боте можно выбрать похожий курс."),
    Move.CHANGE_SCHOOL: (
        "Заявка снова на согласовании",
        "Вы сменили место работы, поэтому заявку рассмотрят заново. О решении сообщим в боте.",
    ),
    Move.TURN_PAID: (
        "Согласование больше не нужно",
        "Курс стал внебюджетным. Организация зачислит вас в группу, и мы сразу сообщим.",
    ),
}
"""What happened, and what happens next."""


def _on_course(course: LetterCourse) -> str:
    title = clipped(course.title, HEADING_TITLE)
    return f"{_MOVED[Move.APPLY][0]} {course.code} «{title}»"


_HEADINGS: Final[Mapping[Move, Callable[[LetterCourse], str]]] = {
    Move.APPLY: _on_course,
    Move.APPLY_PAID: _on_course,
    Move.ENROL: lambda course: status_of(Status.ENROLLED, course.code, course.group_number),
}
"""Where the portal has a longer way of saying it."""


@cache
def _page() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # for the first letter only

    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return pages.get_template("letter.html")


@dataclass(frozen=True, slots=True)
class Links:
    """Where a letter leads: the bot, and where letters are switched off."""

    bot: str
    preferences: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says. `code` stands large on a line of its own; `optional`: it can be switched off."""

    subject: str
    heading: str
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    code: str | None = None
    attachments: tuple[CalendarFile, ...] = ()
    footer: str = _LATER
    optional: bool = False


def email_code(told: CodeLetter) -> Letter:
    """The code that proves an address; to recover a profile, the same for an address that has none."""
    spaced = f"{told.code[:3]} {told.code[3:]}"
    heading, action = _CODES[told.purpose]
    surprise = _SURPRISES.get((told.purpose, told.is_known))
    return Letter(
        subject=f"Код подтверждения: {spaced}",
        heading=heading,
        lines=tuple(line for line in (surprise, action, _VALID) if line),
        code=spaced,
        footer=_NOT_YOU,
    )


def moved(told: Mapping[str, Any], course: LetterCourse, zone: ZoneInfo) -> Letter:
    """A teacher's application has come or has a new state."""
    move = Move(told["move"])
    happened, next_step = _MOVED[move]
    reason = f"Причина: {told['reason']}" if told["reason"] and move in _REASONED else None
    file = file_with(told, zone)
    return Letter(
        subject=f"{happened} {course.code}" if happened.endswith(_ON_COURSE) else f"{happened}: {course.code}",
        heading=_HEADINGS[move](course) if move in _HEADINGS else happened,
        lines=tuple(line for line in (reason, next_step, what_to_do(told)) if line),
        facts=_facts(course),
        attachments=() if file is None else (file,),
        optional=True,
    )


def changed(told: Mapping[str, Any], course: LetterCourse, zone: ZoneInfo) -> Letter:
    """A course or group is held at another time, at another place or for another price."""
    changes = [f"{name}: {values}" for name, values in changes_in(told)]
    file = file_with(told, zone)
    return Letter(
        subject=f"{_CHANGED}: {course.code}",
        heading=_CHANGED,
        lines=tuple(line for line in (*changes, _IF_IT_DOES_NOT_SUIT, what_to_do(told)) if line),
        facts=_facts(course),
        attachments=() if file is None else (file,),
        optional=True,
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


def in_place_of_message(text: Text, file: CalendarFile | None = None) -> Letter:
    """A message that cannot be said in the chat, in the same words: its first line is the heading, if it is short."""
    lines = [line for line in plain.words(text.as_kwargs()["text"]).splitlines() if line.strip()]
    heading = lines.pop(0) if len(lines[0]) <= HEADING_TITLE else _OF_THE_BOT
    files = () if file is None else (file,)
    return Letter(subject=heading, heading=heading, lines=tuple(lines), attachments=files, footer=_INSTEAD)


def _facts(course: LetterCourse) -> tuple[tuple[str, str], ...]:
    named = (
        ("Шифр", course.code),
        ("Курс", course.title),
        ("Организация", course.provider),
        ("Группа", course.group_number),
        ("Даты", period(course.starts_on, course.ends_on)),
        ("Объём", hours(course.hours) if course.hours else None),
        ("Форма", course.form),
        ("Финансирование", funding(course.funding, course.price)),
        ("Место", course.venue),
        ("Документ", course.document),
    )
    return tuple((name, value) for name, value in named if value)


def as_plain(letter: Letter, links: Links) -> str:
    """The letter for programs that show no pages."""
    facts = "\n".join(f"{name}: {value}" for name, value in letter.facts)
    switch = f"\n{_SWITCH_OFF}: {links.preferences}" if letter.optional else ""
    foot = f"-- \n{SENDER}: {links.bot}\n{letter.footer}{switch}"
    return "\n\n".join(part for part in (letter.heading, letter.code, *letter.lines, facts, foot) if part) + "\n"


def as_html(letter: Letter, links: Links) -> str:
    """The letter as a page; whatever people wrote is escaped."""
    words = {"sender": SENDER, "open_bot": _OPEN_BOT, "switch_off": _SWITCH_OFF}
    return _page().render(letter=letter, links=links, **words)
