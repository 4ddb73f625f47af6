"""How much one person may ask of the bot: past it one clear sentence, then silence for a while, others unhindered."""

import time
from collections import deque
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.types import TelegramObject, Update

from handlers.replies import answer, reply
from texts.errors import TOO_FAST

KEYS_A_TAP: Final = 3
"""Of what is typed after `@bot` each stop of the fingers is an update: so many count as one tap."""
WINDOW: Final = 10.0
"""Seconds in which a person has so many taps and messages as the setting TAP_LIMIT says."""
SILENCE: Final = 20.0
"""Seconds of silence after them."""
REMEMBERED: Final = 10_000
"""People in memory; whoever was quiet the longest is forgotten first."""

log: Final = structlog.get_logger()


class Verdict(Enum):
    """What becomes of an update."""

    HANDLED = "handled"
    TOLD = "told"
    SILENT = "silent"


class _Person:
    """The moments of somebody's latest updates, and until when nothing more is heard."""

    __slots__ = ("recent", "silent_until")

    def __init__(self, taps: int) -> None:
        self.recent: deque[float] = deque(maxlen=taps)
        self.silent_until = 0.0


class Allowance:
    """The rule without Telegram. `clock` counts seconds from any beginning; `taps` 0: no limit.

    It is kept in the memory of one process: each of several replicas counts what comes to it, and a restart forgets.
    """

    def __init__(self, taps: int, clock: Callable[[], float] = time.monotonic, remembered: int = REMEMBERED) -> None:
        self._taps = taps
        self._clock = clock
        self._remembered = remembered
        self._people: dict[int, _Person] = {}

    def __len__(self) -> int:
        """How many people are remembered."""
        return len(self._people)

    def take(self, person: int) -> Verdict:
        """One more update of a person's, who is a stranger or not."""
        if not self._taps:
            return Verdict.HANDLED
        now = self._clock()
        known = self._touch(person, now)
        if known.silent_until > now:
            return Verdict.SILENT
        if len(known.recent) == self._taps and now - known.recent[0] < WINDOW:
            known.silent_until = now + SILENCE
            known.recent.clear()
            return Verdict.TOLD
        known.recent.append(now)
        return Verdict.HANDLED

    def _touch(self, person: int, now: float) -> _Person:
        known = self._people.pop(person, None) or _Person(self._taps)
        self._forget(now)
        self._people[person] = known
        return known

    def _forget(self, now: float) -> None:
        """Those heard of longest ago stand first: two whose time is over go for each one that comes."""
        first_two = [item for item, _ in zip(self._people.items(), range(2), strict=False)]
        for person, known in first_two:
            over = not known.recent or now - known.recent[-1] >= WINDOW
            if (over and known.silent_until <= now) or len(self._people) >= self._remembered:
                del self._people[person]


class Limiting(BaseMiddleware):
    """Stands before everything else, so that whoever is past the limit costs no statement; expects `allowance`,
    and `typing` for what is typed after `@bot`, which takes nothing from the taps.

    The update counts as handled. A tap is always answered, since an unanswered one spins: with the sentence once,
    then with nothing; such answers do not count against the bot's pace.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Taps and messages are counted; that somebody blocks the bot or comes back is always heard."""
        context: EventContext = data[EVENT_CONTEXT_KEY]
        if not isinstance(event, Update):
            return await handler(event, data)
        allowance: Allowance | None = data.get("typing" if event.inline_query else "allowance")
        if allowance is None or event.my_chat_member or context.user_id is None:
            return await handler(event, data)
        verdict = allowance.take(context.user_id)
        if verdict is Verdict.HANDLED:
            return await handler(event, data)
        if verdict is Verdict.TOLD:
            log.info("person_too_fast")
        await _refuse(event, TOO_FAST if verdict is Verdict.TOLD else None)
        return None


async def _refuse(update: Update, sentence: str | None) -> None:
    if update.callback_query is not None:
        await answer(update.callback_query, sentence, alert=sentence is not None)
    elif sentence is not None and (message := update.message or update.edited_message) is not None:
        await reply(message, sentence)
