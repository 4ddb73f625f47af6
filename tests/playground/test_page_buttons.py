"""Buttons on the chat page: what they look like, what a press does, where the focus stays."""

from typing import Any

import pytest
from playwright.async_api import expect

from playground.person import Person
from tests.playground.conftest import Bot
from tests.playground.screen import Screen

MENU = {"keyboard": [["Каталог курсов"], ["Профиль", "Поддержка"]], "input_field_placeholder": "Шифр курса"}


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    """A keyboard with a row for each button."""
    return {"inline_keyboard": [[button] for button in buttons]}


def tap(label: str, **more: Any) -> dict[str, Any]:
    return {"text": label, "callback_data": label, **more}


async def test_a_tap_reaches_the_bot_and_its_answer_is_a_toast(bot: Bot, screen: Screen, teacher: Person) -> None:
    await bot.says(teacher, "Курс", reply_markup=inline(tap("Записаться")))
    button = screen.first.button("Записаться")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    query = await bot.next_tap()
    assert query["from"]["id"] == teacher.id
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="<b>Заявка</b> принята")
    await expect(screen.first.toasts).to_have_text("<b>Заявка</b> принята")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await expect(screen.second.toasts).to_have_count(0)


async def test_an_alert_keeps_the_focus_until_it_is_closed(bot: Bot, screen: Screen, teacher: Person) -> None:
    await bot.says(teacher, "Курс", reply_markup=inline(tap("Записаться")))
    button = screen.first.button("Записаться")
    for key in ("Escape", "Enter"):
        await button.press("Enter")
        query_id = (await bot.next_tap())["id"]
        await bot.call("answerCallbackQuery", callback_query_id=query_id, text="Мест нет", show_alert=True)
        await expect(screen.first.alert).to_contain_text("Мест нет")
        close = screen.first.alert.get_by_role("button", name="Понятно")
        await expect(close).to_be_focused()
        for _ in range(3):
            await screen.page.keyboard.press("Tab")
            inside = "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            assert await screen.page.evaluate(inside)
        await close.focus()
        await screen.page.keyboard.press(key)
        await expect(screen.first.alert).to_have_count(0)
        await expect(button).to_be_focused()


async def test_buttons_are_coloured_and_a_disabled_one_does_nothing(bot: Bot, screen: Screen, teacher: Person) -> None:
    styles = ("success", "danger", "primary")
    buttons = [tap(style, style=style) for style in styles]
    await bot.says(teacher, "Заявка", reply_markup=inline(*buttons, {"text": "Мест нет", "disabled": {}}))
    colours = [
        await screen.first.button(style).evaluate("key => getComputedStyle(key).backgroundColor") for style in styles
    ]
    assert len(set(colours)) == 3
    disabled = screen.first.button("Мест нет")
    await expect(disabled).to_be_disabled()
    await disabled.press("Enter")
    await screen.first.button("danger").click()
    assert (await bot.next_tap())["data"] == "danger"


async def test_a_button_copies_and_another_opens_a_link(bot: Bot, screen: Screen, teacher: Person) -> None:
    await screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    buttons = ({"text": "Шифр", "copy_text": {"text": "ГМЦ-0417-Д"}}, {"text": "Портал", "url": "example.org/a"})
    await bot.says(teacher, "Курс", reply_markup=inline(*buttons))
    await screen.first.button("Шифр").click()
    await expect(screen.first.toasts).to_have_text("Скопировано")
    assert await screen.page.evaluate("navigator.clipboard.readText()") == "ГМЦ-0417-Д"
    link = screen.first.root.get_by_role("link", name="Портал")
    await expect(link).to_have_attribute("href", "https://example.org/a")


@pytest.mark.parametrize("stays", [True, False], ids=["on its button", "on the message when it is gone"])
async def test_focus_stays_where_it_was_when_the_message_changes(
    bot: Bot, screen: Screen, teacher: Person, stays: bool
) -> None:
    number = await bot.says(teacher, "Страница 1", reply_markup=inline(tap("Записаться"), tap("Дальше")))
    await screen.first.button("Дальше").press("Enter")
    await bot.next_tap()
    left = [tap("Отозвать"), *([tap("Дальше")] if stays else [])]
    where = {"chat_id": teacher.id, "message_id": number}
    await bot.call("editMessageText", **where, text="Страница 2", reply_markup=inline(*left))
    row = screen.first.row("Страница 2")
    await expect(screen.first.button("Дальше") if stays else row).to_be_focused()


async def test_two_presses_in_a_row_are_one_tap(bot: Bot, screen: Screen, teacher: Person) -> None:
    await bot.says(teacher, "Курс", reply_markup=inline(tap("Записаться"), tap("Назад")))
    await screen.first.button("Записаться").dblclick()
    await screen.first.button("Назад").click()
    assert [(await bot.next_tap())["data"] for _ in range(2)] == ["Записаться", "Назад"]


async def test_the_reply_keyboard_folds_away_sends_its_labels_and_follows_the_bot(
    bot: Bot, screen: Screen, teacher: Person
) -> None:
    phone = screen.first
    await bot.says(teacher, "Меню", reply_markup=MENU)
    await phone.keys.get_by_role("button", name="Профиль").click()
    await expect(phone.row("Профиль")).to_be_visible()
    await expect(phone.field).to_have_attribute("placeholder", "Шифр курса")
    await phone.button("Скрыть клавиатуру бота").click()
    await expect(phone.keys).to_be_hidden()
    await phone.button("Показать клавиатуру бота").click()
    await expect(phone.keys).to_be_visible()
    await expect(screen.second.keys).to_be_hidden()
    await bot.says(teacher, "Меню", reply_markup={"keyboard": [["Согласование заявок"]]})
    await expect(phone.keys.get_by_role("button")).to_have_text(["Согласование заявок"])
    await bot.says(teacher, "Вопрос", reply_markup={"remove_keyboard": True})
    await expect(phone.keys).to_be_hidden()


async def test_the_commands_menu_is_walked_with_arrows_and_sends_a_command(
    bot: Bot, screen: Screen, teacher: Person
) -> None:
    commands = [{"command": "start", "description": "Сначала"}, {"command": "help", "description": "Справка"}]
    await bot.call("setMyCommands", commands=commands)
    button = screen.first.button("Команды бота")
    await button.press("ArrowDown")
    await expect(screen.first.root.get_by_role("menuitem", name="/start: Сначала")).to_be_focused()
    await screen.page.keyboard.press("ArrowDown")
    await screen.page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await button.press("ArrowUp")
    await expect(screen.first.root.get_by_role("menuitem", name="/help: Справка")).to_be_focused()
    await screen.page.keyboard.press("Enter")
    await expect(screen.first.row("/help")).to_be_visible()
