"""A bot whose time stands still: the same start-up inside the test's process, over HTTP, on a clock that tests move."""

from dataclasses import dataclass
from datetime import timedelta

from bot.startup import Application
from domain.person import Person
from playground.person import Person as Phone
from playground.stand_in import StandIn
from tests.conftest import Clock
from tests.journeys.town import Town


@dataclass
class Slow:
    """The bot, and its city."""

    application: Application
    city: Town
    stand_in: StandIn
    clock: Clock

    async def meet(self, person: Person) -> Phone:
        """A phone with the bot's chat open."""
        phone = self.stand_in.person(person.full_name, id=person.chat_id)
        await phone.starts()
        await phone.hears("Здравствуйте")
        return phone

    def later(self, **by: float) -> None:
        """So much time goes by; the sender looks what is due."""
        self.clock.advance(timedelta(**by))
        self.application.sender.wake()
