"""The demo as a newcomer to the project lives through it: `python -m bot demo`, a browser, two phones or one.

DEMO_SHOTS=FOLDER keeps a picture of each main screen there.
"""

import asyncio
import contextlib
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Locator, expect

from tests.playground.screen import NARROW, WIDE, Handset, Scheme, Screen, Windows, has_no_violation

ROOT: Final = Path(__file__).parents[2]
ELSEWHERE: Final = {
    "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/nowhere",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "WEBHOOK_URL": "https://example.org/hook",
    "TIME_ZONE": "Mars/Olympus",
}
"""Settings that the demo must not follow."""
SHOTS: Final = os.environ.get("DEMO_SHOTS")
TEACHER: Final = "Марина Орлова"
HEAD: Final = "Ольга Лебедева"
METHODOLOGIST: Final = "Вера Зимина"


COMES_WITHIN: Final = 120.0
STOPS_WITHIN: Final = 40.0
STARTED: Final = 90_000
"""Milliseconds that a bot may take to start on a busy machine."""
PUSHED: Final = 20_000
"""Milliseconds that a push may take: one chat gets a message a second, and taps go first."""


PLACEHOLDER_FITS: Final = """field => {
  const style = getComputedStyle(field);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return field.placeholder !== "" && pen.measureText(field.placeholder).width <= room;
}"""


@dataclass(frozen=True)
class Look:
    """A window, and who and what comes up in it: each has its own, as both share one demo.

    The schemes take turns, so that every step is lived through in light and in dark.
    """

    name: str
    size: tuple[int, int]
    schemes: tuple[Scheme, Scheme]
    newcomer: str
    query: str
    found: str
    second: str


LOOKS: Final = (
    Look("wide", WIDE, ("light", "dark"), "Наталья Ким", "смысловое чтение", "ГМЦ-0417-Д", "ЦЦО-0552-Д"),
    Look("narrow", NARROW, ("dark", "light"), "Роза Ахметова", "родительские собрания", "ПСИ-0565-Д", "ЦПК-0361-Д"),
)


@pytest.fixture(scope="module")
async def url(windows: Windows) -> AsyncIterator[str]:
    """The page of a demo that runs among settings of something else."""
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0"]
    demo = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=os.environ | ELSEWHERE, stdout=PIPE)
    assert demo.stdout is not None
    said = ""
    try:
        async with asyncio.timeout(COMES_WITHIN):
            while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", said)):
                line = await demo.stdout.readline()
                assert line, f"it ended without an address: {said}"
                said += line.decode()
        yield found[0]
    finally:
        said, code = await ended(demo, said)
    assert code == 0, said
    assert not list((ROOT / "data").glob(f"demo-{found[1]}*")), "its database is left behind"


async def ended(demo: Process, said: str) -> tuple[str, int]:
    """Stop the demo: all it said, and how it ended; it is killed where it does not obey."""
    assert demo.stdout is not None
    with contextlib.suppress(ProcessLookupError):
        demo.terminate()
    try:
        async with asyncio.timeout(STOPS_WITHIN):
            said += (await demo.stdout.read()).decode()
            return said, await demo.wait()
    except TimeoutError:
        demo.kill()
        return said, await demo.wait()


