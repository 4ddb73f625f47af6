"""Texts on the chat page: formatted by their entities, never by what is written in them."""

import re
from typing import Any

from playwright.async_api import Locator, expect

from playground.person import Person
from playground.stand_in import StandIn
from tests.playground.conftest import Bot
from tests.playground.screen import Screen

RIGHT_TO_LEFT = "\u200f"
ZERO_WIDTH = "\u200b\u200d\u2060\ufeff"
HOSTILE = (
    "<img src=x onerror=\"document.body.textContent='взлом'\">",
    "<script>document.body.textContent='взлом'</script>",
    "&lt;b&gt; &amp;nbsp; &#60;",
    f"{RIGHT_TO_LEFT}שלום 12:00 {RIGHT_TO_LEFT}конец",
    f"а{ZERO_WIDTH}б",
    "а" + "\u0301\u0327" * 200,
    "ж" * 4096,
    "🎓" * 4096,
    "👩‍👩‍👧‍👦 🏳️‍🌈",
)
LOOKS = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre > code",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}


async def text_of(row: Locator) -> str:
    """The words of a message, without time and buttons."""
    return str(await row.locator(".text").evaluate("element => element.textContent"))


async def shown(bot: Bot, screen: Screen, teacher: Person, text: str, *entities: dict[str, Any]) -> Locator:
    """The text element of a message with entities."""
    await bot.says(teacher, text, entities=list(entities))
    text_element = screen.first.rows.last.locator(".text")
    await expect(screen.first.rows).to_have_count(2)
    return text_element


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


async def test_a_hostile_text_is_shown_as_it_is_written(bot: Bot, screen: Screen, teacher: Person) -> None:
    for text in HOSTILE:
        await bot.says(teacher, text)
    await expect(screen.first.rows).to_have_count(1 + len(HOSTILE))
    phone = await screen.first.root.bounding_box()
    assert phone
    for place, text in enumerate(HOSTILE, start=1):
        row = screen.first.rows.nth(place)
        assert await text_of(row) == text
        bubble = await row.locator(".bubble").bounding_box()
        assert bubble
        assert bubble["x"] + bubble["width"] <= phone["x"] + phone["width"]


async def test_a_hostile_name_and_button_are_shown_as_they_are_written(
    bot: Bot, screen: Screen, stand_in: StandIn, teacher: Person
) -> None:
    stand_in.person("<b>Ева</b>", caption="<i>учитель</i>")
    key = {"text": "<img src=x onerror=alert(1)>", "callback_data": "a"}
    await bot.says(teacher, "Кнопка", reply_markup={"inline_keyboard": [[key]]})
    await expect(screen.first.button(key["text"])).to_be_visible()
    await screen.first.choose("<b>Ева</b>")
    await expect(screen.first.owner).to_contain_text("<i>учитель</i>")


async def test_an_entity_changes_how_its_words_look_and_counts_utf_16_units(
    bot: Bot, screen: Screen, teacher: Person
) -> None:
    for kind in LOOKS:
        await bot.says(teacher, f"🎓🎓 важное слово: {kind}", entities=[entity(kind, 5, 6)])
    for kind, selector in LOOKS.items():
        row = screen.first.rows.filter(has_text=re.compile(f": {kind}"))
        await expect(row.locator(selector)).to_have_text("важное")


async def test_overlapping_entities_lose_no_word(bot: Bot, screen: Screen, teacher: Person) -> None:
    overlapping = (entity("bold", 0, 6), entity("italic", 3, 6), entity("underline", 4, 1))
    text = await shown(bot, screen, teacher, "0123456789", *overlapping)
    assert await text.evaluate("element => element.textContent") == "0123456789"
    await expect(text.locator("strong")).to_have_text("012345")
    assert await text.locator("em").all_text_contents() == ["345", "678"]
    await expect(text.locator("strong em u")).to_have_text("4")


