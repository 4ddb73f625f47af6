"""What an import found and did, for whoever ran it; plain text, for a terminal."""

from typing import Final

from domain.catalogue import MAX_FILE_BYTES, Fault, NoHeader, Problem, Unreadable, UnreadableFile
from domain.errors import DomainError
from services.imports import ImportReport
from services.spreadsheets import MAX_ROWS
from texts.wording import clipped, plural

SHOWN_FAULTS: Final = 20
SHOWN_NAME: Final = 60

PROBLEMS: Final = {
    Problem.NO_CODE: "нет шифра. Впишите его.",
    Problem.NO_TITLE: "нет названия. Впишите его.",
    Problem.NO_PROVIDER: "нет организации. Впишите, кто проводит курс.",
    Problem.NO_FUNDING: "не указано финансирование. Впишите «бюджет» или «внебюджет».",
    Problem.NO_NAME: "нет названия школы. Впишите его.",
    Problem.NO_DISTRICT: "нет округа. Впишите его: по нему различаются школы с одним названием.",
    Problem.UNKNOWN_FUNDING: "неизвестное финансирование «{value}». Впишите «бюджет» или «внебюджет».",
    Problem.NOT_A_DATE: "«{value}» — не дата. Впишите её, например, так: 15.01.2027.",
    Problem.NOT_A_NUMBER: "«{value}» — не число. Впишите число, например 36.",
    Problem.NOT_WHOLE: "«{value}» — не целое число. Впишите целое.",
    Problem.NEGATIVE: "«{value}» меньше нуля. Впишите число от нуля или оставьте ячейку пустой.",
    Problem.TOO_GREAT: "«{value}» — слишком большое число. Впишите не больше {limit}.",
    Problem.TOO_LONG: "слишком длинный текст «{value}…». Сократите до {limit} знаков.",
    Problem.ENDS_BEFORE_START: "окончание раньше начала. Исправьте одну из дат.",
    Problem.CLOSES_AFTER_END: "приём заявок заканчивается позже самого курса. Исправьте одну из дат.",
    Problem.CODE_TWICE: "шифр «{value}» уже стоит в строке {first_row}. Оставьте одну строку или измените шифр.",
    Problem.SCHOOL_TWICE: "школа «{value}» этого округа уже стоит в строке {first_row}. Оставьте одну строку.",
    Problem.NO_APPLICATION: "нет номера заявки. Впишите его: он стоит в выгрузке заявок.",
    Problem.UNKNOWN_APPLICATION: "заявки {value} на этот курс нет. Возьмите номер из свежей выгрузки.",
    Problem.APPLICATION_TWICE: "заявка {value} уже стоит в строке {first_row}. Оставьте одну строку.",
    Problem.OTHER_NAME: "под этим номером заявка другого человека, не «{value}». Сверьте номер со свежей выгрузкой.",
    Problem.OWN_APPLICATION: "это ваша собственная заявка: её зачислит или завершит коллега. Уберите строку.",
    Problem.UNKNOWN_GROUP: "группы «{value}» у курса нет. Создайте её или исправьте номер.",
    Problem.GROUP_CLOSED: "набор в группу «{value}» закрыт. Откройте набор или выберите другую группу.",
    Problem.NO_SEATS: "для группы «{value}» мест уже не хватает. Увеличьте число мест или выберите другую группу.",
    Problem.NOT_WAITING: "заявка {value} не ждёт зачисления: посмотрите её состояние в боте и уберите строку.",
    Problem.NOT_ENROLLED: "по заявке {value} никто не зачислен. Сначала зачислите в группу или уберите строку.",
    Problem.GROUP_GOES_ON: "обучение в группе ещё не закончилось. Загрузите на следующий день после окончания.",
    Problem.NOT_YES_OR_NO: "«{value}» не понять. Впишите «да» или оставьте ячейку пустой.",
    Problem.NOT_MARKED: "указан документ, но не отмечено, что обучение закончено. Впишите «да» или уберите документ.",
    Problem.IN_FUTURE: "дата документа «{value}» ещё не наступила. Исправьте её.",
}

UNREADABLE: Final = {
    Unreadable.UNKNOWN_KIND: "это не таблица. Сохраните её как xlsx, xls, ods или csv.",
    Unreadable.DAMAGED: "файл повреждён. Откройте его в программе для таблиц и сохраните заново.",
    Unreadable.PROTECTED: "файл защищён паролем. Снимите пароль и сохраните заново.",
    Unreadable.TOO_LARGE: (
        f"файл слишком велик. Разделите его на части: до {MAX_ROWS} строк и {MAX_FILE_BYTES // 1024 // 1024} МБ каждая."
    ),
}


def fault(found: Fault) -> str:
    """«Строка 12, «Начало»: «скоро» — не дата. Впишите её, например, так: 15.01.2027.»"""
    where = f"Строка {found.row}, «{found.column}»" if found.column else f"Строка {found.row}"
    return f"{where}: {problem(found)}"


def problem(found: Fault) -> str:
    """What is wrong and what to do: «нет шифра. Впишите его.»"""
    return PROBLEMS[found.problem].format(value=found.value or "", limit=found.limit, first_row=found.first_row)


def report(found: ImportReport) -> str:
    """The counts, the first faults, what was written, and what to do next."""
    counts = f"Новых: {found.new}, изменённых: {found.changed}, без изменений: {found.unchanged}"
    if not found.faults:
        return f"{counts}.\n{_outcome(found)}"
    lines = [f"{counts}, с ошибками: {found.skipped}.", *map(fault, found.faults[:SHOWN_FAULTS])]
    if len(found.faults) > SHOWN_FAULTS:
        lines.append(f"…и ещё {plural(len(found.faults) - SHOWN_FAULTS, 'ошибка', 'ошибки', 'ошибок')}.")
    return "\n".join([*lines, _outcome(found)])


def _outcome(found: ImportReport) -> str:
    if not found.written:
        return _held_back(found)
    if found.faults:
        return "Строки с ошибками пропущены, остальное записано. Исправьте их и загрузите файл ещё раз."
    return "Всё записано." if found.new or found.changed else "Записывать нечего: всё уже так и есть."


def _held_back(found: ImportReport) -> str:
    if not found.faults:
        return "Это была проверка, ничего не записано. Чтобы записать, уберите --dry-run."
    if found.dry_run:
        return "Это была проверка, ничего не записано. Исправьте файл или пропустите строки с ошибками: --skip-invalid."
    return "Ничего не записано. Исправьте файл или пропустите строки с ошибками: --skip-invalid."


def unreadable(error: DomainError) -> str:
    """Why a file could not be read at all, and what to do."""
    if isinstance(error, UnreadableFile):
        return f"Файл «{clipped(error.name, SHOWN_NAME)}» не прочитан: {UNREADABLE[error.reason]}"
    if isinstance(error, NoHeader):
        columns = ", ".join(f"«{name}»" for name in error.missing)
        return f"В файле нет нужных столбцов: {columns}. Впишите эти названия в строку заголовков над таблицей."
    from texts.errors import said  # it brings all of aiogram along, seconds that a good import need not wait

    return said(error)
