"""Talking with support, as people read it; the conversation itself looks the same to both sides."""

from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from domain.status import Status
from domain.tickets import STARS, FileKind, Side, Stage, Words, words
from services.ticket_views import AskingAbout, Passed, Said, Saying, TicketLine, TicketView
from services.views import Page
from texts import labels
from texts.wording import STATUSES, clipped, moment, tickets

CLIPPED: Final = 380
"""A longer message is shown whole on request: six of them and the heading fit one screen."""
NAME_SHOWN: Final = 60
TITLE_SHOWN: Final = 90
SUBJECT_LISTED: Final = 60

SUBJECT_QUESTION: Final = "О чём вопрос? Выберите тему."
OWN_SUBJECT_QUESTION: Final = "Напишите тему в нескольких словах, до 100 знаков."
UNSUPPORTED: Final = (
    "Такое я передать не могу: только текст, фото и файлы. Видео, голос и стикеры опишите словами или пришлите файлом."
)
NOTHING_TO_SHOW: Final = "Здесь всё уже показано целиком."
SHOWN_WHOLE: Final = "Отправляю ниже."
FILE_GONE: Final = "📎 Файл больше недоступен в Telegram."
MARKS: Final = {Stage.WAITS: "📩", Stage.ANSWERED: "💬", Stage.CLOSED: "🔒"}
STAGES: Final = {
    Stage.WAITS: "ждёт ответа поддержки",
    Stage.ANSWERED: "поддержка ответила",
    Stage.CLOSED: "закрыто",
}
FILES: Final = {FileKind.PHOTO: "🖼 Фото", FileKind.DOCUMENT: "📎 Файл"}


def stars(rating: int) -> str:
    """«4 из 5 ⭐»."""
    return f"{rating} из {STARS[-1]} ⭐"


def ready_subject(number: int) -> str | None:
    """A ready subject by its place in the list; None for a place that it has not."""
    return labels.TICKET_SUBJECTS[number] if 0 <= number < len(labels.TICKET_SUBJECTS) else None


def subject_about(view: AskingAbout) -> str:
    """The subject of a ticket about an application."""
    about = "Отзыв зачисления" if view.status is Status.ENROLLED else "Заявка"
    return f"{about}: {view.code}"


def please_withdraw() -> Words:
    """The ready first message about an enrolment."""
    return words(f"{labels.PLEASE_WITHDRAW}.")


def _line(line: TicketLine) -> Text:
    subject = clipped(line.subject, SUBJECT_LISTED)
    return Text(f"{MARKS[line.stage]} ", Bold(f"№ {line.id}"), f" · {subject} — {STAGES[line.stage]}")


def mine(page: Page[TicketLine]) -> Text:
    """«Поддержка»: one's own tickets."""
    if not page.total:
        return as_list(
            Bold(labels.SUPPORT),
            "Расскажите, что не получается, — текстом, фото или файлом. Ответ придёт сюда же.",
            "Частые вопросы разобраны в /help.",
            sep="\n\n",
        )
    return as_list(
        Text(Bold(labels.SUPPORT), f" — {tickets(page.total)}"), as_list(*map(_line, page.lines)), sep="\n\n"
    )


def first_question(subject: str) -> Text:
    """The request for a ticket's first message."""
    return as_list(
        Text("Тема: ", Bold(subject)),
        "Опишите вопрос одним сообщением: текст, фото или файл. Дописать можно будет сразу после.",
        sep="\n\n",
    )


def question_about(view: AskingAbout) -> Text:
    """The same about an application."""
    parts = [Text("Тема: ", Bold(subject_about(view))), Text(f"«{clipped(view.title, TITLE_SHOWN)}»")]
    if view.status is Status.ENROLLED:
        parts.append(
            Text(
                "Вы зачислены, поэтому заявку отзывает служба поддержки. Напишите причину — или просто нажмите "
                f"«{labels.PLEASE_WITHDRAW}»."
            )
        )
    else:
        parts.append(Text("Опишите вопрос: текст, фото или файл."))
    return as_list(*parts, sep="\n\n")


