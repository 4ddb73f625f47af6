"""The mail box on the chat page: letters come by themselves, are read by anybody, and can do nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import aiohttp
import aiosmtplib
import pytest
from playwright.async_api import expect

from playground.mail_box import MailBox
from playground.stand_in import StandIn
from tests.playground.screen import NARROW, WIDE, Scheme, Screen, Windows, has_no_violation
from tests.playground.test_page_access import scrolls_sideways

HOSTILE = '<img src=x onerror="document.title=1"><b>& </script><script>document.title=2</script>'
PAGE = "<html lang='ru'><body><h1>Код</h1><p>042 617</p><a href='https://example.org/'>Открыть</a></body></html>"

Write = Callable[..., Awaitable[None]]


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    """A stand-in with a mail box."""
    async with await StandIn.start(with_mail=True) as opened:
        yield opened


@pytest.fixture
def mail(stand_in: StandIn) -> MailBox:
    """Its mail server."""
    assert stand_in.mail is not None
    return stand_in.mail


@pytest.fixture
def write(mail: MailBox) -> Write:
    """Sends a letter there."""

    async def written(
        subject: str = "Ваш код", text: str = "042 617", page: str | None = PAGE, file: str | None = None
    ) -> None:
        message = MIMEMultipart("mixed")
        words = MIMEMultipart("alternative")
        words.attach(MIMEText(text, "plain", "utf-8"))
        if page is not None:
            words.attach(MIMEText(page, "html", "utf-8"))
        message.attach(words)
        if file is not None:
            part = MIMEText("BEGIN:VCALENDAR", "calendar", "utf-8")
            part.add_header("Content-Disposition", "attachment", filename=file)
            message.attach(part)
        message["From"], message["To"], message["Subject"] = "portal@example.org", "anna@example.org", subject
        await aiosmtplib.send(message, hostname="127.0.0.1", port=int(mail.url.rpartition(":")[2]), timeout=10)

    return written


async def test_a_letter_comes_by_itself_and_is_read(screen: Screen, write: Write) -> None:
    await screen.open_mail()
    await expect(screen.mail).to_contain_text("Писем пока нет")
    await write()
    await expect(screen.letters).to_have_count(1)
    await expect(screen.mail).to_contain_text("1 письмо, 1 непрочитанное")
    await expect(screen.page.get_by_role("button", name="Почта, 1 новое письмо")).to_be_visible()
    await screen.letters.first.click()
    await expect(screen.page_of_letter.get_by_text("042 617")).to_be_visible()
    await expect(screen.mail).to_contain_text("anna@example.org")
    await screen.mail.get_by_role("button", name="К письмам").click()
    await expect(screen.mail).to_contain_text("все прочитаны")
    await screen.page.reload()
    await screen.open_mail()
    await expect(screen.mail).to_contain_text("1 письмо, все прочитаны")


async def test_a_letter_out_of_sight_is_announced_and_opened_by_one_press(narrow: Screen, write: Write) -> None:
    await write(subject="Ваш код: 042 617")
    await narrow.page.get_by_role("button", name="Почта: новое сообщение. Ваш код: 042 617").click()
    await expect(narrow.mail.get_by_role("heading", name="Ваш код: 042 617")).to_be_focused()
    await expect(narrow.page_of_letter.get_by_text("042 617")).to_be_visible()


async def test_hostile_letters_do_nothing(screen: Screen, write: Write) -> None:
    title = await screen.page.title()
    page = f"{HOSTILE}<form action='/people/reset' method='post'><button>Нажми</button></form><p>конец</p>"
    await write(subject=HOSTILE, text=HOSTILE, page=page, file="<b>.ics")
    await screen.open_mail()
    await expect(screen.letters.first).to_contain_text(HOSTILE)
    await screen.letters.first.click()
    await expect(screen.page_of_letter.get_by_text("конец")).to_be_visible()
    await expect(screen.mail.get_by_role("link", name="<b>.ics")).to_be_visible()
    await screen.mail.get_by_role("button", name="Только текст").click()
    await expect(screen.mail.locator("pre")).to_have_text(HOSTILE)
    assert await screen.page.title() == title


async def test_a_letters_page_is_served_so_that_nothing_in_it_runs_or_loads(
    stand_in: StandIn, write: Write, mail: MailBox
) -> None:
    await write(page=HOSTILE, file="курс.ics")
    async with aiohttp.ClientSession(stand_in.url) as session:
        async with session.get("/people/letters") as response:
            (letter,) = await response.json()
        async with session.get(f"/people/letters/{letter['number']}/page") as response:
            policy = response.headers["Content-Security-Policy"]
        async with session.get(f"/people/letters/{letter['number']}/files/курс.ics") as response:
            assert response.headers["Content-Disposition"].startswith("attachment")
            assert await response.text() == "BEGIN:VCALENDAR"
        async with session.get("/people/letters/999/page") as response:
            assert response.status == 404
        async with session.get("/people/letters", headers={"Sec-Fetch-Site": "cross-site"}) as response:
            assert response.status == 403
    assert policy.startswith("sandbox; default-src 'none'")


async def test_the_reset_empties_the_mail_box(stand_in: StandIn, windows: Windows, write: Write) -> None:
    await write()
    stand_in.person("Анна")
    async with windows.show(stand_in.url) as screen:
        await screen.open_mail()
        await screen.letters.first.click()
        stand_in.clear()
        stand_in.world.tell("reset")
        await expect(screen.mail).to_contain_text("Писем пока нет")


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")])
async def test_axe_finds_no_violation_in_the_list_or_the_letter(
    windows: Windows, stand_in: StandIn, write: Write, size: tuple[int, int], scheme: Scheme
) -> None:
    stand_in.person("Анна")
    await write()
    await write(subject="Оченьдлинноеслово" * 20, page=None, file="курс.ics")
    async with windows.show(stand_in.url, size, scheme) as screen:
        await screen.open_mail()
        await expect(screen.letters).to_have_count(2)
        await has_no_violation(screen.page)
        await screen.letters.first.click()
        await expect(screen.mail.locator("pre")).to_have_text("042 617")
        await has_no_violation(screen.page)
        assert not await scrolls_sideways(screen.page)


async def test_letters_are_read_by_keyboard_alone(screen: Screen, write: Write) -> None:
    await write()
    await screen.page.get_by_role("link", name="К почте").press("Enter")
    await expect(screen.mail).to_be_focused()
    await screen.page.keyboard.press("Tab")
    await screen.page.keyboard.press("Tab")
    await expect(screen.letters.first).to_be_focused()
    await screen.page.keyboard.press("Enter")
    await expect(screen.mail.get_by_role("heading", name="Ваш код")).to_be_focused()
    await screen.page.keyboard.press("Escape")
    await expect(screen.letters.first).to_be_focused()
    await screen.page.keyboard.press("Escape")
    await expect(screen.mail).to_be_hidden()
    await expect(screen.page.get_by_role("button", name="Почта", exact=True)).to_be_focused()


async def test_without_a_mail_server_there_is_no_mail_box(windows: Windows) -> None:
    async with await StandIn.start() as stand_in:
        stand_in.person("Анна")
        async with windows.show(stand_in.url) as screen:
            await expect(screen.page.get_by_role("button", name="Журнал", exact=True)).to_be_visible()
            await expect(screen.page.get_by_role("button", name="Почта")).to_have_count(0)
            await expect(screen.page.get_by_role("link", name="К почте")).to_have_count(0)
