"""Forged taps: every kind of button, in every role, at things that are foreign, missing, stale or nonsense."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from aiogram.filters.callback_data import CallbackData

from benchmarks.hostile.buttons import Forger, kinds_of_buttons, named, packed
from benchmarks.hostile.judging import heard, wrong_with
from benchmarks.hostile.possessions import Rows, Whose, roles_of, snapshot, taken
from benchmarks.hostile.stage import Handled, Stage
from benchmarks.hostile.tally import Tally
from benchmarks.hostile.victims import INSIDERS, Maker, Victims, found, outsiders
from benchmarks.hostile.words import WORDS
from domain.person import Person
from playground.person import Person as Phone
from services.intake import Talk

OPEN_TO_ALL: Final = frozenset(
    {
        "catalogue.ShowCourse", "catalogue.Apply", "catalogue.ConfirmApply", "catalogue.PutFavourite",
        "catalogue.DrawPoster", "filtering.ShowChoices",
        "applications.CourseOf", "registration.ChooseSchool", "profile.ConfirmSchool",
    }
)  # fmt: skip
"""What they name is in the catalogue or in the list of schools, for everybody to see."""


@dataclass(frozen=True)
class Share:
    """How much of what could be tried is: true ids by people without rights and with, ids that nothing has and data
    that is stale or cut short, nonsense, open questions."""

    foreign: float
    own: float
    bounds: float
    odd: float
    asked: float
    words: float


@dataclass
class Reach:
    """Somebody who taps, and everything that came of it."""

    role: str
    make: Maker
    person: Person | None = None
    phone: Phone | None = None
    users: set[int] = field(default_factory=set)
    chats: set[int] = field(default_factory=set)
    given: set[int] = field(default_factory=set)
    """Roles at a school that they were made with."""

    async def at_hand(self, stage: Stage) -> Phone:
        """The phone of somebody of this role; somebody new, where the last one has removed the profile."""
        gone = self.phone is None
        if self.person is not None and self.phone is not None:
            arrival = await stage.services.people.arrive(self.phone.id)
            gone = arrival.person is None
        if gone:
            self.person = await self.make()
            self.phone = stage.phone(self.person)
            if self.person is not None:
                self.users.add(self.person.id)
                self.given |= await roles_of(stage.database, self.person.id)
            self.chats.add(self.phone.id)
            if self.person is None:
                await stage.says(self.phone, "/start")
        assert self.phone is not None
        return self.phone


class Taps:
    """The walk, and what it has seen so far."""

    def __init__(self, stage: Stage, chance: random.Random, share: Share, met: Iterable[tuple[Phone, Talk]]) -> None:
        """`met`: what people with a right were asked, to be put to those without."""
        self.stage = stage
        self.chance = chance
        self.share = share
        self.forged = Tally("forged taps: every kind of button × role × id")
        self.asked = Tally("forged taps and odd words of people who are being asked something")
        self.talks = [talk for _, talk in met]

    async def run(self) -> list[Tally]:
        """Those without rights at one town, together; each with a right at a town of their own."""
        victims = await found(self.stage)
        await self.stage.settles()
        reaches = [Reach(role, make) for role, make in outsiders(self.stage, victims).items()]
        for reach in reaches:
            await reach.at_hand(self.stage)
        before = await snapshot(self.stage.database)
        await asyncio.gather(*(self._walk(reach, victims, rightless=True) for reach in reaches))
        await self._keeps_their_hands_off(before, victims, reaches, self.forged)
        for role in INSIDERS if self.share.own else INSIDERS[:1]:
            town = await found(self.stage)
            await self._walk(Reach(role, _given(town.people[role])), town, rightless=False)
        await self._asked(victims, reaches)
        return [self.forged, self.asked]

    async def _walk(self, reach: Reach, victims: Victims, *, rightless: bool) -> None:
        forger = Forger(victims.ids, victims.versions, victims.about, self.chance)
        for kind in kinds_of_buttons():
            if not rightless:
                await self._own(reach, kind, forger)
            elif self._falls(self.share.foreign):
                await self._foreign(reach, kind, forger)
            for odd, share in ((forger.bounds(kind), self.share.bounds), (forger.odd(kind), self.share.odd)):
                for data in odd:
                    if self._falls(share):
                        await self._tap(reach, data, named(kind), self.forged)
        for nothing in ("", "🙂", "x" * 64, ":", None):
            await self._tap(reach, nothing, "no kind", self.forged)

    async def _own(self, reach: Reach, kind: type[CallbackData], forger: Forger) -> None:
        """Whoever holds every role taps each kind once at the least, so that every question is met."""
        every, *others = forger.true(kind)
        tried = [every] if reach.role == INSIDERS[0] or self._falls(self.share.own) else []
        for values in [*tried, *(values for values in others if self._falls(self.share.own))]:
            await self._tap(reach, packed(kind, values), named(kind), self.forged)

    async def _foreign(self, reach: Reach, kind: type[CallbackData], forger: Forger) -> None:
        """What is foreign and what does not exist look the same to whoever may not see it."""
        told: dict[str, set[str]] = defaultdict(set)
        for values in forger.true(kind):
            for which, given in (("there", values), ("missing", forger.missing(kind, values))):
                handled = await self._tap(reach, packed(kind, given), named(kind), self.forged)
                told[which].add(heard(handled))
        private = forger.points_at(kind) and named(kind) not in OPEN_TO_ALL
        if private and told["there"] != told["missing"]:
            odd = told["there"] ^ told["missing"]
            self.forged.fails(f"{named(kind)} by {reach.role} tells what exists: {sorted(odd)[:3]}")

    async def _tap(self, reach: Reach, data: str | None, name: str, tally: Tally) -> Handled:
        phone = await reach.at_hand(self.stage)
        handled = await self.stage.taps(phone, data)
        tally.tried += 1
        tally.waited(handled.seconds)
        for wrong in wrong_with(handled, is_tap=True) + self.stage.troubles():
            tally.fails(f"{name} {str(data)[:80]!r} by {reach.role}: {wrong}")
        return handled

    async def _asked(self, victims: Victims, reaches: list[Reach]) -> None:
        """Every question that was met is put to people who never had the right to be asked it."""
        kinds = kinds_of_buttons()
        before = await snapshot(self.stage.database)
        forger = Forger(victims.ids, victims.versions, victims.about, self.chance)
        for talk in self.talks:
            state = talk.state or "no question"
            for reach in reaches:
                for kind in kinds:
                    if self._falls(self.share.asked):
                        await self.stage.puts_into(await reach.at_hand(self.stage), talk)
                        data = packed(kind, next(forger.true(kind)))
                        await self._tap(reach, data, f"{named(kind)} at {state}", self.asked)
                for text in WORDS:
                    if self._falls(self.share.words):
                        await self._say(reach, text, state, talk)
        await self._keeps_their_hands_off(before, victims, reaches, self.asked)

    async def _say(self, reach: Reach, text: str, state: str, talk: Talk) -> None:
        phone = await reach.at_hand(self.stage)
        await self.stage.puts_into(phone, talk)
        handled = await self.stage.says(phone, text)
        self.asked.tried += 1
        self.asked.waited(handled.seconds)
        for wrong in wrong_with(handled) + self.stage.troubles():
            self.asked.fails(f"{text[:20]!r} at {state} by {reach.role}: {wrong}")

    async def _keeps_their_hands_off(self, before: Rows, victims: Victims, reaches: list[Reach], tally: Tally) -> None:
        await self.stage.settles()
        users = {user for reach in reaches for user in reach.users}
        chats = {chat for reach in reaches for chat in reach.chats}
        given = {role for reach in reaches for role in reach.given}
        after = await snapshot(self.stage.database)
        for line in taken(before, after, Whose(users, chats, given, victims.school, victims.provider)):
            tally.fails(f"changed by somebody without a right: {line}")

    def _falls(self, share: float) -> bool:
        return self.chance.random() < share


def _given(person: Person) -> Maker:
    async def make() -> Person:
        return person

    return make
