"""Connections stay open, are as many as was said, and are not lent again when they break."""

import asyncio

import pytest
from sqlalchemy import select, text

from db.connections import Connections
from db.engine import SERVER_CONNECTIONS, Database
from db.ready import driver_of


async def _drivers(connections: Connections, at_once: int) -> list[int]:
    """Which connections so many lend at once, each for a moment."""
    lent: list[int] = []

    async def asks() -> None:
        async with connections.one() as connection:
            lent.append(id(driver_of(connection)))
            await asyncio.sleep(0.01)

    await asyncio.gather(*[asks() for _ in range(at_once)])
    return lent


async def test_who_finds_all_of_them_lent_waits_and_none_is_opened_twice(database: Database) -> None:
    connections = Connections(database.reader, 2)
    assert len(set(await _drivers(connections, 10))) == 2
    assert len(set(await _drivers(connections, 1))) == 1
    await connections.close()


async def test_the_last_one_given_back_is_lent_next(database: Database) -> None:
    connections = Connections(database.reader, 3)
    await _drivers(connections, 3)
    assert len({(await _drivers(connections, 1))[0] for _ in range(5)}) == 1
    await connections.close()


async def test_an_error_that_is_the_caller_s_own_costs_no_connection(database: Database) -> None:
    connections = Connections(database.reader, 1)
    [before] = await _drivers(connections, 1)

    async def fails() -> None:
        async with connections.one():
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    assert await _drivers(connections, 1) == [before]
    await connections.close()


async def test_one_that_is_closed_meanwhile_is_not_lent_again(database: Database) -> None:
    connections = Connections(database.reader, 1)
    async with connections.one() as connection:
        await connection.invalidate()
    async with connections.one() as connection:
        assert await connection.scalar(select(1)) == 1
    await connections.close()


async def test_one_that_is_lent_while_all_are_closed_is_closed_when_it_comes_back(database: Database) -> None:
    connections = Connections(database.reader, 1)
    async with connections.one() as connection:
        await connections.close()
        assert await connection.scalar(select(1)) == 1
    assert connection.closed


async def test_fifty_people_at_once_open_no_more_connections_to_postgresql(database: Database) -> None:
    if database.is_sqlite:
        return
    mine = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :process")

    async def asks() -> int:
        async with database.read() as connection:
            await connection.execute(text("SELECT pg_sleep(0.01)"))
            return int(await connection.scalar(mine, {"process": database.process}) or 0)

    assert max(await asyncio.gather(*[asks() for _ in range(50)])) == SERVER_CONNECTIONS
