"""Odd words wherever people may write: markup, other directions, invisible signs, emoji without end, half pairs."""

import importlib
import pkgutil
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final, TypeVar

from aiogram.fsm.state import StatesGroup

import handlers
from benchmarks.hostile.buttons import Forger, kinds_of_buttons, packed
from benchmarks.hostile.judging import wrong_with
from benchmarks.hostile.stage import Handled, Stage
from benchmarks.hostile.tally import Tally
from benchmarks.hostile.victims import INSIDERS, found
from playground.person import Person as Phone
from services.intake import Talk

MARKS: Final = (
    "<b>Анна</b> & <script>alert(1)</script>", "*Анна* _и_ `код` [ссылка](tg://user?id=1)", "{0} {name!r} %s %(x)s $x",
    "\u202eавоноС анна\u202c", "\u200bСоколова\u2060 Анна\ufeff", "Соколова\u0301\u0301\u0301 Анна", "\u3164 \u2800",
    "Соколова\nАнна\r\nПетровна", "Соколова\x00 Анна", "Соколова \ud83d Анна", "\udc00\ud800", "\x1b[31mАнна",
    "😀" * 4096, "я" * 4096, "👩‍👩‍👧‍👦" * 400, "\n" * 4000 + "я", "а\u0300" * 2000, "'; DROP TABLE users; --",
    "\\u0041 \\n", "ﷺ" * 500, "Z̷͓̈a̴l̸g̶o̵" * 60, "\u2028\u2029", "\t\t", "-", "«»", "\U000e0041\U000e0042", "٣٤٥", "ＡＢＣ",
)  # fmt: skip
ADDRESS: Final = "anna@example.org"
USUAL: Final = ("Соколова Анна Петровна", ADDRESS, "1417", "Учитель", "05.02.2027", "25", "/menu", "/start", "Профиль")
WORDS: Final = (*MARKS, *USUAL)
Thing = TypeVar("Thing")


MOST_BUTTONS: Final = 12
"""Of one screen."""
BUTTONS_AT_A_QUESTION: Final = 0.1
"""Of all kinds: those of old screens, tapped while something else is asked."""


@dataclass(frozen=True)
class Question:
    """What the bot waits for, and the names of what it knows by then."""

    state: str | None
    answers: tuple[str, ...]


def questions() -> set[str]:
    """Everything that the bot may wait for an answer to."""
    for module in pkgutil.walk_packages(handlers.__path__, "handlers."):
        importlib.import_module(module.name)
    groups = (group for group in StatesGroup.__subclasses__() if group.__module__.startswith("handlers."))
    return {str(state.state) for group in groups for state in group.__states__}


