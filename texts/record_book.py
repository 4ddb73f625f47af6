"""«Зачётная книжка» in the chat, and the screen that a record's QR code opens."""

from itertools import groupby
from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from services.record_book import Book, GenuineRecord, RecordView
from texts.wording import clipped, courses, hours, period, short_day

TITLE: Final = "Зачётная книжка"
LISTED_TITLE: Final = 160
LISTED_NAME: Final = 100
SEGMENTS: Final = 10
NOT_FOUND: Final = as_list(
    Text("❌ ", Bold("Такой записи нет")),
    "В зачётных книжках портала нет записи с таким кодом. Отсканируйте код ещё раз или попросите новую выписку.",
    sep="\n\n",
)


def book(view: Book) -> Text:
    """A page of completed courses by year, and the hours of three years against the norm."""
    if not view.page.total:
        return as_list(
            Bold(TITLE),
            "Здесь появятся курсы, которые вы закончили, с часами и документами.",
            _against_norm(view),
            sep="\n\n",
        )
    heading = Text(Bold(TITLE), f" — {courses(view.page.total)}, {hours(view.total_hours)}")
    numbered = enumerate(view.page.lines, view.page.number * view.page.size + 1)
    years = [
        as_list(Bold(str(year)), *(_line(number, record) for number, record in records), sep="\n\n")
        for year, records in groupby(numbered, key=lambda pair: pair[1].completed_on.year)
    ]
    where = [Italic(f"Страница {view.page.number + 1} из {view.page.pages}")] if view.page.pages > 1 else []
    return as_list(heading, _against_norm(view), *years, *where, sep="\n\n")


def _against_norm(view: Book) -> Text:
    missing = view.norm - view.recent_hours
    rest = f"до нормы осталось {hours(missing)}" if missing > 0 else "норма выполнена"
    return as_list(
        as_key_value("За последние три года", f"{hours(view.recent_hours)} из {view.norm}, {rest}"),
        bar(view.recent_hours, view.norm),
    )


def bar(done: int, of: int) -> str:
    """«▰▰▰▱▱▱▱▱▱▱»: full at the whole and past it, never full before."""
    filled = SEGMENTS if done >= of else done * SEGMENTS // of
    return "▰" * filled + "▱" * (SEGMENTS - filled)


def _line(number: int, record: RecordView) -> Text:
    facts = [hours(record.hours)] if record.hours else []
    facts += [short_day(record.completed_on), clipped(record.provider, LISTED_NAME)]
    lines: list[Text | str] = [
        Text(f"{number}. ", Bold(record.code), f" — {clipped(record.title, LISTED_TITLE)}"),
        Italic(", ".join(facts)),
    ]
    document = _document(record)
    return as_list(*lines, *([clipped(document, LISTED_NAME)] if document else []))


def _document(record: RecordView) -> str:
    number = f"№ {record.document_number}" if record.document_number else None
    given = f"от {short_day(record.document_date)}" if record.document_date else None
    said = " ".join(part for part in (record.document, number, given) if part)
    return said[:1].upper() + said[1:]


def record(view: RecordView) -> Text:
    """One's own record, whole."""
    facts = [
        ("Организация", view.provider),
        ("Объём", hours(view.hours) if view.hours else None),
        ("Даты", period(view.starts_on, view.completed_on)),
        ("Документ", _document(view)),
        ("На имя", view.full_name),
    ]
    return as_list(
        Text("🏅 ", Bold(view.code), f" — {view.title}"),
        as_list(*(as_key_value(name, value) for name, value in facts if value)),
        "Запись можно показать любому: по ссылке для проверки бот подтвердит имя, курс, часы и даты — и ничего больше.",
        sep="\n\n",
    )


def checked(found: GenuineRecord | None) -> Text:
    """Whether a record is genuine, to whoever has its link."""
    if found is None:
        return NOT_FOUND
    facts = [
        ("Имя", found.full_name),
        ("Курс", f"{found.code} «{found.title}»"),
        ("Объём", hours(found.hours) if found.hours else None),
        ("Даты", period(found.starts_on, found.completed_on)),
    ]
    return as_list(
        Text("✅ ", Bold("Запись подлинная")),
        as_list(*(as_key_value(name, value) for name, value in facts if value)),
        "Так она внесена в зачётную книжку портала. Сверьте имя, курс, часы и даты с документом в руках.",
        sep="\n\n",
    )
