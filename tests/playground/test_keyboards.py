"""Buttons of every kind, and the taps on them."""

import asyncio
from typing import Any

import pytest

from playground.person import Person
from playground.stand_in import StandIn
from tests.playground.conftest import Bot

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    """A keyboard of one row."""
    return {"inline_keyboard": [list(buttons)]}


@pytest.fixture
async def teacher(stand_in: StandIn) -> Person:
    person = stand_in.person("Анна")
    await person.starts()
    return person


async def tapped(bot: Bot, teacher: Person, data: str = "apply") -> dict[str, Any]:
    """The callback query of a tap on a fresh message."""
    markup = inline({"text": "Записаться", "callback_data": data})
    await bot.call("sendMessage", chat_id=teacher.id, text="Курс", reply_markup=markup)
    await teacher.taps("Записаться", wait=False)
    query: dict[str, Any] = (await bot.updates(offset=-1))[0]["callback_query"]
    return query


@pytest.mark.parametrize(
    ("markup", "refusal"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        (
            {"inline_keyboard": [{}]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (
            inline({"text": "а"}),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (inline({"callback_data": "а"}), "can't parse inline keyboard button: Can't find field \"text\""),
        (inline({"text": "а", "callback_data": ""}), "BUTTON_DATA_INVALID"),
        (inline({"text": "а", "callback_data": "ж" * 33}), "BUTTON_DATA_INVALID"),
        (
            inline({"text": "а", "callback_data": "а", "style": "warning"}),
            "can't parse inline keyboard button: invalid button style specified",
        ),
        (
            inline({"text": "а", "url": "localhost"}),
            "inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL",
        ),
        (inline({"text": "а", "copy_text": {"text": ""}}), "BUTTON_COPY_TEXT_INVALID"),
        ({"inline_keyboard": [[{"text": "а", "callback_data": "а"}]] * 101}, "reply markup is too long"),
        (
            {"inline_keyboard": [[{"text": "ж" * 99, "callback_data": "a" * 64}]] * 50},
            "reply markup is too long",
        ),
        ({"keyboard": [[{"style": "danger"}]]}, "can't parse keyboard button: Can't find field \"text\""),
    ],
)
async def test_a_keyboard_that_cannot_be_shown(bot: Bot, teacher: Person, markup: Any, refusal: str) -> None:
    said = await bot.refusal("sendMessage", chat_id=teacher.id, text="Меню", reply_markup=markup)
    assert said == f"Bad Request: {refusal}"


async def test_buttons_of_all_kinds_are_shown(bot: Bot, teacher: Person) -> None:
    markup = inline(
        {"text": "Согласовать", "callback_data": "ж" * 32, "style": "success"},
        {"text": "Сайт", "url": "https://example.org/"},
        {"text": "Шифр", "copy_text": {"text": "ГМЦ-0417-Д"}},
        {"text": "Поделиться", "switch_inline_query": ""},
        {"text": "Мест нет", "disabled": {}},
    )
    sent = await bot.call("sendMessage", chat_id=teacher.id, text="Курс", reply_markup=markup)
    assert sent["reply_markup"] == markup
    assert await teacher.taps("Сайт") == "https://example.org/"
    assert await teacher.taps("Шифр") == "ГМЦ-0417-Д"
    assert await teacher.taps("Мест нет") is None


async def test_a_tap_brings_its_message_and_is_answered_once(bot: Bot, teacher: Person) -> None:
    query = await tapped(bot, teacher)
    assert (query["data"], query["from"]["id"]) == ("apply", teacher.id)
    assert query["message"]["text"] == "Курс"
    assert await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Готово", show_alert=True)
    assert (await teacher.told("Готово")).alert
    assert await bot.refusal("answerCallbackQuery", callback_query_id=query["id"]) == TOO_OLD


async def test_a_tap_waits_for_its_answer(bot: Bot, teacher: Person) -> None:
    markup = inline({"text": "✅ Записаться", "callback_data": "apply"})
    await bot.call("sendMessage", chat_id=teacher.id, text="Курс", reply_markup=markup)
    tap = asyncio.create_task(teacher.taps("Записаться"))
    query = next(found["callback_query"] for found in await bot.updates(timeout=5, offset=-1))
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Принято")
    assert await tap == "Принято"


async def test_a_late_answer_and_an_answer_to_nothing_are_refused(bot: Bot, stand_in: StandIn, teacher: Person) -> None:
    query = await tapped(bot, teacher)
    stand_in.clock.advance(16)
    assert await bot.refusal("answerCallbackQuery", callback_query_id=query["id"]) == TOO_OLD
    assert await bot.refusal("answerCallbackQuery", callback_query_id="77") == TOO_OLD


async def test_an_answer_has_200_symbols_at_most(bot: Bot, teacher: Person) -> None:
    query = await tapped(bot, teacher)
    where = {"callback_query_id": query["id"]}
    assert await bot.refusal("answerCallbackQuery", **where, text="ж" * 201) == "Bad Request: MESSAGE_TOO_LONG"
    assert await bot.call("answerCallbackQuery", **where, text="ж" * 200)


async def test_any_data_can_be_forged_for_any_message(bot: Bot, teacher: Person) -> None:
    await bot.call("sendMessage", chat_id=teacher.id, text="Без кнопок")
    await teacher.taps_raw("decide:1:1", on=teacher.last, wait=False)
    query = (await bot.updates(offset=-1))[0]["callback_query"]
    assert query["data"] == "decide:1:1"


async def test_a_tap_on_an_old_message_may_bring_it_without_its_content(bot: Bot, teacher: Person) -> None:
    query = await tapped(bot, teacher)
    teacher.last.inaccessible = True
    await teacher.taps("Записаться", wait=False)
    message = (await bot.updates(offset=-1))[0]["callback_query"]["message"]
    assert message == {
        "chat": query["message"]["chat"],
        "message_id": query["message"]["message_id"],
        "date": 0,
    }


async def test_keys_stay_until_they_are_taken_away(bot: Bot, teacher: Person) -> None:
    menu = {
        "keyboard": [["📚 Каталог курсов", {"text": "Профиль"}]],
        "is_persistent": True,
        "resize_keyboard": True,
    }
    await bot.call("sendMessage", chat_id=teacher.id, text="Меню", reply_markup=menu)
    await bot.call("sendMessage", chat_id=teacher.id, text="Ещё")
    assert teacher.reply_keyboard == [["📚 Каталог курсов", "Профиль"]]
    assert (await teacher.presses("Каталог курсов")).text == "📚 Каталог курсов"
    await bot.call("sendMessage", chat_id=teacher.id, text="Всё", reply_markup={"remove_keyboard": True})
    assert teacher.reply_keyboard is None


async def test_keys_go_with_the_message_that_brought_them(bot: Bot, teacher: Person) -> None:
    menu = {"keyboard": [["Каталог курсов"]]}
    sent = await bot.call("sendMessage", chat_id=teacher.id, text="Меню", reply_markup=menu)
    await bot.call("deleteMessage", chat_id=teacher.id, message_id=sent["message_id"])
    assert teacher.reply_keyboard is None


async def test_keys_for_one_time_are_gone_after_it(bot: Bot, teacher: Person) -> None:
    menu = {"keyboard": [["Да"]], "one_time_keyboard": True}
    await bot.call("sendMessage", chat_id=teacher.id, text="Точно?", reply_markup=menu)
    await teacher.presses("Да")
    assert teacher.reply_keyboard is None


async def test_a_key_may_send_the_own_contact(bot: Bot, teacher: Person) -> None:
    menu = {"keyboard": [[{"text": "Мой номер", "request_contact": True}]]}
    await bot.call("sendMessage", chat_id=teacher.id, text="Номер?", reply_markup=menu)
    await teacher.presses("Мой номер")
    message = (await bot.updates(offset=-1))[0]["message"]
    assert message["contact"]["user_id"] == teacher.id
