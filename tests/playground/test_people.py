"""Who can be written to, and what reaches the bot of what people do."""

import pytest

from playground.stand_in import StandIn
from tests.playground.conftest import Bot


async def test_ids_of_people_pass_32_bits(stand_in: StandIn) -> None:
    people = [stand_in.person() for _ in range(20)]
    assert len({person.id for person in people}) == 20
    assert all(person.id > 2**32 for person in people)


@pytest.mark.parametrize(
    ("chat_id", "refusal"), [("", "chat_id is empty"), ("5", "chat not found"), ("@x", "chat not found")]
)
async def test_a_chat_that_does_not_exist(bot: Bot, chat_id: str, refusal: str) -> None:
    assert await bot.refusal("sendMessage", chat_id=chat_id, text="а") == f"Bad Request: {refusal}"


async def test_a_bot_cannot_write_first(bot: Bot, stand_in: StandIn) -> None:
    stranger = stand_in.person()
    refusal = await bot.answer("sendMessage", chat_id=stranger.id, text="Здравствуйте")
    assert refusal["error_code"] == 403
    assert refusal["description"] == "Forbidden: bot can't initiate conversation with a user"


async def test_a_link_with_a_payload_arrives_as_a_command(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person("Анна", "Иванова", username="anna_iv")
    await teacher.opens("https://t.me/course_bot?start=c_417-Aa")
    message = (await bot.updates())[0]["message"]
    assert message["text"] == "/start c_417-Aa"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["chat"] == {
        "id": teacher.id,
        "first_name": "Анна",
        "last_name": "Иванова",
        "username": "anna_iv",
        "type": "private",
    }
    assert message["from"] == {
        "id": teacher.id,
        "is_bot": False,
        "first_name": "Анна",
        "last_name": "Иванова",
        "username": "anna_iv",
        "language_code": "ru",
    }


@pytest.mark.parametrize("payload", ["a" * 65, "a b", "a=b", "ж"])
async def test_a_link_cannot_carry_any_payload(stand_in: StandIn, payload: str) -> None:
    with pytest.raises(AssertionError, match="cannot carry"):
        await stand_in.person().starts(payload)


async def test_blocking_and_unblocking_are_told_and_felt(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    await teacher.blocks()
    refusal = await bot.answer("sendMessage", chat_id=teacher.id, text="а")
    assert (refusal["error_code"], refusal["description"]) == (403, "Forbidden: bot was blocked by the user")
    assert await bot.refusal("sendChatAction", chat_id=teacher.id, action="typing") == refusal["description"]
    with pytest.raises(AssertionError, match="unblock it first"):
        await teacher.sends("Слышно?")
    await teacher.unblocks()
    assert await bot.call("sendMessage", chat_id=teacher.id, text="а")
    changes = [found["my_chat_member"] for found in await bot.updates() if "my_chat_member" in found]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]
    assert changes[0]["new_chat_member"]["until_date"] == 0
    assert changes[0]["chat"]["id"] == changes[0]["from"]["id"] == teacher.id


async def test_starting_again_unblocks(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    await teacher.blocks()
    await teacher.starts("c_1")
    kinds = [[*found][1] for found in await bot.updates()]
    assert kinds == ["message", "my_chat_member", "my_chat_member", "message"]


async def test_a_deleted_account_cannot_be_written_to(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    await teacher.deletes_account()
    assert await bot.refusal("sendMessage", chat_id=teacher.id, text="а") == "Forbidden: user is deactivated"


async def test_everything_a_person_can_send_reaches_the_bot(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    text = await teacher.sends("Матиматика")
    await teacher.edits(text, "Математика")
    await teacher.sends_photo(caption="Фото")
    await teacher.sends_sticker()
    await teacher.sends_voice()
    await teacher.sends_contact()
    await teacher.sends_location()
    updates = await bot.updates()
    assert updates[1]["edited_message"]["text"] == "Математика"
    for update, field in zip(updates[2:], ["photo", "sticker", "voice", "contact", "location"], strict=True):
        assert field in update["message"]


async def test_nobody_edits_the_words_of_the_bot(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    await bot.call("sendMessage", chat_id=teacher.id, text="Моё")
    with pytest.raises(AssertionError, match="one's own text"):
        await teacher.edits(teacher.last, "Твоё")


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_bot_in_a_group_hears_what_concerns_it(bot: Bot, stand_in: StandIn, kind: str) -> None:
    teacher, room = stand_in.person(), stand_in.group("Учительская", kind)
    await teacher.sends("Ещё без бота", chat=room)
    await teacher.adds_bot(room)
    await teacher.sends("Всем привет", chat=room)
    await teacher.sends("/help@course_bot", chat=room)
    await teacher.sends("Скажи, @course_bot", chat=room)
    updates = await bot.updates()
    assert updates[0]["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert updates[1]["message"]["new_chat_members"][0]["username"] == "course_bot"
    assert [update["message"]["text"] for update in updates[2:]] == ["/help@course_bot", "Скажи, @course_bot"]
    assert await bot.call("sendMessage", chat_id=room.id, text="а")


async def test_a_bot_leaves_a_group_and_is_thrown_out_of_another(bot: Bot, stand_in: StandIn) -> None:
    teacher, room, other = stand_in.person(), stand_in.group(), stand_in.group()
    await teacher.adds_bot(room)
    await teacher.adds_bot(other)
    assert await bot.call("leaveChat", chat_id=room.id) is True
    refusal = await bot.refusal("sendMessage", chat_id=room.id, text="а")
    assert refusal == "Forbidden: bot is not a member of the group chat"
    await teacher.removes_bot(other)
    refusal = await bot.refusal("sendMessage", chat_id=other.id, text="а")
    assert refusal == "Forbidden: bot was kicked from the group chat"


async def test_a_channel_has_posts_without_authors(bot: Bot, stand_in: StandIn) -> None:
    owner, channel = stand_in.person(), stand_in.group("Новости", "channel")
    await owner.adds_bot(channel)
    await owner.sends("Новость", chat=channel)
    added, post = await bot.updates()
    assert added["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    assert "from" not in post["channel_post"]
    refusal = await bot.refusal("sendMessage", chat_id=channel.id, text="а", reply_markup={"keyboard": [["а"]]})
    assert refusal == "Bad Request: inline keyboard expected"


async def test_a_private_chat_cannot_be_left(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    assert (await bot.call("getChat", chat_id=teacher.id))["type"] == "private"
    refusal = await bot.refusal("leaveChat", chat_id=teacher.id)
    assert refusal == "Bad Request: chat member status can't be changed in private chats"


async def test_messages_of_supergroups_are_numbered_apart(stand_in: StandIn) -> None:
    teacher, room = stand_in.person(), stand_in.group(kind="supergroup")
    private = [(await teacher.sends("а")).id for _ in range(2)]
    public = [(await teacher.sends("а", chat=room)).id for _ in range(2)]
    assert public == [1, 2]
    assert private[1] == private[0] + 1


async def test_what_the_bot_is_busy_with_is_one_of_a_list(bot: Bot, stand_in: StandIn) -> None:
    teacher = stand_in.person()
    await teacher.starts()
    assert await bot.call("sendChatAction", chat_id=teacher.id, action="typing") is True
    refusal = await bot.refusal("sendChatAction", chat_id=teacher.id, action="dancing")
    assert refusal == "Bad Request: wrong parameter action in request"
