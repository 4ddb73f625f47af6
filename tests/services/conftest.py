"""Services on a real database of both kinds, in an invented city."""

import pytest

from tests.city import City


@pytest.fixture
def city(database, services):
    """An invented city in a fresh database."""
    return City(database, services)
