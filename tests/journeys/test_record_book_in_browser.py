"""The record book on the chat page: read, opened, taken along as a file.

RECORD_BOOK_SHOTS=FOLDER keeps a picture of each screen there.
"""

import os
from pathlib import Path
from typing import Final

from playwright.async_api import expect

from tests.playground.screen import NARROW, has_no_violation

SHOTS: Final = os.environ.get("RECORD_BOOK_SHOTS")


async def test_the_record_book_is_read_opened_and_taken_along(city, meet, stand_in, windows):
    person = await city.person(await city.school(), name="Ковалёва Инна Юрьевна")
    for days_ago, hours, title in ((0, 72, "Вулканы на уроке географии"), (400, 36, "Гейзеры")):
        await city.completed(person, days_ago=days_ago, hours=hours, title=title, document="удостоверение")
    await meet(person)
    async with windows.show(stand_in.url, NARROW) as screen:
        phone = screen.first
        await phone.choose(person.full_name)
        await phone.button("Зачётная книжка").click()
        await expect(phone.row("108 часов из 144")).to_contain_text("▰▰▰▰▰▰▰▱▱▱")
        await has_no_violation(screen.page)
        await _kept(screen.page, "book")
        await phone.root.get_by_role("button", name="Вулканы").click()
        await expect(phone.row("На имя: Ковалёва")).to_be_visible()
        await _kept(screen.page, "record")
        await phone.button("Назад").click()
        await phone.button("Скачать PDF").click()
        file = phone.root.locator("a.document")
        await expect(file).to_contain_text("Зачётная книжка")
        sent = await screen.page.request.get(f"{stand_in.url}{await file.get_attribute('href')}")
        assert (await sent.body()).startswith(b"%PDF-")
        await _kept(screen.page, "paper")


async def _kept(page, name):
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png")