class Visit:
    """Somebody at the page in one of its looks."""

    def __init__(self, screen: Screen, look: Look) -> None:
        self.screen = screen
        self.look = look
        self.turns = 0
        self._judged: set[str] = set()

    async def phone_of(self, name: str) -> Handset:
        """The phone that is this person's already, else the first one, which becomes it."""
        phones = [self.screen.first, self.screen.second] if self.look.size == WIDE else [self.screen.first]
        for phone in phones:
            if name in (await phone.owner.text_content() or ""):
                return phone
        await self.screen.first.choose(name)
        await self.screen.first.is_of(name)
        return self.screen.first

    async def shot(self, name: str) -> None:
        """A main screen: axe-core finds nothing wrong with it. Kept as a picture in both schemes, where wanted."""
        if name not in self._judged:
            self._judged.add(name)
            await has_no_violation(self.screen.page)
        if not SHOTS:
            return
        await self.screen.page.mouse.move(0, 0)
        for scheme in self.look.schemes:
            await self.wear(scheme)
            await self.screen.page.screenshot(path=Path(SHOTS) / f"{self.look.name}-{scheme}-{name}.png")
        await self.wear(self.look.schemes[self.turns % 2])

    async def is_written_to(self, address: str, subject: str) -> None:
        """A letter has come."""
        await self.screen.open_mail()
        await expect(self.screen.letters.filter(has_text=address).filter(has_text=subject)).to_be_visible()
        await self.screen.mail.get_by_role("button", name="Закрыть почту").click()

    async def next_scheme(self) -> None:
        """Night falls, or day breaks."""
        self.turns += 1
        await self.wear(self.look.schemes[self.turns % 2])

    async def wear(self, scheme: Scheme) -> None:
        """Let the system be light or dark."""
        await self.screen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


async def press(row: Locator, label: str) -> None:
    """Press a button under a message."""
    await row.get_by_role("button", name=label, exact=True).click()


async def proves_an_address(visit: Visit, phone: Handset, address: str) -> None:
    """The code is read in the mail box and typed into the chat."""
    screen = visit.screen
    await phone.writes(address)
    await expect(phone.row("Мы отправили код")).to_contain_text(address)
    await screen.open_mail()
    letter = screen.letters.filter(has_text=address)
    await expect(letter).to_contain_text("Код подтверждения")
    await letter.click()
    code = await screen.page_of_letter.locator(".code").inner_text()
    await visit.shot("1-letter")
    await screen.mail.get_by_role("button", name="Закрыть почту").click()
    await phone.writes(code)


async def newcomer_registers(visit: Visit) -> None:
    name = visit.look.newcomer
    if visit.look is LOOKS[0]:
        phone = await visit.phone_of(name)
    else:
        phone = visit.screen.first
        await phone.owner.click()
        await phone.root.get_by_role("menuitem", name="Новый человек").click()
        await phone.root.get_by_label("Как зовут").fill(name)
        await phone.button("Добавить").click()
        await phone.is_of(name)
    await expect(phone.button("Начать")).to_be_visible()
    await visit.shot("1-before-start")
    await phone.button("Начать").click()
    await phone.button("Согласен(на)").click()
    await expect(phone.row("Как вас зовут?")).to_be_visible()
    first, last = name.split()
    await phone.writes(f"{last} {first} Андреевна")
    await expect(phone.row("Ваша электронная почта?")).to_be_visible()
    await proves_an_address(visit, phone, f"{visit.look.name}@example.org")
    await expect(phone.row("Где вы работаете?")).to_be_visible()
    await phone.writes("1417")
    await phone.button("Школа № 1417 (Северный округ)").click()
    await phone.button("Учитель").click()
    await expect(phone.row("Проверьте, всё ли верно")).to_contain_text(last)
    await visit.shot("2-summary")
    await phone.button("Всё верно").click()
    await expect(phone.row("Вы зарегистрированы!")).to_be_visible()
    await expect(phone.keys.get_by_role("button")).to_have_count(5)


async def teacher_finds_and_applies(visit: Visit) -> None:
    look = visit.look
    phone = await visit.phone_of(TEACHER)
    await phone.writes(look.query)
    found = phone.row("По запросу")
    await expect(found).to_contain_text(look.query)
    await visit.shot("3-found")
    await found.get_by_role("button", name=look.found).click()
    await apply(visit, phone, look.found)


async def apply(visit: Visit, phone: Handset, code: str) -> None:
    card = phone.rows.last
    await expect(card).to_contain_text("Организация")
    await expect(card).to_contain_text(code)
    await visit.shot("4-card")
    await press(card, "Записаться")
    await expect(card).to_contain_text("Записаться на курс?")
    await press(card, "Записаться")
    await expect(card).to_contain_text("Ваша заявка на курс принята.")
    await visit.shot("5-applied")
    await visit.is_written_to("m.orlova@example.org", f"Вы успешно зарегистрировались на курс {code}")


