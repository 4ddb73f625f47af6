"""Registration, question by question."""

from collections.abc import Mapping
from typing import Any, Final

from aiogram.utils.formatting import Bold, Italic, Text, as_key_value, as_list

from services.views import Given, SchoolLine
from texts import labels
from texts.roles import given

WELCOME: Final = as_list(
    Bold("Здравствуйте! Это бот портала курсов повышения квалификации."),
    "Здесь учителя находят курсы, подают заявки и следят за ними, а руководители школ их согласовывают.",
    "Для начала нужно ваше согласие на обработку персональных данных: "
    "имени, адреса почты, школы, должности и заявок на курсы.",
    sep="\n\n",
)
CONSENT: Final = as_list(
    Bold("Согласие на обработку персональных данных"),
    "Портал хранит ваше имя, адрес почты, школу, должность, номер чата и заявки на курсы, "
    "чтобы записывать вас на обучение.",
    "Их видят согласующие вашей школы, организация, которая проводит выбранный вами курс, и служба поддержки. "
    "Больше никому они не передаются и не используются для рекламы.",
    "Без согласия зарегистрироваться нельзя. Отозвать его можно в любой момент: «Профиль» → «Удалить профиль». "
    "Там же, в «Моих данных», — всё, что о вас хранится.",
    sep="\n\n",
)
NAME: Final = as_list(
    Bold("Как вас зовут?"),
    "Напишите фамилию, имя и отчество — так, как они должны стоять в документе об обучении.",
    Italic("Например: Соколова Анна Петровна"),
    sep="\n",
)
EMAIL: Final = as_list(
    Bold("Ваша электронная почта?"),
    "По ней приходят письма о заявках, и с ней вы не потеряете профиль, если смените телефон.",
    Italic("Например: anna@example.org"),
    sep="\n",
)
SCHOOL: Final = as_list(
    Bold("Где вы работаете?"),
    "Напишите номер или часть названия школы, и я предложу подходящие. "
    "Если вы сейчас нигде не работаете, нажмите «Временно не работаю»: будут доступны внебюджетные курсы.",
    sep="\n",
)
SCHOOL_ONLY: Final = as_list(
    Bold("Где вы работаете?"), "Напишите номер или часть названия школы, и я предложу подходящие.", sep="\n"
)
POSITION: Final = as_list(Bold("Ваша должность?"), "Выберите кнопкой или напишите своими словами.", sep="\n")


def consent(text: str | None) -> Text:
    """What people agree to; None: the text that the bot brings along."""
    return CONSENT if text is None else as_list(Bold("Согласие на обработку персональных данных"), text, sep="\n\n")


def consent_changed(text: str | None) -> Text:
    """The new text, for whoever agreed to another."""
    return as_list(
        Text("📜 ", Bold("Условия изменились")),
        f"Прочитайте новый текст и нажмите «{labels.CONSENT}».",
        consent(text),
        Italic(
            "Ваши заявки, зачётная книжка и роли остаются. Пока вы не ответили, действует прежний текст; он есть в "
            f"разделе «{labels.PROFILE}» → «{labels.MY_DATA}»."
        ),
        sep="\n\n",
    )


AGREED: Final = "✅ Спасибо! Вы согласились с новым текстом. Можно продолжать с того места, где вы остановились."


def corrected(email: str) -> Text:
    """A domain that looks like a slip of the finger."""
    return as_list(Bold("Проверьте адрес"), f"Вы написали {email}. Возможно, в нём опечатка.", sep="\n")


def code_sent(email: str) -> Text:
    """Where the code went; the words are the same for every address."""
    return as_list(
        Text(Bold("Мы отправили код на "), Bold(email), Bold(".")),
        "Напишите сюда шесть цифр из письма. Код действует 15 минут.",
        Italic("Письма нет? Проверьте папку «Спам» и адрес."),
        sep="\n",
    )


def schools(found: list[SchoolLine], more: bool) -> Text:
    """Which of the schools that fit."""
    lines = ["Если вашей здесь нет, напишите название точнее."] if more or len(found) > 1 else []
    return as_list(Bold("Выберите вашу школу:"), *lines, sep="\n")


def school_button(school: SchoolLine) -> str:
    """A school on a button."""
    return f"{school.name} ({school.district})" if school.district else school.name


def summary(answers: Mapping[str, Any]) -> Text:
    """Everything said, before it is kept."""
    return as_list(
        Bold("Проверьте, всё ли верно:"),
        as_list(
            as_key_value("Имя", answers["name"]),
            as_key_value("Почта", answers["email"]),
            as_key_value("Школа", answers.get("school") or "временно не работаю"),
            as_key_value("Должность", answers["position"]),
        ),
        sep="\n\n",
    )


CHANGE_WHAT: Final = Bold("Что изменить?")


def done(name: str, role: Given | None) -> Text:
    """Welcome to the portal."""
    parts: list[Text] = [
        Text(Bold("Вы зарегистрированы!"), f" Приятно познакомиться, {name}."),
        Text("Чтобы найти курс, напишите его шифр или слова из названия — или откройте «Каталог курсов»."),
    ]
    if role is not None:
        parts.insert(1, given(role))
    return as_list(*parts, sep="\n\n")
