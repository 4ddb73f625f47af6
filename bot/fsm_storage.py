"""The FSM over the conversation that is loaded with the update in hand: nothing is read or written twice."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final, Protocol

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from services.intake import Talk, in_hand
from services.people import Arrival

current: Final[ContextVar[Talk]] = ContextVar("talk")


class TalkStorage(BaseStorage):
    """What aiogram's FSMContext talks to: changes a Talk in memory and marks it as changed."""

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Where the conversation stands."""
        talk = current.get()
        name = state.state if isinstance(state, State) else state
        if name != talk.state:
            talk.state, talk.changed = name, True

    async def get_state(self, key: StorageKey) -> str | None:
        """Where the conversation stands."""
        return current.get().state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """All answers so far."""
        talk = current.get()
        if data != talk.answers:
            talk.answers, talk.changed = dict(data), True

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """All answers so far."""
        return dict(current.get().answers)

    async def close(self) -> None:
        """Nothing is held open."""


class TalkKeeper(Protocol):
    """Where conversations are kept between updates."""

    async def load(self, key: StorageKey, arrival: Arrival) -> Talk:
        """The conversation as it was left."""

    async def save(self, key: StorageKey, talk: Talk) -> None:
        """The handler has come to its end without an error."""


class TalksInDatabase:
    """The default: loaded with the person, written in the transaction of the use case that moved it on."""

    async def load(self, key: StorageKey, arrival: Arrival) -> Talk:
        """The update in hand carries it; Database.write() keeps it."""
        hand = in_hand.get()
        talk = hand.talk if hand is not None else Talk()
        talk.state, talk.answers = arrival.state, arrival.answers
        return talk

    async def save(self, key: StorageKey, talk: Talk) -> None:
        """Left to the transaction, or to the intake where there was none."""


class TalksElsewhere:
    """In a storage of aiogram's, such as Redis."""

    def __init__(self, storage: BaseStorage) -> None:
        self._storage = storage

    async def load(self, key: StorageKey, arrival: Arrival) -> Talk:
        """Read from the storage."""
        return Talk(await self._storage.get_state(key), await self._storage.get_data(key))

    async def save(self, key: StorageKey, talk: Talk) -> None:
        """Written to the storage, if it has changed."""
        if talk.changed:
            await self._storage.set_state(key, talk.state)
            await self._storage.set_data(key, talk.answers)
