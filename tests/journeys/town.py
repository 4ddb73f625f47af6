"""The invented city as journeys see it: people with phones, and a database that the bot's own process works on."""

import asyncio
import random
from datetime import timedelta
from itertools import count

from sqlalchemy import select, update

from db.tables import Application, Chat, Group, Invitation, School
from domain.person import Person
from playground.person import Person as Phone
from playground.world import Message
from tests.city import City

_words = count(1)
PATIENCE = 10.0


def buttons_of(message: Message) -> set[str]:
    """The labels under a message."""
    return {label for row in message.labels for label in row}


class Town(City):
    """A city whose people are met by phone."""

    async def school_named(self) -> str:
        """The name of a new school."""
        school_id = await self.school()
        return str(await self.one(select(School.name).where(School.id == school_id)))

    def rare_word(self) -> str:
        """The beginning of a word that no other course has, nor one that it could be a slip of."""
        chance = random.Random(next(_words))
        return "".join(chance.choice("бвгдзклмнпрст") + chance.choice("аеиоу") for _ in range(5)) + "олог"

    async def user_of(self, phone: Phone) -> int:
        """Whose phone it is."""
        return int(await self.one(select(Chat.user_id).where(Chat.chat_id == phone.id)))

    async def again_of(self, phone: Phone) -> Person:
        """Who the phone's owner is now."""
        found = (await self.services.people.arrive(phone.id)).person
        assert found is not None
        return found

    async def applies(self, phone: Phone, course_id: int) -> int:
        """The phone's owner applies for a course by tapping: the application's id."""
        code = await self.code_of(course_id)
        await phone.sends(code)
        await phone.hears(code)
        await phone.taps("Записаться")
        await phone.is_shown("Записаться на курс?")
        await phone.taps("Записаться")
        await phone.is_shown("Ваша заявка на курс принята.")
        user_id = await self.user_of(phone)
        newest = select(Application.id).where(Application.user_id == user_id, Application.course_id == course_id)
        return int(await self.one(newest.order_by(Application.id.desc()).limit(1)))

    async def count_applications(self, course_id: int) -> int:
        """How many applications a course has."""
        return await self.count(Application, course_id=course_id)

    async def age_invitations(self, days: int) -> None:
        """As if so many days had passed since the open invitations were given."""
        async with self.database.write() as tx:
            for invitation in (await tx.execute(select(Invitation.id, Invitation.expires_at))).all():
                aged = invitation.expires_at - timedelta(days=days)
                await tx.execute(update(Invitation).where(Invitation.id == invitation.id).values(expires_at=aged))

    async def end_group(self, course_id: int) -> int:
        """As if a course's only group had ended yesterday: its id."""
        yesterday = self.today - timedelta(days=1)
        async with self.database.write() as tx:
            ended = update(Group).where(Group.course_id == course_id).values(starts_on=yesterday, ends_on=yesterday)
            return int((await tx.execute(ended.returning(Group.id))).scalar_one())

    async def until_blocked(self, phone: Phone) -> None:
        """Until the bot knows that the phone's owner has blocked it."""
        async with asyncio.timeout(PATIENCE):
            # Another process: there is no event to wait for.
            while (await self.one(select(Chat.blocked_since).where(Chat.chat_id == phone.id))) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
