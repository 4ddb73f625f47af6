"""Does every notification arrive, whatever Telegram and the network do?

    python -m benchmarks.faults [--notifications 2000] [--share 0.2] [--database URL]

A share of the bot's calls is answered by 429 for a chat or for everything, by 500, by 502 with an HTML page, by a
connection cut before or after the effect, or by ten seconds of silence. Bounds: all arrive, and no call is made before
the time of a 429 is over.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from benchmarks.stage import Report, Stage, command, named, staged
from db.outbox import Note, Priority
from db.tables import Notification
from playground.faults import Share
from playground.person import Person as Phone
from services.circulars import CIRCULAR

KEY: Final = "benchmark:"
EACH: Final = 10
"""Notifications for each person."""
CROSSING: Final = 0.5
"""Seconds: a call that comes so soon after a 429's answer was on its way when the answer was."""
LONGEST: Final = 3_600.0
"""Seconds until what has not arrived counts as lost."""


@dataclass(frozen=True)
class Outcome:
    """What became of the notifications, and of the calls. `seconds` until the last had arrived."""

    notifications: int
    arrived: int
    given_up: int
    again: int
    """Copies of what had arrived before: the bot could not know."""
    effects_unseen: int
    """Calls whose effect the bot was not told of."""
    calls: int
    met: Counter[str]
    too_early: int
    crossed: int
    seconds: float

    @property
    def broken(self) -> list[str]:
        """The bounds that do not hold."""
        bounds = {
            f"{self.notifications - self.arrived} notifications are lost": self.arrived == self.notifications,
            f"{self.given_up} notifications were given up": not self.given_up,
            f"{self.too_early} calls before a 429's time was over": not self.too_early,
            f"{self.again} arrived again, {self.effects_unseen} effects went unseen": self.again <= self.effects_unseen,
        }
        return [line for line, holds in bounds.items() if not holds]

    def report(self, url: str) -> Report:
        """The column of the table."""
        rows = {
            "notifications": f"{self.notifications:,}",
            "calls": f"{self.calls:,}",
            **{f"met: {name.lower().replace('_', ' ')} the effect": times for name, times in self.met.items()},
            "arrived": f"{self.arrived:,}",
            "given up": self.given_up,
            "arrived more than once": f"{self.again} of {self.effects_unseen} whose effect went unseen",
            "calls before a 429's time was over": self.too_early,
            "calls that crossed a 429 on its way": self.crossed,
            "until the last arrived": f"{self.seconds:.0f} s",
        }
        return Report(named(url), rows, self.broken)


async def run(
    url: str,
    log: Path,
    *,
    notifications: int = 2_000,
    share: float = 0.2,
    seed: int = 0,
    silence: float = 10.0,
    longest_pause: int = 3,
    crossing: float = CROSSING,
    speed: float = 1.0,
) -> Outcome:
    """Let the bot say so many notifications while a share of its calls goes wrong.

    `silence` in seconds, a 429 asks for `longest_pause` at most; pauses before what failed is tried again pass `speed`
    times as fast.
    """
    async with staged(url, log, speed=speed) as stage:
        people = await stage.crowd(max(1, notifications // EACH))
        bot = await stage.start_and_wait()
        try:
            began = time.perf_counter()
            trouble = Share(share, seed, silence=silence, longest_pause=longest_pause)
            stage.stand_in.faults.share = trouble
            notes, phones = _notes(people, notifications, seed)
            await stage.tell(notes)
            await stage.until_settled(KEY, LONGEST)
            seconds = time.perf_counter() - began
        finally:
            bot.kill()
            await bot.wait()
        return await _outcome(stage, phones, trouble, seconds, crossing)


def _notes(people: list[tuple[int, Phone]], notifications: int, seed: int) -> tuple[list[Note], dict[str, Phone]]:
    """Notes to these people, in a random order, every other one urgent; who is to hear each of them."""
    turns = [people[number % len(people)] for number in range(notifications)]
    random.Random(seed).shuffle(turns)
    notes, phones = [], {}
    for number, (user_id, phone) in enumerate(turns):
        text = f"Сообщение {number}."
        payload = {"code": "ГМЦ-1", "title": "Уроки географии", "group": "1", "provider": "Центр", "text": text}
        priority = Priority.BULK if number % 2 else Priority.CONSEQUENCE
        notes.append(Note(f"{KEY}{number}", user_id, CIRCULAR, payload, priority))
        phones[text] = phone
    return notes, phones


async def _outcome(stage: Stage, phones: dict[str, Phone], trouble: Share, seconds: float, crossing: float) -> Outcome:
    heard = Counter[str]()
    for phone in set(phones.values()):
        heard.update(last_line(message.text) for message in phone.messages)
    ours = Notification.key.startswith(KEY)
    failed = select(func.count()).select_from(Notification).where(ours, Notification.failed_at.is_not(None))
    early = stage.stand_in.pace.too_early
    return Outcome(
        notifications=len(phones),
        arrived=sum(heard[text] > 0 for text in phones),
        given_up=await stage.city.one(failed),
        again=sum(heard[text] - 1 for text in phones if heard[text]),
        effects_unseen=_effects_unseen(trouble.met),
        calls=len(stage.stand_in.calls),
        met=trouble.met,
        too_early=sum(call.after > crossing for call in early),
        crossed=sum(call.after <= crossing for call in early),
        seconds=seconds,
    )


def last_line(text: str) -> str:
    """What tells one message from another."""
    return text.rpartition("\n")[2]


def _effects_unseen(met: Counter[str]) -> int:
    return sum(times for name, times in met.items() if name.endswith("after"))


if __name__ == "__main__":
    command(__doc__, run, notifications=2_000, share=0.2, seed=0)
