"""What support reads: the work that waits, requests for profiles, roles that are held."""

from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.person import REASON_LIMIT
from services.access import Hold, HoldLine, ProfileLine, RequestLine, ToMove
from services.desk import Work, WorkLine
from services.views import Page
from texts import labels
from texts.roles import ROLES
from texts.wording import clipped, moment

LISTED_CLAIM: Final = 120
LISTED_SCHOOL: Final = 120
BUTTON_LENGTH: Final = 48
WORKS: Final = {Work.TICKETS: labels.DESK, Work.ACCESS: labels.ACCESS, Work.HOLDS: labels.HELD_ROLES}

REFUSAL: Final = f"Напишите причину отказа одним сообщением, до {REASON_LIMIT} знаков. Человек её увидит."
REFUSED: Final = "Отказ отправлен."
NEW_REQUEST: Final = as_list(
    Bold("Новое обращение: восстановление доступа."),
    "У человека нет ни прежнего чата, ни почты. Проверьте, чей это профиль.",
    sep="\n",
)
UNATTENDED: Final = as_list(
    Bold("⚠️ Обращение ждёт, а в поддержке никого нет"),
    "Ответить на него пока некому. Пригласите в поддержку хотя бы одного человека: обращение ждёт его в разделе "
    f"«{labels.DESK}».",
    sep="\n\n",
)
CONFIRMED: Final = "Роли подтверждены и уже действуют. Человек получил сообщение."
STOPPED: Final = "Перенос остановлен. Профиль закрыт в новом чате, обе стороны получили сообщение."
ROLES_REASON: Final = (
    "Почему роли нужно подтвердить сейчас, не дожидаясь прежнего чата? Например: «позвонил директору по телефону "
    f"школы». До {REASON_LIMIT} знаков. Причина останется в истории профиля."
)
STOP_REASON: Final = (
    f"Почему перенос нужно остановить? До {REASON_LIMIT} знаков. Причину увидят оба чата, она останется в истории."
)


def desk(lines: Sequence[WorkLine]) -> Text:
    """The first screen."""
    if not any(line.waiting for line in lines):
        return as_list(Bold(labels.DESK), "Сейчас никто не ждёт.", sep="\n\n")
    waiting = [Text(f"{WORKS[line.work]}: ", Bold(str(line.waiting))) for line in lines]
    return as_list(Bold(labels.DESK), as_list("Ждут ответа поддержки:", *waiting), sep="\n\n")


def work_button(line: WorkLine) -> str:
    """A kind of work with its count."""
    return f"{WORKS[line.work]} ({line.waiting})"


def requests(page: Page[RequestLine]) -> Text:
    """Who waits for their profile."""
    if not page.lines:
        return as_list(Bold(labels.ACCESS), "Обращений нет.", sep="\n\n")
    listed = [Text(f"№ {line.id}: ", Italic(clipped(_one_line(line.claim), LISTED_CLAIM))) for line in page.lines]
    return as_list(Bold(labels.ACCESS), *listed, sep="\n\n")


def request_button(line: RequestLine) -> str:
    """A request on a button."""
    return clipped(f"№ {line.id}: {_one_line(line.claim)}", BUTTON_LENGTH)


def request(line: RequestLine) -> Text:
    """What somebody wrote."""
    return as_list(
        Bold(f"Обращение № {line.id}"),
        as_key_value("Написано", moment(line.asked_at)),
        line.claim,
        Italic("Личность никто не проверял: сверьте сказанное с профилем, а лучше позвоните в школу."),
        sep="\n\n",
    )


def search(line: RequestLine) -> Text:
    """Whose profile?"""
    return as_list(
        Bold(f"Обращение № {line.id}: чей это профиль?"),
        "Напишите фамилию, имя, номер школы — можно вместе — или адрес почты целиком.",
        sep="\n",
    )


def found(profiles: Sequence[ProfileLine], more: bool) -> Text:
    """Who fits."""
    lines = [f"{number}. {_profile(profile)}" for number, profile in enumerate(profiles, 1)]
    hint = ["Показаны не все: уточните запрос."] if more else []
    return as_list(Bold("Нашлись профили:"), as_list(*lines), *hint, sep="\n\n")


def profile_button(profile: ProfileLine) -> str:
    """A profile on a button."""
    return clipped(f"{profile.name}, {profile.school or 'без школы'}", BUTTON_LENGTH)


def _profile(profile: ProfileLine) -> str:
    return f"{profile.name} — {profile.position}, {_school(profile.school)}"


def _school(name: str | None) -> str:
    return clipped(name, LISTED_SCHOOL) if name else "без школы"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def to_move(view: ToMove) -> Text:
    """A profile beside the request."""
    roles = ", ".join(ROLES[role] for role in view.roles)
    facts = [
        as_key_value("Имя", view.profile.name),
        as_key_value("Должность", view.profile.position),
        as_key_value("Школа", view.profile.school or "не указана"),
    ]
    if roles:
        facts.append(as_key_value("Роли", roles))
    asked = "Прежний чат узнает о переносе и сможет его отменить." if view.has_chat else "Прежнего чата у профиля нет."
    held = [f"Роли ({roles}) будут ждать ответа прежнего чата или 24 часа."] if roles else []
    return as_list(
        Bold(f"Обращение № {view.request.id}"),
        Italic(clipped(_one_line(view.request.claim), REASON_LIMIT)),
        as_list(*facts),
        as_list(asked, *held),
        sep="\n\n",
    )


def move_reason(view: ToMove) -> Text:
    """Why is it this person?"""
    return as_list(
        Bold(f"Перенести профиль: {view.profile.name}"),
        f"Напишите, почему вы уверены, что это тот самый человек. До {REASON_LIMIT} знаков. "
        "Причину увидит прежний чат, она останется в истории профиля.",
        sep="\n",
    )


def confirm_move(view: ToMove, reason: str) -> Text:
    """The last look before the second tap."""
    return as_list(to_move(view), as_key_value("Причина", reason), Bold("Перенести профиль?"), sep="\n\n")


def moved(profile: ProfileLine) -> Text:
    """Done."""
    return as_list(
        Text("✅ ", Bold(f"Профиль перенесён: {profile.name}.")),
        "Новый и прежний чаты получили сообщения.",
        sep="\n",
    )


def holds(page: Page[HoldLine]) -> Text:
    """Whose roles wait."""
    if not page.lines:
        return as_list(Bold(labels.HELD_ROLES), "Никто не ждёт.", sep="\n\n")
    lines = [f"• {line.name}, {_school(line.school)}" for line in page.lines]
    return as_list(Bold(labels.HELD_ROLES), as_list(*lines), sep="\n\n")


def hold_button(line: HoldLine) -> str:
    """A move on a button."""
    return clipped(f"{line.name}, {line.school or 'без школы'}", BUTTON_LENGTH)


def hold(view: Hold) -> Text:
    """A move that waits for a word."""
    how = "перенесла поддержка" if view.by_support else "по коду из письма"
    old_chat = "не ответил" if view.has_old_chat else "нет"
    return as_list(
        Bold(labels.HELD_ROLES),
        as_list(
            as_key_value("Имя", view.profile.name),
            as_key_value("Должность", view.profile.position),
            as_key_value("Школа", view.profile.school or "не указана"),
            as_key_value("Роли", ", ".join(ROLES[role] for role in view.roles) or "нет"),
        ),
        as_list(
            as_key_value("Перенос", f"{moment(view.moved_at)}, {how}"),
            as_key_value("Прежний чат", old_chat),
            as_key_value("Роли начнут действовать", moment(view.roles_at)),
        ),
        sep="\n\n",
    )