async def head_approves(visit: Visit) -> None:
    phone = await visit.phone_of(HEAD)
    prompt = phone.row(visit.look.found)
    await expect(prompt).to_contain_text("Орлова Марина Викторовна", timeout=PUSHED)
    await visit.shot("6-prompt")
    await press(prompt, "Согласовать")
    await expect(phone.row(visit.look.found)).to_contain_text("Согласована")
    await expect(phone.row(visit.look.found).get_by_role("button", name="Отменить решение")).to_be_visible()
    teacher = await visit.phone_of(TEACHER)
    pushed = teacher.rows.filter(has_text="Заявка на курс").filter(has_text=visit.look.found)
    await expect(pushed.last).to_contain_text("Согласована, ожидает зачисления", timeout=PUSHED)
    await visit.shot("7-approved")


async def head_rejects_in_own_words_and_undoes(visit: Visit) -> None:
    teacher = await visit.phone_of(TEACHER)
    await teacher.writes(visit.look.second.lower())
    await apply(visit, teacher, visit.look.second)
    phone = await visit.phone_of(HEAD)
    prompt = phone.row(visit.look.second)
    await press(prompt, "Отклонить")
    await expect(prompt).to_contain_text("Вы можете указать причину отказа:")
    await visit.shot("8-reasons")
    await press(prompt, "Своя причина")
    await phone.writes("В эти недели у вас выпускной класс")
    decided = phone.rows.last
    await expect(decided).to_contain_text("Отклонена: В эти недели у вас выпускной класс")
    teacher = await visit.phone_of(TEACHER)
    await expect(teacher.rows.last).to_contain_text("В эти недели у вас выпускной класс", timeout=PUSHED)
    await visit.shot("9-rejected")
    phone = await visit.phone_of(HEAD)
    await press(phone.rows.last, "Отменить решение")
    await expect(phone.rows.last).to_contain_text("Заявка на согласование")


async def teacher_withdraws(visit: Visit) -> None:
    teacher = await visit.phone_of(TEACHER)
    await teacher.keys.get_by_role("button", name="Все регистрации на курсы").click()
    mine = teacher.rows.last
    await expect(mine).to_contain_text("регистраций")
    await visit.shot("10-mine")
    await mine.get_by_role("button", name=visit.look.second).click()
    await expect(mine).to_contain_text("История")
    await visit.shot("11-application")
    await press(mine, "Отозвать заявку")
    await press(mine, "Отозвать")
    await expect(mine).to_contain_text("Заявка отозвана.")
    head = await visit.phone_of(HEAD)
    await expect(head.row(visit.look.second)).to_contain_text("Отозвана", timeout=PUSHED)
    await visit.shot("12-withdrawn")


async def head_looks_at_the_queue(visit: Visit) -> None:
    head = await visit.phone_of(HEAD)
    await head.keys.get_by_role("button", name="Согласование заявок").click()
    await expect(head.rows.last).to_contain_text("ждут решения 5 заявок")
    await visit.shot("13-queue")


async def methodologist_opens(visit: Visit, code: str) -> Handset:
    phone = await visit.phone_of(METHODOLOGIST)
    await phone.keys.get_by_role("button", name="Группы и зачисление").click()
    await expect(phone.rows.last).to_contain_text("Первыми стоят курсы, где есть что сделать.")
    await visit.shot("14-courses")
    await phone.rows.last.get_by_role("button", name=code).click()
    await expect(phone.rows.last).to_contain_text("Ожидают зачисления")
    return phone


