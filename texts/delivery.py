"""«Доставка»: what waits, what could not be said and why, updates that were set aside."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Code, Italic, Text, as_list

from services.access import ANSWERED, ASKED
from services.approvals import NOT_OURS
from services.cancelling import COURSE_CANCELLED
from services.changes import CHANGED
from services.circulars import CIRCULAR
from services.consents import CONSENT_CHANGED
from services.delivery_desk import UNREADABLE, Batch, DeliveryView, FailureLine, SetAsideLine
from services.desk import UNATTENDED
from services.emails import EMAIL_CODE
from services.faults import FAULT
from services.letters import FAREWELL, SECURITY
from services.moves import DIGEST, MOVED, MOVED_FOR_STAFF
from services.news import NEW_COURSES
from services.outbox import CHAT, MAIL, NO_CHAT, UNKNOWN_KIND
from services.privacy import FAREWELL_PROMPT
from services.prompting import NUDGED, PROMPT
from services.queues import UPDATES, Queue
from services.recovery import MOVE_STOPPED, MOVED_AWAY, MOVED_ON, RETURNED, ROLES_FOLLOWED
from services.reminders import EXPIRING, STARTS, WAITING, WITHOUT_GROUP
from services.roles import DEPUTY_ENDED, INVITATION_USED, MENU, ROLE_TAKEN
from services.ticketing import TICKET_CLOSED, TICKET_SAID, TICKET_TAKEN
from services.views import Page
from services.watching import FAVOURITE
from texts.wording import clipped, moment, plural

REASON_SHOWN: Final = 200
NAME_SHOWN: Final = 80
DONE: Final = "Возвращено в очередь"
NOTHING_TO_REPEAT: Final = "Это сообщение уже в очереди"
NOTHING_TO_CLEAR: Final = "Убирать уже нечего"

KINDS: Final = {
    MOVED: "Новое состояние заявки",
    MOVED_FOR_STAFF: "Заявка изменилась (согласующему или организации)",
    CHANGED: "Изменения на курсе",
    COURSE_CANCELLED: "Отмена курса (организации)",
    CIRCULAR: "Сообщение организации группе",
    NOT_OURS: "«Не наш сотрудник»",
    DIGEST: "Новости заявок",
    PROMPT: "Заявка на согласование",
    NUDGED: "Напоминание о заявке",
    WAITING: "Утренняя сводка согласующего",
    FAVOURITE: "Новости избранного",
    NEW_COURSES: "Новые курсы недели",
    STARTS: "Скоро начало курса",
    WITHOUT_GROUP: "Заявки без группы",
    EXPIRING: "Заявка скоро истечёт",
    ROLE_TAKEN: "Роль снята",
    DEPUTY_ENDED: "Срок заместителя закончился",
    INVITATION_USED: "Приглашение принято",
    MENU: "Команды меню",
    FAREWELL_PROMPT: "Снятие вопроса с экрана",
    MOVED_AWAY: "Вопрос о переносе профиля",
    MOVED_ON: "Профиль перенесён дальше",
    MOVE_STOPPED: "Перенос профиля остановлен",
    RETURNED: "Профиль возвращён",
    ROLES_FOLLOWED: "Роли перенесены",
    ASKED: "Просьба о восстановлении доступа",
    ANSWERED: "Ответ о восстановлении доступа",
    FAULT: "Неполадка в работе бота",
    UNATTENDED: "Поддержка без сотрудников",
    CONSENT_CHANGED: "Новый текст согласия",
    TICKET_SAID: "Сообщение в обращении",
    TICKET_CLOSED: "Обращение закрыто",
    TICKET_TAKEN: "Обращение взял коллега",
    EMAIL_CODE: "Код подтверждения почты",
    SECURITY: "Письмо о безопасности профиля",
    FAREWELL: "Прощальное письмо",
}
"""Every kind of notification."""

_CHANNELS: Final = {CHAT: "Telegram", MAIL: "письмо"}
_QUEUES: Final = {CHAT: "Сообщения в Telegram", MAIL: "Письма", UPDATES: "Входящие обновления"}
_REASONS: Final = (
    ("bot was blocked", "человек остановил или заблокировал бота, а подтверждённой почты у него нет"),
    ("user is deactivated", "аккаунт в Telegram удалён, а подтверждённой почты нет"),
    ("can't initiate conversation", "человек ещё не открывал бота, а подтверждённой почты у него нет"),
    (NO_CHAT, "бот не может писать человеку, а подтверждённой почты у него нет"),
    ("chat not found", "такого чата в Telegram нет"),
    ("too long", "сообщение слишком длинное для Telegram"),
    ("TOO_LONG", "сообщение слишком длинное для Telegram"),
    ("retry after", "Telegram слишком долго просил подождать"),
    (UNKNOWN_KIND, "эта версия бота не знает таких сообщений"),
    ("Bad Request", "Telegram не принимает такое сообщение"),
)
"""What a reason holds, and what that means."""
_OTHERWISE: Final = {
    CHAT: "Telegram долго не отвечал или отвечал с ошибкой",
    MAIL: "почтовый сервер не принял письмо",
}
_UPDATE_KINDS: Final = {
    "message": "сообщение",
    "edited_message": "исправленное сообщение",
    "callback_query": "нажатие кнопки",
    "inline_query": "запрос в строке ввода",
    "my_chat_member": "остановка или возвращение",
}


def lasting(seconds: float) -> str:
    """«3 минуты», as in «ждёт 3 минуты»."""
    whole = timedelta(seconds=int(seconds))
    if whole.days:
        return plural(whole.days, "день", "дня", "дней")
    minutes = whole.seconds // 60
    if minutes >= 60:
        return plural(minutes // 60, "час", "часа", "часов")
    return plural(minutes, "минуту", "минуты", "минут") if minutes else "меньше минуты"


def _queue(queue: Queue) -> Text:
    said: list[Text] = [Bold(f"{_QUEUES[queue.name]}: {queue.waiting}")]
    if queue.retrying:
        said.append(Text(f", повторяются после ошибки: {queue.retrying}"))
    if queue.oldest_seconds:
        said.append(Text(f", самое старое ждёт {lasting(queue.oldest_seconds)}"))
    return Text("• ", *said)


def _whom(line: FailureLine) -> str:
    if line.name:
        return clipped(line.name, NAME_SHOWN)
    return "чат без профиля" if line.user_id is None else f"учитель, профиль № {line.user_id}"


def reason(line: FailureLine) -> str:
    """Why it was not said, in words."""
    return next((words for part, words in _REASONS if part in line.reason), _OTHERWISE[line.channel])


def _failure(number: int, line: FailureLine, zone: ZoneInfo) -> Text:
    kind = KINDS.get(line.kind, line.kind)
    return as_list(
        Text(f"{number}. ", Bold(kind), f" ({_CHANNELS[line.channel]}), {moment(line.failed_at.astimezone(zone))}"),
        f"Кому: {_whom(line)}",
        f"Почему: {reason(line)}",
        Code(clipped(line.reason, REASON_SHOWN) or "—"),
    )


def delivery(view: DeliveryView, zone: ZoneInfo) -> Text:
    """How the queues stand, and what was not said."""
    page = view.failures
    queues = as_list(Bold("В очереди"), *(_queue(queue) for queue in view.queues))
    if not page.total:
        return as_list(Bold("Доставка"), queues, "Недоставленных сообщений нет.", sep="\n\n")
    first = page.number * page.size + 1
    lines = [_failure(first + index, line, zone) for index, line in enumerate(page.lines)]
    return as_list(Bold("Доставка"), queues, Bold(f"Не доставлено: {page.total}"), *lines, sep="\n\n")


def retry_button(number: int) -> str:
    """«Повторить», with the number of the line."""
    return f"Повторить {number}"


def _messages(count: int) -> str:
    return plural(count, "сообщение", "сообщения", "сообщений")


def confirm_all(batch: Batch) -> Text:
    """The question before the second tap of «Повторить все»."""
    if not batch.count:
        return Text(Bold("Повторять нечего."), " Недоставленных сообщений нет.")
    return as_list(
        Bold(f"Вернуть в очередь {_messages(batch.count)}?"),
        "Каждое уйдёт ещё раз: в чат, а если чат закрыт — на подтверждённую почту. Сначала убедитесь, что причина "
        "устранена, иначе они вернутся в этот список.",
        sep="\n\n",
    )


def repeated(count: int) -> str:
    """How many go out again, in a passing line."""
    return f"{DONE}: {count}" if count else NOTHING_TO_REPEAT


def set_aside(page: Page[SetAsideLine], zone: ZoneInfo) -> Text:
    """A page of updates that could not be handled."""
    heading = Bold("Отложенные обновления")
    if not page.total:
        return as_list(heading, "Таких нет: всё, что присылает Telegram, обработано.", sep="\n\n")
    first = page.number * page.size + 1
    lines = [_set_aside(first + index, line, zone) for index, line in enumerate(page.lines)]
    return as_list(
        Text(heading, f" — {page.total}"),
        as_list(*lines),
        Italic(
            "Бот не смог их обработать и пошёл дальше. Номер поможет найти причину в журнале; содержимое не хранится."
        ),
        sep="\n\n",
    )


def _set_aside(number: int, line: SetAsideLine, zone: ZoneInfo) -> Text:
    kind = _UPDATE_KINDS.get(line.kind or "", line.kind or "обновление")
    fault = "не удалось прочитать" if line.fault == UNREADABLE else f"ошибка {line.fault}"
    return Text(f"{number}. {kind} № ", Code(str(line.update_id)), f", {moment(line.at.astimezone(zone))}: {fault}")


def confirm_clearing(batch: Batch) -> Text:
    """The question before the second tap of «Убрать»."""
    if not batch.count:
        return Text(Bold(f"{NOTHING_TO_CLEAR}."))
    count = plural(batch.count, "обновление", "обновления", "обновлений")
    return as_list(Bold(f"Убрать из списка {count}?"), "Номера больше нигде не останутся, кроме журнала.", sep="\n\n")


def cleared(count: int) -> str:
    """How many are forgotten, in a passing line."""
    return f"Убрано: {count}" if count else NOTHING_TO_CLEAR
