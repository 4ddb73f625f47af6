"""The files of «Мои данные»: the same rows as JSON for programs and as a PDF for people."""

import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from domain.errors import DocumentLate, DocumentTooLong
from domain.person import Change, Purpose, Role
from domain.status import LetterKind, Move, Status
from services.privacy import MyData, Named, Party
from texts.applications import MOVES
from texts.roles import ROLES
from texts.typesetting import typeset
from texts.wording import STATUSES, moment, short_day

TITLE: Final = "Мои данные"
NOTE: Final = (
    "Здесь всё, что портал курсов хранит о вас. Другие люди в этом файле по имени не названы. "
    "Время — по часовому поясу портала."
)
SECTIONS: Final[Mapping[str, str]] = {
    "profile": "Профиль и согласие",
    "chats": "Чаты",
    "school_roles": "Роли в школах",
    "provider_roles": "Роли в организациях",
    "portal_roles": "Роли на портале",
    "school_refusals": "Школы, ответившие «Не наш сотрудник»",
    "account_events": "История профиля",
    "account_changes": "Что вы меняли в профилях",
    "applications": "Заявки",
    "application_events": "История заявок",
    "records": "Зачётная книжка",
    "decisions": "Ваши решения по заявкам",
    "moves": "Что вы делали с заявками",
    "prompts": "Запросы на согласование",
    "favourites": "Избранное",
    "searches": "Поиск",
    "tickets": "Обращения в поддержку",
    "ticket_messages": "Переписка в ваших обращениях",
    "tickets_taken": "Обращения, которые вели вы",
    "answers": "Ваши сообщения в обращениях",
    "email_codes": "Запросы кодов на почту",
    "recoveries": "Восстановление доступа",
    "access_requests": "Просьбы вернуть доступ",
    "access_requests_settled": "Просьбы о доступе, решённые вами",
    "invitations_used": "Принятые приглашения",
    "invitations_given": "Выданные приглашения",
    "settings": "Настройки портала, изменённые вами",
    "uploads": "Загруженные файлы",
    "notifications": "Сообщения и письма вам",
    "conversation": "Незаконченный разговор с ботом",
    "updates": "Полученное от вас",
}
COLUMNS: Final[Mapping[str, str]] = {
    "answered_at": "поддержка ответила",
    "answers": "ответы",
    "application_id": "заявка",
    "asked_at": "вы писали",
    "at": "когда",
    "attempts": "попыток",
    "blocked_since": "бот заблокирован с",
    "by_id": "кто",
    "calendar_sequence": "версия календаря",
    "change": "что",
    "changed_at": "изменено",
    "channel": "канал",
    "chat_id": "номер чата",
    "check_token": "код проверки",
    "claim": "просьба",
    "claimed_by": "обработчик",
    "claimed_until": "занято до",
    "closed_at": "закрыто",
    "code": "шифр",
    "completed_on": "дата окончания",
    "consent_at": "согласие дано",
    "consent_version": "редакция согласия",
    "course_id": "курс",
    "created_at": "создано",
    "decided_at": "решено",
    "decided_by": "кто решил",
    "document": "документ",
    "document_date": "дата документа",
    "document_number": "номер документа",
    "drawn_version": "показанная версия",
    "due_at": "отправить",
    "email": "почта",
    "email_key": "почта для сравнения",
    "email_proved_at": "почта подтверждена",
    "expires_at": "действует до",
    "failed_at": "не доставлено",
    "failure": "причина сбоя",
    "file_id": "номер файла",
    "file_kind": "вид файла",
    "filters": "фильтры каталога",
    "from_status": "из состояния",
    "full_name": "имя",
    "group_id": "группа",
    "handled_at": "обработано",
    "held": "приостановлена",
    "hours": "часов",
    "id": "номер",
    "key": "ключ",
    "kind": "вид",
    "leased_until": "в отправке до",
    "letters_off": "отключённые письма",
    "message_id": "номер сообщения",
    "messenger": "мессенджер",
    "move": "что",
    "name": "название",
    "new_chat_id": "новый чат",
    "news_direction": "новые курсы по направлению",
    "news_since": "новые курсы с",
    "note": "примечание",
    "nudged_at": "напоминание согласующим",
    "old_chat_id": "прежний чат",
    "open": "ждёт решения",
    "payload": "содержание",
    "plain": "простой текст",
    "position": "должность",
    "previous_id": "прежняя заявка",
    "priority": "очередность",
    "proved_at": "подтверждено",
    "provider": "организация",
    "provider_id": "организация",
    "purpose": "зачем",
    "query": "запрос",
    "quiet_from": "тихие часы с",
    "quiet_to": "тихие часы до",
    "rating": "оценка",
    "reason": "причина",
    "received_at": "получено",
    "reminders_paused": "напоминания на паузе",
    "removed_at": "удалён",
    "replaced": "прежняя почта",
    "revoked_at": "отозвано",
    "role": "роль",
    "roles_at": "роли перейдут",
    "school_id": "школа",
    "searched_at": "когда",
    "sent_at": "отправлено",
    "settled_at": "завершено",
    "settled_by": "кто завершил",
    "spent_at": "использовано",
    "started_at": "начато",
    "starts_on": "начало",
    "state": "вопрос",
    "status": "состояние",
    "subject": "тема",
    "subject_id": "о чём",
    "taken_by": "кто ведёт",
    "text": "текст",
    "ticket_id": "обращение",
    "times": "сколько раз",
    "title": "курс",
    "to_status": "в состояние",
    "until": "до",
    "update_id": "номер",
    "updated_at": "изменено",
    "used_at": "принято",
    "user_id": "чьё",
    "value": "значение",
    "version": "версия",
}
CHANGES: Final[Mapping[Change, str]] = {
    Change.REGISTERED: "регистрация",
    Change.NAME: "имя",
    Change.SCHOOL: "школа",
    Change.POSITION: "должность",
    Change.EMAIL: "почта",
    Change.ROLE_GIVEN: "получена роль",
    Change.ROLE_TAKEN: "снята роль",
    Change.MOVED: "переезд в другой чат",
    Change.MOVED_BY_SUPPORT: "переезд через поддержку",
    Change.MOVE_STOPPED: "переезд остановлен",
    Change.ROLES_FOLLOWED: "роли перешли в новый чат",
    Change.REMOVED: "профиль удалён",
    Change.PREFERENCES: "настройки",
    Change.DATA_SENT: "отправлены «Мои данные»",
    Change.CONSENT: "согласие с новой редакцией",
}
PURPOSES: Final[Mapping[Purpose, str]] = {
    Purpose.REGISTER: "регистрация",
    Purpose.CHANGE: "новая почта",
    Purpose.RECOVER: "восстановление доступа",
}
LETTER_KINDS: Final[Mapping[LetterKind, str]] = {
    LetterKind.APPLICATIONS: "о заявках",
    LetterKind.DECISIONS: "о решениях",
    LetterKind.STUDY: "об обучении",
}
PARTIES: Final[Mapping[Party, str]] = {Party.SELF: "вы", Party.OTHER: "другой человек"}

