"""Inline mode on the page: `@bot …` in the field offers cards above it."""

from typing import Any

from playwright.async_api import Locator, expect

from playground.person import Person
from playground.stand_in import StandIn
from tests.playground.conftest import Bot
from tests.playground.screen import NARROW, WIDE, Handset, Screen, Windows, has_no_violation
from tests.playground.test_inline_queries import article

OPEN = {"inline_keyboard": [[{"text": "Открыть в боте", "url": "https://t.me/course_bot?start=c_1"}]]}


def options(phone: Handset) -> Locator:
    return phone.root.get_by_role("listbox", name="Карточки бота").get_by_role("option")


async def offers(bot: Bot, *results: dict[str, Any], **more: Any) -> str:
    """The bot answers the next inline query: what was typed."""
    while "inline_query" not in (update := await bot.next_update()):
        pass
    query: dict[str, Any] = update["inline_query"]
    await bot.call("answerInlineQuery", inline_query_id=query["id"], results=results, cache_time=0, **more)
    return str(query["query"])


async def test_a_card_is_chosen_by_keys_and_its_button_opens_the_bot(bot: Bot, screen: Screen) -> None:
    phone = screen.first
    await phone.field.fill("@course_bot пит")
    assert await offers(bot, article(1), article(2, reply_markup=OPEN), next_offset="2") == "пит"
    await expect(options(phone)).to_have_count(2)
    await expect(options(phone).first).to_have_attribute("aria-selected", "true")
    await phone.field.press("ArrowDown")
    assert await offers(bot, article(3)) == "пит"
    await expect(options(phone)).to_have_count(3)
    await expect(phone.field).to_have_attribute("aria-activedescendant", "inline-1-1")
    await phone.field.press("Enter")
    await expect(phone.row("Курс 2")).to_contain_text("через @course_bot")
    await expect(phone.field).to_have_value("")
    await phone.root.get_by_role("link", name="Открыть в боте").click()
    await expect(phone.row("/start c_1")).to_be_visible()


async def test_only_the_newest_words_are_shown_and_escape_closes(bot: Bot, screen: Screen) -> None:
    phone = screen.first
    await phone.field.fill("@course_bot п")
    while "inline_query" not in (late := await bot.next_update()):
        pass
    await phone.field.fill("@course_bot питон")
    assert await offers(bot, article(7)) == "питон"
    await expect(options(phone)).to_have_text(["Питон 7"])
    await bot.call("answerInlineQuery", inline_query_id=late["inline_query"]["id"], results=[article(1)])
    await phone.field.press("Escape")
    await expect(options(phone)).to_have_count(0)
    await phone.field.fill("@course_bot ")
    await offers(bot, button={"text": "Открыть портал", "start_parameter": "inline"})
    await phone.button("Открыть портал").click()
    await expect(phone.row("/start inline")).to_be_visible()


async def test_a_button_begins_a_query_and_the_list_fits_every_screen(
    windows: Windows, bot: Bot, stand_in: StandIn, teacher: Person, head: Person
) -> None:
    share = {"inline_keyboard": [[{"text": "Поделиться", "switch_inline_query": "ГМЦ-1"}]]}
    await bot.says(teacher, "Курс", reply_markup=share)
    long = [article(number, title="Робототехника " * 6, description="Центр, 36 часов " * 9) for number in range(9)]
    for size in (NARROW, WIDE):
        for scheme in ("light", "dark"):
            async with windows.show(stand_in.url, size, scheme) as screen:
                await screen.first.button("Поделиться").click()
                assert await offers(bot, *long, button={"text": "Открыть портал", "start_parameter": "a"}) == "ГМЦ-1"
                await expect(options(screen.first).first).to_be_in_viewport()
                await expect(screen.first.field).to_be_in_viewport()
                await has_no_violation(screen.page)
