"""The FSM over the conversation that is loaded with the update in hand: nothing is read or written twice."""

from collections.abc import Awaitable, Mapping
from contextvars import ContextVar
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from domain.keeping import CONVERSATIONS
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


class TalksAway(Exception):
    """Where conversations are kept does not answer. Its text names the place, without a password."""


class TalkKeeper(Protocol):
    """Where conversations are kept between updates."""

    async def open(self) -> None:
        """See that it answers. Raises: TalksAway."""

    async def close(self) -> None:
        """Give its connections back."""

    async def load(self, key: StorageKey, arrival: Arrival) -> Talk:
        """The conversation as it was left."""

    async def save(self, key: StorageKey, talk: Talk) -> None:
        """The handler has come to its end without an error."""


class TalksInDatabase:
    """The default: loaded with the person, written in the transaction of the use case that moved it on."""

    async def open(self) -> None:
        """The database is seen to by others."""

    async def close(self) -> None:
        """The database is seen to by others."""

    async def load(self, key: StorageKey, arrival: Arrival) -> Talk:
        """The update in hand carries it; Database.write() keeps it."""
        hand = in_hand.get()
        talk = hand.talk if hand is not None else Talk()
        talk.state, talk.answers = arrival.state, arrival.answers
        return talk

    async def save(self, key: StorageKey, talk: Talk) -> None:
        """Left to the transaction, or to the intake where there was none."""


class TalksInRedis:
    """Several replicas may share it. `url` as REDIS_URL has it.

    Raises: ImportError without the extra `redis`.
    """

    def __init__(self, url: str) -> None:
        from aiogram.fsm.storage.redis import RedisStorage

        self._storage = RedisStorage.from_url(url, state_ttl=CONVERSATIONS, data_ttl=CONVERSATIONS)
        place = urlsplit(url)
        self._place = place.hostname or place.path

    async def open(self) -> None:
        """See that it answers. Raises: TalksAway."""
        from redis.exceptions import RedisError

        try:
            await cast(Awaitable[bool], self._storage.redis.ping())
        except (RedisError, OSError):
            raise TalksAway(self._place) from None

    async def close(self) -> None:
        """Give its connections back."""
        await self._storage.close()

    async def load(self, key: StorageKey, arrival: Arrival) -> Talk:
        """Read from Redis."""
        return Talk(await self._storage.get_state(key), await self._storage.get_data(key))

    async def save(self, key: StorageKey, talk: Talk) -> None:
        """Written to Redis, if it has changed."""
        if talk.changed:
            await self._storage.set_state(key, talk.state)
            await self._storage.set_data(key, talk.answers)
