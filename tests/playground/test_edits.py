"""What a bot may still change of what it wrote."""

from typing import Any

import pytest

from playground.person import Person
from playground.stand_in import StandIn
from tests.playground.conftest import Bot

KEYBOARD = {"inline_keyboard": [[{"text": "Записаться", "callback_data": "apply"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the"
    " same as a current content and reply markup of the message"
)


@pytest.fixture
async def teacher(stand_in: StandIn) -> Person:
    person = stand_in.person("Анна")
    await person.starts()
    return person


@pytest.fixture
async def card(bot: Bot, teacher: Person) -> dict[str, Any]:
    """The place of a message with a keyboard."""
    sent = await bot.call("sendMessage", chat_id=teacher.id, text="Курс", reply_markup=KEYBOARD)
    return {"chat_id": teacher.id, "message_id": sent["message_id"]}


async def test_an_edit_changes_the_message_in_place(bot: Bot, teacher: Person, card: dict[str, Any]) -> None:
    edited = await bot.call("editMessageText", **card, text="Курс закрыт", reply_markup=KEYBOARD)
    assert edited["edit_date"] >= edited["date"]
    assert [message.text for message in teacher.messages] == ["Курс закрыт"]
    assert teacher.last.labels == [["Записаться"]]


async def test_the_same_again_is_not_modified(bot: Bot, card: dict[str, Any]) -> None:
    same = await bot.refusal("editMessageText", **card, text=" Курс ", reply_markup=KEYBOARD)
    assert same == NOT_MODIFIED
    assert await bot.refusal("editMessageReplyMarkup", **card, reply_markup=KEYBOARD) == NOT_MODIFIED


async def test_an_edit_without_a_keyboard_takes_it_away(bot: Bot, teacher: Person, card: dict[str, Any]) -> None:
    edited = await bot.call("editMessageText", **card, text="Курс")
    assert "reply_markup" not in edited
    assert teacher.last.labels == []
    assert await bot.refusal("editMessageText", **card, text="Курс") == NOT_MODIFIED


async def test_a_keyboard_changes_alone(bot: Bot, teacher: Person, card: dict[str, Any]) -> None:
    edited = await bot.call("editMessageReplyMarkup", **card)
    assert "edit_date" not in edited
    assert (teacher.last.text, teacher.last.labels) == ("Курс", [])


@pytest.mark.parametrize("method", ["editMessageText", "editMessageReplyMarkup", "editMessageCaption"])
async def test_a_message_that_is_not_there_cannot_be_edited(bot: Bot, teacher: Person, method: str) -> None:
    refusal = await bot.refusal(method, chat_id=teacher.id, message_id=999_999, text="а", caption="а")
    assert refusal == "Bad Request: message to edit not found"


async def test_an_edit_names_its_message(bot: Bot, teacher: Person) -> None:
    refusal = await bot.refusal("editMessageText", chat_id=teacher.id, text="а")
    assert refusal == "Bad Request: message identifier is not specified"


async def test_what_a_person_wrote_cannot_be_edited(bot: Bot, teacher: Person) -> None:
    own = await teacher.sends("Моё")
    refusal = await bot.refusal("editMessageText", chat_id=teacher.id, message_id=own.id, text="Твоё")
    assert refusal == "Bad Request: message can't be edited"


async def test_a_message_that_brought_a_reply_keyboard_cannot_be_edited(bot: Bot, teacher: Person) -> None:
    menu = {"keyboard": [["Каталог курсов"]]}
    sent = await bot.call("sendMessage", chat_id=teacher.id, text="Меню", reply_markup=menu)
    where = {"chat_id": teacher.id, "message_id": sent["message_id"]}
    assert await bot.refusal("editMessageText", **where, text="а") == "Bad Request: message can't be edited"


async def test_an_edit_takes_inline_keyboards_only(bot: Bot, card: dict[str, Any]) -> None:
    refusal = await bot.refusal("editMessageText", **card, text="а", reply_markup={"keyboard": [["а"]]})
    assert refusal == "Bad Request: inline keyboard expected"


async def test_a_text_has_no_caption_and_a_file_no_text(bot: Bot, teacher: Person, card: dict[str, Any]) -> None:
    no_caption = await bot.refusal("editMessageCaption", **card, caption="а")
    assert no_caption == "Bad Request: there is no caption in the message to edit"
    file = await teacher.sends_document("устав.pdf", b"%PDF", caption="Устав")
    known = file.content["document"]["file_id"]
    sent = await bot.call("sendDocument", chat_id=teacher.id, document=known)
    where = {"chat_id": teacher.id, "message_id": sent["message_id"]}
    no_text = await bot.refusal("editMessageText", **where, text="а")
    assert no_text == "Bad Request: there is no text in the message to edit"
    assert (await bot.call("editMessageCaption", **where, caption="Новый"))["caption"] == "Новый"


async def test_a_deleted_message_is_gone(bot: Bot, teacher: Person, card: dict[str, Any]) -> None:
    assert await bot.call("deleteMessage", **card) is True
    assert teacher.messages == []
    assert await bot.refusal("deleteMessage", **card) == "Bad Request: message to delete not found"
    assert await bot.refusal("editMessageText", **card, text="а") == "Bad Request: message to edit not found"


async def test_what_a_person_wrote_can_be_deleted_and_many_at_once(bot: Bot, teacher: Person) -> None:
    first, second = await teacher.sends("Раз"), await teacher.sends("Два")
    ids = [first.id, second.id, 999_999]
    assert await bot.call("deleteMessages", chat_id=teacher.id, message_ids=ids) is True
    assert first.deleted
    assert second.deleted


async def test_after_48_hours_a_message_stays(bot: Bot, stand_in: StandIn, card: dict[str, Any]) -> None:
    stand_in.clock.advance(48 * 3600 + 1)
    assert await bot.refusal("deleteMessage", **card) == "Bad Request: message can't be deleted"


async def test_a_reply_needs_its_message(bot: Bot, teacher: Person) -> None:
    lost = {"message_id": 999_999}
    refusal = await bot.refusal("sendMessage", chat_id=teacher.id, text="а", reply_parameters=lost)
    assert refusal == "Bad Request: message to be replied not found"
    lenient = {**lost, "allow_sending_without_reply": True}
    assert await bot.call("sendMessage", chat_id=teacher.id, text="а", reply_parameters=lenient)
    own = await teacher.sends("Вопрос")
    reply = {"message_id": own.id}
    sent = await bot.call("sendMessage", chat_id=teacher.id, text="Ответ", reply_parameters=reply)
    assert sent["reply_to_message"]["text"] == "Вопрос"
