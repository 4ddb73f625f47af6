"""What is read at the command line and when a setting is wrong. Plain strings: `--help` loads nothing else."""

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from domain.errors import (
    AmbiguousSchool,
    BadLastDay,
    DomainError,
    InvitationSettled,
    NotAllowed,
    ProviderUnknown,
    SchoolUnknown,
)
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


UNAUTHORIZED: Final = "Telegram не принимает токен (401). Проверьте BOT_TOKEN: возможно, он отозван в @BotFather."


def redis_away(place: str) -> str:
    """No connection to Redis; `place` holds no password."""
    return f"Redis на {place} не отвечает или не пускает. Проверьте REDIS_URL и запущен ли сервер."


def telegram_away(url: str) -> str:
    """The Bot API does not answer."""
    return f"Сервер {url} не отвечает. Проверьте сеть и BOT_API_URL."


def listen_taken(place: str) -> str:
    """The webhook's address cannot be listened on."""
    return f"Адрес {place} (WEBHOOK_LISTEN) занят или недоступен."


def invitation(view: "InvitationView", zone: ZoneInfo) -> str:
    """One line on an invitation that can still be used."""
    until = f"по {short_day(view.until)}" if view.until else None
    inviter = f"пригласил(а) {view.inviter}" if view.inviter else "из командной строки"
    what = ", ".join(filter(None, (ROLES[view.role], view.place, until)))
    return f"{view.id}  {what} — {inviter}, действует до {moment(view.expires_at.astimezone(zone))}"
