"""Whatever people do, it has its answer."""

import pytest

from domain.person import Role
from playground.faults import Trouble


async def test_menu_help_and_cancel(teacher):
    await teacher.sends("/menu")
    await teacher.hears("напишите его шифр")
    await teacher.sends("/cancel")
    await teacher.hears("Отменять нечего")
    await teacher.sends("/help")
    await teacher.hears("В первый раз на портале", "Согласование заявки")
    await teacher.taps("Регистрация на курсы")
    await teacher.is_shown("Откройте карточку курса", "Дальше", "Назад")
    await teacher.taps("Дальше")
    await teacher.is_shown("Пока вы не зачислены")
    await teacher.taps("В первый раз на портале")
    await teacher.is_shown("Выберите страницу")


async def test_the_commands_menu_shows_what_the_person_may_open(teacher, city, until):
    await until(lambda: {"menu", "catalogue", "applications", "profile", "help", "cancel"} <= set(teacher.commands))
    assert "queue" not in teacher.commands
    token = await city.services.invitations.invite(Role.HEAD, school=await city.school_named())
    await teacher.starts(f"inv_{token}")
    await until(lambda: "queue" in teacher.commands)


@pytest.mark.parametrize("kind", ["sticker", "photo", "document", "voice", "contact", "location"])
async def test_what_is_not_text_gets_a_sentence(teacher, kind):
    send = getattr(teacher, f"sends_{kind}")
    await (send("письмо.pdf", b"%PDF-1.4") if kind == "document" else send())
    await teacher.hears("только текст")


async def test_an_edited_message_is_not_read_again(teacher):
    message = await teacher.sends("йцукенгшщзх")
    await teacher.hears("ничего не нашлось")
    await teacher.edits(message, "география")
    await teacher.hears("новым сообщением")


async def test_an_unknown_command_and_one_of_another_role_say_so(teacher):
    for command in ("/нет", "/delete_all", "/queue"):
        await teacher.sends(command)
        await teacher.hears("/menu")


async def test_in_groups_and_channels_the_bot_says_where_it_acts_and_leaves(teacher, stand_in, until):
    chats = [stand_in.group("Учительская", kind) for kind in ("group", "supergroup", "channel")]
    for chat in chats:
        await teacher.adds_bot(chat)
    await teacher.sends("/menu")
    await teacher.hears("напишите его шифр")
    for chat in chats:
        await until(lambda chat=chat: [c.method for c in stand_in.calls if c.chat_id == chat.id][-1:] == ["leaveChat"])


async def test_a_group_that_it_cannot_write_into_is_left_all_the_same(teacher, stand_in, until):
    group = stand_in.group("Учительская", "supergroup")
    stand_in.fails("sendMessage", Trouble.SERVER_ERROR, chat_id=group.id)
    await teacher.adds_bot(group)
    await until(lambda: [call.method for call in stand_in.calls if call.chat_id == group.id][-1:] == ["leaveChat"])


@pytest.mark.parametrize(
    "data",
    [
        "x",
        "card:",
        "card:abc:0:0",
        "card:-1:0:0",
        "card:99999999999999999999:0:0",
        "ok:1:1",
        "no:1:1:77",
        "undo:1:1",
        "wd2:1:1",
        "my:1",
        "list:99999:0",
        "apply2:999999:0:0",
        "all:999999:0",
        "look:1",
        "reg",
        "school:1",
        "mine:2:9999",
    ],
)
async def test_a_forged_button_is_answered_and_changes_nothing(outsider, data):
    await outsider.sends("/menu")
    await outsider.hears("напишите его шифр")
    await outsider.taps_raw(data, on=outsider.last)
    answer = await outsider.told("")
    assert "Что-то пошло не так" not in (answer.text or "")


async def test_a_tap_on_last_months_keyboard_gets_a_fresh_screen(teacher, city):
    course = await city.course(title="Картография")
    await teacher.sends(await city.code_of(course))
    card = await teacher.hears("Картография")
    card.inaccessible = True
    await teacher.taps("Записаться", on=card)
    await teacher.hears("Записаться на курс?", "Картография")


async def test_whoever_blocked_the_bot_gets_no_pushes_and_is_welcome_back(teacher, head, city):
    course = await city.course()
    await city.applies(teacher, course)
    code = await city.code_of(course)
    await head.hears("Заявка на согласование", code)
    await teacher.blocks()
    await head.taps("Согласовать")
    await head.is_shown("Согласована")
    await city.until_blocked(teacher)
    await teacher.unblocks()
    await teacher.starts()
    await teacher.hears("Здравствуйте")
    await teacher.presses("Все регистрации на курсы")
    await teacher.hears("Согласована, ожидает зачисления")


async def test_a_known_person_is_greeted_by_name(teacher):
    await teacher.starts()
    await teacher.hears("Здравствуйте", "Соколова Анна")