class Questions:
    """A walk through all that the bot asks: from button to question to answer to the next question."""

    def __init__(self, stage: Stage, chance: random.Random, share: float) -> None:
        """`share` of the buttons is pressed, and of the odd words said at each question."""
        self._stage = stage
        self._chance = chance
        self._share = share
        self._tally = Tally("odd words at every question: names, reasons, tickets, circulars, groups, settings")
        self.met: dict[Question, tuple[Phone, Talk]] = {}
        self._numbers = count()

    async def run(self) -> Tally:
        """Begin at every button of somebody with every role, and at a stranger's first word."""
        stranger = await self._town()
        await self._said(stranger, "/start")
        for kind in self._some(kinds_of_buttons()):
            if self._share == 1:  # what one tap decides, another cannot ask about any more
                stranger = await self._town()
            for number, values in enumerate(self._forger.true(kind)):
                await self._tapped(self._holder, packed(kind, values))
                if not number:
                    await self._pressed(self._holder)
            await self._tapped(stranger, packed(kind, values))
        if self._share == 1:
            for state in sorted(questions() - {question.state for question in self.met if question.state}):
                self._tally.fails(f"nobody was ever asked {state}")
        await self._odd_ones()
        await self._stage.settles()
        self._blames("afterwards", [])
        return self._tally

    async def _town(self) -> Phone:
        """A fresh town, with its holder of every role, and a stranger."""
        victims = await found(self._stage)
        self._forger = Forger(victims.ids, victims.versions, victims.about, self._chance)
        self._holder = self._stage.phone(victims.people[INSIDERS[0]])
        return self._stage.stranger()

    async def _pressed(self, phone: Phone) -> None:
        """The buttons of the screen: some questions are asked by none but those."""
        shown = [button for row in self._stage.screen(phone).buttons for button in row if "callback_data" in button]
        for button in self._some(shown[:MOST_BUTTONS]) if shown else []:
            await self._tapped(phone, button["callback_data"])

    async def _usual(self, phone: Phone, talk: Talk) -> None:
        """A question is met: usual words, so that the next question comes, and the buttons that it shows."""
        buttons = [button for row in self._stage.screen(phone).buttons for button in row if "callback_data" in button]
        right = await self._code(talk) if str(talk.state).endswith(":code") else None
        is_known = (await self._stage.services.people.arrive(phone.id)).person is not None
        for text in filter(None, [right, *USUAL]):
            # A stranger may ask for a code once a minute, so each word is a new stranger's; a code is one's own.
            to = phone if is_known or right else self._stage.stranger()
            await self._stage.puts_into(to, talk)
            await self._said(to, text.replace(ADDRESS, f"anna{next(self._numbers)}@example.org"))
        for button in buttons[:MOST_BUTTONS]:
            await self._stage.puts_into(phone, talk)
            await self._tapped(phone, button["callback_data"])

    async def _odd_ones(self) -> None:
        """Odd words at every question that was met, and what is done with them; and buttons of other questions."""
        await self._odd_names()
        for phone, talk in list(self.met.values()):
            for text in self._some(MARKS):
                await self._stage.puts_into(phone, talk)
                await self._said(phone, text)
                await self._confirmed(phone)
            for kind in self._some(kinds_of_buttons(), BUTTONS_AT_A_QUESTION):
                await self._stage.puts_into(phone, talk)
                await self._tapped(phone, packed(kind, next(self._forger.true(kind))))
        await self._catalogue(self._holder)

    def _some(self, of: Sequence[Thing], part: float = 1) -> list[Thing]:
        return self._chance.sample(of, max(1, int(len(of) * self._share * part)))

    async def _confirmed(self, phone: Phone) -> None:
        """The button that the answer offers first: what was written is kept, sent, shown to others."""
        buttons = [button for row in self._stage.screen(phone).buttons for button in row if "callback_data" in button]
        wanted = [button for button in buttons if button.get("style") == "success"] or buttons[:1]
        for button in wanted[:1]:
            await self._tapped(phone, button["callback_data"])

    async def _code(self, talk: Talk) -> str | None:
        """What the letter says."""
        kept = talk.answers.get("recovery", talk.answers)
        letter = await self._stage.services.emails.code_letter(kept.get("code_id", 0))
        return letter.code if letter else None

    async def _odd_names(self) -> None:
        """Courses and schools that are called so."""
        imports = self._stage.services.imports
        rows = [f"ОДД-{number};{_cell(text)};Центр;внебюджет;{_cell(text)}" for number, text in enumerate(MARKS)]
        content = "\n".join(["Шифр;Название;Организация;Финансирование;Аннотация", *rows]).encode("utf-8", "replace")
        await imports.courses("odd.csv", content, skip_invalid=True)
        content = "\n".join(["Название;Район", *(f"{_cell(text)};Север" for text in MARKS)]).encode("utf-8", "replace")
        await imports.schools("odd.csv", content, skip_invalid=True)

    async def _catalogue(self, phone: Phone) -> None:
        """Courses with odd titles are found and opened."""
        for text in self._some(MARKS):
            await self._said(phone, text)
            await self._said(phone, f"ОДД-{MARKS.index(text)}")
            await self._confirmed(phone)

    async def _said(self, phone: Phone, text: str) -> None:
        handled = await self._stage.says(phone, text)
        await self._done(phone, handled, f"{text[:30]!r}", wrong_with(handled))

    async def _tapped(self, phone: Phone, data: str) -> None:
        handled = await self._stage.taps(phone, data)
        await self._done(phone, handled, repr(data), wrong_with(handled, is_tap=True))

    async def _done(self, phone: Phone, handled: Handled, what: str, wrong: list[str]) -> None:
        self._tally.tried += 1
        self._tally.waited(handled.seconds)
        talk = handled.talk or Talk()
        self._blames(f"{what}, then {talk.state}", wrong)
        question = Question(talk.state, tuple(sorted(talk.answers)))
        if (talk.state or talk.answers) and question not in self.met:
            self.met[question] = (phone, talk)
            await self._usual(phone, talk)

    def _blames(self, what: str, wrong: list[str]) -> None:
        for line in (*wrong, *self._stage.troubles()):
            self._tally.fails(f"{what}: {line}")


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\x00", "") + '"'
