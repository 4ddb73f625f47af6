"""Chats on the page: whose phone it is, what was read, files, blocking, losing the server and the reset."""

import struct
import zlib

from playwright.async_api import Locator, expect

from playground.person import Person
from playground.stand_in import StandIn
from tests.playground.conftest import Bot
from tests.playground.screen import Screen, Windows

BYTES = "application/octet-stream"


def picture(width: int = 320, height: int = 200) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    lines = (b"\0" + b"\x0b\x6b\x5b" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


async def send(bot: Bot, teacher: Person, field: str, name: str, content: bytes) -> None:
    """Let the bot send a file."""
    stored = bot.stand_in.world.files.add(f"{field}s", name, content)
    await bot.call(f"send{field.title()}", chat_id=teacher.id, **{field: stored.id}, caption="Подпись")


async def is_scrolled_to_the_end(scroller: Locator) -> bool:
    return bool(await scroller.evaluate("it => it.scrollHeight - it.scrollTop - it.clientHeight < 2"))


async def test_a_newcomer_reads_what_the_bot_is_and_starts_it(bot: Bot, screen: Screen, stand_in: StandIn) -> None:
    stand_in.person("Пётр", caption="новичок")
    await bot.call("setMyDescription", description="Здесь записываются на курсы")
    await screen.second.choose("Пётр")
    await expect(screen.second.root.locator(".about")).to_have_text("Здесь записываются на курсы")
    await screen.second.button("Начать").press("Enter")
    await expect(screen.second.row("/start")).to_be_visible()
    await expect(screen.second.field).to_be_focused()


async def test_somebody_new_comes_to_the_page_and_gets_the_phone(screen: Screen, stand_in: StandIn) -> None:
    await screen.first.owner.click()
    await screen.first.root.get_by_role("menuitem", name="Новый человек…").click()
    await screen.first.alert.get_by_label("Как зовут").fill("Мария Орлова")
    await screen.page.keyboard.press("Enter")
    await screen.first.is_of("Мария Орлова")
    await expect(screen.first.button("Начать")).to_be_focused()
    assert [account.last_name for account in stand_in.world.accounts.values()][-1] == "Орлова"


async def test_a_push_is_seen_arriving_on_the_other_phone(bot: Bot, screen: Screen, head: Person) -> None:
    await screen.first.field.focus()
    await bot.says(head, "Новая заявка")
    await expect(screen.second.row("Новая заявка")).to_be_visible()
    await expect(screen.second.root.get_by_role("log", name="Новые сообщения")).to_contain_text("Бот: Новая заявка")
    await expect(screen.first.field).to_be_focused()


async def test_what_somebody_off_screen_has_not_read_is_counted_until_they_look(
    bot: Bot, narrow: Screen, head: Person, stand_in: StandIn
) -> None:
    phone = narrow.first
    await bot.says(head, "Первая заявка")
    await bot.says(head, "Вторая заявка")
    await expect(phone.owner).to_contain_text("2")
    assert (await narrow.page.title()).startswith("(2)")
    await phone.owner.click()
    await expect(phone.root.get_by_role("menuitemradio", name="Ольга")).to_contain_text("2")
    await narrow.page.keyboard.press("Escape")
    await phone.root.get_by_role("button", name="Ольга Соколова: новое сообщение").click()
    await phone.is_of("Ольга")
    await expect(phone.row("Вторая заявка")).to_be_visible()
    await expect(phone.owner.locator(".badge")).to_have_count(0)
    await expect(narrow.page).to_have_title("Бот курсов: попробовать без Telegram")
    assert not stand_in.world.unread(head.chat)


async def test_a_silent_message_rings_nowhere_but_counts(bot: Bot, narrow: Screen, head: Person) -> None:
    await bot.says(head, "Ночная", disable_notification=True)
    await expect(narrow.first.owner).to_contain_text("1")
    await expect(narrow.first.root.locator(".push")).to_have_count(0)


async def test_choosing_the_person_of_the_other_phone_swaps_them(screen: Screen) -> None:
    await screen.first.choose("Ольга")
    await screen.first.is_of("Ольга")
    await screen.second.is_of("Анна")
    await screen.page.reload()
    await screen.first.is_of("Ольга")


async def test_blocking_and_unblocking_the_bot(bot: Bot, screen: Screen, teacher: Person) -> None:
    await screen.first.does("Заблокировать бота")
    unblock = screen.first.button("Разблокировать")
    await expect(unblock).to_be_visible()
    assert await bot.refusal("sendMessage", chat_id=teacher.id, text="а") == "Forbidden: bot was blocked by the user"
    await unblock.click()
    await expect(screen.first.field).to_be_focused()
    assert not teacher.bot_is_blocked


async def test_typing_is_shown_until_the_message_comes(bot: Bot, screen: Screen, teacher: Person) -> None:
    status = screen.first.root.locator(".bot-status")
    await bot.call("sendChatAction", chat_id=teacher.id, action="typing")
    await expect(status).to_have_text("печатает")
    await bot.says(teacher, "Готово")
    await expect(status).to_have_text("бот")


async def test_colours_change_at_once_for_those_who_want_no_motion(bot: Bot, screen: Screen, teacher: Person) -> None:
    await bot.says(teacher, "Меню", reply_markup={"inline_keyboard": [[{"text": "Да", "callback_data": "a"}]]})
    button = screen.first.button("Да")
    colour = "element => getComputedStyle(element).color"
    light = await button.evaluate(colour)
    await screen.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert await button.evaluate(colour) != light
    assert await button.evaluate("element => element.getAnimations().length") == 0
    await screen.page.emulate_media(color_scheme="light", reduced_motion="reduce")


async def test_a_bot_that_has_not_come_yet_is_said_to_be_starting(windows: Windows, bot: Bot) -> None:
    async with await StandIn.start() as nobody_there:
        nobody_there.person("Анна", "Ким")
        async with windows.show(nobody_there.url) as screen:
            status = screen.first.root.get_by_role("status").filter(has_text="запускается")
            await expect(status).to_be_visible()
            await Bot(nobody_there, bot.session).call("getMe")
            await expect(screen.first.root.locator(".bot-status")).to_have_text("бот")


async def test_a_picture_opens_over_the_page_and_closes(bot: Bot, screen: Screen, teacher: Person) -> None:
    await send(bot, teacher, "photo", "a.png", picture())
    photo = screen.first.root.get_by_role("button", name="Открыть изображение: Подпись")
    await photo.press("Enter")
    opened = screen.page.get_by_role("dialog", name="Изображение")
    await expect(opened.get_by_role("img", name="Подпись")).to_have_js_property("naturalWidth", 320)
    await screen.page.keyboard.press("Escape")
    await expect(opened).to_have_count(0)
    await expect(photo).to_be_focused()


async def test_a_document_of_the_bot_opens_and_what_could_run_is_downloaded(
    bot: Bot, screen: Screen, teacher: Person
) -> None:
    await send(bot, teacher, "document", "курс.ics", b"BEGIN:VCALENDAR")
    link = screen.first.root.get_by_role("link", name="курс.ics")
    await expect(link).to_contain_text("15 Б")
    async with screen.page.expect_popup() as popup, screen.page.context.expect_event("page"):
        await link.click()
    address = await link.get_attribute("href")
    async with bot.session.get(f"{bot.stand_in.url}{address}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D0%BA")
    for name, kind in (
        ("a.svg", "application/octet-stream"),
        ("a.html", "application/octet-stream"),
        ("a.pdf", "application/pdf"),
    ):
        stored = bot.stand_in.world.files.add("documents", name, b"<script>")
        async with bot.session.get(f"{bot.stand_in.url}/people/{teacher.id}/files/{stored.id}") as answer:
            assert answer.content_type == kind
    await (await popup.value).close()


async def test_a_person_attaches_a_file_and_a_picture(bot: Bot, screen: Screen) -> None:
    for name, kind, content in (("список.xlsx", "", b"PK"), ("фото.png", "image/png", picture())):
        async with screen.page.expect_file_chooser() as chooser:
            await screen.first.button("Прикрепить файл").click()
        await (await chooser.value).set_files({"name": name, "mimeType": kind, "buffer": content})
    await expect(screen.first.rows.last.locator("img")).to_be_visible()
    assert (await bot.next_update())["message"]["text"] == "/start"
    assert "document" in (await bot.updates())[-2]["message"]
    assert "photo" in (await bot.updates())[-1]["message"]


async def test_scrolling_back_brings_older_messages_and_days_and_new_ones_wait_below(
    bot: Bot, screen: Screen, stand_in: StandIn, teacher: Person
) -> None:
    stand_in.clock.advance(-2 * 86400)
    for number in range(300):
        stand_in.world.post(teacher.chat, stand_in.world.bot, {"text": f"Сообщение {number}"})
    stand_in.clock.advance(2 * 86400)
    await screen.page.reload()
    scroller = screen.first.root.get_by_role("region", name="Переписка")
    await expect(screen.first.row("Сообщение 299")).to_be_in_viewport()
    await expect(screen.first.row("/start")).to_have_count(0)
    for _ in range(60):
        await scroller.evaluate("it => it.scrollBy(0, -3000)")
        if await screen.first.row("/start").count():
            break
        await screen.page.wait_for_timeout(20)
    await expect(screen.first.row("/start")).to_have_count(1)
    assert await screen.first.rows.count() <= 160
    await scroller.evaluate("it => it.scrollTo(0, 0)")
    await bot.says(teacher, "Свежее")
    await screen.first.root.get_by_role("button", name="К последнему сообщению, 1 непрочитанное сообщение").click()
    await expect(screen.first.row("Свежее")).to_be_in_viewport()
    await expect(screen.first.root.locator(".day").last).to_have_text("Сегодня")
    assert await screen.first.root.locator(".day").count() == 2
    assert await is_scrolled_to_the_end(scroller)


async def test_the_server_goes_and_comes_back_and_the_page_catches_up(
    windows: Windows, stand_in: StandIn, teacher: Person
) -> None:
    async with windows.show(stand_in.url) as screen:
        await stand_in.stop()
        banner = screen.page.locator("#connection")
        await expect(banner).to_have_text("Нет связи с сервером. Подключаемся снова…")
        await screen.first.writes("Написано без связи")
        await expect(screen.first.toasts).to_have_text("Нет связи с сервером")
        await expect(screen.first.field).to_have_value("Написано без связи")
        port = int(stand_in.url.rpartition(":")[2])
        async with await StandIn.start(port=port) as again:
            same = again.person("Анна", "Кузнецова", id=teacher.id)
            again.world.post(same.chat, again.world.bot, {"text": "Пока вас не было"})
            same.chat.bot_status = "member"
            await expect(screen.first.row("Пока вас не было")).to_be_visible()
            await expect(banner).to_be_empty()
            await expect(screen.first.rows).to_have_count(1)
            again.world.post(same.chat, again.world.bot, {"text": "И снова здесь"})
            await expect(screen.first.row("И снова здесь")).to_be_visible()


async def test_the_reset_asks_first_and_brings_back_the_first_day(windows: Windows) -> None:
    resets: list[int] = []

    async def first_day() -> None:
        resets.append(1)
        stand_in.clear()
        stand_in.person("Анна", "Кузнецова", id=77)

    async with await StandIn.start(on_reset=first_day) as stand_in, windows.show(stand_in.url) as screen:
        await expect(screen.first.owner).to_contain_text("Никого нет")
        stand_in.person("Случайный")
        await screen.first.is_of("Случайный")
        await screen.page.get_by_role("button", name="Начать заново").click()
        await screen.first.alert.get_by_role("button", name="Отмена").click()
        assert not resets
        await screen.page.get_by_role("button", name="Начать заново").click()
        await screen.first.alert.get_by_role("button", name="Начать заново").click()
        await screen.first.is_of("Анна Кузнецова")
        assert resets == [1]


async def test_without_a_way_back_there_is_no_reset(bot: Bot, screen: Screen) -> None:
    await expect(screen.page.get_by_role("button", name="Начать заново")).to_have_count(0)
    async with bot.session.post(f"{bot.stand_in.url}/people/reset") as answer:
        assert answer.status == 404


async def test_the_run_log_shows_calls_as_they_happen_and_refusals_alone(
    bot: Bot, screen: Screen, teacher: Person
) -> None:
    await bot.says(teacher, "Здравствуйте")
    await bot.refusal("sendMessage", chat_id=5, text="а")
    await bot.updates()
    calls = screen.log.get_by_role("listitem")
    await expect(calls).to_have_count(2)
    await expect(calls.last).to_contain_text("Анна Кузнецова")
    await expect(calls.first).to_contain_text("400 Bad Request: chat not found")
    await screen.log.get_by_label("И опрос getUpdates").check()
    await expect(calls).to_have_count(3)
    await screen.log.get_by_label("Только отказы").check()
    await expect(calls).to_have_count(1)
    await calls.first.locator("summary").press("Enter")
    await expect(calls.first.locator("dd").first).to_have_text("5")
    await screen.log.get_by_role("button", name="Закрыть журнал").click()
    await expect(screen.log).to_be_hidden()
    await expect(screen.page.get_by_role("button", name="Журнал", exact=True)).to_be_focused()
