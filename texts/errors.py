"""Every named error in words: what happened and what to do next. Short enough for an alert (200 characters)."""

from collections.abc import Callable
from typing import Any, Final

from domain import errors
from domain.catalogue import NoHeader, UnreadableFile
from domain.errors import DomainError
from domain.policy import APPLICATIONS_A_DAY
from domain.settings import MOST_REASONS
from domain.status import Status
from texts.catalogue import OBSTACLES
from texts.imports import unreadable
from texts.wording import STATUSES, attempts, seconds

OLD_BUTTON: Final = "Эта кнопка устарела. Нажмите /menu или напишите, какой курс вы ищете."
TOO_FAST: Final = "Слишком быстро: я не успеваю. Подождите 20 секунд и продолжайте. То, что придёт раньше, я пропущу."
UNEXPECTED: Final = "Что-то пошло не так, и мы уже знаем об этом. Попробуйте ещё раз через минуту."

_FIXED: Final[dict[type[DomainError], str]] = {
    errors.NotAllowed: "Это вам недоступно или уже не существует. Нажмите /menu, чтобы увидеть, что доступно.",
    errors.OwnApplication: "Это ваша собственная заявка: решение по ней примет кто-то другой.",
    errors.IllegalMove: "Сейчас это невозможно: заявка уже в другом состоянии.",
    errors.UndoTooLate: "Отменить отклонение можно в течение пяти минут, и это может только тот, кто отклонил.",
    errors.NewerApplication: "Учитель уже подал новую заявку на этот курс. Решите её, а эта останется отклонённой.",
    errors.TeacherLeft: "Учитель больше не числится в этой школе: отклонение остаётся в силе.",
    errors.NothingWaits: "Заявок на согласовании больше нет.",
    errors.BadName: (
        "Напишите имя полностью: от двух до четырёх слов, только буквы, дефис и апостроф. "
        "Например: Соколова Анна Петровна."
    ),
    errors.TooShort: "Здесь нужен текст: напишите хотя бы несколько букв.",
    errors.SchoolUnknown: "Такой школы нет в списке. Напишите номер или другое слово из названия, например: 1417.",
    errors.AmbiguousSchool: "Школ с таким названием несколько. Добавьте округ: «Школа № 5, Центральный».",
    errors.ProviderUnknown: "Такой организации нет. Напишите название так, как оно стоит в каталоге курсов.",
    errors.SchoolBarred: (
        "Эта школа трижды сообщила, что вы в ней не работаете. Выберите другую или обратитесь к её руководителю."
    ),
    errors.SameSchool: "Эта школа уже указана в вашем профиле. Чтобы сменить её, напишите номер или название другой.",
    errors.SameEmail: "Этот адрес уже указан в вашем профиле и подтверждён. Напишите другой или нажмите /profile.",
    errors.SchoolPlanChanged: "Пока вы решали, заявки изменились. Посмотрите, что будет теперь.",
    errors.AlreadyRegistered: "Вы уже зарегистрированы. Нажмите /menu.",
    errors.NotRegistered: "Сначала зарегистрируйтесь: нажмите /start.",
    errors.InvitationUnknown: "Такого приглашения нет. Проверьте ссылку или попросите новую у того, кто её прислал.",
    errors.InvitationUsed: "Это приглашение уже использовано. Попросите новое у того, кто его прислал.",
    errors.InvitationExpired: "Срок приглашения истёк. Попросите новое у того, кто его прислал.",
    errors.InvitationRevoked: "Это приглашение отозвано. Если роль вам нужна, попросите новое у того, кто его прислал.",
    errors.InvitationVoid: (
        "Это приглашение больше не действует: у того, кто его дал, уже нет на это права. "
        "Попросите новое у руководителя школы."
    ),
    errors.InvitationSettled: "Отзывать нечего: приглашение уже использовано или отозвано.",
    errors.RoleHeld: (
        "У вас уже есть эта роль или более широкая. Приглашение не потрачено: передайте ссылку тому, для кого она."
    ),
    errors.BadLastDay: (
        "Напишите последний день в виде дд.мм.гггг, например 01.09.2027: "
        "не раньше сегодняшнего и не позже чем через год."
    ),
    errors.PlaceUnknown: "Ни школы, ни организации с такими словами нет. Напишите номер или другое слово из названия.",
    errors.BadEmail: "Это не похоже на адрес электронной почты. Напишите его целиком, например: anna@example.org.",
    errors.EmailTaken: "С этим адресом уже зарегистрирован другой профиль. Укажите другой адрес.",
    errors.TooManyCodes: "На сегодня хватит: кодов отправлено слишком много. Попробуйте завтра.",
    errors.CodeUnknown: "Этот код больше не действует. Нажмите «Отправить новый код».",
    errors.TooManyApplications: (
        f"За сутки можно подать не больше {APPLICATIONS_A_DAY} заявок, и столько уже есть. Продолжите завтра."
    ),
    errors.GroupNumberTaken: "Группа с таким номером у курса уже есть. Измените номер.",
    errors.GroupClosed: "Набор в эту группу закрыт. Выберите другую или снова откройте набор.",
    errors.NoSeats: "Свободных мест больше нет: ни в группе, ни на курсе. Увеличьте число мест или создайте группу.",
    errors.BadDay: "Не получилось прочесть дату. Напишите её так: 05.02.2027.",
    errors.BadSeats: "Напишите число мест цифрами, например: 25.",
    errors.DatesOutOfOrder: "Окончание раньше начала. Измените одну из дат и сохраните ещё раз.",
    errors.DraftGone: "Введённое не сохранилось. Откройте «Группы и зачисление» и начните ещё раз.",
    errors.NobodyChosen: "Никто не выбран. Отметьте людей в списке «Ожидают зачисления».",
    errors.NobodyInGroup: "В этой группе пока никого нет. Сначала зачислите людей.",
    errors.GroupGoesOn: "Обучение в группе ещё не закончилось. Отметить окончание можно на следующий день после него.",
    errors.CourseCancelled: "Курс отменён: изменить его или зачислить на него больше нельзя.",
    errors.RecoverySettled: "Этот вопрос уже решён. Если с профилем что-то не так, напишите в службу поддержки.",
    errors.RequestOpen: "Ваше обращение уже у службы поддержки. Ответ придёт сюда, писать ещё раз не нужно.",
    errors.RequestSettled: "На это обращение уже ответили. Откройте «Обращения», чтобы увидеть, что ещё ждёт.",
    errors.ChatTaken: (
        "В том чате уже есть профиль, второй туда не перенести. Пусть его сначала удалят в «Профиле» или напишут из "
        "другого аккаунта."
    ),
    errors.ProfileUnknown: "Никого не нашлось. Попробуйте фамилию, номер школы или адрес почты целиком.",
    errors.OwnProfile: "Это ваш собственный профиль: о нём решит другой сотрудник поддержки.",
    errors.PortalProfile: (
        "У профиля есть роль портала, поддержка о нём не решает. Оператор может прислать человеку новое приглашение."
    ),
    errors.MovedByYou: "Вы сами перенесли этот профиль: роли подтвердит другой сотрудник, прежний чат или 24 часа.",
    errors.NothingCompleted: "В зачётной книжке пока нет записей: они появятся, когда вы закончите первый курс.",
    errors.DocumentTooLong: "Документ получается слишком большим. Напишите в поддержку портала, и его подготовят.",
    errors.DocumentLate: "Документ готовится дольше обычного. Попробуйте ещё раз через минуту.",
    errors.TooManyExports: "За сутки файлы с данными можно получить трижды: они выше в этом чате. Новые — завтра.",
    errors.JustMoved: ("Профиль недавно перенесён в этот чат. Данные и удаление откроются через сутки после переноса."),
    errors.StillEnrolled: (
        "Вы зачислены на курс, поэтому профиль удалить нельзя. Откройте заявку и обратитесь в поддержку."
    ),
    errors.LastOperator: "Это последний оператор портала. Сначала пригласите другого, потом снимайте роль.",
    errors.SearchGone: "Этот список устарел. Напишите запрос ещё раз или нажмите «Каталог курсов».",
    errors.TicketOver: "Это обращение закрыто больше недели назад. Начните новое: «Поддержка» → «Новое обращение».",
    errors.TooManyTickets: "На сегодня новых обращений достаточно. Допишите в одно из открытых: «Поддержка».",
    errors.TooManyMessages: (
        "На сегодня сообщений в этом обращении достаточно. Поддержка их прочтёт, а завтра можно продолжить."
    ),
    errors.TicketMoved: "Пока вы смотрели, здесь кое-что изменилось. Посмотрите ещё раз — и решите.",
    errors.FileTooLarge: (
        "Файл больше 20 МБ: столько в чате передать нельзя. Сохраните таблицу как xlsx (он меньше) или разделите её."
    ),
    errors.FileGone: "Не получилось скачать файл. Отправьте его ещё раз.",
    errors.BadHours: "Напишите два часа, например: 21–8. Если тихих часов быть не должно, напишите «нет».",
    errors.ReasonGone: "Этой причины больше нет в списке. Нажмите «Назад», затем «Отклонить»: там список на сегодня.",
    errors.TooManyReasons: f"Причин уже {MOST_REASONS}, больше не поместится. Сначала уберите одну.",
    errors.SettingMoved: "Эту настройку только что изменил другой оператор. Откройте её и посмотрите, что сейчас.",
    errors.AnswerGone: "Введённое не сохранилось. Откройте настройку и напишите ещё раз.",
    errors.UploadSettled: "С этим файлом уже решено: он загружен или отменён. Нужен снова — отправьте его ещё раз.",
}
_WORKED_OUT: Final[dict[type[DomainError], Callable[[Any], str]]] = {
    errors.TooLong: lambda error: f"Слишком длинно: {error.length} знаков, а можно не больше {error.limit}. Сократите.",
    errors.CodeTooSoon: lambda error: f"Новый код можно отправить через {seconds(error.seconds)}.",
    errors.WrongCode: lambda error: (
        f"Код не подошёл. Осталось {attempts(error.left)}: проверьте письмо и напишите шесть цифр ещё раз."
        if error.left
        else "Код не подошёл, и попыток больше нет. Нажмите «Отправить новый код»."
    ),
    errors.BadNumber: lambda error: f"Напишите целое число от 1 до {error.most}.",
    errors.TooManyRows: lambda error: (
        f"Файл меняет больше {error.limit} заявок сразу. Разделите его на части и отправьте по одной."
    ),
    UnreadableFile: unreadable,
    NoHeader: unreadable,
    errors.SeatsTaken: lambda error: f"В группе уже {error.enrolled}: мест не может быть меньше.",
    errors.DocumentNumbers: lambda error: (
        f"Строк {error.lines}, а людей {error.people}. Напишите один номер на всех или по номеру на строке для каждого."
    ),
    errors.MovedOn: lambda error: f"Кнопка устарела. Сейчас заявка: {STATUSES[error.view.status].lower()}.",
    errors.AlreadyDecided: lambda error: f"Кнопка устарела. Сейчас заявка: {STATUSES[error.view.status].lower()}.",
    errors.TakenByOther: lambda error: f"Обращение уже взял(а) {error.view.taken_by}.",
    errors.CannotApply: lambda error: OBSTACLES[error.view.obstacle],
    errors.CannotNudge: lambda error: (
        "Напомнить пока нельзя. Когда будет можно, написано в заявке."
        if error.view.status is Status.PENDING
        else f"Напоминать уже не нужно. Сейчас заявка: {STATUSES[error.view.status].lower()}."
    ),
    errors.CannotWithdraw: lambda error: f"Отозвать нельзя. Сейчас заявка: {STATUSES[error.view.status].lower()}.",
}


def said(error: DomainError) -> str:
    """The sentence for an error."""
    worked_out = _WORKED_OUT.get(type(error))
    return worked_out(error) if worked_out else _FIXED[type(error)]
