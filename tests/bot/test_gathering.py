"""What comes meanwhile goes together in the next; what comes alone goes at once."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.gathering import Gathering


class Store:
    """Takes batches, one at a time, each when it is let."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.let = asyncio.Semaphore(0)
        self.busy = False
        self.fails = False

    async def take(self, items: Sequence[int]) -> None:
        assert not self.busy
        self.busy = True
        await self.let.acquire()
        self.busy = False
        if self.fails:
            raise ConnectionError
        self.batches.append(list(items))


async def test_what_comes_alone_goes_alone_and_what_comes_meanwhile_goes_together() -> None:
    store = Store()
    gathering = Gathering(store.take)
    adding = [asyncio.create_task(gathering.add([1]))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    adding += [asyncio.create_task(gathering.add([number])) for number in range(2, 42)]
    await asyncio.sleep(0.01)
    assert not any(one.done() for one in adding)
    store.let.release()
    await adding[0]
    assert store.batches == [[1]]
    store.let.release()
    await asyncio.gather(*adding)
    assert store.batches == [[1], [*range(2, 42)]]
    adding = [asyncio.create_task(gathering.add([42]))]
    await asyncio.sleep(0.01)
    store.let.release()
    await asyncio.gather(*adding)
    assert store.batches[2:] == [[42]]


async def test_a_store_that_fails_tells_everybody_who_waited_for_it_and_nobody_else() -> None:
    store = Store()
    gathering = Gathering(store.take)
    store.fails = True
    adding = [asyncio.create_task(gathering.add([number])) for number in (1, 2)]
    await asyncio.sleep(0.01)
    adding.append(asyncio.create_task(gathering.add([3])))
    await asyncio.sleep(0.01)
    store.let.release()
    outcomes = await asyncio.gather(*adding[:2], return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError, ConnectionError]
    store.fails = False
    store.let.release()
    await adding[2]
    assert store.batches == [[3]]


async def test_whoever_gives_up_waiting_takes_nobody_elses_items_along() -> None:
    store = Store()
    gathering = Gathering(store.take)
    impatient = asyncio.create_task(gathering.add([1]))
    await asyncio.sleep(0.01)
    patient = asyncio.create_task(gathering.add([2]))
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    store.let.release()
    store.let.release()
    await patient
    assert store.batches == [[1], [2]]


async def test_more_than_a_statement_takes_is_divided() -> None:
    store = Store()
    gathering = Gathering(store.take, at_once=3)
    adding = [asyncio.create_task(gathering.add([number])) for number in range(8)]
    for _ in range(8):
        store.let.release()
    await asyncio.gather(*adding)
    assert sorted(item for batch in store.batches for item in batch) == list(range(8))
    assert max(map(len, store.batches)) == 3
