"""The postman: takes letters that are due and hands them to the mail server."""

from collections.abc import Mapping
from typing import Final

import structlog

from bot.delivery import Delivery
from bot.letters import Write
from bot.metrics import Said, said
from bot.post import Post, PutOff, Undeliverable
from services.outbox import MAIL, UNKNOWN_KIND, Parcel
from services.portal import Services

AT_ONCE: Final = 4

log: Final = structlog.get_logger()


class Postman(Delivery):
    """Sends what is due by mail. `letters`: how each kind of notification is written."""

    def __init__(self, post: Post, services: Services, letters: Mapping[str, Write]) -> None:
        super().__init__(services.outbox, MAIL, self._send, AT_ONCE)
        self._post = post
        self._services = services
        self._letters = letters

    def divide(self, processes: int) -> None:
        """So many processes share the letters."""
        self._post.divide(processes)

    async def _send(self, parcel: Parcel) -> None:
        """What has nobody to go to is settled: there is nothing to try again."""
        write, outcome = self._letters.get(parcel.kind), Said.PUT_OFF
        try:
            if write is None:
                await self._outbox.retry(parcel, UNKNOWN_KIND)  # a newer version's, for a replica that has it
                return
            outgoing = await write(self._services, parcel)
            if outgoing is not None:
                await self._post.send(*outgoing, parcel.ids[0], parcel.created_at)
            await self._note_said(parcel)
            outcome = Said.SENT
        except Undeliverable as refusal:
            outcome = Said.FAILED
            log.warning("letter_given_up", kind=parcel.kind, fault=str(refusal))
            await self._outbox.give_up(parcel.ids, str(refusal))
        except PutOff as fault:
            log.warning("letter_put_off", kind=parcel.kind, fault=str(fault), attempts=parcel.attempts)
            await self._outbox.retry(parcel, str(fault))
        except Exception as fault:
            log.error("letter_failed", kind=parcel.kind, exc_info=fault)
            await self._outbox.retry(parcel, type(fault).__name__)
        finally:
            said(MAIL, parcel.kind, outcome)
