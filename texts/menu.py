"""The menu, commands, the bot's own description, and answers to what it does not do."""

from typing import Final

from aiogram.utils.formatting import Bold, Text, as_key_value, as_list

from domain.person import Person
from services.views import SchoolChosen
from texts.wording import applications

BOT_NAME: Final = "Курсы для учителей"
SHORT_DESCRIPTION: Final = "Каталог курсов повышения квалификации: поиск, запись и согласование заявок."
DESCRIPTION: Final = (
    "Бот портала курсов повышения квалификации для учителей. Найдите курс по шифру или словам из названия, подайте "
    "заявку — руководитель школы согласует её здесь же, а вы сразу узнаете о решении. Нажмите «Начать»."
)
COMMANDS: Final = {
    "menu": "Меню",
    "catalogue": "Каталог курсов",
    "applications": "Все регистрации на курсы",
    "record_book": "Зачётная книжка",
    "profile": "Профиль",
    "help": "В первый раз на портале",
    "cancel": "Отменить ввод",
}
SUPPORT_COMMANDS: Final = {"desk": "Обращения"}
APPROVER_COMMANDS: Final = {"queue": "Согласование заявок"}
PROVIDER_COMMANDS: Final = {"groups": "Группы и зачисление"}

MENU: Final = "Чтобы найти курс, напишите его шифр или слова из названия. Остальное — на кнопках ниже."
CANCELLED: Final = "Отменено. Чтобы найти курс, напишите его шифр или слова из названия."
NOTHING_TO_CANCEL: Final = "Отменять нечего. Чтобы найти курс, напишите его шифр или слова из названия."
REGISTRATION_GOES_ON: Final = "Регистрацию можно прервать и продолжить в любой момент: всё введённое сохранится."
PLACEHOLDER: Final = "Шифр или название"

UNKNOWN_COMMAND: Final = "Такой команды нет. Нажмите /menu или напишите, какой курс вы ищете."
ONLY_TEXT: Final = "Я понимаю только текст. Напишите шифр курса или слова из названия — или нажмите /menu."
EDITED: Final = "Исправленные сообщения я не перечитываю. Отправьте текст ещё раз новым сообщением."
ONLY_PRIVATE: Final = "Я работаю только в личных сообщениях: напишите мне напрямую."


def hello(person: Person) -> Text:
    """A known person came again."""
    return as_list(Text("Здравствуйте, ", Bold(person.full_name), "!"), MENU, sep="\n\n")


def _email(person: Person) -> str:
    if person.email is None:
        return "не указана"
    return person.email if person.email_proved else f"{person.email} (не подтверждена)"


def profile(person: Person) -> Text:
    """What the portal knows of somebody."""
    parts = [
        Bold("Профиль"),
        as_list(
            as_key_value("Имя", person.full_name),
            as_key_value("Почта", _email(person)),
            as_key_value("Школа", person.school or "не указана"),
            as_key_value("Должность", person.position),
        ),
    ]
    if person.school_id is None:
        parts.append(Text("Без школы можно записываться только на внебюджетные курсы."))
    return as_list(*parts, sep="\n\n")


def school_chosen(chosen: SchoolChosen) -> Text:
    """The new school, and what became of the applications."""
    parts = [Text("Ваша школа: ", Bold(chosen.school), ".")]
    if chosen.moved:
        parts.append(Text(f"Новым согласующим переданы: {applications(chosen.moved)}."))
    if chosen.returned:
        parts.append(Text(f"Снова ждут согласования, теперь в этой школе: {applications(chosen.returned)}."))
    parts.append(Text("Теперь можно записываться на бюджетные курсы."))
    return as_list(*parts, sep="\n\n")
