"""What is read about a file that was sent to be imported."""

from typing import Final

from aiogram.utils.formatting import Bold, Italic, Text, as_list

from domain.cells import one_line
from domain.person import printable
from domain.uploads import FILE_NAME_LIMIT, MAX_DOWNLOAD_BYTES, Kind
from services.imports import ImportReport
from services.uploads import Sent, UploadView
from services.workbooks import Column, Sheet, workbook
from texts.imports import SHOWN_NAME, fault, problem
from texts.wording import clipped, plural

FAULTS_SHOWN: Final = 5
FAULT_SHOWN: Final = 300
"""Code points of one fault in the chat: the file has all of it."""
MOST_ROWS: Final = 100_000
"""Faults in the file: more than anybody mends one by one."""
_COLUMNS: Final = (Column("Строка", 10), Column("Столбец", 26), Column("В ячейке", 34), Column("Что исправить", 80))
NAMELESS: Final = "файл"
FORMATS: Final = "xlsx, xls, ods или csv"

READING: Final = "⏳ Читаю файл…"
NOT_A_FILE: Final = (
    f"Сейчас я жду файл: отправьте таблицу документом ({FORMATS}). Передумали — нажмите «Назад» выше или /menu."
)

_ASKED: Final = {
    Kind.UNKNOWN: Text(
        "Отправьте сюда таблицу курсов или школ. Сначала я только проверю её и покажу, что изменится. "
        "Так же можно прислать файл в чат в любой момент."
    ),
    Kind.ENROLMENTS: Text(
        "Впишите номера групп в столбец «Группа» выгрузки заявок и отправьте файл сюда. Строки без группы я пропущу. "
        "Сначала покажу, что изменится."
    ),
    Kind.COMPLETIONS: Text(
        "В выгрузке заявок впишите «да» в столбец «Закончил(а)», при желании — номер и дату документа, и отправьте "
        "файл сюда. Строки без отметки я пропущу. Сначала покажу, что изменится."
    ),
}
_HEADINGS: Final = {
    Kind.UNKNOWN: "Загрузка файла",
    Kind.COURSES: "Файл курсов",
    Kind.SCHOOLS: "Файл школ",
    Kind.ENROLMENTS: "Файл зачислений",
    Kind.COMPLETIONS: "Файл завершения обучения",
}
_COUNTS: Final = {
    Kind.COURSES: ("Новых курсов", "Изменится", "Без изменений"),
    Kind.SCHOOLS: ("Новых школ", "Изменится", "Без изменений"),
    Kind.ENROLMENTS: ("Будут зачислены", "Перейдут в другую группу", "Без изменений"),
    Kind.COMPLETIONS: ("Закончат обучение", "", "Без изменений"),
}
_DONE: Final = {
    Kind.COURSES: ("Добавлено курсов", "Изменено", "Без изменений"),
    Kind.SCHOOLS: ("Добавлено школ", "Изменено", "Без изменений"),
    Kind.ENROLMENTS: ("Зачислены", "Перешли в другую группу", "Без изменений"),
    Kind.COMPLETIONS: ("Закончили обучение", "", "Без изменений"),
}
_QUESTIONS: Final = {
    Kind.ENROLMENTS: "Загрузить? Каждому придёт сообщение.",
    Kind.COMPLETIONS: "Загрузить? Курс появится в зачётных книжках, каждому придёт сообщение. Отменить это нельзя.",
}


def named(name: str | None) -> str:
    """A file's name as it is kept."""
    return clipped(one_line(printable(name or "")) or NAMELESS, FILE_NAME_LIMIT)


def asked(kind: Kind) -> Text:
    """The request for a file."""
    bounds = f"Подойдут {FORMATS}, до {MAX_DOWNLOAD_BYTES // 1024 // 1024} МБ. Порядок столбцов не важен."
    return as_list(Bold(_HEADINGS[kind]), _ASKED.get(kind, _ASKED[Kind.UNKNOWN]), Italic(bounds), sep="\n\n")


def progress(done: int, total: int) -> str:
    """How far it is: a row counts once when it is compared and once when it is kept."""
    rows = total // 2
    if done <= rows:
        return f"⏳ Проверяю: {_grouped(done)} из {_rows(rows)}…"
    return f"⏳ Записываю: {_grouped(done - rows)} из {_rows(rows)}…"


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def _rows(count: int) -> str:
    return plural(count, "строки", "строк", "строк").replace(str(count), _grouped(count), 1)


def _heading(sent: Sent) -> Text:
    return Text(Bold(_HEADINGS[sent.kind]), f"\n📄 {clipped(sent.name, SHOWN_NAME)}")


def _counted(report: ImportReport, words: tuple[str, str, str]) -> Text:
    counts = [
        f"{word}: {_grouped(count)}"
        for word, count in zip(words, (report.new, report.changed, report.unchanged), strict=True)
        if word
    ]
    if report.skipped:
        counts.append(f"⚠️ Строк с ошибками: {_grouped(report.skipped)}")
    return as_list(*counts)


def _faults(report: ImportReport) -> list[Text]:
    if not report.faults:
        return []
    lines = [f"• {clipped(fault(found), FAULT_SHOWN)}" for found in report.faults[:FAULTS_SHOWN]]
    more = len(report.faults) - FAULTS_SHOWN
    if more > 0:
        lines.append(f"…и ещё {plural(more, 'ошибка', 'ошибки', 'ошибок')}.")
    return [as_list(*lines), Text("Все ошибки — в файле ниже: строка, столбец и что исправить.")]


def checked(view: UploadView) -> Text:
    """What loading would do; or the question what is in the file."""
    report = view.report
    if report is None:
        question = "По заголовкам не понять, что в этом файле. Что это?"
        return as_list(_heading(view.sent), question, sep="\n\n")
    if report.written:
        return _loaded(view.sent, report)
    found = [_heading(view.sent), _counted(report, _COUNTS[view.sent.kind]), *_faults(report)]
    return as_list(*found, _offer(view.sent.kind, report), sep="\n\n")


def _offer(kind: Kind, report: ImportReport) -> Text:
    if not report.new + report.changed:
        if report.faults:
            return Text("Загружать нечего. Исправьте ошибки и отправьте файл ещё раз.")
        return Text("Загружать нечего: всё уже так и есть.")
    if report.faults:
        return Text(
            "Пока ничего не записано. Исправьте ошибки и отправьте файл ещё раз — или загрузите без этих строк."
        )
    return Text(f"Ошибок нет, пока ничего не записано. {_QUESTIONS.get(kind, 'Загрузить?')}")


def _loaded(sent: Sent, report: ImportReport) -> Text:
    parts = [Text("✅ ", _heading(sent)), _counted(report, _DONE[sent.kind]), *_faults(report)]
    done = "Строки с ошибками пропущены, остальное записано." if report.faults else "Всё записано."
    return as_list(*parts, Text(done), sep="\n\n")


def dropped(sent: Sent) -> Text:
    """Nothing was loaded."""
    return as_list(_heading(sent), "Файл не загружен, ничего не изменилось.", sep="\n\n")


async def faults_file(view: UploadView) -> tuple[str, bytes] | None:
    """All the faults as a spreadsheet, with its name; None, where there are none."""
    report = view.report
    if report is None or not report.faults:
        return None
    faults = report.faults[:MOST_ROWS]
    rows = [(found.row, found.column, found.value, problem(found)) for found in faults]
    return "Ошибки в файле.xlsx", await workbook(Sheet("Ошибки", _COLUMNS, rows))
