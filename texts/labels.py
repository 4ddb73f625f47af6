"""The words on the buttons: the portal's own, so that people recognise them."""

from typing import Final

CATALOGUE: Final = "Каталог курсов"
APPLICATIONS: Final = "Все регистрации на курсы"
RECORD_BOOK: Final = "Зачётная книжка"
PROFILE: Final = "Профиль"
QUEUE: Final = "Согласование заявок"
GROUPS: Final = "Группы и зачисление"
SUPPORT: Final = "Поддержка"
DESK: Final = "Обращения"
MANAGEMENT: Final = "Управление"

MENU: Final = frozenset({CATALOGUE, APPLICATIONS, RECORD_BOOK, PROFILE, QUEUE, GROUPS, SUPPORT, DESK, MANAGEMENT})
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

DOWNLOAD_PDF: Final = "Скачать PDF"
COPY_CHECK_LINK: Final = "Скопировать ссылку для проверки"

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

TO_COURSES: Final = "К списку курсов"
TO_DESK: Final = "К курсу"
TO_GROUP: Final = "К группе"
TO_WAITING: Final = "К ожидающим"
GROUP: Final = "Группа"
WAITING: Final = "Ожидают зачисления"
NEXT_IN_LINE: Final = "Следующий в очереди"
CREATE_GROUP: Final = "Создать группу"
CREATE: Final = "Создать"
SAVE: Final = "Сохранить"
CHANGE_GROUP_DETAILS: Final = "Изменить группу"
GROUP_NUMBER: Final = "Номер"
GROUP_STARTS_ON: Final = "Начало"
GROUP_ENDS_ON: Final = "Окончание"
GROUP_SEATS: Final = "Мест"
GROUP_VENUE: Final = "Место или ссылка"
LEAVE_OUT: Final = "Не указывать"
CLOSE_GROUP: Final = "Закрыть набор"
OPEN_GROUP: Final = "Открыть набор"
UNPUBLISH: Final = "Снять с публикации"
PUBLISH: Final = "Опубликовать"
CANCEL_COURSE: Final = "Отменить курс"
CANCEL_COURSE_YES: Final = "Да, отменить курс"
ENROL: Final = "Зачислить"
ENROL_TO: Final = "Зачислить в группу"
ENROL_ALL: Final = "Зачислить всех, кто помещается"
TICK: Final = "Отметить несколько"
ENROL_TICKED: Final = "Зачислить отмеченных"
MOVE_TO: Final = "Перевести в группу"
UNDO_ENROLMENT: Final = "Отменить зачисление"
UNENROL: Final = "Отчислить"
WRITE_TO_GROUP: Final = "Написать группе"
SEND: Final = "Отправить"
COMPLETE: Final = "Закончили обучение"
TO_DOCUMENT: Final = "Документ"
NO_DOCUMENT: Final = "Без документа"
TODAY: Final = "Сегодня"
COMPLETE_ONE: Final = "Закончил(а)"
HISTORY: Final = "История"
APPROVERS: Final = "Согласующие школы"
INVITE_ADMIN: Final = "Пригласить администратора"
APPOINT_DEPUTY: Final = "Назначить заместителя"
INVITATIONS: Final = "Приглашения"
OPEN_INVITATIONS: Final = "Действующие приглашения"
SETTLED_INVITATIONS: Final = "Использованные и закрытые"
NEW_INVITATION: Final = "Новое приглашение"
COPY_LINK: Final = "Скопировать ссылку"
REVOKE: Final = "Отозвать приглашение"
REVOKE_YES: Final = "Да, отозвать"
KEEP: Final = "Оставить"
STAFF: Final = "Люди школы или организации"
PORTAL_STAFF: Final = "Сотрудники портала"
TO_STAFF: Final = "К списку"
TAKE_ROLE: Final = "Снять роль"
TAKE_ROLE_YES: Final = "Да, снять роль"

CONSENT: Final = "Согласен(на)"
MORE: Final = "Подробнее"
NOT_WORKING: Final = "Временно не работаю"
ALL_RIGHT: Final = "Всё верно"
CHANGE: Final = "Изменить"
CHANGE_NAME: Final = "Имя"
CHANGE_EMAIL: Final = "Почту"
NEW_CODE: Final = "Отправить новый код"
OTHER_EMAIL: Final = "Указать другой адрес"
KNOWN: Final = "Я уже зарегистрирован(а)"
NO_MAILBOX: Final = "Нет доступа к почте"
IT_WAS_ME: Final = "Это я"
IT_WAS_NOT_ME: Final = "Это не я"
CHANGE_SCHOOL: Final = "Школу"
CHANGE_POSITION: Final = "Должность"

ACCESS: Final = "Восстановление доступа"
HELD_ROLES: Final = "Роли ждут подтверждения"
TO_REQUESTS: Final = "К обращениям"
OPEN_REQUEST: Final = "Открыть"
FIND_PROFILE: Final = "Найти профиль"
MOVE_PROFILE: Final = "Перенести профиль"
MOVE_YES: Final = "Да, перенести"
REFUSE: Final = "Отказать"
CONFIRM_ROLES: Final = "Подтвердить роли"
STOP_MOVE: Final = "Остановить перенос"
MY_DATA: Final = "Мои данные"
MY_CONSENT: Final = "Моё согласие"
REMOVE_PROFILE: Final = "Удалить профиль"
REMOVE_YES: Final = "Удалить навсегда"
REMOVE_NO: Final = "Оставить профиль"

CHANGE_MY_NAME: Final = "Изменить имя"
CHANGE_MY_EMAIL: Final = "Изменить почту"
CHANGE_MY_SCHOOL: Final = "Изменить школу"
CHANGE_MY_POSITION: Final = "Изменить должность"
PROVE_EMAIL: Final = "Подтвердить почту"
PREFERENCES: Final = "Настройки"
TO_PROFILE: Final = "К профилю"
CHANGE_SCHOOL_YES: Final = "Да, сменить школу"
LEAVE_SCHOOL_YES: Final = "Да, временно не работаю"
LETTERS: Final = "Письма"
QUIET: Final = "Тихие часы"
PLAIN_ON: Final = "Включить простой текст"
PLAIN_OFF: Final = "Выключить простой текст"
REMINDERS_OFF: Final = "Приостановить напоминания"
REMINDERS_ON: Final = "Возобновить напоминания"

ASK_SUPPORT: Final = "Обратиться в поддержку"
NEW_TICKET: Final = "Новое обращение"
OWN_SUBJECT: Final = "Другая тема"
PLEASE_WITHDRAW: Final = "Прошу отозвать зачисление"
FINISH: Final = "Закончить"
ANSWER: Final = "Ответить"
WRITE_MORE: Final = "Написать ещё"
REOPEN: Final = "Вопрос остался"
SOLVED: Final = "Вопрос решён"
OPEN_TICKET: Final = "Открыть обращение"
TO_TICKETS: Final = "Ко всем обращениям"
EARLIER: Final = "Показать раньше"
LATEST: Final = "К последним"
SHOW_WHOLE: Final = "Показать целиком"
TAKE: Final = "Взять"
TAKE_OVER: Final = "Взять себе"
CLOSE: Final = "Закрыть"
CLOSE_YES: Final = "Закрыть без ответа"
ANSWER_AND_CLOSE: Final = "Ответить и закрыть"
WITHDRAW_ENROLLED: Final = "Отозвать зачисление"
AS_ASKED: Final = "По просьбе учителя"

TICKET_SUBJECTS: Final = (
    "Запись на курс",
    "Согласование заявки",
    "Зачисление и группа",
    "Документ о курсе",
    "Профиль и вход",
)
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
