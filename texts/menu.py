"""The menu, commands, the bot's own description, and answers to what it does not do."""

from typing import Final

from aiogram.utils.formatting import Bold, Text, as_list

from domain.person import Person

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
    "support": "Поддержка",
    "help": "В первый раз на портале",
    "cancel": "Отменить ввод",
}
APPROVER_COMMANDS: Final = {"queue": "Согласование заявок"}
PROVIDER_COMMANDS: Final = {"groups": "Группы и зачисление"}
OPERATOR_COMMANDS: Final = {"manage": "Управление"}
OVERVIEW_COMMANDS: Final = {"overview": "Сводка"}
SUPPORT_COMMANDS: Final = {"desk": "Обращения"}

MENU: Final = "Чтобы найти курс, напишите его шифр или слова из названия. Остальное — на кнопках ниже."
CANCELLED: Final = "Отменено. Чтобы найти курс, напишите его шифр или слова из названия."
NOTHING_TO_CANCEL: Final = "Отменять нечего. Чтобы найти курс, напишите его шифр или слова из названия."
PLACEHOLDER: Final = "Шифр или название"

UNKNOWN_COMMAND: Final = "Такой команды нет. Нажмите /menu или напишите, какой курс вы ищете."
ONLY_TEXT: Final = "Я понимаю только текст. Напишите шифр курса или слова из названия — или нажмите /menu."
EDITED: Final = "Исправленные сообщения я не перечитываю. Отправьте текст ещё раз новым сообщением."
ONLY_PRIVATE: Final = "Я работаю только в личных сообщениях: напишите мне напрямую."


def hello(person: Person) -> Text:
    """A known person came again."""
    return as_list(Text("Здравствуйте, ", Bold(person.full_name), "!"), MENU, sep="\n\n")
