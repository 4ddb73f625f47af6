"""What is read at the command line and when a setting is wrong. Plain strings: `--help` loads nothing else."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from domain.backups import Refusal
from domain.errors import (
    AmbiguousSchool,
    BadLastDay,
    DomainError,
    InvitationSettled,
    NotAllowed,
    ProviderUnknown,
    SchoolUnknown,
)
from domain.moving import MoveRefused, Obstacle
from texts.wording import ROLES, moment, short_day

if TYPE_CHECKING:
    from services.views import InvitationView

PROGRAM: Final = "Бот портала курсов для учителей. Без команды — запускает бота."
MIGRATE: Final = "Привести базу данных к текущей версии. Остальные команды делают это сами."
IMPORT_COURSES: Final = (
    "Загрузить каталог курсов из файла xlsx, xls, ods или csv. Если в файле есть ошибки, не записывается ничего."
)
IMPORT_SCHOOLS: Final = "Загрузить список школ из файла xlsx, xls, ods или csv."
IMPORT_DEMO: Final = "Загрузить вымышленные курсы и школы, чтобы посмотреть, как всё работает."
INVITE: Final = (
    "Выдать роль: печатает одноразовую ссылку-приглашение, она действует семь дней или сколько указано в --days. "
    "Роли: head — руководитель школы, admin — администратор школы, deputy — заместитель (для них нужен --school, "
    "заместителю ещё --until), provider — методист организации (нужен --provider), support — служба поддержки, "
    "operator — оператор портала."
)
INVITATIONS: Final = "Показать приглашения, которые ещё действуют: номер, роль, где, кто пригласил, до какого времени."
REVOKE: Final = "Отозвать приглашение по его номеру: ссылка перестанет действовать."
INVITATION_ID: Final = "Номер приглашения из списка (invitations)."
REVOKED: Final = "Приглашение отозвано."
BACKUP: Final = (
    "Сохранить копию базы данных в файл. Бот может работать: копия снимается с одного мгновения и никому не мешает. "
    "Для PostgreSQL печатает команду pg_dump."
)
RESTORE: Final = (
    "Вернуть базу данных из копии. Бота сначала остановите. Прежняя база остаётся рядом. "
    "Для PostgreSQL печатает команду pg_restore."
)
MOVE: Final = (
    "Перенести базу данных из SQLite на сервер PostgreSQL: все строки, каждая потом прочитана и сверена. "
    "Бота сначала остановите. База SQLite остаётся как была."
)
MOVE_TO: Final = "Куда: postgresql://ИМЯ:ПАРОЛЬ@СЕРВЕР:5432/БАЗА. База должна быть пустой."
MOVING: Final = "Перенос"
BACKUP_FILE: Final = "Файл копии."
BACKUP_FORCE: Final = "Записать поверх файла, который уже есть."
RESTORE_FORCE: Final = "Заменить базу, которая уже есть; прежняя останется рядом с ней."
FILE: Final = "Файл с таблицей."
DRY_RUN: Final = "Только проверить файл, ничего не записывать."
SKIP_INVALID: Final = "Записать верные строки, а строки с ошибками пропустить."
ROLE: Final = "Какую роль даёт приглашение."
SCHOOL: Final = "Название школы; если таких несколько — «название, округ»."
PROVIDER: Final = "Название организации, как в каталоге."
UNTIL: Final = "Последний день роли заместителя, например 01.09.2027."
DAYS: Final = "Сколько дней действует ссылка."

HOW_TO_BEGIN: Final = """\
Боту нужен токен. Как его получить:
  1. Откройте в Telegram @BotFather и отправьте ему /newbot.
  2. Придумайте имя и адрес бота; в ответ придёт токен вида 1234567890:AA…
  3. Впишите его в файл {env_file} строкой BOT_TOKEN=токен и запустите бота снова.
