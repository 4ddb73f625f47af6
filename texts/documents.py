"""Documents that people file: what a record book says on paper."""

import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from services.record_book import Extract, RecordView
from texts.letters import SENDER
from texts.typesetting import breakable, typeset
from texts.wording import courses, hours, moment, short_day

_COLUMNS: Final = ("№", "Курс", "Часы", "Сроки", "Документ", "Проверка")
_ABOUT_CHECK: Final = (
    "Подлинность каждой записи можно проверить: наведите камеру телефона на её QR-код. Откроется бот портала и "
    "покажет имя, курс, объём и даты этой записи. Регистрироваться для этого не нужно."
)


def record_book_name(extract: Extract) -> str:
    """The name of the file."""
    return f"Зачётная книжка {extract.issued_at:%Y-%m-%d}.pdf"


async def record_book(extract: Extract, check_link: str) -> bytes:
    """The record book as a PDF. `check_link` followed by a record's token opens the check of that record.

    Raises: DocumentTooLong, DocumentLate.
    """
    return await typeset("record_book", _told(extract, check_link))


def _told(extract: Extract, check_link: str) -> dict[str, Any]:
    """What the template is told; every text in one line that can be broken anywhere it must."""
    numbered = [
        (record.completed_on.year, _record(number, record, extract.full_name, check_link))
        for number, record in enumerate(extract.records, 1)
    ]
    facts = (
        ("Фамилия, имя, отчество", extract.full_name),
        ("Место работы", extract.school),
        ("Должность", extract.position),
        ("Дата выдачи", short_day(extract.issued_at.date())),
    )
    return {
        "title": "Зачётная книжка",
        "subtitle": "Выписка о пройденных курсах повышения квалификации",
        "portal": SENDER,
        "facts": [(name, breakable(value)) for name, value in facts if value],
        "columns": _COLUMNS,
        "years": [
            {
                "year": str(year),
                "sum": _sum([record for record in extract.records if record.completed_on.year == year]),
                "records": [told for _, told in group],
            }
            for year, group in groupby(numbered, key=lambda pair: pair[0])
        ],
        "sums": _sums(extract),
        "about_check": _ABOUT_CHECK,
        "footer": f"Выписка сформирована ботом портала {moment(extract.issued_at)}",
        "page": "Страница",
        "of": "из",
    }


def _record(number: int, record: RecordView, holder: str, check_link: str) -> dict[str, Any]:
    about = [record.code, record.provider]
    if record.full_name != holder:
        about.append(f"на имя: {record.full_name}")
    document = (
        record.document,
        f"№ {record.document_number}" if record.document_number else None,
        f"от {short_day(record.document_date)}" if record.document_date else None,
    )
    days = (
        f"с {short_day(record.starts_on)}" if record.starts_on else None,
        f"по {short_day(record.completed_on)}",
    )
    return {
        "number": str(number),
        "title": breakable(record.title),
        "about": breakable(" · ".join(about)),
        "hours": "—" if record.hours is None else str(record.hours),
        "days": _said(days),
        "document": _said(document) or ["—"],
        "check": _drawn(f"{check_link}{record.check_token}"),
        "alt": f"QR-код для проверки записи {number}",
    }


def _said(parts: Iterable[str | None]) -> list[str]:
    return [breakable(part) for part in parts if part]


def _sum(records: Sequence[RecordView]) -> str:
    return f"{courses(len(records))}, {hours(sum(record.hours or 0 for record in records))}"


def _sums(extract: Extract) -> list[tuple[str, str]]:
    since = short_day(extract.recent_since)
    sums = [
        ("Всего пройдено", f"{courses(extract.total)}, {hours(extract.total_hours)}"),
        (f"За последние три года, с {since}", f"{hours(extract.recent_hours)}, норма — {extract.norm}"),
    ]
    if extract.total > len(extract.records):
        sums.append(("В выписке — последние записи", courses(len(extract.records))))
    return sums


def _drawn(link: str) -> str:
    """A link as a QR code, an SVG picture; with the quiet border that scanners need."""
    import segno  # for the first document only

    picture = io.BytesIO()
    segno.make_qr(link, error="m").save(picture, kind="svg", border=4, xmldecl=False)
    return picture.getvalue().decode()
