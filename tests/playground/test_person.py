"""The language of journey tests keeps its promises, and fails with the screen in hand."""

import asyncio
from typing import Any

import pytest

from playground.person import Person
from playground.stand_in import StandIn
from tests.playground.conftest import Bot

CARD = {
    "inline_keyboard": [
        [{"text": "✅ Согласовать", "callback_data": "a"}],
        [{"text": "Согласовать все", "callback_data": "b"}],
    ]
}


@pytest.fixture
async def head(stand_in: StandIn) -> Person:
    person = stand_in.person("Ольга")
    await person.starts()
    return person


async def say(bot: Bot, person: Person, text: str, **more: Any) -> int:
    """Let the bot say something; the message's number."""
    sent = await bot.call("sendMessage", chat_id=person.id, text=text, **more)
    number: int = sent["message_id"]
    return number


async def test_waiting_ends_when_it_appears(bot: Bot, head: Person) -> None:
    hearing = asyncio.create_task(head.hears("заявка"))
    await asyncio.sleep(0)
    await say(bot, head, "Новая заявка")
    assert (await hearing).text == "Новая заявка"


async def test_each_message_is_heard_once_in_any_order(bot: Bot, head: Person) -> None:
    await say(bot, head, "Раз: заявка")
    await say(bot, head, "Два: заявка")
    assert (await head.hears("Два")).text == "Два: заявка"
    assert (await head.hears("заявка")).text == "Раз: заявка"
    with pytest.raises(AssertionError, match="hears no"):
        await head.hears("заявка", timeout=0.01)


async def test_what_came_before_the_last_action_is_not_new(bot: Bot, head: Person) -> None:
    await say(bot, head, "Старое")
    await head.sends("а")
    with pytest.raises(AssertionError, match="since the last action"):
        await head.hears("Старое", timeout=0.01)
    with pytest.raises(AssertionError, match="since the last action"):
        await head.is_shown("Старое", timeout=0.01)
    head.never_hears("Старое")
    assert (await head.sees("Старое")).text == "Старое"


async def test_a_changed_message_is_shown_but_not_heard(bot: Bot, head: Person) -> None:
    number = await say(bot, head, "Ждёт")
    await head.sends("а")
    await bot.call("editMessageText", chat_id=head.id, message_id=number, text="Решение: согласована")
    await head.is_shown("Решение:")
    head.never_hears("Решение:")


async def test_twice_is_not_once(bot: Bot, head: Person) -> None:
    await say(bot, head, "Согласована")
    await head.hears_once("Согласована", settling=0.01)
    await head.sends("ещё")
    await say(bot, head, "Согласована")
    await say(bot, head, "Согласована")
    with pytest.raises(AssertionError, match="2 times"):
        await head.hears_once("Согласована", settling=0.01)


async def test_silence_is_broken_by_a_new_message_and_by_a_change(bot: Bot, head: Person) -> None:
    number = await say(bot, head, "а")
    await head.hears_nothing(within=0.01)
    for call in (
        bot.call("editMessageText", chat_id=head.id, message_id=number, text="б"),
        bot.call("sendMessage", chat_id=head.id, text="в"),
    ):
        waiting = asyncio.create_task(head.hears_nothing(within=0.2))
        await asyncio.sleep(0)
        await call
        with pytest.raises(AssertionError, match="was to hear nothing"):
            await waiting
    with pytest.raises(AssertionError, match="should never hear"):
        head.never_hears("в")


async def test_a_whole_label_goes_before_a_part_and_an_emoji_does_not_count(bot: Bot, head: Person) -> None:
    await say(bot, head, "Заявка", reply_markup=CARD)
    await head.taps("Согласовать", wait=False)
    await head.taps("все", wait=False)
    taps = [update["callback_query"]["data"] for update in (await bot.updates())[1:]]
    assert taps == ["a", "b"]


async def test_a_label_that_fits_two_buttons_is_refused(bot: Bot, head: Person) -> None:
    await say(bot, head, "Заявка", reply_markup=CARD)
    with pytest.raises(AssertionError, match="cannot tell which"):
        await head.taps("Соглас")


async def test_the_newest_message_with_the_button_is_meant_unless_said_otherwise(bot: Bot, head: Person) -> None:
    await say(bot, head, "Первая", reply_markup=CARD)
    first = head.last
    newest = await say(bot, head, "Вторая", reply_markup=CARD)
    await say(bot, head, "Третья")
    await head.taps("Согласовать", wait=False)
    await head.taps("Согласовать", on=first, wait=False)
    numbers = [update["callback_query"]["message"]["message_id"] for update in (await bot.updates())[1:]]
    assert numbers == [newest, first.id]


async def test_a_missing_button_shows_the_screen(bot: Bot, head: Person) -> None:
    await say(bot, head, "Заявка", reply_markup=CARD)
    await say(bot, head, "Меню", reply_markup={"keyboard": [["Каталог"]]})
    with pytest.raises(AssertionError) as failure:
        await head.taps("Отклонить", timeout=0.01)
    for words in ("has no button 'Отклонить'", "Заявка", "[✅ Согласовать]", "(Каталог)", "me #"):
        assert words in str(failure.value)
    with pytest.raises(AssertionError, match="has no key"):
        await head.presses("Профиль", timeout=0.01)


async def test_a_button_that_is_gone_can_still_be_tapped(bot: Bot, head: Person) -> None:
    number = await say(bot, head, "Заявка", reply_markup=CARD)
    data = head.data_of("Согласовать")
    await bot.call("editMessageReplyMarkup", chat_id=head.id, message_id=number)
    await head.taps_raw(data, on=head.last, wait=False)
    assert (await bot.updates(offset=-1))[0]["callback_query"]["data"] == "a"


async def test_a_tap_that_stays_unanswered_is_a_failure(bot: Bot, head: Person) -> None:
    await say(bot, head, "Заявка", reply_markup=CARD)
    with pytest.raises(AssertionError, match="stayed unanswered"):
        await head.taps("все", timeout=0.01)


async def test_silent_messages_are_known_and_versions_are_kept(bot: Bot, head: Person) -> None:
    number = await say(bot, head, "Ночью", disable_notification=True)
    assert head.last.silent
    await bot.call("editMessageText", chat_id=head.id, message_id=number, text="Утром")
    assert [version["text"] for version in head.last.versions] == ["Ночью"]


async def test_a_link_to_another_bot_is_not_followed(head: Person) -> None:
    with pytest.raises(AssertionError, match="does not lead to this bot"):
        await head.opens("https://t.me/other_bot?start=a")


async def test_an_empty_chat_has_no_last_message(stand_in: StandIn) -> None:
    stranger = stand_in.person()
    with pytest.raises(AssertionError, match="has said nothing"):
        stranger.last  # noqa: B018
    assert stranger.screen() == "(empty)"
