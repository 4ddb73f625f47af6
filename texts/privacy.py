"""«Мои данные», the consent, and saying goodbye."""

from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import Bold, Italic, Text, as_list

from services.privacy import ConsentGiven, Removal, Removed
from texts.wording import applications, clipped, courses, moment

LISTED: Final = 5
NAME_SHOWN: Final = 80

ON_THE_WAY: Final = "Готовлю файлы, они придут сюда."
FILES: Final = (
    "Всё, что портал хранит о вас. PDF удобно читать, JSON — загрузить в другую программу. Не пересылайте их."
)
COME_AGAIN: Final = "Если захотите вернуться, нажмите /start: регистрация начнётся с начала."
NO_TEXT: Final = "Текст этой редакции не сохранился."


def consent(given: ConsentGiven, zone: ZoneInfo) -> Text:
    """What the person agreed to, and when."""
    agreed = f"Вы согласились {moment(given.at.astimezone(zone))}, редакция {given.version}."
    return as_list(Italic(agreed), given.text or NO_TEXT, sep="\n\n")


def _listed(names: tuple[str, ...]) -> str:
    shown = "; ".join(clipped(name, NAME_SHOWN) for name in names[:LISTED])
    return shown if len(names) <= LISTED else f"{shown} и ещё {len(names) - LISTED}"


def confirm_removal(removal: Removal) -> Text:
    """All that would happen on one screen, or why it cannot."""
    if removal.enrolled:
        return as_list(
            Bold("Пока профиль удалить нельзя"),
            f"Вы зачислены: {_listed(removal.enrolled)}. Организация ждёт вас на занятиях, и отозвать такую заявку "
            "может только служба поддержки.",
            "Откройте заявку в разделе «Все регистрации на курсы» и обратитесь в поддержку. "
            "После отчисления или окончания курса профиль можно будет удалить.",
            sep="\n\n",
        )
    if removal.is_last_operator:
        return as_list(
            Bold("Пока профиль удалить нельзя"),
            "Вы единственный оператор портала. Пригласите другого, и профиль можно будет удалить.",
            sep="\n\n",
        )
    return as_list(Bold("Удалить профиль?"), as_list(*_consequences(removal)), Bold("Отменить это нельзя."), sep="\n\n")


def _consequences(removal: Removal) -> list[Text]:
    lines = ["Имя, почта, школа, должность, переписка с поддержкой и история поиска будут стёрты."]
    if removal.withdrawn:
        lines.append(f"Будут отозваны: {applications(removal.withdrawn)}.")
    if removal.has_roles:
        lines.append("Ваши роли закончатся сразу, вернуть их сможет только новое приглашение.")
    if removal.left_alone:
        lines.append(f"Без согласующего останутся: {_listed(removal.left_alone)}. Заявки уйдут в поддержку.")
    if removal.records:
        lines.append(
            f"Зачётная книжка ({courses(removal.records)}) останется с вашим именем, но без контактов: "
            "подлинность документов ещё могут проверять."
        )
    return [Text(f"• {line}") for line in lines]


def removed(done: Removed) -> Text:
    """The last word."""
    lines = ["Ваши данные стёрты."]
    if done.withdrawn:
        lines.append(f"Отозваны: {applications(done.withdrawn)}.")
    if done.records:
        lines.append("Записи о законченных курсах остались: их номера и QR-коды действуют.")
    if done.by_letter:
        lines.append("Подтверждение придёт письмом — последним.")
    return as_list(Bold("Профиль удалён"), " ".join(lines), sep="\n\n")
