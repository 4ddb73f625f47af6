"""Deep links that were used, are over, are foreign, were changed or were never given; and how far guessing gets."""

import random
import string
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from benchmarks.hostile.judging import heard, wrong_with
from benchmarks.hostile.possessions import Whose, snapshot, taken
from benchmarks.hostile.stage import Stage
from benchmarks.hostile.tally import Tally
from benchmarks.hostile.victims import Victims, found
from db.tables import Invitation, Record
from domain.person import Role
from playground.person import Person as Phone

ALPHABET: Final = string.ascii_letters + string.digits + "_-"
BITS: Final = 128
"""What nobody guesses."""
ODD: Final = (
    "", "inv_", "r_", "c_", "inv", "c_0", "c_-1", "c_1 OR 1=1", "c_" + "9" * 9, "c_" + "9" * 62, "c_٣", "c_1\n",
    "letters_", "p_0", "p_" + "9" * 9, "p_-1", "portal1", "r_" + "A" * 62, "inv_" + "A" * 60, "x" * 64, "x" * 4000,
    "\u202e", "🙂" * 20, "inv_%00", "..%2f..%2f", "start", "/start", "inv_inv_inv_", "c_1 c_2",
)  # fmt: skip


class Links:
    """Strangers, teachers and heads who try them."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self._stage = stage
        self._chance = chance
        self._tally = Tally("deep links invented, changed and replayed")

    async def run(self, invented: int) -> Tally:
        """`invented` payloads by chance, and every kind of link that is no good any more."""
        victims = await found(self._stage)
        good, spent = await self._invitations(victims)
        people = [await self._stage.person(await self._stage.city.school()) for _ in range(2)]
        phones = [self._stage.stranger(), *map(self._stage.phone, people)]
        await self._stage.settles()
        self._stage.troubles()
        hidden = await self._stage.city.course(published=False)
        before = await snapshot(self._stage.database)
        for payload in (*spent, *ODD, *self._changed(good), *(f"inv_{token}" for token in self._random(invented, 43))):
            await self._open(self._chance.choice(phones), payload)
        await self._tell_apart(phones, hidden)
        await self._records(phones, invented)
        await self._stage.settles()
        whose = Whose(
            {person.id for person in people}, {phone.id for phone in phones}, (), victims.school, victims.provider
        )
        for line in taken(before, await snapshot(self._stage.database), whose):
            self._tally.fails(f"a link that is no good changed {line}")
        await self._good_once(good, phones)
        self._long_enough(good)
        return self._tally

    async def _open(self, phone: Phone, payload: str) -> str:
        handled = await self._stage.says(phone, f"/start {payload}")
        self._tally.tried += 1
        self._tally.waited(handled.seconds)
        for line in wrong_with(handled) + self._stage.troubles():
            self._tally.fails(f"{payload[:70]!r}: {line}")
        return heard(handled)

    async def _invitations(self, victims: Victims) -> tuple[str, list[str]]:
        """One that is good, and those that are not: used, over, taken back, of somebody who has lost the right."""
        services, people = self._stage.services, victims.people
        operator, head = people["operator"], people["head"]
        tokens = {}
        for what in ("good", "used", "over", "taken back", "void"):
            by = head if what == "void" else operator
            tokens[what] = await services.invitations.issue(Role.ADMIN, victims.school, None, 7, by)
        await services.people.accept_invitation(tokens["used"].token, people["colleague"])
        await services.invitations.revoke(tokens["taken back"].invitation.id, operator)
        async with self._stage.database.write() as tx:
            over = update(Invitation).where(Invitation.id == tokens["over"].invitation.id)
            await tx.execute(over.values(expires_at=services.calendar.now() - timedelta(seconds=1)))
            void = update(Invitation).where(Invitation.id == tokens["void"].invitation.id)
            await tx.execute(void.values(invited_by=people["teacher"].id))
        return tokens["good"].token, [f"inv_{issued.token}" for what, issued in tokens.items() if what != "good"]

    def _changed(self, token: str) -> Iterator[str]:
        """A good one with a letter more, less, or another."""
        yield from (f"inv_{token[:-1]}", f"inv_{token}A", f"inv_{token.swapcase()}", f"inv_{token[::-1]}", token)
        for place in range(0, len(token) - 1, 5):
            other = self._chance.choice([letter for letter in ALPHABET if letter != token[place]])
            yield f"inv_{token[:place]}{other}{token[place + 1 :]}"

    def _random(self, count: int, length: int) -> Iterator[str]:
        for _ in range(count):
            yield "".join(self._chance.choices(ALPHABET, k=length))

    async def _tell_apart(self, phones: list[Phone], hidden: int) -> None:
        """A course that is not published looks like one that is not there."""
        for phone in phones:
            if await self._open(phone, f"c_{hidden}") != await self._open(phone, "c_999999999"):
                self._tally.fails("a course that is not published is told apart from none")

    async def _records(self, phones: list[Phone], invented: int) -> None:
        """Records are shown for their own token and for no other."""
        token = str(await self._stage.city.one(select(Record.check_token).limit(1)))
        wrong = [token[:-1], f"{token}A", token.swapcase(), token[::-1], *self._random(invented, len(token))]
        nothing = {await self._open(self._chance.choice(phones), f"r_{each}") for each in wrong if each != token}
        if len(nothing) != 1:
            self._tally.fails(f"wrong tokens of records are answered in {len(nothing)} ways")
        if await self._open(phones[0], f"r_{token}") in nothing:
            self._tally.fails("the right token of a record shows nothing")
        if len(token) * 6 < BITS:
            self._tally.fails(f"the token of a record has {len(token) * 6} bits")

    async def _good_once(self, token: str, phones: list[Phone]) -> None:
        """A good one gives its role to the first and to nobody else."""
        first, second = phones[1:]
        for phone, gives in ((first, True), (second, False)):
            await self._open(phone, f"inv_{token}")
            arrival = await self._stage.services.people.arrive(phone.id)
            if arrival.person is None or arrival.person.approver is not gives:
                self._tally.fails("an invitation gave its role to another than the first")

    def _long_enough(self, token: str) -> None:
        if len(token) * 6 < BITS:
            self._tally.fails(f"the token of an invitation has {len(token) * 6} bits")


async def opened(stage: Stage, chance: random.Random, invented: int) -> Tally:
    """`invented` tokens of each kind, and all that once were good."""
    return await Links(stage, chance).run(invented)
