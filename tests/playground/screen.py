"""The chat page in a real browser, as tests look at it and press it."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, Literal

from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AxeResults
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

CHROMIUM: Final = shutil.which("chromium")
FLAGS: Final = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE: Final = (1280, 800)
NARROW: Final = (390, 844)
EXPECTED_OF_REFUSALS: Final = "Failed to load resource"
EXPECTED_OF_LETTERS: Final = re.compile(r"(Blocked|violates).*", re.DOTALL)
"""Said of a letter whose page was kept from doing something."""
AXE_WITHIN: Final = 60.0
CLOSES_WITHIN: Final = 20.0
Scheme = Literal["light", "dark"]


async def has_no_violation(page: Page) -> None:
    """What axe-core finds wrong fails the test with its own report."""
    async with asyncio.timeout(AXE_WITHIN):  # `evaluate` has no time-out of its own
        if not await page.evaluate("'axe' in window"):
            await page.evaluate(Axe().axe_script)
        found = AxeResults(await page.evaluate("axe.run({resultTypes: ['violations']})"))
    assert found.violations_count == 0, found.generate_report()


class Handset:
    """One phone on the page."""

    def __init__(self, page: Page, number: int) -> None:
        self.root = page.locator(f"#phone-{number}")
        self.field = self.root.get_by_role("textbox", name="Сообщение")
        self.owner = self.root.locator("button.owner")
        self.rows = self.root.locator(".row")
        self.toasts = self.root.locator(".toast")
        self.alert = self.root.get_by_role("dialog")
        self.keys = self.root.get_by_role("group", name="Клавиатура бота")

    def row(self, text: str) -> Locator:
        """The newest message with these words."""
        return self.rows.filter(has_text=text).last

    def button(self, label: str) -> Locator:
        """The newest button with exactly this label."""
        return self.root.get_by_role("button", name=label, exact=True).last

    async def choose(self, name: str) -> None:
        """Make it somebody else's phone."""
        await self.owner.click()
        await self.root.get_by_role("menuitemradio", name=name).click()

    async def does(self, deed: str) -> None:
        """Choose a line of the chat's own menu."""
        await self.root.get_by_role("button", name="Действия с чатом").click()
        await self.root.get_by_role("menuitem", name=deed).click()

    async def writes(self, text: str) -> None:
        """Type a message and send it."""
        await self.field.fill(text)
        await self.field.press("Enter")

    async def is_of(self, name: str) -> None:
        """Wait until it is this person's phone."""
        await expect(self.owner).to_contain_text(name)


class Screen:
    """The page with its two phones; only the first is there on a narrow window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.first = Handset(page, 1)
        self.second = Handset(page, 2)
        self.log = page.get_by_role("complementary", name="Журнал вызовов бота")
        self.mail = page.get_by_role("complementary", name="Почта")
        self.letters = self.mail.get_by_role("list", name="Письма").get_by_role("button")
        self.page_of_letter = self.mail.frame_locator("iframe")

    async def open_mail(self) -> None:
        """Bring the mail box up, from the bar or from the phone's menu."""
        if await self.mail.is_visible():
            return
        button = self.page.locator("button[aria-controls=mail]")
        if await button.is_visible():
            await button.click()
        else:
            await self.first.does("Почта")
        await expect(self.mail).to_be_visible()
        back = self.mail.get_by_role("button", name="К письмам")
        if await back.is_visible():
            await back.click()

    async def open(self, url: str) -> None:
        """Load the page and wait until it knows who is there."""
        await self.page.goto(url)
        await expect(self.page.get_by_role("main")).to_have_attribute("aria-busy", "false")


class Windows:
    """Windows of one browser, kept open from test to test; each stand-in is a site of its own to them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._pages: dict[tuple[tuple[int, int], Scheme], Page] = {}
        self._complaints: list[str] = []

    @asynccontextmanager
    async def show(self, url: str, size: tuple[int, int] = WIDE, scheme: Scheme = "light") -> AsyncIterator[Screen]:
        """The page opened at `url`; afterwards the browser must have complained of nothing."""
        page = self._pages.get((size, scheme)) or await self._window(size, scheme)
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # a test may have left it otherwise
        self._complaints.clear()
        screen = Screen(page)
        try:
            await screen.open(url)
            yield screen
            assert not self._complaints, self._complaints
        finally:
            await page.goto("about:blank")

    async def _window(self, size: tuple[int, int], scheme: Scheme) -> Page:
        page = self._pages[size, scheme] = await self.browser.new_page(
            color_scheme=scheme, reduced_motion="reduce", locale="ru-RU", timezone_id="Europe/Moscow"
        )
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))
        return page

    def _note(self, kind: str, text: str) -> None:
        kept_in = "/people/letters/" in text and EXPECTED_OF_LETTERS.search(text)
        if kind in ("error", "warning") and not text.startswith(EXPECTED_OF_REFUSALS) and not kept_in:
            self._complaints.append(text)


@asynccontextmanager
async def launched() -> AsyncIterator[Windows]:
    """A browser without a screen, one for all files of a process: two drivers in one event loop can hang at their end.

    The end itself is bounded, too: what does not close by itself ends with the process.
    """
    playwright = await async_playwright().start()
    browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    try:
        yield Windows(browser)
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSES_WITHIN):
                await browser.close()
                await playwright.stop()