Попробовать без токена, в браузере: python -m bot demo"""

UP_TO_DATE: Final = "База данных приведена к текущей версии."
READING: Final = "Строки"
COURSES_FILE: Final = "Курсы:"
SCHOOLS_FILE: Final = "Школы:"
INTERRUPTED: Final = "Прервано: ничего не записано."

NEEDS_SCHOOL: Final = "Для этой роли укажите школу: --school «название»."
NEEDS_PROVIDER: Final = "Для этой роли укажите организацию: --provider «название»."
NEEDS_UNTIL: Final = "Для заместителя укажите последний день его роли: --until 01.09.2027."
REFUSALS: Final[dict[type[DomainError], str]] = {
    SchoolUnknown: "Такой школы нет. Загрузите список школ (import-schools) или проверьте название.",
    AmbiguousSchool: "Школ с таким названием несколько: укажите «название, округ».",
    BadLastDay: "Последний день роли не подходит: нужна дата вида 01.09.2027, от сегодняшней и не дальше года.",
    NotAllowed: "Приглашения с таким номером нет. Номера показывает команда invitations.",
    InvitationSettled: "Отзывать нечего: приглашение уже использовано или отозвано.",
    ProviderUnknown: "Такой организации нет в каталоге. Загрузите курсы (import-courses) или проверьте название.",
}

EXPECTED: Final = {
    "BOT_TOKEN": "токен от @BotFather вида 1234567890:AA…",
    "BOT_API_URL": "адрес сервера Bot API, например https://api.telegram.org",
    "DATABASE_URL": "sqlite:///путь/к/файлу.db или postgresql://пользователь:пароль@сервер/база",
    "REDIS_URL": "redis://сервер:6379/0, rediss://… или unix://… (и установленный пакет redis)",
    "SMTP_URL": "smtp://пользователь:пароль@сервер:587 или smtps://…",
    "MAIL_FROM": "адрес отправителя, например portal@example.org",
    "TIME_ZONE": "часовой пояс, например Europe/Moscow",
    "WEBHOOK_URL": (
        "https-адрес с путём на порту 443, 80, 88 или 8443 (http и другие порты — только со своим сервером Bot API)"
    ),
    "WEBHOOK_SECRET": "вместе с WEBHOOK_URL обязателен: от 1 до 256 знаков A–Z, a–z, 0–9, _ и -",
    "WEBHOOK_LISTEN": "вместе с WEBHOOK_URL обязателен: где слушать, например 127.0.0.1:8080",
    "STATUS_LISTEN": "где отвечать о состоянии бота, например 127.0.0.1:8081 (не там же, где WEBHOOK_LISTEN)",
    "SECRET_KEY": "случайная строка не короче 32 знаков; с PostgreSQL обязательна",
    "TAP_LIMIT": "сколько нажатий за 10 секунд можно одному человеку: число от 0 (без предела)",
    "LOG_LEVEL": "DEBUG, INFO, WARNING или ERROR",
    "LOG_FORMAT": "console или json",
}


def wrong_setting(name: str) -> str:
    """One line on a setting: its name and what is right, never what stands there."""
    return f"Настройка {name} неверна. Нужно: {EXPECTED[name]}."


def no_file(name: str) -> str:
    """The file to import is not there, or may not be read."""
    return f"Файл «{name}» не открывается: его нет или на него нет прав."


def database_away(place: str) -> str:
    """No connection to the database; `place` holds no password."""
    return f"База данных {place} не отвечает или не пускает. Проверьте DATABASE_URL и запущен ли сервер."


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}".replace(".", ",") + " МБ"


def backed_up(file: Path, size: int) -> str:
    """A copy is there; its size in bytes."""
    return f"Копия готова и проверена: {file} ({_size(size)})."


def restored(place: Path, aside: Path | None) -> str:
    """A copy has taken the database's place; where what stood there is now."""
    kept = f" Прежняя база осталась здесь: {aside}." if aside else ""
    return f"База возвращена из копии: {place}.{kept} Теперь можно запустить бота."


_REFUSALS: Final = {
    Refusal.NO_DATABASE: "Базы данных {place} ещё нет: копировать нечего. Проверьте DATABASE_URL.",
    Refusal.NO_FILE: "Файл {file} не открывается: его нет, на него нет прав или кончилось место.",
    Refusal.SAME_FILE: "{file} — это сама база данных. Укажите другой файл.",
    Refusal.TAKEN: "Файл {file} уже есть. Укажите другой или добавьте --force, чтобы записать поверх него.",
    Refusal.DAMAGED: "Файл {file} повреждён или это не база данных SQLite. Ничего не изменено.",
    Refusal.NOT_OURS: "В файле {file} база данных другой программы. Ничего не изменено.",
    Refusal.NEWER: "Копия {file} сделана более новой версией бота. Обновите бота и повторите.",
    Refusal.IN_USE: "Базу данных {place} держит бот или другая программа. Остановите бота и повторите.",
    Refusal.WOULD_OVERWRITE: (
        "База данных {place} уже есть. Чтобы заменить её, добавьте --force: прежняя останется рядом с ней."
    ),
}


def backup_refused(reason: Refusal, file: Path, place: Path) -> str:
    """Why a copy was not taken, or not brought back."""
    return _REFUSALS[reason].format(file=file, place=place)


_OBSTACLES: Final = {
    Obstacle.NOT_SQLITE: "Переносить нечего: DATABASE_URL уже указывает на PostgreSQL.",
    Obstacle.NOT_POSTGRESQL: "Перенести можно только в PostgreSQL: --to postgresql://ИМЯ:ПАРОЛЬ@СЕРВЕР:5432/БАЗА.",
    Obstacle.NO_DATABASE: "Базы данных SQLite ещё нет: переносить нечего. Проверьте DATABASE_URL.",
    Obstacle.IN_USE: "Базу данных держит бот или другая программа. Остановите бота и повторите.",
    Obstacle.NOT_EMPTY: "На сервере уже есть строки (таблица {table}). Укажите пустую базу. Ничего не изменено.",
    Obstacle.REFUSED: "PostgreSQL не принял строку таблицы {table}. Ничего не перенесено, база SQLite как была.",
    Obstacle.DIFFERS: (
        "Строка таблицы {table} после переноса читается иначе. Ничего не перенесено, база SQLite как была."
    ),
}