_WORDS: Final[Mapping[type[StrEnum], Mapping[Any, str]]] = {
    Status: STATUSES,
    Move: MOVES,
    Role: ROLES,
    Change: CHANGES,
    Purpose: PURPOSES,
    LetterKind: LETTER_KINDS,
    Party: PARTIES,
}


async def files(everything: MyData, zone: ZoneInfo) -> list[tuple[str, bytes]]:
    """Both files with their names; where it is too much for a document, the one for programs has it all."""
    day = everything.at.astimezone(zone).date().isoformat()
    found = [(f"Мои данные {day}.json", as_json(everything))]
    with contextlib.suppress(DocumentTooLong, DocumentLate):
        found.append((f"Мои данные {day}.pdf", await typeset("my_data", as_document(everything, zone))))
    return found


def as_json(everything: MyData) -> bytes:
    """The rows as they are kept: moments in UTC, states by their names in the program."""
    told = {section.name: [dict(row) for row in section.rows] for section in everything.sections}
    whole = {"full_name": everything.full_name, "at": everything.at, **told}
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Named):
        return {"id": value.id, "name": value.name}
    raise TypeError(type(value).__name__)


def as_document(everything: MyData, zone: ZoneInfo) -> dict[str, Any]:
    """What the template sets: sections of rows of labels and values, without what is empty."""
    sections = [
        {
            "title": SECTIONS[section.name],
            "rows": [[[COLUMNS[name], _said(value, zone)] for name, value in _filled(row)] for row in section.rows],
        }
        for section in everything.sections
    ]
    about = f"{everything.full_name}, {moment(everything.at.astimezone(zone))}"
    return {"title": TITLE, "about": about, "note": NOTE, "sections": sections}


def _filled(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Without what is empty, and without whose it is: all of it is one person's."""
    filled = [(name, value) for name, value in row.items() if value not in (None, "", [], {})]
    return [(name, value) for name, value in filled if (name, value) != ("user_id", Party.SELF)]


def _said(value: Any, zone: ZoneInfo) -> str:
    """A value as people read it."""
    words = _WORDS.get(type(value))
    if words is not None:
        return words[value]
    said = _SAID.get(type(value))
    return said(value, zone) if said is not None else str(value)


_SAID: Final[Mapping[type, Callable[[Any, ZoneInfo], str]]] = {
    datetime: lambda value, zone: moment(value.astimezone(zone)),
    date: lambda value, _: short_day(value),
    bool: lambda value, _: "да" if value else "нет",
    Named: lambda value, _: value.name or f"№ {value.id}",
    list: lambda value, _: json.dumps(value, ensure_ascii=False),
    dict: lambda value, _: json.dumps(value, ensure_ascii=False),
}
