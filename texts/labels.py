"""The words on the buttons: the portal's own, so that people recognise them."""

from typing import Final

CATALOGUE: Final = "Каталог курсов"
APPLICATIONS: Final = "Все регистрации на курсы"
PROFILE: Final = "Профиль"
QUEUE: Final = "Согласование заявок"

MENU: Final = frozenset({CATALOGUE, APPLICATIONS, PROFILE, QUEUE})
"""Everything that may stand in the menu: never the answer to a question."""

NEXT: Final = "Дальше"
BACK: Final = "Назад"
TO_RESULTS: Final = "К результатам"
TO_APPLICATIONS: Final = "Ко всем регистрациям"
TO_COURSE: Final = "Карточка курса"
OPEN_APPLICATION: Final = "Открыть заявку"

APPLY: Final = "Записаться"
WITHDRAW: Final = "Отозвать заявку"
WITHDRAW_YES: Final = "Отозвать"
WITHDRAW_NO: Final = "Оставить"
ARCHIVE: Final = "Архив"
NAME_SCHOOL: Final = "Указать школу"

APPROVE: Final = "Согласовать"
REJECT: Final = "Отклонить"
NOT_OURS: Final = "Не наш сотрудник"
NOT_OURS_YES: Final = "Да, не наш сотрудник"
OWN_REASON: Final = "Своя причина"
NO_REASON: Final = "Без причины"
UNDO: Final = "Отменить решение"
TAKE_BACK: Final = "Отозвать согласование"
ONE_BY_ONE: Final = "Открыть по одной"
APPROVE_ALL: Final = "Согласовать все"
NEXT_APPLICATION: Final = "Следующая заявка"
TO_QUEUE: Final = "К очереди"
APPROVED: Final = "Согласованные"

CONSENT: Final = "Согласен(на)"
MORE: Final = "Подробнее"
NOT_WORKING: Final = "Временно не работаю"
ALL_RIGHT: Final = "Всё верно"
CHANGE: Final = "Изменить"
CHANGE_NAME: Final = "Имя"
CHANGE_EMAIL: Final = "Почту"
NEW_CODE: Final = "Отправить новый код"
OTHER_EMAIL: Final = "Указать другой адрес"
CHANGE_SCHOOL: Final = "Школу"
CHANGE_POSITION: Final = "Должность"

READY_REASONS: Final = (
    "Курс не по профилю",
    "Нет замены на уроки",
    "Часы за три года уже выполнены",
    "Выберите другие даты",
)
POSITIONS: Final = (
    "Учитель",
    "Учитель начальных классов",
    "Воспитатель",
    "Педагог-психолог",
    "Учитель-логопед",
    "Педагог доп. образования",
    "Методист",
    "Заместитель директора",
    "Директор",
)