def receipt(view: TicketView) -> Text:
    """A new ticket: its number, and what happens next."""
    return as_list(
        Text("📨 ", Bold(f"Обращение № {view.id} принято.")),
        as_key_value("Тема", view.subject),
        "Ответ придёт сюда же. Если хотите что-то добавить — просто пишите дальше: всё попадёт в это обращение, "
        f"пока вы не нажмёте «{labels.FINISH}».",
        sep="\n\n",
    )


def to_write(view: TicketView) -> Text:
    """The request for a message."""
    closing = " Обращение закрыто, ваше сообщение откроет его снова." if view.stage is Stage.CLOSED else ""
    return Text(Bold(f"Обращение № {view.id}."), f" Напишите сообщение: текст, фото или файл.{closing}")


def passed(view: Passed) -> Text:
    """What became of the person's message."""
    number = view.ticket.id
    if not view.passed_on:
        return as_list(
            Text("⚠️ ", Bold(f"Обращение № {number} уже закрыто, сообщение не передано.")),
            f"Если вопрос остался, нажмите «{labels.WRITE_MORE}» и отправьте его ещё раз.",
            sep="\n\n",
        )
    return Text(f"✉️ Передано в поддержку, обращение № {number}. Можно дописать ещё.")


def said(line: Said, author: str, zone: ZoneInfo) -> Text:
    """One message of a conversation."""
    parts: list[Text | str] = [Bold(clipped(author, NAME_SHOWN)), f", {moment(line.at.astimezone(zone))}"]
    if line.file_kind:
        parts.append(f"\n{FILES[line.file_kind]}")
    if line.text:
        parts.append(f"\n{clipped(line.text, CLIPPED)}")
    return Text(*parts)


def _author(line: Said) -> str:
    return "Вы" if line.side is Side.OWNER else labels.SUPPORT


def one(view: TicketView, zone: ZoneInfo) -> Text:
    """One's own ticket."""
    parts = [
        Text(Bold(f"Обращение № {view.id}"), f" · {view.subject}"),
        Text(f"{MARKS[view.stage]} {STAGES[view.stage]}"),
    ]
    if view.about is not None:
        about = view.about
        parts.append(Text("Курс ", Bold(about.code), f": {STATUSES[about.status].lower()}"))
    if view.rating:
        parts.append(Text(f"Ваша оценка: {stars(view.rating)}"))
    return as_list(
        as_list(*parts), *(said(line, _author(line), zone) for line in view.lines), *_earlier(view), sep="\n\n"
    )


def _earlier(view: TicketView) -> list[Text]:
    return [Italic(f"Это не всё: «{labels.EARLIER}».")] if view.has_earlier else []


def confirm_close(view: TicketView) -> Text:
    """The question before the second tap."""
    return Text(Bold("Вопрос решён?"), f"\n\nОбращение № {view.id} закроется. Неделю его можно открыть снова.")


def closed(view: TicketView) -> Text:
    """The ticket is over; what was the answer worth?"""
    parts: list[Text | str] = [Text("🔒 ", Bold(f"Обращение № {view.id} закрыто.")), as_key_value("Тема", view.subject)]
    if view.rating:
        parts.append(f"Спасибо! Ваша оценка: {stars(view.rating)}. Изменить её можно в течение недели.")
    else:
        parts.append("Помог ли ответ? Оцените от 1 до 5. Если вопрос остался, обращение можно открыть снова.")
    return as_list(*parts, sep="\n\n")


def heading(view: Saying) -> Text:
    """What stands over an answer of support, or over one's own words shown again."""
    who = "Ваше сообщение" if view.is_own else "Ответ поддержки"
    return Text("💬 ", Bold(f"{who}, обращение № {view.ticket_id}"), f"\n{view.subject}")
