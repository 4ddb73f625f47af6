"""`python -m benchmarks.page_messages`: does the chat page slow down with the length of a conversation?

Measures in the system's Chromium, over the real stand-in: opening the page until the newest message is seen;
a message from its sending to the frame after it is drawn; frames while somebody scrolls back through everything.
Printed against a conversation of 50 messages: 1.0 is «no slower».
"""

import argparse
import asyncio
import shutil
import statistics
import time
from dataclasses import dataclass
from typing import Any, Final

from playwright.async_api import Browser, Page, async_playwright

from playground.person import Person
from playground.stand_in import StandIn

FEW: Final = 50
MANY: Final = 5_000
OPENINGS: Final = 3
APPENDED: Final = 20
FRAMES_AT_MOST: Final = 2_000
FLAGS: Final = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LABELS: Final = ("Записаться", "Назад")
KEYS: Final = {"inline_keyboard": [[{"text": label, "callback_data": label} for label in LABELS]]}
ENTITIES: Final = [{"type": "bold", "offset": 0, "length": 5}]

NEWEST_IS_SEEN: Final = """words => {
    const rows = document.querySelectorAll("#phone-1 .row");
    return rows.length > 0 && rows[rows.length - 1].textContent.includes(words);
}"""
APPEND: Final = """async person => {
    const began = performance.now();
    const words = `Новое ${began}`;
    await fetch(`/people/${person}/text`, {method: "POST", body: JSON.stringify({text: words})});
    const frame = () => new Promise(requestAnimationFrame);
    while (![...document.querySelectorAll("#phone-1 .row")].at(-1).textContent.includes(words)) await frame();
    return performance.now() - began;
}"""
SCROLL: Final = """async most => {
    const scroller = document.querySelector("#phone-1 .scroller");
    const frames = [];
    let before = performance.now();
    let up = true;
    while (frames.length < most) {
        scroller.scrollBy(0, up ? -600 : 600);
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        frames.push(now - before);
        before = now;
        if (document.querySelector("#phone-1 .row").textContent.includes("Первое")) {
            if (frames.length > 300) break;
            if (scroller.scrollTop === 0) up = false;
        }
        if (scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1) up = true;
    }
    return {frames, rows: document.querySelectorAll("#phone-1 .row").length};
}"""


@dataclass(frozen=True)
class Measured:
    """Milliseconds: until the page shows the newest message, to append one, of a frame while scrolling back."""

    messages: int
    opening: float
    appending: float
    frame: float
    slow_frame: float
    frames: int
    rows: int


def fill(stand_in: StandIn, person: Person, count: int) -> None:
    """Put a conversation of `count` messages into a chat, a third of them with formatting and buttons."""
    world, chat = stand_in.world, person.chat
    chat.bot_status = "member"
    for number in range(count):
        words = f"{'Первое' if number == 0 else 'Сообщение'} {number}: {'курс повышения квалификации ' * (number % 7)}"
        if number % 3 == 0:
            world.post(chat, person.account, {"text": words})
        elif number % 3 == 1:
            world.post(chat, world.bot, {"text": words})
        else:
            world.post(chat, world.bot, {"text": words, "entities": ENTITIES}, KEYS)
    world.post(chat, world.bot, {"text": "Последнее"})


async def opened(browser: Browser, url: str) -> tuple[Page, float]:
    """A page, and how many milliseconds it took until the newest message was there."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    began = time.perf_counter()
    await page.goto(url)
    await page.wait_for_function(NEWEST_IS_SEEN, arg="Последнее")
    return page, 1000 * (time.perf_counter() - began)


async def measure(
    browser: Browser, count: int, *, openings: int = OPENINGS, appended: int = APPENDED, frames: int = FRAMES_AT_MOST
) -> Measured:
    """Open, append and scroll a conversation of `count` messages."""
    async with await StandIn.start() as stand_in:
        person = stand_in.person("Анна")
        fill(stand_in, person, count)
        page, first = await opened(browser, stand_in.url)
        waits = [first]
        for _ in range(openings - 1):
            await page.close()
            page, milliseconds = await opened(browser, stand_in.url)
            waits.append(milliseconds)
        appending = [await page.evaluate(APPEND, person.id) for _ in range(appended)]
        scrolled: dict[str, Any] = await page.evaluate(SCROLL, frames)
        await page.close()
    paces = sorted(scrolled["frames"])
    return Measured(
        count,
        statistics.median(waits),
        statistics.median(appending),
        statistics.median(paces),
        paces[int(0.95 * (len(paces) - 1))],
        len(paces),
        scrolled["rows"],
    )


def report(few: Measured, many: Measured) -> str:
    """Both measurements and the ratios between them."""
    lines = [f"{'':34}{few.messages:>10}{many.messages:>10}{'ratio':>8}"]
    for label, name in (
        ("open until the newest is seen, ms", "opening"),
        ("append one, ms", "appending"),
        ("frame while scrolling, median, ms", "frame"),
        ("frame while scrolling, p95, ms", "slow_frame"),
    ):
        one, other = getattr(few, name), getattr(many, name)
        lines.append(f"{label:34}{one:>10.1f}{other:>10.1f}{other / one:>8.2f}")
    lines.append(f"{'rows kept in the page':34}{few.rows:>10}{many.rows:>10}")
    lines.append(f"{'frames scrolled':34}{few.frames:>10}{many.frames:>10}")
    return "\n".join(lines)


async def compare(few: int, many: int) -> str:
    """Measure both and say how they compare."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        await measure(
            browser, FEW, openings=1, appended=2, frames=20
        )  # the first page pays for what the browser caches
        text = report(await measure(browser, few), await measure(browser, many))
        await browser.close()
    return text


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The chat page with a few messages and with many")
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=MANY)
    options = parser.parse_args()
    print(asyncio.run(compare(options.few, options.many)))