async def methodologist_makes_a_group_and_enrols(visit: Visit) -> None:
    phone = await methodologist_opens(visit, "ГМЦ-0818-Д")
    await visit.shot("15-course")
    await press(phone.rows.last, "Создать группу")
    await expect(phone.rows.last).to_contain_text("Новая группа")
    await visit.shot("16-draft")
    await press(phone.rows.last, "Создать")
    await expect(phone.rows.last).to_contain_text("Следующий в очереди: Орлова Марина Викторовна")
    await visit.shot("17-group")
    await press(phone.rows.last, "Ожидают зачисления (1)")
    await phone.rows.last.get_by_role("button", name="Орлова Марина Викторовна").click()
    await visit.shot("18-applicant")
    await phone.rows.last.get_by_role("button", name="Зачислить в группу 1").click()
    await expect(phone.rows.last).to_contain_text("Зачислен(а): ГМЦ-0818-Д, группа 1")
    teacher = await visit.phone_of(TEACHER)
    pushed = teacher.rows.filter(has_text="Зачислен(а): ГМЦ-0818-Д, группа 1")
    await expect(pushed.last).to_be_visible(timeout=PUSHED)
    await visit.shot("19-enrolled")


async def methodologist_reports_who_completed(visit: Visit) -> None:
    phone = await methodologist_opens(visit, "ГМЦ-0378-О")
    await press(phone.rows.last, "Закончили обучение: группа 1")
    await expect(phone.rows.last).to_contain_text("Отмечено: 1 из 1")
    await visit.shot("15-ticks")
    await press(phone.rows.last, "Документ (1)")
    await expect(phone.rows.last).to_contain_text("Соболева Ирина Маратовна")
    await phone.writes("ГМЦ-0913")
    await expect(phone.rows.last).to_contain_text("Напишите дату документа")
    await phone.rows.last.get_by_role("button", name="Сегодня").click()
    await expect(phone.rows.last).to_contain_text("Документ №: ГМЦ-0913")
    await visit.shot("16-confirm")
    await press(phone.rows.last, "Закончили обучение")
    await expect(phone.rows.last).to_contain_text("Закончили обучение: 1 человек.")
    await visit.shot("17-completed")


STEPS: Final = (
    newcomer_registers,
    teacher_finds_and_applies,
    head_approves,
    head_rejects_in_own_words_and_undoes,
    teacher_withdraws,
    head_looks_at_the_queue,
)
OF_METHODOLOGIST: Final = {
    "wide": methodologist_makes_a_group_and_enrols,
    "narrow": methodologist_reports_who_completed,
}
"""Each once: the windows share a demo."""


@pytest.mark.parametrize("look", LOOKS, ids=[look.name for look in LOOKS])
async def test_the_main_job_is_lived_through(windows: Windows, url: str, look: Look) -> None:
    async with windows.show(url, look.size) as screen:
        visit = Visit(screen, look)
        await visit.wear(look.schemes[0])
        teacher = await visit.phone_of(TEACHER)
        await expect(teacher.row("Здравствуйте")).to_be_visible(timeout=STARTED)
        assert await teacher.field.evaluate(PLACEHOLDER_FITS)
        for step in (*STEPS, OF_METHODOLOGIST[look.name]):
            await step(visit)
            await visit.next_scheme()


async def test_the_reset_brings_the_first_day_back(windows: Windows, url: str) -> None:
    async with windows.show(url) as screen:
        phone = screen.first
        await phone.writes("то, чего в первый день не было")
        await screen.page.get_by_role("button", name="Начать заново").click()
        await phone.alert.get_by_role("button", name="Начать заново").click()
        await expect(phone.rows.filter(has_text="не было")).to_have_count(0, timeout=STARTED)
        await expect(phone.row("Здравствуйте")).to_be_visible(timeout=STARTED)
        await expect(screen.second.row("Заявка на согласование")).to_be_visible(timeout=PUSHED)
        await screen.open_mail()
        await expect(screen.mail).to_contain_text("Писем пока нет")
        await phone.choose("Наталья Ким")
        await expect(phone.button("Начать")).to_be_visible()