async def test_a_spoiler_is_hidden_until_it_is_pressed(bot: Bot, screen: Screen, teacher: Person) -> None:
    text = await shown(bot, screen, teacher, "Ответ: сорок два", entity("spoiler", 7, 9))
    cover = text.get_by_role("button", name="Скрытый текст: показать")
    await expect(cover.locator("span")).to_be_hidden()
    await cover.press("Enter")
    await expect(text.locator(".revealed")).to_have_text("сорок два")
    await expect(text.locator(".revealed")).to_be_focused()


async def test_links_open_elsewhere_and_cannot_run_anything(bot: Bot, screen: Screen, teacher: Person) -> None:
    given = [entity("text_link", 0, 2, url="javascript:alert(1)"), entity("text_link", 3, 2, url="example.org/b")]
    text = await shown(bot, screen, teacher, "aa bb https://example.org/c anna@example.org", *given)
    addresses = await text.get_by_role("link").evaluate_all("links => links.map(link => link.href)")
    assert addresses == ["https://example.org/b", "https://example.org/c", "mailto:anna@example.org"]
    assert await text.get_by_role("link").first.get_attribute("rel") == "noopener noreferrer"


async def test_a_link_to_the_bot_starts_it_with_its_payload(bot: Bot, screen: Screen, teacher: Person) -> None:
    await bot.says(teacher, "Приглашение: https://t.me/course_bot?start=inv_1")
    await screen.first.root.get_by_role("link").click()
    await expect(screen.first.row("/start inv_1")).to_be_visible()
    await screen.second.writes("https://t.me/course_bot?start=inv_2")
    await expect(screen.second.row("/start inv_2")).to_be_visible()


async def test_a_command_in_a_text_is_sent_by_a_press(bot: Bot, screen: Screen, teacher: Person) -> None:
    await bot.says(teacher, "Справка: /help")
    await screen.first.button("/help").click()
    await expect(screen.first.rows.last).to_have_class("row out arriving")
    assert await text_of(screen.first.rows.last) == "/help"


async def test_an_edit_changes_the_message_in_place_and_marks_it(bot: Bot, screen: Screen, teacher: Person) -> None:
    number = await bot.says(teacher, "Ждёт решения")
    await bot.says(teacher, "Другое")
    await expect(screen.first.rows.locator(".edited")).to_have_count(0)
    await bot.call("editMessageText", chat_id=teacher.id, message_id=number, text="Решение: согласована")
    changed = screen.first.rows.nth(1)
    await expect(changed).to_contain_text("Решение: согласована")
    await expect(changed.locator(".edited")).to_have_text("изменено")
    await bot.call("deleteMessage", chat_id=teacher.id, message_id=number)
    await expect(screen.first.rows).to_have_count(2)


async def test_a_long_quote_unfolds(bot: Bot, screen: Screen, teacher: Person) -> None:
    words = "Очень длинная цитата. " * 20
    text = await shown(bot, screen, teacher, words, entity("expandable_blockquote", 0, len(words) - 1))
    await text.get_by_role("button", name="Показать целиком").click()
    await expect(text.get_by_role("button", name="Свернуть")).to_have_attribute("aria-expanded", "true")


async def test_the_page_may_load_nothing_from_elsewhere_and_make_no_markup_of_texts(
    bot: Bot, stand_in: StandIn
) -> None:
    async with bot.session.get(f"{stand_in.url}/") as page:
        policy = page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert "http" not in await page.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    for path in ("/page/../people_api.py", "/page/%2e%2e/people_api.py", "/page/js/none.js"):
        async with bot.session.get(stand_in.url + path) as missing:
            assert missing.status == 404


async def test_a_name_that_leads_to_this_machine_does_not_open_the_people(bot: Bot, stand_in: StandIn) -> None:
    for host, status in (("evil.example.org", 403), ("127.0.0.1", 200), ("localhost:80", 200), ("[::1]", 200)):
        async with bot.session.get(f"{stand_in.url}/people", headers={"Host": host}) as answer:
            assert answer.status == status
