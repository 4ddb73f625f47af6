"""aiogram's dispatcher, asking only the handlers that an update can be for, and asking them where it stands.

aiogram walks through every router and hands each filter that is not a coroutine to a thread: a word typed to this bot
took 36 routers and 35 threads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from aiogram import Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import FilterObject, HandlerObject
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message, TelegramObject

from handlers.filters import FromMenu
from texts import labels

SEPARATOR: Final = ":"
COMMAND: Final = "/"
KNOWN: Final = 2_048
"""Beginnings in memory: some three hundred kinds of buttons, where a conversation stands, and forged ones."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What can be told from an update at once.

    `said`: the prefix of a tap's data; COMMAND, the menu's label or nothing of a text.
    """

    kind: str
    said: str
    state: str | None


def beginning(event: TelegramObject, kind: str, state: str | None) -> Beginning:
    """Of a message, a tap or anything else that people send."""
    said = ""
    if isinstance(event, CallbackQuery):
        said = (event.data or "").partition(SEPARATOR)[0]
    elif isinstance(event, Message):
        text = event.text or event.caption or ""
        said = COMMAND if text.startswith(COMMAND) else text if text in labels.MENU else ""
    return Beginning(kind, said, state)


def _is_hopeless(question: Any, of: Beginning) -> bool:
    """Whether a filter says no to everything that begins so. Of filters it does not know it says that they may not."""
    if isinstance(question, CallbackQueryFilter):
        return question.callback_data.__prefix__ != of.said
    if isinstance(question, FromMenu):
        return of.said not in {COMMAND, question.label}
    if isinstance(question, Command):
        return of.said != COMMAND
    if isinstance(question, State):
        return question.state not in {"*", of.state}
    return False


class _Question(FilterObject):
    """A filter that is asked where it stands."""

    async def call(self, *args: Any, **kwargs: Any) -> Any:
        """As aiogram's, without a thread: filters look at what they are given and at nothing else."""
        answer = self.callback(*args, **self._prepare_kwargs(kwargs))
        return await answer if self.awaitable else answer


def _asked(filters: Sequence[FilterObject] | None) -> list[FilterObject]:
    return [_Question(each.magic or each.callback) for each in filters or ()]


class Switchboard(Dispatcher):
    """A dispatcher whose routers have no middlewares of their own; their order is kept.

    Routers are included before the first update comes.
    """

    def __init__(self) -> None:
        super().__init__(disable_fsm=True)
        self.handlers_of = cache(lambda kind: tuple(self._handlers_of(kind)))
        """All handlers of a kind of update in the order in which they are asked, each with its router's filters."""
        self.within_reach = lru_cache(maxsize=KNOWN)(self._within_reach)

    def _handlers_of(self, kind: str) -> Iterator[HandlerObject]:
        for router in self.chain_tail:
            if (observer := router.observers.get(kind)) is None:
                continue
            root = _asked(observer._handler.filters)
            for handler in observer.handlers:
                yield HandlerObject(handler.callback, [*root, *_asked(handler.filters)], handler.flags)

    def _within_reach(self, of: Beginning) -> tuple[HandlerObject, ...]:
        """Handlers that may take an update which begins so, in their order."""
        return tuple(
            handler
            for handler in self.handlers_of(of.kind)
            if not any(_is_hopeless(question.magic or question.callback, of) for question in handler.filters or ())
        )

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        """Call the first handler whose filters agree."""
        if update_type == "error":
            return await super().propagate_event(update_type, event, **kwargs)
        for handler in self.within_reach(beginning(event, update_type, kwargs.get("raw_state"))):
            agreed, given = await handler.check(event, **kwargs)
            if agreed:
                return await handler.call(event, **given)
        return UNHANDLED
