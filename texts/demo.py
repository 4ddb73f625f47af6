"""What the demo says at the command line, and who its people are on the page."""

from collections.abc import Mapping
from typing import Final

DEMO: Final = (
    "Попробовать бота в браузере, без токена и без Telegram: вымышленный город, учителя, руководители и заявки. "
    "Каждый запуск начинается с первого дня, своя база стирается при выходе; база из DATABASE_URL не затрагивается."
)
PORT: Final = "Порт страницы; по умолчанию 8417. Если занят, берётся следующий свободный; 0 — любой свободный."
BROWSER: Final = "Открывать ли страницу в браузере."

CAPTIONS: Final[Mapping[str, str]] = {
    "teacher": "учитель",
    "head": "руководитель школы",
    "second_teacher": "второй учитель",
    "school_admin": "администратор школы",
    "methodologist": "методист",
    "support": "поддержка",
    "operator": "оператор",
}
"""In the order in which the page lists them: the first two are on the two phones."""
NEWCOMER: Final = ("Наталья", "Ким", "новичок")

FOUNDING: Final = "Заселяем вымышленный город…"
READY: Final = "Бот готов. Остановить: Ctrl+C. Запустить в Telegram: впишите BOT_TOKEN в файл {env_file}."
BOT_DIED: Final = "Бот остановился сам, причина — выше."
STOPPED: Final = "Остановлено."


def page(url: str) -> str:
    """Where to look."""
    return f"Демо открыто: {url}\nБот запускается, первые ответы придут через несколько секунд."


def no_port(port: int) -> str:
    """Nothing is free from here on."""
    return f"Порт {port} и следующие за ним заняты. Укажите другой: --port 0 возьмёт любой свободный."
