"""The page for those who use a keyboard or a screen reader, on both sizes and in both schemes."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from playground.person import Person
from playground.stand_in import StandIn
from tests.playground.conftest import Bot
from tests.playground.screen import NARROW, WIDE, Scheme, Screen, Windows, has_no_violation
from tests.playground.test_page_buttons import MENU
from tests.playground.test_page_chats import picture, send

TABLET = (1000, 700)
EVERYTHING = "жирный код ссылка цитата тайна /help"
STYLED = [
    {"type": kind, "offset": EVERYTHING.index(word), "length": len(word), **more}
    for kind, word, more in (
        ("bold", "жирный", {}),
        ("code", "код", {}),
        ("text_link", "ссылка", {"url": "https://example.org"}),
        ("blockquote", "цитата", {}),
        ("spoiler", "тайна", {}),
    )
]
KEYS = [
    [{"text": style, "callback_data": style, "style": style} for style in ("success", "danger", "primary")],
    [{"text": "Обычная", "callback_data": "a"}, {"text": "Мест нет", "disabled": {}}],
    [{"text": "Портал", "url": "https://example.org"}, {"text": "Шифр", "copy_text": {"text": "а"}}],
]


async def fill(bot: Bot, teacher: Person) -> None:
    """Bring every kind of thing into the teacher's chat, and a refusal into the log."""
    await bot.call("setMyCommands", commands=[{"command": "help", "description": "Справка"}])
    await bot.says(teacher, "Меню", reply_markup=MENU)
    await teacher.sends("Питон https://example.org")
    await send(bot, teacher, "document", "курс.pdf", b"%PDF")
    await teacher.sends_document("список.xlsx", b"PK")
    await send(bot, teacher, "photo", "a.png", picture())
    number = await bot.says(teacher, "Ждёт", disable_notification=True)
    card: dict[str, Any] = {"text": EVERYTHING, "entities": STYLED, "reply_markup": {"inline_keyboard": KEYS}}
    await bot.call("editMessageText", chat_id=teacher.id, message_id=number, **card)
    await bot.refusal("sendMessage", chat_id=5, text="а")


async def scrolls_sideways(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize(
    ("size", "scheme"), [(WIDE, "light"), (WIDE, "dark"), (TABLET, "light"), (NARROW, "light"), (NARROW, "dark")]
)
async def test_axe_finds_no_violation_in_any_state(
    windows: Windows, bot: Bot, stand_in: StandIn, teacher: Person, head: Person, size: tuple[int, int], scheme: Scheme
) -> None:
    await fill(bot, teacher)
    async with windows.show(stand_in.url, size, scheme) as screen:
        phone, page = screen.first, screen.page
        await expect(phone.row("жирный")).to_be_in_viewport()
        await has_no_violation(page)
        assert not await scrolls_sideways(page)
        await bot.says(head, "Новая заявка")
        await phone.button("Обычная").click()
        tap = (await bot.next_tap())["id"]
        await bot.call("answerCallbackQuery", callback_query_id=tap, text="Готово")
        await phone.owner.click()
        await expect(phone.toasts).to_be_visible()
        await has_no_violation(page)
        await page.keyboard.press("Escape")
        if size == NARROW:
            await phone.does("Журнал вызовов")
        elif size != WIDE:
            await page.get_by_role("button", name="Журнал", exact=True).click()
        await expect(screen.log).to_be_visible()
        await screen.log.locator("summary").first.click()
        await has_no_violation(page)
        await screen.log.get_by_role("button", name="Закрыть журнал").click()
        await phone.does("Заблокировать бота")
        await phone.button("Разблокировать").press("Enter")
        await phone.button("Команды бота").click()
        await phone.root.get_by_role("menuitem").first.wait_for()
        await has_no_violation(page)
        assert not await scrolls_sideways(page)


async def test_axe_finds_no_violation_in_dialogs_and_where_there_is_nobody(windows: Windows) -> None:
    async with await StandIn.start() as stand_in, windows.show(stand_in.url, NARROW) as screen:
        await has_no_violation(screen.page)
        await screen.first.owner.click()
        await screen.first.root.get_by_role("menuitem", name="Новый человек…").click()
        await expect(screen.first.alert).to_be_visible()
        await has_no_violation(screen.page)


async def stop(page: Page) -> str:
    """Press Tab and say what a screen reader would; the focus must be seen, too."""
    await page.keyboard.press("Tab")
    focused = page.locator(":focus")
    said = (await focused.aria_snapshot()).splitlines()[0].removeprefix("- ").removesuffix(":").strip("'")
    assert await focused.evaluate("it => getComputedStyle(it).outlineStyle") != "none", said
    return said


async def test_the_whole_way_goes_by_keyboard_alone(bot: Bot, narrow: Screen, teacher: Person) -> None:
    phone = narrow.first
    await bot.says(teacher, "Меню", reply_markup=MENU)
    await bot.says(teacher, "Курс", reply_markup={"inline_keyboard": [[{"text": "Записаться", "callback_data": "a"}]]})
    await expect(phone.button("Записаться")).to_be_visible()
    assert [await stop(narrow.page) for _ in range(15)] == [
        'link "К первому телефону"',
        'link "К журналу вызовов"',
        'button "Телефон: Анна Кузнецова учитель"',
        'button "Действия с чатом"',
        'region "Переписка, телефон 1"',
        'button "/start"',
        'button "Записаться"',
        'button "Команды бота"',
        'button "Прикрепить файл"',
        'textbox "Сообщение"',
        'button "Скрыть клавиатуру бота" [expanded]',
        'button "Отправить"',
        'button "Каталог курсов"',
        'button "Профиль"',
        'button "Поддержка"',
    ]


async def test_skip_links_lead_to_the_phones_and_open_the_log(screen: Screen) -> None:
    page = screen.page
    for name, target in (("Ко второму телефону", screen.second.root), ("К журналу вызовов", screen.log)):
        await page.get_by_role("link", name=name).press("Enter")
        await expect(target).to_be_focused()
    await page.get_by_role("button", name="Закрыть журнал").click()
    await page.get_by_role("link", name="К журналу вызовов").press("Enter")
    await expect(screen.log).to_be_focused()


async def test_a_person_is_chosen_by_keyboard_and_focus_comes_back(narrow: Screen) -> None:
    await narrow.first.owner.press("ArrowDown")
    checked = narrow.first.root.get_by_role("menuitemradio", checked=True)
    await expect(checked).to_be_focused()
    await narrow.page.keyboard.press("ArrowDown")
    await narrow.page.keyboard.press("Enter")
    await narrow.first.is_of("Ольга")
    await expect(narrow.first.owner).to_be_focused()


async def test_a_narrow_window_is_one_phone_from_edge_to_edge(narrow: Screen) -> None:
    width, height = NARROW
    assert await narrow.first.root.bounding_box() == {"x": 0, "y": 0, "width": width, "height": height}
    await expect(narrow.second.root).to_be_hidden()
    composer = await narrow.first.root.locator(".composer-place").bounding_box()
    assert composer
    assert composer["y"] + composer["height"] == height
    await narrow.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    await expect(narrow.second.root).to_be_visible()
    await narrow.second.is_of("Ольга")