def move_refused(refusal: MoveRefused) -> str:
    """Why nothing was moved."""
    return _OBSTACLES[refusal.obstacle].format(table=refusal.table)


def moved(rows: Mapping[str, int]) -> str:
    """What stands on the server now."""
    lines = [f"  {table}: {number}" for table, number in rows.items() if number]
    return "\n".join(
        [
            f"Перенесено и сверено строк: {sum(rows.values())}.",
            *lines,
            "Укажите новый адрес в DATABASE_URL и запустите бота. Прежняя база SQLite осталась как была.",
        ]
    )


_BY_POSTGRESQL: Final = "База данных — на сервере PostgreSQL, её копирует он сам. Команда (пароль она спросит):"


def dump_of_postgresql(file: Path, host: str, port: int, user: str | None, name: str) -> str:
    """How a copy of a PostgreSQL database is taken: a command, without the password."""
    return _by_hand("pg_dump", f"--format=custom --no-owner --file={shlex.quote(str(file))}", host, port, user, name)


def restore_of_postgresql(file: Path, host: str, port: int, user: str | None, name: str) -> str:
    """How it is brought back."""
    how = "--clean --if-exists --no-owner --single-transaction"
    return f"{_by_hand('pg_restore', how, host, port, user, f'--dbname={name}')} {shlex.quote(str(file))}"


def _by_hand(program: str, how: str, host: str, port: int, user: str | None, name: str) -> str:
    who = f" --username={shlex.quote(user)}" if user else ""
    where = f"--host={shlex.quote(host)} --port={port}{who} {shlex.quote(name)}"
    return f"{_BY_POSTGRESQL}\n{program} {how} {where}"


DATABASE_TOO_NEW: Final = (
    "База данных обновлена более новой версией бота, эта с ней не работает. Установите ту же версию или новее."
)
UNAUTHORIZED: Final = "Telegram не принимает токен (401). Проверьте BOT_TOKEN: возможно, он отозван в @BotFather."


def redis_away(place: str) -> str:
    """No connection to Redis; `place` holds no password."""
    return f"Redis на {place} не отвечает или не пускает. Проверьте REDIS_URL и запущен ли сервер."


def telegram_away(url: str) -> str:
    """The Bot API does not answer."""
    return f"Сервер {url} не отвечает. Проверьте сеть и BOT_API_URL."


def webhook_refused(why: str) -> str:
    """Telegram does not take the webhook's address; why, in its words."""
    return f"Telegram не принимает адрес из WEBHOOK_URL. Его ответ: {why}. Проверьте адрес, порт и сертификат."


def webhook_answers_wrongly(found: str) -> str:
    """Something else than the bot is at the webhook's address: a status, or the name of a fault."""
    return (
        f"По адресу WEBHOOK_URL отвечает не бот ({found}). Проверьте, что балансировщик передаёт этот путь "
        "на WEBHOOK_LISTEN. Если изнутри сети адрес просто недоступен, это не ошибка."
    )


def webhook_fails(why: str) -> str:
    """Telegram could not deliver; why, in its words."""
    return f"Telegram не может доставить обновления на WEBHOOK_URL. Его причина: {why}. Проверьте балансировщик."


def webhook_taken_away(host: str) -> str:
    """A webhook was set, and the bot asks for updates by itself."""
    return (
        f"У бота стоял вебхук ({host}), и обновления уходили туда. Он снят: WEBHOOK_URL не задан, бот спрашивает "
        "обновления сам. Если по тому адресу работает другой бот с этим токеном, остановите его."
    )


def clock_is_wrong(ahead: int) -> str:
    """By so many seconds this machine's clock differs from Telegram's."""
    how = "спешат" if ahead > 0 else "отстают"
    return (
        f"Часы этого компьютера {how} на {abs(ahead)} с против часов Telegram. Включите синхронизацию времени: "
        "по часам считаются сроки заявок, тихие часы и коды из писем."
    )


def listen_taken(setting: str, place: str) -> str:
    """An address cannot be listened on; which setting names it."""
    return f"Адрес {place} ({setting}) занят или недоступен."


def invitation(view: "InvitationView", zone: ZoneInfo) -> str:
    """One line on an invitation that can still be used."""
    until = f"по {short_day(view.until)}" if view.until else None
    inviter = f"пригласил(а) {view.inviter}" if view.inviter else "из командной строки"
    what = ", ".join(filter(None, (ROLES[view.role], view.place, until)))
    return f"{view.id}  {what} — {inviter}, действует до {moment(view.expires_at.astimezone(zone))}"
